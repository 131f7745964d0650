//! The server: one route, one thread, and one of the layers.

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method};
use tower_cors::{CorsLayer, Policy};

pub(crate) const ORIGIN: &str = "https://app.example.com";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const HOUR: Duration = Duration::from_secs(3600);

/// Serves until it is killed. Says where.
pub(crate) fn serve(peer: &str, number: usize) -> Result<(), Box<dyn Error>> {
    let router = Router::new().route("/", get(|| async { "hello" }));
    let router = match peer {
        "bare" => router,
        "ours" => router.layer(ours(number)?),
        "tower-http" => router.layer(tower_http(number)?),
        _ => return Err("peers: bare, ours, tower-http".into()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

/// That many, and the one that asks is the last.
fn origins(number: usize) -> impl Iterator<Item = String> {
    (1..number).map(|i| format!("https://tenant-{i}.example.com")).chain([ORIGIN.to_owned()])
}

fn ours(number: usize) -> Result<CorsLayer, Box<dyn Error>> {
    let policy = Policy::allow_origins(origins(number))
        .allow_credentials()
        .allow_methods([Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .expose_headers([REQUEST_ID])
        .max_age(HOUR)
        .build()?;
    Ok(CorsLayer::new(policy))
}

fn tower_http(number: usize) -> Result<tower_http::cors::CorsLayer, Box<dyn Error>> {
    let origins: Vec<_> = origins(number).map(HeaderValue::try_from).collect::<Result<_, _>>()?;
    Ok(tower_http::cors::CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(true)
        .allow_methods([Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .expose_headers([REQUEST_ID])
        .max_age(HOUR))
}
