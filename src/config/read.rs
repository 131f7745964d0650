//! Reads settings with serde, from whatever describes its own values: TOML, JSON, YAML, variables.
//!
//! The visitors are written out because derived ones lose what a person needs: a `flatten` or an
//! untagged enum loses the line of a mistake, the first also which keys are unknown, and the second
//! what was wrong.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::keys::{Keys, RULES};
use super::place::Place;
use super::quoted::Quoted;
use super::seconds::seconds_fix;
use super::{PolicyConfig, RuleConfig, entries};

impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PolicyVisitor)
    }
}

impl<'de> Deserialize<'de> for RuleConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleVisitor(Place::default()))
    }
}

/// Reads one value with a visitor.
struct Value<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Value<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}

/// Methods of a visitor of something that need not be set: `null` is the same as nothing.
macro_rules! null_is_unset {
    () => {
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            self.visit_unit()
        }

        fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
            value.deserialize_any(self)
        }
    };
}

struct PolicyVisitor;

impl<'de> Visitor<'de> for PolicyVisitor {
    type Value = PolicyConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings of a policy, such as allow_origins, each under its name")
    }

    null_is_unset!();

    /// Either the rules, or what one rule says.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PolicyConfig, A::Error> {
        let place = Place::default();
        let mut keys = Keys::of_policy();
        let mut rules = Vec::new();
        let mut rule = RuleConfig::default();
        while let Some(key) = map.next_key_seed(&mut keys)? {
            if key == RULES {
                rules = map.next_value_seed(Value(RulesVisitor))?;
            } else {
                read_setting(&mut rule, place.of(key), &mut map)?;
            }
        }
        if keys.are_of_a_rule() {
            rules.push(rule);
        }
        Ok(PolicyConfig { rules })
    }
}

struct RulesVisitor;

impl<'de> Visitor<'de> for RulesVisitor {
    type Value = Vec<RuleConfig>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rules to be a list: in TOML, each rule begins with [[rules]]")
    }

    null_is_unset!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<RuleConfig>, A::Error> {
        let mut rules = Vec::new();
        let visitor = |index| Value(RuleVisitor(Place { rule: Some(index), ..Place::default() }));
        while let Some(rule) = list.next_element_seed(visitor(rules.len()))? {
            rules.push(rule);
        }
        Ok(rules)
    }
}

struct RuleVisitor(Place);

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = RuleConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.rule {
            Some(_) => write!(f, "{} to be the settings of a rule", self.0)?,
            None => f.write_str("the settings of a rule")?,
        }
        f.write_str(", such as allow_origins, each under its name")
    }

    null_is_unset!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleConfig, A::Error> {
        let mut keys = Keys::of_rule(self.0);
        let mut rule = RuleConfig::default();
        while let Some(key) = map.next_key_seed(&mut keys)? {
            read_setting(&mut rule, self.0.of(key), &mut map)?;
        }
        Ok(rule)
    }
}

/// Reads the value of a key of a rule.
fn read_setting<'de, A: MapAccess<'de>>(
    rule: &mut RuleConfig,
    place: Place,
    map: &mut A,
) -> Result<(), A::Error> {
    let list = Value(ListVisitor(place));
    let switch = Value(SwitchVisitor(place));
    match place.key {
        Some("allow_origins") => rule.allow_origins = map.next_value_seed(list)?,
        Some("dangerously_mirror_any_origin") => {
            rule.dangerously_mirror_any_origin = map.next_value_seed(switch)?;
        }
        Some("dangerously_allow_null_origin") => {
            rule.dangerously_allow_null_origin = map.next_value_seed(switch)?;
        }
        Some("allow_credentials") => rule.allow_credentials = map.next_value_seed(switch)?,
        Some("dangerously_allow_insecure_origins") => {
            rule.dangerously_allow_insecure_origins = map.next_value_seed(switch)?;
        }
        Some("dangerously_allow_public_wildcards") => {
            rule.dangerously_allow_public_wildcards = map.next_value_seed(switch)?;
        }
        Some("allow_methods") => rule.allow_methods = map.next_value_seed(list)?,
        Some("allow_headers") => rule.allow_headers = map.next_value_seed(list)?,
        Some("expose_headers") => rule.expose_headers = map.next_value_seed(list)?,
        Some("max_age") => rule.max_age = map.next_value_seed(Value(SecondsVisitor(place)))?,
        // `Keys` lets no other pass.
        _ => return Err(place.mistake("it is not a setting", "leave it out")),
    }
    Ok(())
}

struct ListVisitor(Place);

impl<'de> Visitor<'de> for ListVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to be a list of texts, or one text with commas in it", self.0)
    }

    null_is_unset!();

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(entries(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut texts = Vec::new();
        let place = self.0;
        let entry = |index| Value(EntryVisitor(Place { entry: Some(index), ..place }));
        while let Some(text) = list.next_element_seed(entry(texts.len()))? {
            texts.push(text);
        }
        Ok(texts)
    }
}

struct EntryVisitor(Place);

impl Visitor<'_> for EntryVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to be text, in quotation marks", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

struct SwitchVisitor(Place);

impl<'de> Visitor<'de> for SwitchVisitor {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to be true or false", self.0)
    }

    null_is_unset!();

    fn visit_bool<E: Error>(self, is_on: bool) -> Result<bool, E> {
        Ok(is_on)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<bool, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<bool, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        let fix = match &*text.trim().to_ascii_lowercase() {
            "true" => return Ok(true),
            "false" | "" => return Ok(false),
            "yes" | "y" | "on" | "1" | "t" | "enabled" => "write true",
            "no" | "n" | "off" | "0" | "f" | "disabled" => "write false",
            _ => "write true or false",
        };
        let reason = format_args!("{} is neither true nor false", Quoted(text));
        Err(self.0.mistake(reason, fix))
    }
}

struct SecondsVisitor(Place);

impl<'de> Visitor<'de> for SecondsVisitor {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to be a number of seconds, such as 3600", self.0)
    }

    null_is_unset!();

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Option<u64>, E> {
        Ok(Some(seconds))
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Option<u64>, E> {
        self.visit_str(&seconds.to_string())
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Option<u64>, E> {
        self.visit_str(&seconds.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<u64>, E> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            let reason = format_args!("{} is not a whole number of seconds", Quoted(text));
            self.0.mistake(reason, seconds_fix(text))
        })
    }
}
