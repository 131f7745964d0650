//! [`Refusal`]: why a CORS request is refused.

use std::fmt;

use http::{HeaderName, HeaderValue, Method};

use crate::origin::Origin;
use crate::request::Lines;

/// Why a CORS request is refused.
///
/// Its [`Display`](fmt::Display) form is a sentence for the people who run the server. It quotes of
/// the request only methods and header names, which have no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is more than one `Origin` header, which no browser sends.
    SeveralOrigins,
    /// The `Origin` is nothing that a browser sends.
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
    /// `Access-Control-Request-Headers` is longer than 4096 bytes or has more than 64 lines.
    HeadersTooLong,
    /// The rule does not allow the request header.
    HeaderNotAllowed(HeaderName),
}

impl Refusal {
    /// Why an origin that no rule covers is refused.
    pub(crate) fn of_origin(origin: Lines<&HeaderValue>) -> Self {
        let value = match origin {
            Lines::One(value) => value.as_bytes(),
            Lines::Several => return Self::SeveralOrigins,
            Lines::None => return Self::InvalidOrigin, // no CORS request at all
        };
        match value {
            b"null" => Self::NullOrigin,
            _ if Origin::parse(value).is_some() => Self::OriginNotAllowed,
            _ => Self::InvalidOrigin,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralOrigins => f.write_str("the request has more than one Origin header"),
            Self::InvalidOrigin => f.write_str("the Origin is nothing that a browser sends"),
            Self::NullOrigin => f.write_str("the origin is opaque (null), which no rule allows"),
            Self::OriginNotAllowed => f.write_str("no rule allows the origin"),
            Self::InvalidMethod => f.write_str("Access-Control-Request-Method is not one method"),
            Self::MethodNotAllowed(method) => write!(f, "the method {method} is not allowed"),
            Self::InvalidHeaders => {
                f.write_str("Access-Control-Request-Headers is not a list of header names")
            }
            Self::HeadersTooLong => f.write_str("Access-Control-Request-Headers is too long"),
            Self::HeaderNotAllowed(name) => write!(f, "the request header {name} is not allowed"),
        }
    }
}

impl std::error::Error for Refusal {}
