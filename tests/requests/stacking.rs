//! Two layers, one in the other: they never permit more than the outer one alone.

use tower::ServiceBuilder;
use tower_cors::{CorsLayer, Policy};

use crate::common::{
    ACAC, ACAO, ACEH, ACRH, ACRM, Lines, ORIGIN, VARY, access_control_lines, exchange, header_map,
    request, response, send, sorted,
};

const EVIL: &str = "https://evil.example";

fn strict() -> Policy {
    Policy::allow_origins(["https://app.example"])
        .allow_credentials()
        .expose_headers(["x-strict"])
        .build()
        .unwrap()
}

/// Whatever a policy can be.
fn policies() -> Vec<(&'static str, Policy)> {
    let app = || Policy::allow_origins(["https://app.example"]);
    let public = || Policy::allow_any_origin().allow_any_method().expose_any_header();
    let build = |name, rules: tower_cors::PolicyRules| (name, rules.build().unwrap());
    vec![
        ("strict", strict()),
        build("listed", app().allow_methods(["PUT"]).into()),
        build("lax", Policy::dangerously_mirror_any_origin().allow_credentials().into()),
        build("wide", app().allow_origins([EVIL]).allow_any_method().allow_any_header().into()),
        build("any", public().into()),
        build("any last", app().allow_credentials().or(public())),
        build("null", app().dangerously_allow_null_origin().expose_headers(["x-null"]).into()),
    ]
}

const REQUESTS: &[(&str, Lines<'_>)] = &[
    ("GET", &[]),
    ("GET", &[(ORIGIN, "https://app.example")]),
    ("GET", &[(ORIGIN, EVIL)]),
    ("GET", &[(ORIGIN, "null")]),
    ("GET", &[(ORIGIN, "https://app.example/")]),
    ("GET", &[(ORIGIN, EVIL), (ORIGIN, "https://app.example")]),
    ("OPTIONS", &[(ORIGIN, EVIL)]),
    ("OPTIONS", &[(ORIGIN, EVIL), (ACRM, "PUT")]),
    ("OPTIONS", &[(ORIGIN, "https://app.example"), (ACRM, "PUT"), (ACRH, "x-a")]),
    ("OPTIONS", &[(ORIGIN, "null"), (ACRM, "GET")]),
    ("OPTIONS", &[(ORIGIN, "https://app.example"), (ACRM, "")]),
];

#[test]
fn access_control_headers_are_exactly_those_of_the_outer_layer() {
    for (outer_name, outer) in policies() {
        for (inner_name, inner) in policies() {
            let outer = CorsLayer::new(outer.clone());
            let both =
                ServiceBuilder::new().layer(outer.clone()).layer(CorsLayer::new(inner.clone()));
            for (method, lines) in REQUESTS {
                let stacked = send(&both, request(method, "/", lines));
                let alone = send(&outer, request(method, "/", lines));
                assert_eq!(
                    stacked.access_control_lines(),
                    alone.access_control_lines(),
                    "{outer_name} around {inner_name}: {method} {lines:?}"
                );
                assert_eq!(stacked.response.status(), alone.response.status());
                // Each adds `Vary` once at most, whoever of the two needs it.
                let vary: Vec<_> = stacked.response.headers().get_all(VARY).iter().collect();
                assert!(vary.len() <= 1, "{outer_name} around {inner_name}: {vary:?}");
            }
        }
    }
}

/// With `keep_inner_headers`, either the outer layer's headers stand or the inner one's.
#[test]
fn kept_headers_are_one_decision() {
    for (outer_name, outer) in policies() {
        for (inner_name, inner) in policies() {
            let outer = CorsLayer::new(outer.clone()).keep_inner_headers();
            let inner = CorsLayer::new(inner);
            let both = ServiceBuilder::new().layer(outer.clone()).layer(inner.clone());
            for (method, lines) in REQUESTS {
                let stacked = send(&both, request(method, "/", lines));
                let by_outer = send(&outer, request(method, "/", lines));
                let by_inner = send(&inner, request(method, "/", lines)).access_control_lines();
                let expected = if by_inner.is_empty() || !by_outer.reached_inner() {
                    by_outer.access_control_lines()
                } else {
                    by_inner
                };
                assert_eq!(
                    stacked.access_control_lines(),
                    expected,
                    "{outer_name} around {inner_name}: {method} {lines:?}"
                );
            }
        }
    }
}

/// A disabled policy leaves alone what the layer inside says, preflights included.
#[test]
fn a_disabled_layer_is_not_there() {
    for (name, inner) in policies() {
        let inner = CorsLayer::new(inner);
        let both = ServiceBuilder::new()
            .layer(CorsLayer::new(Policy::disabled()).reject_disallowed_origins())
            .layer(inner.clone());
        for (method, lines) in REQUESTS {
            let stacked = send(&both, request(method, "/", lines));
            let alone = send(&inner, request(method, "/", lines));
            assert_eq!(stacked.lines(), alone.lines(), "{name}: {method} {lines:?}");
        }
    }
}

/// The attack that stacking made possible elsewhere: an inner layer echoes any origin, and the
/// outer one allows credentials to one.
#[test]
fn credentials_of_the_outer_layer_do_not_meet_the_origin_of_the_inner_one() {
    let lax = Policy::allow_origins_by(|_| true).expose_headers(["x-lax"]).build().unwrap();
    let own: Lines<'_> = &[(ACAO, EVIL), (ACAC, "true"), (ACEH, "*")];
    for stack in [(strict(), lax.clone()), (lax, strict())] {
        let (outer, inner) = stack;
        let both =
            ServiceBuilder::new().layer(CorsLayer::new(outer.clone())).layer(CorsLayer::new(inner));
        let request = request("GET", "/", &[(ORIGIN, EVIL)]);
        let mut alone = header_map(own);
        outer.decide(request.method(), request.headers()).response_headers().apply_to(&mut alone);
        let exchange = exchange(&both, request, response(200, own));
        assert_eq!(exchange.access_control_lines(), access_control_lines(&alone));
        let credentials = exchange.lines().contains(&(ACAC.to_owned(), "true".to_owned()));
        assert!(!credentials, "EVIL never gets credentials");
    }
    let strict_outside =
        ServiceBuilder::new().layer(CorsLayer::new(strict())).layer(CorsLayer::new(
            Policy::dangerously_mirror_any_origin().allow_credentials().build().unwrap(),
        ));
    let exchange = send(&strict_outside, request("GET", "/", &[(ORIGIN, EVIL)]));
    assert_eq!(exchange.lines(), sorted(&[(VARY, ORIGIN)]));
}
