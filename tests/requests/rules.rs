//! Several rules, of which the first that covers the origin governs, and the disabled policy.

use std::time::Duration;

use http::{HeaderName, Method};
use tower_cors::Policy;
use tower_cors::Refusal::{HeaderNotAllowed, MethodNotAllowed, OriginNotAllowed};
use tower_cors::RequestKind::{Cors, CorsPreflight, NotCors as NoCors};

use crate::common::{
    ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, SAFELISTED, VARY,
};
use crate::table::Expected::{
    Actual, ActualRefused, NotCors, Preflight, PreflightWithout, Untouched,
};
use crate::table::{check, row};

const ADMIN: &str = "https://admin.example.com";
const PARTNER: &str = "https://a.example.com";
const STRANGER: &str = "https://stranger.example";
const NOTHING: Lines<'_> = &[(VARY, ORIGIN)];

fn policy() -> Policy {
    Policy::allow_origins([ADMIN])
        .allow_credentials()
        .allow_methods(["DELETE"])
        .expose_headers(["x-admin"])
        .or(Policy::allow_origins(["https://*.example.com"])
            .allow_methods(["PUT"])
            .allow_headers(["x-partner"])
            .max_age(Duration::from_secs(60)))
        .or(Policy::allow_any_origin().expose_headers(["x-public"]))
        .build()
        .unwrap()
}

#[test]
fn the_first_rule_that_covers_the_origin_governs() {
    let admin = &[(ACAO, ADMIN), (ACAC, "true"), (ACEH, "x-admin"), (VARY, ORIGIN)];
    let partner = &[(ACAO, PARTNER), (VARY, ORIGIN)];
    let anyone = &[(ACAO, "*"), (ACEH, "x-public"), (VARY, ORIGIN)];
    let two = &[(ORIGIN, ADMIN), (ORIGIN, STRANGER)];
    check(
        &policy(),
        &[
            row("rule 0", "GET", &[(ORIGIN, ADMIN)], 200, Actual(0), admin),
            row("rule 1", "GET", &[(ORIGIN, PARTNER)], 200, Actual(1), partner),
            row("rule 2, S21: with Vary", "GET", &[(ORIGIN, STRANGER)], 200, Actual(2), anyone),
            row("rule 2, S8: null", "GET", &[(ORIGIN, "null")], 200, Actual(2), anyone),
            row("S21: non-CORS", "GET", &[], 200, NotCors, NOTHING),
            row("S7: malformed", "GET", &[(ORIGIN, "https://B.example")], 200, Actual(2), anyone),
            row("S7: two lines", "GET", two, 200, Actual(2), anyone),
        ],
    );
}

#[test]
fn only_that_rule_answers_a_preflight() {
    let vary = (VARY, PREFLIGHT_VARY);
    let (delete, put) = ((ACAM, "GET, HEAD, POST, DELETE"), (ACAM, "GET, HEAD, POST, PUT"));
    let admin = &[(ACAO, ADMIN), (ACAC, "true"), delete, vary];
    let partner = &[(ACAO, PARTNER), put, (ACAH, "x-partner"), (ACMA, "60"), vary];
    let anyone = &[(ACAO, "*"), (ACAM, SAFELISTED), vary];
    let two = &[(ORIGIN, ADMIN), (ORIGIN, PARTNER), (ACRM, "PUT")];
    let not_put = || MethodNotAllowed(Method::PUT);
    let unlisted = PreflightWithout(0, HeaderNotAllowed(HeaderName::from_static("x-partner")));
    let ask = |origin, method| [(ORIGIN, origin), (ACRM, method)];
    let with_header = |origin, method| [(ORIGIN, origin), (ACRM, method), (ACRH, "x-partner")];
    check(
        &policy(),
        &[
            row("rule 0", "OPTIONS", &ask(ADMIN, "DELETE"), 204, Preflight(0), admin),
            row("rule 1", "OPTIONS", &with_header(PARTNER, "PUT"), 204, Preflight(1), partner),
            row("rule 2", "OPTIONS", &ask(STRANGER, "GET"), 204, Preflight(2), anyone),
            row(
                "rule 0 governs, though rule 1 covers the origin and allows the method",
                "OPTIONS",
                &ask(ADMIN, "PUT"),
                204,
                PreflightWithout(0, not_put()),
                admin,
            ),
            row(
                "rule 0 governs, though rule 1 allows the header",
                "OPTIONS",
                &with_header(ADMIN, "DELETE"),
                204,
                unlisted,
                admin,
            ),
            row(
                "rule 1 governs, though rule 0 allows the method",
                "OPTIONS",
                &ask(PARTNER, "DELETE"),
                204,
                PreflightWithout(1, MethodNotAllowed(Method::DELETE)),
                partner,
            ),
            row(
                "S7: two lines are nobody's but the last rule's",
                "OPTIONS",
                two,
                204,
                PreflightWithout(2, not_put()),
                anyone,
            ),
        ],
    );
}

#[test]
fn closures_and_patterns_are_asked_in_the_order_of_the_rules() {
    let below = |suffix: &'static str| {
        move |origin: &tower_cors::Origin<'_>| origin.host().ends_with(suffix)
    };
    let policy = Policy::allow_origins_by(below(".a.example"))
        .expose_headers(["x-0"])
        .or(Policy::allow_origins(["https://x.a.example", "https://y.example"])
            .allow_origins_by(below(".example"))
            .expose_headers(["x-1"]))
        .or(Policy::allow_origins(["https://b.example"]).expose_headers(["x-2"]))
        .or(Policy::allow_origins_by(below("")).expose_headers(["x-3"]))
        .build()
        .unwrap();
    for (name, origin, rule, exposed) in [
        ("an earlier closure before a pattern", "https://x.a.example", 0, "x-0"),
        ("a pattern that no earlier closure covers", "https://y.example", 1, "x-1"),
        ("a closure of the rule", "https://z.example", 1, "x-1"),
        ("an earlier closure before a later pattern", "https://b.example", 1, "x-1"),
        ("the last closure", "https://b.test", 3, "x-3"),
    ] {
        let shared = &[(ACAO, origin), (ACEH, exposed), (VARY, ORIGIN)];
        check(&policy, &[row(name, "GET", &[(ORIGIN, origin)], 200, Actual(rule), shared)]);
    }
}

#[test]
fn a_later_pattern_is_not_asked_when_an_earlier_one_covers() {
    let policy = Policy::allow_origins(["https://*.example.com"])
        .or(Policy::allow_origins(["https://*.com", "https://other.example"])
            .allow_methods(["PUT"]))
        .build()
        .unwrap();
    let (shared, stranger) = (&[(ACAO, PARTNER), (VARY, ORIGIN)], &[(ORIGIN, STRANGER)]);
    let ask = &[(ORIGIN, PARTNER), (ACRM, "PUT")];
    let refused = PreflightWithout(0, MethodNotAllowed(Method::PUT));
    let answer = &[(ACAO, PARTNER), (ACAM, SAFELISTED), (VARY, PREFLIGHT_VARY)];
    check(
        &policy,
        &[
            row("rule 0", "GET", &[(ORIGIN, PARTNER)], 200, Actual(0), shared),
            row("rule 0, preflight", "OPTIONS", ask, 204, refused, answer),
            row("none", "GET", stranger, 200, ActualRefused(OriginNotAllowed), NOTHING),
        ],
    );
}

#[test]
fn a_disabled_policy_does_nothing() {
    let policy = Policy::disabled();
    let own = &[(ACAO, "https://own.example"), (ACAC, "true"), (VARY, "accept-encoding")];
    let admin = (ORIGIN, ADMIN);
    let ask = &[admin, (ACRM, "PUT")];
    check(
        &policy,
        &[
            row("non-CORS", "GET", &[], 200, Untouched(NoCors), &[]),
            row("actual", "GET", &[admin], 200, Untouched(Cors), &[]),
            row("S2: a preflight is passed on", "OPTIONS", ask, 200, Untouched(CorsPreflight), &[]),
            row("two lines", "GET", &[admin, admin], 200, Untouched(Cors), &[]),
            row("the application's own headers", "GET", &[admin], 404, Untouched(Cors), own)
                .inner(404, own),
            row("on a preflight too", "OPTIONS", ask, 204, Untouched(CorsPreflight), own)
                .inner(204, own),
        ],
    );
}
