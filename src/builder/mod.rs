//! [`PolicyBuilder`]: records settings; [`build`](PolicyBuilder::build) checks and compiles them.

mod answers;
mod check;
mod compile;
pub(crate) mod error;
pub(crate) mod given;
mod public_suffix;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Method};

use crate::origin::{Origin, OriginPattern};
use crate::policy::{Policy, Predicate};
use error::BuildError;
use given::Given;

/// Builds one rule of a [`Policy`].
///
/// Setters add to what was set before, in any order. None of them fails: whatever is wrong,
/// [`build`](Self::build) reports, all of it at once.
///
/// What a setter takes is in the table of [`Given`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct PolicyBuilder<O> {
    rule: RuleSettings,
    origins: PhantomData<O>,
}

/// The state of a [`PolicyBuilder`] whose rule covers any origin.
#[derive(Clone, Copy, Debug)]
pub enum AnyOrigin {}

/// The state of a [`PolicyBuilder`] whose rule lists its origins.
#[derive(Clone, Copy, Debug)]
pub enum ListedOrigins {}

/// The states of a [`PolicyBuilder`] in which credentials can be allowed: [`ListedOrigins`] only.
#[diagnostic::on_unimplemented(
    message = "a policy that allows any origin cannot allow credentials",
    label = "this rule allows any origin",
    note = "browsers refuse `*` for requests with credentials, and to echo every origin instead \
            would let any page act for its visitors",
    note = "list the origins that may send credentials: `Policy::allow_origins([..])`"
)]
pub trait MayAllowCredentials: sealed::Sealed {}

impl MayAllowCredentials for ListedOrigins {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ListedOrigins {}
}

/// Several rules of a [`Policy`], in order: what [`PolicyBuilder::or`] returns.
///
/// It has no setters, so that none can be read as meaning the wrong rule.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct PolicyRules {
    rules: Vec<RuleSettings>,
}

/// One rule as it was given.
#[derive(Clone, Default)]
pub(super) struct RuleSettings {
    pub(super) any_origin: bool,
    pub(super) origins: Vec<Given<OriginPattern>>,
    pub(super) predicates: Vec<Predicate>,
    pub(super) null_origin: bool,
    pub(super) credentials: bool,
    pub(super) insecure_origins: bool,
    pub(super) public_suffixes: bool,
    pub(super) any_method: bool,
    pub(super) methods: Vec<Given<Method>>,
    pub(super) any_header: bool,
    pub(super) headers: Vec<Given<HeaderName>>,
    pub(super) expose_any: bool,
    pub(super) exposed: Vec<Given<HeaderName>>,
    pub(super) max_ages: Vec<Duration>,
}

impl Policy {
    /// Starts a rule that covers any origin: a public API.
    ///
    /// Every response then carries `Access-Control-Allow-Origin: *`, and none a `Vary` for it.
    /// Such a rule cannot allow credentials:
    ///
    /// ```compile_fail,E0277
    /// use tower_cors::Policy;
    ///
    /// Policy::allow_any_origin().allow_credentials().build();
    /// ```
    ///
    /// # Security
    ///
    /// Any web page can read what its visitor's browser can reach, also on a private network or on
    /// the visitor's own machine, where nothing but the network may protect it.
    pub fn allow_any_origin() -> PolicyBuilder<AnyOrigin> {
        PolicyBuilder::new(RuleSettings { any_origin: true, ..RuleSettings::default() })
    }

    /// Starts a rule that covers these origins. They are [patterns](OriginPattern#syntax), as text
    /// or parsed.
    ///
    /// ```
    /// use tower_cors::{OriginPattern, Policy};
    ///
    /// const APP: OriginPattern = OriginPattern::from_static("https://app.example.com");
    ///
    /// let from_environment = String::from("https://staging.example.com,http://localhost:*");
    /// let policy = Policy::allow_origins(from_environment.split(','))
    ///     .allow_origins([APP])
    ///     .build()?;
    /// assert!(policy.allows_origin("http://localhost:5173"));
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    pub fn allow_origins<I>(origins: I) -> PolicyBuilder<ListedOrigins>
    where
        I: IntoIterator<Item: Into<Given<OriginPattern>>>,
    {
        PolicyBuilder::new(RuleSettings::default()).allow_origins(origins)
    }

    /// Starts a rule that covers the origins for which a closure returns `true`: see
    /// [`PolicyBuilder::allow_origins_by`].
    pub fn allow_origins_by<F>(allows: F) -> PolicyBuilder<ListedOrigins>
    where
        F: Fn(&Origin<'_>) -> bool + Send + Sync + 'static,
    {
        PolicyBuilder::new(RuleSettings::default()).allow_origins_by(allows)
    }
}

impl PolicyBuilder<ListedOrigins> {
    /// Adds origins: see [`Policy::allow_origins`].
    pub fn allow_origins<I>(mut self, origins: I) -> Self
    where
        I: IntoIterator<Item: Into<Given<OriginPattern>>>,
    {
        self.rule.origins.extend(origins.into_iter().map(Into::into));
        self
    }

    /// Adds the origins for which a closure returns `true`. It is asked after the patterns, and
    /// never about `null` or anything else that is not an [`Origin`].
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::allow_origins(["https://example.com"])
    ///     .allow_origins_by(|origin| {
    ///         origin.scheme() == "https" && origin.host().ends_with(".preview.example.net")
    ///     })
    ///     .build()?;
    /// assert!(policy.allows_origin("https://pr-42.preview.example.net"));
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// It runs for every CORS request that no pattern of the same or an earlier rule covers, so it
    /// should be quick. Should it panic, the call of the service panics.
    ///
    /// # Security
    ///
    /// With credentials, what [`build`](Self::build) refuses in a pattern is up to the closure:
    /// `http://`, and hosts below which anybody can register names.
    pub fn allow_origins_by<F>(mut self, allows: F) -> Self
    where
        F: Fn(&Origin<'_>) -> bool + Send + Sync + 'static,
    {
        self.rule.predicates.push(Arc::new(allows));
        self
    }

    /// Adds the origin `null`. Not together with credentials.
    ///
    /// # Security
    ///
    /// `null` is what browsers send for every opaque origin, such as a sandboxed frame. Any page
    /// can make one, so this allows every page.
    pub fn dangerously_allow_null_origin(mut self) -> Self {
        self.rule.null_origin = true;
        self
    }

    /// Lets `http://` origins have credentials.
    ///
    /// # Security
    ///
    /// Whoever can change what the network delivers can put a script into such a page, and act for
    /// its visitors here. Origins on the browser's own machine (`localhost`, names below it, and
    /// loopback addresses) need no such exception.
    pub fn dangerously_allow_insecure_origins(mut self) -> Self {
        self.rule.insecure_origins = true;
        self
    }

    /// Lets all subdomains of a [public suffix](https://publicsuffix.org/), such as
    /// `https://*.github.io`, have credentials.
    ///
    /// Without this, a pattern is refused if everybody's names are directly below its host, or below
    /// every name that is. A host with a public suffix somewhere below, as `amazonaws.com` has
    /// `s3.amazonaws.com`, is not refused.
    ///
    /// # Security
    ///
    /// Anybody can register such a name, and act for its visitors here.
    pub fn dangerously_allow_public_wildcards(mut self) -> Self {
        self.rule.public_suffixes = true;
        self
    }
}

impl<O> PolicyBuilder<O> {
    fn new(rule: RuleSettings) -> Self {
        Self { rule, origins: PhantomData }
    }

    /// Lets requests carry [credentials](https://fetch.spec.whatwg.org/#credentials): cookies, HTTP
    /// authentication and client certificates. A header that a script sets, `Authorization`
    /// included, is none of these.
    ///
    /// # Security
    ///
    /// The pages of the rule's origins can then do everything that their visitors can.
    pub fn allow_credentials(mut self) -> Self
    where
        O: MayAllowCredentials,
    {
        self.rule.credentials = true;
        self
    }

    /// Allows methods. `GET`, `HEAD` and `POST` are [always
    /// allowed](https://fetch.spec.whatwg.org/#cors-safelisted-method): to list them changes
    /// nothing.
    ///
    /// Case matters: scripts that say `fetch(.., { method: "patch" })` send `patch`, which is not
    /// `PATCH`.
    pub fn allow_methods<I>(mut self, methods: I) -> Self
    where
        I: IntoIterator<Item: Into<Given<Method>>>,
    {
        self.rule.methods.extend(methods.into_iter().map(Into::into));
        self
    }

    /// Allows every method. Without credentials the answer to a preflight is `*`; with them, the
    /// method that was asked for.
    pub fn allow_any_method(mut self) -> Self {
        self.rule.any_method = true;
        self
    }

    /// Allows [request headers](https://fetch.spec.whatwg.org/#request-header) that scripts set.
    ///
    /// A JSON body needs `content-type`: without being listed, it passes only for the types that
    /// [HTML forms send](https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
    pub fn allow_headers<I>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item: Into<Given<HeaderName>>>,
    {
        self.rule.headers.extend(names.into_iter().map(Into::into));
        self
    }

    /// Allows every request header. Without credentials the answer to a preflight is `*`; with
    /// them, the names that were asked for.
    ///
    /// By the standard, `*` [does not
    /// cover](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name)
    /// `Authorization`; the browsers of 2026 let it. To be sure that it is allowed, list it too:
    /// the answer is then `*, authorization`. Do not count on `*` to keep it out.
    pub fn allow_any_header(mut self) -> Self {
        self.rule.any_header = true;
        self
    }

    /// Lets scripts read [response headers](https://fetch.spec.whatwg.org/#http-access-control-expose-headers).
    /// `Cache-Control`, `Content-Language`, `Content-Length`, `Content-Type`, `Expires`,
    /// `Last-Modified` and `Pragma` they can [always
    /// read](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name): to list them
    /// changes nothing.
    pub fn expose_headers<I>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item: Into<Given<HeaderName>>>,
    {
        self.rule.exposed.extend(names.into_iter().map(Into::into));
        self
    }

    /// Lets scripts read every response header. Not together with credentials.
    pub fn expose_any_header(mut self) -> Self {
        self.rule.expose_any = true;
        self
    }

    /// Sets how long browsers may keep the answer to a preflight: whole seconds, at most 86400.
    ///
    /// When it is not set, browsers keep it for 5 s. Zero tells them not to keep it. They cap it:
    /// Chromium at 7200 s, Firefox at 86400 s, WebKit at 600 s. A change of the policy reaches a
    /// page only when what its browser keeps has expired.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.rule.max_ages.push(max_age);
        self
    }

    /// Adds a rule for the origins that this one does not cover.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::allow_origins(["https://admin.example.com"])
    ///     .allow_credentials()
    ///     .allow_methods(["DELETE"])
    ///     .or(Policy::allow_any_origin())
    ///     .build()?;
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    pub fn or(self, next: impl Into<PolicyRules>) -> PolicyRules {
        PolicyRules::from(self).or(next)
    }

    /// Checks the settings and compiles them.
    ///
    /// # Errors
    ///
    /// All mistakes at once, in the order that [`BuildError`] states: each variant of
    /// [`ConfigError`](crate::ConfigError) is one kind.
    pub fn build(self) -> Result<Policy, BuildError> {
        PolicyRules::from(self).build()
    }
}

impl PolicyRules {
    /// Adds a rule for the origins that none of these covers.
    pub fn or(mut self, next: impl Into<PolicyRules>) -> Self {
        self.rules.extend(next.into().rules);
        self
    }

    /// Checks the settings of all rules and compiles them.
    ///
    /// # Errors
    ///
    /// As [`PolicyBuilder::build`].
    pub fn build(self) -> Result<Policy, BuildError> {
        compile::compile(&self.rules)
    }
}

impl<O> From<PolicyBuilder<O>> for PolicyRules {
    fn from(builder: PolicyBuilder<O>) -> Self {
        Self { rules: vec![builder.rule] }
    }
}

impl fmt::Debug for RuleSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSettings")
            .field("any_origin", &self.any_origin)
            .field("origins", &self.origins)
            .field("predicates", &self.predicates.len())
            .field("null_origin", &self.null_origin)
            .field("credentials", &self.credentials)
            .field("insecure_origins", &self.insecure_origins)
            .field("public_suffixes", &self.public_suffixes)
            .field("any_method", &self.any_method)
            .field("methods", &self.methods)
            .field("any_header", &self.any_header)
            .field("headers", &self.headers)
            .field("expose_any", &self.expose_any)
            .field("exposed", &self.exposed)
            .field("max_ages", &self.max_ages)
            .finish()
    }
}
