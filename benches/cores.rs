//! Whether a request takes longer when other cores serve requests at the same time, which it does as
//! soon as they count references to one thing. `cargo bench --bench cores` prints the time of a
//! request of one thread alone, and how many times that it takes with more: `benches/results/cores.txt`.

#![expect(clippy::print_stdout, reason = "a report is what it is for")]

#[allow(dead_code, reason = "this bench needs few of the cases")]
mod cases;

use std::fs;
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use cases::{Bare, Case, Peer, Settings, wire};
use http::Request;
use tower::Layer;
use tower_cors::CorsLayer;

/// Requests of a burst: few, so that it is rarely preempted and stays in a core's cache.
const BURST: usize = 200;
/// Bursts that are tried, with each number of threads in turn, until enough of them count.
const ROUNDS: usize = 4_000;
const ENOUGH: usize = 300;
/// Fewer say nothing.
const FEWEST: usize = 20;

fn main() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let powers = (0..).map(|power| 1 << power);
    let threads: Vec<usize> = powers.take_while(|n| *n < cores).chain([cores]).collect();
    let headings = threads[1..].iter().map(|n| format!(" {n:>5}")).collect::<Vec<_>>().concat();
    println!("{:<50} {:<7} {:<12} {:>7}{headings}", "# request", "service", "peer", "1");
    let [none, all] = [Settings::None, Settings::All].map(|settings| cases::common(&[2], settings));
    // Actual requests that are allowed, and a preflight.
    for case in [&none[0], &all[0], &all[3]] {
        for cloned in [false, true] {
            let kept = if cloned { "cloned" } else { "kept" };
            let print = |peer: &str, row: String| {
                println!("{:<50} {kept:<7} {peer:<12} {row}", case.name);
            };
            print("bare", row(&threads, case, cloned, &Bare));
            if let Some(layer) = case.tower_http() {
                print("tower-http", row(&threads, case, cloned, &layer.layer(Bare)));
            }
            let ours = CorsLayer::new(case.policy()).layer(Bare);
            print("ours", row(&threads, case, cloned, &ours));
            let leaked = CorsLayer::new(case.policy().leak()).layer(Bare);
            print("ours-leaked", row(&threads, case, cloned, &leaked));
        }
    }
}

fn row(threads: &[usize], case: &Case, cloned: bool, service: &(impl Peer + Sync)) -> String {
    let mut times = vec![Vec::new(); threads.len()];
    // In turn, so that whatever else the machine does meets all of them.
    for _ in 0..ROUNDS {
        for (threads, times) in threads.iter().zip(&mut times) {
            times.extend(time(&burst(*threads, case, cloned, service)));
        }
        if times.iter().all(|times| times.len() >= ENOUGH) {
            break;
        }
    }
    let medians: Vec<_> = times.iter_mut().map(|times| median(times)).collect();
    let Some(alone) = medians[0] else { return "too busy a machine".to_owned() };
    let more = medians[1..].iter().map(|time| match time {
        Some(time) => format!(" {:>5.2}", time / alone),
        None => "  busy".to_owned(),
    });
    format!("{alone:>4.0} ns{}", more.collect::<Vec<_>>().concat())
}

fn median(times: &mut [f64]) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    (times.len() >= FEWEST).then(|| times[times.len() / 2])
}

/// What one thread did in a burst.
struct Burst {
    start: Instant,
    end: Instant,
    was_preempted: bool,
}

/// Nanoseconds of a request. `None` if a thread was preempted, or if the threads were not at it at
/// the same time: then a busy machine would decide the figure.
fn time(bursts: &[Burst]) -> Option<f64> {
    let last_start = bursts.iter().map(|burst| burst.start).max()?;
    let first_end = bursts.iter().map(|burst| burst.end).min()?;
    let lasted = bursts.iter().map(|burst| (burst.end - burst.start).as_secs_f64());
    let longest = lasted.clone().fold(0.0, f64::max);
    let together = first_end.saturating_duration_since(last_start).as_secs_f64();
    if together < 0.8 * longest || bursts.iter().any(|burst| burst.was_preempted) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "both are small")]
    let requests = (bursts.len() * BURST) as f64;
    Some(lasted.sum::<f64>() * 1e9 / requests)
}

/// All threads at once, each with requests of its own, against clones of one service.
fn burst(threads: usize, case: &Case, cloned: bool, service: &(impl Peer + Sync)) -> Vec<Burst> {
    let gates = [0; 2].map(|_| AtomicUsize::new(threads));
    let pass = |gate: &AtomicUsize| {
        gate.fetch_sub(1, Ordering::SeqCst);
        while gate.load(Ordering::SeqCst) > 0 {
            spin_loop();
        }
    };
    let one = || {
        let mut kept = service.clone();
        let requests = || (0..BURST).map(|_| case.request()).collect::<Vec<_>>();
        serve(requests(), &mut kept, cloned.then_some(service));
        let requests = requests();
        // Behind the first gate all are running; behind the second they start.
        pass(&gates[0]);
        let before = switches();
        pass(&gates[1]);
        let start = Instant::now();
        serve(requests, &mut kept, cloned.then_some(service));
        let end = Instant::now();
        Burst { start, end, was_preempted: switches() != before }
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        running.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    })
}

/// With one service for all requests or, as axum does, with a clone for each.
fn serve<S: Peer>(requests: Vec<Request<()>>, kept: &mut S, shared: Option<&S>) {
    for request in requests {
        drop(black_box(match shared {
            Some(shared) => wire::call(&mut shared.clone(), request),
            None => wire::call(kept, request),
        }));
    }
}

/// How often this thread has left its core. Linux only: elsewhere every burst counts.
fn switches() -> Option<u64> {
    let status = fs::read_to_string("/proc/thread-self/status").ok()?;
    let counts = status.lines().filter_map(|line| line.split_once("ctxt_switches:"));
    counts.map(|(_, count)| count.trim().parse::<u64>().ok()).sum()
}
