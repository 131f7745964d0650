//! The header names of protocols, in whole dialogues between a page and a server written from the
//! protocol's specification. Each name is needed: without it, the dialogue fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod mcp;
mod tus;

use std::error::Error;

use axum::Router;
use tower_cors::testing::{Answer, Page};
use tower_cors::{CorsLayer, Policy};

type Dialogue = Result<(), Box<dyn Error>>;

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

/// Runs a dialogue with all names, and then without each of them.
async fn each_name_is_needed(
    request_headers: &[&str],
    response_headers: &[&str],
    dialogue: impl AsyncFn(&[&str], &[&str]) -> Dialogue,
) {
    if let Err(error) = dialogue(request_headers, response_headers).await {
        panic!("{error}");
    }
    for name in request_headers {
        let without = without(request_headers, name);
        assert!(dialogue(&without, response_headers).await.is_err(), "{name} is not needed");
    }
    for name in response_headers {
        let without = without(response_headers, name);
        assert!(dialogue(request_headers, &without).await.is_err(), "{name} is not needed");
    }
}

fn without<'a>(names: &[&'a str], left_out: &str) -> Vec<&'a str> {
    names.iter().copied().filter(|name| *name != left_out).collect()
}

/// What the page reads, if it can.
fn read(answer: &Answer, status: u16, name: &str) -> Result<String, Box<dyn Error>> {
    expect(answer, status)?;
    Ok(answer.header(name).ok_or_else(|| format!("{name} cannot be read"))?)
}

fn expect(answer: &Answer, status: u16) -> Dialogue {
    if answer.status() == status {
        return Ok(());
    }
    Err(format!("{} in place of {status}: {}", answer.status(), answer.text()).into())
}
