//! [`Refusal`]: why a CORS request is refused.

use std::fmt;

use http::header::ORIGIN;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::origin::Origin;
use crate::request::Single;

/// Why a browser will not let a page have what it asks for, or why a request is rejected.
///
/// Its [`Display`](fmt::Display) form is a sentence for the people who run the server. Of the
/// request it quotes only methods and header names, which have no control characters.
///
/// # In the log
///
/// With the feature `tracing` (default), under the target `tower_cors`:
///
/// | level | when | fields | how often |
/// | --- | --- | --- | --- |
/// | `INFO` | a CORS request is refused, unless it comes from a page of the server's own | `code`, `kind`, `origin`, `method` or `header` if one is refused, `nearest` (see [`NearestMiss`](crate::NearestMiss)), `count`, `unsaid` | the same origin and code once a minute: `count` is how often it came since its last line; a hundred lines a minute in all: `unsaid` is how many refusals found no room since the last line |
/// | `DEBUG` | each decision | `kind`, `method`, `origin`, `rule`, `code` | always |
/// | `WARN` | `Access-Control-*` headers that the inner service had set were removed | | once |
/// | `WARN` | the inner service ended in an error on a CORS request | | once |
///
/// "Once", and the hundred lines, are of the whole process. What a client sent is escaped, and cut
/// after 120 bytes. Where nobody subscribes, nothing is worked out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// There is more than one `Origin` header, which no browser sends.
    SeveralOrigins,
    /// No browser sends this `Origin`.
    InvalidOrigin,
    /// The `Origin` is `null`: an opaque origin, which anybody can have.
    NullOrigin,
    /// No rule covers the origin.
    OriginNotAllowed,
    /// `Access-Control-Request-Method` is not one method, or is longer than 64 bytes.
    InvalidMethod,
    /// The rule does not allow the method.
    MethodNotAllowed(Method),
    /// `Access-Control-Request-Headers` is not a list of header names.
    InvalidHeaders,
    /// `Access-Control-Request-Headers` is longer than 4096 bytes or has more than 64 lines, so it was
    /// not read. The answer is the same as ever: a browser that asked for nothing but listed names
    /// will find them in it.
    HeadersTooLong,
    /// The rule does not allow the request header.
    HeaderNotAllowed(HeaderName),
    /// The request was rejected: it was sent to a name that is none of the server's own. Only under
    /// [`own_hosts`](crate::CorsLayer::own_hosts).
    ForeignHost,
    /// The request was rejected: it comes from a page of another origin, which no rule covers.
    /// Only under [`reject_disallowed_origins`](crate::CorsLayer::reject_disallowed_origins).
    ForeignPage,
}

impl Refusal {
    /// Why an origin that no rule covers is refused.
    pub(crate) fn of_origin(request: &HeaderMap) -> Self {
        let value = match Single::of(request, ORIGIN) {
            Single::One(value) => value.as_bytes(),
            Single::Repeated => return Self::SeveralOrigins,
            Single::Missing => return Self::InvalidOrigin, // not a CORS request at all
        };
        match value {
            b"null" => Self::NullOrigin,
            _ if Origin::parse(value).is_some() => Self::OriginNotAllowed,
            _ => Self::InvalidOrigin,
        }
    }

    /// A short name of the reason, for logs and metrics. It stays the same from release to release.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SeveralOrigins => "several-origins",
            Self::InvalidOrigin => "invalid-origin",
            Self::NullOrigin => "null-origin",
            Self::OriginNotAllowed => "origin-not-allowed",
            Self::InvalidMethod => "invalid-method",
            Self::MethodNotAllowed(_) => "method-not-allowed",
            Self::InvalidHeaders => "invalid-headers",
            Self::HeadersTooLong => "headers-too-long",
            Self::HeaderNotAllowed(_) => "header-not-allowed",
            Self::ForeignHost => "foreign-host",
            Self::ForeignPage => "foreign-page",
        }
    }

    /// The value of `cors-refusal`: the code, and the sentence, cut where a client made it longer than
    /// proxies like headers to be.
    pub(crate) fn to_header_value(&self) -> HeaderValue {
        const MAX_BYTES: usize = 256;
        let mut text = format!("{}: {self}", self.code());
        // Methods and header names are ASCII, and so is the rest.
        if text.len() > MAX_BYTES {
            text.truncate(MAX_BYTES);
            text.push_str("...");
        }
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(self.code()))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralOrigins => f.write_str("the request has more than one Origin header"),
            Self::InvalidOrigin => f.write_str("no browser sends this Origin"),
            Self::NullOrigin => f.write_str("the origin is opaque (null), and no rule allows that"),
            Self::OriginNotAllowed => f.write_str("no rule allows the origin"),
            Self::InvalidMethod => f.write_str("Access-Control-Request-Method is not one method of at most 64 bytes"),
            Self::MethodNotAllowed(method) => write!(f, "the method {method} is not allowed"),
            Self::InvalidHeaders => {
                f.write_str("Access-Control-Request-Headers is not a list of header names")
            }
            Self::HeadersTooLong => f.write_str("Access-Control-Request-Headers is too long"),
            Self::HeaderNotAllowed(name) => write!(f, "the request header {name} is not allowed"),
            Self::ForeignHost => {
                f.write_str("the request was sent to a host that own_hosts() does not name")
            }
            Self::ForeignPage => f.write_str(
                "no rule allows the origin, and it is not one of the server's own: allow it, or name its \
                 host in own_hosts()",
            ),
        }
    }
}

impl std::error::Error for Refusal {}
