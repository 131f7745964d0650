//! In axum applications.

use axum::body::{Body, Bytes};
use axum::error_handling::HandleErrorLayer;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::{any, delete, get, put};
use axum::{Json, Router};
use http::Method;
use http_body_util::BodyExt;
use tower::{BoxError, Layer, ServiceBuilder, ServiceExt};
use tower_cors::{CorsLayer, Policy};

use crate::APP;
use crate::common::{ACAM, ACAO, ACEH, ACRM, ORIGIN, VARY, access_control_lines, sorted};

fn layer() -> CorsLayer {
    let policy = Policy::allow_origins([APP]).allow_methods([Method::PUT, Method::DELETE]);
    CorsLayer::new(policy.expose_headers(["x-request-id"]).build().unwrap())
}

async fn send(app: &Router, method: &str, path: &str, body: &'static str) -> Response {
    let request = Request::builder().method(method).uri(path).header(ORIGIN, APP);
    let request = request.header("content-type", "application/json");
    app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()
}

async fn send_preflight(app: &Router, method: &str, path: &str) -> Response {
    let request = Request::builder().method("OPTIONS").uri(path).header(ORIGIN, APP);
    let request = request.header(ACRM, method).body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

fn assert_shared(response: &Response) {
    let expected = sorted(&[(ACAO, APP), (ACEH, "x-request-id")]);
    assert_eq!(access_control_lines(response.headers()), expected);
    assert_eq!(response.headers()[VARY], ORIGIN);
}

#[tokio::test]
async fn around_a_router_every_response_is_shared() {
    async fn echo(Json(body): Json<String>) -> String {
        body
    }
    async fn fails() -> Result<String, StatusCode> {
        Err(StatusCode::IM_A_TEAPOT)
    }
    async fn errs() -> Result<String, (StatusCode, [(&'static str, &'static str); 1], &'static str)>
    {
        Err((StatusCode::INTERNAL_SERVER_ERROR, [(ACAO, "*")], "broken"))
    }
    async fn bytes(body: Bytes) -> String {
        body.len().to_string()
    }
    let app = Router::new()
        .route("/get", get(|| async { "got" }))
        .route("/put", put(echo))
        .route("/limited", put(bytes).layer(DefaultBodyLimit::max(4)))
        .route("/fails", get(fails))
        .route("/errs", get(errs))
        .route("/moved", get(|| async { Redirect::permanent("/get") }))
        .route("/any", any(|method: Method| async move { method.to_string() }))
        .layer(layer());
    for (method, path, body, status) in [
        ("GET", "/get", "", 200),
        ("HEAD", "/get", "", 200),
        ("GET", "/nowhere", "", 404),
        ("DELETE", "/get", "", 405),
        ("OPTIONS", "/get", "", 405),
        ("PUT", "/put", "\"json\"", 200),
        ("PUT", "/put", "no json", 400),
        ("PUT", "/put", "1", 422),
        ("PUT", "/limited", "1234", 200),
        ("PUT", "/limited", "12345", 413),
        ("GET", "/fails", "", 418),
        ("GET", "/errs", "", 500),
        ("GET", "/moved", "", 308),
    ] {
        let response = send(&app, method, path, body).await;
        assert_eq!(response.status(), status, "{method} {path}");
        assert_shared(&response);
    }
    // A bare OPTIONS is the application's.
    let response = send(&app, "OPTIONS", "/any", "").await;
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "OPTIONS");
    // A preflight needs no route, for the request that follows may get no more than a 404 either.
    for path in ["/get", "/put", "/nowhere"] {
        let response = send_preflight(&app, "PUT", path).await;
        assert_eq!(response.status(), 204, "{path}");
        let expected = sorted(&[(ACAO, APP), (ACAM, "GET, HEAD, POST, DELETE, PUT")]);
        assert_eq!(access_control_lines(response.headers()), expected, "{path}");
    }
}

#[tokio::test]
async fn around_authentication() {
    async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
        match request.headers().get("authorization") {
            Some(_) => Ok(next.run(request).await),
            None => Err(StatusCode::UNAUTHORIZED),
        }
    }
    let routes = || Router::new().route("/", delete(|| async { "deleted" }));
    let app = routes().layer(from_fn(authenticate)).layer(layer());
    let response = send_preflight(&app, "DELETE", "/").await;
    assert_eq!(response.status(), 204, "a preflight has no credentials");
    let response = send(&app, "DELETE", "/", "").await;
    assert_eq!(response.status(), 401);
    assert_shared(&response);

    // The other way round, no preflight gets through: the mistake that the documentation warns of.
    let wrong = routes().layer(layer()).layer(from_fn(authenticate));
    let response = send_preflight(&wrong, "DELETE", "/").await;
    assert_eq!(response.status(), 401);
    assert!(response.headers().get(ACAO).is_none());
}

#[tokio::test]
async fn around_some_routes() {
    let app = Router::new()
        .route("/public", get(|| async { "public" }))
        .route_layer(layer())
        .route("/private", get(|| async { "private" }));
    assert_eq!(send_preflight(&app, "PUT", "/public").await.status(), 204);
    assert_shared(&send(&app, "GET", "/public", "").await);
    let not_allowed = send(&app, "PUT", "/public", "").await;
    assert_eq!(not_allowed.status(), 405);
    assert_shared(&not_allowed);
    for (path, status) in [("/private", 200), ("/nowhere", 404)] {
        let response = send(&app, "GET", path, "").await;
        assert_eq!(response.status(), status);
        assert!(access_control_lines(response.headers()).is_empty(), "{path}");
        assert_ne!(send_preflight(&app, "PUT", path).await.status(), 204, "{path}");
    }
}

#[tokio::test]
async fn around_one_method_router_and_in_nested_ones() {
    let public = CorsLayer::new(Policy::allow_any_origin().build().unwrap());
    let api = Router::new().route("/x", get(|| async { "x" })).layer(public);
    let app = Router::new()
        .nest("/api", api)
        .route("/one", get(|| async { "one" }).layer(layer()))
        .fallback_service(layer().layer(get(|| async { "fallback" })));
    let response = send(&app, "GET", "/api/x", "").await;
    assert_eq!(response.headers()[ACAO], "*");
    assert_shared(&send(&app, "GET", "/one", "").await);
    assert_eq!(send_preflight(&app, "PUT", "/one").await.status(), 204);
    assert_shared(&send(&app, "GET", "/elsewhere", "").await);
}

#[tokio::test]
async fn in_a_service_builder_with_fallible_layers() {
    async fn failed(error: BoxError) -> (StatusCode, String) {
        (StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
    let app = Router::new().route("/", get(std::future::pending::<&'static str>)).layer(
        ServiceBuilder::new()
            .layer(layer())
            .layer(HandleErrorLayer::new(failed))
            .load_shed()
            .concurrency_limit(8)
            .timeout(std::time::Duration::from_millis(1)),
    );
    let response = send(&app, "GET", "/", "").await;
    assert_eq!(response.status(), 503);
    assert_shared(&response);
}
