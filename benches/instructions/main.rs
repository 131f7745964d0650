//! Instructions that CORS adds to a request, ours beside its peers', and whether the targets are
//! met. Fails when one is missed; with `--but-known`, when one is missed that was met, or by more
//! than it was.

#![expect(clippy::print_stdout, reason = "a report is what it is for")]

mod callgrind;
#[path = "../cases/mod.rs"]
mod cases;
mod targets;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use callgrind::{Counts, MEASURE};
use cases::{Case, NUMBERS};
use targets::{Verdict, targets};

const BUT_KNOWN: &str = "--but-known";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let argument = |index: usize| arguments.get(index).map_or("", String::as_str);
    if argument(0) == MEASURE {
        callgrind::measure(&all_cases(), argument(1), argument(2));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(error) = callgrind::missing() {
        println!("instruction counts: skipped, because valgrind cannot be run: {error}");
        return Ok(ExitCode::SUCCESS);
    }
    let added = added(&callgrind::count(Path::new(env!("CARGO_TARGET_TMPDIR")))?);
    print_counts(&added);
    let but_known = arguments.iter().any(|argument| argument == BUT_KNOWN);
    let is_good = print_targets(&added, but_known);
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for all_settings in [false, true] {
        cases.extend(cases::common(&[2, 100_000], all_settings));
        cases.push(cases::cloned(100, all_settings));
        cases.push(cases::in_axum(100, all_settings));
    }
    let others = NUMBERS.into_iter().filter(|number| ![2, 100_000].contains(number));
    cases.extend(others.map(|number| cases::allowed(number, true)));
    cases.push(cases::wildcard(2));
    cases.push(cases::wildcard(100));
    cases.extend(cases::parts_of_labels());
    cases.extend(cases::adversarial());
    cases
}

/// Instructions that each peer adds to the bare service, by case. `scan` is not a peer: it is what
/// looking at each byte of the request takes.
pub(crate) type Added = Vec<(String, BTreeMap<&'static str, u64>)>;

fn added(counts: &Counts) -> Added {
    let of_case = |peers: &BTreeMap<String, u64>| {
        let bare = peers["bare"];
        let names = ["ours", "hand", "tower-http", "scan"].into_iter();
        names
            .filter_map(|peer| {
                let count = *peers.get(peer)?;
                Some((peer, if peer == "scan" { count } else { count.saturating_sub(bare) }))
            })
            .collect()
    };
    counts.iter().map(|(case, peers)| (case.clone(), of_case(peers))).collect()
}

fn print_counts(added: &Added) {
    println!("# Instructions added to the bare service, for one request:");
    for (case, peers) in added {
        let number = |peer| peers.get(peer).map_or("-".to_owned(), u64::to_string);
        let ratio = |of, to| match (peers.get(of), peers.get(to)) {
            (Some(of), Some(to)) => format!("{:.2}", share(*of, *to)),
            _ => "-".to_owned(),
        };
        print!("{case} ours={} hand={} ", number("ours"), number("hand"));
        print!(
            "tower-http={} tower-http/ours={} ",
            number("tower-http"),
            ratio("tower-http", "ours")
        );
        print!("ours/hand={}", ratio("ours", "hand"));
        if peers.contains_key("scan") {
            print!(" scan={} ours/scan={}", number("scan"), ratio("ours", "scan"));
        }
        println!();
    }
}

/// Whether every target is met or, if that will do, missed by no more than is known.
fn print_targets(added: &Added, but_known: bool) -> bool {
    println!("# Targets: what is added may at most be this share of what something else takes:");
    let (mut met, mut missed, mut bad) = (0, 0, 0);
    for target in targets(added) {
        let verdict = target.verdict();
        println!("{target}");
        match verdict {
            Verdict::Met | Verdict::Stale => met += 1,
            Verdict::Missed | Verdict::Known | Verdict::Worse => missed += 1,
        }
        bad += u32::from(!matches!(verdict, Verdict::Met | Verdict::Known));
    }
    println!("# {met} targets met, {missed} missed; {bad} not as listed in targets.rs");
    if but_known { bad == 0 } else { missed == 0 }
}

#[expect(clippy::cast_precision_loss, reason = "instructions of one request")]
fn share(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}
