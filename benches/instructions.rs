//! Instructions that CORS adds to a request, ours beside its peers', and whether the targets are
//! met. Counted by valgrind's callgrind, so that the figures do not change with the machine's mood.
//!
//! It runs itself under valgrind once: callgrind counts in one function only, and writes a
//! file each time that another one around it returns.

#![expect(clippy::print_stdout, reason = "a report is what it is for")]

mod cases;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use http::Request;

use cases::{Case, Measure, Peer, wire};

/// Requests of a case that are counted together.
const REQUESTS: usize = 10;

const MEASURE: &str = "--measure-under-valgrind";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().is_some_and(|argument| argument == MEASURE) {
        measure(&arguments.next().unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    if let Err(error) = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status() {
        println!("instruction counts: skipped, because valgrind cannot be run: {error}");
        return Ok(ExitCode::SUCCESS);
    }
    let counts = count(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    Ok(report(&counts))
}

fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for all_settings in [false, true] {
        cases.extend(cases::common(&[2, 100_000], all_settings));
        cases.push(cases::cloned(100, all_settings));
        cases.push(cases::in_axum(100, all_settings));
    }
    cases.push(cases::wildcard(2));
    cases.push(cases::wildcard(100));
    cases.extend(cases::adversarial());
    cases
}

/// Under valgrind: everything once to warm up, once counted. Says what is counted, in order. To
/// profile one case and peer, run this by hand with `CASE PEER`, or a part of that, as `filter`.
fn measure(filter: &str) {
    struct Callgrind<'a> {
        filter: &'a str,
    }

    impl Measure for Callgrind<'_> {
        fn measure(&mut self, case: &Case, peer: &'static str, mut service: impl Peer) {
            if !format!("{} {peer}", case.name).contains(self.filter) {
                return;
            }
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

    for case in all_cases() {
        case.run(&mut Callgrind { filter });
        if case.adversarial && filter.is_empty() {
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

/// Instructions per request, by case and peer; the cases in their order.
type Counts = Vec<(String, BTreeMap<String, u64>)>;

fn count(directory: &Path) -> Result<Counts, Box<dyn Error>> {
    let directory = directory.join("callgrind");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory)?;
    let run = Command::new("valgrind")
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

fn report(counts: &Counts) -> ExitCode {
    println!("Instructions added to the bare service, for one request:");
    let mut added = BTreeMap::new();
    for (case, peers) in counts {
        let of = |peer: &str| Some(peers.get(peer)?.saturating_sub(peers["bare"]));
        let number = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
        let (ours, hand, theirs) = (of("ours"), of("hand"), of("tower-http"));
        print!("{case} ours={} hand={} ", number(ours), number(hand));
        print!("tower-http={} tower-http/ours={} ", number(theirs), ratio(theirs, ours));
        print!("ours/hand={}", ratio(ours, hand));
        let scan = peers.get("scan").copied();
        if scan.is_some() {
            print!(" scan={} ours/scan={}", number(scan), ratio(ours, scan));
        }
        println!();
        let all = [("ours", ours), ("hand", hand), ("tower-http", theirs), ("scan", scan)];
        added.extend(all.map(|(peer, count)| ((case.as_str(), peer), count)));
    }
    let mut missed = 0;
    for (case, limit, (other_case, other)) in targets(counts) {
        let (ours, of) = (added[&(case, "ours")], added[&(other_case, other)]);
        let met = matches!((ours, of), (Some(ours), Some(of)) if share(ours, of) <= limit);
        if !met {
            missed += 1;
            let (ours, of) = (ours.unwrap_or(0), of.unwrap_or(0));
            println!("MISSED {case}: {ours} is more than {limit:.2} of {of}, {other_case} {other}");
        }
    }
    println!("{missed} targets missed");
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Of which case and peer ours may be at most which share.
fn targets(counts: &Counts) -> Vec<(&str, f64, (&str, &str))> {
    let mut targets = Vec::new();
    for (case, peers) in counts {
        let is = |parts: &[&str]| parts.iter().all(|part| case.contains(part));
        let limit = if is(&["request=actual", "origins=any"]) {
            1.0 / 3.0
        } else if is(&["service=cloned"]) {
            0.05
        } else if is(&["request=preflight", "outcome=allowed", "origins=2"]) {
            0.4
        } else if is(&["request=", "origins=2"]) && !is(&["request=preflight"]) {
            0.2
        } else {
            f64::INFINITY
        };
        if limit.is_finite() {
            targets.push((case.as_str(), limit, (case.as_str(), "tower-http")));
        }
        if is(&["request=actual", "outcome=allowed", "origins=2"]) {
            targets.push((case, 1.25, (case, "hand")));
        }
        if peers.contains_key("scan") {
            targets.push((case, 2.0, (case, "scan")));
        }
        let of_two = case.strip_suffix("100000").and_then(|stem| {
            counts.iter().map(|(case, _)| case).find(|case| case.strip_suffix('2') == Some(stem))
        });
        targets.extend(of_two.map(|of_two| (case.as_str(), 1.3, (of_two.as_str(), "ours"))));
    }
    targets
}

fn ratio(a: Option<u64>, b: Option<u64>) -> String {
    match (a, b) {
        (Some(a), Some(b)) => format!("{:.2}", share(a, b)),
        _ => "-".to_owned(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "instructions of one request")]
fn share(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}
