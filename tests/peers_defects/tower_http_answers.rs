//! tower-http 0.7 with settings that are right.

use tower::ServiceBuilder;
use tower::layer::layer_fn;
use tower_cors::{CorsLayer, Policy};
use tower_http::cors as peer;

use crate::common::{
    ACAC, ACAH, ACAM, ACAO, ACAPN, ACEH, ACMA, ACRH, ACRM, COMMON, ECHOING_VARY, Lines, ORIGIN,
    PREFLIGHT_VARY, VARY, exchange, get, preflight, response,
};
use crate::{
    A, EVIL, X_INNER, answer, inner_answers, layer_answers, our_list, seen, their_list, value,
};

const ORIGIN_VARIES: (&str, &str) = (VARY, ORIGIN);
/// What tower-http says to every `OPTIONS` request, whoever asks.
const THEIR_LISTS: [(&str, &str); 5] =
    [(ACAC, "true"), ORIGIN_VARIES, (ACAM, "PUT"), (ACAH, "content-type"), (ACMA, "60")];
const REFUSED: Lines<'_> = &[(VARY, PREFLIGHT_VARY)];

fn their_lists_and(line: (&'static str, &'static str)) -> Vec<(&'static str, &'static str)> {
    THEIR_LISTS.into_iter().chain([line]).collect()
}

#[test]
fn probe_01_options_without_origin_reaches_the_application() {
    let theirs = answer(&peer::CorsLayer::new(), preflight(&[]));
    assert_eq!(theirs, layer_answers(200, &[ORIGIN_VARIES]));
    assert_eq!(answer(&our_list(), preflight(&[])), inner_answers(&[ORIGIN_VARIES]));
}

#[test]
fn probe_02_options_with_origin_but_no_method_reaches_the_application() {
    let request = || preflight(&[(ORIGIN, A)]);
    let theirs = answer(&their_list(), request());
    assert_eq!(theirs, layer_answers(200, &their_lists_and((ACAO, A))));
    let ours = answer(&our_list(), request());
    let shared = &[(ACAO, A), (ACAC, "true"), (ACEH, "x-y"), ORIGIN_VARIES];
    assert_eq!(ours, inner_answers(shared));
}

#[test]
fn probe_03_preflight_disallowed_origin_tells_nothing() {
    let request = || preflight(&[(ORIGIN, EVIL), (ACRM, "PUT")]);
    assert_eq!(answer(&their_list(), request()), layer_answers(200, &THEIR_LISTS));
    assert_eq!(answer(&our_list(), request()), layer_answers(403, REFUSED));
}

#[test]
fn probe_04_preflight_disallowed_method_gets_the_list() {
    let request = || preflight(&[(ORIGIN, A), (ACRM, "DELETE")]);
    let theirs = answer(&their_list(), request());
    assert_eq!(theirs, layer_answers(200, &their_lists_and((ACAO, A))));
    let ours = answer(&our_list(), request());
    assert_eq!(ours, answer(&our_list(), preflight(&[(ORIGIN, A), (ACRM, "PUT")])));
    assert_eq!(ours.0, 204);
}

const THEIR_LEAK: [(&str, &str); 3] = [ORIGIN_VARIES, (ACAC, "true"), (ACEH, "x-y")];

#[test]
fn probe_05_non_cors_request_gets_vary_and_nothing_else() {
    assert_eq!(answer(&their_list(), get(&[])), inner_answers(&THEIR_LEAK));
    assert_eq!(answer(&our_list(), get(&[])), inner_answers(&[ORIGIN_VARIES]));
}

#[test]
fn probe_06_disallowed_origin_gets_vary_and_nothing_else() {
    let request = || get(&[(ORIGIN, EVIL)]);
    assert_eq!(answer(&their_list(), request()), inner_answers(&THEIR_LEAK));
    assert_eq!(answer(&our_list(), request()), inner_answers(&[ORIGIN_VARIES]));
}

/// The inner service has a CORS policy of its own, for another origin.
const INNER_CORS: Lines<'_> = &[X_INNER, (ACAO, "https://inner.example"), ORIGIN_VARIES];

#[test]
fn probe_07_disallowed_origin_gets_nothing_from_the_inner_service_either() {
    let request = || get(&[(ORIGIN, EVIL)]);
    let theirs = exchange(&their_list(), request(), response(200, INNER_CORS));
    let mixture = &[
        (ACAO, "https://inner.example"),
        (ACAC, "true"),
        ORIGIN_VARIES,
        ORIGIN_VARIES,
        (ACEH, "x-y"),
    ];
    assert_eq!(seen(&theirs), inner_answers(mixture));
    let ours = exchange(&our_list(), request(), response(200, INNER_CORS));
    assert_eq!(seen(&ours), inner_answers(&[ORIGIN_VARIES]));
}

#[test]
fn probe_08_vary_is_not_doubled() {
    let request = || get(&[(ORIGIN, A)]);
    let theirs = exchange(&their_list(), request(), response(200, INNER_CORS));
    let shared = [(ACAO, A), (ACAC, "true"), (ACEH, "x-y"), ORIGIN_VARIES];
    let doubled: Vec<_> = shared.into_iter().chain([ORIGIN_VARIES]).collect();
    assert_eq!(seen(&theirs), inner_answers(&doubled));
    let ours = exchange(&our_list(), request(), response(200, INNER_CORS));
    assert_eq!(seen(&ours), inner_answers(&shared));
}

#[test]
fn probe_09_one_origin_is_told_to_nobody_else() {
    let request = || get(&[(ORIGIN, EVIL)]);
    let exact = peer::CorsLayer::new().allow_origin(value(A));
    assert_eq!(answer(&exact, request()), inner_answers(&[(ACAO, A)]));
    let ours = CorsLayer::new(Policy::allow_origins([A]).build().unwrap());
    assert_eq!(answer(&ours, request()), inner_answers(&[ORIGIN_VARIES]));
}

#[test]
fn probe_10_any_origin_never_has_credentials() {
    let request = || get(&[(ORIGIN, A)]);
    let theirs = peer::CorsLayer::new()
        .allow_origin(peer::Any)
        .allow_credentials(peer::AllowCredentials::predicate(|_, _| true));
    assert_eq!(answer(&theirs, request()), inner_answers(&[(ACAC, "true"), (ACAO, "*")]));
    // There is no `allow_credentials` on this builder: a documentation test shows that.
    let ours = CorsLayer::new(Policy::allow_any_origin().build().unwrap());
    assert_eq!(answer(&ours, request()), inner_answers(&[(ACAO, "*")]));
}

#[test]
fn probe_11_private_network_access_is_not_answered() {
    let pna = ("access-control-request-private-network", "true");
    let request = || preflight(&[(ORIGIN, A), (ACRM, "PUT"), pna]);
    let theirs = peer::CorsLayer::new().allow_origin(peer::Any).allow_private_network(true);
    // The answer depends on a request header that it does not name in `Vary`.
    let expected = layer_answers(200, &[(ACAPN, "true"), (ACAO, "*")]);
    assert_eq!(answer(&theirs, request()), expected);
    let policy = Policy::allow_any_origin().allow_methods(["PUT"]).build().unwrap();
    let expected = layer_answers(204, &[(ACAO, "*"), (ACAM, "GET, HEAD, POST, PUT")]);
    assert_eq!(answer(&CorsLayer::new(policy), request()), expected);
}

/// What is exposed too, as the presets do it.
fn our_any_origin() -> CorsLayer {
    let policy = Policy::allow_any_origin().expose_any_header();
    CorsLayer::new(policy.build().unwrap())
}

#[test]
fn probe_12_any_origin_has_no_vary() {
    let request = || get(&[(ORIGIN, A)]);
    // Made without a layer, the preset adds one.
    let theirs = answer(&layer_fn(peer::Cors::permissive), request());
    let with_vary = &[(ACAO, "*"), (ACEH, "*"), (VARY, ECHOING_VARY)];
    assert_eq!(theirs, inner_answers(with_vary));
    let ours = answer(&our_any_origin(), request());
    assert_eq!(ours, inner_answers(&[(ACAO, "*"), (ACEH, "*")]));
}

#[test]
fn probe_13_any_origin_is_the_same_however_it_is_made() {
    let any = inner_answers(&[(ACAO, "*"), (ACEH, "*")]);
    let request = || get(&[(ORIGIN, A)]);
    let theirs = answer(&peer::CorsLayer::permissive(), request());
    assert_eq!(theirs, any);
    assert_ne!(theirs, answer(&layer_fn(peer::Cors::permissive), request()));
    // Here there is one way to make a service.
    for request in [request(), get(&[]), get(&[(ORIGIN, "null")])] {
        assert_eq!(answer(&our_any_origin(), request), any);
    }
}

#[test]
fn probe_14_no_preset_echoes_any_origin_with_credentials() {
    let request = || get(&[(ORIGIN, EVIL)]);
    let theirs = answer(&peer::CorsLayer::very_permissive(), request());
    let echoed = &[(ACAO, EVIL), (ACAC, "true"), (VARY, ECHOING_VARY)];
    assert_eq!(theirs, inner_answers(echoed));
    // The most that this crate has to offer without a word of danger or a closure.
    let widest = Policy::allow_any_origin().allow_any_method().allow_any_header();
    let ours = CorsLayer::new(widest.expose_any_header().build().unwrap());
    assert_eq!(answer(&ours, request()), inner_answers(&[(ACAO, "*"), (ACEH, "*")]));
}

#[test]
fn probe_15_every_line_of_requested_headers_is_read() {
    let request = || preflight(&[(ORIGIN, A), (ACRM, "PUT"), (ACRH, "x-a"), (ACRH, "x-b")]);
    let theirs = answer(&peer::CorsLayer::very_permissive(), request());
    let first_line =
        &[(ACAC, "true"), (VARY, ECHOING_VARY), (ACAM, "PUT"), (ACAH, "x-a"), (ACAO, A)];
    assert_eq!(theirs, layer_answers(200, first_line));
    let policy =
        Policy::allow_origins([A]).allow_credentials().allow_any_method().allow_any_header();
    let ours = answer(&CorsLayer::new(policy.build().unwrap()), request());
    let both =
        &[(ACAC, "true"), (VARY, ECHOING_VARY), (ACAM, COMMON), (ACAH, "x-a,x-b"), (ACAO, A)];
    assert_eq!(ours, layer_answers(204, both));
}

/// The outer layer allows credentials to one origin, the inner one echoes every origin without
/// credentials: each is safe alone.
#[test]
fn measured_01_stacked_layers_do_not_give_credentials_to_everybody() {
    let request = || get(&[(ORIGIN, EVIL)]);
    let theirs = ServiceBuilder::new()
        .layer(peer::CorsLayer::new().allow_origin([value(A)]).allow_credentials(true))
        .layer(peer::CorsLayer::new().allow_origin(peer::AllowOrigin::mirror_request()));
    let (_, _, lines) = answer(&theirs, request());
    for line in [(ACAO, EVIL), (ACAC, "true")] {
        assert!(lines.contains(&(line.0.to_owned(), line.1.to_owned())), "{lines:?}");
    }
    let listed = Policy::allow_origins([A]).allow_credentials().build().unwrap();
    let everyone = Policy::allow_origins_by(|_| true).build().unwrap();
    let ours = ServiceBuilder::new().layer(CorsLayer::new(listed)).layer(CorsLayer::new(everyone));
    assert_eq!(answer(&ours, request()), inner_answers(&[ORIGIN_VARIES]));
}

#[test]
fn measured_02_credentials_are_not_told_to_requests_without_origin() {
    let theirs = peer::CorsLayer::new().allow_origin([value(A)]).allow_credentials(true);
    let expected = inner_answers(&[ORIGIN_VARIES, (ACAC, "true")]);
    assert_eq!(answer(&theirs, get(&[])), expected);
    let ours = Policy::allow_origins([A]).allow_credentials().build().unwrap();
    assert_eq!(answer(&CorsLayer::new(ours), get(&[])), inner_answers(&[ORIGIN_VARIES]));
}

#[test]
fn measured_03_options_reaches_webdav_and_tus_handlers() {
    let theirs = peer::CorsLayer::new();
    let ours = our_list();
    for lines in [&[][..], &[("depth", "1")], &[(ORIGIN, EVIL)], &[(ACRM, "PUT")]] {
        assert!(!exchange(&theirs, preflight(lines), response(200, &[])).reached_inner());
        let dav: Lines<'_> = &[("dav", "1"), ("allow", "OPTIONS, PROPFIND")];
        let exchange = exchange(&ours, preflight(lines), response(200, dav));
        assert!(exchange.reached_inner(), "{lines:?}");
        assert_eq!(exchange.one("allow"), Some(&b"OPTIONS, PROPFIND"[..]));
    }
}

#[test]
fn measured_04_requested_headers_in_two_lines_are_all_allowed() {
    let request = || preflight(&[(ORIGIN, A), (ACRM, "POST"), (ACRH, "x-a"), (ACRH, "x-b")]);
    let theirs = peer::CorsLayer::new()
        .allow_origin([value(A)])
        .allow_headers(peer::AllowHeaders::mirror_request());
    let exchange_with_theirs = exchange(&theirs, request(), response(200, &[]));
    assert_eq!(exchange_with_theirs.one(ACAH), Some(&b"x-a"[..]));
    for (policy, expected) in [
        (Policy::allow_origins([A]).allow_headers(["x-a", "x-b"]), "x-a, x-b"),
        (Policy::allow_origins([A]).allow_any_header(), "*, authorization"),
        (Policy::allow_origins([A]).allow_credentials().allow_any_header(), "x-a,x-b"),
    ] {
        let ours = CorsLayer::new(policy.build().unwrap());
        let exchange = exchange(&ours, request(), response(200, &[]));
        assert_eq!(exchange.one(ACAH), Some(expected.as_bytes()));
    }
}
