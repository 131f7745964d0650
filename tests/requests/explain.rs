//! `explain_refusals`: what a refused preflight earned before it failed, and why it did.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{HeaderName, Method};
use tower_cors::Refusal::{
    self, HeaderNotAllowed, HeadersTooLong, InvalidHeaders, InvalidMethod, InvalidOrigin,
    MethodNotAllowed, NullOrigin, OriginNotAllowed, SeveralOrigins,
};
use tower_cors::{CorsLayer, Policy, PreflightStatus};

use crate::common::{
    ACAC, ACAH, ACAM, ACAO, ACRH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, VARY, preflight, send,
};
use crate::table::Expected::{Actual, ActualRefused, Explained, NotCors, Preflight};
use crate::table::{check_layer, row};

const APP: &str = "https://app.example";
const CORS_REFUSAL: &str = "cors-refusal";

/// How far a refused preflight came.
#[derive(Clone, Copy)]
enum Failed {
    Origin,
    Method,
    Headers,
    /// It is none that a browser sends. What the browser asked for before somebody changed it is not
    /// known, so an answer might allow it.
    Changed,
}

fn method(name: &str) -> Refusal {
    MethodNotAllowed(Method::from_bytes(name.as_bytes()).unwrap())
}

fn header(name: &'static str) -> Refusal {
    HeaderNotAllowed(HeaderName::from_static(name))
}

fn check_explained(
    policy: &Policy,
    earned: Lines<'_>,
    table: &[(Lines<'_>, Failed, Refusal, &str)],
) {
    for (status, ok) in [(PreflightStatus::NoContent, 204), (PreflightStatus::Ok, 200)] {
        let layer = CorsLayer::new(policy.clone()).explain_refusals().preflight_status(status);
        for (request, failed, refusal, reason) in table {
            let (status, of_earned): (_, &[&str]) = match failed {
                Failed::Origin | Failed::Changed => (403, &[VARY]),
                Failed::Method => (ok, &[VARY, ACAO, ACAC]),
                Failed::Headers => (ok, &[VARY, ACAO, ACAC, ACAM]),
            };
            let earned = earned.iter().filter(|(name, _)| of_earned.contains(name)).copied();
            let answer: Vec<_> = earned.chain([(CORS_REFUSAL, *reason)]).collect();
            let expected = Explained(refusal.clone());
            check_layer(
                &layer,
                policy,
                &[row(reason, "OPTIONS", request, status, expected, &answer)],
            );
        }
    }
}

const NOT_ONE_METHOD: &str = "Access-Control-Request-Method is not one method";
const NOT_A_LIST: &str = "Access-Control-Request-Headers is not a list of header names";
const TOO_LONG: &str = "Access-Control-Request-Headers is too long";

#[test]
fn headers_earned_before_the_failure() {
    let policy = Policy::allow_origins([APP])
        .allow_credentials()
        .allow_methods(["PUT"])
        .allow_headers(["x-a"])
        .build()
        .unwrap();
    let earned = &[(VARY, PREFLIGHT_VARY), (ACAO, APP), (ACAC, "true"), (ACAM, "PUT")];
    let (app, put) = ((ORIGIN, APP), (ACRM, "PUT"));
    let too_long = ",".repeat(4097);
    let table: &[(Lines<'_>, _, _, _)] = &[
        (
            &[(ORIGIN, "https://b.example"), put],
            Failed::Origin,
            OriginNotAllowed,
            "no rule allows the origin",
        ),
        (
            &[(ORIGIN, "null"), put],
            Failed::Origin,
            NullOrigin,
            "the origin is opaque (null), which no rule allows",
        ),
        (
            &[(ORIGIN, "https://b.example/\u{ff}"), put],
            Failed::Origin,
            InvalidOrigin,
            "the Origin is nothing that a browser sends",
        ),
        (
            &[app, app, put],
            Failed::Origin,
            SeveralOrigins,
            "the request has more than one Origin header",
        ),
        (
            &[app, (ACRM, "DELETE")],
            Failed::Method,
            method("DELETE"),
            "the method DELETE is not allowed",
        ),
        (
            &[app, (ACRM, "put"), (ACRH, "x-b")],
            Failed::Changed,
            method("put"),
            "the method put is not allowed",
        ),
        (&[app, (ACRM, "\u{ff}")], Failed::Changed, InvalidMethod, NOT_ONE_METHOD),
        (&[app, put, put], Failed::Changed, InvalidMethod, NOT_ONE_METHOD),
        // S4: browsers send GET and PUT in upper case, so somebody changed these.
        (&[app, (ACRM, "get")], Failed::Changed, method("get"), "the method get is not allowed"),
        (&[app, (ACRM, "Get")], Failed::Changed, method("Get"), "the method Get is not allowed"),
        // By S11 the browser would take its origin and an ok status for an allowance.
        (&[app, (ACRM, "GET"), (ACRM, "GET")], Failed::Changed, InvalidMethod, NOT_ONE_METHOD),
        (
            &[app, put, (ACRH, "x-a,X-B")],
            Failed::Headers,
            header("x-b"),
            "the request header x-b is not allowed",
        ),
        (
            &[app, (ACRM, "GET"), (ACRH, "x-b")],
            Failed::Headers,
            header("x-b"),
            "the request header x-b is not allowed",
        ),
        (&[app, put, (ACRH, "x b")], Failed::Changed, InvalidHeaders, NOT_A_LIST),
        (&[app, put, (ACRH, &too_long)], Failed::Changed, HeadersTooLong, TOO_LONG),
    ];
    check_explained(&policy, earned, table);
}

/// The answer to any method with credentials names the one that was asked for.
#[test]
fn an_echoed_method_is_earned() {
    let policy = Policy::allow_origins([APP])
        .allow_credentials()
        .allow_any_method()
        .allow_headers(["x-a"])
        .build()
        .unwrap();
    let earned = &[(VARY, PREFLIGHT_VARY), (ACAO, APP), (ACAC, "true"), (ACAM, "PATCH")];
    let (app, patch) = ((ORIGIN, APP), (ACRM, "PATCH"));
    let table: &[(Lines<'_>, _, _, _)] = &[
        (
            &[app, patch, (ACRH, "x-b")],
            Failed::Headers,
            header("x-b"),
            "the request header x-b is not allowed",
        ),
        (&[app, patch, (ACRH, "x b")], Failed::Changed, InvalidHeaders, NOT_A_LIST),
        (
            &[app, (ACRM, "TRACE")],
            Failed::Method,
            method("TRACE"),
            "the method TRACE is not allowed",
        ),
    ];
    check_explained(&policy, earned, table);
}

/// No `Vary`, and no credentials.
#[test]
fn under_any_origin() {
    let policy = Policy::allow_any_origin().allow_any_method().build().unwrap();
    let table: &[(Lines<'_>, _, _, _)] = &[
        (
            &[(ORIGIN, APP), (ACRM, "PUT"), (ACRH, "x-a")],
            Failed::Headers,
            header("x-a"),
            "the request header x-a is not allowed",
        ),
        (
            &[(ORIGIN, "x"), (ACRM, "PUT")],
            Failed::Origin,
            InvalidOrigin,
            "the Origin is nothing that a browser sends",
        ),
    ];
    check_explained(&policy, &[(ACAO, "*"), (ACAM, "*")], table);
}

#[test]
fn nothing_else_changes() {
    let policy = Policy::allow_origins([APP]).allow_headers(["x-a"]).build().unwrap();
    let layer = CorsLayer::new(policy.clone()).explain_refusals();
    let (app, other) = ((ORIGIN, APP), (ORIGIN, "https://b.example"));
    let ask = &[app, (ACRM, "GET"), (ACRH, "x-a")];
    let allowed = &[(ACAO, APP), (ACAH, "x-a"), (VARY, PREFLIGHT_VARY)];
    let refused = ActualRefused(OriginNotAllowed);
    let nothing = &[(VARY, ORIGIN)];
    check_layer(
        &layer,
        &policy,
        &[
            row("an allowed preflight", "OPTIONS", ask, 204, Preflight(0), allowed),
            row("non-CORS", "GET", &[], 200, NotCors, nothing),
            row("actual", "GET", &[app], 200, Actual(0), &[(ACAO, APP), (VARY, ORIGIN)]),
            row("actual, refused", "GET", &[other], 200, refused, nothing),
        ],
    );
}

/// A closure may look something up that changes: two decisions about one request could mix.
#[test]
fn a_closure_is_asked_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let policy = Policy::allow_origins_by(move |_| {
        counter.fetch_add(1, Ordering::Relaxed) % 2 == 1 // "yes" to the second question
    })
    .build()
    .unwrap();
    let layer = CorsLayer::new(policy).explain_refusals();
    let exchange = send(&layer, preflight(&[(ORIGIN, APP), (ACRM, "GET")]));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(exchange.access_control_lines(), []);
}
