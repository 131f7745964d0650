//! [`Place`]: where in the settings of a policy a mistake is.

use std::fmt;

/// Where in the settings of a policy a mistake is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    pub(super) rule: usize,
    /// How many rules the settings have.
    pub(super) rules: usize,
    pub(super) setter: Option<&'static str>,
    pub(super) entry: Option<usize>,
    pub(super) wording: Wording,
}

/// Who reads about a mistake: whoever wrote the calls of a builder, or the keys of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Wording {
    #[default]
    Setters,
    Keys,
}

impl Place {
    /// A setter of the layer, which has no rules.
    pub(super) fn of_setter(setter: &'static str) -> Self {
        Self { setter: Some(setter), ..Self::default() }
    }

    pub(super) fn of_entry(setter: &'static str, entry: usize) -> Self {
        Self { entry: Some(entry), ..Self::of_setter(setter) }
    }

    /// The index of the rule, from 0.
    #[must_use]
    pub fn rule(&self) -> usize {
        self.rule
    }

    /// The name of the setter, such as `allow_origins`, which is also the name of the field of
    /// [`RuleConfig`](crate::RuleConfig). `None` where the mistake is the rule.
    #[must_use]
    pub fn setter(&self) -> Option<&'static str> {
        self.setter
    }

    /// The index of the entry, from 0, counted over all calls of the setter on this rule. `None`
    /// where the mistake is not in one entry.
    #[must_use]
    pub fn entry(&self) -> Option<usize> {
        self.entry
    }
}

impl fmt::Display for Place {
    /// Such as `allow_origins[2]`, and with several rules, `rules[1].allow_origins[2]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rules > 1 {
            write!(f, "rules[{}]", self.rule)?;
        }
        if let Some(setter) = self.setter {
            let dot = if self.rules > 1 { "." } else { "" };
            write!(f, "{dot}{setter}")?;
        }
        match self.entry {
            Some(entry) => write!(f, "[{entry}]"),
            None => Ok(()),
        }
    }
}

/// How messages name settings.
impl Wording {
    /// A setter, or its key.
    pub(super) fn name(self, setter: &str) -> String {
        match self {
            Self::Setters => format!("{setter}()"),
            Self::Keys => setter.to_owned(),
        }
    }

    /// To make a setting that is on or off.
    pub(super) fn switch_on(self, setter: &str) -> String {
        match self {
            Self::Setters => format!("call {setter}()"),
            Self::Keys => format!("set {setter} to true"),
        }
    }

    /// To allow all that a list could name.
    pub(super) fn allow_all(self, list: &str) -> String {
        match self {
            Self::Setters => format!("call {}()", setter_for_all(list)),
            Self::Keys => format!("write \"*\" in {list}"),
        }
    }
}

/// The setter that allows all that a list could name.
pub(super) fn setter_for_all(list: &str) -> &'static str {
    match list {
        "allow_methods" => "allow_any_method",
        "expose_headers" => "expose_any_header",
        _ => "allow_any_header",
    }
}
