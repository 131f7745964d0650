//! What the inner service says of its own.

use tower_cors::Policy;
use tower_cors::Refusal::OriginNotAllowed;

use crate::common::{ACAC, ACAH, ACAM, ACAO, ACAPN, ACEH, ACMA, ACRH, ACRM, Lines, ORIGIN, VARY};
use crate::table::Expected::{Actual, ActualRefused, NotCors};
use crate::table::{check, row};

const APP: &str = "https://app.example";

/// Everything that an application could say about access, with more than one line of some.
const ALL: Lines<'_> = &[
    (ACAO, "*"),
    (ACAO, "https://evil.example"),
    (ACAC, "true"),
    (ACAM, "DELETE"),
    (ACAM, "PUT"),
    (ACAH, "*"),
    (ACEH, "x-secret"),
    (ACEH, "x-other"),
    (ACMA, "86400"),
    (ACAPN, "true"),
    (ACRM, "PUT"),
    (ACRH, "x-a"),
    ("access-control-allow-local-network", "true"),
    ("access-control-", "x"),
];

#[test]
fn access_control_headers_are_the_layers() {
    let policy = Policy::allow_origins([APP]).expose_headers(["x-request-id"]).build().unwrap();
    let evil = &[(ORIGIN, "https://evil.example")];
    let shared = &[(ACAO, APP), (ACEH, "x-request-id"), (VARY, ORIGIN)];
    let nothing = &[(VARY, ORIGIN)];
    let refused = || ActualRefused(OriginNotAllowed);
    for status in [200, 204, 302, 304, 403, 404, 500] {
        check(
            &policy,
            &[
                row("S9: replaced", "GET", &[(ORIGIN, APP)], status, Actual(0), shared)
                    .inner(status, ALL),
                row("S9: removed", "GET", evil, status, refused(), nothing).inner(status, ALL),
                row("S9: non-CORS", "GET", &[], status, NotCors, nothing).inner(status, ALL),
            ],
        );
    }
    for (name, value) in ALL {
        let inner = &[(*name, *value)];
        check(
            &policy,
            &[
                row(name, "GET", &[(ORIGIN, APP)], 200, Actual(0), shared).inner(200, inner),
                row(name, "GET", evil, 200, refused(), nothing).inner(200, inner),
            ],
        );
    }
}

#[test]
fn any_origin_replaces_them_too() {
    let policy = Policy::allow_any_origin().build().unwrap();
    let any = &[(ACAO, "*")];
    check(
        &policy,
        &[
            row("S9, S21", "GET", &[(ORIGIN, APP)], 200, Actual(0), any).inner(200, ALL),
            row("S9, S21: non-CORS", "GET", &[], 200, NotCors, any).inner(200, ALL),
        ],
    );
}

/// Names that only look like those of the protocol are the application's own.
#[test]
fn other_headers_stay() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    let others: Lines<'_> = &[
        ("location", "https://elsewhere.example/"),
        ("etag", "\"1\""),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("timing-allow-origin", "*"),
        ("cross-origin-resource-policy", "same-origin"),
        ("allow", "GET, PUT"),
        ("access-controls", "x"),
        ("x-access-control-allow-origin", "*"),
        ("origin", "x"),
        ("x-bytes", "\u{ff}"),
    ];
    let nothing: Vec<_> = others.iter().copied().chain([(VARY, ORIGIN)]).collect();
    let shared: Vec<_> = nothing.iter().copied().chain([(ACAO, APP)]).collect();
    for (name, status) in [
        ("S17: 200", 200),
        ("S17: 401", 401),
        ("S17: 404", 404),
        ("S17: 500", 500),
        ("S22: 304", 304),
        ("S23: 302", 302),
        ("S26: 101", 101),
    ] {
        check(
            &policy,
            &[
                row(name, "GET", &[(ORIGIN, APP)], status, Actual(0), &shared)
                    .inner(status, others),
                row(name, "GET", &[], status, NotCors, &nothing).inner(status, others),
            ],
        );
    }
}
