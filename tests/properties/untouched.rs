//! 5. `Vary`, other headers, status, body and errors of the inner service are never lost or changed.

use std::collections::BTreeSet;

use http::header::{HeaderMap, HeaderName, VARY};
use http::{HeaderValue, Request, Response, StatusCode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::CorsLayer;
use tower_cors::testing::Body;

use crate::described::{place, policy};
use crate::{block_on, config};

const NAMES: [&str; 8] = [
    "vary",
    "vary",
    "x-a",
    "content-type",
    "set-cookie",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "timing-allow-origin",
];

const VALUES: [&str; 9] =
    ["", "origin", "Origin", "Accept-Encoding", "a, ORIGIN , b", "*", "true", "null", "x-origin"];

fn headers() -> impl Strategy<Value = HeaderMap> {
    vec((select(&NAMES), select(&VALUES)), 0..8).prop_map(|lines| {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_the_inner_service_says_stands(
        (_, policy) in policy(),
        place in place(),
        inner in headers(),
        status in (200u16..600).prop_map(|status| StatusCode::from_u16(status).unwrap()),
        body in vec(any::<u8>(), 0..20),
    ) {
        let (said, said_body) = (inner.clone(), body.clone());
        let app = service_fn(move |_: Request<Body>| {
            let mut response = Response::new(Body::from(said_body.clone()));
            *response.status_mut() = status;
            *response.headers_mut() = said.clone();
            async move { Ok::<_, std::convert::Infallible>(response) }
        });
        let mut request = Request::new(Body::default());
        if let Some(place) = &place {
            request.headers_mut().insert("origin", place.to_string().parse().unwrap());
        }
        let response = block_on(CorsLayer::new(policy).layer(app).oneshot(request)).unwrap();

        prop_assert_eq!(response.status(), status);
        let outer = response.headers();
        let is_owned = |name: &HeaderName| name.as_str().starts_with("access-control-");
        for name in inner.keys().filter(|name| !is_owned(name)) {
            let before: Vec<_> = inner.get_all(name).iter().collect();
            let after: Vec<_> = outer.get_all(name).iter().collect();
            prop_assert_eq!(&after[..before.len()], &before[..], "{}", name);
            prop_assert!(after.len() == before.len() || name == VARY, "{} was added", name);
        }
        let added: BTreeSet<_> = outer
            .keys()
            .filter(|name| !is_owned(name) && !inner.contains_key(*name))
            .map(HeaderName::as_str)
            .collect();
        prop_assert!(added.is_empty() || added == BTreeSet::from(["vary"]), "{:?}", added);
        // What `Vary` says besides is `origin`, and only where nothing says so yet.
        let elements = |headers: &HeaderMap| -> Vec<String> {
            let lines = headers.get_all(VARY).iter().map(|line| line.to_str().unwrap().to_lowercase());
            lines.flat_map(|line| line.split(',').map(|element| element.trim().to_owned()).collect::<Vec<_>>()).collect()
        };
        let (before, after) = (elements(&inner), elements(outer));
        let covered = before.iter().any(|element| element == "origin" || element == "*");
        match &after[before.len()..] {
            [] => {}
            [added] => prop_assert!(added == "origin" && !covered),
            more => prop_assert!(false, "{:?} was added to Vary", more),
        }
        prop_assert_eq!(&response.into_body().into_bytes()[..], &body[..]);
    }

    #[test]
    fn an_error_of_the_inner_service_stands((_, policy) in policy(), place in place(), error: u32) {
        let app = service_fn(move |_: Request<Body>| async move { Err::<Response<Body>, _>(error) });
        let mut request = Request::new(Body::default());
        if let Some(place) = &place {
            request.headers_mut().insert("origin", place.to_string().parse().unwrap());
        }
        let outcome = block_on(CorsLayer::new(policy).layer(app).oneshot(request));
        prop_assert_eq!(outcome.unwrap_err(), error);
    }
}
