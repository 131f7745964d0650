//! [`Decision`]: what a policy says of one request.

use std::fmt;

use http::header::ORIGIN;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::compiled::{Compiled, Grant, RuleIndex};
use super::refusal::Refusal;
use super::response_headers::ResponseHeaders;
use crate::request::{RequestKind, Single, is_preflight};

/// What a [`Policy`](crate::Policy) says of one request. It borrows both.
///
/// [`Cors`](crate::Cors) acts on it; without Tower, do the same by hand: send
/// [`preflight_response`](Self::preflight_response) if there is one, and give
/// [`response_headers`](Self::response_headers) to any other response.
///
/// ```
/// use http::{HeaderMap, HeaderValue, Method, header::ORIGIN};
/// use tower_cors::{Policy, Refusal, RequestKind};
///
/// let policy = Policy::allow_origins(["https://app.example.com"]).build()?;
/// let mut headers = HeaderMap::new();
/// headers.insert(ORIGIN, HeaderValue::from_static("https://evil.example"));
///
/// let decision = policy.decide(&Method::GET, &headers);
/// assert_eq!(decision.kind(), RequestKind::Cors);
/// assert_eq!(decision.rule(), None);
/// assert_eq!(decision.refusal(), Some(Refusal::OriginNotAllowed));
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
#[derive(Clone, Copy)]
#[must_use = "a decision has no effect until it is acted on"]
pub struct Decision<'a> {
    /// `None` under a disabled policy.
    policy: Option<&'a Compiled>,
    method: &'a Method,
    headers: &'a HeaderMap,
    is_preflight: bool,
    grant: Option<Grant<'a>>,
    rejection: Option<Rejection>,
}

/// Why the layer answers in place of the application. A policy never says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    ForeignHost,
    ForeignPage,
}

impl<'a> Decision<'a> {
    #[inline(always)]
    pub(crate) fn new(
        policy: Option<&'a Compiled>,
        method: &'a Method,
        headers: &'a HeaderMap,
    ) -> Self {
        Self {
            policy,
            method,
            headers,
            is_preflight: is_preflight(method, headers),
            grant: policy.and_then(|policy| policy.grant(headers)),
            rejection: None,
        }
    }

    /// What the request is to the CORS protocol.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        RequestKind::of(self.method, self.headers)
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The request's headers: where the policy was looked up later, those three of the CORS protocol
    /// alone.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The request's `Origin`, as it was received. `None` if there is none, or more than one line of
    /// it.
    #[must_use]
    pub fn origin(&self) -> Option<&'a HeaderValue> {
        match Single::of(self.headers, ORIGIN) {
            Single::One(origin) => Some(origin),
            Single::Missing | Single::Repeated => None,
        }
    }

    /// The index, from 0, of the rule that covers the origin and decides the answer. `None` for a
    /// request that the layer rejects, whatever its origin is.
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        let rule = self.grant?.rule as usize;
        self.is_cors().then_some(rule)
    }

    /// Why the browser will not let the page have what it asks for: no rule covers the origin, or
    /// the rule does not allow the method or a header that a preflight asks for. `None` if there is
    /// nothing to refuse.
    ///
    /// A policy does not know the server's own origin: a page of it that no rule covers is refused,
    /// too, though its browser asks for no permission.
    ///
    /// It is worked out at each call.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self.rejection {
            Some(Rejection::ForeignHost) => return Some(Refusal::ForeignHost),
            Some(Rejection::ForeignPage) => return Some(Refusal::ForeignPage),
            None => {}
        }
        let policy = self.policy?;
        match self.grant {
            Some(grant) if self.is_preflight => {
                policy.rule(grant.rule).preflight.refusal(self.headers)
            }
            None if self.is_cors() => Some(Refusal::of_origin(self.headers)),
            Some(_) | None => None,
        }
    }

    /// The answer to a CORS-preflight request. `None` for a request that is to reach the
    /// application: any other kind of request, and every request under a
    /// [disabled](crate::Policy::disabled) policy.
    ///
    /// If a rule covers the origin, the status is 204, and the headers say everything that the rule
    /// allows, whatever was asked for: the browser compares. Otherwise the status is 403, and the
    /// headers say nothing about the policy. The body is `B::default()`, which has to be empty.
    #[must_use]
    pub fn preflight_response<B: Default>(&self) -> Option<Response<B>> {
        let (status, headers) = self.answer()?;
        let mut response = Response::new(B::default());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Some(response)
    }

    #[inline(always)]
    pub(crate) fn answer(&self) -> Option<(StatusCode, HeaderMap)> {
        if self.is_rejected() {
            return Some((StatusCode::FORBIDDEN, HeaderMap::new()));
        }
        let policy = self.policy.filter(|_| self.is_preflight)?;
        Some(match self.grant {
            Some(Grant { rule, origin }) => {
                (StatusCode::NO_CONTENT, policy.rule(rule).preflight.answer(origin, self.headers))
            }
            // "If server developers wish to denote this explicitly, the 403 status can be used":
            // https://fetch.spec.whatwg.org/#http-responses
            None => (StatusCode::FORBIDDEN, policy.refused_preflight()),
        })
    }

    /// What the decision adds to the application's response.
    #[inline(always)]
    pub fn response_headers(&self) -> ResponseHeaders {
        let Some(policy) = self.policy else { return ResponseHeaders::disabled() };
        let varies = !policy.is_constant();
        match self.grant {
            Some(Grant { rule, origin }) => {
                ResponseHeaders::shared(origin, &policy.rule(rule).shared, varies)
            }
            None => ResponseHeaders::nothing(varies),
        }
    }

    /// The same decision, with a reason for the layer to answer in place of the application.
    pub(crate) fn rejected(self, rejection: Rejection) -> Self {
        Self { rejection: Some(rejection), grant: None, ..self }
    }

    /// `None` under a disabled policy.
    pub(crate) fn compiled(&self) -> Option<&'a Compiled> {
        self.policy
    }

    pub(crate) fn covering_rule(&self) -> Option<RuleIndex> {
        self.grant.map(|grant| grant.rule)
    }

    pub(crate) fn is_rejected(&self) -> bool {
        self.rejection.is_some()
    }

    /// Whether no rule covers the origin that the request has.
    pub(crate) fn is_foreign(&self) -> bool {
        self.policy.is_some() && self.grant.is_none() && self.is_cors()
    }

    pub(crate) fn is_cors(&self) -> bool {
        self.headers.contains_key(ORIGIN)
    }

    pub(crate) fn is_preflight(&self) -> bool {
        self.is_preflight
    }

    pub(crate) fn is_disabled(&self) -> bool {
        self.policy.is_none()
    }
}

impl fmt::Debug for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("kind", &self.kind())
            .field("method", self.method)
            .field("origin", &self.origin())
            .field("rule", &self.rule())
            .field("refusal", &self.refusal())
            .finish()
    }
}
