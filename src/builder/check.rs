//! Checks the settings of a rule: finds all mistakes, and keeps what is right.

use std::time::Duration;

use http::{HeaderName, Method};

use super::RuleSettings;
use super::error::{ConfigError, Place};
use super::given::{Entry, Given};
use super::public_suffix::has_strangers_below;
use crate::fetch;
use crate::origin::OriginPattern;

/// Checks the settings of one rule.
pub(super) struct Check<'a> {
    /// Its index.
    pub(super) rule: usize,
    /// How many rules there are.
    pub(super) rules: usize,
    pub(super) mistakes: &'a mut Vec<ConfigError>,
}

/// What of a rule's settings is right; what is redundant is left out.
pub(super) struct Checked {
    pub(super) methods: Vec<Method>,
    pub(super) headers: Vec<HeaderName>,
    pub(super) exposed: Vec<HeaderName>,
    pub(super) max_age: Option<Duration>,
}

impl Check<'_> {
    /// Everything but the origins.
    pub(super) fn rule(&mut self, rule: &RuleSettings) -> Checked {
        let methods = self.methods(&rule.methods);
        let headers = self.request_headers(&rule.headers);
        let exposed = self.exposed(&rule.exposed, rule.credentials);
        if rule.expose_any && rule.credentials {
            let place = self.place("expose_any_header");
            self.mistakes.push(ConfigError::ExposeAnyWithCredentials { place });
        }
        Checked { methods, headers, exposed, max_age: self.max_age(&rule.max_ages) }
    }

    pub(super) fn origins(&mut self, rule: &RuleSettings) -> Vec<OriginPattern> {
        let mut patterns = Vec::with_capacity(rule.origins.len());
        let mut unsafe_with_credentials = Vec::new();
        for (entry, given) in rule.origins.iter().enumerate() {
            let pattern = match &given.0 {
                Entry::Value(pattern) => Ok(pattern.clone()),
                Entry::Text(text) => text.parse(),
            };
            let place = self.entry("allow_origins", entry);
            match pattern {
                Ok(pattern) => {
                    unsafe_with_credentials.extend(not_for_credentials(rule, &pattern, place));
                    patterns.push(pattern);
                }
                Err(error) => self.mistakes.push(ConfigError::InvalidOrigin { place, error }),
            }
        }
        let covers_more = rule.any_origin || rule.null_origin || !rule.predicates.is_empty();
        if rule.origins.is_empty() && !covers_more {
            let place = self.place("allow_origins");
            self.mistakes.push(ConfigError::NoOrigins { place });
        }
        self.mistakes.append(&mut unsafe_with_credentials);
        if rule.null_origin && rule.credentials {
            let place = self.place("dangerously_allow_null_origin");
            self.mistakes.push(ConfigError::NullOriginWithCredentials { place });
        }
        patterns
    }

    fn methods(&mut self, given: &[Given<Method>]) -> Vec<Method> {
        let mut methods = Vec::new();
        for (entry, given) in given.iter().enumerate() {
            let (text, method) = match &given.0 {
                Entry::Value(method) => (method.as_str(), Ok(method.clone())),
                Entry::Text(text) => (text.as_str(), Method::from_bytes(text.as_bytes())),
            };
            let place = self.entry("allow_methods", entry);
            let normalized = fetch::normalize_method(text);
            let mistake = match method {
                _ if text == "*" => ConfigError::Wildcard { place, mend: "allow_any_method" },
                Err(_) => ConfigError::InvalidMethod { place, input: text.to_owned() },
                _ if fetch::is_forbidden_method(text) => {
                    ConfigError::ForbiddenMethod { place, method: text.to_owned() }
                }
                _ if normalized != text => ConfigError::UnnormalizedMethod {
                    place,
                    method: text.to_owned(),
                    normalized: normalized.to_owned(),
                },
                Ok(method) => {
                    if !fetch::is_safelisted_method(text.as_bytes()) {
                        methods.push(method);
                    }
                    continue;
                }
            };
            self.mistakes.push(mistake);
        }
        methods
    }

    fn request_headers(&mut self, given: &[Given<HeaderName>]) -> Vec<HeaderName> {
        self.header_names("allow_headers", given, |place, text, known| {
            let name = text.to_owned();
            match known {
                "*" => Some(ConfigError::Wildcard { place, mend: "allow_any_header" }),
                _ if fetch::is_cors_response_header(known) => {
                    Some(ConfigError::MisplacedRequestHeader { place, name })
                }
                _ if fetch::is_forbidden_request_header(known) => {
                    Some(ConfigError::ForbiddenRequestHeader { place, name })
                }
                _ => None,
            }
        })
    }

    fn exposed(&mut self, given: &[Given<HeaderName>], credentials: bool) -> Vec<HeaderName> {
        let mut names = self.header_names("expose_headers", given, |place, text, known| {
            let name = text.to_owned();
            match known {
                "*" if credentials => Some(ConfigError::ExposeAnyWithCredentials { place }),
                "*" => Some(ConfigError::Wildcard { place, mend: "expose_any_header" }),
                _ if fetch::is_forbidden_response_header(known) => {
                    Some(ConfigError::ForbiddenResponseHeader { place, name })
                }
                _ if fetch::is_cors_request_header(known)
                    || fetch::is_preflight_response_header(known) =>
                {
                    Some(ConfigError::MisplacedResponseHeader { place, name })
                }
                _ => None,
            }
        });
        names.retain(|name| !fetch::is_safelisted_response_header(name.as_str()));
        names
    }

    /// `mistake` says what is wrong with a name, given as it was written and in lower case.
    fn header_names(
        &mut self,
        setter: &'static str,
        given: &[Given<HeaderName>],
        mistake: impl Fn(Place, &str, &str) -> Option<ConfigError>,
    ) -> Vec<HeaderName> {
        let mut names = Vec::new();
        for (entry, given) in given.iter().enumerate() {
            let (text, name) = match &given.0 {
                Entry::Value(name) => (name.as_str(), Ok(name.clone())),
                Entry::Text(text) => (text.as_str(), HeaderName::from_bytes(text.as_bytes())),
            };
            let place = self.entry(setter, entry);
            let mistake = match &name {
                Err(_) => Some(ConfigError::InvalidHeaderName { place, input: text.to_owned() }),
                Ok(name) => mistake(place, text, name.as_str()),
            };
            match mistake {
                Some(mistake) => self.mistakes.push(mistake),
                None => names.extend(name),
            }
        }
        names
    }

    fn max_age(&mut self, given: &[Duration]) -> Option<Duration> {
        let first = given.first().copied();
        for (entry, &max_age) in given.iter().enumerate() {
            let place = self.place("max_age");
            let whole = max_age.subsec_nanos() == 0;
            let mistake = match first {
                Some(first) if first != max_age => {
                    ConfigError::MaxAgeConflict { place, first, second: max_age }
                }
                _ if entry > 0 => continue,
                _ if max_age > Duration::from_secs(fetch::MAX_AGE_SECONDS) => {
                    ConfigError::MaxAgeTooLong { place, max_age }
                }
                _ if !whole => ConfigError::MaxAgeNotWholeSeconds { place, max_age },
                _ => continue,
            };
            self.mistakes.push(mistake);
        }
        first
    }

    fn place(&self, setter: &'static str) -> Place {
        Place { rule: self.rule, rules: self.rules, setter: Some(setter), entry: None }
    }

    fn entry(&self, setter: &'static str, entry: usize) -> Place {
        Place { entry: Some(entry), ..self.place(setter) }
    }
}

/// What keeps an origin from having credentials.
fn not_for_credentials(
    rule: &RuleSettings,
    pattern: &OriginPattern,
    place: Place,
) -> impl Iterator<Item = ConfigError> {
    let insecure = rule.credentials && !rule.insecure_origins && pattern.is_insecure();
    let strangers = rule.credentials
        && !rule.public_suffixes
        && pattern.covers_subdomains()
        && has_strangers_below(pattern.host());
    let insecure = insecure.then(|| {
        let pattern = pattern.clone();
        ConfigError::InsecureOriginWithCredentials { place, pattern }
    });
    let strangers = strangers.then(|| {
        let pattern = pattern.clone();
        ConfigError::PublicSuffixWithCredentials { place, pattern }
    });
    insecure.into_iter().chain(strangers)
}
