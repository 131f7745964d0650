//! How CORS middleware has failed before, and what happens here: a test for each published advisory
//! and each measured defect that can touch a library of this kind, by class. Each says what happened
//! there; the test has the input, and what happens here.
//!
//! Not here, because there is nothing to try:
//!
//! | | why |
//! | --- | --- |
//! | CVE-2024-27456, rack-cors: files in the package that anybody can write to | the gate looks at the package's file modes |
//! | CVE-2026-25478, Litestar | nothing about it was found but its class, which CVE-2026-25479 stands for |
//! | GHSA-2234-fmw7-43wr, hono | about another middleware, against cross-site request forgery |
//! | clusterfuzz, pull request 5303 | an application's own check, without details |
//! | cors 2.8.4, "prototype pollution" | a claim without an advisory |

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::testing::{self, Answer, Body, CorsFailure, Error, HttpCache, Page, Step};
use tower_cors::{
    AtOnce, BuildError, CorsLayer, Lookup, Origin, OriginPattern, Policy, PolicySource, Refusal,
    RequestHead,
};

const API: &str = "https://api.test/";

/// Class 1: origins compared as text: by prefix, suffix, substring or regular expression.
mod class_01_origins_as_text {
    use super::*;

    /// `example.com` in the list was searched for as an unanchored regular expression.
    #[tokio::test]
    async fn cve_2022_1996_go_restful_unanchored_regex() {
        only_itself(
            "https://example.com",
            &["https://example.com.malicious", "https://xexample.com"],
        )
        .await;
    }

    /// The end of the host was compared, without a dot before it.
    #[tokio::test]
    async fn cve_2023_28109_play_with_docker_has_suffix() {
        let page = "https://evil-play-with-docker.com";
        only_itself("https://play-with-docker.com", &[page]).await;
        let policy = Policy::allow_origins(["https://*.play-with-docker.com"]).build().unwrap();
        refused(&policy, page).await;
        readable(&policy, "https://a.play-with-docker.com").await;
    }

    /// The end of the origin was compared.
    #[tokio::test]
    async fn cve_2024_27302_go_zero_has_suffix() {
        only_itself("https://victim.com", &["https://evil-victim.com", "https://evil.victim.com"])
            .await;
    }

    /// Two patterns that end alike shared a part of the tree, and became a third: `barfoo.com`.
    #[tokio::test]
    async fn ghsa_v84h_653v_4pq9_fcors_patterns_merged() {
        let policy = Policy::allow_origins(["https://foo.com", "https://bar.com"]).build().unwrap();
        for page in ["https://barfoo.com", "https://foobar.com", "https://fbar.com"] {
            refused(&policy, page).await;
        }
    }

    /// The same in its successor, with subdomains.
    #[tokio::test]
    async fn ghsa_vhxv_fg4m_p2w8_jub0bs_cors_patterns_merged() {
        let policy = Policy::allow_origins(["https://*.foo.com", "https://*.bar.com"]);
        let policy = policy.build().unwrap();
        for page in ["https://a.barfoo.com", "https://barfoo.com", "https://foo.com"] {
            refused(&policy, page).await;
        }
        readable(&policy, "https://bar.foo.com").await;
    }

    /// `*` at the end of `https://example.com/*` matched the text before it: `example.community`.
    #[test]
    fn cve_2019_25211_gin_contrib_trailing_wildcard() {
        for pattern in ["https://example.com/*", "http://localhost/*", "https://example.com*"] {
            is_a_mistake([pattern], "invalid-origin");
        }
        let policy = Policy::allow_origins(["http://localhost:*"]).build().unwrap();
        assert!(!policy.allows_origin("http://localhost.example.com"));
    }

    /// A regular expression was made of the text, without an end.
    #[tokio::test]
    async fn cve_2017_11173_rack_cors_regex_without_anchor() {
        only_itself("https://example.com", &["https://example.com.evil", "https://example.comx"])
            .await;
    }

    /// A match at the start of the origin was enough.
    #[tokio::test]
    async fn cve_2026_37737_sanic_cors_match_unanchored() {
        only_itself("https://trusted.example", &["https://trusted.example.attacker.io"]).await;
    }

    /// The regular expression for origins did not have to match to the end.
    #[tokio::test]
    async fn starlette_801_regex_not_full_match() {
        let policy = Policy::allow_origins(["https://*.example.org"]).build().unwrap();
        refused(&policy, "https://a.example.org.evil.test").await;
    }

    /// An origin was allowed if its text had an allowed one anywhere in it.
    #[tokio::test]
    async fn cve_2025_50864_elysiajs_substring() {
        only_itself("https://example.com", &["https://notexample.com", "https://example.com.x"])
            .await;
    }

    /// A wildcard for subdomains matched without a dot.
    #[tokio::test]
    async fn gofiber_2915_3690_no_label_boundary() {
        let policy = Policy::allow_origins(["https://*.example.com"]).build().unwrap();
        refused(&policy, "https://evil-example.com").await;
        refused(&policy, "https://example.com").await;
    }

    /// A gateway compared the end of the origin with what stands after `*`.
    #[test]
    fn chainlink_wildcard_suffix() {
        is_a_mistake(["https://*example.com"], "invalid-origin");
    }

    /// The dot of a host was a dot of a regular expression.
    #[tokio::test]
    async fn cve_2026_25479_litestar_unescaped_dot() {
        only_itself("https://example.com", &["https://exampleXcom", "https://example-com"]).await;
    }

    /// A list entry with a slash or a path at the end was accepted, and matched as text.
    #[test]
    fn ktor_5936_path_in_configuration() {
        let error = "https://example.com/".parse::<OriginPattern>().unwrap_err();
        assert_eq!(error.corrected().as_deref(), Some("https://example.com"));
        is_a_mistake(["https://example.com/path"], "invalid-origin");
    }

    /// poem 3.1.12: a glob ran over the whole text, slashes and colons included.
    #[test]
    fn measured_06_poem_glob_over_the_whole_text() {
        let policy = Policy::allow_origins(["https://*.a.example"]).build().unwrap();
        for origin in ["https://evil.com/.a.example", "https://evil.com:1.a.example"] {
            assert!(!policy.allows_origin(origin), "{origin}");
        }
        is_a_mistake(["https://a.example*"], "invalid-origin");
    }

    /// flask-cors 6.0.2: a regular expression with escaped dots still matched at the start only.
    #[tokio::test]
    async fn measured_14_flask_cors_match_unanchored() {
        only_itself("https://trusted.example", &["https://trusted.example.attacker.io"]).await;
    }
}

/// Class 2: any origin with credentials, by default or on request, by sending back every origin.
mod class_02_every_origin_with_credentials {
    use super::*;

    /// The value of `Access-Control-Allow-Origin` was whatever the request said.
    #[tokio::test]
    async fn cve_2017_20146_gorilla_handlers_reflection() {
        let policy = Policy::allow_any_origin().build().unwrap();
        assert_eq!(allow_origin(&policy, "https://evil.test").await.unwrap(), "*");
    }

    /// A policy for any origin became one that reflects every origin.
    #[tokio::test]
    async fn cve_2018_20744_rs_cors_wildcard_reflects() {
        let policy = Policy::allow_any_origin().build().unwrap();
        let error = with_credentials(&policy, "https://evil.test").await.unwrap_err();
        assert_eq!(error.step(), &Step::CorsCheck(CorsFailure::WildcardWithCredentials));
    }

    /// Without any setting, every origin was reflected.
    #[test]
    fn cve_2023_49803_koa_cors_reflects_by_default() {
        is_a_mistake([], "no-origins");
    }

    /// A setting `*` went out together with credentials.
    #[test]
    fn cve_2024_25124_gofiber_wildcard_with_credentials() {
        let error = Policy::allow_origins(["*"]).allow_credentials().build().unwrap_err();
        assert_eq!(codes(&error), ["invalid-origin"]);
    }

    /// `*` with credentials reflected every origin.
    #[tokio::test]
    async fn cve_2016_10549_sails_wildcard_reflects() {
        let policy = Policy::allow_origins(["https://a.example"]).allow_credentials();
        let policy = policy.or(Policy::allow_any_origin()).build().unwrap();
        with_credentials(&policy, "https://evil.test").await.unwrap_err();
        with_credentials(&policy, "https://a.example").await.unwrap();
    }

    /// The default allowed all origins, with credentials.
    #[test]
    fn cve_2018_8014_tomcat_unsafe_default() {
        is_a_mistake([], "no-origins");
        let rule = Policy::allow_origins(["https://a.example"]).build().unwrap();
        assert!(!rule.config().unwrap().rules[0].allow_credentials);
    }

    /// The default reflected every origin.
    #[test]
    fn ghsa_g27j_74fp_xfpr_directus_unsafe_default() {
        assert!(!Policy::disabled().allows_origin("https://evil.test"));
        is_a_mistake([], "no-origins");
    }

    /// poem, warp, actix-cors, flask-cors: any origin with credentials, by sending each back.
    #[tokio::test]
    async fn measured_08_any_origin_with_credentials() {
        let policy = Policy::allow_any_origin().allow_any_method().allow_any_header();
        let policy = policy.expose_any_header().build().unwrap();
        for page in ["https://evil.test", "http://localhost:3000"] {
            with_credentials(&policy, page).await.unwrap_err();
        }
    }

    /// tower-http 0.7.1: credentials were allowed on every response, also to strangers and to
    /// requests without `Origin`.
    #[tokio::test]
    async fn measured_02_tower_http_credentials_header_for_all() {
        let policy = Policy::allow_origins(["https://a.example"]).allow_credentials();
        let policy = policy.expose_headers(["x-a"]).build().unwrap();
        for origin in [None, Some("https://evil.test")] {
            let response = send(&policy, Method::GET, origin, &[]).await;
            let names = response.headers().keys().map(HeaderName::as_str);
            assert_eq!(names.collect::<Vec<_>>(), ["vary"], "{origin:?}");
        }
    }

    /// An answer to strangers was `Access-Control-Allow-Origin: null`, which a sandboxed frame is.
    #[tokio::test]
    async fn cve_2019_9580_stackstorm_answers_null() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        assert_eq!(allow_origin(&policy, "https://evil.test").await, None);
        assert_eq!(allow_origin(&policy, "null").await, None);
        let mut frame = Page::sandboxed(layered(&policy));
        frame.fetch(testing::get(API)).await.unwrap_err();
    }
}

/// Class 3: a mend for a complaint about comfort that brings class 2 back.
mod class_03_comfort_over_safety {
    use super::*;

    /// `*` with credentials "did not work", so it was made to reflect every origin, `null` too.
    #[tokio::test]
    async fn cve_2026_54290_hono_wildcard_with_credentials_made_to_work() {
        let error = Policy::allow_origins(["https://a.example"])
            .allow_credentials()
            .dangerously_allow_null_origin()
            .build();
        assert_eq!(codes(&error.unwrap_err()), ["null-origin-with-credentials"]);
        let policy = Policy::allow_any_origin().build().unwrap();
        let mut frame = Page::sandboxed(layered(&policy));
        frame.fetch(testing::get(API)).await.unwrap();
        frame.fetch(testing::get(API).credentials_include()).await.unwrap_err();
    }
}

/// Class 4: what it costs to read `Access-Control-Request-Headers`.
mod class_04_cost_of_request_headers {
    use super::*;

    /// A list of commas took time and memory out of proportion.
    #[test]
    fn cve_2025_47908_rs_cors_commas() {
        too_long(",");
    }

    /// Splitting by a regular expression took quadratic time for long white space.
    #[test]
    fn cve_2026_69207_hono_white_space() {
        too_long(" ");
        too_long(" ,");
        too_long("\t");
    }

    /// 64 KiB are refused by their length, not read.
    fn too_long(shape: &str) {
        let policy = Policy::allow_origins(["https://a.example"]).allow_headers(["x-a"]).build();
        let asked: String = shape.chars().cycle().take(64 * 1024).collect();
        let policy = policy.unwrap();
        let asked = asked.as_str();
        let mut refusal = None;
        let cost = allocation_counter::measure(|| {
            refusal = preflight(&policy, "https://a.example", "GET", &[asked]);
        });
        assert_eq!(refusal, Some(Refusal::HeadersTooLong));
        // Two maps: the request that the test makes, and nothing of its length besides.
        assert!(cost.bytes_total < 64 * 1024 + 4096, "{cost:?}");
    }
}

/// Class 5: `Vary` lost, overwritten or copied.
mod class_05_vary {
    use super::*;

    /// The response's `Vary` became that of the request, so `Origin` was lost.
    #[tokio::test]
    async fn ghsa_q7jf_gf43_6x6p_hono_vary_of_the_request() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let response =
            send(&policy, Method::GET, Some("https://a.example"), &[("vary", "x")]).await;
        assert_eq!(response.headers()[VARY], "origin");
    }

    /// `Vary: Origin` took the place of what the application had said.
    #[tokio::test]
    async fn play_2017_10_05_vary_overwritten() {
        vary_is_kept().await;
    }

    /// poem 3.1.12, gin-contrib: the same.
    #[tokio::test]
    async fn measured_07_poem_vary_overwritten() {
        vary_is_kept().await;
    }

    /// warp 0.4: the origin was sent back without a `Vary`.
    #[tokio::test]
    async fn measured_09_warp_no_vary() {
        let policy = Policy::allow_origins(["https://a.example", "https://b.example"]);
        let cache = HttpCache::shared(layered(&policy.build().unwrap()));
        for page in ["https://a.example", "https://b.example", "https://a.example"] {
            let mut page = Page::at(page, cache.clone());
            page.fetch(testing::get(API)).await.unwrap();
            page.fetch(testing::get(API).no_cors()).await.unwrap();
        }
        Page::at("https://evil.test", cache).fetch(testing::get(API)).await.unwrap_err();
    }

    /// Known origins get a policy, and the rest is left to the application: `Vary` was judged by the
    /// policy that was chosen, so the cached copy of one was given to the other.
    #[tokio::test]
    async fn measured_10_a_source_that_chooses_by_origin() {
        struct Partners(Policy, Policy);
        impl PolicySource for Partners {
            type Future = AtOnce;
            fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, AtOnce> {
                let is_partner = head
                    .headers
                    .get(ORIGIN)
                    .is_some_and(|origin| origin == "https://partner.example");
                Lookup::now(if is_partner { &self.0 } else { &self.1 })
            }
        }
        let any = || Policy::allow_any_origin().build().unwrap();
        for (first, second) in [(any(), Policy::disabled()), (Policy::disabled(), any())] {
            let source = Arc::new(Partners(first, second));
            for order in [
                ["https://partner.example", "https://a.example"],
                ["https://a.example", "https://partner.example"],
            ] {
                let app = service_fn(|_: Request<Body>| async {
                    let response = Response::builder().header(CACHE_CONTROL, "max-age=60");
                    Ok::<_, Infallible>(response.body(Body::default()).unwrap())
                });
                let direct = CorsLayer::new(Arc::clone(&source)).layer(app);
                let cache = HttpCache::shared(direct.clone());
                for place in order {
                    let expected = Page::at(place, direct.clone()).fetch(testing::get(API)).await;
                    let answer = Page::at(place, cache.clone()).fetch(testing::get(API)).await;
                    assert_eq!(answer.is_ok(), expected.is_ok(), "{place}, of {order:?}");
                }
            }
        }
    }

    async fn vary_is_kept() {
        let app = service_fn(|_: Request<Body>| async {
            Response::builder().header(VARY, "Accept-Encoding").body(Body::default())
        });
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let response = CorsLayer::new(policy).layer(app).oneshot(Request::default()).await.unwrap();
        let lines: Vec<_> = response.headers().get_all(VARY).iter().collect();
        assert_eq!(lines, ["Accept-Encoding", "origin"]);
    }
}

/// Class 6: a policy chosen by comparing paths.
mod class_06_paths {
    use super::*;

    /// `/public/../secret` got the policy of `/public`.
    #[tokio::test]
    async fn cve_2019_18978_rack_cors_path_traversal() {
        path_makes_no_difference("/public/../secret").await;
    }

    /// `/..%2f` did the same.
    #[tokio::test]
    async fn cve_2020_25032_pysec_2020_43_flask_cors_path_traversal() {
        path_makes_no_difference("/..%2fsecret").await;
    }

    /// The path was decoded once more, and `+` became a space.
    #[tokio::test]
    async fn cve_2024_6844_flask_cors_plus_is_a_space() {
        path_makes_no_difference("/a+b").await;
    }

    /// Paths were compared without case.
    #[tokio::test]
    async fn cve_2024_6866_flask_cors_paths_without_case() {
        path_makes_no_difference("/ADMIN").await;
    }

    /// Of several patterns for a path, the longest governed, not the most specific.
    #[tokio::test]
    async fn cve_2024_6839_flask_cors_longest_pattern_wins() {
        // Rules are about origins, and their order is the order they are written in.
        let policy = Policy::allow_origins(["https://a.example"])
            .or(Policy::allow_origins(["https://*.example"]).allow_credentials())
            .build();
        let error = policy.unwrap_err();
        assert_eq!(codes(&error), ["public-wildcard-with-credentials"]);
        let policy = Policy::allow_origins(["https://a.b.example"])
            .or(Policy::allow_origins(["https://*.b.example"]).allow_credentials())
            .build()
            .unwrap();
        with_credentials(&policy, "https://c.b.example").await.unwrap();
        with_credentials(&policy, "https://a.b.example").await.unwrap_err();
    }

    /// A policy does not look at paths, and the application gets them as they came.
    async fn path_makes_no_difference(path: &str) {
        let app = service_fn(|request: Request<Body>| async move {
            let path = Body::from(request.uri().path().to_owned());
            Ok::<_, Infallible>(Response::new(path))
        });
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let service = CorsLayer::new(policy).layer(app);
        for (origin, allowed) in [("https://a.example", true), ("https://evil.test", false)] {
            let request = Request::builder().uri(path).header(ORIGIN, origin);
            let response =
                service.clone().oneshot(request.body(Body::default()).unwrap()).await.unwrap();
            assert_eq!(response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN), allowed);
            assert_eq!(response.into_body().into_bytes(), path);
        }
    }
}

/// Class 7: preflights that reach handlers, or get another route's policy.
mod class_07_preflights {
    use super::*;

    /// A preflight without a handler of its own ran the handler of the request.
    #[tokio::test]
    async fn cve_2020_5397_spring_preflight_reaches_the_handler() {
        let (service, calls) = counting(&CorsLayer::new(
            Policy::allow_origins(["https://a.example"]).allow_credentials().build().unwrap(),
        ));
        for origin in ["https://a.example", "https://evil.test", "null", ""] {
            let request = Request::builder()
                .method(Method::OPTIONS)
                .header(ORIGIN, origin)
                .header("access-control-request-method", "DELETE")
                .body(Body::default());
            service.clone().oneshot(request.unwrap()).await.unwrap();
        }
        assert_eq!(calls.load(Ordering::SeqCst), 0);
    }

    /// A route with CORS switched off answered preflights with the defaults.
    #[tokio::test]
    async fn cve_2015_9236_hapi_preflight_for_a_route_without_cors() {
        let (service, calls) = counting(&CorsLayer::new(Policy::disabled()));
        let mut page = Page::at("https://a.example", service);
        page.fetch(testing::put(API)).await.unwrap_err();
        assert_eq!(calls.load(Ordering::SeqCst), 1, "the preflight is the application's to answer");
    }

    /// tower-http 0.7.1: every `OPTIONS` was answered, so no handler ever saw one.
    #[tokio::test]
    async fn measured_03_tower_http_swallows_options() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let (service, calls) = counting(&CorsLayer::new(policy));
        for origin in [None, Some("https://a.example")] {
            let mut request = Request::builder().method(Method::OPTIONS);
            if let Some(origin) = origin {
                request = request.header(ORIGIN, origin);
            }
            service.clone().oneshot(request.body(Body::default()).unwrap()).await.unwrap();
        }
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    /// tower-http 0.7.1: of two lines of header names, the first one counted.
    #[test]
    fn measured_04_tower_http_second_line_of_names() {
        let policy = Policy::allow_origins(["https://a.example"]).allow_headers(["x-a", "x-b"]);
        let policy = policy.build().unwrap();
        let decide = |lines| preflight(&policy, "https://a.example", "GET", lines);
        assert_eq!(decide(&["x-a", "x-b"]), None);
        let x_c = Refusal::HeaderNotAllowed(HeaderName::from_static("x-c"));
        assert_eq!(decide(&["x-a", "x-c"]), Some(x_c));
    }

    /// actix-cors 0.7.2: a safelisted method had to be listed.
    #[test]
    fn measured_10_actix_cors_safelisted_method_refused() {
        let policy = Policy::allow_origins(["https://a.example"]).allow_methods(["PUT"]);
        let policy = policy.build().unwrap();
        for method in ["GET", "HEAD", "POST"] {
            assert_eq!(preflight(&policy, "https://a.example", method, &[]), None, "{method}");
        }
    }

    /// actix-cors 0.7.2: an empty element made the whole list invalid.
    #[test]
    fn measured_11_actix_cors_trailing_comma_refused() {
        let policy = Policy::allow_origins(["https://a.example"]).allow_headers(["x-a"]);
        let policy = policy.build().unwrap();
        assert_eq!(preflight(&policy, "https://a.example", "GET", &["x-a,"]), None);
    }

    /// jub0bs/cors 1.0.2: an upload listener's preflight was refused for lack of any method to allow.
    #[tokio::test]
    async fn measured_12_jub0bs_cors_upload_listener_refused() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let mut page = Page::at("https://a.example", layered(&policy));
        page.fetch(testing::post(API).text("x").upload_listener()).await.unwrap();
        assert_eq!(page.log().methods(), ["OPTIONS", "POST"]);
    }

    /// An answer without `Access-Control-Allow-Methods` allows an upload listener's method, by step
    /// 7.4 of the CORS-preflight fetch: left out because the method was refused, it was sent.
    #[tokio::test]
    async fn measured_14_a_refused_method_with_an_upload_listener() {
        let policy = Policy::allow_origins(["https://a.example"]).allow_methods(["PUT"]);
        let policy = policy.build().unwrap();
        for layer in [CorsLayer::new(policy.clone()), CorsLayer::new(policy).explain_refusals()] {
            let (service, calls) = counting(&layer);
            let mut page = Page::at("https://a.example", service);
            let delete = testing::delete(API).text("x").upload_listener();
            let error = page.fetch(delete).await.unwrap_err();
            assert_eq!(error.step(), &Step::MethodNotAllowed("DELETE".to_owned()));
            assert_eq!(calls.load(Ordering::SeqCst), 0);
        }
    }

    /// jub0bs/cors 1.0.2: names out of order or with capitals were refused.
    #[test]
    fn measured_13_jub0bs_cors_order_and_case_of_names() {
        let policy = Policy::allow_origins(["https://a.example"]).allow_headers(["x-a", "x-b"]);
        let policy = policy.build().unwrap();
        for names in ["x-b,x-a", "X-A", "x-a, X-B"] {
            assert_eq!(preflight(&policy, "https://a.example", "GET", &[names]), None, "{names}");
        }
    }
}

/// Class 8: a mode that rejects requests, and breaks same-origin ones or lets some through.
mod class_08_rejecting {
    use super::*;

    /// Requests from other origins were carried out, though not answered readably; the mend then
    /// rejected same-origin requests, too.
    #[tokio::test]
    async fn cve_2022_4147_quarkus_requests_carried_out() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let (service, calls) = counting(&CorsLayer::new(policy).reject_disallowed_origins());
        let post = || testing::post(API).text("x");
        Page::at("https://evil.test", service.clone()).fetch(post()).await.unwrap_err();
        Page::at("https://evil.test", service.clone()).fetch(post().no_cors()).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 0);
        Page::at(API, service.clone()).fetch(post()).await.unwrap();
        Page::at("https://a.example", service).fetch(post()).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    /// Some requests that were no match got through: with `null`, and in other crafted forms.
    #[tokio::test]
    async fn cve_2026_56746_netty_short_circuit_bypassed() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let (service, calls) = counting(&CorsLayer::new(policy).reject_disallowed_origins());
        let hostile: [&[&[u8]]; 6] = [
            &[b"null"],
            &[b""],
            &[b"https://a.example\xff"],
            &[b"https://a.example", b"https://a.example"],
            &[b"https://a.example, https://evil.test"],
            &[b"HTTPS://A.EXAMPLE"],
        ];
        for lines in hostile {
            let mut request = Request::new(Body::default());
            for line in lines {
                request.headers_mut().append(ORIGIN, HeaderValue::from_bytes(line).unwrap());
            }
            let response = service.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{lines:?}");
        }
        assert_eq!(calls.load(Ordering::SeqCst), 0);
    }

    /// A JSON body of type `text/plain` needs no preflight, and was parsed: CORS is no defence.
    #[tokio::test]
    async fn cve_2021_32677_pysec_2021_100_fastapi_json_as_text() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let post = || testing::post(API).text("{}");
        let (service, calls) = counting(&CorsLayer::new(policy.clone()));
        Page::at("https://evil.test", service).fetch(post()).await.unwrap_err();
        assert_eq!(calls.load(Ordering::SeqCst), 1, "the application has to tell");
        let (service, calls) = counting(&CorsLayer::new(policy).reject_disallowed_origins());
        Page::at("https://evil.test", service).fetch(post()).await.unwrap_err();
        assert_eq!(calls.load(Ordering::SeqCst), 0, "or the layer has to reject");
    }
}

/// Class 9: servers on the visitor's own machine.
mod class_09_local_servers {
    use super::*;

    /// A development server let every page read its answers.
    #[tokio::test]
    async fn cve_2025_24010_vite_open_by_default() {
        strangers_cannot_reach_it().await;
    }

    /// The same: a local server that any page could drive.
    #[tokio::test]
    async fn cve_2024_23639_micronaut_drive_by_localhost() {
        strangers_cannot_reach_it().await;
    }

    /// The same.
    #[tokio::test]
    async fn ghsa_8hmm_4crw_vm2c_claude_code_router_permissive_local_api() {
        strangers_cannot_reach_it().await;
    }

    /// A stranger's name that leads to the server is its own origin for the browser. Whether `Host`
    /// is one of the server's names is for the application to check; the documentation says so.
    #[tokio::test]
    async fn dns_rebinding_is_not_noticed() {
        let policy = Policy::allow_origins(["http://localhost:5173"]).build().unwrap();
        let (service, calls) = counting(&CorsLayer::new(policy).reject_disallowed_origins());
        let mut page = Page::at("http://rebound.evil.test:8000", service);
        page.fetch(testing::post("http://rebound.evil.test:8000/")).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }

    async fn strangers_cannot_reach_it() {
        let policy = Policy::allow_origins(["http://localhost:5173"]).build().unwrap();
        let (service, calls) = counting(&CorsLayer::new(policy).reject_disallowed_origins());
        let api = "http://localhost:8000/";
        let mut page = Page::at("https://evil.test", service.clone());
        page.fetch(testing::get(api)).await.unwrap_err();
        page.fetch(testing::put(api)).await.unwrap_err();
        page.fetch(testing::post(api).no_cors()).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 0);
        Page::at("http://localhost:5173", service).fetch(testing::get(api)).await.unwrap();
    }
}

/// Class 10: several configurations merged into one that nobody wrote.
mod class_10_merging {
    use super::*;

    /// Settings of server, connection and route were mixed.
    #[tokio::test]
    async fn cve_2015_9243_hapi_settings_mixed() {
        let policy = Policy::allow_origins(["https://a.example"])
            .allow_credentials()
            .or(Policy::allow_origins(["https://b.example"]).allow_methods(["DELETE"]))
            .build()
            .unwrap();
        assert_eq!(preflight(&policy, "https://b.example", "DELETE", &[]), None);
        let delete = Refusal::MethodNotAllowed(Method::DELETE);
        assert_eq!(preflight(&policy, "https://a.example", "DELETE", &[]), Some(delete));
        with_credentials(&policy, "https://b.example").await.unwrap_err();
    }

    /// tower-http 0.7.1: credentials of the outer layer and the reflected origin of an inner one
    /// together gave everybody a read with credentials.
    #[tokio::test]
    async fn measured_01_tower_http_stacked_layers_add_up() {
        let reflecting = service_fn(|request: Request<Body>| async move {
            let origin = request.headers().get(ORIGIN).cloned();
            let mut response = Response::new(Body::default());
            let headers = response.headers_mut();
            headers.extend(origin.map(|origin| (ACCESS_CONTROL_ALLOW_ORIGIN, origin)));
            Ok::<_, Infallible>(response)
        });
        let policy = Policy::allow_origins(["https://a.example"]).allow_credentials();
        let service = CorsLayer::new(policy.build().unwrap()).layer(reflecting);
        let mut page = Page::at("https://evil.test", service);
        let error = page.fetch(testing::get(API).credentials_include()).await.unwrap_err();
        assert_eq!(error.step(), &Step::CorsCheck(CorsFailure::NoAllowOrigin));
    }
}

/// Class 11: text of strangers where people and programs read it.
mod class_11_injection {
    use super::*;

    /// A line break in the path made a line of its own in the log.
    #[test]
    fn cve_2024_1681_flask_cors_log_injection() {
        let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
        let hostile = ["x\ty", "\u{80}FAKE", "a,\tFAKE", "x y"];
        for text in hostile {
            for refusal in [
                preflight(&policy, text, "GET", &[]),
                preflight(&policy, "https://a.example", text, &[]),
                preflight(&policy, "https://a.example", "GET", &[text]),
            ] {
                let refusal = refusal.unwrap().to_string();
                assert!(!refusal.contains(|c: char| c.is_control()), "{refusal:?}");
                assert!(!refusal.contains("FAKE"), "{refusal:?}");
            }
        }
    }

    /// `Access-Control-Allow-Private-Network: true` was sent unless switched off.
    #[tokio::test]
    async fn cve_2024_6221_flask_cors_private_network_by_default() {
        let name = "access-control-request-private-network";
        for policy in [
            Policy::allow_any_origin().build().unwrap(),
            Policy::allow_origins(["https://a.example"]).build().unwrap(),
        ] {
            let asked = [(name, "true"), ("access-control-request-method", "GET")];
            let response = send(&policy, Method::OPTIONS, Some("https://a.example"), &asked).await;
            assert_eq!(response.status(), StatusCode::NO_CONTENT);
            assert!(!response.headers().contains_key("access-control-allow-private-network"));
        }
    }
}

/// Class 12: panics on what strangers send.
mod class_12_panics {
    use super::*;

    /// poem 3.1.12: an `Origin` that is not ASCII made the task panic.
    #[tokio::test]
    async fn measured_05_poem_origin_not_ascii() {
        let policy = Policy::allow_origins(["https://*.a.example"])
            .allow_origins_by(|origin: &Origin<'_>| origin.host().len() > 300)
            .build()
            .unwrap();
        for bytes in [&b"\xff\xfe"[..], b"https://\xc3\xbc.a.example", b"://", b"[", b"https://[::"]
        {
            let mut headers = HeaderMap::new();
            headers.insert(ORIGIN, HeaderValue::from_bytes(bytes).unwrap());
            let decision = policy.decide(&Method::GET, &headers);
            assert_eq!(decision.refusal(), Some(Refusal::InvalidOrigin));
        }
    }
}

// What the tests above stand on.

async fn app(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::builder().header("cache-control", "max-age=60").body(Body::default()).unwrap())
}

fn layered(
    policy: &Policy,
) -> impl tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    CorsLayer::new(policy.clone()).layer(service_fn(app))
}

/// An application in a layer, and how often it was called.
fn counting(
    layer: &CorsLayer,
) -> (
    impl tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + use<>,
    Arc<AtomicUsize>,
) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let app = service_fn(move |request| {
        counter.fetch_add(1, Ordering::SeqCst);
        app(request)
    });
    (layer.layer(app), calls)
}

async fn fetch(policy: &Policy, page: &str, request: testing::Request) -> Result<Answer, Error> {
    Page::at(page, layered(policy)).fetch(request).await
}

async fn with_credentials(policy: &Policy, page: &str) -> Result<Answer, Error> {
    fetch(policy, page, testing::get(API).credentials_include()).await
}

async fn readable(policy: &Policy, page: &str) {
    fetch(policy, page, testing::get(API)).await.unwrap();
}

async fn refused(policy: &Policy, page: &str) {
    let error = fetch(policy, page, testing::get(API)).await.unwrap_err();
    assert_eq!(error.step(), &Step::CorsCheck(CorsFailure::NoAllowOrigin), "{page}");
}

/// A policy for one origin lets its page read, and these not.
async fn only_itself(origin: &str, others: &[&str]) {
    let policy = Policy::allow_origins([origin]).build().unwrap();
    readable(&policy, origin).await;
    for other in others {
        refused(&policy, other).await;
    }
}

fn is_a_mistake<const N: usize>(origins: [&str; N], code: &str) {
    assert_eq!(codes(&Policy::allow_origins(origins).build().unwrap_err()), [code]);
}

fn codes(error: &BuildError) -> Vec<&'static str> {
    error.mistakes().map(tower_cors::ConfigError::code).collect()
}

async fn send(
    policy: &Policy,
    method: Method,
    origin: Option<&str>,
    headers: &[(&'static str, &'static str)],
) -> Response<Body> {
    let mut request = Request::new(Body::default());
    *request.method_mut() = method;
    let origin = origin.map(|origin| (ORIGIN, HeaderValue::from_str(origin).unwrap()));
    request.headers_mut().extend(origin);
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_static(value));
    }
    let app = service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::default()) });
    CorsLayer::new(policy.clone()).layer(app).oneshot(request).await.unwrap()
}

async fn allow_origin(policy: &Policy, origin: &str) -> Option<HeaderValue> {
    let response = send(policy, Method::GET, Some(origin), &[]).await;
    assert!(!response.headers().contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
    assert!(!response.headers().contains_key(ACCESS_CONTROL_ALLOW_METHODS));
    assert!(!response.headers().contains_key(ACCESS_CONTROL_ALLOW_HEADERS));
    response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).cloned()
}

/// Why the policy refuses a preflight with these header values, which need not be valid.
fn preflight(policy: &Policy, origin: &str, method: &str, names: &[&str]) -> Option<Refusal> {
    let mut headers = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).unwrap();
    headers.insert(ORIGIN, value(origin));
    headers.insert("access-control-request-method", value(method));
    for line in names {
        headers.append("access-control-request-headers", value(line));
    }
    policy.decide(&Method::OPTIONS, &headers).refusal()
}
