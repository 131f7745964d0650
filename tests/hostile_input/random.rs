//! Random bytes, and random neighbours of what is allowed.
//!
//! `PROPTEST_CASES` says how many are tried.

use http::{HeaderValue, Request};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tower_cors::CorsLayer;

use crate::common::{ACAC, ACAM, ACAO, ACRH, ACRM, ORIGIN, VARY, exchange, response, send, sorted};
use crate::{Case, cases, check};

/// Any bytes that a header value can have.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![20 => 0x20..=0x7e_u8, 4 => 0x80..=0xff_u8, 1 => Just(b'\t')];
    vec(byte, 0..60)
}

/// Text that is, or almost is, what the policies allow.
fn near(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    vec(select(words), 0..6).prop_map(|words| words.concat().into_bytes())
}

fn value(near: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = HeaderValue> {
    prop_oneof![any_bytes(), near]
        .prop_filter_map("not a header value", |bytes| HeaderValue::from_bytes(&bytes).ok())
}

fn origin() -> impl Strategy<Value = HeaderValue> {
    const WORDS: &[&str] = &[
        "https://",
        "http://",
        "tauri://",
        "a.example",
        "b.example",
        "localhost",
        "a",
        ".",
        ":",
        "80",
        "8443",
        "0",
        "65536",
        "/",
        "@",
        "xn--",
        "*",
        "null",
        "[::1]",
        " ",
        "\u{e4}",
        "_",
    ];
    const WHOLE: &[&str] = &[
        "https://a.example",
        "http://localhost",
        "http://localhost:3000",
        "https://x.a.example",
        "https://x.b.example:1",
        "tauri://localhost",
        "null",
    ];
    prop_oneof![
        2 => value(near(WORDS)),
        3 => select(WHOLE).prop_map(HeaderValue::from_static),
    ]
}

fn host() -> impl Strategy<Value = HeaderValue> {
    const WORDS: &[&str] =
        &["a.example", "localhost", ".", ":", "80", "443", "65536", "@", "[::1]"];
    const WHOLE: &[&str] = &["localhost", "LOCALHOST:80", "localhost:3000", "x.b.example:1", ""];
    prop_oneof![value(near(WORDS)), select(WHOLE).prop_map(HeaderValue::from_static)]
}

/// Whether an origin has the host and the port that the request was sent to.
fn is_own(origin: &HeaderValue, host: &HeaderValue) -> bool {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).to_lowercase();
    let (origin, host) = (text(origin), text(host));
    let Some((scheme, origin)) = origin.split_once("://") else { return false };
    let default = match scheme {
        "http" => "80",
        "https" => "443",
        _ => "",
    };
    let split = |authority: &str| match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            let port = if port.is_empty() { default } else { port };
            (name.to_owned(), port.trim_start_matches('0').to_owned())
        }
        _ => (authority.to_owned(), default.to_owned()),
    };
    split(origin) == split(&host)
}

fn method() -> impl Strategy<Value = HeaderValue> {
    const WORDS: &[&str] = &["PUT", "put", "GET", ",", " ", "TRACE", "*", "\u{e4}"];
    prop_oneof![value(near(WORDS)), select(&["PUT", "GET"][..]).prop_map(HeaderValue::from_static)]
}

fn headers() -> impl Strategy<Value = HeaderValue> {
    const WORDS: &[&str] =
        &["x-a", "X-A", ",", " ", "\t", "x-b", "*", ";", "\u{e4}", "authorization"];
    prop_oneof![value(near(WORDS)), select(&["x-a", ""][..]).prop_map(HeaderValue::from_static)]
}

fn vary() -> impl Strategy<Value = HeaderValue> {
    const WORDS: &[&str] = &["origin", "Origin", ",", " ", "\t", "*", "accept", "x-", "\u{e4}"];
    value(near(WORDS))
}

fn request(method: &str, lines: &[(&'static str, &Values)]) -> Request<()> {
    let mut request = Request::builder().method(method).body(()).unwrap();
    for (name, values) in lines {
        for value in *values {
            request.headers_mut().append(*name, value.clone());
        }
    }
    request
}

/// Whether a list has a name, or the wildcard that stands for all.
fn has_member(lines: &[HeaderValue], name: &str) -> bool {
    lines.iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).any(|member| {
        let member = member.trim_ascii();
        member == b"*" || member.eq_ignore_ascii_case(name.as_bytes())
    })
}

type Values = Vec<HeaderValue>;

/// Whether a case covers what a request says of its origin.
fn covers(case: &Case, origins: &Values) -> bool {
    match &origins[..] {
        [origin] => case.any_origin || (case.covers)(origin.as_bytes()),
        _ => case.any_origin,
    }
}

fn check_preflight(origins: &Values, methods: &Values, headers: &Values) {
    for case in cases() {
        let lines = [(ORIGIN, origins), (ACRM, methods), (ACRH, headers)];
        let exchange = send(&CorsLayer::new(case.policy.clone()), request("OPTIONS", &lines));
        assert!(!exchange.reached_inner());
        // Whoever is covered is told all that is allowed, whatever was asked for.
        let allowed = exchange.response.headers().contains_key(ACAO);
        assert_eq!(exchange.response.status(), if allowed { 204 } else { 403 });
        assert_eq!(exchange.response.headers().contains_key(ACAM), allowed);
        assert!(!allowed || covers(&case, origins), "{}", case.name);
        check(&case, origins, &exchange);
        assert_eq!(exchange.one(VARY), case.preflight_vary.map(str::as_bytes), "{}", case.name);

        // With an explanation, what is allowed is the same.
        let layer = CorsLayer::new(case.policy.clone()).explain_refusals();
        let explained = send(&layer, request("OPTIONS", &lines));
        assert_eq!(explained.response.status(), 204);
        if allowed {
            check(&case, origins, &explained);
            assert_eq!(explained.access_control_lines(), exchange.access_control_lines());
        } else {
            assert_eq!(
                explained.access_control_lines(),
                sorted(&[(ACAM, "GET, HEAD, POST")]),
                "no proxy that adds an origin makes this a permission"
            );
        }
        match explained.one("cors-refusal") {
            None => assert!(allowed),
            Some(reason) => {
                assert!(reason.iter().all(|byte| (0x20..0x7f).contains(byte)), "{reason:?}");
            }
        }
    }
}

fn check_actual(origins: &Values, others: &Values, vary: &Values, inner_origin: &HeaderValue) {
    for case in cases() {
        let lines = [(ORIGIN, origins), (ACRM, others), (ACRH, others)];
        let mut answer = response(200, &[(ACAC, "true"), (ACAM, "*")]);
        answer.headers_mut().insert(ACAO, inner_origin.clone());
        for line in vary {
            answer.headers_mut().append(VARY, line.clone());
        }
        let layer = CorsLayer::new(case.policy.clone());
        let exchange = exchange(&layer, request("GET", &lines), answer);
        assert!(exchange.reached_inner());
        let constant = case.name == "any origin";
        if constant {
            assert_eq!(exchange.access_control_lines(), sorted(&[(ACAO, "*")]));
        } else {
            check(&case, origins, &exchange);
        }
        // The inner service's lines are all there, and one is added at most, if it is needed.
        let lines = exchange.response.headers().get_all(VARY).iter();
        let merged: Vec<_> = lines.cloned().collect();
        let (kept, added) = merged.split_at(vary.len());
        assert_eq!(kept, vary);
        let needed = !constant && !has_member(vary, ORIGIN);
        assert_eq!(added, vec![HeaderValue::from_static(ORIGIN); usize::from(needed)]);
    }
}

/// What is passed on is allowed or the server's own, and only that is.
fn check_rejected(origins: &Values, host: &Values, site: &Values) {
    for case in cases() {
        let lines = [(ORIGIN, origins), ("host", host), ("sec-fetch-site", site)];
        let layer = CorsLayer::new(case.policy.clone()).reject_disallowed_origins();
        let exchange = send(&layer, request("POST", &lines));
        let status = if exchange.reached_inner() { 200 } else { 403 };
        assert_eq!(exchange.response.status(), status);
        let allowed = exchange.response.headers().contains_key(ACAO);
        let spared = match (&site[..], &origins[..]) {
            (_, []) => true,
            ([], [origin]) => host.iter().any(|host| is_own(origin, host)),
            (sites, _) => sites.iter().any(|site| site == "same-origin"),
        };
        if exchange.reached_inner() {
            assert!(allowed || spared, "{}", case.name);
        } else {
            assert!(!allowed && !origins.is_empty(), "{}", case.name);
        }
    }
}

proptest! {
    #[test]
    fn preflights(
        origins in vec(origin(), 1..3),
        methods in vec(method(), 1..3),
        headers in vec(headers(), 0..4),
    ) {
        check_preflight(&origins, &methods, &headers);
    }

    #[test]
    fn actual_requests(
        origins in vec(origin(), 0..3),
        others in vec(prop_oneof![method(), headers()], 0..3),
        vary in vec(vary(), 0..4),
        inner_origin in origin(),
    ) {
        check_actual(&origins, &others, &vary, &inner_origin);
    }

    #[test]
    fn rejected_requests(
        origins in vec(origin(), 0..3),
        host in vec(host(), 0..2),
        site in vec(select(&["same-origin", "cross-site", ""][..]), 0..2),
    ) {
        let site = site.into_iter().map(HeaderValue::from_static).collect();
        check_rejected(&origins, &host, &site);
    }
}
