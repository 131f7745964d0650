//! What can be wrong with a method or a header name, trimmed and other than `*`.

use http::{HeaderName, Method};

use super::mistake::ConfigErrorKind as Kind;
use super::name_fix::is_plausible;
use crate::fetch;

pub(super) fn method_mistake(text: &str) -> Option<Kind> {
    let method = || text.to_owned();
    let normalized = fetch::normalize_method(text);
    if text.is_empty() {
        Some(Kind::EmptyEntry)
    } else if Method::from_bytes(text.as_bytes()).is_err() {
        Some(Kind::InvalidMethod { input: method() })
    } else if !is_plausible(text) {
        Some(Kind::ImplausibleMethod { input: method() })
    } else if fetch::is_forbidden_method(text) {
        Some(Kind::ForbiddenMethod { method: method() })
    } else if normalized != text {
        let normalized = normalized.to_owned();
        Some(Kind::UnnormalizedMethod { method: method(), normalized })
    } else if fetch::is_safelisted_method(text.as_bytes()) {
        Some(Kind::SafelistedMethod { method: method() })
    } else {
        None
    }
}

pub(super) fn request_header_mistake(text: &str) -> Option<Kind> {
    let name = || text.to_owned();
    let lower = &*text.to_ascii_lowercase();
    if let Some(mistake) = header_name_mistake(text) {
        Some(mistake)
    } else if fetch::is_cors_response_header(lower) {
        Some(Kind::MisplacedRequestHeader { name: name() })
    } else if fetch::is_forbidden_request_header(lower) {
        Some(Kind::ForbiddenRequestHeader { name: name() })
    } else {
        None
    }
}

pub(super) fn response_header_mistake(text: &str) -> Option<Kind> {
    let name = || text.to_owned();
    let lower = &*text.to_ascii_lowercase();
    if let Some(mistake) = header_name_mistake(text) {
        Some(mistake)
    } else if fetch::is_forbidden_response_header(lower) {
        Some(Kind::ForbiddenResponseHeader { name: name() })
    } else if fetch::is_cors_request_header(lower) || fetch::is_preflight_response_header(lower) {
        Some(Kind::MisplacedResponseHeader { name: name() })
    } else if fetch::is_safelisted_response_header(lower) {
        Some(Kind::SafelistedResponseHeader { name: name() })
    } else {
        None
    }
}

fn header_name_mistake(text: &str) -> Option<Kind> {
    if text.is_empty() {
        Some(Kind::EmptyEntry)
    } else if HeaderName::from_bytes(text.as_bytes()).is_err() {
        Some(Kind::InvalidHeaderName { input: text.to_owned() })
    } else if !is_plausible(text) {
        Some(Kind::ImplausibleHeaderName { input: text.to_owned() })
    } else {
        None
    }
}
