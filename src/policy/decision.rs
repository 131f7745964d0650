//! [`Decision`]: what a policy says of one request, as a value.

use http::header::ORIGIN;
use http::{HeaderMap, Method};

use super::grant::{Grant, Granted};
use super::refusal::Refusal;
use super::{Policy, RuleIndex};
use crate::request::{Lines, PreflightRequest, RequestKind};

/// What a [`Policy`] says of one request: which kind it is, whether it is allowed, by which rule,
/// and if not, why not.
///
/// [`Cors`](crate::Cors) acts on it; without Tower, do the same by hand: answer a CORS-preflight
/// request with [`preflight_headers`](Self::preflight_headers), and give any other request's
/// response to [`apply_to`](Self::apply_to).
///
/// ```
/// use http::{HeaderMap, HeaderValue, Method, header::ORIGIN};
/// use tower_cors::{Outcome, Policy, Refusal, RequestKind};
///
/// let policy = Policy::allow_origins(["https://app.example.com"]).build()?;
/// let mut headers = HeaderMap::new();
/// headers.insert(ORIGIN, HeaderValue::from_static("https://evil.example"));
///
/// let decision = policy.decide(&Method::GET, &headers);
/// assert_eq!(decision.kind(), RequestKind::Cors);
/// assert_eq!(decision.outcome(), Outcome::Refused(&Refusal::OriginNotAllowed));
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a decision has no effect until it is acted on"]
pub struct Decision {
    policy: Policy,
    kind: RequestKind,
    verdict: Verdict,
}

#[derive(Clone, Debug)]
enum Verdict {
    Untouched,
    NotCors,
    Allowed { rule: RuleIndex, grant: Grant },
    Refused(Refusal),
}

/// Whether a request is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The policy is [disabled](Policy::disabled): it says nothing.
    Untouched,
    /// The request has no `Origin`, so there is nothing to decide.
    NotCors,
    /// The rule with this index, from 0, allows the request.
    Allowed {
        /// The index of the rule.
        rule: usize,
    },
    /// No rule allows the request.
    Refused(&'a Refusal),
}

impl Policy {
    /// Decides about a request.
    ///
    /// Of the headers it reads only `Origin` and, for a CORS-preflight request,
    /// `Access-Control-Request-Method` and `Access-Control-Request-Headers`. What is longer than the
    /// limits that [`Origin::parse`](crate::Origin::parse) and [`Refusal`] name is not read.
    pub fn decide(&self, method: &Method, headers: &HeaderMap) -> Decision {
        let kind = RequestKind::of(method, headers);
        Decision { policy: self.clone(), kind, verdict: self.verdict(kind, headers) }
    }

    fn verdict(&self, kind: RequestKind, headers: &HeaderMap) -> Verdict {
        let Some(compiled) = self.compiled() else { return Verdict::Untouched };
        let decided = match kind {
            RequestKind::NotCors => return Verdict::NotCors,
            RequestKind::CorsPreflight => {
                let decided = compiled.decide_preflight(PreflightRequest::of(headers));
                decided.map_err(|(refusal, _)| refusal)
            }
            RequestKind::Cors => {
                let refusal = || Refusal::of_origin(Lines::of(headers, ORIGIN));
                compiled.grant_actual(headers).ok_or_else(refusal)
            }
        };
        match decided {
            Ok((rule, grant)) => Verdict::Allowed { rule, grant },
            Err(refusal) => Verdict::Refused(refusal),
        }
    }
}

impl Decision {
    /// What the request is.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        self.kind
    }

    /// Whether it is allowed, by which rule, and if not, why not.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        match &self.verdict {
            Verdict::Untouched => Outcome::Untouched,
            Verdict::NotCors => Outcome::NotCors,
            Verdict::Allowed { rule, .. } => Outcome::Allowed { rule: *rule as usize },
            Verdict::Refused(refusal) => Outcome::Refused(refusal),
        }
    }

    /// Whether a rule allows the request.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self.verdict, Verdict::Allowed { .. })
    }

    /// Why no rule allows the request. `None` where there was nothing to decide, too.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.verdict {
            Verdict::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The headers of the answer to a CORS-preflight request: for an allowed one to be sent with
    /// status 204, for a refused one with 403, without a body.
    ///
    /// `None` for a request that is to reach the application: any other kind of request, and every
    /// request under a disabled policy.
    #[must_use]
    pub fn preflight_headers(&self) -> Option<HeaderMap> {
        let compiled = self.policy.compiled()?;
        let is_preflight = self.kind == RequestKind::CorsPreflight;
        is_preflight.then(|| compiled.preflight_answer(self.allowed()))
    }

    /// Makes the headers of the application's response what the policy says: every
    /// `Access-Control-*` header that is there is removed, those of an allowed request are added,
    /// and `Vary` gets `Origin` where the response depends on it.
    ///
    /// Under a disabled policy, nothing changes.
    pub fn apply_to(&self, headers: &mut HeaderMap) {
        self.policy.finish(self.allowed(), false, headers);
    }

    fn allowed(&self) -> Option<Granted> {
        match &self.verdict {
            Verdict::Allowed { rule, grant } => Some((*rule, grant.clone())),
            _ => None,
        }
    }
}
