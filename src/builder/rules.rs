//! [`PolicyRules`]: the rules of a policy. Whatever has settings builds its policy here.

use super::PolicyBuilder;
use super::check::check;
use super::compile::compile;
use super::error::{BuildError, ConfigError};
use super::mistake::Severity;
use super::place::Wording;
use super::settings::{RuleSettings, Settings};
use crate::config::PolicyConfig;
use crate::policy::Policy;

/// Several rules of a [`Policy`], in order: what [`PolicyBuilder::or`] returns.
///
/// It has no setters, so that none can be read as meaning the wrong rule.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct PolicyRules {
    rules: Vec<RuleSettings>,
}

impl PolicyRules {
    pub(super) fn new(rule: RuleSettings) -> Self {
        Self { rules: vec![rule] }
    }

    /// Adds a rule for the origins that none of these covers.
    pub fn or(mut self, next: impl Into<PolicyRules>) -> Self {
        self.rules.append(&mut next.into().rules);
        self
    }

    /// Checks the settings of all rules and compiles them.
    ///
    /// # Errors
    ///
    /// As [`PolicyBuilder::build`].
    pub fn build(self) -> Result<Policy, BuildError> {
        build(&self.settings())
    }

    /// Builds what is right, and returns what is harmless beside it.
    ///
    /// # Errors
    ///
    /// As [`PolicyBuilder::build_with_warnings`].
    pub fn build_with_warnings(self) -> Result<(Policy, Vec<ConfigError>), BuildError> {
        build_with_warnings(&self.settings())
    }

    fn settings(self) -> Settings {
        Settings { rules: self.rules, wording: Wording::Setters }
    }
}

impl<O> From<PolicyBuilder<O>> for PolicyRules {
    fn from(builder: PolicyBuilder<O>) -> Self {
        Self::new(builder.rule)
    }
}

impl PolicyConfig {
    /// Checks the settings and compiles them.
    ///
    /// ```
    /// use tower_cors::{Policy, PolicyConfig, RuleConfig};
    ///
    /// let mut rule = RuleConfig::default();
    /// rule.allow_origins = vec!["https://app.example.com".to_owned()];
    /// rule.allow_credentials = true;
    /// let mut config = PolicyConfig::default();
    /// config.rules.push(rule);
    ///
    /// let policy = Policy::allow_origins(["https://app.example.com"]).allow_credentials().build()?;
    /// assert_eq!(config.build()?, policy);
    /// assert_eq!(policy.config(), Some(&config));
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PolicyBuilder::build`]. The messages name the fields of
    /// [`RuleConfig`](crate::RuleConfig) in place of setters.
    pub fn build(&self) -> Result<Policy, BuildError> {
        build(&self.into())
    }

    /// Builds what is right, and returns what is harmless beside it: for settings that come from
    /// the users of a product.
    ///
    /// Where there is no rule, or no rule with an origin, the policy is
    /// [`deny_all`](Policy::deny_all).
    ///
    /// # Errors
    ///
    /// As [`PolicyBuilder::build_with_warnings`].
    pub fn build_with_warnings(&self) -> Result<(Policy, Vec<ConfigError>), BuildError> {
        build_with_warnings(&self.into())
    }
}

fn build(settings: &Settings) -> Result<Policy, BuildError> {
    let (checked, _) = check(settings, Severity::Remark)?;
    Ok(compile(checked))
}

fn build_with_warnings(settings: &Settings) -> Result<(Policy, Vec<ConfigError>), BuildError> {
    let (checked, warnings) = check(settings, Severity::Harmless)?;
    Ok((compile(checked), warnings))
}
