//! A rule built again from what its accessors list.

use tower_cors::{Policy, PolicyBuilder, PolicyRules, Rule};

pub(crate) fn rule_by_hand(rule: Rule<'_>) -> PolicyRules {
    assert_eq!(rule.closures(), 0, "a closure cannot be read back");
    if rule.allows_any_origin() {
        return names_by_hand(Policy::allow_any_origin(), rule).into();
    }
    let mut builder = Policy::allow_origins(rule.origins());
    if rule.allows_null_origin() {
        builder = builder.dangerously_allow_null_origin();
    }
    if rule.allows_credentials() {
        builder = builder.allow_credentials();
    }
    if rule.allows_insecure_origins() {
        builder = builder.dangerously_allow_insecure_origins();
    }
    if rule.allows_public_suffixes() {
        builder = builder.dangerously_allow_public_wildcards();
    }
    names_by_hand(builder, rule).into()
}

fn names_by_hand<O>(mut builder: PolicyBuilder<O>, rule: Rule<'_>) -> PolicyBuilder<O> {
    builder = builder
        .allow_methods(rule.methods())
        .allow_headers(rule.headers())
        .expose_headers(rule.exposed_headers());
    if rule.allows_any_method() {
        builder = builder.allow_any_method();
    }
    if rule.allows_any_header() {
        builder = builder.allow_any_header();
    }
    if rule.exposes_any_header() {
        builder = builder.expose_any_header();
    }
    match rule.max_age() {
        Some(max_age) => builder.max_age(max_age),
        None => builder,
    }
}
