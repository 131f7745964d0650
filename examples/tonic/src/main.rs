//! A page that calls a gRPC service of another origin: `cargo run -p tower-cors-tonic`.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use tokio::net::TcpListener;
use tower_cors_tonic::{page, policy, serve};

const PAGE: &str = "127.0.0.1:8080";
const SERVICE: &str = "127.0.0.1:50051";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let policy = policy(&format!("http://{PAGE}"))?;
    let service = TcpListener::bind(SERVICE).await?;
    let listener = TcpListener::bind(PAGE).await?;
    println!("Open http://{PAGE} in a browser.");
    let page = axum::serve(listener, page(&format!("http://{SERVICE}")));
    tokio::select! {
        served = serve(service, policy) => served?,
        served = page => served?,
    }
    Ok(())
}
