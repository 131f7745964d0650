//! `preflight_status` and `keep_inner_headers`.

use http::Method;
use tower_cors::Refusal::{MethodNotAllowed, OriginNotAllowed};
use tower_cors::{CorsLayer, Policy, PreflightStatus};

use crate::common::{ACAC, ACAM, ACAO, ACAPN, ACEH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, VARY};
use crate::table::Expected::{
    Actual, ActualRefused, NotCors, Preflight, PreflightRefused, PreflightWithout,
};
use crate::table::{check_layer, row};

const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";

fn policy() -> Policy {
    Policy::allow_origins([APP])
        .allow_credentials()
        .allow_methods(["PUT"])
        .expose_headers(["x-request-id"])
        .build()
        .unwrap()
}

const ALLOWED: Lines<'_> =
    &[(ACAO, APP), (ACAC, "true"), (ACAM, "GET, HEAD, POST, PUT"), (VARY, PREFLIGHT_VARY)];
const REFUSED: Lines<'_> = &[(VARY, PREFLIGHT_VARY)];
const SHARED: Lines<'_> = &[(ACAO, APP), (ACAC, "true"), (ACEH, "x-request-id"), (VARY, ORIGIN)];

#[test]
fn the_status_of_allowed_preflights() {
    let ask = &[(ORIGIN, APP), (ACRM, "PUT")];
    let delete = &[(ORIGIN, APP), (ACRM, "DELETE")];
    let evil = &[(ORIGIN, EVIL), (ACRM, "PUT")];
    let without = || PreflightWithout(0, MethodNotAllowed(Method::DELETE));
    let refused = || PreflightRefused(OriginNotAllowed);
    for (set, status) in
        [(None, 204), (Some(PreflightStatus::NoContent), 204), (Some(PreflightStatus::Ok), 200)]
    {
        let layer = CorsLayer::new(policy());
        let layer = match set {
            Some(status) => layer.preflight_status(status),
            None => layer,
        };
        check_layer(
            &layer,
            &[
                row("S11: any ok status", "OPTIONS", ask, status, Preflight(0), ALLOWED),
                row("S11: a method that is not", "OPTIONS", delete, status, without(), ALLOWED),
                row("S18: refused", "OPTIONS", evil, 403, refused(), REFUSED),
                row("S17: actual", "GET", &[(ORIGIN, APP)], 201, Actual(0), SHARED).inner(201, &[]),
            ],
        );
    }
}

#[test]
fn inner_headers_are_kept() {
    let layer = CorsLayer::new(policy()).keep_inner_headers();
    let (app, evil) = (&[(ORIGIN, APP)], &[(ORIGIN, EVIL)]);
    let (ask, put) = (&[(ORIGIN, EVIL), (ACRM, "PUT")], &[(ORIGIN, APP), (ACRM, "PUT")]);
    let refused = || ActualRefused(OriginNotAllowed);
    let own: Lines<'_> = &[(ACAO, EVIL), (ACEH, "x-own")];
    let kept: Lines<'_> = &[(ACAO, EVIL), (ACEH, "x-own"), (VARY, ORIGIN)];
    let two: Lines<'_> = &[(ACAO, APP), (ACAO, APP), (VARY, "x"), (VARY, ORIGIN)];
    let others: Lines<'_> = &[(ACAPN, "true"), (ACAC, "true"), (ACEH, "*"), (ACAM, "DELETE")];
    let denied = PreflightRefused(OriginNotAllowed);
    check_layer(
        &layer,
        &[
            row("one decision: the inner", "GET", app, 200, Actual(0), kept).inner(200, own),
            row("refused, and kept", "GET", evil, 200, refused(), kept).inner(200, own),
            row("non-CORS, and kept", "GET", &[], 200, NotCors, kept).inner(200, own),
            row("no origin, no decision", "GET", app, 200, Actual(0), SHARED).inner(200, others),
            row("no origin, refused", "GET", evil, 200, refused(), &[(VARY, ORIGIN)])
                .inner(200, others),
            row("every line is kept", "GET", app, 200, Actual(0), two).inner(200, two),
            row("none: the layer's", "GET", app, 404, Actual(0), SHARED).inner(404, &[]),
            row("none, and refused", "GET", evil, 200, refused(), &[(VARY, ORIGIN)]),
            row("S3: preflights are the layer's", "OPTIONS", put, 204, Preflight(0), ALLOWED)
                .inner(200, own),
            row("S3, S18: also refused", "OPTIONS", ask, 403, denied, REFUSED).inner(200, own),
        ],
    );
}

#[test]
fn inner_headers_are_kept_under_any_origin() {
    let policy = Policy::allow_any_origin().build().unwrap();
    let layer = CorsLayer::new(policy).keep_inner_headers();
    let own: Lines<'_> = &[(ACAO, APP), (ACAC, "true")];
    let kept: Lines<'_> = &[(ACAO, APP), (ACAC, "true"), (VARY, ORIGIN)];
    let app = &[(ORIGIN, APP)];
    check_layer(
        &layer,
        &[
            row("kept", "GET", app, 200, Actual(0), kept).inner(200, own),
            row("none", "GET", app, 200, Actual(0), &[(ACAO, "*"), (VARY, ORIGIN)]),
            row("non-CORS, kept", "GET", &[], 200, NotCors, kept).inner(200, own),
        ],
    );
}
