//! [`PolicyConfig`]: the settings of a policy as plain data.

#[cfg(feature = "serde")]
mod keys;
#[cfg(feature = "serde")]
mod nearest_key;
#[cfg(feature = "serde")]
mod place;
#[cfg(feature = "serde")]
mod quoted;
#[cfg(feature = "serde")]
mod read;
#[cfg(feature = "serde")]
mod seconds;
#[cfg(feature = "serde")]
mod write;

use std::fmt;

/// The settings of a [`Policy`](crate::Policy) as plain data: what configuration files say, and what
/// [`Policy::config`](crate::Policy::config) reads back.
///
/// [`build`](Self::build) and [`build_with_warnings`](Self::build_with_warnings) make a policy of
/// them.
///
#[cfg_attr(feature = "serde", doc = include_str!("formats.md"))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PolicyConfig {
    /// The rules. The first one that covers a request's origin governs the request.
    pub rules: Vec<RuleConfig>,
}

impl From<RuleConfig> for PolicyConfig {
    /// A policy with one rule.
    fn from(rule: RuleConfig) -> Self {
        Self { rules: vec![rule] }
    }
}

/// The settings of one rule: a field for each setter of [`PolicyBuilder`](crate::PolicyBuilder).
///
/// In the four lists `"*"` stands for all: any origin, any method, any request header, any response
/// header. In `allow_origins` and `allow_methods` it stands alone; in the other two, names may stand
/// beside it.
///
/// ```
/// use tower_cors::RuleConfig;
///
/// let mut rule = RuleConfig::default();
/// rule.allow_origins = vec!["https://app.example.com".to_owned()];
/// rule.allow_headers = vec!["*".to_owned()];
/// rule.max_age = Some(3600);
/// assert_eq!(rule.to_string(), "https://app.example.com; request headers any; max-age 3600 s");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RuleConfig {
    /// Origin patterns, or `"*"` for any origin:
    /// [`Policy::allow_origins`](crate::Policy::allow_origins),
    /// [`Policy::allow_any_origin`](crate::Policy::allow_any_origin).
    pub allow_origins: Vec<String>,
    /// [`Policy::dangerously_mirror_any_origin`](crate::Policy::dangerously_mirror_any_origin).
    pub dangerously_mirror_any_origin: bool,
    /// [`PolicyBuilder::dangerously_allow_null_origin`](crate::PolicyBuilder::dangerously_allow_null_origin).
    pub dangerously_allow_null_origin: bool,
    /// [`PolicyBuilder::allow_credentials`](crate::PolicyBuilder::allow_credentials).
    pub allow_credentials: bool,
    /// [`PolicyBuilder::dangerously_allow_insecure_origins`](crate::PolicyBuilder::dangerously_allow_insecure_origins).
    pub dangerously_allow_insecure_origins: bool,
    /// [`PolicyBuilder::dangerously_allow_public_wildcards`](crate::PolicyBuilder::dangerously_allow_public_wildcards).
    pub dangerously_allow_public_wildcards: bool,
    /// Methods, or `"*"` for any: [`PolicyBuilder::allow_methods`](crate::PolicyBuilder::allow_methods),
    /// [`PolicyBuilder::allow_any_method`](crate::PolicyBuilder::allow_any_method).
    pub allow_methods: Vec<String>,
    /// Names of request headers, and `"*"` for any:
    /// [`PolicyBuilder::allow_headers`](crate::PolicyBuilder::allow_headers),
    /// [`PolicyBuilder::allow_any_header`](crate::PolicyBuilder::allow_any_header).
    pub allow_headers: Vec<String>,
    /// Names of response headers, and `"*"` for any:
    /// [`PolicyBuilder::expose_headers`](crate::PolicyBuilder::expose_headers),
    /// [`PolicyBuilder::expose_any_header`](crate::PolicyBuilder::expose_any_header).
    pub expose_headers: Vec<String>,
    /// How long browsers may keep the answer to a preflight, in seconds:
    /// [`PolicyBuilder::max_age`](crate::PolicyBuilder::max_age).
    pub max_age: Option<u64>,
    pub(crate) closures: usize,
}

/// Stands for all in a list.
pub(crate) const ANY: &str = "*";

impl RuleConfig {
    /// How many closures the rule has: see
    /// [`PolicyBuilder::allow_origins_by`](crate::PolicyBuilder::allow_origins_by). More than 0 only
    /// where a policy with closures is read back, for plain data cannot have any.
    #[must_use]
    pub fn closures(&self) -> usize {
        self.closures
    }

    /// The origins, on one line. Of the listed ones no more than the limit, and how many there are
    /// besides.
    pub(crate) fn origins_in_words(&self, limit: usize) -> String {
        let closures = match self.closures {
            0 => None,
            1 => Some("a closure".to_owned()),
            more => Some(format!("{more} closures")),
        };
        let listed = self.allow_origins.iter().take(limit);
        let mut origins: Vec<&str> =
            listed.map(|text| if text == ANY { "any origin" } else { text }).collect();
        let others = self.allow_origins.len() - origins.len();
        let others = (others > 0).then(|| format!("{others} more"));
        origins.extend(others.as_deref());
        origins.extend(self.dangerously_mirror_any_origin.then_some("any origin, mirrored"));
        origins.extend(self.dangerously_allow_null_origin.then_some("null"));
        origins.extend(closures.as_deref());
        if origins.is_empty() {
            origins.push(NO_ORIGIN);
        }
        origins.join(", ")
    }
}

impl From<&str> for RuleConfig {
    /// The rule that a flag or a variable means: `*` is any origin, and a text without any is
    /// nobody. Commas or white space separate origins.
    ///
    /// It never fails: as always, [`build`](PolicyConfig::build) says what is wrong.
    ///
    /// ```
    /// use tower_cors::{BuildError, Policy, PolicyConfig, RuleConfig};
    ///
    /// /// Of `--cors`: `*`, a list of origins, or nothing for nobody.
    /// fn policy(flag: &str) -> Result<Policy, BuildError> {
    ///     let (policy, warnings) = PolicyConfig::from(RuleConfig::from(flag)).build_with_warnings()?;
    ///     for warning in &warnings {
    ///         eprintln!("--cors: {warning}");
    ///     }
    ///     Ok(policy)
    /// }
    ///
    /// assert_eq!(policy("*")?, Policy::allow_any_origin().build()?);
    /// let both = ["https://a.example", "https://b.example"];
    /// assert_eq!(policy(&both.join(", "))?, Policy::allow_origins(both).build()?);
    /// assert_eq!(policy("")?, Policy::deny_all());
    /// assert_eq!(
    ///     policy("https://a.example/").unwrap_err().mistakes().next().unwrap().reason(),
    ///     "\"https://a.example/\" is not an origin pattern: an origin has no path, not even a slash \
    ///      (at byte 17)",
    /// );
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    fn from(origins: &str) -> Self {
        Self { allow_origins: entries(origins), ..Self::default() }
    }
}

/// The entries of a list that is given as one text. What stands in braces is left together: `{a,b}` is
/// a notation of other tools, and `build` can only explain it as a whole.
fn entries(text: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let is_separator = |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (c == ',' || c.is_whitespace())
    };
    text.split(is_separator).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

impl fmt::Display for PolicyConfig {
    /// One line a rule, in order; `no origin` where there are none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rules.is_empty() {
            return f.write_str(NO_ORIGIN);
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let line_break = if index > 0 { "\n" } else { "" };
            write!(f, "{line_break}{rule}")?;
        }
        Ok(())
    }
}

const NO_ORIGIN: &str = "no origin";

impl fmt::Display for RuleConfig {
    /// The rule on one line. A setting that was not made is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origins_in_words(usize::MAX))?;
        for (is_set, words) in [
            (self.allow_credentials, "; credentials"),
            (self.dangerously_allow_insecure_origins, "; insecure origins too"),
            (self.dangerously_allow_public_wildcards, "; public wildcards too"),
        ] {
            f.write_str(if is_set { words } else { "" })?;
        }
        for (what, names) in [
            ("methods", &self.allow_methods),
            ("request headers", &self.allow_headers),
            ("exposed headers", &self.expose_headers),
        ] {
            if !names.is_empty() {
                let names: Vec<&str> =
                    names.iter().map(|name| if name == ANY { "any" } else { name }).collect();
                write!(f, "; {what} {}", names.join(", "))?;
            }
        }
        match self.max_age {
            Some(seconds) => write!(f, "; max-age {seconds} s"),
            None => Ok(()),
        }
    }
}
