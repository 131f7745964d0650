//! Time, beside the peers. `cargo bench --bench time -- FILTER` runs the benches whose `key=value`
//! path contains the filter.

mod cases;

use std::hint::black_box;

use cases::{Case, Measure, NUMBERS, Origins, Peer, Settings, wire};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tower_cors::{OriginPattern, Policy};

/// One peer after the other, in the same run.
impl Measure for Criterion {
    fn measure(&mut self, case: &Case, peer: &'static str, mut service: impl Peer) {
        let request = || case.request();
        self.bench_function(&format!("part=service/{}/peer={peer}", case.name), |bencher| {
            if case.cloned {
                let call = |request| wire::call(&mut service.clone(), request);
                bencher.iter_batched(request, call, BatchSize::SmallInput);
            } else {
                let call = |request| wire::call(&mut service, request);
                bencher.iter_batched(request, call, BatchSize::SmallInput);
            }
        });
    }
}

fn services(criterion: &mut Criterion) {
    let mut cases = cases::common(&[2], Settings::None);
    cases.extend(cases::common(&NUMBERS, Settings::All));
    cases.extend([1, 2, 100].map(|number| cases::cloned(number, Settings::All)));
    cases.extend([1, 2, 100].map(|number| cases::in_axum(number, Settings::All)));
    cases.extend(NUMBERS.map(cases::wildcard));
    cases.extend(cases::adversarial());
    for case in cases {
        case.run(criterion);
    }
}

/// A policy alone, without Tower.
fn decide(criterion: &mut Criterion) {
    for case in cases::common(&[2, 100_000], Settings::All) {
        let policy = case.policy();
        let request = case.request();
        criterion.bench_function(&format!("part=decide/{}", case.name), |bencher| {
            bencher.iter(|| policy.decide(request.method(), black_box(request.headers())));
        });
    }
}

/// From text to a policy, and from parsed patterns.
fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("part=build");
    group.sample_size(10);
    for number in [1, 100, 10_000, 100_000, 1_000_000] {
        let kinds = [("exact", Origins::Listed(number)), ("wildcard", Origins::Wildcard(number))];
        for (kind, origins) in kinds {
            let listed = origins.listed();
            let text = format!("kind={kind}/from=text/patterns={number}");
            group.throughput(Throughput::Elements(number as u64));
            group.bench_function(format!("{text}/peer=ours"), |bencher| {
                bencher.iter(|| Policy::allow_origins(black_box(&listed)).build());
            });
            if origins.tower_http_of(&listed, Settings::None).is_some() {
                group.bench_function(format!("{text}/peer=tower-http"), |bencher| {
                    bencher.iter(|| origins.tower_http_of(black_box(&listed), Settings::None));
                });
            }
            let parsed = listed.iter().map(|text| text.parse());
            let parsed: Vec<OriginPattern> = parsed.collect::<Result<_, _>>().expect("patterns");
            group.bench_function(
                format!("kind={kind}/from=parsed/patterns={number}/peer=ours"),
                |bencher| {
                    bencher.iter(|| Policy::allow_origins(black_box(&parsed)).build());
                },
            );
        }
    }
}

criterion_group!(benches, decide, services, build);
criterion_main!(benches);
