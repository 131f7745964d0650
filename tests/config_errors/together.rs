//! Several mistakes at once: all are reported, in the order that `BuildError` documents.

use std::time::Duration;

use tower_cors::Policy;

use super::{At, Built, NOTHING, at, mistakes};

fn codes_and_places(built: &Built) -> Vec<(&'static str, At)> {
    mistakes(built).into_iter().map(|mistake| (mistake.code(), at(mistake))).collect()
}

/// The setters are called in the reverse of the documented order.
#[test]
fn within_a_rule_by_setting_then_by_entry() {
    let built = Policy::allow_origins(["http://a.example", "https://a.example/", "https://*.com"])
        .max_age(Duration::from_millis(1_500))
        .max_age(Duration::from_secs(90_000))
        .expose_any_header()
        .expose_headers(["*", "set-cookie", "origin", "("])
        .allow_headers(["*", "cookie", "access-control-allow-origin", "("])
        .allow_methods(["*", "TRACE", "put", "("])
        .dangerously_allow_null_origin()
        .allow_credentials()
        .build();
    let entry = |setter, entry| (0, setter, Some(entry));
    let whole = |setter| (0, setter, None);
    assert_eq!(
        codes_and_places(&built),
        [
            ("invalid-origin", entry("allow_origins", 1)),
            ("insecure-origin-with-credentials", entry("allow_origins", 0)),
            ("public-wildcard-with-credentials", entry("allow_origins", 2)),
            ("null-origin-with-credentials", whole("dangerously_allow_null_origin")),
            ("wildcard", entry("allow_methods", 0)),
            ("forbidden-method", entry("allow_methods", 1)),
            ("unnormalized-method", entry("allow_methods", 2)),
            ("invalid-method", entry("allow_methods", 3)),
            ("wildcard", entry("allow_headers", 0)),
            ("forbidden-request-header", entry("allow_headers", 1)),
            ("misplaced-request-header", entry("allow_headers", 2)),
            ("invalid-header-name", entry("allow_headers", 3)),
            ("expose-any-with-credentials", entry("expose_headers", 0)),
            ("forbidden-response-header", entry("expose_headers", 1)),
            ("misplaced-response-header", entry("expose_headers", 2)),
            ("invalid-header-name", entry("expose_headers", 3)),
            ("expose-any-with-credentials", whole("expose_any_header")),
            ("max-age-not-whole-seconds", whole("max_age")),
            ("max-age-conflict", whole("max_age")),
        ]
    );
}

#[test]
fn rule_by_rule_and_then_what_no_request_reaches() {
    let built = Policy::allow_origins(["https://a.example"])
        .allow_methods(["put"])
        .or(Policy::allow_any_origin()
            .max_age(Duration::from_secs(90_000))
            .allow_headers(["x-a", "cookie"]))
        .or(Policy::allow_origins(["http://b.example", "https://b.example/"]).allow_credentials())
        .or(Policy::allow_origins(NOTHING))
        .build();
    assert_eq!(
        codes_and_places(&built),
        [
            ("unnormalized-method", (0, "allow_methods", Some(0))),
            ("forbidden-request-header", (1, "allow_headers", Some(1))),
            ("max-age-too-long", (1, "max_age", None)),
            ("invalid-origin", (2, "allow_origins", Some(1))),
            ("insecure-origin-with-credentials", (2, "allow_origins", Some(0))),
            ("no-origins", (3, "allow_origins", None)),
            ("unreachable-rule", (2, "the rule", None)),
        ]
    );
}

#[test]
fn entries_are_counted_over_the_calls_of_a_setter() {
    let built = Policy::allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(["PUT"])
        .allow_headers(["x-a", "x-b"])
        .expose_headers(["x-a"])
        .allow_origins(["null"])
        .allow_methods(NOTHING)
        .allow_methods(["put"])
        .allow_headers(["x-c", "cookie"])
        .expose_headers(["set-cookie"])
        .build();
    let places: Vec<_> = mistakes(&built).into_iter().map(at).collect();
    assert_eq!(
        places,
        [
            (0, "allow_origins", Some(2)),
            (0, "allow_methods", Some(1)),
            (0, "allow_headers", Some(3)),
            (0, "expose_headers", Some(1)),
        ]
    );
}

/// Each rule counts its own entries.
#[test]
fn entries_are_counted_within_a_rule() {
    let built = Policy::allow_origins(["https://a.example"])
        .allow_methods(["PUT", "DELETE"])
        .or(Policy::allow_any_origin().allow_methods(["put"]))
        .build();
    let places: Vec<_> = mistakes(&built).into_iter().map(at).collect();
    assert_eq!(places, [(1, "allow_methods", Some(0))]);
}

#[test]
fn a_report_of_six_mistakes() {
    let error = Policy::allow_origins(["https://app.example.com:443", "http://app.example.com"])
        .allow_credentials()
        .allow_methods(["delete"])
        .allow_headers(["cookie"])
        .or(Policy::allow_any_origin()
            .expose_headers(["x request id"])
            .max_age(Duration::from_secs(100_000)))
        .build()
        .expect_err("it has six mistakes");
    assert_eq!(error.mistakes().len(), 6);
    assert_eq!(
        error.to_string(),
        r#"6 mistakes in the CORS policy:
  1. rules[0].allow_origins[0]: "https://app.example.com:443" is not an origin pattern: browsers leave out a scheme's default port (at byte 23); write "https://app.example.com" [invalid-origin]
  2. rules[0].allow_origins[1]: "http://app.example.com" with credentials lets an attacker on the network act for that origin's visitors; serve the page over https:// and list that, or call dangerously_allow_insecure_origins() [insecure-origin-with-credentials]
  3. rules[0].allow_methods[0]: "delete" never matches, because browsers send this method as "DELETE"; write "DELETE" [unnormalized-method]
  4. rules[0].allow_headers[0]: no browser lets a script set the request header "cookie", so none asks for it; leave it out [forbidden-request-header]
  5. rules[1].expose_headers[0]: "x request id" is not a header name; write one, such as "x-request-id", and each as an entry of its own [invalid-header-name]
  6. rules[1].max_age: 100000 s is longer than any browser keeps a preflight's answer; write at most 86400 s (Firefox keeps it that long, Chromium 7200 s, WebKit 600 s) [max-age-too-long]"#
    );
    assert_eq!(format!("{error:?}"), error.to_string(), "what `unwrap` prints");
    assert!(error.mistakes().eq(&error.clone().into_iter().collect::<Vec<_>>()));
}

/// One entry can make two mistakes, each with a fix of its own.
#[test]
fn both_mistakes_at_once() {
    let error = Policy::allow_origins(["http://*.com"])
        .allow_credentials()
        .build()
        .expect_err("it has two mistakes");
    assert_eq!(
        error.to_string(),
        r#"2 mistakes in the CORS policy:
  1. allow_origins[0]: "http://*.com" with credentials lets an attacker on the network act for that origin's visitors; serve the page over https:// and list that, or call dangerously_allow_insecure_origins() [insecure-origin-with-credentials]
  2. allow_origins[0]: "http://*.com" with credentials lets anybody who registers a name that it covers act for that name's visitors; put a domain of your own behind the "*", or call dangerously_allow_public_wildcards() [public-wildcard-with-credentials]"#
    );
}

/// Without the list of public suffixes one of the mistakes is none.
#[cfg(feature = "public-suffix")]
#[test]
fn the_report_in_the_readme() {
    let (_, section) = include_str!("../../README.md")
        .split_once("\n## What makes it different\n")
        .expect("the section is there");
    let (_, block) = section.split_once("\n```text\n").expect("a block begins");
    let (printed, _) = block.split_once("\n```\n").expect("it ends");
    let error = Policy::allow_origins(["https://app.example.com/", "https://*.github.io"])
        .allow_credentials()
        .allow_methods(["put"])
        .allow_headers(["cookie"])
        .expose_any_header()
        .max_age(Duration::from_secs(172_800))
        .build()
        .expect_err("it has six mistakes");
    assert_eq!(error.to_string(), printed);
}

#[test]
fn a_report_of_one_mistake() {
    let error = Policy::allow_origins(NOTHING).build().expect_err("it has one mistake");
    assert_eq!(
        error.to_string(),
        "1 mistake in the CORS policy:\n  1. allow_origins: no origin is given, so the rule \
         allows nobody; list one, or use Policy::deny_all() if nobody is to be allowed [no-origins]"
    );
}
