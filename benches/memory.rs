//! Allocations of requests, and memory of policies, ours beside the peers'. Counted, not timed.

#![expect(clippy::print_stdout, reason = "a report is what it is for")]

mod cases;

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use cases::{Case, Measure, NUMBERS, Origins, Peer, Settings, wire};

fn main() {
    println!("# Allocations added to the bare service, for one request; a realloc is one more:");
    let mut cases = Vec::new();
    for settings in [Settings::None, Settings::All] {
        cases.extend(cases::common(&[2, 100_000], settings));
        cases.push(cases::cloned(100, settings));
        cases.push(cases::in_axum(100, settings));
    }
    cases.push(cases::wildcard(100));
    cases.extend(cases::adversarial());
    for case in cases {
        case.run(&mut Allocations { bare: AllocationInfo::default() });
    }
    println!(
        "# Bytes that a policy, or a tower-http layer, holds, and the most while it is built:"
    );
    for number in NUMBERS.into_iter().chain([1_000_000]) {
        memory("exact", number, Origins::Listed(number));
        memory("wildcard", number, Origins::Wildcard(number));
    }
}

struct Allocations {
    bare: AllocationInfo,
}

impl Measure for Allocations {
    fn measure(&mut self, case: &Case, peer: &'static str, mut service: impl Peer) {
        let mut run = |request| {
            let response = if case.cloned {
                wire::call(&mut service.clone(), request)
            } else {
                wire::call(&mut service, request)
            };
            drop(black_box(response));
        };
        run(case.request());
        let request = case.request();
        let info = measure(|| run(request));
        if peer == "bare" {
            self.bare = info;
            return;
        }
        let count = info.count_total.saturating_sub(self.bare.count_total);
        let bytes = info.bytes_total.saturating_sub(self.bare.bytes_total);
        println!("part=allocations/{}/peer={peer} count={count} bytes={bytes}", case.name);
    }
}

fn memory(kind: &str, number: usize, origins: Origins) {
    let listed = origins.listed();
    let text: usize = listed.iter().map(String::len).sum();
    let report = |peer, info: AllocationInfo| {
        let (held, most) = (info.bytes_current, info.bytes_max);
        print!("part=memory/kind={kind}/origins={number}/peer={peer} ");
        println!("text={text} held={held} most={most}");
    };
    let mut policy = None;
    report("ours", measure(|| policy = Some(origins.policy_of(&listed, Settings::All))));
    let mut layer = None;
    let theirs = measure(|| layer = origins.tower_http_of(&listed, Settings::All));
    if layer.is_some() {
        report("tower-http", theirs);
    }
}
