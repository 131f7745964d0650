//! [`Policy`]: compiled once, then only read.

pub(crate) mod compiled;
pub(crate) mod decision;
pub(crate) mod header_names;
mod lists;
pub(crate) mod preflight;
mod readable;
pub(crate) mod refusal;
pub(crate) mod response_headers;
pub(crate) mod vary;

use std::sync::Arc;

use http::{HeaderMap, Method};

use crate::config::PolicyConfig;
use crate::origin::OriginPattern;
use compiled::Compiled;
use decision::Decision;

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

    /// Decides about a request. Nothing is sent, and nothing is changed.
    ///
    /// Of the headers only `Origin` is read and, for a CORS-preflight request,
    /// `Access-Control-Request-Method` and `Access-Control-Request-Headers`. What is longer than the
    /// limits that [`Origin::parse`](crate::Origin::parse) and [`Refusal`](crate::Refusal) name is
    /// not read.
    #[inline(always)]
    pub fn decide<'a>(&'a self, method: &'a Method, headers: &'a HeaderMap) -> Decision<'a> {
        Decision::new(self.compiled(), method, headers)
    }

    /// Whether a rule covers an origin: text, or the value of a header.
    ///
    /// For what CORS does not protect, such as the handshake of a [WebSocket]: it carries `Origin`,
    /// but no browser checks the answer, so the server has to.
    ///
    /// `null` is covered by any origin and by
    /// [`dangerously_allow_null_origin`](crate::PolicyBuilder::dangerously_allow_null_origin).
    /// Text that no browser sends as an origin is covered by a rule for any origin alone, and nothing
    /// is under a disabled policy.
    ///
    /// [WebSocket]: https://websockets.spec.whatwg.org/#the-websocket-interface
    #[must_use]
    pub fn allows_origin(&self, origin: impl AsRef<[u8]>) -> bool {
        let origin = origin.as_ref();
        self.compiled().is_some_and(|compiled| compiled.rule_of(origin).is_some())
    }

    /// The settings of this policy: without what was redundant, and in an order that does not
    /// depend on the one in which they were given. `None` for the [disabled](Self::disabled) policy,
    /// which has none.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::allow_origins(["https://app.example.com"]).allow_credentials().build()?;
    /// let config = policy.config().unwrap();
    /// assert_eq!(config.rules[0].allow_origins, ["https://app.example.com"]);
    /// assert!(config.rules[0].allow_credentials);
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// Closures are not in it, only their [number](crate::RuleConfig::closures).
    #[must_use]
    pub fn config(&self) -> Option<&PolicyConfig> {
        self.compiled().map(|compiled| &compiled.config)
    }

    /// The patterns that decide nothing, in the order in which they were given.
    /// [`config`](Self::config) leaves them out.
    #[must_use]
    pub fn redundant_origins(&self) -> &[RedundantOrigin] {
        self.compiled().map_or(&[], |compiled| &compiled.redundant)
    }

    /// Leaks the policy, so that it can be used without ever being counted: for a policy that lasts
    /// as long as the process, on a machine with many cores.
    ///
    /// A request that is decided under a `Policy` counts references to what all requests share: the
    /// policy itself where the service is cloned for each request, as axum does, and the texts that
    /// it adds to responses. Cores that count one thing at the same time wait for one another. A
    /// leaked policy is a `&'static` reference to `&'static` texts, so there is nothing to count.
    ///
    /// The memory is never freed. Call it once at the start, not for policies that are made while the
    /// server runs.
    ///
    /// ```
    /// use tower_cors::{CorsLayer, Policy};
    ///
    /// let policy: &'static Policy =
    ///     Policy::allow_origins(["https://app.example.com"]).build()?.leak();
    /// let cors = CorsLayer::new(policy);
    /// # let _: CorsLayer<&'static Policy> = cors;
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    #[must_use = "a policy that is leaked and not used is lost"]
    pub fn leak(self) -> &'static Self {
        let leaked = |compiled: Arc<Compiled>| Arc::new(Arc::unwrap_or_clone(compiled).leaked());
        Box::leak(Box::new(Self { compiled: self.compiled.map(leaked) }))
    }

    pub(crate) fn compiled(&self) -> Option<&Compiled> {
        self.compiled.as_deref()
    }
}
