//! A policy reads back: what it lists builds an equal policy, and equal means what it says.

use std::time::Duration;

use proptest::prelude::*;
use tower_cors::{Policy, PolicyRules};

use super::random::{self, RandomRule, join};
use super::{Built, any_origin, app, codes};

/// A policy by what it reads back.
fn rebuilt(policy: &Policy) -> Built {
    policy.config().expect("it is not disabled").build()
}

/// Policies, each different from all others, and how they list themselves.
type Row = (&'static str, fn() -> PolicyRules, &'static str);

const POLICIES: &[Row] = &[
    ("any origin", || any_origin().into(), "any origin"),
    (
        "any everything",
        || any_origin().allow_any_method().allow_any_header().expose_any_header().into(),
        "any origin; methods any; request headers any; exposed headers any",
    ),
    (
        "any origin, mirrored",
        || Policy::dangerously_mirror_any_origin().allow_credentials().into(),
        "any origin, mirrored; credentials",
    ),
    ("one origin", || app().into(), "https://a.example"),
    (
        "one origin, credentials",
        || app().allow_credentials().into(),
        "https://a.example; credentials",
    ),
    (
        "any method and header, credentials",
        || app().allow_credentials().allow_any_method().allow_any_header().into(),
        "https://a.example; credentials; methods any; request headers any",
    ),
    (
        "one origin or null",
        || app().dangerously_allow_null_origin().into(),
        "https://a.example, null",
    ),
    ("null alone", || Policy::dangerously_allow_null_origin().into(), "null"),
    ("a method", || app().allow_methods(["PATCH"]).into(), "https://a.example; methods PATCH"),
    (
        "a method in another case (S4)",
        || app().allow_methods(["patch"]).into(),
        "https://a.example; methods patch",
    ),
    (
        "a request header",
        || app().allow_headers(["x-a"]).into(),
        "https://a.example; request headers x-a",
    ),
    (
        "a response header",
        || app().expose_headers(["x-a"]).into(),
        "https://a.example; exposed headers x-a",
    ),
    ("max-age zero", || app().max_age(Duration::ZERO).into(), "https://a.example; max-age 0 s"),
    (
        "a max-age",
        || app().max_age(Duration::from_secs(600)).into(),
        "https://a.example; max-age 600 s",
    ),
    (
        "both exceptions",
        || {
            Policy::allow_origins(["http://*.com:*", "https://*.github.io"])
                .allow_credentials()
                .dangerously_allow_insecure_origins()
                .dangerously_allow_public_wildcards()
                .into()
        },
        "http://*.com:*, https://*.github.io; credentials; insecure origins too; public wildcards too",
    ),
    (
        "every kind of pattern",
        || {
            let patterns = ["tauri://localhost", "http://[::1]:*", "https://*.example.com:8443"];
            app().allow_origins(patterns).allow_origins(["http://127.0.0.1:3000"]).into()
        },
        "http://127.0.0.1:3000, http://[::1]:*, https://*.example.com:8443, https://a.example, \
         tauri://localhost",
    ),
    (
        "three rules",
        || {
            app()
                .allow_credentials()
                .allow_methods(["DELETE", "PUT"])
                .or(Policy::allow_origins(["https://*.example.com"]).allow_headers(["x-a"]))
                .or(any_origin().max_age(Duration::from_secs(5)))
        },
        "https://a.example; credentials; methods DELETE, PUT\n\
         https://*.example.com; request headers x-a\n\
         any origin; max-age 5 s",
    ),
    (
        "null in the second rule",
        || app().or(Policy::allow_origins(["https://b.example"]).dangerously_allow_null_origin()),
        "https://a.example\nhttps://b.example, null",
    ),
];

fn built(row: &Row) -> Policy {
    let (name, rules, _) = row;
    rules().build().expect(name)
}

#[test]
fn what_is_listed_builds_an_equal_policy() {
    for row @ (name, _, listing) in POLICIES {
        let policy = built(row);
        assert_eq!(policy.to_string(), *listing, "{name}");
        assert_eq!(rebuilt(&policy).as_ref(), Ok(&policy), "{name}");
    }
}

#[test]
fn each_is_equal_to_itself_only() {
    for (index, row) in POLICIES.iter().enumerate() {
        for (other_index, other) in POLICIES.iter().enumerate() {
            let equal = built(row) == built(other);
            assert_eq!(equal, index == other_index, "{} and {}", row.0, other.0);
        }
        assert_ne!(built(row), Policy::disabled(), "{}", row.0);
    }
}

/// The first rule that covers an origin governs, so their order makes a difference.
#[test]
fn the_order_of_rules_matters() {
    let other = || Policy::allow_origins(["https://b.example"]).allow_credentials();
    let (one, two) = (app().or(other()).build(), other().or(app()).build());
    assert_eq!((codes(&one), codes(&two)), (vec![], vec![]));
    assert_ne!(one, two);
}

/// As with a covered pattern, the later of two rules does not list what it does not decide.
#[test]
fn a_covered_null_makes_no_difference() {
    let first = || app().dangerously_allow_null_origin();
    let next = || Policy::allow_origins(["https://b.example"]);
    let redundant = first().or(next().dangerously_allow_null_origin()).build();
    assert_eq!(redundant, first().or(next()).build());
}

/// A closure cannot be compared or listed, but it can be kept.
#[test]
fn closures_are_equal_to_themselves_only() {
    let build = || app().allow_origins_by(|origin| origin.scheme() == "tauri").build();
    let policy = build().expect("it has no mistake");
    assert_eq!(policy.to_string(), "https://a.example, a closure");
    assert_eq!(policy.config().expect("it is not disabled").rules[0].closures(), 1);
    assert_eq!(policy, policy.clone());
    assert_ne!(build().as_ref(), Ok(&policy));
    assert_ne!(app().build().as_ref(), Ok(&policy));
}

/// In logs and failed assertions: a policy as it lists itself, and what was set of one that is none
/// yet.
#[test]
fn debugging() {
    let builder = app().allow_credentials().allow_origins_by(|_| false);
    let text = format!("{builder:?}");
    for part in
        [r#"allow_origins: ["https://a.example"]"#, "closures: 1", "allow_credentials: true"]
    {
        assert!(text.contains(part), "{text}");
    }
    let policy = builder.build().expect("it has no mistake");
    let rule = "https://a.example, a closure; credentials";
    let text = format!("{policy:?}");
    assert!(text.starts_with(&format!("Policy {{ rules: [{rule}], matcher: ")), "{text}");
    assert_eq!(format!("{:?}", Policy::disabled()), "Policy(disabled)");
}

#[test]
fn the_disabled_policy() {
    let policy = Policy::disabled();
    assert!(policy.is_disabled());
    assert_eq!(policy, Policy::disabled());
    assert_eq!(policy.to_string(), "disabled");
    assert_eq!(policy.config(), None);
    assert_eq!(policy.redundant_origins(), []);
    assert!(!policy.allows_origin("https://a.example"));
    assert!(!policy.allows_origin("null"));

    let mut headers = http::HeaderMap::new();
    headers.insert("origin", http::HeaderValue::from_static("https://a.example"));
    headers.insert("access-control-request-method", http::HeaderValue::from_static("PUT"));
    for method in [http::Method::OPTIONS, http::Method::GET] {
        let decision = policy.decide(&method, &headers);
        assert_eq!((decision.rule(), decision.refusal()), (None, None), "{method}");
        assert!(decision.preflight_response::<()>().is_none(), "{method}");
    }
    assert!(!app().build().expect("it has no mistake").is_disabled());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The order of the entries of a setting makes no difference either.
    #[test]
    fn random_policies_read_back(rules in random::rules(), any_last in any::<bool>()) {
        let with_any = |rules: PolicyRules| if any_last { rules.or(any_origin()) } else { rules };
        let built = with_any(join(rules.iter().map(RandomRule::builder))).build();
        let Ok(policy) = built else { return Ok(()) }; // a rule that no request reaches
        prop_assert_eq!(rebuilt(&policy), Ok(policy.clone()));
        let reversed = rules.into_iter().map(|rule| rule.reversed().builder());
        prop_assert_eq!(with_any(join(reversed)).build(), Ok(policy));
    }
}
