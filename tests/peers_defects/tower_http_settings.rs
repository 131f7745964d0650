//! tower-http 0.7 with settings that are wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::HeaderName;
use tower::Layer;
use tower_cors::{CorsLayer, Policy};
use tower_http::cors as peer;

use crate::common::{
    ACAC, ACAH, ACAM, ACAO, ACRH, ACRM, ECHOING_VARY, ORIGIN, SAFELISTED, VARY, get, preflight,
};
use crate::{A, answer, codes, inner_answers, layer_answers, value};

#[test]
fn probe_16_trailing_slash_in_the_configuration_is_refused() {
    let theirs = peer::CorsLayer::new().allow_origin([value("https://a.example/")]);
    // It is taken, and allows nothing.
    let expected = inner_answers(&[(VARY, ORIGIN)]);
    assert_eq!(answer(&theirs, get(&[(ORIGIN, A)])), expected);
    let error = Policy::allow_origins(["https://a.example/"]).build().unwrap_err();
    assert!(error.to_string().contains("write \"https://a.example\""), "{error}");
    assert_eq!(codes(Err(error)), ["invalid-origin"]);
}

#[test]
fn probe_17_null_never_has_credentials() {
    let request = || get(&[(ORIGIN, "null")]);
    let theirs = answer(&peer::CorsLayer::very_permissive(), request());
    let echoed = &[(ACAO, "null"), (ACAC, "true"), (VARY, ECHOING_VARY)];
    assert_eq!(theirs, inner_answers(echoed));
    let everyone = Policy::dangerously_mirror_any_origin().allow_credentials().build().unwrap();
    let ours = answer(&CorsLayer::new(everyone), request());
    assert_eq!(ours, inner_answers(&[(VARY, ORIGIN)]));
    let null = Policy::allow_origins([A]).dangerously_allow_null_origin().allow_credentials();
    assert_eq!(codes(null.build()), ["null-origin-with-credentials"]);
}

#[test]
fn probe_18_wildcard_among_header_names_is_refused() {
    let theirs = || {
        peer::CorsLayer::new()
            .allow_origin(value("https://b.example"))
            .allow_headers([HeaderName::from_static("*")])
    };
    let credentials = peer::AllowCredentials::predicate(|origin, _| origin == "https://b.example");
    let by_predicate = theirs().allow_credentials(credentials);
    let expected = inner_answers(&[(ACAO, "https://b.example")]);
    assert_eq!(answer(&by_predicate, get(&[(ORIGIN, A)])), expected);
    // With credentials, browsers take this `*` for a name: the answer allows no header.
    let request = preflight(&[(ORIGIN, "https://b.example"), (ACRM, "GET"), (ACRH, "x-a")]);
    let useless = &[(ACAO, "https://b.example"), (ACAC, "true"), (ACAH, "*")];
    assert_eq!(answer(&by_predicate, request), layer_answers(200, useless));
    for policy in [Policy::allow_origins([A]), Policy::allow_origins([A]).allow_credentials()] {
        let error = policy.allow_headers(["*"]).build().unwrap_err();
        assert!(error.to_string().contains("allow_any_header()"), "{error}");
        assert_eq!(codes(Err(error)), ["wildcard"]);
    }
}

#[test]
fn probe_19_credentials_with_any_header_work() {
    let theirs = || {
        let layer = peer::CorsLayer::new().allow_origin([value(A)]).allow_credentials(true);
        layer.allow_headers(peer::Any).layer(())
    };
    // It panics when it wraps a service, long after the configuration was made.
    assert!(catch_unwind(AssertUnwindSafe(theirs)).is_err());
    let ours = Policy::allow_origins([A]).allow_credentials().allow_any_header();
    let ours = CorsLayer::new(ours.build().unwrap());
    let request = preflight(&[(ORIGIN, A), (ACRM, "GET"), (ACRH, "x-a")]);
    let echoed =
        &[(ACAO, A), (ACAC, "true"), (ACAM, SAFELISTED), (ACAH, "x-a"), (VARY, ECHOING_VARY)];
    assert_eq!(answer(&ours, request), layer_answers(204, echoed));
}

#[test]
fn probe_20_wildcard_among_origins_is_refused_without_a_panic() {
    let theirs = || peer::CorsLayer::new().allow_origin([value("*")]);
    assert!(catch_unwind(AssertUnwindSafe(theirs)).is_err());
    let error = Policy::allow_origins(["*"]).build().unwrap_err();
    assert!(error.to_string().contains("allow_any_origin()"), "{error}");
    assert_eq!(codes(Err(error)), ["invalid-origin"]);
}
