//! Checks settings: gives all that is right, or all mistakes.

use std::time::Duration;

use super::error::{BuildError, ConfigError};
use super::mistake::{ConfigErrorKind as Kind, Severity};
use super::names;
use super::place::{Place, Wording, setter_for_all};
use super::public_suffix::strangers_can_have;
use super::reach::Checked;
use super::settings::{RuleSettings, Settings};
use crate::config::{ANY, RuleConfig};
use crate::fetch;
use crate::origin::{Origin, OriginPattern};
use crate::policy::compiled::Predicate;

/// One rule of which everything is right.
#[derive(Clone)]
pub(super) struct CheckedRule {
    /// In the form in which a policy reads it back, but for `allow_origins`.
    pub(super) config: RuleConfig,
    /// Each with the index of its entry.
    pub(super) patterns: Vec<(usize, OriginPattern)>,
    pub(super) closures: Vec<Predicate>,
    /// Whether a mistake in its origins hides what else it was to cover.
    pub(super) is_incomplete: bool,
    pub(super) place: Place,
}

impl CheckedRule {
    /// A rule that lists no patterns.
    pub(super) fn new(config: RuleConfig) -> Self {
        Self {
            config,
            patterns: Vec::new(),
            closures: Vec::new(),
            is_incomplete: false,
            place: Place::default(),
        }
    }

    pub(super) fn is_any_origin(&self) -> bool {
        self.config.allow_origins == [ANY]
    }

    fn has_origins(&self) -> bool {
        !self.patterns.is_empty()
            || !self.closures.is_empty()
            || self.covers_null()
            || self.config.dangerously_mirror_any_origin
    }

    pub(super) fn covers_null(&self) -> bool {
        self.is_any_origin() || self.config.dangerously_allow_null_origin
    }

    /// Leaves `null`, and what any origin covers beyond.
    pub(super) fn forget_tuple_origins(&mut self) {
        self.config.dangerously_mirror_any_origin = false;
        self.patterns.clear();
        self.closures.clear();
    }
}

/// What is right, and the mistakes that are tolerated. If there are others, those.
pub(super) fn check(
    settings: &Settings,
    tolerated: Severity,
) -> Result<(Checked, Vec<ConfigError>), BuildError> {
    let (checked, mistakes) = examine(settings);
    let (tolerable, others) =
        mistakes.into_iter().partition(|mistake| mistake.severity() <= tolerated);
    BuildError::if_any(others)?;
    Ok((checked, tolerable))
}

/// All that is right, and all mistakes.
fn examine(settings: &Settings) -> (Checked, Vec<ConfigError>) {
    let Settings { rules: given, wording } = settings;
    let place = Place { rule: 0, rules: given.len(), setter: None, entry: None, wording: *wording };
    let mut mistakes = Vec::new();
    if given.is_empty() {
        let place = Place { setter: Some("rules"), ..place };
        mistakes.push(ConfigError::new(place, Kind::NoRules));
    }
    let mut rules = Vec::with_capacity(given.len());
    for (index, rule) in given.iter().enumerate() {
        let place = Place { rule: index, ..place };
        let rule = RuleCheck { place, mistakes: &mut mistakes }.rule(rule);
        // One without has been reported.
        rules.extend(rule.has_origins().then_some(rule));
    }
    (Checked::without_unreachable(rules, &mut mistakes), mistakes)
}

/// Checks the settings of one rule.
pub(super) struct RuleCheck<'a> {
    place: Place,
    mistakes: &'a mut Vec<ConfigError>,
}

impl RuleCheck<'_> {
    fn rule(&mut self, given: &RuleSettings) -> CheckedRule {
        let mut rule = self.origins(given);
        self.credentials(given, &rule);
        rule.config.allow_methods = self.methods(given);
        rule.config.allow_headers = self.request_headers(given);
        rule.config.expose_headers = self.response_headers(given);
        rule.config.max_age = self.max_age(&given.max_ages);
        let config = &mut rule.config;
        if config.dangerously_mirror_any_origin {
            // It covers them all.
            rule.patterns.clear();
            rule.closures.clear();
        }
        rule
    }

    /// A rule that has its origins and switches, and nothing else.
    fn origins(&mut self, given: &RuleSettings) -> CheckedRule {
        const LIST: &str = "allow_origins";
        let mut patterns = Vec::with_capacity(given.config.allow_origins.len());
        let mut wildcard = None;
        let mut invalid = 0;
        for (entry, text) in trimmed(&given.config.allow_origins) {
            if text == ANY && self.place.wording == Wording::Keys {
                wildcard = Some(entry);
            } else if text.is_empty() {
                self.entry(LIST, entry, Kind::EmptyEntry);
            } else {
                match text.parse() {
                    Ok(pattern) => patterns.push((entry, pattern)),
                    Err(error) => {
                        invalid += 1;
                        self.entry(LIST, entry, Kind::InvalidOrigin { error });
                    }
                }
            }
        }
        if let Some(entry) = wildcard.filter(|_| patterns.len() + invalid > 0) {
            self.entry(LIST, entry, Kind::WildcardAmongOthers);
        }
        let closures = given.config.closures;
        if closures > 0 {
            self.whole("allow_origins_by", Kind::ClosuresReadBack { closures });
        }
        let any_origin = given.any_origin || wildcard.is_some();
        let with = &given.config;
        let config = RuleConfig {
            allow_origins: any_origin.then(|| ANY.to_owned()).into_iter().collect(),
            // Any origin is more than both.
            dangerously_mirror_any_origin: with.dangerously_mirror_any_origin && !any_origin,
            dangerously_allow_null_origin: with.dangerously_allow_null_origin && !any_origin,
            allow_credentials: with.allow_credentials,
            dangerously_allow_insecure_origins: with.dangerously_allow_insecure_origins,
            dangerously_allow_public_wildcards: with.dangerously_allow_public_wildcards,
            ..RuleConfig::default()
        };
        let rule = CheckedRule {
            config,
            patterns,
            closures: given.closures.clone(),
            is_incomplete: invalid > 0,
            place: self.place,
        };
        if !rule.has_origins() && invalid == 0 && closures == 0 {
            self.whole(LIST, Kind::NoOrigins);
        }
        rule
    }

    fn credentials(&mut self, given: &RuleSettings, rule: &CheckedRule) {
        if !given.config.allow_credentials {
            return;
        }
        if rule.is_any_origin() {
            self.whole("allow_credentials", Kind::AnyOriginWithCredentials);
        }
        let config = &rule.config;
        if !config.dangerously_mirror_any_origin {
            for (entry, pattern) in &rule.patterns {
                if !config.dangerously_allow_insecure_origins && pattern.is_insecure() {
                    let pattern = pattern.clone();
                    let kind = Kind::InsecureOriginWithCredentials { pattern };
                    self.entry("allow_origins", *entry, kind);
                }
                if !config.dangerously_allow_public_wildcards && strangers_can_have(pattern) {
                    let pattern = pattern.clone();
                    let kind = Kind::PublicWildcardWithCredentials { pattern };
                    self.entry("allow_origins", *entry, kind);
                }
            }
            for (entry, closure) in rule.closures.iter().enumerate() {
                if Origin::parse(PROBE).is_some_and(|probe| closure(&probe)) {
                    self.entry("allow_origins_by", entry, Kind::ClosureAllowsAnyOrigin);
                }
            }
        }
        if config.dangerously_allow_null_origin {
            self.whole("dangerously_allow_null_origin", Kind::NullOriginWithCredentials);
        }
    }

    fn methods(&mut self, given: &RuleSettings) -> Vec<String> {
        const LIST: &str = "allow_methods";
        let list = &given.config.allow_methods;
        let mut methods = Vec::with_capacity(list.len());
        let mut wildcard = None;
        for (entry, text) in trimmed(list) {
            if text == ANY {
                match self.wildcard(LIST) {
                    None => wildcard = Some(entry),
                    Some(mistake) => self.entry(LIST, entry, mistake),
                }
                continue;
            }
            match names::method_mistake(text) {
                Some(mistake) => self.entry(LIST, entry, mistake),
                None => methods.push((entry, text)),
            }
        }
        if let Some(entry) = wildcard.filter(|_| list.iter().any(|text| !is_any_or_empty(text))) {
            self.entry(LIST, entry, Kind::WildcardAmongOthers);
        }
        let any = given.any_method || wildcard.is_some();
        let names = methods.iter().map(|(_, method)| (*method).to_owned()).collect();
        let names = all_or_sorted(any, names);
        for (entry, method) in methods.into_iter().filter(|_| !any) {
            // Was `PATCH` meant by `patch`? Not if it is there as well.
            let upper_case = method.to_ascii_uppercase();
            if names.binary_search(&upper_case).is_err() {
                let method = method.to_owned();
                self.entry(LIST, entry, Kind::LowerCaseMethod { method, upper_case });
            }
        }
        names
    }

    fn request_headers(&mut self, given: &RuleSettings) -> Vec<String> {
        const LIST: &str = "allow_headers";
        let wildcard = self.wildcard(LIST);
        let mistake = names::request_header_mistake;
        let list = &given.config.allow_headers;
        self.header_names(LIST, list, given.any_header, wildcard.as_ref(), mistake)
    }

    fn response_headers(&mut self, given: &RuleSettings) -> Vec<String> {
        const LIST: &str = "expose_headers";
        let credentials = given.config.allow_credentials;
        let with_credentials = credentials.then_some(Kind::ExposeAnyWithCredentials);
        let wildcard = with_credentials.or_else(|| self.wildcard(LIST));
        let list = &given.config.expose_headers;
        let any = given.expose_any_header;
        let mistake = names::response_header_mistake;
        let names = self.header_names(LIST, list, any, wildcard.as_ref(), mistake);
        if any && credentials {
            self.whole("expose_any_header", Kind::ExposeAnyWithCredentials);
        }
        names
    }

    /// `wildcard` is what is wrong with a `"*"`, if anything is; `mistake` says what is wrong with a
    /// name.
    fn header_names(
        &mut self,
        list: &'static str,
        given: &[String],
        mut any: bool,
        wildcard: Option<&Kind>,
        mistake: fn(&str) -> Option<Kind>,
    ) -> Vec<String> {
        let mut names = Vec::with_capacity(given.len());
        for (entry, text) in trimmed(given) {
            let is_wildcard = text == ANY;
            match if is_wildcard { wildcard.cloned() } else { mistake(text) } {
                Some(mistake) => self.entry(list, entry, mistake),
                None if is_wildcard => any = true,
                None => names.push(text.to_ascii_lowercase()),
            }
        }
        all_or_sorted(any, names)
    }

    /// What is wrong with a `"*"` in a list of names: in code, a setter says the same.
    fn wildcard(&self, list: &str) -> Option<Kind> {
        let setter = setter_for_all(list);
        (self.place.wording == Wording::Setters).then_some(Kind::Wildcard { setter })
    }

    fn max_age(&mut self, given: &[Duration]) -> Option<u64> {
        let max_age = *given.first()?;
        if max_age > Duration::from_secs(fetch::MAX_AGE_SECONDS) {
            self.whole("max_age", Kind::MaxAgeTooLong { max_age });
        } else if max_age.subsec_nanos() > 0 {
            self.whole("max_age", Kind::MaxAgeNotWholeSeconds { max_age });
        }
        for &second in given.iter().filter(|&&second| second != max_age) {
            self.whole("max_age", Kind::MaxAgeConflict { first: max_age, second });
        }
        Some(max_age.as_secs().min(fetch::MAX_AGE_SECONDS))
    }

    /// A mistake in an entry of a setting.
    #[cold]
    fn entry(&mut self, setter: &'static str, entry: usize, kind: Kind) {
        let place = Place { setter: Some(setter), entry: Some(entry), ..self.place };
        self.mistakes.push(ConfigError::new(place, kind));
    }

    /// A mistake in a setting as a whole.
    #[cold]
    fn whole(&mut self, setter: &'static str, kind: Kind) {
        let place = Place { setter: Some(setter), ..self.place };
        self.mistakes.push(ConfigError::new(place, kind));
    }
}

/// An origin that nobody can have: names below `invalid` do not exist ([RFC 6761, section 6.4]).
///
/// [RFC 6761, section 6.4]: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
const PROBE: &[u8] = b"https://tower-cors-probe.invalid";

/// The entries of a list with their indices, without the white space around them.
fn trimmed(list: &[String]) -> impl Iterator<Item = (usize, &str)> {
    list.iter().map(|text| text.trim()).enumerate()
}

fn is_any_or_empty(text: &str) -> bool {
    matches!(text.trim(), ANY | "")
}

/// The names as a policy keeps them.
fn all_or_sorted(any: bool, mut names: Vec<String>) -> Vec<String> {
    if any {
        return vec![ANY.to_owned()];
    }
    names.sort_unstable();
    names.dedup();
    names
}
