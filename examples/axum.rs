//! An axum server with the layer: `cargo run --example axum`.
//!
//! `CORS_ORIGINS` lists the allowed origins, separated by commas; `ADDR` is where the server listens.
//! A mistake in the list ends the program with what is wrong and how to fix it: try
//! `CORS_ORIGINS='https://app.example.com/,*' cargo run --example axum`.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::env;
use std::error::Error;

use axum::Router;
use axum::http::{Method, header::CONTENT_TYPE};
use axum::routing::get;
use tokio::net::TcpListener;
use tower_cors::{CorsLayer, Policy};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let origins = env::var("CORS_ORIGINS").unwrap_or_else(|_| "http://localhost:*".to_owned());
    let addr = env::var("ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());

    let policy = Policy::allow_origins(origins.split(',').map(str::trim))
        .allow_methods([Method::PUT])
        .allow_headers([CONTENT_TYPE])
        .build()?;
    let listener = TcpListener::bind(&addr).await?;
    println!("listening on http://{addr}\npolicy: {policy}");

    let app = Router::new()
        .route("/", get(|| async { "hello\n" }).put(|body: String| async { body }))
        // Last, so that it is around all of the above. A layer covers no route that is added later.
        .layer(CorsLayer::new(policy));

    axum::serve(listener, app).await?;
    Ok(())
}
