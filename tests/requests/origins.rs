//! Which origins a policy covers: wildcards, `null`, closures, and `allows_origin`.

use tower_cors::Policy;
use tower_cors::Refusal::{self, InvalidOrigin, NullOrigin, OriginNotAllowed};

use crate::common::{ACAM, ACAO, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, VARY};
use crate::table::Expected::{Actual, ActualRefused, Preflight, PreflightRefused};
use crate::table::{check, row};

const NOTHING: Lines<'_> = &[(VARY, ORIGIN)];
const REFUSED: Lines<'_> = &[(VARY, PREFLIGHT_VARY)];

/// Checks an actual request, a preflight, and `allows_origin`, all of which have to agree.
fn check_origin(policy: &Policy, name: &str, origin: &str, refusal: Option<Refusal>) {
    let actual = &[(ORIGIN, origin)];
    let ask = &[(ORIGIN, origin), (ACRM, "PUT")];
    let shared = &[(ACAO, origin), (VARY, ORIGIN)];
    let allowed = &[(ACAO, origin), (ACAM, "GET, HEAD, POST, PUT"), (VARY, PREFLIGHT_VARY)];
    assert_eq!(policy.allows_origin(origin), refusal.is_none(), "{name}: allows_origin");
    match refusal {
        None => check(
            policy,
            &[
                row(name, "GET", actual, 200, Actual(0), shared),
                row(name, "OPTIONS", ask, 204, Preflight(0), allowed),
            ],
        ),
        Some(refusal) => check(
            policy,
            &[
                row(name, "GET", actual, 200, ActualRefused(refusal.clone()), NOTHING),
                row(name, "OPTIONS", ask, 403, PreflightRefused(refusal), REFUSED),
            ],
        ),
    }
}

#[test]
fn subdomains() {
    let policy = Policy::allow_origins(["https://*.example.com"]).allow_methods(["PUT"]);
    let policy = policy.build().unwrap();
    let labels = "a.".repeat(120);
    let longest = format!("https://{labels}example.com");
    for (name, origin, refusal) in [
        ("S31: one label", "https://a.example.com", None),
        ("S31: two labels", "https://a.b.example.com", None),
        ("S7: an underscore", "https://my_app.example.com", None),
        ("limit: 251 bytes", &longest, None),
        ("S31: the domain itself", "https://example.com", Some(OriginNotAllowed)),
        ("S31: no label boundary", "https://evilexample.com", Some(OriginNotAllowed)),
        ("S31: a longer name", "https://a.example.com.evil.net", Some(OriginNotAllowed)),
        ("S31: another scheme", "http://a.example.com", Some(OriginNotAllowed)),
        ("S31: a port", "https://a.example.com:8443", Some(OriginNotAllowed)),
        ("S7: a trailing dot", "https://a.example.com.", Some(OriginNotAllowed)),
        ("S7: an empty label", "https://.example.com", Some(OriginNotAllowed)),
        ("S7: a path before the suffix", "https://evil.net/.example.com", Some(InvalidOrigin)),
        ("S7: a port before the suffix", "https://evil.net:1.example.com", Some(InvalidOrigin)),
        ("S7: user info", "https://evil.net@a.example.com", Some(InvalidOrigin)),
        ("S7: an empty label above", "https://a..example.com", Some(OriginNotAllowed)),
        ("S7: a byte left of the suffix", "https://|.example.com", Some(InvalidOrigin)),
        ("S7: a label of odd bytes", "https://{~}.example.com", None),
        ("S7: the pattern itself", "https://*.example.com", Some(InvalidOrigin)),
    ] {
        check_origin(&policy, name, origin, refusal);
    }
}

#[test]
fn any_port() {
    let policy = Policy::allow_origins(["http://localhost:*"]).allow_methods(["PUT"]);
    let policy = policy.build().unwrap();
    for (name, origin, refusal) in [
        ("S31: no port", "http://localhost", None),
        ("S31: a port", "http://localhost:3000", None),
        ("S31: the lowest", "http://localhost:1", None),
        ("S31: the highest", "http://localhost:65535", None),
        ("S31: another scheme", "https://localhost:3000", Some(OriginNotAllowed)),
        ("S31: a name below", "http://app.localhost:3000", Some(OriginNotAllowed)),
        ("S31: a longer name", "http://localhost.evil.net:3000", Some(OriginNotAllowed)),
        ("S7: the default port", "http://localhost:80", Some(InvalidOrigin)),
        ("S7: no number", "http://localhost:x", Some(InvalidOrigin)),
        ("S7: the pattern itself", "http://localhost:*", Some(InvalidOrigin)),
    ] {
        check_origin(&policy, name, origin, refusal);
    }
}

#[test]
fn subdomains_and_any_port_together() {
    let policy = Policy::allow_origins(["https://*.example.com:*"]).allow_methods(["PUT"]);
    let policy = policy.build().unwrap();
    for (name, origin, refusal) in [
        ("S31: both", "https://a.b.example.com:8443", None),
        ("S31: no port", "https://a.example.com", None),
        ("S31: no label", "https://example.com:8443", Some(OriginNotAllowed)),
    ] {
        check_origin(&policy, name, origin, refusal);
    }
}

#[test]
fn origins_of_many_forms() {
    let policy = Policy::allow_origins([
        "https://app.example",
        "http://127.0.0.1:8080",
        "http://[::1]:*",
        "tauri://localhost",
        "chrome-extension://abcdefghijklmnop",
        "https://app.example.",
        "http://my_app.example",
    ])
    .allow_methods(["PUT"])
    .build()
    .unwrap();
    for (name, origin, refusal) in [
        ("S31: exact", "https://app.example", None),
        ("S7: IPv4", "http://127.0.0.1:8080", None),
        ("S7: IPv6", "http://[::1]:9", None),
        ("S7: an app's own scheme", "tauri://localhost", None),
        ("S7: an extension", "chrome-extension://abcdefghijklmnop", None),
        ("S7: a trailing dot", "https://app.example.", None),
        ("S7: an underscore", "http://my_app.example", None),
        ("S7: IPv4, another port", "http://127.0.0.1", Some(OriginNotAllowed)),
        ("S7: IPv6, not compressed", "http://[0::1]:9", Some(InvalidOrigin)),
        ("S8: null", "null", Some(NullOrigin)),
        ("S7: empty", "", Some(InvalidOrigin)),
    ] {
        check_origin(&policy, name, origin, refusal);
    }
}

#[test]
fn null_where_it_is_allowed() {
    let policy = Policy::allow_origins(["https://app.example"])
        .dangerously_allow_null_origin()
        .allow_methods(["PUT"])
        .build()
        .unwrap();
    check_origin(&policy, "S8: null", "null", None);
    check_origin(&policy, "S8: the listed one", "https://app.example", None);
    check_origin(&policy, "S8: NULL", "NULL", Some(InvalidOrigin));
    check_origin(&policy, "S8: any other", "https://b.example", Some(OriginNotAllowed));
}

#[test]
fn closures_see_parsed_origins_only() {
    let policy = Policy::allow_origins(["https://app.example"])
        .allow_origins_by(|origin| {
            assert_ne!(origin.as_str(), "https://app.example", "patterns come first");
            assert_ne!(origin.as_str(), "null");
            origin.scheme() == "https" && origin.host().ends_with(".preview.example")
        })
        .allow_origins_by(|origin| origin.port() == Some(8443))
        .allow_methods(["PUT"])
        .build()
        .unwrap();
    for (name, origin, refusal) in [
        ("the pattern", "https://app.example", None),
        ("the first closure", "https://pr-1.preview.example", None),
        ("the second closure", "http://b.example:8443", None),
        ("neither", "https://b.example", Some(OriginNotAllowed)),
        ("S8: null", "null", Some(NullOrigin)),
        ("S7: malformed", "https://pr-1.preview.example/", Some(InvalidOrigin)),
        ("S7: upper case", "HTTPS://pr-1.preview.example", Some(InvalidOrigin)),
        ("S7: user info", "https://evil@pr-1.preview.example", Some(InvalidOrigin)),
    ] {
        check_origin(&policy, name, origin, refusal);
    }
}

#[test]
fn a_policy_of_a_closure_alone() {
    let policy = Policy::allow_origins_by(|origin| origin.host() == "app.example");
    let policy = policy.allow_methods(["PUT"]).build().unwrap();
    check_origin(&policy, "yes", "https://app.example:1", None);
    check_origin(&policy, "no", "https://b.example", Some(OriginNotAllowed));
}

#[test]
fn allows_origin_of_any_origin_and_of_a_disabled_policy() {
    let any = Policy::allow_any_origin().build().unwrap();
    let any_last = Policy::allow_origins(["https://a.example"]).or(Policy::allow_any_origin());
    let any_last = any_last.build().unwrap();
    let disabled = Policy::disabled();
    for origin in ["https://a.example", "http://b.example:1", "null", "https://A.example/", "*", ""]
    {
        assert!(any.allows_origin(origin), "any origin: {origin:?}");
        assert!(any_last.allows_origin(origin), "any origin last: {origin:?}");
        assert!(!disabled.allows_origin(origin), "disabled: {origin:?}");
    }
}
