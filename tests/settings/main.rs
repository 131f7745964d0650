//! Settings as people have them: files, variables, flags. What they mean, and what is said of what
//! they cannot mean.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod flags;
mod mangled;
mod notations;
mod unreadable;
mod written;

use serde::de::DeserializeOwned;
use tower_cors::{PolicyConfig, RuleConfig};

fn from_toml(text: &str) -> Result<PolicyConfig, toml::de::Error> {
    toml::from_str(text)
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

fn from_yaml(text: &str) -> Result<PolicyConfig, yaml_serde::Error> {
    yaml_serde::from_str(text)
}

fn config(rules: impl IntoIterator<Item = RuleConfig>) -> PolicyConfig {
    let mut config = PolicyConfig::default();
    config.rules = rules.into_iter().collect();
    config
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}
