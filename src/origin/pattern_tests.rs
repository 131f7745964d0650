use super::super::pattern_error::OriginPatternErrorKind as Kind;
use super::OriginPattern;
use crate::origin::Origin;

#[test]
fn patterns_are_split() {
    let table = [
        ("https://example.com", "https", "one", "example.com", "default"),
        ("https://example.com:8443", "https", "one", "example.com", "8443"),
        ("https://example.com:*", "https", "one", "example.com", "any"),
        ("https://*.example.com", "https", "subdomains", "example.com", "default"),
        ("https://*.example.com:*", "https", "subdomains", "example.com", "any"),
        ("http://*.localhost:3000", "http", "subdomains", "localhost", "3000"),
        ("https://app-*-team.example.com", "https", "part", "example.com", "default"),
        ("https://*-team.example.com:*", "https", "part", "example.com", "any"),
        ("https://app*.b:1", "https", "part", "b", "1"),
        ("app://A*.B", "app", "part", "B", "default"),
        ("moz-extension://*", "moz-extension", "any", "", "default"),
        ("http://[::1]:*", "http", "one", "[::1]", "any"),
        ("http://127.0.0.1:90", "http", "one", "127.0.0.1", "90"),
        ("tauri://localhost", "tauri", "one", "localhost", "default"),
        ("https://example.com.", "https", "one", "example.com.", "default"),
        ("https://*.example.com.", "https", "subdomains", "example.com.", "default"),
        ("file://", "file", "one", "", "default"),
        ("app://.", "app", "one", ".", "default"),
        ("app://a..b-:*", "app", "one", "a..b-", "any"),
        ("app://127.1", "app", "one", "127.1", "default"),
        ("ms-appx-web://MyPackage", "ms-appx-web", "one", "MyPackage", "default"),
        ("app://a%41", "app", "one", "a%41", "default"),
        ("https://a~b!.example", "https", "one", "a~b!.example", "default"),
        ("https://xn--f.example", "https", "one", "xn--f.example", "default"),
        ("http://[::ffff:7f7f:7f7f]", "http", "one", "[::ffff:7f7f:7f7f]", "default"),
        (" https://a.example\n", "https", "one", "a.example", "default"),
        ("\u{a0}https://a.example", "https", "one", "a.example", "default"),
    ];
    for (text, scheme, hosts, host, port) in table {
        let pattern: OriginPattern = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((pattern.scheme(), pattern.host()), (scheme, host), "{text}");
        let wildcards = [
            pattern.covers_subdomains(),
            pattern.covers_part_of_label(),
            pattern.covers_any_host(),
        ];
        let expected = ["subdomains", "part", "any"].map(|wildcard| wildcard == hosts);
        assert_eq!(wildcards, expected, "{text}");
        let number = pattern.port().map_or("default".to_owned(), |port| port.to_string());
        assert_eq!(if pattern.covers_any_port() { "any" } else { &number }, port, "{text}");
        let text = text.trim();
        assert_eq!((pattern.as_str(), pattern.as_ref()), (text, text));
        assert_eq!(format!("{pattern} {pattern:?}"), format!("{text} OriginPattern({text:?})"));
        assert_eq!(pattern.to_string().parse(), Ok(pattern));
    }
}

#[test]
fn constants_are_trimmed_too() {
    const APP: OriginPattern = OriginPattern::from_static(" https://*.example.com\n");
    assert_eq!(APP.as_str(), "https://*.example.com");
}

#[test]
fn what_is_covered() {
    let table = [
        ("https://*.a.example", "https://b.a.example", true),
        ("https://*.a.example", "https://c.b.a.example", true),
        ("https://*.a.example", "https://a.example", false),
        ("https://*.a.example", "https://ba.example", false),
        ("https://*.a.example", "https://.a.example", false),
        ("https://*.a.example", "https://b..a.example", false),
        ("https://*.a.example", "https://.b.a.example", false),
        ("https://*.a.example", "https://c..b.a.example", false),
        ("https://*.a.example", "https://b.a.example.", false),
        ("https://*.a.example.", "https://b.a.example.", true),
        ("https://app-*-team.a.example", "https://app-1-team.a.example", true),
        ("https://app-*-team.a.example", "https://app---team.a.example", true),
        ("https://app-*-team.a.example", "https://app-a-team-b-team.a.example", true),
        ("https://app-*-team.a.example", "https://app--team.a.example", false),
        ("https://app-*-team.a.example", "https://app-team.a.example", false),
        ("https://app-*-team.a.example", "https://app-1-team.b.a.example", false),
        ("https://app-*-team.a.example", "https://app-1.2-team.a.example", false),
        ("https://app-*-team.a.example", "https://xapp-1-team.a.example", false),
        ("https://app-*-team.a.example", "https://app-1-team.a.example:1", false),
        ("https://app-*-team.a.example:*", "https://app-1-team.a.example:1", true),
        ("https://app*.a.example", "https://app.a.example", false),
        ("https://app*.a.example", "https://apple.a.example", true),
        ("https://*-team.a.example", "https://-team.a.example", false),
        ("https://*-team.a.example", "https://a-team.a.example", true),
        ("moz-extension://*", "moz-extension://a", true),
        ("moz-extension://*", "moz-extension://.", true),
        ("moz-extension://*", "moz-extension://a.b", true),
        ("moz-extension://*", "moz-extension://a:1", false),
        ("moz-extension://*", "moz-extension://", false),
        ("moz-extension://*", "moz-extensions://a", false),
        ("ms-appx-web://MyPackage", "ms-appx-web://mypackage", false),
        ("file://", "file://", true),
    ];
    for (pattern, origin, covered) in table {
        let pattern: OriginPattern = pattern.parse().unwrap();
        let origin = Origin::parse(origin.as_bytes()).expect(origin);
        assert_eq!(pattern.covers(&origin), covered, "{pattern} and {origin}");
    }
}

#[test]
fn patterns_that_cover_others() {
    let table = [
        ("https://a.example", "https://a.example", true),
        ("https://a.example:*", "https://a.example:1", true),
        ("https://a.example:1", "https://a.example:*", false),
        ("https://*.example", "https://*.a.example", true),
        ("https://*.example", "https://*.example", true),
        ("https://*.example", "https://a*.example", true),
        ("https://*.example", "https://a*.b.example", true),
        ("https://*.a.example", "https://*.example", false),
        ("https://*.a.example", "https://*.ba.example", false),
        ("https://a*.example", "https://*.example", false),
        ("https://a*.example", "https://ab.example", true),
        ("https://a*.example", "https://ab*.example", true),
        ("https://a*.example", "https://a*b.example", true),
        ("https://a*b.example", "https://a*.example", false),
        ("https://ab*.example", "https://a*.example", false),
        ("https://a*.example", "https://*.ab.example", false),
        ("https://a*.example", "https://ac*.b.example", false),
        ("app://*", "app://a*.b", true),
        ("app://*", "app://*.b", true),
        ("app://*", "app://*", true),
        ("app://*", "app://a:*", false),
        ("app://*.b", "app://*", false),
        ("app://*.b", "app://a..b", false),
    ];
    for (wide, narrow, covers) in table {
        let [wide, narrow] = [wide, narrow].map(|text| text.parse::<OriginPattern>().unwrap());
        assert_eq!(wide.covers_all_of(&narrow), covers, "{wide} and {narrow}");
    }
}

/// Input, kind, byte, corrected form.
const REFUSED: &[(&str, Kind, usize, Option<&str>)] = &[
    ("", Kind::Empty, 0, None),
    ("*", Kind::AnyOrigin, 0, None),
    ("null", Kind::Null, 0, None),
    (" \n", Kind::Empty, 2, None),
    (" https://a.example/ ", Kind::Path, 18, Some("https://a.example")),
    ("\u{a0}A.example/", Kind::MissingScheme, 2, Some("https://a.example")),
    ("https://a.example https://b.example", Kind::Several, 17, None),
    ("https://a.example,https://b.example", Kind::Several, 17, None),
    ("a.example", Kind::MissingScheme, 0, Some("https://a.example")),
    ("*.a.example", Kind::MissingScheme, 0, Some("https://*.a.example")),
    ("localhost:3000", Kind::MissingScheme, 0, Some("http://localhost:3000")),
    ("localhost", Kind::MissingScheme, 0, Some("http://localhost")),
    ("127.0.0.1", Kind::MissingScheme, 0, Some("http://127.0.0.1")),
    ("127.0.0.1:3000", Kind::MissingScheme, 0, Some("http://127.0.0.1:3000")),
    ("[::1]:3000", Kind::MissingScheme, 0, Some("http://[::1]:3000")),
    ("http:", Kind::MissingScheme, 0, None),
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
    ("App://MyPackage", Kind::UpperCase, 0, Some("app://MyPackage")),
    ("file:///home", Kind::File, 7, None),
    ("file:///", Kind::File, 7, Some("file://")),
    ("file://*", Kind::File, 7, Some("file://")),
    ("file://host", Kind::File, 7, None),
    ("wss://a.example:443", Kind::WebSocket, 0, Some("https://a.example")),
    ("ws://a.example:8080", Kind::WebSocket, 0, Some("http://a.example:8080")),
    ("ftp://a.example", Kind::NeverAnOrigin, 0, None),
    ("blob:https://a.example/0ea75c8e", Kind::NeverAnOrigin, 0, Some("https://a.example")),
    ("blob:null/0ea75c8e", Kind::NeverAnOrigin, 0, None),
    ("filesystem:https://a.example/", Kind::NeverAnOrigin, 0, Some("https://a.example")),
    ("view-source:https://a.example", Kind::NeverAnOrigin, 0, Some("https://a.example")),
    ("data:text/plain", Kind::NeverAnOrigin, 0, None),
    ("about:blank", Kind::NeverAnOrigin, 0, None),
    ("about://blank", Kind::NeverAnOrigin, 0, None),
    ("javascript:void(0)", Kind::NeverAnOrigin, 0, None),
    ("data:8080", Kind::MissingScheme, 0, None),
    ("https://a.example/", Kind::Path, 17, Some("https://a.example")),
    ("https://a.example/path?query", Kind::Path, 17, Some("https://a.example")),
    ("https://a.example?query", Kind::Path, 17, Some("https://a.example")),
    ("https://a.example#", Kind::Path, 17, Some("https://a.example")),
    ("https://A.example:443/", Kind::Path, 21, Some("https://a.example")),
    ("https://a.example?v=1.2", Kind::Path, 17, Some("https://a.example")),
    ("https://app?.example", Kind::Path, 11, None),
    ("http://app?:8080", Kind::Path, 10, None),
    ("https://https://a.example", Kind::Path, 14, Some("https://a.example")),
    ("https://http://a.example", Kind::Path, 13, None),
    ("https://a.example:/b", Kind::Path, 18, Some("https://a.example")),
    ("https://a.example/https://b.example", Kind::Path, 17, Some("https://a.example")),
    ("https://a.example\\", Kind::Backslash, 17, Some("https://a.example")),
    ("https://a.example\\a", Kind::Backslash, 17, None),
    ("https://user:secret@a.example", Kind::UserInfo, 8, None),
    ("https://", Kind::EmptyHost, 8, None),
    ("https://:80", Kind::EmptyHost, 8, None),
    ("https://*.", Kind::EmptyHost, 10, None),
    ("https://b\u{fc}cher.example", Kind::NonAsciiHost, 9, None),
    ("https://a%b", Kind::InvalidHost, 9, None),
    ("app://a%b", Kind::UnlikelyByte, 7, None),
    ("app://a%4", Kind::UnlikelyByte, 7, None),
    ("app://a%4x", Kind::UnlikelyByte, 7, None),
    ("app://a%x4", Kind::UnlikelyByte, 7, None),
    ("https://a&b", Kind::UnlikelyByte, 9, None),
    ("https://a=*.b", Kind::UnlikelyByte, 9, None),
    ("https://a.example,", Kind::UnlikelyByte, 17, Some("https://a.example")),
    ("app://a;", Kind::UnlikelyByte, 7, Some("app://a")),
    ("https://a.example:81,", Kind::InvalidPort, 20, Some("https://a.example:81")),
    ("app://", Kind::EmptyHost, 6, None),
    ("app://:80", Kind::EmptyHost, 6, None),
    ("https://[::1]a", Kind::InvalidHost, 13, None),
    ("https://*", Kind::AnyHost, 8, None),
    ("https://*:*", Kind::AnyHost, 8, None),
    ("app://*:*", Kind::PortOfAnyHost, 7, Some("app://*")),
    ("app://*:80", Kind::PortOfAnyHost, 7, Some("app://*")),
    ("https://*a.example", Kind::WildcardBeforeName, 8, None),
    ("https://*7", Kind::WildcardBeforeName, 8, None),
    ("app://*A.b", Kind::WildcardBeforeName, 6, None),
    ("https://app-*", Kind::WildcardWithoutParent, 12, None),
    ("https://app-*:80", Kind::WildcardWithoutParent, 12, None),
    ("https://app-*.", Kind::WildcardWithoutParent, 12, None),
    ("app://app-*", Kind::WildcardWithoutParent, 10, None),
    ("https://xn--a*.example", Kind::WildcardInPunycode, 13, None),
    ("https://a*b*.example", Kind::MisplacedWildcard, 11, None),
    ("https://a*.b*.example", Kind::MisplacedWildcard, 12, None),
    ("https://A*.example", Kind::UpperCase, 8, Some("https://a*.example")),
    ("https://a*B.example", Kind::UpperCase, 10, Some("https://a*b.example")),
    ("https://a*..example", Kind::EmptyLabel, 11, None),
    ("app://*.a..b", Kind::EmptyLabel, 10, None),
    ("app://*.", Kind::EmptyHost, 8, None),
    ("app://*..", Kind::EmptyLabel, 8, None),
    ("http://a-*.1.2.3", Kind::InvalidIpv4, 11, None),
    ("http://a-*.127.0.0.1", Kind::SubdomainsOfAddress, 11, None),
    ("app://*.1", Kind::SubdomainsOfAddress, 8, None),
    ("https://app-", Kind::TrailingHyphen, 11, None),
    ("https://app-.", Kind::TrailingHyphen, 12, None),
    ("https://a*.app-", Kind::TrailingHyphen, 14, None),
    ("https://a.*.example", Kind::MisplacedWildcard, 10, None),
    ("https://*.*.example", Kind::MisplacedWildcard, 10, None),
    ("https://xn--a.*.example", Kind::MisplacedWildcard, 14, None),
    ("https://a.example.*", Kind::MisplacedWildcard, 18, None),
    ("https://.a.example", Kind::EmptyLabel, 8, None),
    ("https://a..example", Kind::EmptyLabel, 10, None),
    ("https://a..", Kind::EmptyLabel, 10, None),
    ("https://.", Kind::EmptyLabel, 8, None),
    ("http://127.1", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://127.0.0.01:80", Kind::DefaultPort, 17, Some("http://127.0.0.1")),
    ("http://2130706433:*", Kind::InvalidIpv4, 7, Some("http://127.0.0.1:*")),
    ("http://0x7f.0.0.1", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://0177.1", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://127.0.0.1.", Kind::InvalidIpv4, 7, Some("http://127.0.0.1")),
    ("http://1.2.3.4.5", Kind::InvalidIpv4, 7, None),
    ("http://1.2.3.256", Kind::InvalidIpv4, 7, None),
    ("http://4294967296", Kind::InvalidIpv4, 7, None),
    ("http://a.0x7f", Kind::InvalidIpv4, 7, None),
    ("http://[::g]", Kind::InvalidIpv6, 10, None),
    ("http://[::1", Kind::InvalidHost, 7, None),
    ("http://::1:90", Kind::Ipv6WithoutBrackets, 7, None),
    ("http://2001:DB8::1", Kind::Ipv6WithoutBrackets, 7, None),
    ("http://1:2:3:4:5:6:7:8", Kind::Ipv6WithoutBrackets, 7, None),
    ("http://1:2:3:4:5:6:7", Kind::InvalidPort, 10, None),
    ("http://cafe:80:90", Kind::InvalidPort, 14, None),
    ("https://a.example:80:90", Kind::InvalidPort, 20, None),
    ("http://[0:0:0:0:0:0:0:1]:90", Kind::Ipv6NotCanonical, 8, Some("http://[::1]:90")),
    ("http://[2001:DB8::1]", Kind::UpperCase, 13, Some("http://[2001:db8::1]")),
    ("app://[0::1]", Kind::Ipv6NotCanonical, 7, Some("app://[::1]")),
    ("app://[::A]", Kind::UpperCase, 9, Some("app://[::a]")),
    ("http://[::FFFF:127.0.0.1]:90", Kind::UpperCase, 10, Some("http://[::ffff:7f00:1]:90")),
    ("http://[::1.2.3.4]", Kind::Ipv6NotCanonical, 11, Some("http://[::102:304]")),
    ("http://[fe80::1%25eth0]", Kind::Ipv6Zone, 15, None),
    ("http://*.127.0.0.1", Kind::SubdomainsOfAddress, 9, None),
    ("http://*.[::1]", Kind::SubdomainsOfAddress, 9, None),
    ("https://a.example:", Kind::EmptyPort, 17, Some("https://a.example")),
    ("https://a.example:http", Kind::InvalidPort, 18, None),
    ("https://a.example:-1", Kind::InvalidPort, 18, None),
    ("https://a.example:8*", Kind::InvalidPort, 19, None),
    ("app://a:", Kind::EmptyPort, 7, Some("app://a")),
    ("https://a.example:0", Kind::PortOutOfRange, 18, None),
    ("https://a.example:65536", Kind::PortOutOfRange, 18, None),
    ("https://a.example:99999999999999999999", Kind::PortOutOfRange, 18, None),
    ("https://a.example:08080", Kind::PortLeadingZero, 18, Some("https://a.example:8080")),
    ("https://a.example:443", Kind::DefaultPort, 17, Some("https://a.example")),
    ("http://a.example:80", Kind::DefaultPort, 16, Some("http://a.example")),
];

#[test]
fn refusals_name_the_mistake_the_place_and_the_fix() {
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
    let host = "b".repeat(251);
    let fault = |text: String| {
        text.parse::<OriginPattern>().map_err(|error| (error.kind(), error.position())).err()
    };
    assert_eq!(fault(format!("{scheme}://{host}cc:65535")), None);
    assert_eq!(fault(format!("{scheme}://*.{host}:65535")), None);
    assert_eq!(fault(format!("{scheme}://-*.{}:65535", &host[1..])), None);
    let too_long = Some((Kind::HostTooLong, "a://".len() + 253));
    assert_eq!(fault(format!("a://*.{host}c")), too_long);
    assert_eq!(fault(format!("a://-*.{host}")), too_long);
    assert_eq!(fault(format!("a://{host}ccc")), too_long);
    assert_eq!(fault(format!("a{scheme}://{host}")), Some((Kind::SchemeTooLong, 64)));
}

#[test]
fn insecure_origins() {
    for text in
        ["http://a.example", "http://*.a.example:*", "http://10.0.0.1", "http://[::2]", "file://"]
    {
        assert!(text.parse::<OriginPattern>().unwrap().is_insecure(), "{text}");
    }
    for text in ["https://a.example", "http://localhost:*", "http://*.localhost", "http://[::1]"] {
        assert!(!text.parse::<OriginPattern>().unwrap().is_insecure(), "{text}");
    }
}
