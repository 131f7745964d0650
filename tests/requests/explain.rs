//! `explain_refusals`: every refused response says why, and nothing else is allowed or refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{HeaderName, Method};
use tower_cors::Refusal::{
    self, ForeignPage, HeaderNotAllowed, HeadersTooLong, InvalidHeaders, InvalidMethod,
    InvalidOrigin, MethodNotAllowed, NullOrigin, OriginNotAllowed, SeveralOrigins,
};
use tower_cors::RequestKind::Cors;
use tower_cors::{CorsLayer, Policy, PreflightStatus};

use crate::common::{
    ACAC, ACAH, ACAM, ACAO, ACRH, ACRM, ECHOING_VARY, Lines, ORIGIN, PREFLIGHT_VARY, SAFELISTED,
    VARY, preflight, send,
};
use crate::table::Expected::{
    Actual, ActualRefused, NotCors, Preflight, PreflightRefused, PreflightWithout, Rejected,
};
use crate::table::{check_layer, row};

const APP: &str = "https://app.example";
const REFUSAL: &str = "cors-refusal";

fn policy() -> Policy {
    Policy::allow_origins([APP])
        .allow_credentials()
        .allow_methods(["PUT"])
        .allow_headers(["x-a"])
        .build()
        .unwrap()
}

/// Requests whose origin is refused, and what is said of each.
const STRANGERS: &[(&str, Lines<'_>, Refusal, &str)] = &[
    (
        "a stranger",
        &[(ORIGIN, "https://b.example")],
        OriginNotAllowed,
        "origin-not-allowed: no rule allows the origin",
    ),
    (
        "S8: null",
        &[(ORIGIN, "null")],
        NullOrigin,
        "null-origin: the origin is opaque (null), and no rule allows that",
    ),
    (
        "S7: malformed",
        &[(ORIGIN, "https://b.example/\u{ff}")],
        InvalidOrigin,
        "invalid-origin: no browser sends this Origin",
    ),
    (
        "S7: two lines",
        &[(ORIGIN, APP), (ORIGIN, APP)],
        SeveralOrigins,
        "several-origins: the request has more than one Origin header",
    ),
];

#[test]
fn strangers() {
    for (status, ok) in [(PreflightStatus::NoContent, 204), (PreflightStatus::Ok, 200)] {
        let layer = CorsLayer::new(policy()).explain_refusals().preflight_status(status);
        for (name, origin, refusal, said) in STRANGERS {
            let said = (REFUSAL, *said);
            let ask: Vec<_> = origin.iter().copied().chain([(ACRM, "PUT")]).collect();
            // The methods are those that pass anyway, so that no origin that a proxy adds makes a
            // permission of the answer (step 7.4 of the CORS-preflight fetch).
            let answer = &[(ACAM, SAFELISTED), said, (VARY, PREFLIGHT_VARY), (VARY, ACRH)];
            let actual = ActualRefused(refusal.clone());
            let refused = PreflightRefused(refusal.clone());
            check_layer(
                &layer,
                &[
                    row(name, "GET", origin, 404, actual, &[said, (VARY, ORIGIN)]).inner(404, &[]),
                    row(name, "OPTIONS", &ask, ok, refused, answer),
                ],
            );
        }
    }
}

#[test]
fn what_the_rule_does_not_allow() {
    let layer = CorsLayer::new(policy()).explain_refusals();
    let (app, put) = ((ORIGIN, APP), (ACRM, "PUT"));
    let too_long = ",".repeat(4097);
    let method = |name: &str| MethodNotAllowed(Method::from_bytes(name.as_bytes()).unwrap());
    let header = |name| HeaderNotAllowed(HeaderName::from_static(name));
    let not_one =
        "invalid-method: Access-Control-Request-Method is not one method of at most 64 bytes";
    let table: &[(Lines<'_>, _, _)] = &[
        (
            &[app, (ACRM, "DELETE")],
            method("DELETE"),
            "method-not-allowed: the method DELETE is not allowed",
        ),
        (
            &[app, (ACRM, "DELETE"), (ACRH, "x-b")],
            method("DELETE"),
            "method-not-allowed: the method DELETE is not allowed",
        ),
        (&[app, (ACRM, "get")], method("get"), "method-not-allowed: the method get is not allowed"),
        (&[app, (ACRM, "GET"), (ACRM, "GET")], InvalidMethod, not_one),
        (&[app, (ACRM, "")], InvalidMethod, not_one),
        (
            &[app, put, (ACRH, "x-a,X-B")],
            header("x-b"),
            "header-not-allowed: the request header x-b is not allowed",
        ),
        (
            &[app, put, (ACRH, "x b")],
            InvalidHeaders,
            "invalid-headers: Access-Control-Request-Headers is not a list of header names",
        ),
        (
            &[app, put, (ACRH, &too_long)],
            HeadersTooLong,
            "headers-too-long: Access-Control-Request-Headers is too long",
        ),
    ];
    for (request, refusal, said) in table {
        // The answer is that of every preflight: the browser compares, and names what is missing.
        let answer = &[
            (ACAO, APP),
            (ACAC, "true"),
            (ACAM, "GET, HEAD, POST, PUT"),
            (ACAH, "x-a"),
            (REFUSAL, *said),
            (VARY, PREFLIGHT_VARY),
            (VARY, ACRH),
        ];
        let expected = PreflightWithout(0, refusal.clone());
        check_layer(&layer, &[row(said, "OPTIONS", request, 204, expected, answer)]);
    }
}

/// P15: a rejection is a refusal like any other.
#[test]
fn rejected_requests() {
    let layer = CorsLayer::new(policy()).explain_refusals().reject_disallowed_origins();
    let evil = &[(ORIGIN, "https://b.example")];
    let said = (
        REFUSAL,
        "foreign-page: no rule allows the origin, and it is not one of the server's own: allow it, or name its host in own_hosts()",
    );
    let answer = &[said, (VARY, "origin, sec-fetch-site")];
    let rejected = Rejected(Cors, ForeignPage);
    check_layer(&layer, &[row("a stranger", "GET", evil, 403, rejected, answer)]);
}

#[test]
fn under_any_origin() {
    let policy = Policy::allow_any_origin().allow_any_method().build().unwrap();
    let layer = CorsLayer::new(policy).explain_refusals();
    let ask = &[(ORIGIN, APP), (ACRM, "PUT"), (ACRH, "x-a")];
    let vary = (VARY, ECHOING_VARY);
    let said = (REFUSAL, "header-not-allowed: the request header x-a is not allowed");
    let answer = &[(ACAO, "*"), (ACAM, "*"), said, vary];
    let x_a = HeaderNotAllowed(HeaderName::from_static("x-a"));
    check_layer(
        &layer,
        &[
            row("a header", "OPTIONS", ask, 204, PreflightWithout(0, x_a), answer),
            row("an origin that no browser sends", "GET", &[(ORIGIN, "x")], 200, Actual(0), {
                &[(ACAO, "*"), (VARY, ORIGIN)]
            }),
        ],
    );
}

#[test]
fn nothing_else_changes() {
    let layer = CorsLayer::new(policy()).explain_refusals();
    let app = (ORIGIN, APP);
    let ask = &[app, (ACRM, "GET"), (ACRH, "x-a")];
    let allowed = &[
        (ACAO, APP),
        (ACAC, "true"),
        (ACAM, "GET, HEAD, POST, PUT"),
        (ACAH, "x-a"),
        (VARY, PREFLIGHT_VARY),
        (VARY, ACRH),
    ];
    let shared = &[(ACAO, APP), (ACAC, "true"), (VARY, ORIGIN)];
    check_layer(
        &layer,
        &[
            row("an allowed preflight", "OPTIONS", ask, 204, Preflight(0), allowed),
            row("non-CORS", "GET", &[], 200, NotCors, &[(VARY, ORIGIN)]),
            row("actual", "GET", &[app], 200, Actual(0), shared),
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
    assert_eq!(exchange.one(ACAO), None);
}
