//! The grammar of origins, under random input: beside the `url` crate, which implements the URL
//! standard, and beside that of patterns.

use proptest::prelude::*;
use url::{Position, Url};

use super::host::MAX_HOST_BYTES;
use super::{MAX_SCHEME_BYTES, Origin, OriginPattern};

/// Text that is often a URL, of every kind of host.
fn url() -> impl Strategy<Value = String> {
    let scheme = "(https?|wss?|ftp|file|app|x-y\\.z\\+1|HTTPS|App)";
    let host = prop_oneof![
        4 => "[a-zA-Z0-9._~!-]{0,12}",
        3 => "[ -~]{1,6}",
        1 => "(1?[0-9]{1,2}\\.){3}[0-9]{1,3}\\.?",
        1 => "(0x)?[0-9a-f]{1,8}(\\.[0-9]{1,3}){0,3}",
        2 => "\\[[0-9a-fA-F:.]{2,12}\\]",
        1 => "\\[(::)?([0-9a-f]{1,4}:){0,6}(ffff:)?(:[0-9a-f]{1,4}){1,3}\\]",
        1 => "(xn--)?[a-z0-9-]{0,8}\\.[a-z]{2}",
        1 => "[a-z\u{e4}\u{df}\u{3b1}\u{201d}%. ]{1,6}",
        1 => "[a-z]{250,256}",
    ];
    let port = "(:[0-9]{0,5}|:80|:443)?";
    (scheme, "://", host, port)
        .prop_map(|(scheme, slashes, host, port)| format!("{scheme}{slashes}{host}{port}"))
}

/// The origin of a URL as browsers serialise it, in every scheme: that is the URL up to its path,
/// without a user name.
fn serialised(url: &Url) -> String {
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// Writes a pattern as people do who do not know the form, in one way of several.
fn disguised(text: &str, way: usize) -> String {
    let regular_expression = || {
        let text = text.replace("://*.", "://.*.").replace('.', r"\.").replace(r"\.*", ".*");
        text.strip_suffix(":*").map_or(text.clone(), |text| format!(r"{text}(:\d+)?"))
    };
    match way {
        0 => format!("\"{text}\""),
        1 => format!("'{text}"),
        2 => format!("[\"{text}\"]"),
        3 => format!("<{text}>"),
        4 => format!("{text}/"),
        5 => format!("{text}/a.b?c=d"),
        6 => format!("{text}?c=d"),
        7 => format!("{text},"),
        8 => format!(" {text}\n"),
        9 => format!("^{}$", regular_expression()),
        10 => format!("/^{}$/i", regular_expression().replace('/', r"\/")),
        11 => regular_expression(),
        12 => format!("{}/", text.to_ascii_uppercase()),
        13 => text.replace("https", "wss"),
        _ => format!("blob:{text}/0ea75c8e"),
    }
}

const WAYS: usize = 15;

/// What [`Origin::parse`] says that it does not read.
fn is_beyond_the_limits(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    url.scheme().len() > MAX_SCHEME_BYTES
        || host.len() > MAX_HOST_BYTES
        || url.port() == Some(0)
        || host.contains('*')
        || url.scheme() == "file" && !host.is_empty()
}

fn has_punycode(text: &str) -> bool {
    text.split(['/', '.']).any(|label| label.starts_with("xn--"))
}

/// What patterns do not take of what origins may be, said as the documentation of [`OriginPattern`]
/// does.
fn is_a_slip(origin: &Origin<'_>) -> bool {
    let (scheme, host) = (origin.scheme(), origin.host());
    let other_scheme = ["ws", "wss", "ftp", "blob", "filesystem", "data", "about", "javascript"];
    let special = ["http", "https"].contains(&scheme);
    let misplaced_dot = host.starts_with('.') || host.contains("..");
    let percent = host.split('%').skip(1).any(|behind| {
        let digits = behind.get(..2);
        digits.is_none_or(|digits| !digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    other_scheme.contains(&scheme)
        || scheme == "view-source"
        || special && (misplaced_dot || host.ends_with('-') || host.ends_with("-."))
        || host.is_empty() && scheme != "file"
        || host.contains(|c| "\"$&'()+,;=`{}".contains(c))
        || percent
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::test_cases(), ..ProptestConfig::default() })]

    #[test]
    fn what_urls_serialise_is_read(text in url()) {
        let Ok(url) = Url::parse(&text) else { return Ok(()) };
        prop_assume!(url[..Position::BeforePath].contains("://") && !is_beyond_the_limits(&url));
        let serialised = serialised(&url);
        let origin = Origin::parse(serialised.as_bytes());
        let parts = origin.map(|origin| (origin.scheme(), origin.host(), origin.port()));
        let expected = (url.scheme(), url.host_str().unwrap_or_default(), url.port());
        prop_assert_eq!(parts, Some(expected), "{}, from {}", serialised, text);
    }

    #[test]
    fn nothing_else_is_read(text in url()) {
        let Some(origin) = Origin::parse(text.as_bytes()) else { return Ok(()) };
        // Whether such a label decodes is not asked.
        prop_assume!(!has_punycode(&text));
        let url = Url::parse(&text);
        prop_assert_eq!(url.as_ref().map(serialised), Ok(origin.to_string()));
        prop_assert!(!is_beyond_the_limits(&url.unwrap()));
    }

    /// The tie between the two parsers: what origins may be, a pattern can be written for, except for
    /// what is most probably a slip.
    #[test]
    fn patterns_without_wildcards_are_the_origins_that_are_no_slips(
        text in prop_oneof![
            url(),
            "(https?|wss?|app|data|file)://[a-zA-Z0-9%._~\"$&'()+,;=`{}-]{0,5}(:[1-9]{1,3})?",
            "[a-zA-Z0-9:/.*_\\[\\]-]{0,30}",
        ],
    ) {
        prop_assume!(text.trim() == text);
        let origin = Origin::parse(text.as_bytes()).filter(|origin| !is_a_slip(origin));
        let pattern: Option<OriginPattern> = text.parse().ok();
        let single = pattern.filter(OriginPattern::is_single).map(|pattern| pattern.to_string());
        prop_assert_eq!(single, origin.map(|origin| origin.to_string()));
    }

    /// A pattern in disguise is suggested, or nothing is; if the disguise is one, it is suggested.
    #[test]
    fn corrections_are_what_was_meant(
        text in "https?://(\\*\\.|a-?\\*\\.)?[a-c]{1,3}(\\.[a-c]{1,3}){0,2}(:8[1-9]|:\\*)?",
        ways in proptest::collection::vec(0..WAYS, 1..4),
        // Anything with which a regular expression says more.
        more in proptest::option::of(("[?+*]|\\{2\\}|[|]b", any::<proptest::sample::Index>())),
    ) {
        let pattern: OriginPattern = text.parse().unwrap();
        let mut disguise = ways.iter().fold(text, |text, way| disguised(&text, *way));
        let is_more = more.is_some() && ways == [11];
        if let Some((more, at)) = more.filter(|_| is_more) {
            let start = disguise.find("://").unwrap() + "://".len();
            let at = start + at.index(disguise.len() - start);
            // Before a word it is what it looks like: a query.
            prop_assume!(more != "?" || disguise[at..].contains(['.', ':']));
            disguise.insert_str(at, &more);
        }
        let Err(error) = disguise.parse::<OriginPattern>() else { return Ok(()) };
        let corrected = error.corrected();
        prop_assert!(corrected.as_deref().is_none_or(|text| text == pattern.as_str()), "{}", error);
        // A regular expression has another `*`.
        let is_clear = ways.len() == 1 && !pattern.covers_part_of_label();
        prop_assert!(!is_clear || is_more || corrected.is_some(), "{}", error);
    }

    /// Every correction is a pattern, and of text that is right nothing is changed.
    #[test]
    fn corrections_are_patterns(
        text in "[\"' \\[{^<(]{0,2}(https?|WSS|App)?:?/{0,2}[a-zA-Z0-9.*\\\\-]{0,8}[$,\\]}>)/ :0-9]{0,4}",
    ) {
        if let Err(error) = text.parse::<OriginPattern>() {
            let corrected = error.corrected();
            prop_assert!(corrected.as_ref().is_none_or(|text| text.parse::<OriginPattern>().is_ok()));
            prop_assert!(corrected.is_none_or(|corrected| corrected != text.trim()));
        }
    }
}
