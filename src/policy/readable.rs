//! A policy is read back, printed and compared by the settings that it keeps.

use std::fmt;
use std::sync::Arc;

use super::Policy;
use super::compiled::Compiled;

/// Policies are equal when they read back the same: what was redundant in their settings, and the
/// order of the entries of a setting, make no difference. A closure is equal to itself only.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        match (self.compiled(), other.compiled()) {
            (None, None) => true,
            (Some(one), Some(other)) => {
                std::ptr::eq(one, other) || one.config == other.config && same_closures(one, other)
            }
            _ => false,
        }
    }
}

impl Eq for Policy {}

/// For policies with equal settings.
fn same_closures(one: &Compiled, other: &Compiled) -> bool {
    // All that mirror any origin do the same.
    let mirrors = |rule| one.config.rules[rule as usize].dangerously_mirror_any_origin;
    let mut pairs = one.predicates.iter().zip(&other.predicates);
    pairs.all(|((rule, one), (_, other))| mirrors(*rule) || Arc::ptr_eq(one, other))
}

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
    ///     "http://localhost:*, https://app.example.com; methods PUT\nany origin",
    /// );
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.config() {
            Some(config) => config.fmt(f),
            None => f.write_str("disabled"),
        }
    }
}

impl fmt::Debug for Policy {
    /// The rules as they are printed, and the form that the matcher chose for their patterns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(compiled) = self.compiled() else {
            return f.write_str("Policy(disabled)");
        };
        let rules: Vec<_> = compiled.config.rules.iter().map(ToString::to_string).collect();
        f.debug_struct("Policy")
            .field("rules", &format_args!("[{}]", rules.join("; or ")))
            .field("matcher", &compiled.matcher)
            .finish()
    }
}
