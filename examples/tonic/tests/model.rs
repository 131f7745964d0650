//! Calls as a gRPC-web client makes them, in the model of a browser.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../../../tests/common/dialogue.rs"]
mod dialogue;

use std::collections::HashMap;

use dialogue::{Dialogue, each_name_is_needed, expect, read};
use tower_cors::Policy;
use tower_cors::presets::{GRPC_WEB_REQUEST_HEADERS, GRPC_WEB_RESPONSE_HEADERS};
use tower_cors::testing::{self, Page, Request};
use tower_cors_tonic::{layers, policy, routes};
use tower_layer::Layer as _;

const PAGE: &str = "https://app.example.com";

/// The call of a service's health, without a deadline.
fn check(name: &str) -> Request {
    let length = u8::try_from(name.len()).unwrap();
    let head = [0, 0, 0, 0, length + 2, 0x0a, length];
    testing::post("https://grpc.example.net/grpc.health.v1.Health/Check")
        .header("x-grpc-web", "1")
        .header("x-user-agent", "grpc-web-javascript/0.1")
        .body([&head, name.as_bytes()].concat(), Some("application/grpc-web+proto"))
}

fn with_deadline(request: Request) -> Request {
    request.header("grpc-timeout", "5S")
}

/// What an answer with a message has: the message, and then the trailers.
fn frames(mut body: &[u8]) -> (Vec<u8>, HashMap<String, String>) {
    let (mut message, mut trailers) = (Vec::new(), HashMap::new());
    while let [kind, a, b, c, d, rest @ ..] = body {
        let (content, rest) = rest.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        if *kind == 0x80 {
            let lines = std::str::from_utf8(content).unwrap().lines();
            let lines = lines.map(|line| line.split_once(':').unwrap());
            trailers = lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        } else {
            message = content.to_vec();
        }
        body = rest;
    }
    (message, trailers)
}

async fn dialogue(request_headers: &[&str], response_headers: &[&str]) -> Dialogue {
    let policy = Policy::allow_origins([PAGE])
        .allow_headers(request_headers)
        .expose_headers(response_headers)
        .build()?;
    let mut page = Page::at(PAGE, layers(policy).layer(routes()));

    let answer = page.fetch(with_deadline(check(""))).await?;
    expect(&answer, 200)?;
    let (message, trailers) = frames(answer.bytes());
    assert_eq!((&message[..], &*trailers["grpc-status"]), (&[8, 1][..], "0"), "it is serving");

    let answer = page.fetch(with_deadline(check("nobody.Nothing"))).await?;
    assert_eq!(read(&answer, 200, "grpc-status")?, "5", "it is not found");
    assert_eq!(read(&answer, 200, "grpc-message")?, "service%20not%20registered");

    let answer = page.fetch(check("")).await?;
    assert_eq!(read(&answer, 200, "grpc-status")?, "3", "the request is wrong");
    read(&answer, 200, "grpc-status-details-bin")?;
    Ok(())
}

#[tokio::test]
async fn names() {
    each_name_is_needed(GRPC_WEB_REQUEST_HEADERS, GRPC_WEB_RESPONSE_HEADERS, dialogue).await;
}

/// One preflight serves all calls of a method.
#[tokio::test]
async fn preflights() {
    let service = layers(policy(PAGE).unwrap()).layer(routes());
    let mut page = Page::at(PAGE, service.clone());
    for name in ["", "nobody.Nothing"] {
        expect(&page.fetch(with_deadline(check(name))).await.unwrap(), 200).unwrap();
    }
    assert_eq!(page.log().methods(), ["OPTIONS", "POST", "POST"]);

    let mut stranger = Page::at("https://evil.example", service);
    assert!(stranger.fetch(with_deadline(check(""))).await.is_err());
    assert_eq!(stranger.log().methods(), ["OPTIONS"]);
}
