//! 7. Cost is bounded: for any request, the number of bytes read and of allocations made stays under
//!    a line.
//!
//! The line: of `Origin` at most 330 bytes are read, of `Access-Control-Request-Method` 64, of
//! `Access-Control-Request-Headers` 4096 in 64 lines; and a decision and the headers that follow
//! from it take at most 16 allocations, of 32 KiB together.

use allocation_counter::measure;
use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, ORIGIN,
};
use http::{HeaderValue, Method};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tower_cors::{Policy, Refusal};

use crate::described::{place, policy};
use crate::{config, value_byte};

const MAX_ALLOCATIONS: u64 = 16;
const MAX_ALLOCATED_BYTES: u64 = 32 * 1024;

/// A value of some shape that has cost other middleware dearly, up to 64 KiB long; every other one
/// is within the limits.
fn hostile() -> impl Strategy<Value = HeaderValue> {
    const SHAPES: [&str; 13] =
        [",", " ", "\t,", "a,", ", ,", "x-a,", "X-A,", "A", ".", "https://a.", "xn--a.", ":", "1."];
    let length = prop_oneof![0..=4096usize, 0..=64 * 1024usize];
    let repeated = (select(&SHAPES), length)
        .prop_map(|(shape, length)| shape.bytes().cycle().take(length).collect::<Vec<_>>());
    prop_oneof![2 => repeated, 1 => vec(value_byte(), 0..100)]
        .prop_map(|bytes| HeaderValue::from_bytes(&bytes).unwrap())
}

fn names() -> impl Strategy<Value = HeaderValue> {
    prop_oneof![Just(HeaderValue::from_static("x-a,x-b")), hostile()]
}

fn origin() -> impl Strategy<Value = HeaderValue> {
    prop_oneof![
        place().prop_map(|place| {
            let origin = place.map_or_else(|| "null".to_owned(), |place| place.to_string());
            HeaderValue::try_from(origin).unwrap()
        }),
        hostile(),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_decision_makes_few_allocations(
        (_, policy) in policy(),
        origins in vec(origin(), 0..3),
        methods in vec(prop_oneof![Just(HeaderValue::from_static("PUT")), hostile()], 0..3),
        header_lines in prop_oneof![3 => vec(names(), 0..3), 1 => vec(names(), 0..80)],
        method in select(&[Method::GET, Method::OPTIONS]),
    ) {
        let mut headers = HeaderMap::new();
        for (name, lines) in [
            (ORIGIN, origins),
            (ACCESS_CONTROL_REQUEST_METHOD, methods),
            (ACCESS_CONTROL_REQUEST_HEADERS, header_lines),
        ] {
            for line in lines {
                headers.append(&name, line);
            }
        }
        let mut response = HeaderMap::new();
        let mut kept = Vec::with_capacity(1);
        let info = measure(|| {
            let decision = policy.decide(&method, &headers);
            decision.response_headers().apply_to(&mut response);
            kept.push((decision.preflight_response::<()>(), decision.refusal()));
        });
        prop_assert!(info.count_total <= MAX_ALLOCATIONS, "{:?}", info);
        prop_assert!(info.bytes_total <= MAX_ALLOCATED_BYTES, "{:?}", info);
    }

    /// What is past the limits makes no difference, so it need not be read.
    #[test]
    fn what_is_too_long_is_refused_whatever_it_says(
        (_, policy) in policy(),
        place in place(),
        padding in 4096usize..64 * 1024,
        labels in 160usize..32 * 1024,
        shape in select(&[",", "x-a,", " ", "a"]),
    ) {
        let mut headers = HeaderMap::new();
        let origin = place.map_or_else(|| "null".to_owned(), |place| place.to_string());
        let padded: String = shape.chars().cycle().take(padding + 1).collect();
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET"));
        headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_str(&padded).unwrap());

        headers.insert(ORIGIN, HeaderValue::from_str(&origin).unwrap());
        let decision = policy.decide(&Method::OPTIONS, &headers);
        match (decision.rule(), decision.refusal()) {
            // A rule for any header without credentials has one answer, whatever is asked for.
            (Some(rule), None) => {
                let rule = &policy.config().unwrap().rules[rule];
                prop_assert!(rule.allow_headers[0] == "*" && !rule.allow_credentials);
            }
            (Some(_), Some(Refusal::HeadersTooLong)) => {}
            (rule, refusal) => {
                prop_assert!(!policy.allows_origin(&origin), "{:?}: {:?}", rule, refusal);
            }
        }

        let long = format!("https://{}a.example", "a.".repeat(labels));
        headers.insert(ORIGIN, HeaderValue::from_str(&long).unwrap());
        let decision = policy.decide(&Method::GET, &headers);
        let any = policy.config().unwrap().rules.iter().any(|rule| rule.allow_origins == ["*"]);
        prop_assert_eq!(decision.refusal(), (!any).then_some(Refusal::InvalidOrigin));
    }
}

/// A rule that echoes what is asked for does the most.
#[test]
fn the_worst_that_can_be_asked() {
    let policy = Policy::allow_origins(["https://a.example"]).allow_credentials();
    let policy = policy.allow_any_method().allow_any_header().build().unwrap();
    let long = "x".repeat(4096);
    for names in ["a,".repeat(2048), "x-long-name-of-a-header,".repeat(170), long] {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static("https://a.example"));
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("PUT"));
        headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::try_from(names).unwrap());
        let mut kept = Vec::with_capacity(1);
        let info = measure(|| {
            let decision = policy.decide(&Method::OPTIONS, &headers);
            kept.push((decision.preflight_response::<()>(), decision.refusal()));
        });
        assert_eq!(kept[0].1, None);
        assert!(info.count_total <= MAX_ALLOCATIONS, "{info:?}");
        assert!(info.bytes_total <= MAX_ALLOCATED_BYTES, "{info:?}");
    }
}
