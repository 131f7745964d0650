//! One listed origin, without credentials: which requests are which, and what each gets.

use http::Method;
use tower_cors::Policy;
use tower_cors::Refusal::{
    InvalidMethod, InvalidOrigin, MethodNotAllowed, NullOrigin, OriginNotAllowed, SeveralOrigins,
};

use crate::common::{
    ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, SAFELISTED, VARY,
};
use crate::table::Expected::{
    Actual, ActualRefused, NotCors, Preflight, PreflightRefused, PreflightWithout,
};
use crate::table::{check, row};

const APP: &str = "https://app.example";

/// The headers of every answer to a preflight from the listed origin.
const ALLOWED: Lines<'_> = &[
    (ACAO, APP),
    (ACAM, "GET, HEAD, POST, OPTIONS, PATCH, PUT"),
    (ACAH, "content-type, x-token"),
    (VARY, PREFLIGHT_VARY),
];
/// Those of the answer to any other preflight.
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
        PreflightWithout(0, MethodNotAllowed(Method::from_bytes(method.as_bytes()).unwrap()))
    };
    let invalid = || PreflightWithout(0, InvalidMethod);
    let longest = "A".repeat(64);
    let too_long = "A".repeat(65);
    let table = [
        ("S4: listed", "PUT", Preflight(0)),
        ("S4: listed, no method that browsers normalise", "PATCH", Preflight(0)),
        ("S4: OPTIONS can be asked for like any other", "OPTIONS", Preflight(0)),
        ("S6, S11: safelisted, not listed, no ACRH: GET", "GET", Preflight(0)),
        ("S6, S11: HEAD", "HEAD", Preflight(0)),
        ("S6, S11: POST", "POST", Preflight(0)),
        ("S11: not listed", "DELETE", refused("DELETE")),
        ("S4: case counts: patch", "patch", refused("patch")),
        ("S4: case counts: put", "put", refused("put")),
        ("S14: case counts for safelisted ones too", "get", refused("get")),
        ("S15: forbidden", "TRACE", refused("TRACE")),
        ("S15: forbidden, in any case", "cOnNeCt", refused("cOnNeCt")),
        ("S15: * is a token like any other", "*", refused("*")),
        ("S2, S4: empty", "", invalid()),
        ("S4: two methods", "PUT, PATCH", invalid()),
        ("S4: two methods without white space", "GET,PUT", invalid()),
        ("S4: white space in front", " PUT", invalid()),
        ("S4: white space within", "P UT", invalid()),
        ("S4: a tab behind", "PUT\t", invalid()),
        ("S4: quoted", "\"PUT\"", invalid()),
        ("S4: not ASCII", "PUT\u{ff}", invalid()),
        ("limit: 64 bytes", &longest, refused(&longest)),
        ("limit: 65 bytes", &too_long, invalid()),
    ];
    for (name, method, expected) in table {
        let request = [(ORIGIN, APP), (ACRM, method)];
        check(&policy(), &[row(name, "OPTIONS", &request, 204, expected, ALLOWED)]);
    }
    let origin = (ORIGIN, APP);
    let twice = &[origin, (ACRM, "PUT"), (ACRM, "PUT")];
    let two = &[origin, (ACRM, "GET"), (ACRM, "PUT")];
    let with_empty = &[origin, (ACRM, "PUT"), (ACRM, "")];
    let safelisted = &[origin, (ACRM, "GET"), (ACRH, "x-token")];
    check(
        &policy(),
        &[
            row("S4: two equal lines", "OPTIONS", twice, 204, invalid(), ALLOWED),
            row("S4: two lines", "OPTIONS", two, 204, invalid(), ALLOWED),
            row("S4: an empty second line", "OPTIONS", with_empty, 204, invalid(), ALLOWED),
            row("S11: safelisted, with ACRH", "OPTIONS", safelisted, 204, Preflight(0), ALLOWED),
        ],
    );
}

/// A method that the policy lists may be of any length.
#[test]
fn a_long_method_that_is_listed() {
    let method = "A".repeat(65);
    let policy = Policy::allow_origins([APP]).allow_methods([&method]).build().unwrap();
    let methods = format!("{SAFELISTED}, {method}");
    let answer = [(ACAO, APP), (ACAM, &*methods), (VARY, PREFLIGHT_VARY)];
    let request = [(ORIGIN, APP), (ACRM, &*method)];
    check(&policy, &[row("S4: listed", "OPTIONS", &request, 204, Preflight(0), &answer)]);
}

/// Nothing is listed but the origin: what needs no listing is allowed still.
#[test]
fn upload_listeners_and_streaming_bodies() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    let answer = &[(ACAO, APP), (ACAM, SAFELISTED), (VARY, PREFLIGHT_VARY)];
    let refused = || PreflightWithout(0, MethodNotAllowed(Method::PUT));
    for method in ["GET", "HEAD", "POST"] {
        let request = [(ORIGIN, APP), (ACRM, method)];
        check(&policy, &[row("S6, S11", "OPTIONS", &request, 204, Preflight(0), answer)]);
    }
    let put = &[(ORIGIN, APP), (ACRM, "PUT")];
    check(&policy, &[row("S11: PUT is not safelisted", "OPTIONS", put, 204, refused(), answer)]);
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
