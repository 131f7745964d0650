//! Where other CORS middleware of 2026 was found wanting, and what this crate does instead.
//!
//! What tower-http does is run here, so that it is noticed should it change. What the others do is
//! from measurements of the releases that the names of the tests say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/mod.rs"]
mod common;

mod measured;
mod tower_http_answers;
mod tower_http_settings;

use std::convert::Infallible;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, Service};
use tower_cors::{BuildError, ConfigError, CorsLayer, Policy};
use tower_http::cors as peer;

use common::{Exchange, Inner, Lines, exchange, response, sorted};

const A: &str = "https://a.example";
const EVIL: &str = "https://evil.example";
/// What the inner service says, by which it is told who answered.
const X_INNER: (&str, &str) = ("x-inner", "yes");

fn value(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}

/// tower-http's layer with one listed origin and every setting.
fn their_list() -> peer::CorsLayer {
    peer::CorsLayer::new()
        .allow_origin([value(A)])
        .allow_credentials(true)
        .allow_methods([Method::PUT])
        .allow_headers([CONTENT_TYPE])
        .expose_headers([HeaderName::from_static("x-y")])
        .max_age(Duration::from_secs(60))
}

/// This crate's with the same settings.
fn our_list() -> CorsLayer {
    let policy = Policy::allow_origins([A])
        .allow_credentials()
        .allow_methods([Method::PUT])
        .allow_headers([CONTENT_TYPE])
        .expose_headers(["x-y"])
        .max_age(Duration::from_secs(60));
    CorsLayer::new(policy.build().unwrap())
}

/// Status, whether the inner service was asked, and all headers.
type Answer = (u16, bool, Vec<(String, String)>);

/// What a request gets from a layer around a service that adds `x-inner`.
fn answer<L>(layer: &L, request: Request<()>) -> Answer
where
    L: Layer<Inner>,
    L::Service: Service<Request<()>, Response = Response<&'static str>, Error = Infallible>,
{
    seen(&exchange(layer, request, response(200, &[X_INNER])))
}

fn seen(exchange: &Exchange) -> Answer {
    (exchange.response.status().as_u16(), exchange.reached_inner(), exchange.lines())
}

/// What is expected of a layer that answers itself.
fn layer_answers(status: u16, lines: Lines<'_>) -> Answer {
    (status, false, sorted(lines))
}

/// What is expected when the inner service answers, which sets more than `x-inner` perhaps.
fn inner_answers(lines: Lines<'_>) -> Answer {
    let lines: Vec<_> = lines.iter().copied().chain([X_INNER]).collect();
    (200, true, sorted(&lines))
}

/// The codes of the mistakes in a policy.
fn codes(built: Result<Policy, BuildError>) -> Vec<&'static str> {
    built.unwrap_err().mistakes().map(ConfigError::code).collect()
}
