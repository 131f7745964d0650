use std::collections::HashSet;

use super::OriginPatternErrorKind as Kind;
use super::*;
use crate::origin::OriginPattern;

macro_rules! every {
    ($($kind:ident)*) => {
        const EVERY: &[Kind] = &[$(Kind::$kind),*];

        /// Does not compile while a kind is missing.
        #[expect(dead_code, reason = "compiling it is the test")]
        fn all_are_listed(kind: Kind) {
            match kind {
                $(Kind::$kind => {})*
            }
        }
    };
}

every! {
    Empty AnyOrigin Null Quoted Array Several RegularExpression AddressRange SeveralPorts
    Alternatives Variable AngleBrackets Whitespace MissingScheme InvalidScheme SchemeTooLong WebSocket
    NeverAnOrigin File UpperCase UserInfo Path Backslash EmptyHost NonAsciiHost InvalidHost
    UnlikelyByte AnyHost PortOfAnyHost MisplacedWildcard WildcardBeforeName WildcardWithoutParent
    WildcardInPunycode SubdomainsOfAddress EmptyLabel TrailingHyphen HostTooLong InvalidIpv4
    InvalidIpv6 Ipv6WithoutBrackets Ipv6NotCanonical Ipv6Zone EmptyPort InvalidPort PortOutOfRange
    PortLeadingZero DefaultPort
}

/// The rows of the documentation's table: the input, the message, and the mistake that it is.
fn documented() -> impl Iterator<Item = (String, String, OriginPatternError)> {
    let rows = include_str!("mistakes.md").lines().filter(|line| line.starts_with("| ``"));
    rows.map(|line| {
        // In a table, a bar has to be escaped.
        let line = line.replace(r"\|", "|");
        let cells = line.strip_prefix("| `` ").and_then(|line| line.strip_suffix(" `` |"));
        let (input, message) = cells.and_then(|line| line.split_once(" `` | `` ")).expect(&line);
        let input = if input == "(nothing)" { "" } else { input };
        let error = long(input).parse::<OriginPattern>().expect_err(input);
        (input.to_owned(), message.to_owned(), error)
    })
}

/// `{a*70}` is 70 times `a`.
fn long(input: &str) -> String {
    input.replace("{a*70}", &"a".repeat(70)).replace("{a*260}", &"a".repeat(260))
}

/// The documentation's table of mistakes: what it says is printed is printed, and every kind is in
/// it, in order.
#[test]
fn the_table_of_mistakes_is_true() {
    let mut kinds = Vec::new();
    let mut wrong = Vec::new();
    for (input, message, error) in documented() {
        let printed = error.to_string();
        let printed = printed.split_once(" is not an origin pattern: ").unwrap().1;
        if printed != message {
            wrong.push(format!("| `` {input} `` | `` {printed} `` |"));
        }
        kinds.push(error.kind());
    }
    assert!(wrong.is_empty(), "what is printed:\n{}", wrong.join("\n"));
    let in_order: Vec<_> = {
        let mut seen = HashSet::new();
        kinds.into_iter().filter(|kind| seen.insert(*kind)).collect()
    };
    assert_eq!(in_order, EVERY);
}

/// A text that has no corrected form, and what somebody writes who does what the message says: one
/// or the other.
const FOLLOWED: &[(&str, &[&str])] = &[
    ("", &["https://app.example.com"]),
    ("[\"https://a.example\",\"https://b.example\"]", &["https://a.example", "https://b.example"]),
    ("https://a.example,https://b.example", &["https://a.example", "https://b.example"]),
    (
        "https://(www|app).a.example",
        &["https://*.a.example", "https://w*.a.example", "https://www.a.example:*"],
    ),
    ("http://192.168.0.0/16", &["http://192.168.0.1"]),
    ("http://192.168.1.*", &["http://192.168.1.1"]),
    ("https://a.example:8000-9000", &["https://a.example:8000", "https://a.example:*"]),
    ("https://{a,b}.example", &["https://a.example", "https://b.example"]),
    ("https://${HOST}", &["https://a.example"]),
    ("https://<host>", &["https://a.example"]),
    ("https://a .example", &["https://a.example"]),
    ("*://a.example", &["https://a.example", "http://a.example"]),
    ("{a*70}://b.example", &["a://b.example"]),
    ("data:text/plain,a", &["https://app.example.com"]),
    ("file:///home/me/index.html", &["file://"]),
    ("https://user@a.example", &["https://a.example"]),
    ("https://a.example\\path", &["https://a.example"]),
    ("https://:8443", &["https://a.example:8443"]),
    ("app://", &["app://a", "app://*"]),
    ("https://b\u{fc}cher.example", &["https://xn--bcher-kva.example"]),
    ("https://a%62.example", &["https://ab.example"]),
    ("https://a=b.example", &["https://ab.example"]),
    ("https://a.*.example", &["https://*.example", "https://a*.example", "https://a.example:*"]),
    ("https://*a.example", &["https://*.a.example", "https://*-a.example"]),
    ("https://app-*", &["https://app-*.example.com"]),
    ("https://xn--a-*.example", &["https://*.example", "https://xn--a-b.example"]),
    ("http://*.127.0.0.1", &["http://127.0.0.1"]),
    ("https://.a.example", &["https://a.example", "https://*.a.example"]),
    ("https://app-", &["https://app-1", "https://app-*.example.com"]),
    ("https://{a*260}", &["https://a"]),
    ("http://1.2.3.256", &["http://127.0.0.1"]),
    ("http://[::g]", &["http://[::1]:8080"]),
    ("http://::1:8080", &["http://[::1]:8080"]),
    ("http://[fe80::1%25eth0]", &["http://[fe80::1]"]),
    (
        "https://a.example:http",
        &["https://a.example:8443", "https://a.example:*", "https://a.example"],
    ),
    ("https://a.example:65536", &["https://a.example:6553", "https://a.example:*"]),
];

/// All that is in the documentation's table, except for what calls of the builder replace.
#[test]
fn every_fix_leads_to_a_pattern() {
    let mut followed = FOLLOWED.iter();
    for (input, _, error) in documented() {
        if matches!(error.kind(), Kind::AnyOrigin | Kind::Null | Kind::AnyHost) {
            continue;
        }
        let corrected = error.corrected();
        let patterns = if let Some(corrected) = &corrected {
            vec![&**corrected]
        } else {
            let (wrong, patterns) = followed.next().expect(&input);
            assert_eq!(*wrong, input);
            patterns.to_vec()
        };
        for pattern in patterns {
            assert!(pattern.parse::<OriginPattern>().is_ok(), "{error}: {pattern}");
        }
    }
    assert_eq!(followed.next(), None);
}

#[test]
fn reason_and_fix_can_be_had_apart() {
    let error = "https://a.example/path".parse::<OriginPattern>().unwrap_err();
    assert_eq!(error.reason(), "an origin has no path, not even a slash");
    assert_eq!(error.fix(), "write \"https://a.example\"");
    let error = "https://*".parse::<OriginPattern>().unwrap_err();
    assert_eq!(error.reason(), "\"*\" for every host would allow every website");
    assert!(error.fix().starts_with("start from Policy::allow_any_origin()"), "{}", error.fix());
}

/// What is more than four times as long as any origin is no longer a pattern with a mistake.
#[test]
fn long_text_is_not_corrected() {
    let corrected = |bytes: usize| {
        let text = format!("https://a.example/{}", "b".repeat(bytes - "https://a.example/".len()));
        text.parse::<OriginPattern>().unwrap_err().corrected()
    };
    assert_eq!(corrected(4 * 326).as_deref(), Some("https://a.example"));
    assert_eq!(corrected(4 * 326 + 1), None);
    assert_eq!(corrected(4 * 326 + 2), None);
}

#[test]
fn long_text_is_cut_where_it_is_quoted() {
    let megabytes = format!("https://\u{fc}{}", "a".repeat(10_000_000));
    let error = megabytes.parse::<OriginPattern>().unwrap_err();
    assert_eq!(error.input(), megabytes);
    let message = error.to_string();
    let start =
        format!("\"https://\u{fc}{}\"... (10000010 bytes) is not an origin", "a".repeat(51));
    assert!(message.starts_with(&start), "{message}");
    assert_eq!(Quoted(&"a".repeat(326)).to_string().len(), 328);
    assert!(Quoted(&"a".repeat(327)).to_string().ends_with("... (327 bytes)"));
}
