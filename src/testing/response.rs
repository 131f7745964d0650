//! [`Answer`]: what a script gets of a response.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, HeaderMap};
use http::{HeaderName, StatusCode, response};

use super::modes::Credentials;
use super::values;

/// What the script gets: a [filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response).
#[derive(Clone, Debug)]
pub struct Answer {
    kind: AnswerKind,
    url: String,
    redirected: bool,
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

/// What a script may see of a response: its
/// [type](https://fetch.spec.whatwg.org/#concept-response-type).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerKind {
    /// From the page's own origin: everything but cookies.
    Basic,
    /// By the CORS protocol: status, body, and the headers that are safelisted or exposed.
    Cors,
    /// To a `no-cors` request: nothing.
    Opaque,
    /// A redirect that was not followed: nothing but that it is one.
    OpaqueRedirect,
    /// Of a [form](super::form_post): what the browser shows in place of the page, all of it but
    /// cookies. No script of the page sees it.
    Navigation,
}

/// The whole response, before it is filtered.
#[derive(Debug)]
pub(super) struct Internal {
    pub(super) url: String,
    pub(super) redirected: bool,
    pub(super) head: response::Parts,
    pub(super) body: Bytes,
}

impl Answer {
    /// How much the script may see.
    #[must_use]
    pub fn kind(&self) -> AnswerKind {
        self.kind
    }

    /// Whether the script sees nothing of the response.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(self.kind, AnswerKind::Opaque | AnswerKind::OpaqueRedirect)
    }

    /// The URL of the response, after all redirects. Empty for an opaque one.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether redirects were followed.
    #[must_use]
    pub fn was_redirected(&self) -> bool {
        self.redirected
    }

    /// The status. 0 for an opaque one, as in the browser.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What `statusText` says: as servers send it over HTTP/1.1 if nobody tells them otherwise. Empty for
    /// an opaque response, and in a browser also over HTTP/2, which has none.
    #[must_use]
    pub fn status_text(&self) -> &'static str {
        let status = StatusCode::from_u16(self.status).ok();
        status.and_then(|status| status.canonical_reason()).unwrap_or_default()
    }

    /// The headers that the script sees.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header that the script sees: all its lines, joined by `, `.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        values::get(&self.headers, name)
    }

    /// The body. Empty for an opaque one.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// [Basic filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-basic)
    pub(super) fn basic(internal: Internal) -> Self {
        Self::filtered(AnswerKind::Basic, internal, |_| true)
    }

    pub(super) fn navigation(internal: Internal) -> Self {
        Self::filtered(AnswerKind::Navigation, internal, |_| true)
    }

    /// [CORS filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-cors)
    pub(super) fn cors(internal: Internal, credentials: Credentials) -> Self {
        // One malformed member voids the header.
        let exposed = values::tokens(&internal.head.headers, ACCESS_CONTROL_EXPOSE_HEADERS)
            .unwrap_or_default();
        let any = credentials != Credentials::Include && exposed.iter().any(|name| name == "*");
        Self::filtered(AnswerKind::Cors, internal, |name| {
            any || is_safelisted(name)
                || exposed.iter().any(|exposed| exposed.eq_ignore_ascii_case(name.as_str()))
        })
    }

    /// [Opaque filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-opaque)
    pub(super) fn opaque() -> Self {
        Self::empty(AnswerKind::Opaque, String::new())
    }

    /// [Opaque-redirect filtered response]
    ///
    /// [Opaque-redirect filtered response]: https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
    pub(super) fn opaque_redirect(url: String) -> Self {
        Self::empty(AnswerKind::OpaqueRedirect, url)
    }

    fn empty(kind: AnswerKind, url: String) -> Self {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { kind, url, redirected: false, status: 0, headers, body }
    }

    fn filtered(
        kind: AnswerKind,
        internal: Internal,
        is_visible: impl Fn(&HeaderName) -> bool,
    ) -> Self {
        let Internal { url, redirected, head, body } = internal;
        let mut visible = HeaderMap::new();
        for (name, value) in &head.headers {
            if is_visible(name) && !is_forbidden(name) {
                visible.append(name, value.clone());
            }
        }
        Self { kind, url, redirected, status: head.status.as_u16(), headers: visible, body }
    }
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
fn is_safelisted(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "cache-control"
            | "content-language"
            | "content-length"
            | "content-type"
            | "expires"
            | "last-modified"
            | "pragma"
    )
}

/// <https://fetch.spec.whatwg.org/#forbidden-response-header-name>
fn is_forbidden(name: &HeaderName) -> bool {
    matches!(name.as_str(), "set-cookie" | "set-cookie2")
}
