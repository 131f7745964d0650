//! Whole configurations: whether they are accepted, all their mistakes, and how they read back.

use std::time::Duration;

use serde::Deserialize;
use tower_cors::{BuildError, Policy, PolicyBuilder};

use super::{Comparison, Difference, codes, read};

#[derive(Deserialize)]
struct Case {
    desc: String,
    /// `None`: no CORS handling at all.
    config: Option<Config>,
    ok: bool,
    normalized: Option<Config>,
    errors: Vec<Mistake>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Config {
    credentialed: bool,
    /// -1 is zero, 0 is not set.
    max_age_seconds: i64,
    methods: Vec<String>,
    origins: Vec<String>,
    request_headers: Vec<String>,
    response_headers: Vec<String>,
    tolerate_insecure_origins: bool,
    tolerate_subs_of_public_suffixes: bool,
}

#[derive(Deserialize)]
struct Mistake {
    error: String,
    /// `request` or `response`, for header names.
    r#type: Option<String>,
    reason: Option<String>,
    /// The input, but for a max-age, which is a number.
    value: Option<serde_json::Value>,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "a Duration is never negative, so this mistake cannot be written down",
        field: "mistakes",
        here: "[]",
        cases: &["max age less than -1"],
    },
    Difference {
        reason: "an empty entry is a mistake of its own",
        field: "mistakes",
        here: r#"["empty-entry"]"#,
        cases: &["empty method name"],
    },
    Difference {
        reason: "there is nothing to quote",
        field: "input is quoted",
        here: "false",
        cases: &["empty method name"],
    },
];

#[test]
fn every_case() {
    let mut comparison = Comparison::new(DIFFERENCES);
    for case in read::<Case>(include_str!("../data/configs.json")) {
        comparison.case(&case.desc);
        assert_eq!(case.ok, case.errors.is_empty(), "{}: the corpus contradicts itself", case.desc);
        let built = case.config.as_ref().map_or_else(|| Ok(Policy::disabled()), build);
        comparison.field("mistakes", &expected_codes(&case.errors), &codes(&built));
        match built {
            Ok(policy) if case.ok => {
                comparison.field("normalized", &case.normalized.map(sorted), &listing(&policy));
            }
            Ok(_) => {} // a listed difference, or a failure by now
            Err(error) => compare_inputs(&mut comparison, &case.errors, &error),
        }
    }
    comparison.finish(27);
}

fn build(config: &Config) -> Result<Policy, BuildError> {
    if config.origins == ["*"] {
        assert!(!config.credentialed, "any origin with credentials does not compile here");
        return with_settings(Policy::allow_any_origin(), config).build();
    }
    let mut builder = Policy::allow_origins(&config.origins);
    if config.credentialed {
        builder = builder.allow_credentials();
    }
    if config.tolerate_insecure_origins {
        builder = builder.dangerously_allow_insecure_origins();
    }
    if config.tolerate_subs_of_public_suffixes {
        builder = builder.dangerously_allow_public_wildcards();
    }
    with_settings(builder, config).build()
}

fn with_settings<O>(mut builder: PolicyBuilder<O>, config: &Config) -> PolicyBuilder<O> {
    let names = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| *name != "*").cloned().collect()
    };
    let any = |names: &[String]| names.iter().any(|name| name == "*");
    builder = builder
        .allow_methods(names(&config.methods))
        .allow_headers(names(&config.request_headers))
        .expose_headers(names(&config.response_headers));
    if any(&config.methods) {
        builder = builder.allow_any_method();
    }
    if any(&config.request_headers) {
        builder = builder.allow_any_header();
    }
    if any(&config.response_headers) {
        builder = builder.expose_any_header();
    }
    match config.max_age_seconds {
        0 => builder,
        -1 => builder.max_age(Duration::ZERO),
        seconds => match u64::try_from(seconds) {
            Ok(seconds) => builder.max_age(Duration::from_secs(seconds)),
            Err(_) => builder,
        },
    }
}

/// This crate's codes for the corpus' mistakes, in this crate's order: response headers stand
/// before the max-age.
fn expected_codes(mistakes: &[Mistake]) -> Vec<&'static str> {
    let mut codes: Vec<_> = mistakes.iter().map(expected_code).collect();
    codes.sort_by_key(|code| code.starts_with("max-age")); // stable
    codes
}

fn expected_code(mistake: &Mistake) -> &'static str {
    let reason = mistake.reason.as_deref().unwrap_or_default();
    let kind = mistake.r#type.as_deref().unwrap_or_default();
    match (mistake.error.as_str(), kind, reason) {
        ("UnacceptableOriginPatternError", "", "missing") => "no-origins",
        ("UnacceptableOriginPatternError", "", "invalid" | "prohibited") => "invalid-origin",
        ("IncompatibleOriginPatternError", "", "insecure") => "insecure-origin-with-credentials",
        ("IncompatibleOriginPatternError", "", "psl") => "public-wildcard-with-credentials",
        ("UnacceptableMethodError", "", "invalid") => "invalid-method",
        ("UnacceptableMethodError", "", "forbidden") => "forbidden-method",
        ("UnacceptableHeaderNameError", _, "invalid") => "invalid-header-name",
        ("UnacceptableHeaderNameError", "request", "forbidden") => "forbidden-request-header",
        ("UnacceptableHeaderNameError", "request", "prohibited") => "misplaced-request-header",
        ("UnacceptableHeaderNameError", "response", "forbidden") => "forbidden-response-header",
        ("UnacceptableHeaderNameError", "response", "prohibited") => "misplaced-response-header",
        ("MaxAgeOutOfBoundsError", "", "") => "max-age-too-long",
        ("IncompatibleWildcardResponseHeaderNameError", "", "") => "expose-any-with-credentials",
        other => unreachable!("there is no code for {other:?}"),
    }
}

/// Every message quotes its input. Header names have no case, and are quoted in lower case.
fn compare_inputs(comparison: &mut Comparison, mistakes: &[Mistake], error: &BuildError) {
    for (mistake, here) in mistakes.iter().zip(error.mistakes()) {
        let quoted = match &mistake.value {
            Some(serde_json::Value::String(text)) => format!("{text:?}").to_lowercase(),
            Some(seconds) => format!("{seconds} s"),
            None => continue,
        };
        let message = here.to_string().to_lowercase();
        comparison.field("input is quoted", &true, &message.contains(&quoted));
    }
}

/// The policy in the corpus' form.
fn listing(policy: &Policy) -> Option<Config> {
    let rules = &policy.config()?.rules;
    assert_eq!(rules.len(), 1, "one configuration is one rule");
    let rule = rules[0].clone();
    Some(sorted(Config {
        credentialed: rule.allow_credentials,
        max_age_seconds: match rule.max_age {
            None => 0,
            Some(0) => -1,
            Some(seconds) => i64::try_from(seconds).expect("at most 86400"),
        },
        methods: rule.allow_methods,
        origins: rule.allow_origins,
        request_headers: rule.allow_headers,
        response_headers: rule.expose_headers,
        tolerate_insecure_origins: rule.dangerously_allow_insecure_origins,
        tolerate_subs_of_public_suffixes: rule.dangerously_allow_public_wildcards,
    }))
}

/// The corpus does not say in which order it lists origins.
fn sorted(mut config: Config) -> Config {
    config.origins.sort_unstable();
    config
}
