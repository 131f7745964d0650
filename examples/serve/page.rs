//! The page at `/`: what each policy decides about a request that a person types in.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tower_cors::{Decision, RequestKind};

use crate::echo::NOSNIFF;
use crate::settings::Mount;

/// Everything else that the page needs is in here.
pub(crate) const FOLDER: &str = "/.serve";

pub(crate) fn router(mounts: &[Mount]) -> Router {
    let page = || file("text/html; charset=utf-8", include_str!("page.html"));
    let script = || file("text/javascript", include_str!("page.js"));
    let style = || file("text/css", include_str!("page.css"));
    Router::new()
        .route("/", get(async move || page()))
        .route(&format!("{FOLDER}/page.js"), get(async move || script()))
        .route(&format!("{FOLDER}/page.css"), get(async move || style()))
        .route(&format!("{FOLDER}/decisions"), get(decisions))
        .with_state(mounts.into())
}

/// The page runs its own script, asks its own server, and does nothing else. What it shows it shows as
/// text.
const SECURITY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                        base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn file(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, SECURITY),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, NOSNIFF, text).into_response()
}

/// What a person typed.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    origin: String,
    method: String,
    headers: String,
}

impl Default for Asked {
    fn default() -> Self {
        Self { origin: String::new(), method: "GET".to_owned(), headers: String::new() }
    }
}

/// What becomes of the request below a path.
#[derive(Serialize)]
struct Answer<'a> {
    path: &'a str,
    policy: String,
    /// `None` if the browser does not ask first.
    preflight: Option<Decided>,
    /// `None` if the browser does not send it, because its preflight is refused.
    request: Option<Decided>,
}

/// What a policy decides.
#[derive(Serialize)]
struct Decided {
    reason: String,
    /// The lines of the answer to a preflight, or those that any other response gets.
    headers: Vec<String>,
}

async fn decisions(
    State(mounts): State<Arc<[Mount]>>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let asked = asked.map_err(|rejection| rejection.body_text());
    let requests = match asked.and_then(|Query(asked)| Requests::of(&asked)) {
        Ok(requests) => requests,
        Err(mistake) => {
            return (StatusCode::BAD_REQUEST, NOSNIFF, Json(mistake)).into_response();
        }
    };
    let answers = mounts.iter().map(|Mount { path, policy }| {
        let preflight = requests.preflight.as_ref();
        let preflight = preflight.map(|headers| policy.decide(&Method::OPTIONS, headers));
        let is_sent = preflight.is_none_or(|preflight| preflight.refusal().is_none());
        let request = is_sent.then(|| policy.decide(&requests.method, &requests.headers));
        Answer {
            path,
            policy: policy.to_string(),
            preflight: preflight.map(Decided::from),
            request: request.map(Decided::from),
        }
    });
    let answers: Vec<_> = answers.collect();
    (NOSNIFF, Json(answers)).into_response()
}

/// What a browser sends, as far as policies look at it.
struct Requests {
    method: Method,
    headers: HeaderMap,
    /// The headers of the CORS-preflight request, if there is one.
    preflight: Option<HeaderMap>,
}

impl Requests {
    fn of(asked: &Asked) -> Result<Self, String> {
        let method = normalized(asked.method.trim());
        let is_safelisted = matches!(method, "GET" | "HEAD" | "POST");
        let not_a_method = |_| format!("{method:?} is not a method; write one such as PUT");
        let method = Method::from_bytes(method.as_bytes()).map_err(not_a_method)?;
        let mut headers = HeaderMap::new();
        if !asked.origin.trim().is_empty() {
            headers.insert(ORIGIN, value("the origin", asked.origin.trim())?);
        }
        let mut names = Vec::new();
        for name in asked.headers.split([',', ' ']).filter(|name| !name.is_empty()) {
            let name = HeaderName::try_from(name)
                .map_err(|_| format!("{name:?} is not a header name; write one such as x-id"))?;
            names.push(name.to_string());
        }
        names.sort_unstable();
        names.dedup();
        let mut preflight = None;
        if headers.contains_key(ORIGIN) && !(is_safelisted && names.is_empty()) {
            let mut headers = headers.clone();
            headers.insert(ACCESS_CONTROL_REQUEST_METHOD, value("the method", method.as_str())?);
            if !names.is_empty() {
                let names = value("the list of headers", &names.join(","))?;
                headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, names);
            }
            preflight = Some(headers);
        }
        Ok(Self { method, headers, preflight })
    }
}

/// As browsers spell a method that a script gives: <https://fetch.spec.whatwg.org/#concept-method-normalize>.
fn normalized(method: &str) -> &str {
    let known = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    known.into_iter().find(|known| known.eq_ignore_ascii_case(method)).unwrap_or(method)
}

fn value(what: &str, text: &str) -> Result<HeaderValue, String> {
    let not_a_value =
        |_| format!("no request can have {what} {text:?}; leave out line breaks and the like");
    HeaderValue::from_str(text).map_err(not_a_value)
}

impl From<Decision<'_>> for Decided {
    fn from(decision: Decision<'_>) -> Self {
        Self { reason: reason(&decision), headers: lines(&decision) }
    }
}

fn reason(decision: &Decision<'_>) -> String {
    let kind = match decision.kind() {
        RequestKind::NotCors => "not a CORS request",
        RequestKind::Cors => "CORS request",
        RequestKind::CorsPreflight => "CORS-preflight request",
    };
    let rule = decision.rule().map(|rule| format!("; rules[{rule}] covers the origin"));
    let refusal = decision.refusal();
    let refusal = refusal.map(|refusal| format!("; refused: {refusal} [{}]", refusal.code()));
    [kind, &rule.unwrap_or_default(), &refusal.unwrap_or_default()].concat()
}

fn lines(decision: &Decision<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut headers = HeaderMap::new();
    match decision.preflight_response::<()>() {
        Some(answer) => {
            lines.push(answer.status().to_string());
            headers = answer.into_parts().0.headers;
        }
        None => decision.response_headers().apply_to(&mut headers),
    }
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
    };
    lines.extend(headers.iter().map(line));
    lines
}
