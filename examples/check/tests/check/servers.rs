//! The servers: this crate's layer right and wrong, another's, and the mistakes of advisories.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, put};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    CACHE_CONTROL, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use http::{Method, StatusCode};
use tower_cors::{CorsLayer, Policy};

use crate::common::PAGE;

/// Serves on a free port of loopback until the tests end, and gives the URL of its items.
pub(crate) fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/items", listener.local_addr().unwrap());
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    url
}

/// The requests that a server got: method, path and query.
#[derive(Clone, Default)]
pub(crate) struct Got(Arc<Mutex<Vec<(Method, String)>>>);

impl Got {
    /// The same application, with its requests written down.
    pub(crate) fn around(&self, app: Router) -> Router {
        let got = self.clone();
        app.layer(from_fn(move |request: Request, next: Next| {
            let line = (request.method().clone(), request.uri().to_string());
            got.0.lock().unwrap().push(line);
            next.run(request)
        }))
    }

    pub(crate) fn all(&self) -> Vec<(Method, String)> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn methods(&self) -> Vec<Method> {
        self.all().into_iter().map(|(method, _)| method).collect()
    }
}

/// An application that knows nothing of CORS. Caches may keep what it answers.
pub(crate) fn bare() -> Router {
    let items = || async { ([(CACHE_CONTROL, "max-age=60"), (X_TOTAL, "7")], "chairs") };
    Router::new().route("/items", get(items).put(|| async { "saved" }).post(|| async { "added" }))
}

const X_TOTAL: http::HeaderName = http::HeaderName::from_static("x-total");

fn layer(origins: &[&'static str]) -> CorsLayer {
    let policy = Policy::allow_origins(origins.iter().copied())
        .allow_credentials()
        .allow_methods(["PUT"])
        .allow_headers(["authorization", "content-type"])
        .expose_headers(["x-total"]);
    CorsLayer::new(policy.build().unwrap())
}

pub(crate) fn right() -> Router {
    bare().layer(layer(&[PAGE]))
}

pub(crate) fn right_for_subdomains() -> Router {
    bare().layer(layer(&["https://*.example.com"]))
}

pub(crate) fn inside_authentication() -> Router {
    let authenticate =
        async |request: Request, next: Next| match request.headers().get("authorization") {
            Some(_) => next.run(request).await,
            None => StatusCode::UNAUTHORIZED.into_response(),
        };
    right().layer(from_fn(authenticate))
}

/// All requests but preflights are answered outside of the layer: a busy day.
pub(crate) fn limited_outside() -> Router {
    let limit = async |request: Request, next: Next| match *request.method() {
        Method::OPTIONS => next.run(request).await,
        _ => StatusCode::TOO_MANY_REQUESTS.into_response(),
    };
    right().layer(from_fn(limit))
}

pub(crate) fn on_another_router() -> Router {
    Router::new().route("/", put(|| async {})).layer(layer(&[PAGE])).merge(bare())
}

/// The example `axum` of the crate, as its settings are by default.
pub(crate) fn as_the_example() -> Router {
    let policy = Policy::allow_origins(["http://localhost:*"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"]);
    Router::new()
        .route("/", get(|| async { "hello\n" }).put(|body: String| async { body }))
        .layer(CorsLayer::new(policy.build().unwrap()))
}

pub(crate) fn of_tower_http(layer: tower_http::cors::CorsLayer) -> Router {
    bare().layer(layer)
}

/// What a hand-written server answers to an `Origin`.
#[derive(Clone, Copy)]
pub(crate) struct Handwritten {
    /// The value of `Access-Control-Allow-Origin`.
    pub(crate) allows: fn(&HeaderValue) -> Option<HeaderValue>,
    pub(crate) varies: fn(&HeaderMap) -> Option<HeaderValue>,
}

impl Handwritten {
    /// Sends back the origins that a test of their text takes.
    pub(crate) const fn by_text(allows: fn(&HeaderValue) -> Option<HeaderValue>) -> Self {
        Self { allows, varies: |_| Some(HeaderValue::from_static("Origin")) }
    }

    pub(crate) fn app(self) -> Router {
        bare().layer(from_fn(move |request: Request, next: Next| async move {
            let headers = request.headers().clone();
            let mut response = if request.method() == Method::OPTIONS {
                StatusCode::NO_CONTENT.into_response()
            } else {
                next.run(request).await
            };
            self.add(&headers, &mut response);
            response
        }))
    }

    fn add(self, request: &HeaderMap, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(vary) = (self.varies)(request) {
            headers.insert(VARY, vary);
        }
        let Some(origin) = request.get(ORIGIN) else { return };
        let Some(allowed) = (self.allows)(origin) else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("PUT"));
    }
}

/// The origin, if its text passes.
pub(crate) fn echo(origin: &HeaderValue, passes: impl Fn(&str) -> bool) -> Option<HeaderValue> {
    origin.to_str().is_ok_and(passes).then(|| origin.clone())
}

pub(crate) fn fails_over_odd_origins() -> Router {
    let fails = async |request: Request, next: Next| {
        if request.headers().get(ORIGIN).is_some_and(|origin| origin.to_str().is_err()) {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        next.run(request).await
    };
    right().layer(from_fn(fails))
}

/// Leads to itself, a step further each time.
pub(crate) fn redirects_without_end() -> Router {
    let next = async |request: Request| {
        let step: u32 = request.uri().query().and_then(|query| query.parse().ok()).unwrap_or(0);
        (StatusCode::FOUND, [("location", format!("/items?{}", step + 1))])
    };
    Router::new().route("/items", any(next)).layer(layer(&[PAGE]))
}
