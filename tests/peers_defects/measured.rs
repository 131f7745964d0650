//! Middleware of other frameworks and languages, which is not run here.

use http::{HeaderName, Method};
use tower_cors::{CorsLayer, Origin, OriginPattern, Policy, Refusal};

use crate::common::{
    ACAC, ACAM, ACAO, ACRH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, SAFELISTED, VARY, exchange, get,
    preflight, response,
};
use crate::{A, EVIL, X_INNER, answer, codes, inner_answers, layer_answers, seen};

/// It panicked at a value that is not ASCII, from a regular expression over text.
#[test]
fn measured_05_poem_3_1_origin_of_any_bytes_is_harmless() {
    let closure = Policy::allow_origins_by(|origin| origin.as_str().is_ascii()).build().unwrap();
    let pattern = Policy::allow_origins(["https://*.a.example"]).build().unwrap();
    for origin in ["\u{ff}", "https://b\u{fc}cher.a.example", "\u{80}.a.example"] {
        for policy in [&closure, &pattern] {
            let ours = answer(&CorsLayer::new(policy.clone()), get(&[(ORIGIN, origin)]));
            assert_eq!(ours, inner_answers(&[(VARY, ORIGIN)]), "{origin:?}");
        }
    }
}

/// Its `*` matched `/` and `:`.
#[test]
fn measured_06_poem_3_1_wildcard_stands_for_labels_only() {
    let policy = Policy::allow_origins(["https://*.a.example"]).build().unwrap();
    assert!(policy.allows_origin("https://x.y.a.example"));
    for origin in [
        "https://evil.com/.a.example",
        "https://evil.com:1.a.example",
        "https://evil.com?.a.example",
        "https://evil.com#.a.example",
        "https://evil.com@x.a.example",
        "https://evila.example",
        "https://x.a.example.evil.net",
    ] {
        assert!(!policy.allows_origin(origin), "{origin}");
    }
    for pattern in ["https://*a.example", "https://a.example*", "*.a.example", "https://*"] {
        assert_eq!(codes(Policy::allow_origins([pattern]).build()), ["invalid-origin"]);
    }
}

/// It replaced the application's `Vary` by its own.
#[test]
fn measured_07_poem_3_1_vary_of_the_application_stays() {
    let policy = Policy::allow_origins([A]).build().unwrap();
    let encoding = (VARY, "Accept-Encoding");
    let own: Lines<'_> = &[X_INNER, encoding];
    for (request, shared) in [(get(&[(ORIGIN, A)]), Some((ACAO, A))), (get(&[]), None)] {
        let ours = exchange(&CorsLayer::new(policy.clone()), request, response(200, own));
        let merged: Vec<_> = [encoding, (VARY, ORIGIN)].into_iter().chain(shared).collect();
        assert_eq!(seen(&ours), inner_answers(&merged));
    }
}

/// They echo every origin, with credentials where those are allowed.
#[test]
fn measured_08_poem_warp_actix_flask_any_origin_is_never_echoed() {
    let mistake = Policy::allow_origins(["*"]).allow_credentials().build();
    assert_eq!(codes(mistake), ["invalid-origin"]);
    let any = Policy::allow_any_origin;
    let last = Policy::allow_origins([A]).allow_credentials().or(any());
    for (policy, vary) in [(any().build(), None), (last.build(), Some((VARY, ORIGIN)))] {
        let ours = CorsLayer::new(policy.unwrap());
        let expected: Vec<_> = [(ACAO, "*")].into_iter().chain(vary).collect();
        for origin in [EVIL, "null"] {
            let ours = answer(&ours, get(&[(ORIGIN, origin)]));
            assert_eq!(ours, inner_answers(&expected), "{origin}");
        }
    }
}

/// It echoed an allowed origin without `Vary`.
#[test]
fn measured_09_warp_0_4_a_listed_origin_always_has_vary() {
    let ours = CorsLayer::new(Policy::allow_origins([A]).build().unwrap());
    let listed = answer(&ours, get(&[(ORIGIN, A)]));
    assert_eq!(listed, inner_answers(&[(ACAO, A), (VARY, ORIGIN)]));
    for lines in [&[][..], &[(ORIGIN, EVIL)]] {
        assert_eq!(answer(&ours, get(lines)), inner_answers(&[(VARY, ORIGIN)]));
    }
}

/// It answered 400.
#[test]
fn measured_10_actix_0_7_a_safelisted_method_needs_no_listing() {
    let policy = Policy::allow_origins([A]).allow_methods([Method::PUT]).build().unwrap();
    for method in ["GET", "HEAD", "POST"] {
        let request = preflight(&[(ORIGIN, A), (ACRM, method)]);
        let allowed = &[(ACAO, A), (ACAM, "GET, HEAD, POST, PUT"), (VARY, PREFLIGHT_VARY)];
        let ours = answer(&CorsLayer::new(policy.clone()), request);
        assert_eq!(ours, layer_answers(204, allowed), "{method}");
    }
}

fn allows_x_a_and_x_b(requested: &str) {
    let policy = Policy::allow_origins([A]).allow_headers(["x-a", "x-b"]).build().unwrap();
    let request = preflight(&[(ORIGIN, A), (ACRM, "GET"), (ACRH, requested)]);
    let exchange = exchange(&CorsLayer::new(policy), request, response(200, &[]));
    assert_eq!(exchange.response.status(), 204, "{requested:?}");
    assert_eq!(exchange.one("access-control-allow-headers"), Some(&b"x-a, x-b"[..]));
}

/// It answered 400.
#[test]
fn measured_11_actix_0_7_empty_list_elements_are_allowed() {
    for requested in ["x-a,", ",x-a", "x-a,,x-b", "x-a, ,x-b ,"] {
        allows_x_a_and_x_b(requested);
    }
}

/// It answered 403 where nothing but origins was configured.
#[test]
fn measured_12_jub0bs_1_0_upload_listeners_and_streaming_bodies_work() {
    let policy = Policy::allow_origins([A]).build().unwrap();
    let request = preflight(&[(ORIGIN, A), (ACRM, "POST")]);
    let allowed = &[(ACAO, A), (ACAM, SAFELISTED), (VARY, PREFLIGHT_VARY)];
    assert_eq!(answer(&CorsLayer::new(policy), request), layer_answers(204, allowed));
}

/// It answered 403 to lists that no browser sends, but tests by hand and other clients do.
#[test]
fn measured_13_jub0bs_1_0_requested_headers_come_in_any_order_and_case() {
    for requested in ["x-b,x-a", "X-A", "X-B, X-a", "x-a,x-a"] {
        allows_x_a_and_x_b(requested);
    }
    let policy = Policy::allow_origins([A]).allow_headers(["x-a"]).build().unwrap();
    let request = preflight(&[(ORIGIN, A), (ACRM, "GET"), (ACRH, "X-C,x-a")]);
    let decision = policy.decide(request.method(), request.headers());
    let refusal = Refusal::HeaderNotAllowed(HeaderName::from_static("x-c"));
    assert_eq!(decision.refusal(), Some(refusal));
}

/// It took text for a regular expression, which it did not match to the end.
#[test]
fn measured_14_flask_cors_6_0_an_origin_is_matched_as_a_whole() {
    let trusted = "https://trusted.example";
    let exact = Policy::allow_origins([trusted]).allow_credentials().build().unwrap();
    let subdomains = Policy::allow_origins(["https://*.trusted.example"]).build().unwrap();
    for origin in [
        "https://trusted.example.attacker.io",
        "https://a.trusted.example.attacker.io",
        "https://trustedxexample",
        "https://a.trustedxexample",
        "https://attacker.io#https://trusted.example",
    ] {
        assert!(!exact.allows_origin(origin) && !subdomains.allows_origin(origin), "{origin}");
        let request = get(&[(ORIGIN, origin)]);
        let answer = answer(&CorsLayer::new(exact.clone()), request);
        assert_eq!(answer, inner_answers(&[(VARY, ORIGIN)]), "{origin}");
    }
    for regex in [r"https://trusted\.example", "https://trusted.example$", "https://.*"] {
        assert_eq!(codes(Policy::allow_origins([regex]).build()), ["invalid-origin"], "{regex}");
        assert!(regex.parse::<OriginPattern>().is_err());
    }
    let shared = &[(ACAO, trusted), (ACAC, "true"), (VARY, ORIGIN)];
    let allowed = answer(&CorsLayer::new(exact), get(&[(ORIGIN, trusted)]));
    assert_eq!(allowed, inner_answers(shared));
    assert!(Origin::parse(b"https://trusted.example.attacker.io").is_some(), "well-formed");
}
