use super::*;

#[test]
fn origins_are_split() {
    let table = [
        ("https://example.com", "https", "example.com", None),
        ("https://app.example.com:8443", "https", "app.example.com", Some(8443)),
        ("http://localhost:1", "http", "localhost", Some(1)),
        ("http://127.0.0.1:65535", "http", "127.0.0.1", Some(65535)),
        ("http://[::1]", "http", "[::1]", None),
        ("http://[2001:db8::1]:90", "http", "[2001:db8::1]", Some(90)),
        ("http://my_app.example.test:8101", "http", "my_app.example.test", Some(8101)),
        ("http://app.localhost.:8101", "http", "app.localhost.", Some(8101)),
        ("https://xn--bcher-kva.example", "https", "xn--bcher-kva.example", None),
        ("tauri://localhost", "tauri", "localhost", None),
        ("chrome-extension://aapbdbdomjkk", "chrome-extension", "aapbdbdomjkk", None),
        (
            "moz-extension://0ea75c8e-9f8f-4b7c-8f32-1d6f1a2b3c4d",
            "moz-extension",
            "0ea75c8e-9f8f-4b7c-8f32-1d6f1a2b3c4d",
            None,
        ),
        ("https://example.com:80", "https", "example.com", Some(80)),
        ("file://", "file", "", None),
        ("content://", "content", "", None),
        ("app://.", "app", ".", None),
        ("app://127.1", "app", "127.1", None),
        ("safari-web-extension://4ED7F644-A", "safari-web-extension", "4ED7F644-A", None),
        ("app://a%20(b)$~", "app", "a%20(b)$~", None),
        ("http://[::ffff:7f00:1]:90", "http", "[::ffff:7f00:1]", Some(90)),
        ("https://a~b!{c}.example", "https", "a~b!{c}.example", None),
        ("https://.a..example..", "https", ".a..example..", None),
        ("https://.", "https", ".", None),
        ("https://xn--f.xn--", "https", "xn--f.xn--", None),
    ];
    for (text, scheme, host, port) in table {
        let origin = Origin::parse(text.as_bytes()).expect(text);
        assert_eq!((origin.scheme(), origin.host(), origin.port()), (scheme, host, port), "{text}");
        assert_eq!(origin.as_str(), text);
        assert_eq!(format!("{origin} {origin:?}"), format!("{text} Origin({text:?})"));
        assert_eq!(origin.port_str(), port.map(|port| port.to_string()).unwrap_or_default());
    }
}

/// Sent by at least one of Chromium 156, Firefox 153 ESR and `WebKitGTK` 2.50.
#[test]
fn what_browsers_were_seen_to_send_is_read() {
    let hosts = [
        "a~b",
        "a!b",
        "a_b",
        "-a-",
        "a-",
        "xn--f",
        "xn--99999999999",
        "ab--cd",
        "a..b",
        ".a",
        "a.",
        "a..",
        "a$b",
        "a{b}",
        "a(b)",
        "a'b",
        "a+b",
        "a,b",
        "a;b",
        "a=b",
        "a&b",
        "a`b",
        "a\"b",
        "[::ffff:7f00:1]",
        "1.2.3.x",
    ];
    let long = ["a".repeat(70), "a".repeat(253)];
    for host in hosts.into_iter().chain(long.iter().map(String::as_str)) {
        let text = format!("http://{host}:8888");
        let origin = Origin::parse(text.as_bytes()).expect(&text);
        assert_eq!((origin.host(), origin.port()), (host, Some(8888)), "{text}");
    }
    assert!(Origin::parse(b"file://").is_some());
}

#[test]
fn what_no_browser_sends_is_no_origin() {
    let table = [
        ("empty", ""),
        ("opaque", "null"),
        ("any", "*"),
        ("no scheme", "example.com"),
        ("no scheme's name", "://example.com"),
        ("no slashes", "https:example.com"),
        ("scheme in upper case", "HTTPS://example.com"),
        ("scheme with a digit in front", "1http://example.com"),
        ("scheme with an underscore", "a_b://example.com"),
        ("a file's host", "file://host"),
        ("a file's port", "file://:80"),
        ("no host", "https://"),
        ("no host of another scheme before a port", "app://:80"),
        ("no host before a port", "https://:8080"),
        ("host in upper case", "https://Example.com"),
        ("trailing slash", "https://example.com/"),
        ("path", "https://evil.com/.a.example"),
        ("query", "https://example.com?"),
        ("user name", "https://user@example.com"),
        ("a space behind", "https://example.com "),
        ("a list", "https://a.example https://b.example"),
        ("a list with commas", "https://a.example,https://b.example"),
        ("Unicode", "https://b\u{fc}cher.example"),
        ("default port", "https://example.com:443"),
        ("default port of http", "http://example.com:80"),
        ("no port behind the colon", "https://example.com:"),
        ("port 0", "https://example.com:0"),
        ("port with a leading zero", "https://example.com:08"),
        ("port over 65535", "https://example.com:65536"),
        ("port of six digits", "https://example.com:100000"),
        ("negative port", "https://example.com:-1"),
        ("wildcard port", "https://example.com:*"),
        ("wildcard", "https://*.example.com"),
        ("IPv4 in short", "http://127.1"),
        ("IPv6 without brackets", "http://::1"),
        ("IPv6 in long", "http://[0:0:0:0:0:0:0:1]"),
        ("IPv6 without an end", "http://[::1"),
        ("text behind IPv6", "http://[::1]a"),
        ("percent", "https://%65xample.com"),
        ("a host with a wildcard in another scheme", "app://a*"),
        ("a host of another scheme with a space", "app://a b"),
        ("a host of another scheme with a control character", "app://a\u{7f}"),
        ("Unicode in another scheme", "app://b\u{fc}cher"),
        ("IPv6 in upper case in another scheme", "app://[::A]"),
    ];
    for (what, text) in table {
        assert_eq!(Origin::parse(text.as_bytes()), None, "{what}: {text:?}");
    }
    assert_eq!(Origin::parse(b"https://\xff.example"), None, "not even UTF-8");
}

#[test]
fn lengths_are_bounded() {
    let scheme = "a".repeat(MAX_SCHEME_BYTES);
    let host = "b".repeat(253);
    let longest = format!("{scheme}://{host}:65535");
    assert_eq!(longest.len(), MAX_ORIGIN_BYTES);
    assert!(Origin::parse(longest.as_bytes()).is_some());
    assert_eq!(Origin::parse(format!("a{scheme}://b").as_bytes()), None);
    assert_eq!(Origin::parse(format!("a://{host}d").as_bytes()), None);
    assert_eq!(Origin::parse(format!("{longest}5").as_bytes()), None);
    assert_eq!(Origin::parse(&[b'a'; 4096]), None);
}
