//! 3. Through a shared cache, no page ever gets headers meant for another, and no readable answer
//!    becomes unreadable.

use std::convert::Infallible;
use std::time::Duration;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY};
use http::{Request, Response, StatusCode};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tower::{Layer, service_fn};
use tower_cors::CorsLayer;
use tower_cors::testing::{Body, CacheMode, Clock, Credentials, HttpCache, Mode, Page, get};

use crate::described::{Place, covered, page, place, policy};
use crate::{block_on, config};

/// The path says how the response may be kept.
async fn app(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::builder().header("x-a", "1");
    let is_known = request.headers().contains_key(IF_NONE_MATCH);
    response = match request.uri().path() {
        "/fresh" => response.header(CACHE_CONTROL, "max-age=60"),
        "/asked-again" => response.header(CACHE_CONTROL, "max-age=1").header(ETAG, "\"1\""),
        "/by-language" => {
            response.header(CACHE_CONTROL, "max-age=60").header(VARY, "Accept-Language")
        }
        _ => response.header(CACHE_CONTROL, "no-store"),
    };
    if is_known && request.uri().path() == "/asked-again" {
        response = response.status(StatusCode::NOT_MODIFIED);
    }
    Ok(response.body(Body::from("hello")).unwrap())
}

#[derive(Clone, Debug)]
struct Visit {
    place: Option<Place>,
    /// A pattern of the policy to take the place from.
    pattern: Option<Index>,
    path: &'static str,
    credentials: Credentials,
    mode: Mode,
    cache: CacheMode,
    wait: Duration,
}

fn visit() -> impl Strategy<Value = Visit> {
    (
        place(),
        option::weighted(0.7, any::<Index>()),
        select(&["/fresh", "/asked-again", "/by-language", "/other"]),
        select(&[Credentials::Omit, Credentials::SameOrigin, Credentials::Include]),
        select(&[Mode::Cors, Mode::Cors, Mode::NoCors]),
        select(&[
            CacheMode::Default,
            CacheMode::Default,
            CacheMode::NoCache,
            CacheMode::ForceCache,
        ]),
        select(&[0, 0, 1, 61]).prop_map(Duration::from_secs),
    )
        .prop_map(|(place, pattern, path, credentials, mode, cache, wait)| Visit {
            place,
            pattern,
            path,
            credentials,
            mode,
            cache,
            wait,
        })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_cache_between_makes_no_difference(
        (rules, policy) in policy(),
        visits in prop::collection::vec(visit(), 1..12),
        is_shared in any::<bool>(),
    ) {
        let service = CorsLayer::new(policy).layer(service_fn(app));
        let clock = Clock::new();
        let new_cache = if is_shared { HttpCache::shared } else { HttpCache::private };
        let cache = new_cache(service.clone());
        for visit in visits {
            clock.advance(visit.wait);
            let place = visit.pattern.and_then(|index| covered(&rules, visit.place.as_ref(), index));
            let place = place.or_else(|| visit.place.clone());
            let request = || {
                get(format!("https://api.test{}", visit.path))
                    .credentials(visit.credentials)
                    .mode(visit.mode)
                    .cache(visit.cache)
            };
            let mut direct = page(place.as_ref(), service.clone());
            let mut cached: Page<_> = page(place.as_ref(), cache.clone()).clock(clock.clone());
            let expected = block_on(direct.fetch(request()));
            let answer = block_on(cached.fetch(request()));
            prop_assert_eq!(answer.is_ok(), expected.is_ok(), "{:?}: {:?}", visit, answer);
            if let (Ok(answer), Ok(expected)) = (&answer, &expected) {
                prop_assert_eq!(answer.header("x-a"), expected.header("x-a"));
                prop_assert_eq!(answer.text(), expected.text());
            }
            let headers = cached.log().iter().next_back().unwrap().response_headers().unwrap();
            if let Some(allowed) = headers.get(ACCESS_CONTROL_ALLOW_ORIGIN) {
                let own = visit.mode == Mode::Cors && *allowed == *cached.origin();
                prop_assert!(allowed == "*" || own, "{:?} got what is for {:?}", visit, allowed);
            }
        }
    }
}
