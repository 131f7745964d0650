//! What is written reads back to the same, and nothing in it can be left out.

use proptest::prelude::*;
use serde_json::json;
use tower_cors::{Policy, PolicyConfig, RuleConfig};

use super::{config, from_json, from_toml, from_yaml, texts};

#[test]
fn short_forms() {
    let rule = |change: fn(&mut RuleConfig)| {
        let mut rule = RuleConfig::default();
        change(&mut rule);
        rule
    };
    for (settings, written) in [
        (PolicyConfig::default(), json!({})),
        (config([RuleConfig::default()]), json!({ "rules": [{}] })),
        (config([RuleConfig::from("*")]), json!({ "allow_origins": "*" })),
        (
            config([RuleConfig::from("https://a.example, *")]),
            json!({ "allow_origins": ["https://a.example", "*"] }),
        ),
        (
            config([RuleConfig::from("*"), RuleConfig::default()]),
            json!({ "rules": [{ "allow_origins": "*" }, {}] }),
        ),
        // These would not read back as one entry each.
        (
            config([rule(|rule| {
                rule.allow_methods = texts([""]);
                rule.allow_headers = texts(["x-a, x-b"]);
                rule.expose_headers = texts([" "]);
            })]),
            json!({ "allow_methods": [""], "allow_headers": ["x-a, x-b"], "expose_headers": [" "] }),
        ),
        (
            config([rule(|rule| {
                rule.max_age = Some(0);
                rule.allow_credentials = true;
                rule.dangerously_mirror_any_origin = true;
                rule.dangerously_allow_null_origin = true;
                rule.dangerously_allow_insecure_origins = true;
                rule.dangerously_allow_public_wildcards = true;
            })]),
            json!({
                "max_age": 0,
                "allow_credentials": true,
                "dangerously_mirror_any_origin": true,
                "dangerously_allow_null_origin": true,
                "dangerously_allow_insecure_origins": true,
                "dangerously_allow_public_wildcards": true,
            }),
        ),
    ] {
        assert_eq!(serde_json::to_value(&settings).unwrap(), written, "{settings:?}");
        assert_eq!(serde_json::from_value::<PolicyConfig>(written).unwrap(), settings);
    }
}

#[test]
fn a_policy_with_closures() {
    let policy = Policy::allow_origins_by(|_| false).build().unwrap();
    let error = serde_json::to_string(policy.config().unwrap()).unwrap_err().to_string();
    assert_eq!(
        error,
        "the rule has closures (1), which cannot be written down; list their origins, or leave the \
         rule out",
    );
}

fn rules() -> impl Strategy<Value = Vec<RuleConfig>> {
    let text = prop_oneof![
        Just("*".to_owned()),
        Just("https://a.example".to_owned()),
        "[ -~]{0,12}",
        ".{0,4}",
        "[a-z,{} \n\t\"'#:]{0,8}",
        "(true|null|~|1|0x1|yes|2020-01-01|-|--- )",
    ];
    let list = || prop::collection::vec(text.clone(), 0..4);
    let switches = prop::array::uniform5(any::<bool>());
    // TOML has no numbers above this.
    let max_age = prop::option::of(0..=u64::try_from(i64::MAX).unwrap());
    let rule = (list(), list(), list(), list(), switches, max_age);
    let rule = rule.prop_map(|(origins, methods, headers, exposed, switches, max_age)| {
        let mut rule = RuleConfig::default();
        rule.allow_origins = origins;
        rule.allow_methods = methods;
        rule.allow_headers = headers;
        rule.expose_headers = exposed;
        [
            rule.allow_credentials,
            rule.dangerously_mirror_any_origin,
            rule.dangerously_allow_null_origin,
            rule.dangerously_allow_insecure_origins,
            rule.dangerously_allow_public_wildcards,
        ] = switches;
        rule.max_age = max_age;
        rule
    });
    prop::collection::vec(rule, 0..4)
}

/// Settings that build, if with warnings.
fn sensible_rules() -> impl Strategy<Value = Vec<RuleConfig>> {
    let some_of = |texts: &'static [&str]| {
        prop::sample::subsequence(texts, 0..=texts.len())
            .prop_map(|texts| texts.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let origins = prop_oneof![
        Just(texts(["*"])),
        some_of(&["https://a.example", "https://*.a.example", "http://localhost:*", "file://"]),
        some_of(&["https://b-*.a.example", "moz-extension://*", " https://b.example ", ""]),
    ];
    let methods = prop_oneof![Just(texts(["*"])), some_of(&["GET", "PUT", "patch", "put"])];
    let headers = some_of(&["content-type", "X-A", "cookie", "*", "authorization"]);
    let exposed = some_of(&["etag", "x-b", "content-type", "*"]);
    let switches = any::<[bool; 3]>();
    let max_age = prop::option::of(0..100_000_u64);
    let rule = (origins, methods, headers, exposed, switches, max_age);
    let rule = rule.prop_map(|(origins, methods, headers, exposed, switches, max_age)| {
        let mut rule = RuleConfig::default();
        let is_any = origins == ["*"] || exposed.contains(&"*".to_owned());
        rule.allow_origins = origins;
        rule.allow_methods = methods;
        rule.allow_headers = headers;
        rule.expose_headers = exposed;
        let wants_credentials;
        [
            wants_credentials,
            rule.dangerously_mirror_any_origin,
            rule.dangerously_allow_null_origin,
        ] = switches;
        rule.allow_credentials =
            wants_credentials && !is_any && !rule.dangerously_allow_null_origin;
        rule.dangerously_allow_insecure_origins = rule.allow_credentials;
        rule.dangerously_allow_public_wildcards = rule.allow_credentials;
        rule.max_age = max_age;
        rule
    });
    prop::collection::vec(rule, 0..3)
}

proptest! {
    /// From a policy to text, and to an equal policy.
    #[test]
    fn a_policy_reads_back(rules in sensible_rules()) {
        let (policy, _) = config(rules).build_with_warnings().unwrap();
        let written = toml::to_string(policy.config().unwrap()).unwrap();
        let (read, _) = from_toml(&written).unwrap().build_with_warnings().unwrap();
        prop_assert_eq!(&read, &policy, "{}", written);
    }

    #[test]
    fn every_format_reads_what_it_wrote(rules in rules()) {
        let settings = config(rules);
        let written = toml::to_string(&settings).unwrap();
        prop_assert_eq!(&from_toml(&written).unwrap(), &settings, "{}", written);
        let written = serde_json::to_string(&settings).unwrap();
        prop_assert_eq!(&from_json::<PolicyConfig>(&written).unwrap(), &settings, "{}", written);
        let written = yaml_serde::to_string(&settings).unwrap();
        prop_assert_eq!(&from_yaml(&written).unwrap(), &settings, "{}", written);
    }

    #[test]
    fn a_rule_reads_back(rules in rules()) {
        for rule in rules {
            let written = serde_json::to_string(&rule).unwrap();
            prop_assert_eq!(&from_json::<RuleConfig>(&written).unwrap(), &rule, "{}", written);
        }
    }
}
