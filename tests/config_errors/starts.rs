//! Where a policy starts, and what closures are asked when it is built.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::HeaderValue;
use tower_cors::{Origin, Policy};

use super::{NOTHING, any_origin, app, at, codes, mistakes};

#[test]
fn permissive() {
    let policy = Policy::permissive();
    assert_eq!(
        policy.to_string(),
        "any origin; methods any; request headers any; exposed headers any"
    );
    let by_setters = any_origin().allow_any_method().allow_any_header().expose_any_header();
    assert_eq!(by_setters.build(), Ok(policy));
}

#[test]
fn deny_all() {
    let policy = Policy::deny_all();
    assert_eq!(policy.to_string(), "no origin");
    assert!(!policy.is_disabled());
    assert_ne!(policy, Policy::disabled());
    assert_eq!(policy, Policy::deny_all());
    assert_eq!(policy.config().map(|config| config.rules.len()), Some(0));
    for origin in ["https://a.example", "null", ""] {
        assert!(!policy.allows_origin(origin), "{origin:?}");
    }
}

/// S8, S29: whatever can be parsed, and nothing else; `http://` needs no further exception.
#[test]
fn mirror() {
    let policy = Policy::dangerously_mirror_any_origin().allow_credentials().build();
    let policy = policy.unwrap_or_else(|error| panic!("{error}"));
    for origin in ["https://a.example", "http://a.example:8080", "tauri://localhost"] {
        assert!(policy.allows_origin(origin), "{origin:?}");
    }
    for origin in ["null", "", "*", "https://a.example/", "a.example"] {
        assert!(!policy.allows_origin(origin), "{origin:?}");
    }
    let again = Policy::dangerously_mirror_any_origin().allow_credentials();
    // What it covers anyway is redundant, and safe or not makes no difference any more.
    let redundant = again
        .clone()
        .allow_origins(["http://a.example", "https://*.com"])
        .allow_origins_by(|_| true);
    assert_eq!(again.build().as_ref(), Ok(&policy));
    assert_eq!(redundant.build(), Ok(policy));
}

#[test]
fn null() {
    let policy = Policy::dangerously_allow_null_origin().build();
    let policy = policy.unwrap_or_else(|error| panic!("{error}"));
    assert!(policy.allows_origin("null"));
    assert!(!policy.allows_origin("https://a.example"));
    assert_eq!(Policy::allow_origins(NOTHING).dangerously_allow_null_origin().build(), Ok(policy));
}

/// A handshake has a header's value at hand.
#[test]
fn origins_are_asked_about_as_any_bytes() {
    let policy = app().build().unwrap_or_else(|error| panic!("{error}"));
    let value = HeaderValue::from_static("https://a.example");
    assert!(policy.allows_origin(&value) && policy.allows_origin(value));
    assert!(policy.allows_origin(b"https://a.example"));
    assert!(policy.allows_origin(String::from("https://a.example")));
    assert!(!policy.allows_origin([0xff]));
}

/// What is not UTF-8 is quoted as far as it is.
#[test]
fn header_values_that_are_no_text() {
    let value = HeaderValue::from_bytes(b"https://\xff.example").expect("it is a value");
    let built = Policy::allow_origins([value]).build();
    assert_eq!(codes(&built), ["invalid-origin"]);
    assert!(mistakes(&built)[0].reason().contains("\"https://\u{fffd}.example\""));
}

/// A closure that allows a name which cannot exist allows everybody.
#[test]
fn closures_with_credentials_are_asked_about_nobody() {
    let built = app().allow_origins_by(|_| false).allow_origins_by(|_| true);
    assert_eq!(codes(&built.clone().build()), NOTHING);
    let built = built.allow_credentials().build();
    assert_eq!(codes(&built), ["closure-allows-any-origin"]);
    assert_eq!(at(mistakes(&built)[0]), (0, "allow_origins_by", Some(1)));
    assert!(mistakes(&built)[0].fix().contains("dangerously_mirror_any_origin()"));

    let careful = |origin: &Origin<'_>| origin.host().ends_with(".a.example");
    assert_eq!(codes(&app().allow_origins_by(careful).allow_credentials().build()), NOTHING);
}

#[test]
fn closures_are_asked_once_and_only_with_credentials() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let rule = app().allow_origins_by(move |origin| {
        assert_eq!(origin.as_str(), "https://tower-cors-probe.invalid");
        counter.fetch_add(1, Ordering::Relaxed);
        false
    });
    assert_eq!(codes(&rule.clone().build()), NOTHING);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert_eq!(codes(&rule.allow_credentials().build()), NOTHING);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
