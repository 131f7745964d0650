//! A rule built again from what a policy reads back.

use std::time::Duration;

use tower_cors::{Policy, PolicyBuilder, PolicyRules, RuleConfig};

pub(crate) fn rule_by_hand(rule: &RuleConfig) -> PolicyRules {
    assert_eq!(rule.closures(), 0, "a closure cannot be read back");
    if rule.allow_origins == ["*"] {
        return names_by_hand(Policy::allow_any_origin(), rule).into();
    }
    let mut builder = Policy::allow_origins(&rule.allow_origins);
    if rule.dangerously_allow_null_origin {
        builder = builder.dangerously_allow_null_origin();
    }
    if rule.allow_credentials {
        builder = builder.allow_credentials();
    }
    if rule.dangerously_allow_insecure_origins {
        builder = builder.dangerously_allow_insecure_origins();
    }
    if rule.dangerously_allow_public_wildcards {
        builder = builder.dangerously_allow_public_wildcards();
    }
    names_by_hand(builder, rule).into()
}

fn names_by_hand<O>(mut builder: PolicyBuilder<O>, rule: &RuleConfig) -> PolicyBuilder<O> {
    let names = |list: &[String]| -> Vec<String> {
        list.iter().filter(|name| *name != "*").cloned().collect()
    };
    let any = |list: &[String]| list.iter().any(|name| name == "*");
    builder = builder
        .allow_methods(names(&rule.allow_methods))
        .allow_headers(names(&rule.allow_headers))
        .expose_headers(names(&rule.expose_headers));
    if any(&rule.allow_methods) {
        builder = builder.allow_any_method();
    }
    if any(&rule.allow_headers) {
        builder = builder.allow_any_header();
    }
    if any(&rule.expose_headers) {
        builder = builder.expose_any_header();
    }
    match rule.max_age {
        Some(seconds) => builder.max_age(Duration::from_secs(seconds)),
        None => builder,
    }
}
