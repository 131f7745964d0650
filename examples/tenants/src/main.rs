//! An API with many tenants. Each has a host of its own, and its origins are in a database, where they
//! change while the API runs. `README.md` says how it works and how to run it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod admin;
mod changes;
mod policies;
mod settings;
mod store;

use std::error::Error;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tower_cors::{CorsLayer, Policy, RequestHead, policy_future_fn};

use policies::Policies;
use settings::Settings;
use store::Store;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env()?;
    let store = Store::open(&settings.database_url).await?;
    let policies = Policies::new(store.clone(), settings.time_to_live);
    tokio::spawn(changes::follow(store.clone(), policies.clone()));

    let api = TcpListener::bind(settings.addr).await?;
    let admin = TcpListener::bind(settings.admin_addr).await?;
    println!("listening on http://{}", api.local_addr()?);
    println!("administered on http://{}", admin.local_addr()?);

    let admin_app = admin::app(policies.clone(), &settings.admin_token);
    let api_app = api_app(policies);
    tokio::try_join!(
        axum::serve(api, api_app).into_future(),
        axum::serve(admin, admin_app).into_future(),
    )?;
    Ok(())
}

/// The API itself, for the pages of whichever tenant a request is for.
fn api_app(policies: Policies) -> Router {
    let source = policy_future_fn(move |head: RequestHead<'_>| {
        let host = head.host().map(str::to_ascii_lowercase);
        let policies = policies.clone();
        async move {
            match host {
                Some(host) => policies.of(&host).await,
                None => Policy::deny_all(),
            }
        }
    });
    Router::new()
        .route("/", get(|| async { "hello\n" }).put(|body: String| async { body }))
        .layer(CorsLayer::new(source))
}
