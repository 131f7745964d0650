//! The application that administers tenants: for one who has the token, on a listener of its own. It
//! has no CORS, so that no page can use it.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use constant_time_eq::constant_time_eq;
use tower_cors::OriginPattern;

use crate::policies::{MAX_ORIGINS, Policies, policy};

pub(crate) fn app(policies: Policies, token: &str) -> Router {
    let credentials: Arc<str> = format!("Bearer {token}").into();
    Router::new()
        .route("/tenants/{host}/origins", put(set_origins))
        .route("/counts", get(counts))
        .with_state(policies)
        .layer(from_fn_with_state(credentials, authenticate))
}

async fn authenticate(
    State(credentials): State<Arc<str>>,
    request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
    if constant_time_eq(given, credentials.as_bytes()) {
        next.run(request).await
    } else {
        (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]).into_response()
    }
}

/// Sets a tenant's origins, a JSON array of patterns. All mistakes in them come back at once.
async fn set_origins(
    State(policies): State<Policies>,
    Path(host): Path<String>,
    Json(origins): Json<Vec<String>>,
) -> Response {
    if let Err(mistakes) = check(&host, &origins) {
        return (StatusCode::UNPROCESSABLE_ENTITY, mistakes).into_response();
    }
    match policies.store().set_origins(&host, &origins).await {
        Ok(()) => {
            policies.changed(&host).await;
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => {
            eprintln!("setting the origins of {host:?}: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database is away; try again later\n")
                .into_response()
        }
    }
}

fn check(host: &str, origins: &[String]) -> Result<(), String> {
    // A host that a request can have is one that an origin can have, as browsers write it.
    match OriginPattern::try_from(format!("https://{host}")) {
        Ok(origin) if origin.host() == host => {}
        Ok(_) => return Err(format!("{host:?} is not one host: leave out \"*\" and the port\n")),
        Err(error) => return Err(format!("{host:?} is not a host: {error}\n")),
    }
    if origins.len() > MAX_ORIGINS {
        let found = origins.len();
        return Err(format!("{found} origins are too many; write at most {MAX_ORIGINS}\n"));
    }
    policy(origins).map(drop).map_err(|mistakes| format!("{mistakes}\n"))
}

async fn counts(State(policies): State<Policies>) -> String {
    let [lookups, known, unknown] = policies.counts().await;
    format!("lookups: {lookups}\nknown: {known}\nunknown: {unknown}\n")
}
