//! One listed origin, without credentials: which requests are which, and what each gets.

use http::Method;
use tower_cors::Policy;
use tower_cors::Refusal::{
    InvalidMethod, InvalidOrigin, MethodNotAllowed, NullOrigin, OriginNotAllowed, SeveralOrigins,
};

use crate::common::{ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, VARY};
use crate::table::Expected::{Actual, ActualRefused, NotCors, Preflight, PreflightRefused};
use crate::table::{check, row};

const APP: &str = "https://app.example";

/// The headers of an allowed preflight's answer.
const ALLOWED: Lines<'_> = &[
    (ACAO, APP),
    (ACAM, "OPTIONS, PATCH, PUT"),
    (ACAH, "content-type, x-token"),
    (VARY, PREFLIGHT_VARY),
];
/// Those of a refused one's.
const REFUSED: Lines<'_> = &[(VARY, PREFLIGHT_VARY)];
/// Those of any other response to the listed origin.
const SHARED: Lines<'_> = &[(ACAO, APP), (ACEH, "x-request-id"), (VARY, ORIGIN)];
/// And to everyone else.
const NOTHING: Lines<'_> = &[(VARY, ORIGIN)];

fn policy() -> Policy {
    Policy::allow_origins([APP])
        .allow_methods([Method::PUT, Method::PATCH, Method::OPTIONS])
        .allow_headers(["x-token", "content-type"])
        .expose_headers(["x-request-id"])
        .build()
        .unwrap()
}

#[test]
fn requests_are_classified() {
    let app = (ORIGIN, APP);
    check(
        &policy(),
        &[
            row("S1, S21: no Origin, Vary all the same", "GET", &[], 200, NotCors, NOTHING),
            row("S2: OPTIONS alone", "OPTIONS", &[], 200, NotCors, NOTHING),
            row("S2: ACRM without Origin", "OPTIONS", &[(ACRM, "PUT")], 200, NotCors, NOTHING),
            row("S2: OPTIONS, no ACRM", "OPTIONS", &[app], 200, Actual(0), SHARED),
            row("S2: only ACRH", "OPTIONS", &[app, (ACRH, "x-token")], 200, Actual(0), SHARED),
            row("S2: lower case", "options", &[app, (ACRM, "PUT")], 200, Actual(0), SHARED),
            row("S2: GET with ACRM", "GET", &[app, (ACRM, "PUT")], 200, Actual(0), SHARED),
            row("S2: PUT with ACRM", "PUT", &[app, (ACRM, "PUT")], 200, Actual(0), SHARED),
            row("S2: all three", "OPTIONS", &[app, (ACRM, "PUT")], 204, Preflight(0), ALLOWED),
            row("S2: CONNECT", "CONNECT", &[app, (ACRM, "PUT")], 200, Actual(0), SHARED)
                .uri("server.example:443"),
            row("S2: server-wide OPTIONS", "OPTIONS", &[app], 200, Actual(0), SHARED).uri("*"),
        ],
    );
}

#[test]
fn actual_requests_are_never_held_back() {
    let other = (ORIGIN, "https://other.example");
    let not_allowed = || ActualRefused(OriginNotAllowed);
    check(
        &policy(),
        &[
            row("S9: the origin, byte for byte", "GET", &[(ORIGIN, APP)], 200, Actual(0), SHARED),
            row("S13: no method list here", "DELETE", &[(ORIGIN, APP)], 200, Actual(0), SHARED),
            row("S1: another origin, GET", "GET", &[other], 200, not_allowed(), NOTHING),
            row("S1: another origin, PUT", "PUT", &[other], 200, not_allowed(), NOTHING),
            row("S1, S2: another, OPTIONS", "OPTIONS", &[other], 200, not_allowed(), NOTHING),
        ],
    );
}

#[test]
fn methods_of_preflights() {
    let refused = |method: &str| {
        PreflightRefused(MethodNotAllowed(Method::from_bytes(method.as_bytes()).unwrap()))
    };
    let invalid = || PreflightRefused(InvalidMethod);
    let longest = "A".repeat(64);
    let too_long = "A".repeat(65);
    let table = [
        ("S4: listed", "PUT", 204, Preflight(0)),
        ("S4: listed, no method that browsers normalise", "PATCH", 204, Preflight(0)),
        ("S4: OPTIONS can be asked for like any other", "OPTIONS", 204, Preflight(0)),
        ("S6, S11: safelisted, not listed, no ACRH: GET", "GET", 204, Preflight(0)),
        ("S6, S11: HEAD", "HEAD", 204, Preflight(0)),
        ("S6, S11: POST", "POST", 204, Preflight(0)),
        ("S11: not listed", "DELETE", 403, refused("DELETE")),
        ("S4: case counts: patch", "patch", 403, refused("patch")),
        ("S4: case counts: put", "put", 403, refused("put")),
        ("S14: case counts for safelisted ones too", "get", 403, refused("get")),
        ("S15: forbidden", "TRACE", 403, refused("TRACE")),
        ("S15: forbidden, in any case", "cOnNeCt", 403, refused("cOnNeCt")),
        ("S15: * is a token like any other", "*", 403, refused("*")),
        ("S2, S4: empty", "", 403, invalid()),
        ("S4: two methods", "PUT, PATCH", 403, invalid()),
        ("S4: two methods without white space", "GET,PUT", 403, invalid()),
        ("S4: white space in front", " PUT", 403, invalid()),
        ("S4: white space within", "P UT", 403, invalid()),
        ("S4: a tab behind", "PUT\t", 403, invalid()),
        ("S4: quoted", "\"PUT\"", 403, invalid()),
        ("S4: not ASCII", "PUT\u{ff}", 403, invalid()),
        ("limit: 64 bytes", &longest, 403, refused(&longest)),
        ("limit: 65 bytes", &too_long, 403, invalid()),
    ];
    for (name, method, status, expected) in table {
        let headers = if status == 204 { ALLOWED } else { REFUSED };
        let request = [(ORIGIN, APP), (ACRM, method)];
        check(&policy(), &[row(name, "OPTIONS", &request, status, expected, headers)]);
    }
    let origin = (ORIGIN, APP);
    let twice = &[origin, (ACRM, "PUT"), (ACRM, "PUT")];
    let two = &[origin, (ACRM, "GET"), (ACRM, "PUT")];
    let with_empty = &[origin, (ACRM, "PUT"), (ACRM, "")];
    let safelisted = &[origin, (ACRM, "GET"), (ACRH, "x-token")];
    check(
        &policy(),
        &[
            row("S4: two equal lines", "OPTIONS", twice, 403, invalid(), REFUSED),
            row("S4: two lines", "OPTIONS", two, 403, invalid(), REFUSED),
            row("S4: an empty second line", "OPTIONS", with_empty, 403, invalid(), REFUSED),
            row("S11: safelisted, with ACRH", "OPTIONS", safelisted, 204, Preflight(0), ALLOWED),
        ],
    );
}

/// A method that the policy lists may be of any length.
#[test]
fn a_long_method_that_is_listed() {
    let method = "A".repeat(65);
    let policy = Policy::allow_origins([APP]).allow_methods([&method]).build().unwrap();
    let answer = [(ACAO, APP), (ACAM, &*method), (VARY, PREFLIGHT_VARY)];
    let request = [(ORIGIN, APP), (ACRM, &*method)];
    check(&policy, &[row("S4: listed", "OPTIONS", &request, 204, Preflight(0), &answer)]);
}

/// Nothing is listed but the origin: what needs no listing is allowed still.
#[test]
fn upload_listeners_and_streaming_bodies() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    let answer = &[(ACAO, APP), (VARY, PREFLIGHT_VARY)];
    let refused = || PreflightRefused(MethodNotAllowed(Method::PUT));
    for method in ["GET", "HEAD", "POST"] {
        let request = [(ORIGIN, APP), (ACRM, method)];
        check(&policy, &[row("S6, S11", "OPTIONS", &request, 204, Preflight(0), answer)]);
    }
    let put = &[(ORIGIN, APP), (ACRM, "PUT")];
    check(&policy, &[row("S11: PUT is not safelisted", "OPTIONS", put, 403, refused(), REFUSED)]);
}

#[test]
fn origins_that_are_not_the_listed_one() {
    let label = "a".repeat(63);
    let long_host = format!("https://{label}.{label}.{label}.{label}");
    let long_scheme = format!("{}://app.example", "a".repeat(65));
    let table = [
        ("S7: trailing slash", "https://app.example/", InvalidOrigin),
        ("S7: path", "https://app.example/path", InvalidOrigin),
        ("S7: upper-case scheme", "HTTPS://app.example", InvalidOrigin),
        ("S7: upper-case host", "https://App.example", InvalidOrigin),
        ("S7: default port", "https://app.example:443", InvalidOrigin),
        ("S7: port 0", "https://app.example:0", InvalidOrigin),
        ("S7: port over 65535", "https://app.example:65536", InvalidOrigin),
        ("S7: port with a leading zero", "https://app.example:0443", InvalidOrigin),
        ("S7: empty port", "https://app.example:", InvalidOrigin),
        ("S7: user info", "https://user@app.example", InvalidOrigin),
        ("S7: no scheme", "app.example", InvalidOrigin),
        ("S7: scheme only", "https://", InvalidOrigin),
        ("S7: empty", "", InvalidOrigin),
        ("S7: white space in front", " https://app.example", InvalidOrigin),
        ("S7: white space behind", "https://app.example ", InvalidOrigin),
        ("S7: a list", "https://app.example, https://app.example", InvalidOrigin),
        ("S7: a list by RFC 6454", "https://app.example https://app.example", InvalidOrigin),
        ("S7: a host that is not ASCII", "https://\u{e4}pp.example", InvalidOrigin),
        ("S7: a byte that is not UTF-8", "https://app.example\u{ff}", InvalidOrigin),
        ("S7: a wildcard", "https://*.example", InvalidOrigin),
        ("S7: a file with a path", "file:///app", InvalidOrigin),
        ("S7: a file", "file://", OriginNotAllowed),
        ("S7: IPv4 in another notation", "https://127.1", InvalidOrigin),
        ("S7: IPv6 that is not compressed", "https://[0:0:0:0:0:0:0:1]", InvalidOrigin),
        ("limit: host", &long_host, InvalidOrigin),
        ("limit: scheme", &long_scheme, InvalidOrigin),
        ("S8: null", "null", NullOrigin),
        ("S7, S8: NULL", "NULL", InvalidOrigin),
        ("S31: another scheme", "http://app.example", OriginNotAllowed),
        ("S31: another port", "https://app.example:8443", OriginNotAllowed),
        ("S31: a subdomain", "https://www.app.example", OriginNotAllowed),
        ("S31: the parent domain", "https://example", OriginNotAllowed),
        ("S31: a longer name", "https://app.example.evil.example", OriginNotAllowed),
        ("S31: a look-alike in front", "https://evil-app.example", OriginNotAllowed),
        ("S7: a trailing dot is data", "https://app.example.", OriginNotAllowed),
        ("S7: an underscore is data", "https://my_app.example", OriginNotAllowed),
        ("S7: an app's own scheme", "tauri://app.example", OriginNotAllowed),
    ];
    for (name, origin, refusal) in table {
        let actual = ActualRefused(refusal.clone());
        let preflight = PreflightRefused(refusal);
        let ask = [(ORIGIN, origin), (ACRM, "PUT")];
        check(
            &policy(),
            &[
                row(name, "GET", &[(ORIGIN, origin)], 200, actual, NOTHING),
                row(name, "OPTIONS", &ask, 403, preflight, REFUSED),
            ],
        );
    }
}

#[test]
fn several_origin_lines() {
    let (app, other) = ((ORIGIN, APP), (ORIGIN, "https://other.example"));
    for (name, first, second) in [
        ("S7: the same twice", app, app),
        ("S7: the listed one first", app, other),
        ("S7: the listed one second", other, app),
        ("S7: an empty line", app, (ORIGIN, "")),
    ] {
        let ask = &[first, second, (ACRM, "PUT")];
        check(
            &policy(),
            &[
                row(name, "GET", &[first, second], 200, ActualRefused(SeveralOrigins), NOTHING),
                row(name, "OPTIONS", ask, 403, PreflightRefused(SeveralOrigins), REFUSED),
            ],
        );
    }
}
