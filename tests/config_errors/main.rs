//! What `build` refuses, what it says about it, and what it accepts and drops.
//!
//! `S4` and so on are rules in `tests/RULES.md`.

mod credentials;
mod fixes;
mod listing;
mod messages;
mod odd_entries;
mod plain_data;
mod random;
mod settings;
mod starts;
mod together;
mod unreachable;
mod warnings;

use tower_cors::{
    BuildError, ConfigError, MayBeCredentialed, Policy, PolicyBuilder, PolicyConfig, RuleConfig,
    Uncredentialed,
};

type Built = Result<Policy, BuildError>;

/// Where a mistake is: the index of the rule, the setter, the index of the entry.
type At = (usize, &'static str, Option<usize>);

/// No entries, or no codes.
const NOTHING: [&str; 0] = [];

fn any_origin() -> PolicyBuilder<Uncredentialed> {
    Policy::allow_any_origin()
}

/// A rule as plain data, with these origins.
fn keys<const N: usize>(origins: [&str; N]) -> RuleConfig {
    let mut rule = RuleConfig::default();
    rule.allow_origins = texts(origins);
    rule
}

fn config<const N: usize>(rules: [RuleConfig; N]) -> PolicyConfig {
    let mut config = PolicyConfig::default();
    config.rules = rules.into();
    config
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

fn app() -> PolicyBuilder<MayBeCredentialed> {
    Policy::allow_origins(["https://a.example"])
}

/// All mistakes, in order; none for a policy.
fn mistakes(built: &Built) -> Vec<&ConfigError> {
    built.as_ref().err().into_iter().flat_map(BuildError::mistakes).collect()
}

fn codes(built: &Built) -> Vec<&'static str> {
    mistakes(built).into_iter().map(ConfigError::code).collect()
}

fn at(mistake: &ConfigError) -> At {
    let place = mistake.place();
    (place.rule(), place.setter().unwrap_or("the rule"), place.entry())
}
