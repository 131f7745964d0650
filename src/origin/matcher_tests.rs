use std::cmp::Reverse;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn patterns(rules: &[&[&str]]) -> Vec<(RuleIndex, OriginPattern)> {
    (0..)
        .zip(rules)
        .flat_map(|(rule, texts)| texts.iter().map(move |text| (rule, text.parse().expect(text))))
        .collect()
}

fn matcher(rules: &[&[&str]]) -> OriginMatcher {
    OriginMatcher::new(&patterns(rules)).0
}

/// The twin: what the matcher is to find, said without any cleverness.
fn naive(patterns: &[(RuleIndex, OriginPattern)], value: &[u8]) -> Option<RuleIndex> {
    let origin = Origin::parse(value)?;
    patterns.iter().filter(|(_, pattern)| pattern.covers(&origin)).map(|(rule, _)| *rule).min()
}

#[test]
fn the_first_rule_that_covers_an_origin_is_found() {
    let matcher = matcher(&[
        &["https://admin.example.com", "http://[::1]:*"],
        &["https://*.example.com", "https://*.a.b.example.com:*", "tauri://localhost"],
        &["https://example.com:*", "https://*.com:8443"],
    ]);
    let table = [
        ("an exact pattern before a wildcard", "https://admin.example.com", Some(0)),
        ("IPv6, any port, none", "http://[::1]", Some(0)),
        ("IPv6, any port", "http://[::1]:90", Some(0)),
        ("a subdomain", "https://x.example.com", Some(1)),
        ("a deep subdomain", "https://x.y.z.example.com", Some(1)),
        ("the longer of two wildcards, with its port", "https://x.a.b.example.com:1", Some(1)),
        ("not the longer wildcard's own host", "https://a.b.example.com:1", None),
        ("a custom scheme", "tauri://localhost", Some(1)),
        ("any port of the apex", "https://example.com:8443", Some(2)),
        ("the earlier of two rules", "https://example.com", Some(2)),
        ("a port of its own under a short suffix", "https://other.com:8443", Some(2)),
        ("no port under it", "https://other.com", None),
        ("another scheme", "http://x.example.com", None),
        ("a look-alike prefix", "https://notexample.com", None),
        ("a look-alike suffix", "https://x.example.com.evil.net", None),
        ("an empty label", "https://.example.com", None),
        ("a path", "https://evil.net/.example.com", None),
        ("the default port", "https://example.com:443", None),
        ("a pattern's own text", "https://*.example.com", None),
        ("null", "null", None),
        ("nothing", "", None),
    ];
    for (what, origin, rule) in table {
        assert_eq!(matcher.find(origin.as_bytes()), rule, "{what}: {origin}");
    }
}

#[test]
fn an_empty_matcher_finds_nothing() {
    assert_eq!(matcher(&[]).find(b"https://example.com"), None);
}

#[test]
fn the_form_follows_from_the_patterns() {
    let texts: Vec<_> = (0..=FEW).map(|i| format!("https://{i}.example")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let form = |texts: &[&str]| format!("{:?}", matcher(&[texts]));
    let few =
        "OriginMatcher { singles: 4, singles_compared: \"one by one\", families_in_a_trie: 0, .. }";
    assert_eq!(form(&texts[1..]), few);
    let many =
        "OriginMatcher { singles: 5, singles_compared: \"in a trie\", families_in_a_trie: 0, .. }";
    assert_eq!(form(&texts), many);
    let both =
        "OriginMatcher { singles: 1, singles_compared: \"one by one\", families_in_a_trie: 2, .. }";
    assert_eq!(form(&["https://a.b", "https://*.a.b", "http://localhost:*"]), both);
}

#[test]
fn redundant_patterns_are_left_out() {
    let rules: &[&[&str]] = &[
        &["https://*.example.com", "https://a.b", "https://a.b", "http://localhost:*"],
        &[
            "https://x.example.com",
            "https://*.y.example.com",
            "https://example.com",
            "http://localhost",
            "http://localhost:1",
            "https://*.b",
        ],
        &["https://*.example.com:*"],
    ];
    let patterns = patterns(rules);
    let (matcher, redundant) = OriginMatcher::new(&patterns);
    let redundant: Vec<_> = redundant
        .iter()
        .map(|one| (patterns[one.pattern].1.as_str(), patterns[one.covered_by].1.as_str()))
        .collect();
    assert_eq!(
        redundant,
        [
            ("https://a.b", "https://a.b"),
            ("https://x.example.com", "https://*.example.com"),
            ("https://*.y.example.com", "https://*.example.com"),
            ("http://localhost", "http://localhost:*"),
            ("http://localhost:1", "http://localhost:*"),
        ]
    );
    let listed = |rule| {
        let mut texts: Vec<_> = matcher.patterns(rule).map(|text| text.to_string()).collect();
        texts.sort();
        texts
    };
    assert_eq!(listed(0), ["http://localhost:*", "https://*.example.com", "https://a.b"]);
    // Not redundant: an earlier rule covers only some of what this one covers.
    assert_eq!(listed(1), ["https://*.b", "https://example.com"]);
    assert_eq!(listed(2), ["https://*.example.com:*"]);
}

/// A host of as many labels as there can be, against patterns of which each is the end of the next.
#[test]
fn long_chains_of_suffixes() {
    let hosts: Vec<_> = (1..=125).map(|labels| format!("{}a", "a.".repeat(labels))).collect();
    let texts: Vec<_> = hosts.iter().map(|host| format!("https://*.{host}")).collect();
    let rules: Vec<(RuleIndex, OriginPattern)> =
        (0..).zip(texts.iter().rev()).map(|(rule, text)| (rule, text.parse().unwrap())).collect();
    let (matcher, redundant) = OriginMatcher::new(&rules);
    assert_eq!(redundant, []);
    for (labels, rule) in (1..=125).rev().zip(0..) {
        let covered = format!("https://b.{}a", "a.".repeat(labels));
        assert_eq!(matcher.find(covered.as_bytes()), Some(rule), "{covered}");
    }
    assert_eq!(matcher.find(format!("https://{}b", "a.".repeat(126)).as_bytes()), None);
}

#[test]
fn the_longest_origin_has_room_in_a_key() {
    let scheme = "a".repeat(MAX_SCHEME_BYTES);
    let (first, rest) = ("b".repeat(63), format!("{0}.{0}.{1}", "b".repeat(63), "c".repeat(61)));
    assert_eq!(first.len() + ".".len() + rest.len(), MAX_HOST_BYTES);
    let origin = format!("{scheme}://{first}.{rest}:65535");
    for pattern in [format!("{scheme}://{first}.{rest}:*"), format!("{scheme}://*.{rest}:65535")] {
        assert_eq!(matcher(&[&[&pattern]]).find(origin.as_bytes()), Some(0), "{pattern}");
    }
}

#[test]
fn a_hundred_thousand_patterns() {
    let rules: Vec<(RuleIndex, OriginPattern)> = (0..100_000)
        .map(|i| match i % 4 {
            0 => format!("https://tenant-{i}.example.com"),
            1 => format!("https://*.tenant-{i}.example.net"),
            2 => format!("http://tenant-{i}.localhost:*"),
            _ => format!("https://example.org:{}", i % 60_000 + 1000),
        })
        .map(|text| (0, text.parse().unwrap()))
        .collect();
    let (matcher, redundant) = OriginMatcher::new(&rules);
    assert_eq!(matcher.patterns(0).count(), rules.len() - redundant.len());
    for origin in [
        "https://tenant-99996.example.com",
        "https://x.y.tenant-1.example.net",
        "http://tenant-2.localhost:81",
        "http://tenant-99998.localhost",
        "https://example.org:1003",
    ] {
        assert_eq!(matcher.find(origin.as_bytes()), Some(0), "{origin}");
    }
    for origin in [
        "https://tenant-99997.example.com",
        "https://tenant-1.example.net",
        "http://tenant-3.localhost:81",
        "https://example.org",
    ] {
        assert_eq!(matcher.find(origin.as_bytes()), None, "{origin}");
    }
}

/// Few labels, schemes and ports, so that patterns share prefixes and suffixes, cover one another,
/// and cover the origins that are asked about.
fn host() -> impl Strategy<Value = String> {
    let label = prop_oneof![
        4 => select(vec!["a", "b", "aa", "ab", "ba", "com", "example", "xn--bcher-kva"])
            .prop_map(str::to_owned),
        // More than eight children for a node, of every kind of byte that a label has.
        2 => "[a-z0-9_-]{1,2}",
    ];
    let name = (vec(label, 1..5), any::<bool>()).prop_map(|(labels, dot)| {
        labels.join(".") + if dot && labels.len() > 3 { "." } else { "" }
    });
    prop_oneof![
        8 => name,
        1 => select(vec!["127.0.0.1", "[::1]", "[2001:db8::1]", "localhost"]).prop_map(str::to_owned),
    ]
}

fn scheme() -> impl Strategy<Value = &'static str> {
    select(vec!["https", "http", "tauri", "s", "https+a"])
}

fn port() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        3 => select(vec![":1", ":11", ":80", ":443", ":8080", ":65535"]).prop_map(str::to_owned),
        1 => (1u16..).prop_map(|port| format!(":{port}")),
    ]
}

fn pattern() -> impl Strategy<Value = OriginPattern> {
    let port = prop_oneof![3 => port(), 1 => Just(":*".to_owned())];
    (scheme(), prop_oneof![2 => Just(""), 1 => Just("*.")], host(), port)
        .prop_map(|(scheme, any, host, port)| format!("{scheme}://{any}{host}{port}"))
        .prop_filter_map("not a pattern", |text| text.parse().ok())
}

fn origin() -> impl Strategy<Value = String> {
    (scheme(), host(), port()).prop_map(|(scheme, host, port)| format!("{scheme}://{host}{port}"))
}

/// An origin that a pattern covers, or almost.
fn near(pattern: &OriginPattern, label: &str, twist: u8) -> String {
    let port = if pattern.covers_any_port() { ":7" } else { &pattern.as_str()[0..0] };
    let port = pattern.port().map_or(port.to_owned(), |port| format!(":{port}"));
    let (scheme, host) = (pattern.scheme(), pattern.host());
    match twist {
        0 => format!("{scheme}://{host}{port}"),
        1 => format!("{scheme}://{label}.{host}{port}"),
        2 => format!("{scheme}://{label}{host}{port}"),
        3 => format!("{scheme}://{label}.{label}.{host}{port}"),
        4 => format!("{scheme}://{}{port}", host.get(1..).unwrap_or_default()),
        5 => format!("{scheme}://{host}.{label}{port}"),
        _ => format!("{scheme}://.{host}{port}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::test_cases(), ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_its_twin(
        given in vec((0u32..4, pattern()), 0..40),
        origins in vec(origin(), 1..10),
        twists in vec((any::<prop::sample::Index>(), "[a-z]{1,2}", 0u8..7), 1..30),
    ) {
        let (matcher, redundant) = OriginMatcher::new(&given);
        let near = twists
            .iter()
            .filter(|_| !given.is_empty())
            .map(|(index, label, twist)| near(&index.get(&given).1, label, *twist));
        for value in origins.into_iter().chain(near) {
            let expected = naive(&given, value.as_bytes());
            prop_assert_eq!(matcher.find(value.as_bytes()), expected, "{}", value);
        }
        // Compiled again from what is left, in any order, it decides the same and leaves nothing out.
        let mut kept: Vec<_> =
            (0..4).flat_map(|rule| matcher.patterns(rule).map(move |text| (rule, text))).collect();
        prop_assert_eq!(kept.len() + redundant.len(), given.len());
        kept.sort_by_key(|(_, text)| Reverse(text.to_string()));
        let (again, none) = OriginMatcher::new(&kept);
        prop_assert_eq!(none, vec![]);
        for rule in 0..4 {
            prop_assert!(again.patterns(rule).eq(matcher.patterns(rule)));
        }
        for one in redundant {
            prop_assert!(given[one.covered_by].0 <= given[one.pattern].0);
        }
    }

    #[test]
    fn arbitrary_bytes_are_harmless(
        given in vec((0u32..2, pattern()), 0..12),
        value in vec(any::<u8>(), 0..400),
    ) {
        let (matcher, _) = OriginMatcher::new(&given);
        prop_assert_eq!(matcher.find(&value), naive(&given, &value));
    }

    #[test]
    fn parsers_agree(value in "[a-zA-Z0-9:/.*_\\[\\]-]{0,30}|(https?|a)://[a-c.:0-9\\[\\]*-]{0,12}") {
        let origin = Origin::parse(value.as_bytes()).map(|origin| origin.to_string());
        let pattern: Option<OriginPattern> = value.parse().ok();
        let single = pattern.filter(OriginPattern::is_single).map(|pattern| pattern.to_string());
        prop_assert_eq!(origin, single);
    }
}
