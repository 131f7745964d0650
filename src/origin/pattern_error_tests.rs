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

/// The documentation's table of mistakes: what it says is printed is printed, and every kind is in
/// it, in order.
#[test]
fn the_table_of_mistakes_is_true() {
    let mut kinds = Vec::new();
    let mut wrong = Vec::new();
    for line in include_str!("mistakes.md").lines().filter(|line| line.starts_with("| ``")) {
        // In a table, a bar has to be escaped.
        let line = line.replace(r"\|", "|");
        let cells = line.strip_prefix("| `` ").and_then(|line| line.strip_suffix(" `` |"));
        let (input, message) = cells.and_then(|line| line.split_once(" `` | `` ")).expect(&line);
        let input = input.replace("{a*70}", &"a".repeat(70)).replace("{a*260}", &"a".repeat(260));
        let input = if input == "(nothing)" { String::new() } else { input };
        let error = input.parse::<OriginPattern>().expect_err(&input);
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
