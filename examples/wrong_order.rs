//! What goes wrong when the layer is not the outermost: `cargo run --example wrong_order`.
//!
//! A page wants to `PUT`, from an allowed origin. Before that its browser sends a preflight; then the
//! request goes out with a token that has expired. Nothing here uses the network.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    AUTHORIZATION, ORIGIN,
};
use axum::http::{Method, Request, Response, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::routing::put;
use tower::ServiceExt;
use tower_cors::{CorsLayer, Policy};

const PAGE: &str = "https://app.example.com";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let policy = Policy::allow_origins([PAGE])
        .allow_methods([Method::PUT])
        .allow_headers([AUTHORIZATION])
        .build()?;
    let cors = CorsLayer::new(policy);

    // Of the layers of a router, the one that is added last is the outermost.
    let right =
        Router::new().route("/note", put(save)).layer(from_fn(require_token)).layer(cors.clone());

    let inside_of_auth =
        Router::new().route("/note", put(save)).layer(cors.clone()).layer(from_fn(require_token));

    // `route_layer` leaves auth out where the route does not have the method, as for the preflight.
    let before_the_route =
        Router::new().layer(cors).route("/note", put(save).route_layer(from_fn(require_token)));

    let orders = [
        ("outermost (right)", right, RIGHT),
        ("inside of auth (wrong)", inside_of_auth, INSIDE_OF_AUTH),
        ("before the route (wrong)", before_the_route, BEFORE_THE_ROUTE),
    ];
    println!("{:<24} {:<15} PUT, token expired", "the CORS layer is", "preflight");
    for (place, app, _) in &orders {
        let preflight = app.clone().oneshot(preflight()?).await?;
        let actual = app.clone().oneshot(expired()?).await?;
        let preflight = seen(&preflight, "passed", "failed");
        let actual = seen(&actual, "readable", "hidden from the page");
        println!("{place:<24} {preflight:<15} {actual}");
    }
    for (place, _, reason) in &orders {
        println!("\n{place}:\n  {reason}");
    }
    Ok(())
}

const RIGHT: &str =
    "The layer answers the preflight itself, and auth's 401 gets its headers on the way out.";

const INSIDE_OF_AUTH: &str =
    "Browsers send no token with a preflight, so auth refuses it, and the PUT is never sent.";

const BEFORE_THE_ROUTE: &str =
    "The router had no route yet for the layer to cover, so nothing answers the preflight.";

async fn save() -> &'static str {
    "saved"
}

async fn require_token(request: Request<Body>, next: Next) -> Result<Response<Body>, StatusCode> {
    match request.headers().get(AUTHORIZATION) {
        Some(token) if token == "Bearer valid" => Ok(next.run(request).await),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

fn preflight() -> Result<Request<Body>, http::Error> {
    Request::options("/note")
        .header(ORIGIN, PAGE)
        .header(ACCESS_CONTROL_REQUEST_METHOD, "PUT")
        .header(ACCESS_CONTROL_REQUEST_HEADERS, "authorization")
        .body(Body::empty())
}

fn expired() -> Result<Request<Body>, http::Error> {
    Request::put("/note")
        .header(ORIGIN, PAGE)
        .header(AUTHORIZATION, "Bearer expired")
        .body(Body::empty())
}

/// The status, and what a browser makes of the response.
fn seen(response: &Response<Body>, allowed: &str, blocked: &str) -> String {
    let origin = response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN);
    let verdict = if origin.is_some_and(|origin| origin == PAGE) { allowed } else { blocked };
    format!("{} {verdict}", response.status().as_u16())
}
