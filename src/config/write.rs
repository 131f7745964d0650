//! Writes settings with serde, in a short form that reads back to the same.

use serde::Serialize;
use serde::ser::{Error, SerializeMap as _, Serializer};

use super::keys::RULES;
use super::{PolicyConfig, RuleConfig, entries};

impl Serialize for PolicyConfig {
    /// A single rule is written without a list, if it says anything.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.rules[..] {
            [rule] if *rule != RuleConfig::default() => rule.serialize(serializer),
            rules => {
                let mut map = serializer.serialize_map(None)?;
                if !rules.is_empty() {
                    map.serialize_entry(RULES, rules)?;
                }
                map.end()
            }
        }
    }
}

impl Serialize for RuleConfig {
    /// What was not set is left out.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.closures > 0 {
            let closures = self.closures;
            return Err(S::Error::custom(format_args!(
                "the rule has closures ({closures}), which cannot be written down; list their \
                 origins, or leave the rule out"
            )));
        }
        let mut map = serializer.serialize_map(None)?;
        let mut list = |key, texts: &[String]| match texts {
            [] => Ok(()),
            [text] if entries(text) == texts => map.serialize_entry(key, text.as_str()),
            texts => map.serialize_entry(key, &Texts(texts)),
        };
        list("allow_origins", &self.allow_origins)?;
        list("allow_methods", &self.allow_methods)?;
        list("allow_headers", &self.allow_headers)?;
        list("expose_headers", &self.expose_headers)?;
        if let Some(max_age) = self.max_age {
            map.serialize_entry("max_age", &max_age)?;
        }
        for (key, is_on) in [
            ("allow_credentials", self.allow_credentials),
            ("dangerously_mirror_any_origin", self.dangerously_mirror_any_origin),
            ("dangerously_allow_null_origin", self.dangerously_allow_null_origin),
            ("dangerously_allow_insecure_origins", self.dangerously_allow_insecure_origins),
            ("dangerously_allow_public_wildcards", self.dangerously_allow_public_wildcards),
        ] {
            if is_on {
                map.serialize_entry(key, &true)?;
            }
        }
        map.end()
    }
}

/// serde knows how to write a `String` only with its feature `alloc`.
struct Texts<'a>(&'a [String]);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(String::as_str))
    }
}
