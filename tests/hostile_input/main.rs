//! Input that no browser sends: nothing panics, nothing is allowed by accident, and what comes out
//! is well-formed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/mod.rs"]
mod common;

mod fixed;
mod random;

use http::{HeaderMap, HeaderName, HeaderValue};
use tower_cors::{MayBeCredentialed, Policy, PolicyBuilder, PolicyRules};

use common::{ACAC, ACAH, ACAM, ACAO, ECHOING_VARY, Exchange, PREFLIGHT_VARY};

/// A policy, and what it allows, said in the simplest way.
struct Case {
    name: &'static str,
    policy: Policy,
    /// Which origins may be echoed. Nothing but text is looked at.
    covers: fn(&[u8]) -> bool,
    any_origin: bool,
    credentials: bool,
    /// What the answers to preflights depend on.
    preflight_vary: Option<&'static str>,
}

fn cases() -> Vec<Case> {
    let case = |name, policy: PolicyRules, covers| {
        let policy = policy.build().unwrap();
        let rules = &policy.config().unwrap().rules;
        let any_origin = rules.iter().any(|rule| rule.allow_origins == ["*"]);
        let credentials = rules.iter().any(|rule| rule.allow_credentials);
        let echoes = rules.iter().any(|rule| rule.allow_credentials && rule.allow_headers == ["*"]);
        let preflight_vary = match rules[0].allow_origins == ["*"] {
            true => None,
            false if echoes => Some(ECHOING_VARY),
            false => Some(PREFLIGHT_VARY),
        };
        Case { name, policy, covers, any_origin, credentials, preflight_vary }
    };
    let listed = || Policy::allow_origins(["https://a.example", "http://localhost:*"]);
    let any_name = || listed().allow_credentials().allow_any_method().allow_any_header();
    vec![
        case("listed", listed().allow_methods(["PUT"]).allow_headers(["x-a"]).into(), is_listed),
        case("any name with credentials", any_name().into(), is_listed),
        case("families", families().allow_any_header().into(), is_of_a_family),
        case("a closure", Policy::allow_origins_by(|_| true).allow_any_method().into(), |origin| {
            // What is left of an origin when nothing is known of it: no path, but the host may be
            // empty, as in `file://`.
            let separators = origin.windows(3).filter(|bytes| bytes == b"://").count();
            separators == 1 && (origin.ends_with(b"://") || !origin.ends_with(b"/"))
        }),
        case("null", listed().dangerously_allow_null_origin().into(), |origin| {
            origin == b"null" || is_listed(origin)
        }),
        case("any origin", Policy::allow_any_origin().allow_any_header().into(), |_| false),
        case("any origin last", any_name().or(Policy::allow_any_origin()), is_listed),
    ]
}

fn families() -> PolicyBuilder<MayBeCredentialed> {
    Policy::allow_origins(["https://*.a.example", "tauri://localhost", "https://*.b.example:*"])
}

fn is_listed(origin: &[u8]) -> bool {
    let port = origin.strip_prefix(b"http://localhost");
    origin == b"https://a.example" || port.is_some_and(is_empty_or_port)
}

fn is_of_a_family(origin: &[u8]) -> bool {
    let text = String::from_utf8_lossy(origin);
    let host = text.strip_prefix("https://").unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let labels = |suffix| name.strip_suffix(suffix).is_some_and(|labels| !labels.is_empty());
    let has_port = host.len() > name.len();
    text == "tauri://localhost"
        || !has_port && labels(".a.example")
        || labels(".b.example") && (!has_port || port.parse::<u16>().is_ok())
}

fn is_empty_or_port(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b":").unwrap_or_default();
    text.is_empty() || (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a HeaderValue> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next();
    assert_eq!(lines.next(), None, "{name} has one line at most");
    line
}

/// What holds of every response.
fn check(case: &Case, origins: &[HeaderValue], exchange: &Exchange) {
    let name = case.name;
    let headers = exchange.response.headers();
    match only(headers, ACAO).map(HeaderValue::as_bytes) {
        None => assert!(exchange.access_control_lines().is_empty(), "{name}: no origin, nothing"),
        Some(b"*") => {
            assert!(case.any_origin, "{name}: the wildcard");
            assert!(!headers.contains_key(ACAC), "{name}: the wildcard and credentials");
        }
        Some(allowed) => {
            let [origin] = origins else { panic!("{name}: one of several origins is allowed") };
            assert_eq!(allowed, origin.as_bytes(), "{name}: byte for byte");
            assert!((case.covers)(allowed), "{name}: {origin:?} is not covered");
            let credentials = only(headers, ACAC).map(HeaderValue::as_bytes);
            assert_eq!(credentials, case.credentials.then_some(&b"true"[..]), "{name}");
        }
    }
    // What may not be parsed by everyone is not sent: tokens, joined by commas.
    for name in [ACAM, ACAH] {
        let Some(list) = only(headers, name) else { continue };
        assert!(!list.is_empty());
        for token in list.to_str().unwrap().split(',') {
            assert!(HeaderName::try_from(token.trim()).is_ok(), "{name}: {list:?}");
        }
    }
}
