//! Under a source that chooses, no page gets from a shared cache what was decided for another.

use std::convert::Infallible;
use std::future::ready;

use http::header::CACHE_CONTROL;
use http::{HeaderName, HeaderValue, Request, Response};
use tower::{Layer, ServiceBuilder, service_fn};
use tower_cors::testing::{self, Body, HttpCache, Page};
use tower_cors::{
    CorsLayer, Policy, PolicySource, Reloadable, RequestHead, policy_fn, policy_future_fn,
};

use crate::common::ORIGIN;

const API: &str = "https://api.example/";
const PARTNER: &str = "https://partner.example";
const OTHER: &str = "https://other.example";

async fn kept_for_a_minute(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let response = Response::builder().header(CACHE_CONTROL, "max-age=60");
    Ok(response.body(Body::from("hello")).unwrap())
}

/// Through one shared cache, each of two pages, in both orders, gets what it would get without.
async fn assert_not_poisoned<P>(source: impl Fn() -> P)
where
    P: PolicySource<Future: Send> + Clone + Send + 'static,
{
    for order in [[PARTNER, OTHER], [OTHER, PARTNER]] {
        let direct = CorsLayer::new(source()).layer(service_fn(kept_for_a_minute));
        let cache = HttpCache::shared(direct.clone());
        for place in order {
            let expected = Page::at(place, direct.clone()).fetch(testing::get(API)).await;
            let answer = Page::at(place, cache.clone()).fetch(testing::get(API)).await;
            assert_eq!(answer.is_ok(), expected.is_ok(), "{place}, of {order:?}: {answer:?}");
        }
    }
}

/// One policy for a partner, and another one for everybody else. Each of them alone is constant, so
/// that it would need no `Vary`.
fn partner_and_others() -> [(Policy, Policy); 2] {
    [(Policy::permissive(), Policy::disabled()), (Policy::disabled(), Policy::permissive())]
}

fn is_partner(head: RequestHead<'_>) -> bool {
    head.headers.get(ORIGIN).is_some_and(|origin| origin == PARTNER)
}

#[tokio::test]
async fn a_closure_that_chooses_by_origin() {
    for (partner, others) in partner_and_others() {
        assert_not_poisoned(|| {
            let (partner, others) = (partner.clone(), others.clone());
            policy_fn(
                move |head: RequestHead<'_>| {
                    if is_partner(head) { partner.clone() } else { others.clone() }
                },
            )
        })
        .await;
    }
}

#[tokio::test]
async fn a_lookup_that_chooses_by_origin() {
    for (partner, others) in partner_and_others() {
        assert_not_poisoned(|| {
            let (partner, others) = (partner.clone(), others.clone());
            policy_future_fn(move |head: RequestHead<'_>| {
                ready(if is_partner(head) { partner.clone() } else { others.clone() })
            })
        })
        .await;
    }
}

/// The policy is replaced between the two pages: what was kept for one is nothing to the other.
#[tokio::test]
async fn a_policy_that_is_replaced() {
    let listed = Policy::allow_origins([PARTNER]).build().unwrap();
    for (before, after) in [
        (Policy::permissive(), listed.clone()),
        (Policy::disabled(), Policy::permissive()),
        (Policy::deny_all(), Policy::permissive()),
        (listed, Policy::deny_all()),
    ] {
        for [first, second] in [[PARTNER, OTHER], [OTHER, PARTNER]] {
            let policy = Reloadable::new(before.clone());
            let layer = CorsLayer::new(policy.clone());
            let service = layer.layer(service_fn(kept_for_a_minute));
            let cache = HttpCache::shared(service);
            let answer = Page::at(first, cache.clone()).fetch(testing::get(API)).await;
            assert_eq!(answer.is_ok(), before.allows_origin(first), "{before}: {answer:?}");
            policy.replace(after.clone());
            let answer = Page::at(second, cache).fetch(testing::get(API)).await;
            assert_eq!(answer.is_ok(), after.allows_origin(second), "{after}: {answer:?}");
        }
    }
}

/// A proxy in front of a shared cache says where requests come from, and the policy depends on that.
/// Named, the header keeps the cache's copies apart; not named, it does not.
#[tokio::test]
async fn a_header_that_a_proxy_sets() {
    const ZONE: HeaderName = HeaderName::from_static("x-zone");
    let by_zone = policy_fn(|head: RequestHead<'_>| match head.headers.get(&ZONE) {
        Some(zone) if zone == "intranet" => Policy::permissive(),
        _ => Policy::deny_all(),
    });
    for (source, is_poisoned) in [(by_zone.clone().vary([ZONE]), false), (by_zone, true)] {
        for order in [["intranet", "internet"], ["internet", "intranet"]] {
            let layer = CorsLayer::new(source.clone());
            let cache = HttpCache::shared(layer.layer(service_fn(kept_for_a_minute)));
            let mut readable = Vec::new();
            for zone in order {
                let set_zone = move |mut request: Request<Body>| {
                    request.headers_mut().insert(ZONE, HeaderValue::from_static(zone));
                    request
                };
                let proxy = ServiceBuilder::new().map_request(set_zone).service(cache.clone());
                let answer = Page::at(OTHER, proxy).fetch(testing::get(API)).await;
                readable.push(answer.is_ok());
            }
            let expected = order.map(|zone| zone == "intranet");
            assert_eq!(readable != expected, is_poisoned, "{order:?}: {readable:?}");
        }
    }
}
