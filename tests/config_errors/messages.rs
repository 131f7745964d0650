//! Every kind of mistake: its code, its place, and the whole message.

use std::error::Error;
use std::hash::Hash;
use std::time::Duration;

use tower_cors::{BuildError, ConfigError, ConfigErrorKind, Policy};

use super::{At, Built, NOTHING, app, at, mistakes};

struct Row {
    name: &'static str,
    /// Makes this one mistake.
    build: fn() -> Built,
    code: &'static str,
    at: At,
    message: &'static str,
}

const ORIGIN_ROWS: &[Row] = &[
    Row {
        name: "an origin with a path",
        build: || Policy::allow_origins(["https://a.example", "https://b.example/"]).build(),
        code: "invalid-origin",
        at: (0, "allow_origins", Some(1)),
        message: "allow_origins[1]: \"https://b.example/\" is not an origin pattern: an origin has \
                  no path, not even a slash (at byte 17); write \"https://b.example\"",
    },
    Row {
        name: "no origin",
        build: || Policy::allow_origins(NOTHING).build(),
        code: "no-origins",
        at: (0, "allow_origins", None),
        message: "allow_origins: no origin is given, so the rule allows nobody; list one, or use \
                  Policy::deny_all() if nobody is to be allowed",
    },
    Row {
        name: "http with credentials (S29)",
        build: || Policy::allow_origins(["http://a.example:*"]).allow_credentials().build(),
        code: "insecure-origin-with-credentials",
        at: (0, "allow_origins", Some(0)),
        message: "allow_origins[0]: \"http://a.example:*\" with credentials lets an attacker \
                  on the network act for that origin's visitors; serve the page over https:// and \
                  list that, or call dangerously_allow_insecure_origins()",
    },
    Row {
        name: "a public suffix with credentials (S30)",
        build: || Policy::allow_origins(["https://*.com:8443"]).allow_credentials().build(),
        code: "public-wildcard-with-credentials",
        at: (0, "allow_origins", Some(0)),
        message: "allow_origins[0]: \"https://*.com:8443\" with credentials lets anybody who \
                  registers a name that it covers act for that name's visitors; put a domain of \
                  your own behind the \"*\", or call dangerously_allow_public_wildcards()",
    },
    Row {
        name: "files with credentials (S29)",
        build: || Policy::allow_origins(["file://"]).allow_credentials().build(),
        code: "insecure-origin-with-credentials",
        at: (0, "allow_origins", Some(0)),
        message: "allow_origins[0]: \"file://\" with credentials lets every file that a visitor opens \
                  act for the visitor; leave it out, or call dangerously_allow_insecure_origins()",
    },
    Row {
        name: "a whole scheme with credentials (S30)",
        build: || Policy::allow_origins(["moz-extension://*"]).allow_credentials().build(),
        code: "public-wildcard-with-credentials",
        at: (0, "allow_origins", Some(0)),
        message: "allow_origins[0]: \"moz-extension://*\" with credentials lets anybody whose page or \
                  extension has that scheme act for its users; list the origins that you trust, or \
                  call dangerously_allow_public_wildcards()",
    },
    Row {
        name: "more parts of labels than there is room for",
        build: || {
            let patterns = (100..165).map(|i| format!("https://{i}-*.a.example"));
            Policy::allow_origins(patterns).build()
        },
        code: "too-many-parts-of-labels",
        at: (0, "allow_origins", Some(64)),
        message: "allow_origins[64]: \"https://164-*.a.example\" is one more than 64 patterns with a \"*\" \
                  inside a label below \"a.example\"; write fewer and wider ones, or use \
                  allow_origins_by()",
    },
    Row {
        name: "null with credentials (S8)",
        build: || {
            Policy::allow_origins(["https://a.example"])
                .dangerously_allow_null_origin()
                .allow_credentials()
                .build()
        },
        code: "null-origin-with-credentials",
        at: (0, "dangerously_allow_null_origin", None),
        message: "dangerously_allow_null_origin: any page can open a frame whose origin is null, \
                  and so act for its visitors; leave out either this or allow_credentials()",
    },
    Row {
        name: "a rule that governs no request",
        build: || {
            Policy::allow_origins(["https://*.a.example"])
                .or(Policy::allow_origins(["https://b.a.example"]))
                .build()
        },
        code: "unreachable-rule",
        at: (1, "the rule", None),
        message: "rules[1]: earlier rules cover every origin of this one, so it never applies; add \
                  what it allows to those rules, move it before them, or leave it out",
    },
];

const METHOD_ROWS: &[Row] = &[
    Row {
        name: "no method",
        build: || Policy::allow_any_origin().allow_methods(["PUT", "PUT, DELETE"]).build(),
        code: "invalid-method",
        at: (0, "allow_methods", Some(1)),
        message: "allow_methods[1]: \"PUT, DELETE\" is not a method; make each name an entry of \
                  its own",
    },
    Row {
        name: "a forbidden method (S15)",
        build: || Policy::allow_any_origin().allow_methods([http::Method::TRACE]).build(),
        code: "forbidden-method",
        at: (0, "allow_methods", Some(0)),
        message: "allow_methods[0]: no browser lets a script use the method \"TRACE\"; leave it out",
    },
    Row {
        name: "a method that browsers normalize (S4)",
        build: || Policy::allow_any_origin().allow_methods(["put"]).build(),
        code: "unnormalized-method",
        at: (0, "allow_methods", Some(0)),
        message: "allow_methods[0]: \"put\" never matches, because browsers send this method as \
                  \"PUT\"; write \"PUT\"",
    },
    Row {
        name: "* among methods",
        build: || Policy::allow_any_origin().allow_methods(["*"]).build(),
        code: "wildcard",
        at: (0, "allow_methods", Some(0)),
        message: "allow_methods[0]: \"*\" cannot stand in a list; to allow all of them, call \
                  allow_any_method()",
    },
];

const HEADER_ROWS: &[Row] = &[
    Row {
        name: "no request header name",
        build: || Policy::allow_any_origin().allow_headers(["x-api key"]).build(),
        code: "invalid-header-name",
        at: (0, "allow_headers", Some(0)),
        message: "allow_headers[0]: \"x-api key\" is not a header name; write one, such as \
                  \"x-request-id\", and each as an entry of its own",
    },
    Row {
        name: "no response header name",
        build: || Policy::allow_any_origin().expose_headers(["x-a", "x(a)"]).build(),
        code: "invalid-header-name",
        at: (0, "expose_headers", Some(1)),
        message: "expose_headers[1]: \"x(a)\" is not a header name; write one, such as \
                  \"x-request-id\", and each as an entry of its own",
    },
    Row {
        name: "a forbidden request header (S15)",
        build: || Policy::allow_any_origin().allow_headers(["Sec-Fetch-Mode"]).build(),
        code: "forbidden-request-header",
        at: (0, "allow_headers", Some(0)),
        message: "allow_headers[0]: no browser lets a script set the request header \
                  \"Sec-Fetch-Mode\", so none asks for it; leave it out",
    },
    Row {
        name: "a response header among the request headers (S13)",
        build: || Policy::allow_any_origin().allow_headers(["Access-Control-Allow-Origin"]).build(),
        code: "misplaced-request-header",
        at: (0, "allow_headers", Some(0)),
        message: "allow_headers[0]: \"Access-Control-Allow-Origin\" is a header of responses, and \
                  no request has it; leave it out",
    },
    Row {
        name: "a forbidden response header (S15)",
        build: || Policy::allow_any_origin().expose_headers([http::header::SET_COOKIE]).build(),
        code: "forbidden-response-header",
        at: (0, "expose_headers", Some(0)),
        message: "expose_headers[0]: no browser lets a script read the response header \
                  \"set-cookie\"; leave it out",
    },
    Row {
        name: "a header of preflights' answers to expose (S13)",
        build: || Policy::allow_any_origin().expose_headers(["Access-Control-Max-Age"]).build(),
        code: "misplaced-response-header",
        at: (0, "expose_headers", Some(0)),
        message: "expose_headers[0]: \"Access-Control-Max-Age\" belongs in requests, or in \
                  answers to preflights, which no script sees; leave it out",
    },
    Row {
        name: "* among request headers",
        build: || Policy::allow_any_origin().allow_headers(["*"]).build(),
        code: "wildcard",
        at: (0, "allow_headers", Some(0)),
        message: "allow_headers[0]: \"*\" cannot stand in a list; to allow all of them, call \
                  allow_any_header()",
    },
    Row {
        name: "* among response headers",
        build: || Policy::allow_any_origin().expose_headers(["*"]).build(),
        code: "wildcard",
        at: (0, "expose_headers", Some(0)),
        message: "expose_headers[0]: \"*\" cannot stand in a list; to allow all of them, call \
                  expose_any_header()",
    },
    Row {
        name: "* among response headers, with credentials (S10)",
        build: || {
            Policy::allow_origins(["https://a.example"])
                .allow_credentials()
                .expose_headers(["x-a", "*"])
                .build()
        },
        code: "expose-any-with-credentials",
        at: (0, "expose_headers", Some(1)),
        message: "expose_headers[1]: with credentials browsers take \"*\" for the name of a \
                  header; name the headers with expose_headers()",
    },
    Row {
        name: "any response header with credentials (S10)",
        build: || {
            Policy::allow_origins(["https://a.example"])
                .allow_credentials()
                .expose_any_header()
                .build()
        },
        code: "expose-any-with-credentials",
        at: (0, "expose_any_header", None),
        message: "expose_any_header: with credentials browsers take \"*\" for the name of a \
                  header; name the headers with expose_headers()",
    },
];

const MAX_AGE_ROWS: &[Row] = &[
    Row {
        name: "more than a day (S20)",
        build: || Policy::allow_any_origin().max_age(Duration::from_secs(86_401)).build(),
        code: "max-age-too-long",
        at: (0, "max_age", None),
        message: "max_age: 86401 s is longer than any browser keeps a preflight's answer; write at \
                  most 86400 s (Firefox keeps it that long, Chromium 7200 s, WebKit 600 s)",
    },
    Row {
        name: "a fraction of a second",
        build: || Policy::allow_any_origin().max_age(Duration::from_millis(1_500)).build(),
        code: "max-age-not-whole-seconds",
        at: (0, "max_age", None),
        message: "max_age: 1.5s is not a whole number of seconds; round it",
    },
    Row {
        name: "two durations, in the second rule",
        build: || {
            let second = Policy::allow_any_origin()
                .max_age(Duration::from_secs(10))
                .max_age(Duration::from_secs(20));
            Policy::allow_origins(["https://a.example"]).or(second).build()
        },
        code: "max-age-conflict",
        at: (1, "max_age", None),
        message: "rules[1].max_age: 20s contradicts 10s, which was set before; set only one of \
                  them",
    },
];

fn rows() -> impl Iterator<Item = &'static Row> {
    [ORIGIN_ROWS, METHOD_ROWS, HEADER_ROWS, MAX_AGE_ROWS].into_iter().flatten()
}

#[test]
fn every_mistake_names_its_input_its_place_and_its_fix() {
    for Row { name, build, code, at: place, message } in rows() {
        let built = build();
        let [mistake] = mistakes(&built)[..] else { panic!("{name}: not one mistake: {built:?}") };
        assert_eq!(mistake.code(), *code, "{name}");
        assert_eq!(at(mistake), *place, "{name}");
        assert_eq!(mistake.to_string(), *message, "{name}");
        assert!(mistake.source().is_none(), "{name}: a report would print its cause twice");
    }
}

/// With credentials, `expose_any_header` is a mistake itself.
#[test]
fn a_fix_does_not_lead_to_the_next_mistake() {
    let built = app().allow_credentials().expose_headers(["*"]).build();
    let [mistake] = mistakes(&built)[..] else { panic!("not one mistake: {built:?}") };
    let message = mistake.to_string();
    assert!(!message.contains("expose_any_header()"), "{message}");
}

/// What a program can read of a mistake without parsing its message.
#[test]
fn mistakes_are_values() {
    let built = Policy::allow_origins(["https://a.example/"])
        .allow_methods(["put"])
        .max_age(Duration::from_secs(90_000))
        .build();
    let [origin, method, max_age] = mistakes(&built)[..] else { panic!("{built:?}") };
    assert!(matches!(
        origin.kind(),
        ConfigErrorKind::InvalidOrigin { error, .. }
            if error.corrected().as_deref() == Some("https://a.example")
    ));
    assert!(matches!(
        method.kind(),
        ConfigErrorKind::UnnormalizedMethod { method, normalized, .. }
            if method == "put" && normalized == "PUT"
    ));
    assert!(matches!(
        max_age.kind(),
        ConfigErrorKind::MaxAgeTooLong { max_age, .. } if max_age.as_secs() == 90_000
    ));
}

#[test]
fn errors_pass_through_question_marks() {
    fn is_error<E: Error + Send + Sync + Clone + Eq + Hash + 'static>() {}
    is_error::<BuildError>();
    is_error::<ConfigError>();
}
