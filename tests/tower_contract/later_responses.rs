//! A policy that is looked up: the headers of every kind of response.

use http::header::{ACCEPT_LANGUAGE, HOST, HeaderName, ORIGIN as ORIGIN_NAME};
use http::{Request, Response};
use tower_cors::{CorsLayer, Policy, PreflightStatus};

use crate::common::{
    ACAC, ACAO, ACEH, ACRH, ACRM, INNER, Lines, ORIGIN, PREFLIGHT_VARY, VARY, all_lines, get,
    preflight, response, sorted,
};
use crate::under_way::{Asks, start};
use crate::{APP, policy};

const EVIL: &str = "https://evil.example";
static READS: [HeaderName; 2] = [HeaderName::from_static("x-tenant"), ACCEPT_LANGUAGE];

/// The response to a request under a policy that is found while the inner service answers.
fn answered(
    request: Request<()>,
    found: Policy,
    inner: Lines<'_>,
    layer: fn(CorsLayer<Asks>) -> CorsLayer<Asks>,
) -> Response<&'static str> {
    let mut under_way = start(request, &READS, layer);
    assert!(under_way.task.poll().is_pending());
    under_way.inner.open(Ok(response(200, inner)));
    under_way.lookup.open(found);
    under_way.task.finish().unwrap()
}

fn as_it_is(layer: CorsLayer<Asks>) -> CorsLayer<Asks> {
    layer
}

#[test]
fn what_the_source_reads_is_in_vary_of_every_response() {
    let origin = (VARY, ORIGIN);
    let (tenant, language) = ((VARY, "x-tenant"), (VARY, "accept-language"));
    let app = get(&[(ORIGIN, APP)]);
    let allowed = answered(app, policy(), &[], as_it_is);
    let expected = &[(ACAO, APP), origin, tenant, language];
    assert_eq!(all_lines(allowed.headers()), sorted(expected), "allowed");

    let refused = answered(get(&[(ORIGIN, EVIL)]), policy(), &[], as_it_is);
    assert_eq!(all_lines(refused.headers()), sorted(&[origin, tenant, language]), "refused");

    let not_cors = answered(get(&[]), policy(), &[], as_it_is);
    assert_eq!(all_lines(not_cors.headers()), sorted(&[origin, tenant, language]), "non-CORS");

    let any = Policy::allow_any_origin().build().unwrap();
    let any = answered(get(&[]), any, &[], as_it_is);
    assert_eq!(
        all_lines(any.headers()),
        sorted(&[(ACAO, "*"), origin, tenant, language]),
        "any origin"
    );

    let ask = || preflight(&[(ORIGIN, APP), (ACRM, "GET")]);
    let allowed = answered(ask(), policy(), &[], as_it_is);
    let vary = (VARY, PREFLIGHT_VARY);
    let names = (VARY, "x-tenant, accept-language");
    let expected =
        &[(ACAO, APP), ("access-control-allow-methods", "GET, HEAD, POST, PUT"), vary, names];
    assert_eq!(all_lines(allowed.headers()), sorted(expected), "preflight");

    let evil = preflight(&[(ORIGIN, EVIL), (ACRM, "GET")]);
    let refused = answered(evil, policy(), &[], as_it_is);
    assert_eq!(refused.status(), 403);
    assert_eq!(all_lines(refused.headers()), sorted(&[vary, names]), "refused preflight");
}

#[test]
fn it_is_merged_with_what_is_there() {
    for (inner, expected) in [
        (
            &[(VARY, "X-Tenant")][..],
            &[(VARY, "X-Tenant"), (VARY, ORIGIN), (VARY, "accept-language")][..],
        ),
        (
            &[(VARY, "origin, accept-language"), (VARY, "cookie")],
            &[(VARY, "origin, accept-language"), (VARY, "cookie"), (VARY, "x-tenant")],
        ),
        (&[(VARY, "*")], &[(VARY, "*")]),
        (
            &[(VARY, "Accept-Language , x-tenant,ORIGIN")],
            &[(VARY, "Accept-Language , x-tenant,ORIGIN")],
        ),
    ] {
        let response = answered(get(&[]), policy(), inner, as_it_is);
        assert_eq!(all_lines(response.headers()), sorted(expected), "{inner:?}");
    }
}

/// A source may say that it reads what is in `Vary` anyway, or the same name twice.
#[test]
fn names_that_are_there_anyway() {
    const TWICE: &[HeaderName] = &[ORIGIN_NAME, HOST, HOST];
    for lines in [&[(ORIGIN, APP)][..], &[]] {
        let under_way = start(get(lines), TWICE, as_it_is);
        under_way.inner.open(Ok(response(200, &[])));
        under_way.lookup.open(policy());
        let answer = under_way.task.finish().unwrap();
        let vary: Vec<_> = answer.headers().get_all(VARY).iter().collect();
        assert_eq!(vary, [ORIGIN, "host"]);
    }
    let under_way = start(preflight(&[(ORIGIN, APP), (ACRM, "GET")]), TWICE, as_it_is);
    under_way.lookup.open(policy());
    let answer = under_way.task.finish().unwrap();
    let vary: Vec<_> = answer.headers().get_all(VARY).iter().collect();
    assert_eq!(vary, [PREFLIGHT_VARY, "host"]);
}

/// The application cannot be asked any more, so the answer is no.
#[test]
fn a_disabled_policy_refuses_a_preflight() {
    for layer in [as_it_is, CorsLayer::explain_refusals, CorsLayer::keep_inner_headers] {
        let ask = preflight(&[(ORIGIN, APP), (ACRM, "GET")]);
        let refused = answered(ask, Policy::disabled(), &[], layer);
        assert_eq!(refused.status(), 403);
        assert_eq!(*refused.body(), "");
        let vary = refused.headers()[VARY].to_str().unwrap();
        assert!(vary.starts_with(PREFLIGHT_VARY) && vary.ends_with("x-tenant, accept-language"));
        assert_eq!(refused.headers().len(), 1);
    }
}

#[test]
fn a_disabled_policy_leaves_actual_responses_alone() {
    let own: Lines<'_> = &[(ACAO, EVIL), (ACAC, "true"), (ACEH, "x"), (VARY, "cookie")];
    let expected: Vec<_> = own
        .iter()
        .copied()
        .chain(["origin", "x-tenant", "accept-language"].map(|name| (VARY, name)))
        .collect();
    for lines in [&[][..], &[(ORIGIN, APP)], &[(ORIGIN, EVIL), (ORIGIN, APP)]] {
        let response = answered(get(lines), Policy::disabled(), own, as_it_is);
        assert_eq!(*response.body(), INNER);
        assert_eq!(all_lines(response.headers()), sorted(&expected));
    }
}

/// What is decided is what the policy says when it is there at once.
#[test]
fn the_headers_are_those_of_a_policy_that_is_there_at_once() {
    let own: Lines<'_> = &[(ACAO, EVIL), (ACAC, "true"), (VARY, "x-tenant, accept-language")];
    let rules = Policy::allow_origins([APP]).allow_credentials().allow_any_method();
    let rules = rules.allow_any_header().or(Policy::allow_any_origin().expose_any_header());
    let closure = Policy::allow_origins_by(|origin| origin.host() == "app.example");
    let any = Policy::allow_any_origin();
    for found in [policy(), rules.build().unwrap(), closure.build().unwrap(), any.build().unwrap()]
    {
        for lines in [
            &[][..],
            &[(ORIGIN, APP)],
            &[(ORIGIN, EVIL)],
            &[(ORIGIN, "null")],
            &[(ORIGIN, "https://app.example/")],
            &[(ORIGIN, APP), (ORIGIN, APP)],
        ] {
            let request = get(lines);
            let mut expected = crate::common::header_map(own);
            let decision = found.decide(request.method(), request.headers());
            decision.response_headers().apply_to(&mut expected);
            if !expected.get_all(VARY).iter().any(|line| line == ORIGIN) {
                expected.append(VARY, ORIGIN.parse().unwrap()); // the source may choose by it
            }
            let response = answered(request, found.clone(), own, as_it_is);
            assert_eq!(all_lines(response.headers()), all_lines(&expected), "{found} {lines:?}");
        }
        for headers in ["x-a,X-B", "x-a x-b"] {
            let request = preflight(&[(ORIGIN, APP), (ACRM, "DELETE"), (ACRH, headers)]);
            let decision = found.decide(request.method(), request.headers());
            let mut expected = decision.preflight_response::<()>().unwrap();
            let read_by_source = "x-tenant, accept-language";
            let names = if expected.headers().contains_key(VARY) {
                read_by_source.to_owned()
            } else {
                format!("{PREFLIGHT_VARY}, {read_by_source}")
            };
            expected.headers_mut().append(VARY, names.parse().unwrap());
            let response = answered(request.clone(), found.clone(), &[], as_it_is);
            assert_eq!(response.status(), expected.status(), "{found} {headers:?}");
            let lines = all_lines(response.headers());
            assert_eq!(lines, all_lines(expected.headers()), "{found} {headers:?}");
        }
    }
}

#[test]
fn switches_apply() {
    let ask = preflight(&[(ORIGIN, APP), (ACRM, "PUT")]);
    let ok = answered(ask, policy(), &[], |layer| layer.preflight_status(PreflightStatus::Ok));
    assert_eq!(ok.status(), 200);

    let ask = preflight(&[(ORIGIN, APP), (ACRM, "DELETE")]);
    let explained = answered(ask, policy(), &[], CorsLayer::explain_refusals);
    assert_eq!(explained.status(), 204);
    let said = "method-not-allowed: the method DELETE is not allowed";
    assert_eq!(explained.headers()["cors-refusal"], said);

    let own = &[(ACAO, EVIL), (VARY, "*")];
    let kept = answered(get(&[(ORIGIN, APP)]), policy(), own, CorsLayer::keep_inner_headers);
    assert_eq!(all_lines(kept.headers()), sorted(own));
}
