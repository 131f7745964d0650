//! Adversarial requests, one by one.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use tower_cors::Refusal::{HeaderNotAllowed, HeadersTooLong, InvalidMethod, InvalidOrigin};
use tower_cors::Refusal::{OriginNotAllowed, SeveralOrigins};
use tower_cors::{AtOnce, CorsLayer, Lookup, Policy, PolicySource, RequestHead};

use crate::common::{
    ACAM, ACAO, ACRH, ACRM, ORIGIN, PREFLIGHT_VARY, VARY, exchange, get, preflight, response, send,
    sorted,
};
use crate::{cases, check};

const A: &str = "https://a.example";
const KIB: usize = 1024;

/// The refused preflights of a policy without any origin: nothing but `Vary`.
fn assert_refused(policy: &Policy, lines: &[(&str, &str)], what: &str) {
    let exchange = send(&CorsLayer::new(policy.clone()), preflight(lines));
    assert_eq!(exchange.response.status(), 403, "{what}");
    assert!(!exchange.reached_inner(), "{what}");
    assert_eq!(exchange.lines(), sorted(&[(VARY, PREFLIGHT_VARY)]), "{what}");
}

#[test]
fn long_lists_of_header_names_are_not_read() {
    let lists = [
        ("commas", vec![",".repeat(64 * KIB)]),
        ("spaces", vec![" ".repeat(64 * KIB)]),
        ("tabs and commas", vec!["\t,".repeat(32 * KIB)]),
        ("an allowed name, repeated", vec!["x-a,".repeat(16 * KIB)]),
        ("an allowed name after commas", vec![",".repeat(64 * KIB) + "x-a"]),
        ("one long name", vec!["x".repeat(64 * KIB)]),
        ("bytes that are not ASCII", vec!["\u{ff}".repeat(64 * KIB)]),
        ("empty lines", vec![String::new(); KIB]),
        ("an allowed name on every line", vec!["x-a".to_owned(); KIB]),
        ("lines of commas", vec![",".repeat(64); KIB]),
    ];
    for (what, lines) in lists {
        let lines = lines.iter().map(|line| (ACRH, &**line));
        let lines: Vec<_> = [(ORIGIN, A), (ACRM, "GET")].into_iter().chain(lines).collect();
        let request = preflight(&lines);
        for case in cases() {
            let decision = case.policy.decide(request.method(), request.headers());
            let expected = match case.name {
                // Its answer is `*` for every list.
                "any origin" => None,
                "families" => Some(OriginNotAllowed),
                _ => Some(HeadersTooLong),
            };
            assert_eq!(decision.refusal(), expected, "{}: {what}", case.name);
            let exchange = send(&CorsLayer::new(case.policy.clone()), preflight(&lines));
            check(&case, &[HeaderValue::from_static(A)], &exchange);
            // The answer is the same as to no list at all.
            let none = send(&CorsLayer::new(case.policy.clone()), preflight(&lines[..2]));
            assert_eq!(exchange.lines(), none.lines(), "{}: {what}", case.name);
            assert_eq!(exchange.response.status(), none.response.status());
        }
    }
}

/// Just within the limits, so read in full.
#[test]
fn the_longest_lists_that_are_read() {
    let policy = Policy::allow_origins([A]).allow_headers(["x-a"]).build().unwrap();
    for (what, line, allowed) in [
        ("commas", ",".repeat(4 * KIB), true),
        ("spaces", " ".repeat(4 * KIB), true),
        ("an allowed name, repeated", "x-a,".repeat(KIB), true),
        ("and another at the end", "x-a,".repeat(KIB - 1) + "x-b,", false),
    ] {
        let lines = [(ORIGIN, A), (ACRM, "GET"), (ACRH, &line)];
        let request = preflight(&lines);
        let decision = policy.decide(request.method(), request.headers());
        let x_b = HeaderNotAllowed(HeaderName::from_static("x-b"));
        assert_eq!(decision.refusal(), (!allowed).then_some(x_b), "{what}");
    }
}

#[test]
fn long_methods_are_not_read() {
    let any = Policy::allow_origins([A]).allow_any_method().build().unwrap();
    let listed = Policy::allow_origins([A]).allow_methods(["PUT"]).build().unwrap();
    for method in ["A".repeat(64 * KIB), "PUT,".repeat(16 * KIB), " ".repeat(64 * KIB) + "PUT"] {
        let lines = [(ORIGIN, A), (ACRM, &method)];
        for policy in [&any, &listed] {
            let request = preflight(&lines);
            let decision = policy.decide(request.method(), request.headers());
            // `*` covers it, so it is not read either.
            assert_eq!(decision.refusal(), (policy == &listed).then_some(InvalidMethod));
            let exchange = send(&CorsLayer::new(policy.clone()), preflight(&lines));
            let answer = exchange.one(ACAM).unwrap();
            assert!(!answer.ends_with(method.as_bytes()), "a long method is not echoed");
        }
    }
}

#[test]
fn long_origins_are_not_read() {
    let origins = [
        "https://".to_owned() + &"a".repeat(4 * KIB),
        "https://".to_owned() + &"a.".repeat(2 * KIB) + "a.example",
        "https://".to_owned() + &".".repeat(4 * KIB),
        "a".repeat(4 * KIB) + "://a.example",
        "https://a.example:".to_owned() + &"0".repeat(4 * KIB) + "1",
        "https://[".to_owned() + &"0:".repeat(2 * KIB) + "1]",
        "https://xn--".to_owned() + &"9".repeat(4 * KIB),
        "https://".repeat(KIB / 2),
        "null".repeat(KIB),
        ":".repeat(64 * KIB),
        "\u{ff}".repeat(64 * KIB),
    ];
    for origin in origins {
        let what = &origin[..20.min(origin.len())];
        let lines = [(ORIGIN, &*origin), (ACRM, "GET")];
        for case in cases() {
            let any = case.name.starts_with("any origin");
            assert_eq!(case.policy.allows_origin(&origin), any, "{}: {what}", case.name);
            let request = preflight(&lines);
            let decision = case.policy.decide(request.method(), request.headers());
            assert_eq!(
                decision.refusal(),
                (!any).then_some(InvalidOrigin),
                "{}: {what}",
                case.name
            );
            let exchange = send(&CorsLayer::new(case.policy), get(&[(ORIGIN, &origin)]));
            assert_eq!(exchange.one(ACAO), any.then_some(&b"*"[..]), "{}: {what}", case.name);
        }
    }
    let policy = Policy::allow_origins([A]).build().unwrap();
    let lines: Vec<_> = [(ACRM, "GET")].into_iter().chain(vec![(ORIGIN, A); KIB]).collect();
    let request = preflight(&lines);
    let decision = policy.decide(request.method(), request.headers());
    assert_eq!(decision.refusal(), Some(SeveralOrigins));
    assert_refused(&policy, &lines, "1,024 lines");
}

/// As many labels as a host can have, against patterns that end at many of them.
#[test]
fn hosts_of_one_letter_labels() {
    let host = |labels: usize| vec!["a"; labels].join(".");
    let patterns = (2..100).step_by(7).map(|labels| format!("https://*.b.{}", host(labels)));
    let policy = Policy::allow_origins(patterns).allow_origins(["https://*.a.a.a"]);
    let policy = policy.build().unwrap();
    for (labels, covered) in [(3, false), (4, true), (126, true), (127, true), (128, false)] {
        let origin = format!("https://{}", host(labels));
        assert_eq!(policy.allows_origin(&origin), covered, "{labels} labels");
        let exchange = send(&CorsLayer::new(policy.clone()), get(&[(ORIGIN, &origin)]));
        assert_eq!(exchange.one(ACAO), covered.then_some(origin.as_bytes()), "{labels} labels");
    }
    for origin in [format!("https://{}.b", host(125)), format!("https://b{}", host(126))] {
        assert_eq!(policy.allows_origin(&origin), origin.ends_with('a'), "{origin}");
    }
}

#[test]
fn a_long_vary_of_the_inner_service_is_kept() {
    let policy = Policy::allow_origins([A]).build().unwrap();
    let long = [",".repeat(64 * KIB), "accept,".repeat(8 * KIB), "\u{ff}".repeat(64 * KIB)];
    let many = vec!["x-origin".to_owned(); KIB];
    for inner in long.map(|line| vec![line]).into_iter().chain([many]) {
        for covered in [false, true] {
            let origin = covered.then(|| "ORIGIN".to_owned());
            let inner: Vec<_> = inner.iter().cloned().chain(origin).collect();
            let lines: Vec<_> = inner.iter().map(|line| (VARY, &**line)).collect();
            let exchange =
                exchange(&CorsLayer::new(policy.clone()), get(&[]), response(200, &lines));
            let added = (!covered).then_some((VARY, ORIGIN));
            let merged: Vec<_> = lines.iter().copied().chain(added).collect();
            assert!(exchange.lines() == sorted(&merged), "{} lines", inner.len());
        }
    }
}

/// No value can hold what would end its line: what is echoed cannot add a header of its own.
#[test]
fn header_values_have_no_line_breaks() {
    for byte in (0..=0x1f).chain([0x7f]).filter(|byte| *byte != b'\t') {
        let value = [b"https://a.example", &[byte][..], b"x: y"].concat();
        assert!(HeaderValue::from_bytes(&value).is_err(), "{byte:#x}");
    }
}

/// A header map holds 24,576 names. A response from somewhere hostile, behind a proxy, can have as
/// many, or almost. Without room for `Vary`, nothing is allowed.
#[test]
fn a_response_without_room_for_vary_allows_nothing() {
    struct Tenants(Policy);

    static TENANT: HeaderName = HeaderName::from_static("x-tenant");

    impl PolicySource for Tenants {
        type Future = AtOnce;

        fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, AtOnce> {
            Lookup::now(&self.0)
        }

        fn vary(&self) -> &[HeaderName] {
            std::slice::from_ref(&TENANT)
        }
    }

    let policy = Policy::allow_origins([A]).allow_credentials().build().unwrap();
    let mut full = response(200, &[]);
    for index in 0.. {
        let name = HeaderName::try_from(format!("x-{index}")).unwrap();
        if full.headers_mut().try_insert(name, HeaderValue::from_static("1")).is_err() {
            break;
        }
    }
    let names = full.headers().len();
    let tenants = CorsLayer::new(Arc::new(Tenants(policy.clone())));
    let fixed = CorsLayer::new(policy);
    for room in 0..4 {
        let mut almost = full.clone();
        for index in 0..room {
            almost.headers_mut().remove(format!("x-{index}"));
        }
        let answer = exchange(&fixed, get(&[(ORIGIN, A)]), almost.clone()).response;
        assert!(answer.headers().len() <= names);
        assert!(answer.headers().contains_key(VARY) || !answer.headers().contains_key(ACAO));
        let answer = exchange(&tenants, get(&[(ORIGIN, A)]), almost).response;
        let vary = answer.headers().get_all(VARY).iter().count();
        assert!(vary == 2 || !answer.headers().contains_key(ACAO), "{room}: {vary} lines of Vary");
    }
}
