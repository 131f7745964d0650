//! What an [`HttpCache`](super::HttpCache) keeps, and for whom, as [RFC 9111] says.
//!
//! [RFC 9111]: https://www.rfc-editor.org/rfc/rfc9111

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, LAST_MODIFIED, VARY,
};
use http::{Response, StatusCode, response};

use super::values;

/// Responses to `GET` requests, newest last.
#[derive(Debug, Default)]
pub(super) struct Store {
    stored: Vec<Stored>,
}

/// Request headers and their values.
pub(super) type Key = Vec<(String, Option<String>)>;

/// A stored response.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    url: String,
    /// The request headers that its `Vary` names, and their values.
    key: Key,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    at: Duration,
}

/// A request, as far as a cache looks at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// With its site before it, in a cache that is split by site.
    pub(super) url: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) now: Duration,
    pub(super) is_shared: bool,
}

impl Store {
    /// The newest response for a request: [section 4.1].
    ///
    /// [section 4.1]: https://www.rfc-editor.org/rfc/rfc9111#section-4.1
    pub(super) fn select(&self, asked: Asked<'_>) -> Option<&Stored> {
        self.stored.iter().rev().find(|stored| stored.is_for(asked))
    }

    /// Keeps a response by its [key](key_of).
    pub(super) fn keep(&mut self, asked: Asked<'_>, key: Key, response: &Response<Bytes>) {
        self.stored.retain(|stored| stored.url != asked.url || stored.key != key);
        self.stored.push(Stored {
            url: asked.url.to_owned(),
            key,
            status: response.status(),
            headers: response.headers().clone(),
            body: response.body().clone(),
            at: asked.now,
        });
    }

    /// What the server said is still good gets the headers of the 304: [section 4.3.4].
    ///
    /// [section 4.3.4]: https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4
    pub(super) fn freshen(&mut self, asked: Asked<'_>, update: &HeaderMap) -> Option<Stored> {
        let stored = self.stored.iter_mut().rev().find(|stored| stored.is_for(asked))?;
        let of_the_body = [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE];
        for name in update.keys().filter(|name| !of_the_body.contains(name)) {
            stored.headers.remove(name);
            for value in update.get_all(name) {
                stored.headers.append(name, value.clone());
            }
        }
        stored.at = asked.now;
        if let Some(key) = vary_key(&stored.headers, asked.headers) {
            stored.key = key;
        }
        Some(stored.clone())
    }

    /// Forgets a URL after an unsafe request to it: [section 4.4].
    ///
    /// [section 4.4]: https://www.rfc-editor.org/rfc/rfc9111#section-4.4
    pub(super) fn invalidate(&mut self, url: &str) {
        self.stored.retain(|stored| stored.url != url);
    }
}

impl Stored {
    /// [Section 4.2](https://www.rfc-editor.org/rfc/rfc9111#section-4.2)
    pub(super) fn is_fresh(&self, asked: Asked<'_>) -> bool {
        let age = asked.now.saturating_sub(self.at);
        let wanted = directive_of(asked.headers, "max-age").and_then(|value| seconds(&value));
        directive_of(&self.headers, "no-cache").is_none()
            && directive_of(asked.headers, "no-cache").is_none()
            && wanted.is_none_or(|wanted| age < wanted)
            && lifetime(&self.headers, asked.is_shared).is_some_and(|lifetime| age < lifetime)
    }

    /// The headers that ask the server whether it is still good.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (HeaderName, http::HeaderValue)> {
        [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)].into_iter().filter_map(
            |(validator, condition)| Some((condition, self.headers.get(validator)?.clone())),
        )
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    fn is_for(&self, asked: Asked<'_>) -> bool {
        self.url == asked.url
            && self.key.iter().all(|(name, value)| values::get(asked.headers, name) == *value)
    }
}

/// What a response to a `GET` request is stored by; `None` if it may not be stored: [section 3].
///
/// [section 3]: https://www.rfc-editor.org/rfc/rfc9111#section-3
pub(super) fn key_of(asked: Asked<'_>, response: &response::Parts) -> Option<Key> {
    let headers = &response.headers;
    let control = |directive: &str| directive_of(headers, directive).is_some();
    let for_authorized = ["public", "s-maxage", "must-revalidate"];
    let forbidden = control("no-store")
        || directive_of(asked.headers, "no-store").is_some()
        || asked.is_shared
            && (control("private")
                || asked.headers.contains_key(AUTHORIZATION)
                    && !for_authorized.iter().any(|directive| control(directive)));
    let usable = lifetime(headers, asked.is_shared).is_some()
        || headers.contains_key(ETAG)
        || headers.contains_key(LAST_MODIFIED);
    if forbidden || !usable || response.status == StatusCode::PARTIAL_CONTENT {
        return None;
    }
    vary_key(headers, asked.headers)
}

/// Whether a request has a condition of its own: one of the headers by which the standard turns [cache
/// mode] `default` into `no-store`.
///
/// [cache mode]: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
pub(super) fn is_conditional(request: &HeaderMap) -> bool {
    [IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, IF_MATCH, IF_RANGE]
        .iter()
        .any(|condition| request.contains_key(condition))
}

/// The request headers that `Vary` names. `None` if it says `*`, which no request matches.
fn vary_key(response: &HeaderMap, request: &HeaderMap) -> Option<Key> {
    let vary = values::get(response, VARY).unwrap_or_default().to_ascii_lowercase();
    let names = vary.split(',').map(str::trim).filter(|name| !name.is_empty());
    let mut key: Key = names.map(|name| (name.to_owned(), values::get(request, name))).collect();
    key.sort();
    key.dedup();
    (!key.iter().any(|(name, _)| name == "*")).then_some(key)
}

/// How long a response is fresh, if it says so. `Expires` is not looked at.
fn lifetime(headers: &HeaderMap, is_shared: bool) -> Option<Duration> {
    let shared = directive_of(headers, "s-maxage").filter(|_| is_shared);
    seconds(&shared.or_else(|| directive_of(headers, "max-age"))?)
}

/// The value of a directive of `Cache-Control`, empty if it has none.
fn directive_of(headers: &HeaderMap, directive: &str) -> Option<String> {
    let control = values::get(headers, CACHE_CONTROL)?;
    control.split(',').find_map(|element| {
        let (name, value) = element.split_once('=').unwrap_or((element, ""));
        let value = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case(directive).then(|| value.to_owned())
    })
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().map(Duration::from_secs)
}
