//! What of a request a policy looks at.

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri};

/// What a request is to the [CORS protocol].
///
/// [CORS protocol]: https://fetch.spec.whatwg.org/#http-cors-protocol
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// Not a [CORS request]: it has no `Origin` header.
    ///
    /// [CORS request]: https://fetch.spec.whatwg.org/#cors-request
    NotCors,
    /// A [CORS request] other than a CORS-preflight request; in prose, an *actual* request. A bare
    /// `OPTIONS` with `Origin` is one. Browsers also send `Origin` to their own page's origin, so
    /// this does not say that the request crosses origins.
    ///
    /// [CORS request]: https://fetch.spec.whatwg.org/#cors-request
    Cors,
    /// A [CORS-preflight request]: `OPTIONS` with `Origin` and `Access-Control-Request-Method`.
    ///
    /// [CORS-preflight request]: https://fetch.spec.whatwg.org/#cors-preflight-request
    CorsPreflight,
}

impl RequestKind {
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        if is_preflight(method, headers) {
            Self::CorsPreflight
        } else if headers.contains_key(ORIGIN) {
            Self::Cors
        } else {
            Self::NotCors
        }
    }
}

/// Whether a request is a [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request).
///
/// The method is checked first: it rules out most requests.
#[inline]
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// A request without its body, borrowed: what a
/// [`PolicySource`](crate::PolicySource) may look at to find the policy.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The target.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What outer layers attached, such as the matched route.
    pub extensions: &'a Extensions,
}

impl<'a> RequestHead<'a> {
    /// The head of a request.
    #[inline]
    #[must_use]
    pub fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }

    /// What the request is to the CORS protocol.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        RequestKind::of(self.method, self.headers)
    }

    #[inline]
    pub(crate) fn is_preflight(&self) -> bool {
        is_preflight(self.method, self.headers)
    }
}

/// A header that has at most one line in every request that a browser sends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Single<V> {
    Missing,
    One(V),
    Repeated,
}

impl<'a> Single<&'a HeaderValue> {
    #[inline]
    pub(crate) fn of(headers: &'a HeaderMap, name: HeaderName) -> Self {
        let mut lines = headers.get_all(name).iter();
        match (lines.next(), lines.next()) {
            (None, _) => Self::Missing,
            (Some(line), None) => Self::One(line),
            (Some(_), Some(_)) => Self::Repeated,
        }
    }
}
