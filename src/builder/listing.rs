//! A policy lists itself back: by accessors, as text, and as a builder of an equal policy.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Method};

use super::given::Given;
use super::{PolicyRules, RuleSettings};
use crate::origin::OriginPattern;
use crate::policy::{Compiled, CompiledRule, Policy, Predicate, RuleIndex};

/// One rule of a [`Policy`], as it was compiled: without what was redundant, and in an order that
/// does not depend on that in which it was given.
#[derive(Clone, Copy)]
pub struct Rule<'a> {
    compiled: &'a Compiled,
    index: RuleIndex,
}

impl<'a> Rule<'a> {
    fn new(compiled: &'a Compiled, index: RuleIndex) -> Self {
        Self { compiled, index }
    }

    /// Whether the rule covers any origin.
    #[must_use]
    pub fn allows_any_origin(&self) -> bool {
        self.compiled.any_rule == Some(self.index)
    }

    /// The patterns that decide anything; [`Policy::redundant_origins`] has the others.
    pub fn origins(&self) -> impl Iterator<Item = OriginPattern> + 'a {
        self.compiled.matcher.patterns(self.index)
    }

    /// How many closures the rule has.
    #[must_use]
    pub fn closures(&self) -> usize {
        self.predicates().count()
    }

    /// Whether the rule covers the origin `null` by
    /// [`dangerously_allow_null_origin`](crate::PolicyBuilder::dangerously_allow_null_origin).
    #[must_use]
    pub fn allows_null_origin(&self) -> bool {
        self.rule().settings.null_origin
    }

    /// Whether requests may carry credentials.
    #[must_use]
    pub fn allows_credentials(&self) -> bool {
        self.rule().actual.credentials
    }

    /// Whether `http://` origins may have credentials.
    #[must_use]
    pub fn allows_insecure_origins(&self) -> bool {
        self.rule().settings.insecure_origins
    }

    /// Whether all subdomains of a public suffix may have credentials.
    #[must_use]
    pub fn allows_public_suffixes(&self) -> bool {
        self.rule().settings.public_suffixes
    }

    /// Whether every method is allowed.
    #[must_use]
    pub fn allows_any_method(&self) -> bool {
        self.rule().preflight.methods.any
    }

    /// The allowed methods, but for `GET`, `HEAD` and `POST`, which always are. Empty when every
    /// method is allowed.
    #[must_use]
    pub fn methods(&self) -> &'a [Method] {
        &self.rule().preflight.methods.listed
    }

    /// Whether every request header is allowed.
    #[must_use]
    pub fn allows_any_header(&self) -> bool {
        self.rule().preflight.headers.any
    }

    /// The allowed request headers. When every header is allowed, at most `authorization`.
    #[must_use]
    pub fn headers(&self) -> &'a [HeaderName] {
        self.rule().preflight.headers.listed.as_slice()
    }

    /// Whether scripts can read every response header.
    #[must_use]
    pub fn exposes_any_header(&self) -> bool {
        self.rule().settings.expose_any
    }

    /// The response headers that scripts can read, but for those that they always can. Empty when
    /// they can read every one.
    #[must_use]
    pub fn exposed_headers(&self) -> &'a [HeaderName] {
        self.rule().settings.exposed.as_slice()
    }

    /// How long browsers may keep the answer to a preflight, if that is set.
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        self.rule().settings.max_age
    }

    fn rule(&self) -> &'a CompiledRule {
        self.compiled.rule(self.index)
    }

    fn predicates(&self) -> impl Iterator<Item = &'a Predicate> + use<'a> {
        let all = &self.compiled.predicates;
        let start = all.partition_point(|(rule, _)| *rule < self.index);
        let end = all.partition_point(|(rule, _)| *rule <= self.index);
        all[start..end].iter().map(|(_, predicate)| predicate)
    }

    fn to_settings(self) -> RuleSettings {
        RuleSettings {
            any_origin: self.allows_any_origin(),
            origins: self.origins().map(Given::from).collect(),
            predicates: self.predicates().cloned().collect(),
            null_origin: self.allows_null_origin(),
            credentials: self.allows_credentials(),
            insecure_origins: self.allows_insecure_origins(),
            public_suffixes: self.allows_public_suffixes(),
            any_method: self.allows_any_method(),
            methods: self.methods().iter().map(Given::from).collect(),
            any_header: self.allows_any_header(),
            headers: self.headers().iter().map(Given::from).collect(),
            expose_any: self.exposes_any_header(),
            exposed: self.exposed_headers().iter().map(Given::from).collect(),
            max_ages: self.max_age().into_iter().collect(),
        }
    }
}

impl PartialEq for Rule<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (rule, others) = (self.rule(), other.rule());
        rule.settings == others.settings
            && rule.actual.credentials == others.actual.credentials
            && rule.preflight.methods == others.preflight.methods
            && rule.preflight.headers == others.preflight.headers
            && self.allows_any_origin() == other.allows_any_origin()
            && self.origins().eq(other.origins())
            && self.predicates().count() == other.predicates().count()
            && self.predicates().zip(other.predicates()).all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

impl fmt::Display for Rule<'_> {
    /// The rule on one line. A setting that was not made is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any_origin = self.allows_any_origin().then(|| "any origin".to_owned());
        let null = self.allows_null_origin().then(|| "null".to_owned());
        let closures = match self.closures() {
            0 => None,
            1 => Some("a closure".to_owned()),
            more => Some(format!("{more} closures")),
        };
        let origins = self.origins().map(|pattern| pattern.to_string());
        let origins: Vec<_> =
            any_origin.into_iter().chain(origins).chain(null).chain(closures).collect();
        f.write_str(&origins.join(", "))?;
        if self.allows_credentials() {
            f.write_str("; credentials")?;
        }
        if self.allows_insecure_origins() {
            f.write_str("; insecure origins too")?;
        }
        if self.allows_public_suffixes() {
            f.write_str("; public suffixes too")?;
        }
        list(f, "methods", self.allows_any_method(), self.methods())?;
        list(f, "request headers", self.allows_any_header(), self.headers())?;
        list(f, "exposed headers", self.exposes_any_header(), self.exposed_headers())?;
        match self.max_age() {
            Some(max_age) => write!(f, "; max-age {} s", max_age.as_secs()),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Rule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({self})")
    }
}

fn list(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    any: bool,
    names: &[impl fmt::Display],
) -> fmt::Result {
    let any = any.then(|| "any".to_owned());
    let names: Vec<_> = any.into_iter().chain(names.iter().map(ToString::to_string)).collect();
    if names.is_empty() { Ok(()) } else { write!(f, "; {what} {}", names.join(", ")) }
}

impl Policy {
    /// The rules, in order. None under a disabled policy.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        self.compiled().into_iter().flat_map(|compiled| {
            (0..).zip(&compiled.rules).map(move |(index, _)| Rule::new(compiled, index))
        })
    }

    /// The settings of this policy. Built, they give an equal one; before that, more rules can be
    /// added. `None` for the disabled policy, which has no settings.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::allow_origins(["https://app.example.com"]).build()?;
    /// assert_eq!(policy.to_rules().unwrap().build()?, policy);
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    #[must_use]
    pub fn to_rules(&self) -> Option<PolicyRules> {
        self.compiled()?;
        Some(PolicyRules::new(self.rules().map(Rule::to_settings).collect()))
    }
}

/// Policies are equal when their rules list the same: what was redundant in their settings, and the
/// order of the entries of a setting, make no difference. Closures are equal to themselves only.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.is_disabled() == other.is_disabled() && self.rules().eq(other.rules())
    }
}

impl Eq for Policy {}

impl fmt::Display for Policy {
    /// One line a rule, in order; `disabled` for the disabled policy.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::allow_origins(["https://app.example.com", "http://localhost:*"])
    ///     .allow_methods(["PUT"])
    ///     .or(Policy::allow_any_origin())
    ///     .build()?;
    /// assert_eq!(
    ///     policy.to_string(),
    ///     "https://app.example.com, http://localhost:*; methods PUT\nany origin",
    /// );
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_disabled() {
            return f.write_str("disabled");
        }
        for (index, rule) in self.rules().enumerate() {
            let line_break = if index > 0 { "\n" } else { "" };
            write!(f, "{line_break}{rule}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Policy {
    /// The rules, and the form that the matcher chose for their patterns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Policy");
        debug.field("rules", &self.rules().collect::<Vec<_>>());
        if let Some(compiled) = self.compiled() {
            debug.field("matcher", &compiled.matcher);
        }
        debug.finish()
    }
}
