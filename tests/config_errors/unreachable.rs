//! Rules that govern no request are refused; rules that come near are not.

use proptest::prelude::*;
use tower_cors::{MayBeCredentialed, OriginPattern, Policy, PolicyBuilder};

use super::random::{self, RandomRule, join};
use super::{Built, any_origin, codes, mistakes};

/// What it is, the rules, and which of them no request reaches.
type Row = (&'static str, fn() -> Built, &'static [usize]);

fn list<const N: usize>(origins: [&str; N]) -> PolicyBuilder<MayBeCredentialed> {
    Policy::allow_origins(origins)
}

fn null() -> PolicyBuilder<MayBeCredentialed> {
    Policy::dangerously_allow_null_origin()
}

fn closure() -> PolicyBuilder<MayBeCredentialed> {
    Policy::allow_origins_by(|_| true)
}

const UNREACHABLE: &[Row] = &[
    ("after any origin", || any_origin().or(list(["https://a.example"])).build(), &[1]),
    ("any origin twice", || any_origin().or(any_origin()).build(), &[1]),
    ("a closure after any origin", || any_origin().or(closure()).build(), &[1]),
    ("null after any origin", || any_origin().or(null()).build(), &[1]),
    (
        "all after any origin",
        || {
            list(["https://a.example"])
                .or(any_origin())
                .or(list(["https://b.example"]))
                .or(any_origin())
                .build()
        },
        &[2, 3],
    ),
    (
        "the same origin, whatever the other settings",
        || list(["https://a.example"]).or(list(["https://a.example"]).allow_credentials()).build(),
        &[1],
    ),
    (
        "a subdomain after all subdomains",
        || list(["https://*.a.example"]).or(list(["https://c.b.a.example"])).build(),
        &[1],
    ),
    (
        "deeper subdomains after all subdomains",
        || list(["https://*.a.example"]).or(list(["https://*.b.a.example"])).build(),
        &[1],
    ),
    (
        "a port, and none, after any port",
        || {
            list(["http://localhost:*"])
                .or(list(["http://localhost:3000", "http://localhost"]))
                .build()
        },
        &[1],
    ),
    (
        "after any port of all subdomains",
        || {
            list(["https://*.a.example:*"])
                .or(list(["https://b.a.example"]))
                .or(list(["https://*.a.example:8443", "https://*.b.a.example"]))
                .or(list(["https://b.a.example:*"]))
                .build()
        },
        &[1, 2, 3],
    ),
    (
        "covered by several rules together",
        || {
            list(["https://a.example"])
                .or(list(["https://b.example"]))
                .or(list(["https://a.example", "https://b.example"]))
                .build()
        },
        &[2],
    ),
    (
        "covered by a pattern of its own that an earlier rule covers",
        || {
            list(["https://*.a.example:*"])
                .or(list(["https://b.a.example", "https://*.a.example"]))
                .build()
        },
        &[1],
    ),
    (
        "null and an origin, both covered",
        || {
            list(["https://a.example"])
                .dangerously_allow_null_origin()
                .or(list(["https://a.example"]).dangerously_allow_null_origin())
                .build()
        },
        &[1],
    ),
    ("null alone, covered", || null().or(null()).build(), &[1]),
    (
        "null alone, covered by a rule with other origins",
        || list(["https://a.example"]).dangerously_allow_null_origin().or(null()).build(),
        &[1],
    ),
];

const REACHABLE: &[Row] = &[
    ("any origin last", || list(["https://a.example"]).or(null()).or(any_origin()).build(), &[]),
    ("one rule, any origin", || any_origin().build(), &[]),
    (
        "the host after its subdomains",
        || list(["https://*.a.example"]).or(list(["https://a.example"])).build(),
        &[],
    ),
    (
        "a host that ends alike",
        || list(["https://*.a.example"]).or(list(["https://ba.example"])).build(),
        &[],
    ),
    (
        "a trailing dot",
        || list(["https://*.a.example"]).or(list(["https://b.a.example."])).build(),
        &[],
    ),
    (
        "another scheme",
        || list(["https://*.a.example:*"]).or(list(["http://b.a.example"])).build(),
        &[],
    ),
    (
        "another port",
        || list(["https://*.a.example"]).or(list(["https://b.a.example:8443"])).build(),
        &[],
    ),
    (
        "the default port after another",
        || list(["https://a.example:8443"]).or(list(["https://a.example"])).build(),
        &[],
    ),
    (
        "all subdomains after one",
        || list(["https://b.a.example"]).or(list(["https://*.a.example"])).build(),
        &[],
    ),
    (
        "all subdomains after deeper ones",
        || list(["https://*.b.a.example"]).or(list(["https://*.a.example"])).build(),
        &[],
    ),
    (
        "any port after one",
        || {
            list(["http://localhost", "http://localhost:3000"])
                .or(list(["http://localhost:*"]))
                .build()
        },
        &[],
    ),
    (
        "one origin is new",
        || {
            list(["https://*.a.example"])
                .or(list(["https://b.a.example", "https://b.example"]))
                .build()
        },
        &[],
    ),
    (
        "null is new",
        || {
            list(["https://a.example"])
                .or(list(["https://a.example"]).dangerously_allow_null_origin())
                .build()
        },
        &[],
    ),
    (
        "null is not, but an origin is",
        || null().or(list(["https://a.example"]).dangerously_allow_null_origin()).build(),
        &[],
    ),
    (
        "a closure may cover more",
        || {
            list(["https://a.example"])
                .or(list(["https://a.example"]).allow_origins_by(|_| true))
                .build()
        },
        &[],
    ),
    (
        "an earlier closure may cover less",
        || closure().or(list(["https://a.example"])).or(closure()).build(),
        &[],
    ),
    (
        "redundant patterns of its own",
        || list(["https://a.example", "https://a.example", "https://a.example:*"]).build(),
        &[],
    ),
];

fn unreachable(built: &Built) -> Vec<usize> {
    let unreachable = mistakes(built).into_iter().filter(|one| one.code() == "unreachable-rule");
    unreachable.map(|mistake| mistake.place().rule()).collect()
}

#[test]
fn tables() {
    let mut wrong = Vec::new();
    for (name, build, expected) in UNREACHABLE.iter().chain(REACHABLE) {
        let built = build();
        assert_eq!(codes(&built).len(), unreachable(&built).len(), "{name}: {built:?}");
        if unreachable(&built) != *expected {
            wrong.push(format!("{name}: {:?} instead of {expected:?}", unreachable(&built)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A rule one of whose origins is wrong might have covered more: that is reported first.
#[test]
fn a_mistake_among_the_origins_comes_first() {
    let built = list(["https://a.example"]).or(list(["https://a.example", "b.example"])).build();
    assert_eq!(codes(&built), ["invalid-origin"]);
    let built = list(["https://a.example"]).or(list([])).build();
    assert_eq!(codes(&built), ["no-origins"]);
}

/// A rule with a mistake still covers what it covers.
#[test]
fn rules_with_mistakes_cover_too() {
    let built = list(["b.example", "https://a.example"])
        .or(list(["https://a.example"]))
        .or(any_origin())
        .build();
    assert_eq!(codes(&built), ["invalid-origin", "unreachable-rule"]);
    let built = any_origin().allow_methods(["put"]).or(list(["https://a.example"])).build();
    assert_eq!(codes(&built), ["unnormalized-method", "unreachable-rule"]);
}

/// Whether one pattern covers all that another does: the definition, without a matcher.
fn covers(wide: &OriginPattern, narrow: &OriginPattern) -> bool {
    let below = narrow.host().strip_suffix(wide.host()).is_some_and(|rest| rest.ends_with('.'));
    let same = narrow.host() == wide.host();
    let host = if wide.covers_subdomains() {
        below || same && narrow.covers_subdomains()
    } else {
        same && !narrow.covers_subdomains()
    };
    let ports = |pattern: &OriginPattern| (pattern.covers_any_port(), pattern.port());
    host && wide.scheme() == narrow.scheme()
        && (wide.covers_any_port() || ports(wide) == ports(narrow))
}

fn patterns(rules: &[RandomRule]) -> Vec<(usize, OriginPattern)> {
    let of_rule = |rule: &RandomRule| -> Vec<OriginPattern> {
        rule.origins.iter().map(|text| text.parse().expect("it is right")).collect()
    };
    rules
        .iter()
        .enumerate()
        .flat_map(|(index, rule)| of_rule(rule).into_iter().map(move |pattern| (index, pattern)))
        .collect()
}

fn expected_unreachable(rules: &[RandomRule]) -> Vec<usize> {
    let patterns = patterns(rules);
    let covered_before = |index: usize| {
        let mut own = patterns.iter().filter(|(rule, _)| *rule == index);
        own.all(|(_, narrow)| patterns.iter().any(|(rule, by)| *rule < index && covers(by, narrow)))
    };
    let null_before = |index: usize| rules[..index].iter().any(|rule| rule.null);
    (0..rules.len())
        .filter(|&index| covered_before(index) && (!rules[index].null || null_before(index)))
        .collect()
}

/// Which patterns decide nothing: covered by another of the same or an earlier rule, and of equal
/// ones the later.
fn expected_redundant(rules: &[RandomRule]) -> Vec<(usize, String)> {
    let patterns = patterns(rules);
    let redundant = |at: usize| {
        let (rule, narrow) = &patterns[at];
        patterns.iter().enumerate().any(|(other, (by_rule, by))| {
            by_rule <= rule && covers(by, narrow) && (by != narrow || other < at)
        })
    };
    (0..patterns.len())
        .filter(|&at| redundant(at))
        .map(|at| (patterns[at].0, patterns[at].1.to_string()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_rules(rules in random::rules()) {
        let built = join(rules.iter().map(RandomRule::builder)).build();
        prop_assert_eq!(unreachable(&built), expected_unreachable(&rules));
        prop_assert_eq!(codes(&built).len(), unreachable(&built).len(), "{:?}", built);
        let Ok(policy) = built else { return Ok(()) };
        let redundant = policy.redundant_origins();
        let listed: Vec<_> =
            redundant.iter().map(|one| (one.rule, one.pattern.to_string())).collect();
        prop_assert_eq!(listed, expected_redundant(&rules));
        for one in redundant {
            prop_assert!(covers(&one.covered_by, &one.pattern) && one.covered_by_rule <= one.rule);
        }
    }
}
