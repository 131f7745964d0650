//! [`Policy`]: compiled once, then only read.

pub(crate) mod actual;
pub(crate) mod decision;
pub(crate) mod grant;
pub(crate) mod header_names;
pub(crate) mod preflight;
mod readable;
pub(crate) mod refusal;

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header::ORIGIN, header::VARY};

use crate::config::PolicyConfig;
use crate::origin::matcher::OriginMatcher;
pub(crate) use crate::origin::matcher::RuleIndex;
use crate::origin::{Origin, OriginPattern};
use crate::request::{Lines, PreflightRequest};
use actual::Actual;
use grant::{Grant, Granted};
use preflight::Preflight;
use refusal::Refusal;

/// Which origins may use a service, and how. Compiled once by a
/// [`PolicyBuilder`](crate::PolicyBuilder); a clone is one more reference to the same policy.
///
/// A policy is an ordered list of rules. The first rule that covers a request's origin governs the
/// request.
///
/// ```
/// use http::{Method, header::{AUTHORIZATION, CONTENT_TYPE}};
/// use std::time::Duration;
/// use tower_cors::Policy;
///
/// let policy = Policy::allow_origins(["https://example.com", "https://*.example.com"])
///     .allow_credentials()
///     .allow_methods([Method::PUT, Method::DELETE])
///     .allow_headers([AUTHORIZATION, CONTENT_TYPE])
///     .expose_headers(["x-request-id"])
///     .max_age(Duration::from_secs(3600))
///     .build()?;
///
/// assert!(policy.allows_origin("https://app.example.com"));
/// assert!(!policy.allows_origin("https://app.example.com.evil.net"));
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// # Security
///
/// A policy tells browsers which pages may *read* responses. It keeps nobody from *sending*
/// requests, cookies included: authorisation, and a defence against cross-site request forgery,
/// stay the application's duty.
#[derive(Clone)]
pub struct Policy {
    /// `None` is the disabled policy.
    pub(crate) compiled: Option<Arc<Compiled>>,
}

/// Invariants: every rule can govern a request; at most the last rule covers any origin. Without
/// rules, nobody is allowed.
pub(crate) struct Compiled {
    pub(crate) matcher: OriginMatcher,
    /// The closures and their rules, in the order of the rules.
    pub(crate) predicates: Box<[(RuleIndex, Predicate)]>,
    /// The first rule that covers the origin `null`.
    pub(crate) null_rule: Option<RuleIndex>,
    /// The rule that covers any origin.
    pub(crate) any_rule: Option<RuleIndex>,
    pub(crate) rules: Box<[CompiledRule]>,
    pub(crate) redundant: Box<[RedundantOrigin]>,
    /// The settings of the rules, as a policy reads them back.
    pub(crate) config: PolicyConfig,
}

pub(crate) type Predicate = Arc<dyn Fn(&Origin<'_>) -> bool + Send + Sync>;

pub(crate) struct CompiledRule {
    pub(crate) preflight: Preflight,
    pub(crate) actual: Actual,
}

/// A pattern that decides nothing, because another one covers all that it covers, in the same rule
/// or an earlier one. Harmless within a rule; between rules worth a look at their order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedundantOrigin {
    /// The pattern.
    pub pattern: OriginPattern,
    /// The index of its rule.
    pub rule: usize,
    /// The pattern that covers it.
    pub covered_by: OriginPattern,
    /// The index of that one's rule.
    pub covered_by_rule: usize,
}

impl Policy {
    /// A policy under which [`Cors`](crate::Cors) does nothing at all: requests and responses pass
    /// as they are, preflights too. Of the same type as every other, so that a switch in a
    /// configuration does not change types.
    #[must_use]
    pub fn disabled() -> Self {
        Self { compiled: None }
    }

    /// Whether this is the [disabled](Self::disabled) policy.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.compiled.is_none()
    }

    /// Whether a rule covers an origin: text, or the value of a header.
    ///
    /// For what CORS does not protect, such as the handshake of a [WebSocket]: it carries `Origin`,
    /// but no browser checks the answer, so the server has to.
    ///
    /// `null` is covered by any origin and by
    /// [`dangerously_allow_null_origin`](crate::PolicyBuilder::dangerously_allow_null_origin).
    /// Text that no browser sends as an origin is never covered, and nothing is under a disabled
    /// policy.
    ///
    /// [WebSocket]: https://websockets.spec.whatwg.org/#the-websocket-interface
    #[must_use]
    pub fn allows_origin(&self, origin: impl AsRef<[u8]>) -> bool {
        let origin = origin.as_ref();
        self.compiled().is_some_and(|compiled| compiled.rule_of(origin).is_some())
    }

    /// The patterns that decide nothing, in the order in which they were given.
    /// [`config`](Self::config) leaves them out.
    #[must_use]
    pub fn redundant_origins(&self) -> &[RedundantOrigin] {
        self.compiled().map_or(&[], |compiled| &compiled.redundant)
    }

    pub(crate) fn compiled(&self) -> Option<&Compiled> {
        self.compiled.as_deref()
    }
}

impl Compiled {
    pub(crate) fn rule(&self, index: RuleIndex) -> &CompiledRule {
        &self.rules[index as usize]
    }

    /// Whether responses are the same for every request but a preflight: one rule, any origin.
    pub(crate) fn is_constant(&self) -> bool {
        self.any_rule == Some(0)
    }

    /// Which rule governs an actual request, and what it grants to the request's origin.
    #[inline]
    pub(crate) fn grant_actual(&self, request: &HeaderMap) -> Option<Granted> {
        if self.is_constant() {
            return Some((0, Grant::AnyOrigin)); // whatever the request says
        }
        self.grant(Lines::of(request, ORIGIN))
    }

    /// Which rule allows a CORS-preflight request, and what it grants.
    pub(crate) fn grant_preflight(&self, request: PreflightRequest<'_>) -> Option<Granted> {
        let (rule, mut grant) = self.grant(request.origin)?;
        self.rule(rule).preflight.check(request, &mut grant).ok()?;
        Some((rule, grant))
    }

    /// The same; if none does, why not, and what its origin is granted all the same.
    pub(crate) fn decide_preflight(
        &self,
        request: PreflightRequest<'_>,
    ) -> Result<Granted, (Refusal, Option<Granted>)> {
        let Some((rule, mut grant)) = self.grant(request.origin) else {
            return Err((Refusal::of_origin(request.origin), None));
        };
        match self.rule(rule).preflight.check(request, &mut grant) {
            Ok(()) => Ok((rule, grant)),
            Err(refusal) => Err((refusal, Some((rule, grant)))),
        }
    }

    /// The headers of a preflight's answer. Those of a refused one tell nothing about the policy.
    pub(crate) fn preflight_answer(&self, allowed: Option<Granted>) -> HeaderMap {
        match allowed {
            Some((rule, grant)) => self.rule(rule).preflight.answer(grant),
            None => self.refused_preflight(),
        }
    }

    /// Answers to `OPTIONS` are not cacheable; `Vary` is for caches that were told to do it anyway.
    pub(crate) fn refused_preflight(&self) -> HeaderMap {
        if self.is_constant() {
            return HeaderMap::new();
        }
        let mut headers = HeaderMap::with_capacity(1);
        headers.insert(VARY, HeaderValue::from_static(PREFLIGHT_VARY));
        headers
    }

    /// For troubleshooting: the headers that a refused preflight earned before it failed. `None` if
    /// the browser might take them for an allowance.
    pub(crate) fn earned(
        &self,
        refusal: &Refusal,
        (rule, grant): Granted,
        request: PreflightRequest<'_>,
    ) -> Option<HeaderMap> {
        let mut headers = self.refused_preflight();
        self.rule(rule).preflight.earn(refusal, grant, request, &mut headers).then_some(headers)
    }

    /// Which rule covers an origin, and what it grants to it. Why none does, only those who tell
    /// somebody work out: [`Refusal::of_origin`].
    #[inline]
    pub(crate) fn grant(&self, origin: Lines<&HeaderValue>) -> Option<Granted> {
        let Lines::One(origin) = origin else { return None };
        let rule = self.rule_of(origin.as_bytes())?;
        let any = self.any_rule == Some(rule);
        Some((rule, if any { Grant::AnyOrigin } else { Grant::Origin(origin.clone()) }))
    }

    /// The first rule that covers an origin, given as the value of an `Origin` header.
    #[inline]
    fn rule_of(&self, value: &[u8]) -> Option<RuleIndex> {
        if value == b"null" {
            return self.null_rule;
        }
        let listed = self.matcher.find(value);
        if self.predicates.is_empty() && (listed.is_some() || self.any_rule.is_none()) {
            return listed;
        }
        let origin = Origin::parse(value)?;
        let earlier = |rule: RuleIndex| listed.is_none_or(|listed| rule < listed);
        let by_predicate = self
            .predicates
            .iter()
            .take_while(|(rule, _)| earlier(*rule))
            .find(|(_, predicate)| predicate(&origin))
            .map(|(rule, _)| *rule);
        by_predicate.or(listed).or(self.any_rule)
    }
}

/// What the answer to a preflight depends on.
pub(crate) const PREFLIGHT_VARY: &str =
    "origin, access-control-request-method, access-control-request-headers";
