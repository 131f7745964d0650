//! The model of a browser on its own, against servers that say whatever a test wants: what was
//! measured in Chromium, Firefox and WebKit, and what the standard says besides.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod bodies;
mod cache;
mod initiators;
mod messages;
mod preflight_cache;
mod preflights;
mod redirects;
mod requests;
mod responses;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::Service;
use tower_cors::testing::{Body, Page};

const PAGE: &str = "https://app.example";
const API: &str = "https://api.test/";

/// A server that answers by a function.
#[derive(Clone)]
struct Server(Arc<Answer>);

type Answer = dyn Fn(&Request<Body>) -> Response<Body> + Send + Sync;

impl Service<Request<Body>> for Server {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        ready(Ok((self.0)(&request)))
    }
}

fn server(answer: impl Fn(&Request<Body>) -> Response<Body> + Send + Sync + 'static) -> Server {
    Server(Arc::new(answer))
}

/// A page whose server always gives the same status and headers.
fn page(status: u16, headers: &[(&'static str, &'static str)]) -> Page<Server> {
    let headers = headers.to_vec();
    Page::at(PAGE, server(move |_| respond(status, &headers)))
}

/// A page whose server gives these headers to preflights, and lets the page read the rest.
fn preflighted(status: u16, headers: &[(&'static str, &'static str)]) -> Page<Server> {
    let headers = headers.to_vec();
    Page::at(
        PAGE,
        server(move |request| {
            if is_preflight(request) {
                return respond(status, &headers);
            }
            let own = [("access-control-allow-origin", PAGE)];
            let credentials = [("access-control-allow-credentials", "true")];
            respond(200, &[own, credentials].concat())
        }),
    )
}

fn is_preflight(request: &Request<Body>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key("access-control-request-method")
}

fn respond(status: u16, headers: &[(&str, &str)]) -> Response<Body> {
    let mut response = Response::new(Body::from("hello"));
    *response.status_mut() = status.try_into().unwrap();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        response.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
    }
    response
}
