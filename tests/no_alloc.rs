//! What is allocated for each kind of request, exactly.
//!
//! A binary of its own, because a program has one allocator: here the one of `allocation-counter`,
//! which counts by thread. A `realloc` counts as one more allocation.

mod wire;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tower::{Layer, service_fn};
use tower_cors::{Cors, CorsLayer, Policy, PolicyBuilder, PolicySource, RequestHead, policy_fn};

const ORIGIN: &str = "https://app.example.com";

/// A preflight that a browser sends for a JSON request with a token.
const PREFLIGHT: [(&str, &str); 3] = [
    ("origin", ORIGIN),
    ("access-control-request-method", "PUT"),
    ("access-control-request-headers", "authorization,content-type"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allocated {
    count: u64,
    bytes: u64,
}

const NOTHING: Allocated = Allocated { count: 0, bytes: 0 };

impl From<AllocationInfo> for Allocated {
    fn from(info: AllocationInfo) -> Self {
        Self { count: info.count_total, bytes: info.bytes_total }
    }
}

/// What runs while it is counted, and its result.
fn counted<T>(run: impl FnOnce() -> T) -> (T, Allocated) {
    let mut result = None;
    let info = measure(|| result = Some(run()));
    (result.expect("`measure` runs it"), info.into())
}

/// The inner service. With one header, its response's map has room for five more.
fn application(_: Request<()>) -> Ready<Result<Response<()>, Infallible>> {
    let mut response = Response::new(());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ready(Ok(response))
}

/// What a service allocates for a request beyond what the bare application does.
fn added<P>(source: &P, method: &Method, lines: &[(&str, &str)]) -> (Response<()>, Allocated)
where
    P: PolicySource + Clone,
{
    let request = || wire::request(method, lines.iter().copied());
    let (bare, without) = (request(), request());
    let (_, bare) = counted(|| wire::call(&mut service_fn(application), bare));
    let mut service = CorsLayer::new(source.clone()).layer(service_fn(application));
    let (response, all) = counted(|| wire::call(&mut service, without));
    (response, Allocated { count: all.count - bare.count, bytes: all.bytes - bare.bytes })
}

/// The response to a preflight, and what was allocated for it: the application is not called.
fn preflight(policy: &Policy, lines: &[(&str, &str)]) -> (Response<()>, Allocated) {
    let request = wire::request(&Method::OPTIONS, lines.iter().copied());
    let mut service = CorsLayer::new(policy.clone()).layer(service_fn(application));
    counted(|| wire::call(&mut service, request))
}

/// What a response's own header map takes, besides its values.
fn header_map_of(response: &Response<()>) -> Allocated {
    // The first clone of a value that was made from a string allocates what its clones share.
    drop(response.headers().clone());
    let (_, allocated) = counted(|| black_box(response.headers().clone()));
    allocated
}

fn listed(number: usize) -> impl Iterator<Item = String> {
    (1..number).map(|i| format!("https://tenant-{i}.example.com")).chain([ORIGIN.to_owned()])
}

fn build<O>(rule: PolicyBuilder<O>) -> Policy {
    rule.allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type", "x-requested-with"])
        .expose_headers(["x-request-id"])
        .max_age(Duration::from_secs(3600))
        .build()
        .expect("a policy without mistakes")
}

fn policies() -> Vec<(String, Policy)> {
    let mut policies = Vec::new();
    for number in [1, 2, 100, 100_000] {
        let rule = Policy::allow_origins(listed(number)).allow_credentials();
        policies.push((format!("{number} listed"), build(rule)));
    }
    let wildcards = Policy::allow_origins(["https://*.example.com", "https://*.example.com:*"]);
    policies.push(("wildcards".to_owned(), build(wildcards.allow_credentials())));
    policies
}

#[test]
fn the_counter_counts() {
    let (_, allocated) = counted(|| black_box(Box::new(1u32)));
    assert_eq!(allocated, Allocated { count: 1, bytes: 4 });
    let (_, allocated) = counted(|| {
        let mut bytes = Vec::<u8>::with_capacity(black_box(8));
        bytes.reserve_exact(16);
        bytes
    });
    assert_eq!(allocated, Allocated { count: 2, bytes: 24 }, "growing counts, and so does growth");
    assert_eq!(counted(|| black_box(1)).1, NOTHING);
}

#[test]
fn requests_are_as_from_hyper() {
    let request = wire::request(&Method::GET, [("origin", ORIGIN), ("accept", "*/*")]);
    assert_eq!(counted(|| request.headers()["origin"].clone()).1, NOTHING);
    assert_eq!(request.headers()["accept"], "*/*");
}

#[test]
fn an_actual_request_allocates_nothing() {
    for (name, policy) in policies() {
        let requests = [
            ("allowed", Some(ORIGIN)),
            ("refused", Some("https://app.example.net")),
            ("refused, almost listed", Some("https://app.example.com.evil.example")),
            ("refused, null", Some("null")),
            ("refused, invalid", Some("HTTPS://app.example.com/")),
            ("no Origin", None),
        ];
        for (what, origin) in requests {
            let lines: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
            let (response, added) = added(&policy, &Method::GET, &lines);
            let allowed = response.headers().contains_key("access-control-allow-origin");
            assert_eq!(allowed, what == "allowed", "{name}, {what}");
            assert_eq!(added, NOTHING, "{name}, {what}");
        }
    }
}

#[test]
fn any_origin_allocates_nothing() {
    let policy = build(Policy::allow_any_origin());
    for lines in [&[("origin", ORIGIN)][..], &[]] {
        assert_eq!(added(&policy, &Method::GET, lines).1, NOTHING);
    }
}

#[test]
fn a_source_that_chooses_allocates_nothing() {
    let policy = build(Policy::allow_origins(listed(100)).allow_credentials());
    let chosen = policy.clone();
    let closure = policy_fn(move |_: RequestHead<'_>| chosen.clone());
    for lines in [&[("origin", ORIGIN)][..], &[]] {
        assert_eq!(added(&closure, &Method::GET, lines).1, NOTHING);
        #[cfg(feature = "reload")]
        {
            let reloadable = tower_cors::Reloadable::new(policy.clone());
            // A thread's first request makes the slots in which it says what it borrows.
            drop(reloadable.current());
            assert_eq!(added(&reloadable, &Method::GET, lines).1, NOTHING);
        }
    }
}

#[test]
fn a_clone_of_the_service_allocates_nothing() {
    for (name, policy) in policies() {
        let service: Cors<_> = CorsLayer::new(policy).layer(service_fn(application));
        assert_eq!(counted(|| black_box(service.clone())).1, NOTHING, "{name}");
    }
}

#[test]
fn a_preflight_allocates_its_answers_header_map() {
    let any = build(Policy::allow_any_origin());
    for (name, policy) in policies().into_iter().chain([("any".to_owned(), any)]) {
        let (response, allocated) = preflight(&policy, &PREFLIGHT);
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{name}");
        assert_eq!(allocated, header_map_of(&response), "{name}");
        assert_eq!(allocated.count, 2, "{name}: entries and indices");
    }
}

#[test]
fn a_refused_preflight_allocates_its_answers_header_map() {
    for (name, policy) in policies() {
        for (line, value, status) in [
            ("origin", "https://app.example.net", StatusCode::FORBIDDEN),
            ("access-control-request-method", "PATCH", StatusCode::NO_CONTENT),
            ("access-control-request-headers", "range", StatusCode::NO_CONTENT),
            ("access-control-request-headers", "not a name", StatusCode::NO_CONTENT),
        ] {
            let lines = PREFLIGHT.map(|(name, old)| (name, if name == line { value } else { old }));
            let (response, allocated) = preflight(&policy, &lines);
            assert_eq!(response.status(), status, "{name}");
            assert_eq!(allocated, header_map_of(&response), "{name}, {value}");
        }
    }
}

/// With credentials, `*` says nothing: what was asked for is echoed.
#[test]
fn an_echo_allocates_itself() {
    let rule = Policy::allow_origins([ORIGIN]).allow_credentials();
    let policy = rule.allow_any_method().allow_any_header().build().expect("no mistakes");
    let uncommon = ("access-control-request-method", "QUERY");
    for (lines, echo) in [
        (&PREFLIGHT[..], 1),
        (&PREFLIGHT[..2], 0),
        (&[PREFLIGHT[0], uncommon], 1),
        (&[PREFLIGHT[0], uncommon, PREFLIGHT[2]], 2),
    ] {
        let (response, allocated) = preflight(&policy, lines);
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(allocated.count - header_map_of(&response).count, echo);
    }
}

/// The refusal names what was refused: the one thing that is as long as a stranger makes it, up to
/// the documented limits.
#[test]
fn a_refusal_holds_what_it_names() {
    let policy = build(Policy::allow_origins([ORIGIN]));
    let refuse = |line: &str, value: &str| {
        let lines = PREFLIGHT.map(|(name, old)| (name, if name == line { value } else { old }));
        let request = wire::request(&Method::OPTIONS, lines);
        let decision = policy.decide(request.method(), request.headers());
        let (refusal, allocated) = counted(|| decision.refusal());
        assert!(refusal.is_some(), "{line}: {value}");
        allocated
    };
    let of_name = refuse("access-control-request-headers", "x-unknown");
    assert_eq!(of_name, Allocated { count: 1, bytes: 9 });
    let of_method = refuse("access-control-request-method", "A-METHOD-OF-MORE-THAN-15-BYTES");
    assert_eq!(of_method, Allocated { count: 1, bytes: 30 });
    for (line, limit) in
        [("access-control-request-headers", 4096), ("access-control-request-method", 64)]
    {
        let at = refuse(line, &"x".repeat(limit));
        assert!(at.bytes <= 3 * limit as u64, "{line}: {at:?}");
        let over = refuse(line, &"x".repeat(limit + 1));
        assert_eq!(over, NOTHING, "{line}");
    }
}

#[test]
fn nothing_grows_with_what_a_stranger_sends() {
    let labels = "a.".repeat(126);
    let look_alikes = (1..126).map(|depth| format!("https://*.b.{}a", &labels[..2 * depth - 2]));
    let long = "a".repeat(61);
    let pathological = [
        format!("https://*.{long}.{long}.{long}.{long}"),
        format!("https://*.b{long}.{long}.{long}.{long}"),
    ];
    let policy = build(Policy::allow_origins(listed(2).chain(look_alikes).chain(pathological)));
    let kib = 1024;
    for origin in [
        "a".repeat(4 * kib),
        format!("https://{}", "a".repeat(4 * kib)),
        format!("https://{}", "a.".repeat(2 * kib)),
        format!("https://{labels}a"),
        format!("https://c{long}.{long}.{long}.{long}"),
        format!("https://{ORIGIN}:{}", "9".repeat(4 * kib)),
    ] {
        let lines = [("origin", origin.as_str()), PREFLIGHT[1], PREFLIGHT[2]];
        assert_eq!(added(&policy, &Method::GET, &lines[..1]).1, NOTHING, "{origin}");
        let (response, allocated) = preflight(&policy, &lines);
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(allocated, header_map_of(&response), "{origin}");
    }
    let many_lines = vec![("access-control-request-headers", ""); kib];
    for asked in [
        vec![("access-control-request-headers", ",".repeat(64 * kib))],
        vec![("access-control-request-headers", " ".repeat(64 * kib))],
        vec![("access-control-request-headers", "content-type,".repeat(5 * kib))],
        many_lines.iter().map(|&(name, value)| (name, value.to_owned())).collect(),
        vec![("access-control-request-method", "A".repeat(64 * kib))],
        vec![("origin", ORIGIN.to_owned()); kib],
    ] {
        let asked = asked.iter().map(|(name, value)| (*name, value.as_str()));
        let lines: Vec<_> = PREFLIGHT[..2].iter().copied().chain(asked).collect();
        let (response, allocated) = preflight(&policy, &lines);
        let is_listed = lines[2].0 != "origin";
        let status = if is_listed { StatusCode::NO_CONTENT } else { StatusCode::FORBIDDEN };
        assert_eq!(response.status(), status, "{:?}", lines[2].0);
        assert_eq!(allocated, header_map_of(&response), "{:?}", lines[2].0);
    }
}

#[test]
fn memory_of_a_listed_origin() {
    const NUMBER: usize = 100_000;
    let text: usize = listed(NUMBER).map(|origin| origin.len()).sum();
    let mut policy = None;
    let info = measure(|| policy = Some(build(Policy::allow_origins(listed(NUMBER)))));
    let held = usize::try_from(info.bytes_current).expect("it holds memory");
    let beyond_text = (held - text) / NUMBER;
    // The settings are kept, too, to be read back: once more the text, and a `String`.
    assert!(beyond_text <= 88, "{beyond_text} bytes");
}
