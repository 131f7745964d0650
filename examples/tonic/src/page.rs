//! The page that calls the service.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;

/// The page, for a service at another origin.
pub fn page(service: &str) -> Router {
    let html = page_html(service);
    let script = ([(CONTENT_TYPE, "text/javascript")], include_str!("page.js"));
    Router::new()
        .route("/", get(async move || Html(html)))
        .route("/page.js", get(async move || script))
}

/// Its text.
#[must_use]
pub fn page_html(service: &str) -> String {
    include_str!("page.html").replace("{service}", service)
}
