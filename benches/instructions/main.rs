//! Instructions that CORS adds to a request, ours beside its peers', and whether the targets of
//! `ceilings.txt` are met. Fails when one is missed by more than is listed there, or met and listed
//! as missed. With `--accept`, what was measured is written there, and the counts to the results that
//! `BENCHMARKS.md` shows.

#![expect(clippy::print_stdout, reason = "a report is what it is for")]

mod callgrind;
#[path = "../cases/mod.rs"]
mod cases;
mod ceilings;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use callgrind::{Counts, MEASURE};
use cases::{Case, NUMBERS, Settings};
use ceilings::{Added, Ceiling};

const CEILINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions/ceilings.txt");
const RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/results/instructions.txt");

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
    let table = table(&added);
    println!("{table}");
    let accept = arguments.iter().any(|argument| argument == "--accept");
    if accept {
        fs::write(RESULTS, table)?;
    }
    let is_good = compare(&added, accept)?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for settings in [Settings::None, Settings::All] {
        cases.extend(cases::common(&[2, 1_000, 100_000], settings));
        cases.push(cases::cloned(100, settings));
        cases.push(cases::in_axum(100, settings));
    }
    let others = NUMBERS.into_iter().filter(|number| ![2, 1_000, 100_000].contains(number));
    cases.extend(others.map(|number| cases::allowed(number, Settings::All)));
    cases.push(cases::wildcard(2));
    cases.push(cases::wildcard(100));
    cases.extend(cases::parts_of_labels());
    cases.extend(cases::adversarial());
    cases
}

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

/// What was counted, as the results have it.
fn table(added: &Added) -> String {
    const PEERS: [&str; 4] = ["ours", "hand", "tower-http", "scan"];
    let row = |case: &str, columns: [String; 4]| {
        let [ours, hand, theirs, scan] = columns;
        format!("{case:<72} {ours:>8} {hand:>8} {theirs:>10} {scan:>8}\n")
    };
    let rows = added.iter().map(|(case, peers)| {
        let count = |peer| peers.get(peer).map_or("-".to_owned(), u64::to_string);
        row(case, PEERS.map(count))
    });
    let heading = row("# instructions added by one request", PEERS.map(str::to_owned));
    [heading].into_iter().chain(rows).collect()
}

/// Whether no line of the file has a complaint.
fn compare(added: &Added, accept: bool) -> Result<bool, Box<dyn Error>> {
    let (mut met, mut missed, mut complaints) = (0, 0, 0);
    let mut accepted = String::new();
    for (number, line) in (1..).zip(fs::read_to_string(CEILINGS)?.lines()) {
        let read = Ceiling::read(line, added);
        let read = read.map_err(|error| format!("{CEILINGS}:{number}: {error}"))?;
        accepted += &read.as_ref().map_or(line.to_owned(), Ceiling::accepted);
        accepted.push('\n');
        let Some(ceiling) = read else { continue };
        println!("{ceiling}");
        *(if ceiling.is_met() { &mut met } else { &mut missed }) += 1;
        complaints += u32::from(ceiling.complaint().is_some());
    }
    println!("{met} targets met, {missed} missed; {complaints} not as ceilings.txt says");
    if accept {
        fs::write(CEILINGS, accepted)?;
    }
    Ok(accept || complaints == 0)
}

#[expect(clippy::cast_precision_loss, reason = "instructions of one request")]
fn share(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}
