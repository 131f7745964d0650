//! The matcher and its naive twin, under random input.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::matcher::{CompiledPatterns, RuleIndex};
use super::{Origin, OriginPattern};

/// The twin: what the matcher is to find, said without any cleverness.
fn naive(patterns: &[(RuleIndex, OriginPattern)], value: &[u8]) -> Option<RuleIndex> {
    let origin = Origin::parse(value)?;
    patterns.iter().filter(|(_, pattern)| pattern.covers(&origin)).map(|(rule, _)| *rule).min()
}

const SCHEMES: [&str; 4] = ["https", "http", "app", "s"];
const PORTS: [&str; 4] = ["", ":1", ":11", ":80"];

/// Few labels, schemes and ports, so that patterns share prefixes and suffixes, cover one another,
/// and cover the origins that are asked about.
fn host() -> impl Strategy<Value = String> {
    let label = prop_oneof![
        8 => select(vec!["a", "b", "c", "aa", "ab", "a-b", "ba"]).prop_map(str::to_owned),
        // More children for a node, of every kind of byte that a host has.
        1 => "[a-zA-F0-9_~!-]{1,2}",
    ];
    let name = (vec(label, 1..5), any::<bool>()).prop_map(|(labels, dot)| {
        labels.join(".") + if dot && labels.len() > 3 { "." } else { "" }
    });
    prop_oneof![
        16 => name,
        1 => select(vec!["127.0.0.1", "[::1]", "[2001:db8::1]", ".", "a..b"]).prop_map(str::to_owned),
    ]
}

/// What stands before a host: nothing, or a wildcard.
fn wildcard() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        3 => Just("*.".to_owned()),
        3 => "(a|b|a-|ab)?\\*(a|-a|-b|-ab)?\\.",
    ]
}

fn port() -> impl Strategy<Value = String> {
    select([&PORTS[..], &[":*"]].concat()).prop_map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = OriginPattern> {
    let of_hosts = (select(&SCHEMES[..]), wildcard(), host(), port())
        .prop_map(|(scheme, wildcard, host, port)| format!("{scheme}://{wildcard}{host}{port}"));
    let of_schemes = select(&SCHEMES[2..]).prop_map(|scheme| format!("{scheme}://*"));
    prop_oneof![30 => of_hosts, 1 => of_schemes]
        .prop_filter_map("not a pattern", |text| text.parse().ok())
}

/// Patterns in rules, among them families nested in one another.
fn patterns() -> impl Strategy<Value = Vec<(RuleIndex, OriginPattern)>> {
    let nested = (select(&SCHEMES[..]), host(), vec((0u32..4, "[ab]", wildcard(), port()), 0..5))
        .prop_map(|(scheme, host, steps)| {
            let mut host = host;
            let step = |(rule, label, wildcard, port): (_, String, String, String)| {
                host = format!("{label}.{host}");
                Some((rule, format!("{scheme}://{wildcard}{host}{port}").parse().ok()?))
            };
            steps.into_iter().filter_map(step).collect::<Vec<_>>()
        });
    (vec((0u32..4, pattern()), 0..20), vec(nested, 0..3)).prop_map(|(single, nested)| {
        single.into_iter().chain(nested.into_iter().flatten()).collect()
    })
}

/// Where patterns cross: the host of one, with what stands for its wildcard, and a scheme and a port
/// that others may have; or almost.
#[derive(Debug)]
struct Crossing {
    host: Index,
    fill: String,
    scheme: &'static str,
    port: &'static str,
    twist: u8,
    at: Index,
}

fn crossing() -> impl Strategy<Value = Crossing> {
    let fill = "a|b|c|-|a-b|b.a|a.b.a|a\\.|\\.a||[a-z]{1,2}";
    let place = (any::<Index>(), fill, select(&SCHEMES[..]), select(&PORTS[..]));
    (place, 0u8..8, any::<Index>()).prop_map(|((host, fill, scheme, port), twist, at)| Crossing {
        host,
        fill,
        scheme,
        port,
        twist,
        at,
    })
}

impl Crossing {
    fn origin(&self, given: &[(RuleIndex, OriginPattern)]) -> String {
        let pattern = &self.host.get(given).1;
        let (scheme, rest) = pattern.as_str().split_once("://").unwrap();
        let host = rest.strip_suffix(":*").unwrap_or(rest).replace('*', &self.fill);
        let host = match self.twist {
            0 => format!("{}.{host}", self.fill),
            1 => format!("{}{host}", self.fill),
            // A dot is replaced.
            2 | 3 => {
                let dots: Vec<_> = host.match_indices('.').map(|(at, _)| at).collect();
                let mut host = host.clone();
                if !dots.is_empty() {
                    let at = *self.at.get(&dots);
                    host.replace_range(at..=at, "x");
                }
                host
            }
            _ => host,
        };
        // Its own scheme and port for half of them.
        let authority = if self.twist.is_multiple_of(2) || host.contains(':') {
            host
        } else {
            format!("{host}{}", self.port)
        };
        let scheme = if self.twist < 6 { scheme } else { self.scheme };
        format!("{scheme}://{authority}")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::test_cases(), ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_its_twin(given in patterns(), crossings in vec(crossing(), 1..60)) {
        prop_assume!(!given.is_empty());
        let CompiledPatterns { matcher, redundant, too_many } = CompiledPatterns::new(&given);
        prop_assert_eq!(too_many, vec![]);
        // Compiled again from what is left, in another order, it decides the same.
        let left_out = |index: usize| redundant.iter().any(|one| one.pattern == index);
        let kept: Vec<_> =
            (0..given.len()).rev().filter(|&index| !left_out(index)).map(|index| given[index].clone()).collect();
        let again = CompiledPatterns::new(&kept);
        prop_assert_eq!(again.redundant, vec![]);
        for value in crossings.iter().map(|crossing| crossing.origin(&given)) {
            let expected = naive(&given, value.as_bytes());
            prop_assert_eq!(matcher.find(value.as_bytes()), expected, "{}", value);
            prop_assert_eq!(again.matcher.find(value.as_bytes()), expected, "{}", value);
        }
    }

    #[test]
    fn what_is_redundant_is_covered(given in patterns(), crossings in vec(crossing(), 1..20)) {
        let redundant = CompiledPatterns::new(&given).redundant;
        for one in &redundant {
            let (by, pattern) = (&given[one.covered_by], &given[one.pattern]);
            prop_assert!(by.0 <= pattern.0 && by.1.covers_all_of(&pattern.1));
            for value in crossings.iter().map(|crossing| crossing.origin(&given)) {
                let Some(origin) = Origin::parse(value.as_bytes()) else { continue };
                prop_assert!(by.1.covers(&origin) || !pattern.1.covers(&origin), "{}", value);
            }
        }
        // Nothing else is.
        let left_out = |index: usize| redundant.iter().any(|one| one.pattern == index);
        for (index, (rule, pattern)) in given.iter().enumerate().filter(|(index, _)| !left_out(*index)) {
            for (by_index, (by_rule, by)) in given.iter().enumerate() {
                let covered = by_index != index && by_rule <= rule && by.covers_all_of(pattern);
                let same = by == pattern && (by_rule, by_index) > (rule, index);
                prop_assert!(!covered || same, "{by} covers {pattern}");
            }
        }
    }

    #[test]
    fn arbitrary_bytes_are_harmless(given in patterns(), value in vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(CompiledPatterns::new(&given).matcher.find(&value), naive(&given, &value));
    }
}
