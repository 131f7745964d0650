//! A page that tries out an API of another origin in your browser: `cargo run --example demo`.
//!
//! The page is at <http://127.0.0.1:8080/>, and at port 8081, an origin that the policy refuses. The
//! API is at port 3000. `PAGE_ADDR`, `OTHER_ADDR` and `API_ADDR` set other addresses; port 0 is any
//! free one.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::env;
use std::error::Error;
use std::future::IntoFuture;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tower_cors::{CorsLayer, MayBeCredentialed, Policy, PolicyBuilder};

// The page shows this function as it stands here.
fn policy(page: &str) -> PolicyBuilder<MayBeCredentialed> {
    Policy::allow_origins([page])
        .allow_credentials()
        .allow_methods([Method::PUT, Method::OPTIONS])
        .allow_headers([CONTENT_TYPE, X_CLIENT])
        .expose_headers([X_REQUEST_ID])
        .max_age(Duration::from_secs(60))
}

const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_SERVED_BY: HeaderName = HeaderName::from_static("x-served-by");

fn api(cors: CorsLayer) -> Router {
    Router::new()
        .route("/note", get(read).put(write).delete(remove).options(methods))
        .route("/session", get(who).post(sign_in))
        .route("/broken", get(broken))
        .layer(cors)
}

async fn read() -> impl IntoResponse {
    ([(X_REQUEST_ID, "request-17"), (X_SERVED_BY, "server-3")], "Buy milk")
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

async fn write(headers: HeaderMap, Json(note): Json<Note>) -> String {
    let client = headers.get(X_CLIENT).and_then(|client| client.to_str().ok());
    format!("{} wrote: {}", client.unwrap_or("somebody"), note.text)
}

/// No page gets here, for the policy does not allow `DELETE`.
async fn remove() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn methods() -> impl IntoResponse {
    ([(ALLOW, "GET, HEAD, PUT, DELETE, OPTIONS")], "Read, write or remove the note")
}

const SESSION: &str = "tower-cors-demo=Ada";

async fn sign_in() -> impl IntoResponse {
    // All ports of a host are one site, so the page's requests carry even a strict cookie. To pages
    // of other sites it would have to be `SameSite=None; Secure`, over https.
    let cookie = format!("{SESSION}; Path=/session; Max-Age=60; HttpOnly; SameSite=Strict");
    (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)])
}

async fn who(headers: HeaderMap) -> &'static str {
    let mut lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let signed_in = lines.any(|line| line.split("; ").any(|cookie| cookie == SESSION));
    if signed_in { "Ada" } else { "nobody" }
}

async fn broken() -> impl IntoResponse {
    (StatusCode::INTERNAL_SERVER_ERROR, "The disk is full")
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let (api_listener, api_addr) = listen("API_ADDR", local(3000)).await?;
    let (page_listener, page_addr) = listen("PAGE_ADDR", local(8080)).await?;
    // Of the same site, so that a browser may show both in one process, with one clock.
    let other = SocketAddr::new(page_addr.ip(), 8081);
    let (other_listener, other_addr) = listen("OTHER_ADDR", other).await?;
    if api_addr.ip().is_loopback() && !page_addr.ip().is_loopback() {
        // Other machines cannot reach it, and on this one browsers block the page's requests:
        // https://wicg.github.io/local-network-access/
        let api = SocketAddr::new(page_addr.ip(), api_addr.port());
        let message =
            format!("the page at {page_addr} cannot use an API at {api_addr}; set API_ADDR={api}");
        return Err(message.into());
    }
    let origins =
        Origins { api: origin(api_addr), page: origin(page_addr), other: origin(other_addr) };

    let mut policy = policy(&origins.page);
    if !page_addr.ip().is_loopback() {
        // To look at the page on a phone, say. The network can read and change everything then, the
        // cookie too, but this one is worth nothing.
        policy = policy.dangerously_allow_insecure_origins();
    }
    let policy = policy.build()?;

    let page = page(&origins);
    let page =
        Router::new().route("/", get(|| async { ([(CACHE_CONTROL, "no-store")], Html(page)) }));

    print_welcome(&origins, &policy);
    tokio::try_join!(
        axum::serve(api_listener, api(CorsLayer::new(policy))).into_future(),
        axum::serve(page_listener, page.clone()).into_future(),
        axum::serve(other_listener, page).into_future(),
    )?;
    Ok(())
}

/// Listens on the address that the variable has, and returns the one for browsers.
async fn listen(variable: &str, default: SocketAddr) -> Result<(TcpListener, SocketAddr), String> {
    let addr = match env::var_os(variable) {
        None => default,
        Some(addr) => {
            let addr = addr.to_string_lossy();
            addr.parse().map_err(|_| {
                format!(
                    "{variable} is {addr:?}, which is not an IP address with a port; write it as in \
                     {variable}={default}",
                )
            })?
        }
    };
    let cannot_listen = |error| {
        format!(
            "cannot listen on {addr}: {error}; set {variable} to another address, as in \
             {variable}=127.0.0.1:{}, or with port 0 for any free port",
            default.port() + 1,
        )
    };
    let listener = TcpListener::bind(addr).await.map_err(cannot_listen)?;
    let mut addr = listener.local_addr().map_err(cannot_listen)?;
    // To listen there means on all addresses, but nothing is sent to it.
    if addr.ip().is_unspecified() {
        addr.set_ip(match addr.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok((listener, addr))
}

struct Origins {
    api: String,
    page: String,
    /// Where the page is, too. The policy does not allow it.
    other: String,
}

fn origin(addr: SocketAddr) -> String {
    // An origin does not have the default port. `SocketAddr` puts an IPv6 address in brackets.
    let origin = format!("http://{addr}");
    match origin.strip_suffix(":80") {
        Some(origin) => origin.to_owned(),
        None => origin,
    }
}

fn page(origins: &Origins) -> String {
    // Cut out of this file rather than written again, so that the page cannot show another policy.
    let source = include_str!("demo.rs");
    let start = source.find("fn policy(").unwrap_or_default();
    let end = source[start..].find("\n}").map_or(source.len(), |end| start + end + "\n}".len());

    let settings = json!({
        "api": origins.api,
        "page": origins.page,
        "other": origins.other,
        "policy": source[start..end],
    });
    // In a script element, only a `<` could end the JSON early.
    let settings = settings.to_string().replace('<', "\\u003c");
    include_str!("demo.html").replace("{{settings}}", &settings)
}

fn print_welcome(Origins { api, page, other }: &Origins, policy: &Policy) {
    println!(
        r#"Open {page}/ in a browser. Ctrl-C ends this.

The page is also at {other}, an origin that the policy refuses.
The page calls the API at {api}. Its policy:

  {policy}

The same without a browser. A preflight that is allowed:

  curl -i -X OPTIONS "{api}/note" -H "Origin: {page}" -H "Access-Control-Request-Method: PUT" -H "Access-Control-Request-Headers: content-type,x-client"

an actual request:

  curl -i "{api}/note" -H "Origin: {page}"

a preflight that is refused, for another origin asks:

  curl -i -X OPTIONS "{api}/note" -H "Origin: {other}" -H "Access-Control-Request-Method: PUT"
"#
    );
}
