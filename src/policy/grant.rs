//! [`Grant`]: what a rule grants to an origin that it covers.

use http::HeaderValue;

use super::RuleIndex;
use super::preflight::Echo;

/// The rule that covers an origin, and what it grants.
pub(crate) type Granted = (RuleIndex, Grant);

/// What `Access-Control-Allow-Origin` says, and for some rules more that depends on the request.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    /// `*`
    AnyOrigin,
    /// The request's own `Origin`, byte for byte.
    Origin(HeaderValue),
    /// That, and in the answer to a preflight the method and the header names that it asked for.
    /// Boxed, because only rules with credentials and any method or header need it.
    Echo(Box<(HeaderValue, Echo)>),
}

/// `Access-Control-Allow-Origin: *`
pub(crate) const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

impl Grant {
    #[inline]
    pub(crate) fn into_allow_origin(self) -> HeaderValue {
        match self {
            Self::AnyOrigin => ANY_ORIGIN,
            Self::Origin(origin) => origin,
            Self::Echo(grant) => grant.0,
        }
    }
}
