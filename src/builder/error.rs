//! [`BuildError`]: all mistakes of a policy at once. [`ConfigError`]: one of them.

use std::error::Error;
use std::fmt;

use super::mistake::{ConfigErrorKind, Severity};
use super::place::Place;

/// All mistakes that [`build`](crate::PolicyBuilder::build) found in a policy.
///
/// They come in this order: rule by rule; within a rule origins, credentials, methods, request
/// headers, response headers, max-age; within a setting in the order in which its entries were
/// given; at the end what only all rules together show: patterns for which there is no room, and
/// what no request reaches.
///
/// ```
/// use tower_cors::Policy;
///
/// let error = Policy::allow_origins(["https://app.example.com/"])
///     .allow_headers(["x-csrf-token", "cookie"])
///     .build()
///     .unwrap_err();
/// assert_eq!(error.mistakes().map(|mistake| mistake.code()).collect::<Vec<_>>(), [
///     "invalid-origin",
///     "forbidden-request-header",
/// ]);
/// println!("{error}");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BuildError {
    /// Never empty.
    mistakes: Vec<ConfigError>,
}

impl BuildError {
    /// `Err` if there is any mistake.
    pub(super) fn if_any(mistakes: Vec<ConfigError>) -> Result<(), Self> {
        if mistakes.is_empty() { Ok(()) } else { Err(Self { mistakes }) }
    }

    /// The mistakes, one at least, in the order that the type's documentation states.
    #[must_use]
    pub fn mistakes(&self) -> impl ExactSizeIterator<Item = &ConfigError> {
        self.mistakes.iter()
    }
}

impl IntoIterator for BuildError {
    type Item = ConfigError;
    type IntoIter = std::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.mistakes.into_iter()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.mistakes.len() == 1 { "" } else { "s" };
        write!(f, "{} mistake{plural} in the CORS policy:", self.mistakes.len())?;
        for (index, mistake) in self.mistakes.iter().enumerate() {
            write!(f, "\n  {}. {mistake} [{}]", index + 1, mistake.code())?;
        }
        Ok(())
    }
}

impl fmt::Debug for BuildError {
    /// As [`Display`](fmt::Display): `unwrap` and a `main` that returns the error print this form,
    /// and there, too, somebody wants to know what to fix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for BuildError {}

/// One mistake in the settings of a policy.
///
/// Its [`Display`](fmt::Display) form names the place, the input, what is wrong with it, and how to
/// fix it. [`reason`](Self::reason) and [`fix`](Self::fix) give the last two apart, for a product
/// whose users know the settings by other names.
///
/// ```
/// use tower_cors::Policy;
///
/// let error = Policy::allow_origins(["http://intranet"]).allow_credentials().build().unwrap_err();
/// let mistake = error.mistakes().next().unwrap();
/// assert_eq!(mistake.place().to_string(), "allow_origins[0]");
/// assert_eq!(
///     mistake.reason(),
///     "\"http://intranet\" with credentials lets an attacker on the network act for that origin's \
///      visitors",
/// );
/// ```
///
/// # Every kind of mistake
///
#[doc = include_str!("mistakes.md")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConfigError {
    place: Place,
    kind: ConfigErrorKind,
}

impl ConfigError {
    pub(super) fn new(place: Place, kind: ConfigErrorKind) -> Self {
        Self { place, kind }
    }

    /// Where the mistake is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What the mistake is, for programs.
    #[must_use]
    pub fn kind(&self) -> &ConfigErrorKind {
        &self.kind
    }

    /// A short name of the kind of mistake. It stays the same from release to release.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.words(&self.place).code
    }

    /// What is wrong, with the input where there is one. It names no setting.
    #[must_use]
    pub fn reason(&self) -> String {
        self.kind.words(&self.place).reason.into_owned()
    }

    /// How to fix it, as an instruction such as `leave it out`. It names settings: those of
    /// [`PolicyBuilder`](crate::PolicyBuilder), or the fields of
    /// [`RuleConfig`](crate::RuleConfig) if the mistake was found in one.
    #[must_use]
    pub fn fix(&self) -> String {
        self.kind.words(&self.place).fix.into_owned()
    }

    /// Whether the policy does no harm without what the mistake is about: then
    /// [`build_with_warnings`](crate::PolicyBuilder::build_with_warnings) returns the mistake
    /// beside the policy.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        self.severity() < Severity::Error
    }

    pub(super) fn severity(&self) -> Severity {
        self.kind.words(&self.place).severity
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.kind.words(&self.place);
        write!(f, "{}: {}; {}", self.place, words.reason, words.fix)
    }
}

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        None // what lies behind is part of the message already
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
