//! Credentials, and how long browsers may keep the answer to a preflight.

use std::time::Duration;

use tower_cors::Policy;
use tower_cors::Refusal::{NullOrigin, OriginNotAllowed};

use crate::common::{
    ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, SAFELISTED, VARY,
};
use crate::table::Expected::{Actual, ActualRefused, NotCors, Preflight, PreflightRefused};
use crate::table::{check, row};

const APP: &str = "https://app.example";
const NOTHING: Lines<'_> = &[(VARY, ORIGIN)];
const REFUSED: Lines<'_> = &[(VARY, PREFLIGHT_VARY)];

#[test]
fn everything_at_once() {
    let policy = Policy::allow_origins([APP])
        .allow_credentials()
        .allow_methods(["PUT"])
        .allow_headers(["authorization"])
        .expose_headers(["x-b", "X-A"])
        .max_age(Duration::from_secs(3600))
        .build()
        .unwrap();
    let (app, put) = ((ORIGIN, APP), (ACRM, "PUT"));
    let (evil, null) = ((ORIGIN, "https://evil.example"), (ORIGIN, "null"));
    let allowed = &[
        (ACAO, APP),
        (ACAC, "true"),
        (ACAM, "GET, HEAD, POST, PUT"),
        (ACAH, "authorization"),
        (ACMA, "3600"),
        (VARY, PREFLIGHT_VARY),
    ];
    let shared = &[(ACAO, APP), (ACAC, "true"), (ACEH, "x-a, x-b"), (VARY, ORIGIN)];
    let with_header = &[app, put, (ACRH, "authorization")];
    check(
        &policy,
        &[
            row("S10: preflight", "OPTIONS", &[app, put], 204, Preflight(0), allowed),
            row("S10, S12: and ACRH", "OPTIONS", with_header, 204, Preflight(0), allowed),
            row("S10: actual, no cookie", "GET", &[app], 200, Actual(0), shared),
            row("S10: nothing for non-CORS requests", "GET", &[], 200, NotCors, NOTHING),
            row("others", "GET", &[evil], 200, ActualRefused(OriginNotAllowed), NOTHING),
            row("S8: null", "GET", &[null], 200, ActualRefused(NullOrigin), NOTHING),
            row(
                "S18: preflight of others",
                "OPTIONS",
                &[evil, put],
                403,
                PreflightRefused(OriginNotAllowed),
                REFUSED,
            ),
            row(
                "S8, S18: preflight of null",
                "OPTIONS",
                &[null, put],
                403,
                PreflightRefused(NullOrigin),
                REFUSED,
            ),
        ],
    );
}

#[test]
fn max_age() {
    let ask = &[(ORIGIN, APP), (ACRM, "GET")];
    let (origin, vary) = ((ACAO, APP), (VARY, PREFLIGHT_VARY));
    let methods = (ACAM, SAFELISTED);
    let absent = Policy::allow_origins([APP]).build().unwrap();
    check(
        &absent,
        &[row("S20: absent", "OPTIONS", ask, 204, Preflight(0), &[origin, methods, vary])],
    );
    for (name, seconds, value) in [
        ("S20: zero is sent", 0, "0"),
        ("S20: an hour", 3600, "3600"),
        ("S20: cap", 86400, "86400"),
    ] {
        let policy =
            Policy::allow_origins([APP]).max_age(Duration::from_secs(seconds)).build().unwrap();
        let answer = &[origin, methods, (ACMA, value), vary];
        check(
            &policy,
            &[
                row(name, "OPTIONS", ask, 204, Preflight(0), answer),
                row(
                    "S13: not here",
                    "GET",
                    &[(ORIGIN, APP)],
                    200,
                    Actual(0),
                    &[origin, (VARY, ORIGIN)],
                ),
            ],
        );
    }
}

#[test]
fn exposed_headers() {
    let request = &[(ORIGIN, APP)];
    let (origin, vary) = ((ACAO, APP), (VARY, ORIGIN));
    let safelisted = ["cache-control", "content-language", "content-length", "content-type"]
        .into_iter()
        .chain(["expires", "last-modified", "pragma"]);
    let table = [
        ("S14: safelisted ones need no naming", Policy::allow_origins([APP]), None),
        (
            "S16: a list, sorted, in lower case",
            Policy::allow_origins([APP]).expose_headers(["X-B", "location", "x-a"]),
            Some("location, x-a, x-b"),
        ),
        (
            "S14, S16: Vary is not safelisted",
            Policy::allow_origins([APP]).expose_headers(["vary", "etag"]),
            Some("etag, vary"),
        ),
        ("S16: any", Policy::allow_origins([APP]).expose_any_header(), Some("*")),
    ];
    for (name, builder, exposed) in table {
        let policy = builder.expose_headers(safelisted.clone()).build().unwrap();
        let exposed = exposed.map(|names| (ACEH, names));
        let shared: Vec<_> = [origin, vary].into_iter().chain(exposed).collect();
        let ask = &[(ORIGIN, APP), (ACRM, "GET")];
        let answer = &[origin, (ACAM, SAFELISTED), (VARY, PREFLIGHT_VARY)];
        check(
            &policy,
            &[
                row(name, "GET", request, 200, Actual(0), &shared),
                row("S13: not on a preflight", "OPTIONS", ask, 204, Preflight(0), answer),
            ],
        );
    }
}
