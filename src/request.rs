//! What of a request a policy looks at.

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderName, ORIGIN};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri};

use crate::fetch;
use crate::origin::{Origin, split_port};

/// What a request is to the [CORS protocol].
///
/// [CORS protocol]: https://fetch.spec.whatwg.org/#http-cors-protocol
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// No [CORS request]: it has no `Origin` header.
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
        if !headers.contains_key(ORIGIN) {
            Self::NotCors
        } else if *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        {
            Self::CorsPreflight
        } else {
            Self::Cors
        }
    }
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

    /// The CORS-preflight request that this is, if it is one. Most others are told by their method.
    #[inline]
    pub(crate) fn preflight(&self) -> Option<PreflightRequest<'a>> {
        let preflight =
            (*self.method == Method::OPTIONS).then(|| PreflightRequest::of(self.headers));
        preflight.filter(|preflight| {
            !matches!(preflight.method, Lines::None) && !matches!(preflight.origin, Lines::None)
        })
    }

    /// Whether a browser sent the request from a page of this server's own origin.
    ///
    /// [`Sec-Fetch-Site`] says so, and no script can set it. Browsers send it to hosts that they
    /// deem trustworthy only; to others, the origin's host and port have to be those that the
    /// request was sent to. Its scheme may be `http` as well as `https`: behind a proxy, a server
    /// does not know its own.
    ///
    /// [`Sec-Fetch-Site`]: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
    pub(crate) fn is_same_origin(&self) -> bool {
        match Lines::of(self.headers, SEC_FETCH_SITE) {
            Lines::None => {}
            Lines::One(site) => return site == "same-origin",
            Lines::Several => return false,
        }
        let Lines::One(origin) = Lines::of(self.headers, ORIGIN) else { return false };
        let Some(origin) = Origin::parse(origin.as_bytes()) else { return false };
        if !matches!(origin.scheme(), "http" | "https") {
            return false;
        }
        let authority = match self.uri.authority() {
            Some(authority) => Some(authority.as_str().as_bytes()),
            None => match Lines::of(self.headers, HOST) {
                Lines::One(host) => Some(host.as_bytes()),
                Lines::None | Lines::Several => None,
            },
        };
        let Some((host, port)) = authority.and_then(split_port) else { return false };
        let default = fetch::default_port(origin.scheme().as_bytes());
        host.eq_ignore_ascii_case(origin.host().as_bytes())
            && port.or(default) == origin.port().or(default)
    }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The headers that make a request a CORS-preflight request, each looked up once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PreflightRequest<'a> {
    /// [`Origin`](https://fetch.spec.whatwg.org/#origin-header)
    pub(crate) origin: Lines<&'a HeaderValue>,
    /// `Access-Control-Request-Method`
    pub(crate) method: Lines<&'a HeaderValue>,
    pub(crate) headers: &'a HeaderMap,
}

impl<'a> PreflightRequest<'a> {
    /// Both the lines may be none.
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        Self {
            origin: Lines::of(headers, ORIGIN),
            method: Lines::of(headers, ACCESS_CONTROL_REQUEST_METHOD),
            headers,
        }
    }
}

/// The lines of a request header of which browsers send at most one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lines<V> {
    None,
    One(V),
    Several,
}

impl<'a> Lines<&'a HeaderValue> {
    #[inline]
    pub(crate) fn of(headers: &'a HeaderMap, name: HeaderName) -> Self {
        let mut lines = headers.get_all(name).iter();
        match (lines.next(), lines.next()) {
            (None, _) => Self::None,
            (Some(line), None) => Self::One(line),
            (Some(_), Some(_)) => Self::Several,
        }
    }

    pub(crate) fn cloned(self) -> Lines<HeaderValue> {
        match self {
            Self::None => Lines::None,
            Self::One(line) => Lines::One(line.clone()),
            Self::Several => Lines::Several,
        }
    }
}

impl Lines<HeaderValue> {
    pub(crate) fn as_ref(&self) -> Lines<&HeaderValue> {
        match self {
            Self::None => Lines::None,
            Self::One(line) => Lines::One(line),
            Self::Several => Lines::Several,
        }
    }
}
