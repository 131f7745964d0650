use super::super::pattern_error::OriginPatternErrorKind as Kind;
use super::OriginPattern;
use crate::origin::Origin;

#[test]
fn patterns_are_split() {
    let table = [
        ("https://example.com", "https", false, "example.com", "default"),
        ("https://example.com:8443", "https", false, "example.com", "8443"),
        ("https://example.com:*", "https", false, "example.com", "any"),
        ("https://*.example.com", "https", true, "example.com", "default"),
        ("https://*.example.com:*", "https", true, "example.com", "any"),
        ("http://*.localhost:3000", "http", true, "localhost", "3000"),
        ("http://[::1]:*", "http", false, "[::1]", "any"),
        ("http://127.0.0.1:90", "http", false, "127.0.0.1", "90"),
        ("tauri://localhost", "tauri", false, "localhost", "default"),
        ("https://example.com.", "https", false, "example.com.", "default"),
    ];
    for (text, scheme, subdomains, host, port) in table {
        let pattern: OriginPattern = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((pattern.scheme(), pattern.host()), (scheme, host), "{text}");
        assert_eq!(pattern.covers_subdomains(), subdomains, "{text}");
        let number = pattern.port().map_or("default".to_owned(), |port| port.to_string());
        assert_eq!(if pattern.covers_any_port() { "any" } else { &number }, port, "{text}");
        assert_eq!((pattern.as_str(), pattern.as_ref()), (text, text));
        assert_eq!(format!("{pattern} {pattern:?}"), format!("{text} OriginPattern({text:?})"));
        assert_eq!(pattern.to_string().parse(), Ok(pattern));
    }
}

/// Input, kind, byte, corrected form.
const REFUSED: &[(&str, Kind, usize, Option<&str>)] = &[
    ("", Kind::Empty, 0, None),
    ("*", Kind::AnyOrigin, 0, None),
    ("null", Kind::Null, 0, None),
    (" https://a.example ", Kind::Whitespace, 0, Some("https://a.example")),
    ("https://a.example\n", Kind::Whitespace, 17, Some("https://a.example")),
    ("https://a.example https://b.example", Kind::Several, 17, None),
    ("https://a.example,https://b.example", Kind::Several, 17, None),
    ("a.example", Kind::MissingScheme, 0, Some("https://a.example")),
    ("*.a.example", Kind::MissingScheme, 0, Some("https://*.a.example")),
    ("localhost:3000", Kind::MissingScheme, 0, Some("http://localhost:3000")),
    ("localhost:3000/", Kind::MissingScheme, 0, Some("http://localhost:3000")),
    ("[::1]", Kind::MissingScheme, 0, Some("http://[::1]")),
    ("[::2]:90", Kind::MissingScheme, 0, Some("https://[::2]:90")),
    ("//a.example", Kind::MissingScheme, 0, None),
    ("https:", Kind::MissingScheme, 0, None),
    ("NULL", Kind::MissingScheme, 0, None),
    ("a.example:80", Kind::MissingScheme, 0, Some("http://a.example")),
    ("a.example:8443", Kind::MissingScheme, 0, Some("https://a.example:8443")),
    ("1.5", Kind::MissingScheme, 0, None),
    ("https:/a.example", Kind::MissingScheme, 0, None),
    ("://a.example", Kind::InvalidScheme, 0, None),
    ("1a://b", Kind::InvalidScheme, 0, None),
    ("*://a.example", Kind::InvalidScheme, 0, None),
    ("HTTPS://A.Example", Kind::UpperCase, 0, Some("https://a.example")),
    ("https://A.example", Kind::UpperCase, 8, Some("https://a.example")),
    ("file:///home", Kind::File, 0, None),
    ("https://a.example/", Kind::Path, 17, Some("https://a.example")),
    ("https://a.example/path?query", Kind::Path, 17, Some("https://a.example")),
    ("https://a.example?query", Kind::Path, 17, Some("https://a.example")),
    ("https://a.example#", Kind::Path, 17, Some("https://a.example")),
    ("https://A.example:443/", Kind::Path, 21, Some("https://a.example")),
    ("https://a\\.example", Kind::Backslash, 9, None),
    ("https://user:secret@a.example", Kind::UserInfo, 8, None),
    ("https://", Kind::EmptyHost, 8, None),
    ("https://:80", Kind::EmptyHost, 8, None),
    ("https://*.", Kind::EmptyHost, 10, None),
    ("https://b\u{fc}cher.example", Kind::NonAsciiHost, 9, None),
    ("https://a!b", Kind::InvalidHost, 9, None),
    ("https://[::1]a", Kind::InvalidHost, 13, None),
    ("https://*", Kind::MisplacedWildcard, 8, None),
    ("https://*a.example", Kind::MisplacedWildcard, 8, None),
    ("https://a.*.example", Kind::MisplacedWildcard, 10, None),
    ("https://*.*.example", Kind::MisplacedWildcard, 10, None),
    ("https://a.example.*", Kind::MisplacedWildcard, 18, None),
    ("https://.a.example", Kind::EmptyLabel, 8, None),
    ("https://a..example", Kind::EmptyLabel, 10, None),
    ("https://xn--f.example", Kind::InvalidPunycode, 8, None),
    ("http://127.1", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://127.0.0.01:80", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://2130706433:*", Kind::InvalidIpv4, 7, Some("http://127.0.0.1:*")),
    ("http://0x7f.0.0.1", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://0177.1", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://127.0.0.1.", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("app1://1", Kind::InvalidIpv4, 7, Some("app1://0.0.0.1")),
    ("http://1.2.3.4.5", Kind::InvalidIpv4, 7, None),
    ("http://1.2.3.256", Kind::InvalidIpv4, 7, None),
    ("http://4294967296", Kind::InvalidIpv4, 7, None),
    ("http://a.0x7f", Kind::InvalidIpv4, 7, None),
    ("http://[::g]", Kind::InvalidIpv6, 10, None),
    ("http://[::1", Kind::InvalidHost, 7, None),
    ("http://::1:90", Kind::Ipv6WithoutBrackets, 7, None),
    ("http://2001:DB8::1", Kind::Ipv6WithoutBrackets, 7, None),
    ("https://a.example:80:90", Kind::InvalidPort, 20, None),
    ("http://[0:0:0:0:0:0:0:1]:90", Kind::Ipv6NotCanonical, 8, Some("http://[::1]:90")),
    ("http://[2001:DB8::1]", Kind::UpperCase, 13, Some("http://[2001:db8::1]")),
    ("http://[::ffff:7f7f:7f7f]", Kind::Ipv4MappedIpv6, 8, None),
    ("http://[::ffff:127.0.0.1]:90", Kind::Ipv6NotCanonical, 18, None),
    ("http://[::1.2.3.4]", Kind::Ipv6NotCanonical, 11, Some("http://[::102:304]")),
    ("http://[fe80::1%25eth0]", Kind::Ipv6Zone, 15, None),
    ("http://*.127.0.0.1", Kind::SubdomainsOfAddress, 9, None),
    ("http://*.[::1]", Kind::SubdomainsOfAddress, 9, None),
    ("https://a.example:", Kind::EmptyPort, 17, Some("https://a.example")),
    ("https://a.example:http", Kind::InvalidPort, 18, None),
    ("https://a.example:-1", Kind::InvalidPort, 18, None),
    ("https://a.example:8*", Kind::InvalidPort, 19, None),
    ("https://a.example:0", Kind::PortOutOfRange, 18, None),
    ("https://a.example:65536", Kind::PortOutOfRange, 18, None),
    ("https://a.example:99999999999999999999", Kind::PortOutOfRange, 18, None),
    ("https://a.example:08080", Kind::PortLeadingZero, 18, Some("https://a.example:8080")),
    ("https://a.example:443", Kind::DefaultPort, 17, Some("https://a.example")),
    ("http://a.example:80", Kind::DefaultPort, 16, Some("http://a.example")),
    ("wss://a.example:443", Kind::DefaultPort, 15, Some("wss://a.example")),
    ("ftp://a.example:21", Kind::DefaultPort, 15, Some("ftp://a.example")),
];

#[test]
fn refusals_name_the_mistake_the_place_and_the_mend() {
    for (text, kind, at, corrected) in REFUSED {
        let error = text.parse::<OriginPattern>().expect_err(text);
        assert_eq!((error.kind(), error.position()), (*kind, *at), "{error}");
        assert_eq!(error.corrected().as_deref(), *corrected, "{error}");
        assert_eq!(error.input(), *text);
        let message = error.to_string();
        assert!(message.starts_with(&format!("{text:?} is not an origin pattern: ")), "{message}");
    }
}

#[test]
fn lengths() {
    let scheme = "a".repeat(64);
    let label = "b".repeat(63);
    let host = format!("{label}.{label}.{label}.{}", &label[..59]);
    assert_eq!(host.len(), 251);
    let fault = |text: String| {
        text.parse::<OriginPattern>().map_err(|error| (error.kind(), error.position())).err()
    };
    assert_eq!(fault(format!("{scheme}://{host}cc:65535")), None);
    assert_eq!(fault(format!("{scheme}://*.{host}:65535")), None);
    let behind_wildcard = (Kind::HostTooLong, "a://*.".len() + 251);
    assert_eq!(fault(format!("a://*.{host}c")), Some(behind_wildcard));
    assert_eq!(fault(format!("a://{host}ccc")), Some((Kind::HostTooLong, "a://".len() + 253)));
    assert_eq!(fault(format!("a{scheme}://{host}")), Some((Kind::SchemeTooLong, 64)));
    assert_eq!(fault(format!("a://b.{label}b")), Some((Kind::LabelTooLong, "a://b.".len())));
}

/// The two parsers agree: what one accepts without a wildcard, the other does.
#[test]
fn single_patterns_are_origins() {
    let single = ["https://a.example", "http://[::1]:90", "tauri://localhost", "http://a_b.c.:1"];
    for text in single {
        assert!(text.parse::<OriginPattern>().unwrap().is_single(), "{text}");
        assert!(Origin::parse(text.as_bytes()).is_some(), "{text}");
    }
    for (text, ..) in REFUSED {
        assert_eq!(Origin::parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn insecure_origins() {
    for text in ["http://a.example", "http://*.a.example:*", "http://10.0.0.1", "http://[::2]"] {
        assert!(text.parse::<OriginPattern>().unwrap().is_insecure(), "{text}");
    }
    for text in ["https://a.example", "http://localhost:*", "http://*.localhost", "http://[::1]"] {
        assert!(!text.parse::<OriginPattern>().unwrap().is_insecure(), "{text}");
    }
}
