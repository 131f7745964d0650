//! 1. A page reads an answer if and only if the policy, read as plain English, permits it.
//!
//! 2. No policy lets an origin that it does not list read an answer with credentials; `null` never.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD,
    ORIGIN,
};
use http::{HeaderValue, Method, Request};
use proptest::prelude::*;
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::CorsLayer;
use tower_cors::testing::{Body, Engine};

use crate::described::{asked, page, place, policy, policy_and_place};
use crate::plain_english::{covers, may_read, may_see, rule_for};
use crate::{app, block_on, config, value_byte};

const URL: &str = "https://api.test/items";

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_page_reads_what_the_policy_permits(
        (rules, policy, place) in policy_and_place(),
        asked in asked(),
    ) {
        let service = CorsLayer::new(policy).layer(service_fn(app));
        let mut page = page(place.as_ref(), service);
        let answer = block_on(page.fetch(asked.request(URL)));
        let permitted = may_read(&rules, place.as_ref(), &asked);
        prop_assert_eq!(answer.is_ok(), permitted, "{:?}\n{}", answer, page.log());
        if let (Ok(answer), Some(rule)) = (answer, rule_for(&rules, place.as_ref())) {
            for name in ["content-type", "set-cookie", "x-a", "x-b"] {
                prop_assert_eq!(answer.header(name).is_some(), may_see(rule, name), "{}", name);
            }
            // A HEAD request has no body to read.
            let body = if asked.method == "HEAD" { "" } else { "hello" };
            prop_assert_eq!(&*answer.text(), body);
        }
    }

    /// The engines differ in what they ask again, and in what `*` covers: never in a way that hides
    /// from a page what the standard shows it.
    #[test]
    fn every_engine_reads_what_the_standard_lets_it_read(
        (rules, policy, place) in policy_and_place(),
        asked in prop::collection::vec(asked(), 1..4),
        engine in prop::sample::select(&[Engine::Chromium, Engine::Firefox, Engine::WebKit]),
    ) {
        let service = CorsLayer::new(policy).layer(service_fn(app));
        let mut page = page(place.as_ref(), service).engine(engine);
        for asked in asked {
            let answer = block_on(page.fetch(asked.request(URL)));
            let permitted = may_read(&rules, place.as_ref(), &asked);
            let by_wildcard = asked.headers.iter().any(|(name, ..)| *name == "authorization");
            prop_assert!(answer.is_ok() || !permitted, "{:?}", answer);
            prop_assert!(answer.is_err() || permitted || by_wildcard, "{:?}", answer);
        }
    }

    /// What the preflight cache has from one request never lets another read what it may not.
    #[test]
    fn the_order_of_requests_makes_no_difference(
        (rules, policy, place) in policy_and_place(),
        asked in prop::collection::vec(asked(), 1..6),
    ) {
        let service = CorsLayer::new(policy).layer(service_fn(app));
        let mut page = page(place.as_ref(), service);
        for asked in asked {
            let answer = block_on(page.fetch(asked.request(URL)));
            prop_assert_eq!(answer.is_ok(), may_read(&rules, place.as_ref(), &asked));
        }
    }

    #[test]
    fn no_credentials_for_an_origin_that_is_not_listed(
        (rules, policy, place) in policy_and_place(),
        mut asked in asked(),
    ) {
        asked.credentials = tower_cors::testing::Credentials::Include;
        let service = CorsLayer::new(policy).layer(service_fn(app));
        let answer = block_on(page(place.as_ref(), service).fetch(asked.request(URL)));
        let listed = place.is_some_and(|place| rules.iter().any(|rule| {
            rule.credentials
                && (rule.origins.iter().any(|pattern| covers(pattern, &place))
                    || rule.closure == Some(place.host))
        }));
        prop_assert!(answer.is_err() || listed, "{:?}", answer);
    }

    /// The same for whatever a client may send in `Origin`.
    #[test]
    fn no_credentials_for_bytes_that_are_no_origin(
        (rules, policy) in policy(),
        lines in prop::collection::vec(prop_oneof![
            Just(b"null".to_vec()),
            place().prop_map(|place| place.map_or_else(Vec::new, |place| place.to_string().into())),
            (place(), "[ -~]{0,8}", any::<bool>()).prop_map(|(place, added, before)| {
                let place = place.map_or_else(String::new, |place| place.to_string());
                if before { added + &place } else { place + &added }.into_bytes()
            }),
            prop::collection::vec(value_byte(), 0..40),
        ], 1..3),
        is_preflight in any::<bool>(),
    ) {
        let mut request = Request::new(Body::default());
        for line in &lines {
            request.headers_mut().append(ORIGIN, HeaderValue::from_bytes(line).unwrap());
        }
        if is_preflight {
            *request.method_mut() = Method::OPTIONS;
            let method = HeaderValue::from_static("GET");
            request.headers_mut().insert(ACCESS_CONTROL_REQUEST_METHOD, method);
        }
        let service = CorsLayer::new(policy).layer(service_fn(app));
        let response = block_on(service.oneshot(request)).unwrap();
        if response.headers().contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS) {
            let [line] = &lines[..] else { panic!("allowed several lines") };
            let allowed = &response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN];
            prop_assert_eq!(allowed.as_bytes(), &line[..]);
            prop_assert!(is_listed_with_credentials(&rules, line), "{}", line.escape_ascii());
        }
    }
}

/// By text alone: as if nothing knew what an origin is.
fn is_listed_with_credentials(rules: &[crate::described::Rule], origin: &[u8]) -> bool {
    let origin = String::from_utf8(origin.to_vec()).unwrap();
    let (scheme, rest) = origin.split_once("://").unwrap();
    let host = |host: &str| {
        let port = rest.strip_prefix(host)?;
        (port.is_empty() || port.starts_with(':')).then(|| port.to_owned())
    };
    rules.iter().filter(|rule| rule.credentials).any(|rule| {
        let by_closure = rule.closure.is_some_and(|closure| host(closure).is_some());
        by_closure
            || rule.origins.iter().any(|pattern| {
                let wanted = pattern.to_string();
                let (wanted_scheme, wanted_rest) = wanted.split_once("://").unwrap();
                let (wanted_host, any_port) = match wanted_rest.strip_suffix(":*") {
                    Some(host) => (host, true),
                    None => (wanted_rest, false),
                };
                let rest =
                    if any_port && rest.matches(':').count() > wanted_host.matches(':').count() {
                        rest.rsplit_once(':').unwrap().0
                    } else {
                        rest
                    };
                scheme == wanted_scheme
                    && match wanted_host.strip_prefix('*') {
                        Some(suffix) => rest.ends_with(suffix) && rest.len() > suffix.len(),
                        None => rest == wanted_host,
                    }
            })
    })
}
