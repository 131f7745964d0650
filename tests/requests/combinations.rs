//! Switches and sources together, where each alone would not tell.

use std::future::{Ready, ready};
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use tower_cors::Refusal::{ForeignHost, OriginNotAllowed};
use tower_cors::RequestKind::{Cors, CorsPreflight};
use tower_cors::{AtOnce, CorsLayer, Lookup, Policy, PolicySource, RequestHead};

use crate::common::{
    ACAO, ACRH, ACRM, ORIGIN, VARY, exchange, get, preflight, request, response, send,
};
use crate::table::Expected::{ActualRefused, Rejected};
use crate::table::{check_layer, row};

const APP: &str = "https://app.example";
const EVIL: (&str, &str) = (ORIGIN, "https://evil.example");
const REFUSAL: &str = "cors-refusal";

fn policy() -> Policy {
    Policy::allow_origins([APP]).build().unwrap()
}

#[test]
fn a_rejection_stays_403_and_the_host_comes_first() {
    let layer = CorsLayer::new(policy()).own_hosts(["localhost"]).unwrap().explain_refusals();
    let host = ("host", "evil.example");
    let said =
        (REFUSAL, "foreign-host: the request was sent to a host that own_hosts() does not name");
    let vary = "origin, access-control-request-method, access-control-request-headers, \
                sec-fetch-site";
    check_layer(
        &layer,
        &[row(
            "a preflight",
            "OPTIONS",
            &[EVIL, (ACRM, "PUT"), host],
            403,
            Rejected(CorsPreflight, ForeignHost),
            &[said, (VARY, vary)],
        )],
    );
    let other_page = (ORIGIN, "https://other.example");
    check_layer(
        &layer,
        &[row(
            "a page of a third name",
            "POST",
            &[other_page, host],
            403,
            Rejected(Cors, ForeignHost),
            &[said, (VARY, "origin, sec-fetch-site")],
        )],
    );
}

#[test]
fn explanations_beside_what_the_application_says() {
    let layer = CorsLayer::new(policy()).keep_inner_headers().explain_refusals();
    let inner = &[(ACAO, "*")];
    check_layer(
        &layer,
        &[
            row(
                "the application has decided",
                "GET",
                &[EVIL],
                200,
                ActualRefused(OriginNotAllowed),
                &[(ACAO, "*"), (VARY, ORIGIN)],
            )
            .inner(200, inner),
            row(
                "replaced",
                "GET",
                &[EVIL],
                200,
                ActualRefused(OriginNotAllowed),
                &[(REFUSAL, "origin-not-allowed: no rule allows the origin"), (VARY, ORIGIN)],
            )
            .inner(200, &[(REFUSAL, "forged")]),
        ],
    );
}

#[derive(Clone)]
struct Later(Policy);

impl PolicySource for Later {
    type Future = Ready<Policy>;
    fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, Ready<Policy>> {
        Lookup::Later(ready(self.0.clone()))
    }
}

#[test]
fn a_lookup_sees_that_there_are_too_many_lines() {
    let policy = Policy::allow_origins([APP]).allow_headers(["x-a"]).build().unwrap();
    let layer = CorsLayer::new(Later(policy)).explain_refusals();
    let mut lines = vec![(ORIGIN, APP), (ACRM, "GET")];
    lines.extend([(ACRH, "x-a"); 65]);
    let said = send(&layer, preflight(&lines));
    assert!(said.one(REFUSAL).unwrap().starts_with(b"headers-too-long"));
}

#[test]
fn without_room_for_vary_what_the_application_allows_goes_too() {
    let layer = CorsLayer::new(policy()).keep_inner_headers();
    let mut full = response(200, &[(ACAO, "https://inner.example")]);
    for index in 0.. {
        let name = HeaderName::try_from(format!("x-{index}")).unwrap();
        if full.headers_mut().try_insert(name, HeaderValue::from_static("1")).is_err() {
            break;
        }
    }
    let answer = exchange(&layer, get(&[EVIL]), full);
    assert_eq!(answer.access_control_lines(), []);
}

#[test]
fn a_shared_policy_is_fixed() {
    let layer = CorsLayer::new(Arc::new(Policy::permissive()));
    assert!(send(&layer, get(&[])).one(VARY).is_none());
}

/// A source that leaves unknown hosts to the application must not open them to rebinding.
#[test]
fn own_hosts_hold_where_the_policy_of_a_source_is_disabled() {
    #[derive(Clone)]
    struct ByHost(Policy, Policy);
    impl PolicySource for ByHost {
        type Future = AtOnce;
        fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, AtOnce> {
            let is_known = head.headers.get("host").is_some_and(|host| host == "localhost");
            Lookup::now(if is_known { &self.0 } else { &self.1 })
        }
    }
    let layer = CorsLayer::new(ByHost(policy(), Policy::disabled()));
    let layer = layer.own_hosts(["localhost"]).unwrap();
    let evil = &[(ORIGIN, "http://evil.example"), ("host", "evil.example")];
    check_layer(
        &layer,
        &[row(
            "rebinding",
            "POST",
            evil,
            403,
            Rejected(Cors, ForeignHost),
            &[(VARY, "origin, sec-fetch-site")],
        )],
    );
}

/// The names that a source says it reads are in `Vary`, whatever else it says.
#[test]
fn a_source_that_reads_the_request_is_not_fixed() {
    #[derive(Clone)]
    struct Reads(Policy, [HeaderName; 1]);
    impl PolicySource for Reads {
        type Future = AtOnce;
        fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, AtOnce> {
            Lookup::now(&self.0)
        }
        fn vary(&self) -> &[HeaderName] {
            &self.1
        }
        fn is_fixed(&self) -> bool {
            true
        }
    }
    let source = Reads(Policy::permissive(), [HeaderName::from_static("x-tenant")]);
    let lines = send(&CorsLayer::new(source), get(&[])).lines();
    assert!(lines.contains(&(VARY.to_owned(), "x-tenant".to_owned())), "{lines:?}");
}

#[test]
fn two_ports_differ_though_both_are_a_default() {
    let layer = CorsLayer::new(policy()).own_hosts(["localhost"]).unwrap();
    let request = request("GET", "http://localhost:80/", &[("host", "localhost:443")]);
    assert!(!send(&layer, request).reached_inner());
}

/// What a listener works out from a rejection is what is sent.
#[test]
fn a_rejected_decision_grants_nothing() {
    let layer =
        CorsLayer::new(policy()).own_hosts(["localhost"]).unwrap().on_decision(|decision| {
            assert_eq!(decision.preflight_response::<()>().unwrap().status(), 403);
            let mut headers = HeaderMap::new();
            decision.response_headers().apply_to(&mut headers);
            assert!(!headers.contains_key(ACAO));
        });
    let host = ("host", "evil.example");
    send(&layer, preflight(&[(ORIGIN, APP), (ACRM, "PUT"), host]));
    send(&layer, get(&[(ORIGIN, APP), host]));
}
