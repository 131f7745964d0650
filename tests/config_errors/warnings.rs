//! `build_with_warnings`: what is harmless is left out or capped, and said; nothing else passes.

use std::time::Duration;

use tower_cors::{Policy, PolicyRules};

use super::{NOTHING, any_origin, app, codes, config, keys};

/// What it is, the settings, how the policy prints, and the codes of the warnings.
type Row = (&'static str, fn() -> PolicyRules, &'static str, &'static [&'static str]);

fn list<const N: usize>(origins: [&str; N]) -> PolicyRules {
    Policy::allow_origins(origins).into()
}

/// `build` refuses all of these.
const LEFT_OUT: &[Row] = &[
    (
        "empty entries",
        || {
            Policy::allow_origins(["", "https://a.example", " \t"])
                .allow_methods([""])
                .allow_headers(["x-a", "\n"])
                .expose_headers([""])
                .into()
        },
        "https://a.example; request headers x-a",
        &["empty-entry"; 5],
    ),
    (
        "a forbidden method (S15)",
        || app().allow_methods(["TRACE", "PUT", "connect"]).into(),
        "https://a.example; methods PUT",
        &["forbidden-method"; 2],
    ),
    (
        "a method in a case that browsers do not send (S4)",
        || app().allow_methods(["put", "get", "DELETE"]).into(),
        "https://a.example; methods DELETE",
        &["unnormalized-method"; 2],
    ),
    (
        "request headers that no script sets (S13, S15)",
        || app().allow_headers(["Cookie", "x-a", "access-control-allow-origin"]).into(),
        "https://a.example; request headers x-a",
        &["forbidden-request-header", "misplaced-request-header"],
    ),
    (
        "response headers that no script reads (S13, S15)",
        || app().expose_headers(["set-cookie", "x-a", "origin"]).into(),
        "https://a.example; exposed headers x-a",
        &["forbidden-response-header", "misplaced-response-header"],
    ),
    (
        "a max-age that no browser keeps (S20)",
        || app().max_age(Duration::from_secs(604_800)).into(),
        "https://a.example; max-age 86400 s",
        &["max-age-too-long"],
    ),
    ("a rule without origins", || list([]).or(app()), "https://a.example", &["no-origins"]),
    ("no origin at all", || list([]), "no origin", &["no-origins"]),
    ("nothing but empty origins", || list([""]), "no origin", &["empty-entry", "no-origins"]),
    (
        "a rule that no request reaches",
        || list(["https://*.a.example"]).or(list(["https://b.a.example"])).or(app()),
        "https://*.a.example\nhttps://a.example",
        &["unreachable-rule"],
    ),
    (
        "all after any origin",
        || any_origin().or(app()).or(any_origin()),
        "any origin",
        &["unreachable-rule"; 2],
    ),
    (
        "all after any origin, mirrored",
        || {
            Policy::dangerously_mirror_any_origin()
                .or(app())
                .or(Policy::allow_origins_by(|_| true))
                .or(Policy::dangerously_mirror_any_origin())
        },
        "any origin, mirrored",
        &["unreachable-rule"; 3],
    ),
];

/// `build` takes these as they are.
const REMARKS: &[Row] = &[
    ("nothing", || app().allow_methods(["PATCH"]).into(), "https://a.example; methods PATCH", &[]),
    (
        "what is always allowed (S14)",
        || app().allow_methods(["GET", "PUT"]).expose_headers(["Content-Type", "x-a"]).into(),
        "https://a.example; methods PUT; exposed headers x-a",
        &["safelisted-method", "safelisted-response-header"],
    ),
    (
        "a method in lower case that browsers send as it is (S4)",
        || app().allow_methods(["patch"]).into(),
        "https://a.example; methods patch",
        &["lower-case-method"],
    ),
    (
        "in both cases it is meant",
        || app().allow_methods(["patch", "PATCH"]).into(),
        "https://a.example; methods PATCH, patch",
        &[],
    ),
    (
        "in any case it is meant",
        || app().allow_methods(["patch"]).allow_any_method().into(),
        "https://a.example; methods any",
        &[],
    ),
    (
        "some origins of a rule",
        || {
            app()
                .allow_methods(["DELETE"])
                .or(list(["https://a.example", "https://b.example"]).or(any_origin()))
        },
        "https://a.example; methods DELETE\nhttps://b.example\nany origin",
        &["unreachable-origin"],
    ),
    (
        "not what the same rule covers",
        || list(["https://*.a.example", "https://b.a.example"]),
        "https://*.a.example",
        &[],
    ),
    (
        "null in two rules",
        || {
            let second = Policy::allow_origins(["https://b.example"]);
            app().dangerously_allow_null_origin().or(second.dangerously_allow_null_origin())
        },
        "https://a.example, null\nhttps://b.example",
        &["unreachable-origin"],
    ),
    (
        "all but null and unreadable origins, after any origin, mirrored",
        || {
            let rest = app().allow_origins_by(|_| true).dangerously_allow_null_origin();
            Policy::dangerously_mirror_any_origin().or(rest).or(any_origin())
        },
        "any origin, mirrored\nnull\nany origin",
        &["unreachable-origin"; 2],
    ),
    (
        "any origin, mirrored twice",
        || {
            let twice = || Policy::dangerously_mirror_any_origin();
            twice().or(twice().dangerously_allow_null_origin())
        },
        "any origin, mirrored\nnull",
        &["unreachable-origin"],
    ),
];

#[test]
fn tables() {
    for (rows, build_takes) in [(LEFT_OUT, false), (REMARKS, true)] {
        for (name, rules, printed, expected) in rows {
            let (policy, warnings) = rules().build_with_warnings().expect(name);
            let given: Vec<_> = warnings.iter().map(tower_cors::ConfigError::code).collect();
            assert_eq!(given, *expected, "{name}: {warnings:?}");
            assert_eq!(policy.to_string(), *printed, "{name}");
            assert!(warnings.iter().all(tower_cors::ConfigError::is_harmless), "{name}");
            match rules().build() {
                Ok(same) => {
                    assert!(build_takes, "{name}");
                    // Closures are equal to themselves only.
                    assert_eq!(same.to_string(), *printed, "{name}");
                }
                Err(error) => {
                    let refused: Vec<_> = error.into_iter().collect();
                    assert_eq!(refused, warnings, "{name}: the same values from both");
                    assert!(!build_takes, "{name}");
                }
            }
        }
    }
}

/// Beside an error, what is harmless is not mentioned: it would not have kept the policy from being
/// built.
#[test]
fn errors_are_returned_alone() {
    let rules = || {
        Policy::allow_origins(["https://a.example/", "http://b.example"])
            .allow_credentials()
            .allow_headers(["cookie"])
            .allow_methods(["GET"])
    };
    let all = ["invalid-origin", "insecure-origin-with-credentials", "forbidden-request-header"];
    assert_eq!(codes(&rules().build()), all);
    let error = rules().build_with_warnings().map(|(policy, _)| policy);
    assert_eq!(codes(&error), all[..2]);
}

/// Places are those of the settings, also where rules before them are left out; the indices of a
/// policy are its own.
#[test]
fn places_are_those_of_the_settings() {
    let rules = Policy::allow_origins(NOTHING)
        .or(app())
        .or(Policy::allow_origins(["https://b.example", "https://a.example"]));
    let (policy, warnings) = rules.build_with_warnings().expect("it is harmless");
    let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings[1],
        "rules[2].allow_origins[1]: rules[1] already covers \"https://a.example\", so this rule \
         never applies to it; add what this rule allows to rules[1], move this rule before it, or \
         leave the entry out"
    );
    assert_eq!(warnings.len(), 2);
    let [redundant] = policy.redundant_origins() else { panic!("{policy}") };
    assert_eq!((redundant.rule, redundant.covered_by_rule), (1, 0));
}

#[test]
fn nobody() {
    for config in [config([]), config([keys([])]), config([keys([""]), keys([])])] {
        assert!(config.build().is_err(), "{config}");
        let (policy, warnings) = config.build_with_warnings().expect("it is harmless");
        assert_eq!(policy, Policy::deny_all(), "{config}");
        assert!(!warnings.is_empty());
        for warning in warnings.iter().filter(|warning| warning.code() != "empty-entry") {
            assert!(warning.fix().contains("Policy::deny_all()"), "{warning}");
        }
    }
}
