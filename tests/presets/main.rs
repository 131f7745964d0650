//! The header names of protocols, in whole dialogues between a page and a server written from the
//! protocol's specification. Each name is needed: without it, the dialogue fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/dialogue.rs"]
mod dialogue;
mod mcp;
mod tus;

use axum::Router;
use tower_cors::testing::Page;
use tower_cors::{CorsLayer, Policy};

/// A page at another origin than the server, whose policy has these names.
fn page(
    server: Router,
    methods: &[&str],
    request_headers: &[&str],
    response_headers: &[&str],
) -> Page<Router> {
    let policy = Policy::allow_origins(["https://app.example.com"])
        .allow_methods(methods)
        .allow_headers(request_headers)
        .expose_headers(response_headers)
        .build()
        .unwrap();
    Page::at("https://app.example.com", server.layer(CorsLayer::new(policy)))
}
