//! A hyper server with the layer, for HTTP/1 and HTTP/2: `cargo run --example hyper`.
//!
//! `CORS_ORIGINS` lists the allowed origins, separated by commas; `ADDR` is where the server listens.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_cors::{CorsLayer, Policy};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let origins = env::var("CORS_ORIGINS").unwrap_or_else(|_| "http://localhost:*".to_owned());
    let addr = env::var("ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());

    let policy = Policy::allow_origins(origins.split(',').map(str::trim)).build()?;
    let listener = TcpListener::bind(&addr).await?;
    println!("listening on http://{addr}\npolicy: {policy}");

    // First, so that it is around whatever follows: with a `ServiceBuilder`, unlike with a `Router`,
    // the layer that is added first is the outermost.
    let service = ServiceBuilder::new().layer(CorsLayer::new(policy)).service_fn(hello);

    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The client has gone, or there are no file descriptors left: no reason to stop, nor to
            // try again without a pause.
            Err(error) => {
                eprintln!("accepting a connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let http = auto::Builder::new(TokioExecutor::new());
            if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("serving a connection: {error}");
            }
        });
    }
}

async fn hello(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("hello\n")))
}
