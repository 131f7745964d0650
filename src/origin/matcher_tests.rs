use super::*;
use crate::origin::MAX_SCHEME_BYTES;
use crate::origin::host::MAX_HOST_BYTES;
use crate::origin::redundancy::MAX_PARTS_OF_LABELS;

fn patterns(rules: &[&[&str]]) -> Vec<(RuleIndex, OriginPattern)> {
    (0..)
        .zip(rules)
        .flat_map(|(rule, texts)| texts.iter().map(move |text| (rule, text.parse().expect(text))))
        .collect()
}

fn matcher(rules: &[&[&str]]) -> OriginMatcher {
    CompiledPatterns::new(&patterns(rules)).matcher
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
fn wildcards_inside_a_label_and_for_schemes() {
    let matcher = matcher(&[
        &["https://app-*.a.example", "https://*-team.a.example:*", "app://App-*.B"],
        &["https://*.a.example", "https://www-*.b.a.example", "moz-extension://*"],
        &["https://*.example", "https://x-*.a.example:*", "app://*", "app://a:*", "file://"],
    ]);
    let table = [
        ("a part of a label", "https://app-1.a.example", Some(0)),
        ("the other, any port", "https://a-team.a.example:7", Some(0)),
        ("a label that fits none", "https://www.a.example", Some(1)),
        ("a deeper host", "https://app-1.b.a.example", Some(1)),
        ("a part of a label below another key", "https://www-1.b.a.example", Some(1)),
        ("a key of which no part fits", "https://x.b.a.example", Some(1)),
        ("the parent", "https://a.example", Some(2)),
        ("a port that only a later rule has", "https://x-1.a.example:7", Some(2)),
        ("a part that would overlap", "https://-team.a.example:7", None),
        ("an empty label before the host", "https://.a.example", None),
        ("an empty label in between", "https://a..a.example", None),
        ("an empty label above a key without a rule", "https://a..b.a.example", None),
        ("a scheme", "moz-extension://4ED7F644", Some(1)),
        ("a scheme, with a port", "moz-extension://4ED7F644:80", None),
        ("a scheme, without a host", "moz-extension://", None),
        ("upper case", "app://App-1.B", Some(0)),
        ("another case", "app://app-1.B", Some(2)),
        ("a scheme that has other patterns", "app://a", Some(2)),
        ("a port of one host of a scheme", "app://a:1", Some(2)),
        ("a file", "file://", Some(2)),
    ];
    for (what, origin, rule) in table {
        assert_eq!(matcher.find(origin.as_bytes()), rule, "{what}: {origin}");
    }
}

#[test]
fn the_earlier_rule_wins_whichever_port_it_has() {
    let any_port_first = matcher(&[&["https://*.x.app.example:*"], &["https://*.app.example:7"]]);
    assert_eq!(any_port_first.find(b"https://a.x.app.example:7"), Some(0));
    let any_port_last = matcher(&[&["https://*.app.example:7"], &["https://*.x.app.example:*"]]);
    assert_eq!(any_port_last.find(b"https://a.x.app.example:7"), Some(0));
}

/// The search goes down to the longest key, which differs from the text in its second dot.
#[test]
fn a_search_goes_back_more_than_one_suffix() {
    let rules: &[&[&str]] =
        &[&["https://*.c.b.a.example"], &["https://*.b.a.example"], &["https://*.a.example"]];
    assert_eq!(matcher(rules).find(b"https://ycxb.a.example"), Some(2));
    assert_eq!(matcher(rules).find(b"https://y.cxb.a.example"), Some(2));
    assert_eq!(matcher(rules).find(b"https://yc.b.a.example"), Some(1));
}

#[test]
fn only_so_many_parts_of_labels_have_room_under_one_key() {
    let label = |i: usize| (0, format!("https://{i}-*.a.example").parse().unwrap());
    let mut patterns: Vec<_> = (100..100 + MAX_PARTS_OF_LABELS).map(label).collect();
    // Another host, port or scheme; a redundant one.
    for text in [
        "https://1-*.b.example",
        "https://1-*.a.example:1",
        "http://1-*.a.example",
        "https://100-1*.a.example",
    ] {
        patterns.push((1, text.parse().unwrap()));
    }
    let compiled = CompiledPatterns::new(&patterns);
    assert_eq!(compiled.too_many, []);
    for i in 100..100 + MAX_PARTS_OF_LABELS {
        assert_eq!(compiled.matcher.find(format!("https://{i}-x.a.example").as_bytes()), Some(0));
    }
    patterns.push((1, "https://2-*.a.example".parse().unwrap()));
    patterns.insert(0, (3, "https://3-*.a.example".parse().unwrap()));
    let compiled = CompiledPatterns::new(&patterns);
    let mut too_many: Vec<_> =
        compiled.too_many.iter().map(|&index| patterns[index].1.as_str()).collect();
    too_many.sort_unstable();
    assert_eq!(too_many, ["https://2-*.a.example", "https://3-*.a.example"]);
}

/// However many there are, each is compared with so many others only.
#[test]
fn patterns_without_room_do_not_take_the_time_of_all_pairs() {
    let labels = (0..10_000).map(|i| format!("https://{i:04}-*.a.example"));
    let ports = (0..10_000).map(|i| format!("https://{i:04}-*.a.example:*"));
    let hosts = (0..10_000).map(|i| format!("https://{i:04}-.a.example"));
    let texts = labels.chain(ports).chain(hosts);
    let patterns: Vec<_> = texts.map(|text| (0, text.parse().unwrap())).collect();
    let CompiledPatterns { redundant, too_many, .. } = CompiledPatterns::new(&patterns);
    // Those with a port of their own that are covered by those of any port which have room.
    assert_eq!(redundant.len(), MAX_PARTS_OF_LABELS);
    assert_eq!(too_many.len(), 2 * (10_000 - MAX_PARTS_OF_LABELS) - MAX_PARTS_OF_LABELS);
}

#[test]
fn what_others_cover_takes_no_room() {
    let label = |rule, i| (rule, format!("https://{i:03}-*.a.example").parse().unwrap());
    let given = |rules: &[(u32, &str)], labels: usize| -> Vec<(RuleIndex, OriginPattern)> {
        let others = rules.iter().map(|(rule, text)| (*rule, text.parse().unwrap()));
        (0..labels).map(|i| label(1, i)).chain(others).collect()
    };
    let count = |patterns: &[(RuleIndex, OriginPattern)]| {
        let compiled = CompiledPatterns::new(patterns);
        (compiled.redundant.len(), compiled.too_many.len())
    };
    // A wider label that comes last.
    assert_eq!(count(&given(&[(1, "https://0*.a.example")], 70)), (70, 0));
    // One of a later rule covers nothing, and has no room.
    assert_eq!(count(&given(&[(2, "https://0*.a.example")], 64)), (0, 1));
    // All subdomains.
    assert_eq!(count(&given(&[(1, "https://*.example")], 70)), (70, 0));
    // Any port. A single origin is covered by one that had no room at first.
    let any_port = (0..10).map(|i| format!("https://{i:03}-*.a.example:*")).collect::<Vec<_>>();
    let mut others: Vec<_> = any_port.iter().map(|text| (0, text.as_str())).collect();
    others.push((1, "https://069-a.a.example"));
    assert_eq!(count(&given(&others, 70)), (11, 0));
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
    let few = "OriginMatcher { singles: 4, singles_compared: \"one by one\", families_in_a_trie: 0, schemes: 0, .. }";
    assert_eq!(form(&texts[1..]), few);
    let many = "OriginMatcher { singles: 5, singles_compared: \"in a trie\", families_in_a_trie: 0, schemes: 0, .. }";
    assert_eq!(form(&texts), many);
    let all = "OriginMatcher { singles: 1, singles_compared: \"one by one\", families_in_a_trie: 2, \
               schemes: 1, .. }";
    let texts = ["https://a.b", "https://*.a.b", "https://a*.a.b:1", "https://b*.a.b:1", "app://*"];
    assert_eq!(form(&texts), all);
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
            "https://x*.example.com",
        ],
        &["https://*.example.com:*", "https://a1*.b:*", "https://a*.b:*", "app://a", "app://*.a"],
        &["https://a-1.b", "https://a*1.b:*", "app://*", "app://a:*", "app://a", "app://*"],
    ];
    let patterns = patterns(rules);
    let redundant = CompiledPatterns::new(&patterns).redundant;
    let redundant: Vec<_> = redundant
        .iter()
        .map(|one| (patterns[one.pattern].1.as_str(), patterns[one.covered_by].1.as_str()))
        .collect();
    // Not redundant: `https://example.com`, `https://*.b`, `https://*.example.com:*`, `app://a`, for
    // an earlier rule covers only some of what they cover.
    assert_eq!(
        redundant,
        [
            ("https://a.b", "https://a.b"),
            ("https://x.example.com", "https://*.example.com"),
            ("https://*.y.example.com", "https://*.example.com"),
            ("http://localhost", "http://localhost:*"),
            ("http://localhost:1", "http://localhost:*"),
            ("https://x*.example.com", "https://*.example.com"),
            ("https://a1*.b:*", "https://a*.b:*"),
            ("https://a-1.b", "https://*.b"),
            ("https://a*1.b:*", "https://a*.b:*"),
            ("app://a", "app://a"),
            ("app://*", "app://*"),
        ]
    );
}

/// A host of as many labels as there can be, against patterns of which each is the end of the next.
#[test]
fn long_chains_of_suffixes() {
    let hosts: Vec<_> = (1..=125).map(|labels| format!("{}a", "a.".repeat(labels))).collect();
    let texts: Vec<_> = hosts.iter().map(|host| format!("https://*.{host}")).collect();
    let rules: Vec<(RuleIndex, OriginPattern)> =
        (0..).zip(texts.iter().rev()).map(|(rule, text)| (rule, text.parse().unwrap())).collect();
    let CompiledPatterns { matcher, redundant, .. } = CompiledPatterns::new(&rules);
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
    let (first, rest) = ("b".repeat(63), "c".repeat(189));
    assert_eq!(first.len() + ".".len() + rest.len(), MAX_HOST_BYTES);
    let origin = format!("{scheme}://{first}.{rest}:65535");
    for pattern in [
        format!("{scheme}://{first}.{rest}:*"),
        format!("{scheme}://*.{rest}:65535"),
        format!("{scheme}://b*b.{rest}:65535"),
    ] {
        assert_eq!(matcher(&[&[&pattern]]).find(origin.as_bytes()), Some(0), "{pattern}");
    }
}

#[test]
fn a_hundred_thousand_patterns() {
    let rules: Vec<(RuleIndex, OriginPattern)> = (0..100_000)
        .map(|i| match i % 5 {
            0 => format!("https://tenant-{i}.example.com"),
            1 => format!("https://*.tenant-{i}.example.net"),
            2 => format!("http://tenant-{i}.localhost:*"),
            3 => format!("https://app-*.tenant-{i}.example.com"),
            _ => format!("https://example.org:{}", i % 60_000 + 1000),
        })
        .map(|text| (0, text.parse().unwrap()))
        .collect();
    let CompiledPatterns { matcher, redundant, too_many } = CompiledPatterns::new(&rules);
    // Those of a port that comes twice.
    assert_eq!((redundant.len(), too_many.len()), (8_000, 0));
    for origin in [
        "https://tenant-99995.example.com",
        "https://x.y.tenant-1.example.net",
        "http://tenant-2.localhost:81",
        "http://tenant-99997.localhost",
        "https://app-1.tenant-99998.example.com",
        "https://example.org:1004",
    ] {
        assert_eq!(matcher.find(origin.as_bytes()), Some(0), "{origin}");
    }
    for origin in [
        "https://tenant-99997.example.com",
        "https://app-.tenant-99998.example.com",
        "https://tenant-1.example.net",
        "http://tenant-3.localhost:81",
        "https://example.org",
    ] {
        assert_eq!(matcher.find(origin.as_bytes()), None, "{origin}");
    }
}
