//! [`Keys`]: the names under which settings stand. No others are read.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::nearest_key::key_fix;
use super::place::Place;
use super::quoted::Quoted;

/// The key of the list of rules.
pub(super) const RULES: &str = "rules";

/// The keys of a policy: the list of rules, or what is said of the only one.
const POLICY_KEYS: &[&str] = &[
    RULES,
    "allow_origins",
    "allow_credentials",
    "allow_methods",
    "allow_headers",
    "expose_headers",
    "max_age",
    "dangerously_mirror_any_origin",
    "dangerously_allow_null_origin",
    "dangerously_allow_insecure_origins",
    "dangerously_allow_public_wildcards",
];

/// The keys of a rule: the fields of [`RuleConfig`](super::RuleConfig).
pub(super) const RULE_KEYS: &[&str] = POLICY_KEYS.split_at(1).1;

/// Reads the keys of one map. A mistake is found while the key is read, not afterwards, because a
/// format knows the line of what it reads.
pub(super) struct Keys {
    place: Place,
    known: &'static [&'static str],
    seen: Vec<&'static str>,
}

impl Keys {
    pub(super) fn of_policy() -> Self {
        Self { known: POLICY_KEYS, ..Self::of_rule(Place::default()) }
    }

    pub(super) fn of_rule(place: Place) -> Self {
        Self { place, known: RULE_KEYS, seen: Vec::new() }
    }

    /// Whether keys of a rule were read.
    pub(super) fn are_of_a_rule(&self) -> bool {
        self.seen.first().is_some_and(|key| *key != RULES)
    }
}

impl<'de> DeserializeSeed<'de> for &mut Keys {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for &mut Keys {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a setting")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<&'static str, E> {
        let place = self.place;
        let Some(&key) = self.known.iter().find(|key| **key == text) else {
            let reason = format_args!("{} is not a setting", Quoted(text));
            return Err(place.mistake(reason, key_fix(text, self.known)));
        };
        if self.seen.contains(&key) {
            return Err(place.mistake(format_args!("{key} is there twice"), "keep one of them"));
        }
        if let Some(other) = self.seen.iter().find(|other| (**other == RULES) != (key == RULES)) {
            let of_rule = if key == RULES { other } else { key };
            let reason = format_args!("{of_rule} stands beside {RULES}");
            return Err(place.mistake(reason, format_args!("move it into one of the {RULES}")));
        }
        self.seen.push(key);
        Ok(key)
    }
}
