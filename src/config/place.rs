//! [`Place`]: where in a file a value stands.

use std::fmt;

use serde::de::Error;

use super::keys::RULES;

/// Where a value stands, such as `rules[1].allow_origins[0]`. Rules are counted where there is a list
/// of them, even of one.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) rule: Option<usize>,
    pub(super) key: Option<&'static str>,
    pub(super) entry: Option<usize>,
}

impl Place {
    pub(super) fn of(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// A mistake here, told as `build()` tells them.
    pub(super) fn mistake<E: Error>(self, reason: impl fmt::Display, fix: impl fmt::Display) -> E {
        let is_whole = self.rule.is_none() && self.key.is_none();
        let colon = if is_whole { "" } else { ": " };
        E::custom(format_args!("{self}{colon}{reason}; {fix}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rule) = self.rule {
            write!(f, "{RULES}[{rule}]")?;
        }
        if let Some(key) = self.key {
            let dot = if self.rule.is_some() { "." } else { "" };
            write!(f, "{dot}{key}")?;
        }
        match self.entry {
            Some(entry) => write!(f, "[{entry}]"),
            None => Ok(()),
        }
    }
}
