//! [`PolicyBuilder`]: records settings; [`build`](PolicyBuilder::build) checks and compiles them.

mod answers;
mod check;
mod compile;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod mistake;
mod name_fix;
mod names;
pub(crate) mod own_hosts;
pub(crate) mod place;
mod public_suffix;
mod reach;
pub(crate) mod rules;
mod settings;
mod start;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Method};

use crate::origin::{Origin, OriginPattern};
use crate::policy::Policy;
use entry::Entries;
use error::{BuildError, ConfigError};
use rules::PolicyRules;
use settings::RuleSettings;

/// Builds one rule of a [`Policy`].
///
/// Setters add to what was set before, in any order. None of them fails: whatever is wrong,
/// [`build`](Self::build) reports, all of it at once.
///
/// What a setter takes is in the table of [`Entry`](crate::Entry).
///
/// It is for settings that stand in the program. Where they come from elsewhere, an `if` decides
/// between any origin and a list, and its arms have different types, on purpose: only one of them can
/// have credentials. Fill a [`PolicyConfig`](crate::PolicyConfig) there, in which `"*"` is any; what one
/// flag or variable says is [`RuleConfig::from`](crate::RuleConfig#impl-From%3C%26str%3E-for-RuleConfig).
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct PolicyBuilder<O> {
    rule: RuleSettings,
    state: PhantomData<O>,
}

/// The state of a [`PolicyBuilder`] whose rule can never allow credentials: it answers `*` to any
/// origin.
#[derive(Clone, Copy, Debug)]
pub enum Uncredentialed {}

/// The state of a [`PolicyBuilder`] whose rule can allow credentials: it names each origin in its
/// answers.
#[derive(Clone, Copy, Debug)]
pub enum MayBeCredentialed {}

/// The states of a [`PolicyBuilder`] in which credentials can be allowed: [`MayBeCredentialed`]
/// only.
#[diagnostic::on_unimplemented(
    message = "a policy that allows any origin cannot allow credentials",
    label = "this rule allows any origin",
    note = "browsers refuse `*` for requests with credentials, and to echo every origin instead \
            would let any page act for its visitors",
    note = "list the origins that may send credentials: `Policy::allow_origins([..])`"
)]
pub trait MayAllowCredentials: sealed::Sealed {}

impl MayAllowCredentials for MayBeCredentialed {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::MayBeCredentialed {}
}

impl PolicyBuilder<MayBeCredentialed> {
    /// Adds origins: see [`Policy::allow_origins`].
    pub fn allow_origins<I>(mut self, origins: I) -> Self
    where
        I: Entries<OriginPattern>,
    {
        self.rule.config.allow_origins.append(&mut origins.into_texts());
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
    /// In a rule with credentials, [`build`](Self::build) asks it once about
    /// `https://tower-cors-probe.invalid`, which does not exist. A closure that allows this allows
    /// everybody, which is a mistake. To allow everybody, start from
    /// [`Policy::dangerously_mirror_any_origin`]. Nothing else is known of a closure.
    ///
    /// # Security
    ///
    /// With credentials, what [`build`](Self::build) refuses in a pattern is up to the closure:
    /// `http://`, and hosts below which anybody can register names.
    pub fn allow_origins_by<F>(mut self, allows: F) -> Self
    where
        F: Fn(&Origin<'_>) -> bool + Send + Sync + 'static,
    {
        self.rule.closures.push(Arc::new(allows));
        self
    }

    /// Adds the origin `null`. Not together with credentials.
    ///
    /// # Security
    ///
    /// `null` is what browsers send for every opaque origin, such as a sandboxed frame. Any page
    /// can make one, so this allows every page.
    pub fn dangerously_allow_null_origin(mut self) -> Self {
        self.rule.config.dangerously_allow_null_origin = true;
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
        self.rule.config.dangerously_allow_insecure_origins = true;
        self
    }

    /// Lets patterns with a wildcard have credentials that cover what anybody can have: names below
    /// a [public suffix](https://publicsuffix.org/), such as `https://*.github.io`.
    ///
    /// Without this, a pattern is refused if everybody's names are directly below its host, or below
    /// every name that is. A host with a public suffix somewhere below, as `amazonaws.com` has
    /// `s3.amazonaws.com`, is not refused. Nor are hosts that are given away in pieces but are not
    /// in the list of public suffixes, such as `nip.io`, `sslip.io` and `loca.lt`: do not list
    /// `https://*.nip.io` with credentials.
    ///
    /// # Security
    ///
    /// Anybody can get such an origin, and act for its visitors here.
    pub fn dangerously_allow_public_wildcards(mut self) -> Self {
        self.rule.config.dangerously_allow_public_wildcards = true;
        self
    }
}

impl<O> PolicyBuilder<O> {
    fn new(rule: RuleSettings) -> Self {
        Self { rule, state: PhantomData }
    }

    /// Lets requests carry [credentials](https://fetch.spec.whatwg.org/#credentials): cookies, HTTP
    /// authentication and client certificates. A header that a script sets, `Authorization`
    /// included, is none of these.
    ///
    /// # Security
    ///
    /// The pages of the rule's origins can then do everything that their visitors can. So
    /// [`build`](Self::build) refuses origins that somebody else can have, as far as it can tell:
    /// [`dangerously_allow_public_wildcards`](PolicyBuilder::dangerously_allow_public_wildcards) says
    /// how far that is.
    pub fn allow_credentials(mut self) -> Self
    where
        O: MayAllowCredentials,
    {
        self.rule.config.allow_credentials = true;
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
        I: Entries<Method>,
    {
        self.rule.config.allow_methods.append(&mut methods.into_texts());
        self
    }

    /// Allows every method. Without credentials the answer to a preflight is `*`; with them, the common
    /// methods and the one that was asked for.
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
        I: Entries<HeaderName>,
    {
        self.rule.config.allow_headers.append(&mut names.into_texts());
        self
    }

    /// Allows every request header. Without credentials the answer to a preflight is `*,
    /// authorization`; with them, the names that were asked for.
    ///
    /// By the standard, `*` [does not
    /// cover](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name)
    /// `Authorization`, though the browsers of 2026 let it. Who allows every header means that one
    /// too, so without credentials the answer is `*, authorization`.
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
        I: Entries<HeaderName>,
    {
        self.rule.config.expose_headers.append(&mut names.into_texts());
        self
    }

    /// Lets scripts read every response header. Not together with credentials.
    pub fn expose_any_header(mut self) -> Self {
        self.rule.expose_any_header = true;
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
    /// It calls the closures of rules with credentials once: see
    /// [`allow_origins_by`](Self::allow_origins_by).
    ///
    /// # Errors
    ///
    /// All mistakes at once, in the order that [`BuildError`] states.
    /// [`ConfigError`](ConfigError#every-kind-of-mistake) has a table of them.
    pub fn build(self) -> Result<Policy, BuildError> {
        PolicyRules::from(self).build()
    }

    /// Builds what is right, and returns what is harmless beside it: for settings that come from
    /// the users of a product, who expect it to start over a superfluous entry.
    ///
    /// What does nothing is left out: names that no script can set or read, or that are always
    /// allowed; a method in a case that browsers do not send; empty entries; a rule without
    /// origins, and rules or parts of rules that no request reaches. A max-age that no browser
    /// keeps is capped. Each is returned, in the order that [`BuildError`] states, beside questions
    /// such as whether `PATCH` was meant by `patch`. If no rule is left, the policy is
    /// [`Policy::deny_all`].
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let (policy, warnings) = Policy::allow_origins(["https://app.example.com"])
    ///     .allow_headers(["x-csrf-token", "cookie"])
    ///     .build_with_warnings()?;
    /// assert_eq!(policy.config().unwrap().rules[0].allow_headers, ["x-csrf-token"]);
    /// assert_eq!(warnings[0].code(), "forbidden-request-header");
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What cannot be parsed, and what is not safe: all mistakes at once that are not
    /// [harmless](ConfigError::is_harmless).
    pub fn build_with_warnings(self) -> Result<(Policy, Vec<ConfigError>), BuildError> {
        PolicyRules::from(self).build_with_warnings()
    }
}
