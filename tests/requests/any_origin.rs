//! Any origin as the only rule: the same headers on every response, and no `Vary`.

use std::time::Duration;

use http::{HeaderName, Method};
use tower_cors::Policy;
use tower_cors::Refusal::{HeaderNotAllowed, MethodNotAllowed};

use crate::common::{ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Lines, ORIGIN, VARY};
use crate::table::Expected::{Actual, NotCors, Preflight, PreflightWithout};
use crate::table::{check, row};

const ANY: Lines<'_> = &[(ACAO, "*"), (ACEH, "x-request-id")];
const ALLOWED: Lines<'_> =
    &[(ACAO, "*"), (ACAM, "GET, HEAD, POST, DELETE, PUT"), (ACAH, "content-type"), (ACMA, "600")];

fn policy() -> Policy {
    Policy::allow_any_origin()
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type"])
        .expose_headers(["x-request-id"])
        .max_age(Duration::from_secs(600))
        .build()
        .unwrap()
}

#[test]
fn every_response_is_the_same() {
    let (a, b) = ((ORIGIN, "https://a.example"), (ORIGIN, "https://b.example"));
    let null = (ORIGIN, "null");
    check(
        &policy(),
        &[
            row("S21: no Origin", "GET", &[], 200, NotCors, ANY),
            row("S21: no Origin, OPTIONS", "OPTIONS", &[], 200, NotCors, ANY),
            row("S21: ACRM without Origin", "OPTIONS", &[(ACRM, "PUT")], 200, NotCors, ANY),
            row("S9, S21: an origin", "GET", &[a], 200, Actual(0), ANY),
            row("S9, S21: another", "DELETE", &[b], 200, Actual(0), ANY),
            row("S2: bare OPTIONS", "OPTIONS", &[a], 200, Actual(0), ANY),
            row("S8: null", "GET", &[null], 200, Actual(0), ANY),
            row("S21: malformed", "GET", &[(ORIGIN, "x\u{ff}")], 200, Actual(0), ANY),
            row("S21: two lines", "GET", &[a, b], 200, Actual(0), ANY),
            row("S17: an error", "GET", &[a], 500, Actual(0), ANY).inner(500, &[]),
            row("S22: 304", "GET", &[a], 304, Actual(0), ANY).inner(304, &[]),
        ],
    );
}

#[test]
fn what_the_application_varies_on_stays() {
    let vary = (VARY, "accept-encoding");
    let expected = &[ANY[0], ANY[1], vary];
    for request in [&[][..], &[(ORIGIN, "https://a.example")]] {
        let kind = if request.is_empty() { NotCors } else { Actual(0) };
        check(&policy(), &[row("S21", "GET", request, 200, kind, expected).inner(200, &[vary])]);
    }
}

#[test]
fn preflights() {
    let origin = (ORIGIN, "https://a.example");
    let (put, delete, patch) = ((ACRM, "PUT"), (ACRM, "DELETE"), (ACRM, "PATCH"));
    let null = &[(ORIGIN, "null"), put];
    let header = &[origin, delete, (ACRH, "content-type")];
    let malformed = (ORIGIN, "https://a.example/");
    check(
        &policy(),
        &[
            row("S21: no Vary", "OPTIONS", &[origin, put], 204, Preflight(0), ALLOWED),
            row("S11: method and header", "OPTIONS", header, 204, Preflight(0), ALLOWED),
            row("S8: null", "OPTIONS", null, 204, Preflight(0), ALLOWED),
            row("S6: safelisted", "OPTIONS", &[origin, (ACRM, "GET")], 204, Preflight(0), ALLOWED),
            row("S7: malformed", "OPTIONS", &[malformed, put], 204, Preflight(0), ALLOWED),
            row("S7: not UTF-8", "OPTIONS", &[(ORIGIN, "\u{ff}"), put], 204, Preflight(0), ALLOWED),
            row("S7: empty", "OPTIONS", &[(ORIGIN, ""), put], 204, Preflight(0), ALLOWED),
            row("S7: two lines", "OPTIONS", &[origin, null[0], put], 204, Preflight(0), ALLOWED),
        ],
    );
    let x_a = HeaderNotAllowed(HeaderName::from_static("x-a"));
    let table: &[(&str, Lines<'_>, _)] = &[
        ("S11: method", &[origin, patch], MethodNotAllowed(Method::PATCH)),
        ("S11: header", &[origin, put, (ACRH, "x-a")], x_a),
    ];
    for (name, request, refusal) in table {
        let expected = PreflightWithout(0, refusal.clone());
        check(&policy(), &[row(name, "OPTIONS", request, 204, expected, ALLOWED)]);
    }
}

#[test]
fn everything_is_any() {
    let policy = Policy::allow_any_origin()
        .allow_any_method()
        .allow_any_header()
        .allow_headers(["authorization"])
        .expose_any_header()
        .build()
        .unwrap();
    let any = &[(ACAO, "*"), (ACEH, "*")];
    let answer = &[(ACAO, "*"), (ACAM, "*"), (ACAH, "*, authorization")];
    let origin = (ORIGIN, "https://a.example");
    let ask = &[origin, (ACRM, "DELETE"), (ACRH, "authorization,x-a")];
    check(
        &policy,
        &[
            row("S16, S21", "GET", &[origin], 200, Actual(0), any),
            row("S16, S21: non-CORS", "GET", &[], 200, NotCors, any),
            row("S11, S12", "OPTIONS", ask, 204, Preflight(0), answer),
        ],
    );
}

/// The origin `null` and a rule for any origin both cover `null`: the first of them governs.
#[test]
fn null_has_a_rule_of_its_own() {
    let listed = Policy::allow_origins(["https://a.example"]).dangerously_allow_null_origin();
    let policy = listed.expose_headers(["x-a"]).or(Policy::allow_any_origin()).build().unwrap();
    let null = &[(ACAO, "null"), (ACEH, "x-a"), (VARY, ORIGIN)];
    let any = &[(ACAO, "*"), (VARY, ORIGIN)];
    let other = &[(ORIGIN, "https://b.example")];
    check(
        &policy,
        &[
            row("S8: null", "GET", &[(ORIGIN, "null")], 200, Actual(0), null),
            row("S8: any other", "GET", other, 200, Actual(1), any),
        ],
    );
}
