//! A rule from the text of a flag.

use tower_cors::{ConfigError, Policy, PolicyConfig, RuleConfig};

use super::config;

#[test]
fn entries_of_a_flag() {
    let none: [&str; 0] = [];
    for (flag, entries) in [
        ("", &none[..]),
        (" ,\t, ", &[]),
        ("*", &["*"]),
        (" * ", &["*"]),
        ("https://a.example", &["https://a.example"]),
        ("https://a.example,https://b.example", &["https://a.example", "https://b.example"]),
        ("https://a.example https://b.example\n", &["https://a.example", "https://b.example"]),
        (",https://a.example, , http://[::1]:*,", &["https://a.example", "http://[::1]:*"]),
        // Not understood, and so not guessed at: `build()` explains it.
        ("all", &["all"]),
        ("https://a.example;https://b.example", &["https://a.example;https://b.example"]),
    ] {
        let rule = RuleConfig::from(flag);
        assert_eq!(rule.allow_origins, entries, "{flag:?}");
        let mut only_origins = RuleConfig::default();
        only_origins.allow_origins.clone_from(&rule.allow_origins);
        assert_eq!(rule, only_origins, "{flag:?}");
    }
}

#[test]
fn a_rule_is_a_policy() {
    let rule = RuleConfig::from("*");
    assert_eq!(PolicyConfig::from(rule.clone()), config([rule]));
}

/// Nothing means nobody, and says so.
#[test]
fn an_empty_flag() {
    let settings = PolicyConfig::from(RuleConfig::from(""));
    let (policy, warnings) = settings.build_with_warnings().unwrap();
    assert_eq!(policy, Policy::deny_all());
    assert_eq!(warnings.iter().map(ConfigError::code).collect::<Vec<_>>(), ["no-origins"]);
    let fix = settings.build().unwrap_err().mistakes().next().unwrap().fix();
    assert_eq!(fix, "list one, or use Policy::deny_all() if nobody is to be allowed");
}

/// Each is explained, though what separated entries is gone.
#[test]
fn foreign_notations_in_a_flag() {
    for (flag, explained) in [
        (
            r#"["https://a.example", "https://b.example"]"#,
            &[("it is an array in one string", "write \"https://a.example\""); 2][..],
        ),
        (
            r#""https://a.example""#,
            &[("it has quotation marks in it", "write \"https://a.example\"")],
        ),
        (
            "https://{a, b}.example",
            &[("a pattern has no list of alternatives", "write one pattern for each of them")],
        ),
        (
            "https://a.example;https://b.example",
            &[("it is more than one origin", "make each origin an entry of its own")],
        ),
        (
            r"/^https:\/\/a\.example$/",
            &[("a pattern is not a regular expression", "write \"https://a.example\"")],
        ),
        (
            "*.example.com",
            &[("an origin starts with its scheme", "write \"https://*.example.com\"")],
        ),
    ] {
        let error = PolicyConfig::from(RuleConfig::from(flag)).build().unwrap_err();
        assert_eq!(error.mistakes().len(), explained.len(), "{flag}: {error}");
        for (mistake, (reason, fix)) in error.mistakes().zip(explained) {
            assert!(mistake.reason().contains(reason), "{flag}: {mistake}");
            assert_eq!(mistake.fix().replace("b.example", "a.example"), *fix, "{flag}");
        }
    }
}
