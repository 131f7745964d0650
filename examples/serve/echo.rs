//! An application that answers any request with what it was asked.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::RawQuery;
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    TRANSFER_ENCODING, UPGRADE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::form_urlencoded;

/// Answers with the request's method and headers, and with what its query asks for: `status=N`, and
/// `header=name:value` as often as one likes.
pub(crate) async fn echo(
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let (status, added, body) = match Wanted::of(&query.unwrap_or_default()) {
        Ok(wanted) => {
            let body = json!({ "method": method.as_str(), "headers": texts(&headers) });
            (wanted.status, wanted.headers, body)
        }
        Err(mistake) => (StatusCode::BAD_REQUEST, HeaderMap::new(), json!({ "mistake": mistake })),
    };
    let mut response = (status, NOSNIFF, Json(body)).into_response();
    for (name, value) in &added {
        response.headers_mut().append(name, value.clone());
    }
    response
}

/// So that no browser takes what a stranger wrote for a page.
pub(crate) const NOSNIFF: [(HeaderName, HeaderValue); 1] =
    [(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))];

/// The lines of a header are joined, as scripts see them.
fn texts(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut texts = BTreeMap::<&str, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        texts
            .entry(name.as_str())
            .and_modify(|text| text.extend([", ", &value]))
            .or_insert_with(|| value.clone().into_owned());
    }
    texts
}

/// What the query asks for.
struct Wanted {
    status: StatusCode,
    headers: HeaderMap,
}

impl Wanted {
    fn of(query: &str) -> Result<Self, String> {
        let mut wanted = Self { status: StatusCode::OK, headers: HeaderMap::new() };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "status" => wanted.status = status(&value)?,
                "header" => {
                    let (name, value) = header(&value)?;
                    wanted.headers.append(name, value);
                }
                _ => {} // an application's own
            }
        }
        Ok(wanted)
    }
}

fn status(text: &str) -> Result<StatusCode, String> {
    // Below 200 are no final answers.
    let status = text.parse().ok().filter(|status| (200..=599).contains(status));
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    status.ok_or_else(|| format!("{text:?} is not a status; write one from 200 to 599"))
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let Some((name, value)) = text.split_once(':') else {
        return Err(format!("{text:?} is not a header; write name:value"));
    };
    let Ok(name) = HeaderName::try_from(name.trim()) else {
        return Err(format!("{name:?} is not a header name; write one such as \"x-request-id\""));
    };
    if OWN.contains(&name) {
        return Err(format!("the server itself says {name}; leave it out"));
    }
    match HeaderValue::from_str(value.trim()) {
        Ok(value) => Ok((name, value)),
        Err(_) => {
            Err(format!("{value:?} is not a header value; leave out line breaks and the like"))
        }
    }
}

/// The first two keep answers from being taken for pages, the others belong to the connection.
const OWN: [HeaderName; 6] =
    [CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, UPGRADE];
