//! Nothing panics, whatever an entry is, and no message can break out of its line.

use proptest::prelude::*;
use tower_cors::{ConfigErrorKind, Policy};

use super::{Built, NOTHING, any_origin, codes, mistakes, random};

const LONG: usize = 100_000;

fn odd_entries() -> Vec<String> {
    let short = [
        "",
        " ",
        "\t",
        "\0",
        "\r\n",
        "\u{7f}",
        "\u{1b}[2J",
        "\u{feff}",
        "\u{202e}",
        "ü",
        "💥",
        "*",
        "**",
        "*.",
        ".",
        "..",
        "/",
        "//",
        ":",
        "::",
        "://",
        ":*",
        "[",
        "]",
        "[]",
        "[]:",
        "@",
        "null",
        "NULL",
        "null ",
        "https:",
        "https://",
        "https://:",
        "https://[",
        "https://]",
        "https://[:",
        "https://*",
        "https://*.",
        "https://*.*",
        "https://.",
        "https://ü:0",
        "https://0",
        "https://0x",
        "https://[::ü]",
        "https://xn--",
        "https://a:ü",
        "ü://a",
        "https://a\0.example",
        "https://a.example:00000000000000000000000000000000000000000001",
    ];
    let repeated = ["a", "A", "ü", "\0", "*", ".", ":", "/", "@", "[", "0", "9", "-", "a.", "x-"];
    let prefixes = ["", "https://", "https://*.", "https://[", "https://xn--", "https://a:"];
    let long = prefixes.iter().flat_map(|prefix| {
        repeated.iter().map(move |part| format!("{prefix}{}", part.repeat(LONG / part.len())))
    });
    short.into_iter().map(str::to_owned).chain(long).collect()
}

/// Puts an entry into every setter that takes text.
fn build_with(entry: &str) -> Built {
    Policy::allow_origins([entry])
        .allow_credentials()
        .allow_methods([entry])
        .allow_headers([entry])
        .expose_headers([entry])
        .or(Policy::allow_any_origin().allow_methods([entry]))
        .build()
}

/// At most two mistakes for the origin, and one for each other entry; each prints on one line, and
/// what it proposes instead has none.
fn check(entry: &str, built: &Built) {
    let mistakes = mistakes(built);
    assert!(mistakes.len() <= 6, "{} mistakes for {entry:.100?}", mistakes.len());
    for mistake in mistakes {
        let message = mistake.to_string();
        assert!(!message.contains(char::is_control), "{message:.200?}");
        assert!(!message.contains('\u{202e}'), "{message:.200?}");
        assert!(!format!("{mistake:?}").is_empty());
        if let ConfigErrorKind::InvalidOrigin { error, .. } = mistake.kind() {
            assert_eq!(error.input(), entry.trim());
            assert!(error.position() <= entry.len(), "{message:.200}");
            let corrected = error.corrected().map(|corrected| [corrected]);
            let accepted = corrected.is_none_or(|one| Policy::allow_origins(one).build().is_ok());
            assert!(accepted, "{message:.200}");
        }
    }
}

#[test]
fn odd_entries_are_reported() {
    for entry in odd_entries() {
        check(&entry, &build_with(&entry));
    }
}

/// A list may be a whole file by mistake: no entry is compared with all others.
#[test]
fn long_lists_do_not_take_the_time_of_all_pairs() {
    const MANY: usize = 50_000;
    let list = |part: &str| (0..MANY).map(|number| format!("{part}{number}")).collect::<Vec<_>>();
    let (_, warnings) = any_origin()
        .allow_methods(list("m"))
        .allow_headers(list("x-"))
        .expose_headers(list("x-"))
        .build_with_warnings()
        .expect("it is harmless");
    assert!(warnings.iter().all(|warning| warning.code() == "lower-case-method"));
    assert_eq!(warnings.len(), MANY);
    let rules = list("https://a-").into_iter().map(|origin| Policy::allow_origins([origin]).into());
    assert_eq!(codes(&random::join(rules).build()), NOTHING);
}

/// Entries that nobody would write by accident.
fn random_entry() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("https://"),
        Just("http"),
        Just("://"),
        Just("*."),
        Just("*"),
        Just("."),
        Just(":"),
        Just("[::1]"),
        Just("["),
        Just("]"),
        Just("127"),
        Just("0x7f"),
        Just("xn--"),
        Just("a"),
        Just("A"),
        Just("ü"),
        Just("é"),
        Just("/"),
        Just("@"),
        Just(" "),
        Just("\n"),
        Just(","),
        Just("443"),
        Just("0"),
        Just("localhost"),
        Just("null"),
        Just("x-"),
        Just("-"),
        Just("\0"),
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_entries_are_reported(entry in random_entry()) {
        check(&entry, &build_with(&entry));
    }
}
