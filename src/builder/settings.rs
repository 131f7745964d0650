//! [`RuleSettings`]: one rule as it was given, by a builder or as plain data.

use std::fmt;
use std::time::Duration;

use super::place::Wording;
use crate::config::{PolicyConfig, RuleConfig};
use crate::policy::compiled::Predicate;

/// The settings of a policy as they were given.
pub(super) struct Settings {
    pub(super) rules: Vec<RuleSettings>,
    pub(super) wording: Wording,
}

/// The settings of one rule as they were given.
#[derive(Clone, Default)]
pub(super) struct RuleSettings {
    /// What plain data can say, but for `max_age` and the number of closures.
    pub(super) config: RuleConfig,
    // In code these are calls, and `"*"` in a list is a mistake.
    pub(super) any_origin: bool,
    pub(super) any_method: bool,
    pub(super) any_header: bool,
    pub(super) expose_any_header: bool,
    // What plain data cannot say.
    pub(super) closures: Vec<Predicate>,
    /// One for each call.
    pub(super) max_ages: Vec<Duration>,
}

impl From<&PolicyConfig> for Settings {
    fn from(config: &PolicyConfig) -> Self {
        let rule = |config: &RuleConfig| RuleSettings {
            max_ages: config.max_age.map(Duration::from_secs).into_iter().collect(),
            config: config.clone(),
            ..RuleSettings::default()
        };
        Self { rules: config.rules.iter().map(rule).collect(), wording: Wording::Keys }
    }
}

impl fmt::Debug for RuleSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSettings")
            .field("any_origin", &self.any_origin)
            .field("any_method", &self.any_method)
            .field("any_header", &self.any_header)
            .field("expose_any_header", &self.expose_any_header)
            .field("closures", &self.closures.len())
            .field("max_ages", &self.max_ages)
            .field("config", &self.config)
            .finish()
    }
}
