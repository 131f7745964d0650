//! What of a request a policy looks at.

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderName, ORIGIN};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri};

use crate::origin::split_port;

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

    /// The host that the request was sent to, without its port: of the target, which HTTP/2 has and
    /// HTTP/1.1 only for proxies, or of `Host`.
    ///
    /// `None` if there is none, if the two differ, if there are two lines of `Host`, or if it is not
    /// text. It is as the client sent it: browsers send lower case, and a dot at the end where the URL
    /// has it. Behind a proxy it is what the proxy sends.
    ///
    /// ```
    /// use http::Request;
    /// use tower_cors::RequestHead;
    ///
    /// let http1 = Request::builder().uri("/items").header("host", "api.example.com:8443").body(())?;
    /// let http2 = Request::builder().uri("https://api.example.com:8443/items").body(())?;
    /// assert_eq!(RequestHead::of(&http1).host(), Some("api.example.com"));
    /// assert_eq!(RequestHead::of(&http2).host(), Some("api.example.com"));
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        let (host, _) = self.host_and_port()?;
        std::str::from_utf8(host).ok()
    }

    /// The host that the request was sent to, and its port if it is named.
    pub(crate) fn host_and_port(&self) -> Option<(&'a [u8], Option<u16>)> {
        let authority = self.uri.authority().map(|authority| authority.as_str().as_bytes());
        let host = match Single::of(self.headers, HOST) {
            Single::Missing => None,
            Single::One(host) => Some(host.as_bytes()),
            Single::Repeated => return None,
        };
        let (name, port) = split_port(authority.or(host)?)?;
        let (other_name, other_port) = split_port(host.or(authority)?)?;
        let is_same_port = port == other_port
            || port.is_none() && is_default_port(other_port)
            || other_port.is_none() && is_default_port(port);
        let is_host = !name.is_empty() && !name.contains(&b'@');
        (is_host && is_same_host(name, other_name) && is_same_port).then_some((name, port))
    }

    #[inline]
    pub(crate) fn is_preflight(&self) -> bool {
        is_preflight(self.method, self.headers)
    }
}

/// Whether a port is what `http` or `https` leave out.
pub(crate) fn is_default_port(port: Option<u16>) -> bool {
    matches!(port, None | Some(80 | 443))
}

/// Names are the same in any case, and with the root's dot behind them.
pub(crate) fn is_same_host(one: &[u8], other: &[u8]) -> bool {
    fn without_dot(name: &[u8]) -> &[u8] {
        name.strip_suffix(b".").unwrap_or(name)
    }
    without_dot(one).eq_ignore_ascii_case(without_dot(other))
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
