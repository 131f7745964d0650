//! Counts instructions under valgrind's callgrind, so that the figures do not change with the
//! machine's mood.
//!
//! The bench runs itself under valgrind once: callgrind counts in one function only, and writes a
//! file each time that another one around it returns.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use http::Request;

use crate::cases::{Case, Measure, Peer, wire};

/// Requests of a case that are counted together.
const REQUESTS: usize = 10;

/// glibc's allocator then keeps all small pieces that are freed at hand. Else what a free costs, for
/// any peer, depends on everything that was freed before.
const KEEP_FREED: &str = "glibc.malloc.tcache_count=60000";

pub(crate) const MEASURE: &str = "--measure-under-valgrind";

/// Instructions per request, by case and peer; the cases in their order.
pub(crate) type Counts = Vec<(String, BTreeMap<String, u64>)>;

/// Why there can be no counts, if valgrind cannot be run.
pub(crate) fn missing() -> Option<std::io::Error> {
    Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().err()
}

/// Under valgrind: everything once to warm up, once counted. Says what is counted, in order. To
/// profile, run this by hand with a part of a case's name and a peer.
pub(crate) fn measure(cases: &[Case], part: &str, peer: &str) {
    struct Callgrind<'a> {
        peer: &'a str,
    }

    impl Measure for Callgrind<'_> {
        fn measure(&mut self, case: &Case, peer: &'static str, mut service: impl Peer) {
            if !peer.contains(self.peer) {
                return;
            }
            // Written out: a function that the benches share adds 38 instructions to most counts.
            let mut run = |request| {
                let response = if case.cloned {
                    wire::call(&mut service.clone(), request)
                } else {
                    wire::call(&mut service, request)
                };
                drop(black_box(response));
            };
            (0..REQUESTS).for_each(|_| run(case.request()));
            let mut requests: Vec<_> = (0..REQUESTS).map(|_| case.request()).collect();
            println!("{} {peer}", case.name);
            callgrind_writes_after(&mut || requests.drain(..).for_each(&mut run));
        }
    }

    for case in cases.iter().filter(|case| case.name.contains(part)) {
        case.run(&mut Callgrind { peer });
        if case.adversarial && peer.is_empty() {
            let bytes = on_the_wire(&case.request());
            println!("{} scan", case.name);
            callgrind_writes_after(&mut || (0..REQUESTS).for_each(|_| scan(&bytes)));
        }
    }
}

/// Callgrind writes a file when this returns.
#[inline(never)]
fn callgrind_writes_after(run: &mut dyn FnMut()) {
    callgrind_counts(run);
    black_box(());
}

/// Callgrind counts in here. Not the same function: two options for one name exclude each other.
#[inline(never)]
fn callgrind_counts(run: &mut dyn FnMut()) {
    run();
    black_box(());
}

fn on_the_wire(request: &Request<()>) -> Vec<u8> {
    let line = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri()).into_bytes();
    let headers = request.headers().iter().flat_map(|(name, value)| {
        [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat()
    });
    line.into_iter().chain(headers).collect()
}

/// The cost of looking at each byte once, one at a time, as whoever receives a request has to.
fn scan(bytes: &[u8]) {
    let commas = black_box(bytes).iter().filter(|byte| black_box(**byte) == b',').count();
    black_box(commas);
}

/// Runs this program under valgrind, and reads what it wrote.
pub(crate) fn count(directory: &Path) -> Result<Counts, Box<dyn Error>> {
    let directory = directory.join("callgrind");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory)?;
    let run = Command::new("valgrind")
        .env("GLIBC_TUNABLES", KEEP_FREED)
        .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
        .args(["--toggle-collect=*callgrind_counts*", "--dump-after=*callgrind_writes_after*"])
        .arg(format!("--callgrind-out-file={}", directory.join("counts").display()))
        .arg(std::env::current_exe()?)
        .arg(MEASURE)
        .stderr(Stdio::inherit())
        .output()?;
    if !run.status.success() {
        return Err(format!("valgrind: {}", run.status).into());
    }
    let mut counts = Counts::new();
    for (number, line) in (1..).zip(String::from_utf8(run.stdout)?.lines()) {
        let (case, peer) = line.rsplit_once(' ').ok_or("a line without a peer")?;
        let file = fs::read_to_string(directory.join(format!("counts.{number}")))?;
        let total =
            file.lines().find_map(|line| line.strip_prefix("totals: ")).ok_or("no total")?;
        let instructions = total.trim().parse::<u64>()? / REQUESTS as u64;
        if counts.last().is_none_or(|(last, _)| last != case) {
            counts.push((case.to_owned(), BTreeMap::new()));
        }
        counts.last_mut().ok_or("no case")?.1.insert(peer.to_owned(), instructions);
    }
    Ok(counts)
}
