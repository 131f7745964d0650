//! Every way in which a text can fail to be an origin pattern: what is said of it, and the mend.

use std::collections::HashSet;

use tower_cors::{OriginPattern, OriginPatternErrorKind as Kind};

/// What is wrong, the text, and the message behind `"text" is not an origin pattern: `.
type Row = (Kind, &'static str, &'static str);

/// The mend where no other follows from the text.
const EXAMPLE: &str =
    "write scheme://host or scheme://host:port, such as \"https://app.example.com\"";

const SHAPE_ROWS: &[Row] = &[
    (Kind::Empty, "", "it is empty; {EXAMPLE}"),
    (
        Kind::AnyOrigin,
        "*",
        "\"*\" is not one origin but all; start from Policy::allow_any_origin() to allow every \
         origin",
    ),
    (
        Kind::Null,
        "null",
        "anybody can send the origin null, from a sandboxed frame; list the origins of the pages \
         themselves, or see dangerously_allow_null_origin()",
    ),
    (
        Kind::Whitespace,
        " https://a.example\n",
        "an origin has no white space (at byte 0); write \"https://a.example\"",
    ),
    (
        Kind::Whitespace,
        "https://a .example",
        "an origin has no white space (at byte 9); remove it; each origin is an entry of its own",
    ),
    (
        Kind::Several,
        "https://a.example https://b.example",
        "it is more than one origin (at byte 17); make each origin an entry of its own",
    ),
    (
        Kind::Several,
        "https://a.example,https://b.example",
        "it is more than one origin (at byte 17); make each origin an entry of its own",
    ),
    (
        Kind::MissingScheme,
        "*.a.example",
        "an origin starts with its scheme; write \"https://*.a.example\"",
    ),
    (Kind::MissingScheme, "//a.example", "an origin starts with its scheme; {EXAMPLE}"),
    (
        Kind::InvalidScheme,
        "*://a.example",
        "a scheme is a letter followed by letters, digits, \"+\", \"-\" and \".\" (at byte 0); write the \
         scheme, such as https; each is an entry of its own",
    ),
    (
        Kind::SchemeTooLong,
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm://a.example",
        "the scheme is longer than 64 bytes (at byte 64); shorten it",
    ),
    (
        Kind::File,
        "file:///home/me/index.html",
        "browsers give files opaque origins, never file://; serve the page over HTTP and list that \
         origin",
    ),
    (
        Kind::UpperCase,
        "HTTPS://A.example",
        "browsers send schemes and hosts in lower case (at byte 0); write \"https://a.example\"",
    ),
    (
        Kind::UserInfo,
        "https://user:secret@a.example",
        "an origin has no user name or password (at byte 8); leave it out, if the host behind the \
         \"@\" is the one you mean",
    ),
    (
        Kind::Path,
        "https://A.example:443/path?query#fragment",
        "an origin has no path, not even a slash (at byte 21); write \"https://a.example\"",
    ),
];

const HOST_ROWS: &[Row] = &[
    (
        Kind::Backslash,
        r"https://a\.example",
        "an origin has no backslash, and a pattern is no regular expression (at byte 9); write \
         \"*.\" before the host for its subdomains, \":*\" behind it for any port, or use \
         allow_origins_by() for anything else",
    ),
    (Kind::EmptyHost, "https://:8443", "the host is missing (at byte 8); {EXAMPLE}"),
    (
        Kind::NonAsciiHost,
        "https://b\u{fc}cher.example",
        "browsers send hosts in their ASCII form, with xn-- labels (at byte 9); copy what \
         `location.origin` says in a browser's console on that page",
    ),
    (
        Kind::InvalidHost,
        "https://a!b.example",
        "this byte has no place in a host (at byte 9); {EXAMPLE}",
    ),
    (
        Kind::MisplacedWildcard,
        "https://*a.example",
        "\"*\" stands only for whole labels in front of a host, or for a port (at byte 8); write \
         \"*.\" before the host for its subdomains, \":*\" behind it for any port, or use \
         allow_origins_by() for anything else",
    ),
    (
        Kind::EmptyLabel,
        "https://.a.example",
        "a label of the host is empty (at byte 8); leave out that dot, or \
                  write \"*.\" for all subdomains of the host",
    ),
    (
        Kind::LabelTooLong,
        "https://abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.example",
        "a label of the host is longer than 63 bytes (at byte 8); shorten it",
    ),
    (
        Kind::HostTooLong,
        "https://*.a23456789.b23456789.c23456789.d23456789.e23456789.f23456789.g23456789.\
         h23456789.i23456789.j23456789.k23456789.l23456789.m23456789.n23456789.o23456789.\
         p23456789.q23456789.r23456789.s23456789.t23456789.u23456789.v23456789.w23456789.\
         x23456789.y23456789.z2",
        "the host is longer than 253 bytes, or 251 behind \"*.\" (at byte 261); shorten it",
    ),
    (
        Kind::InvalidPunycode,
        "https://xn--f.example",
        "this xn-- label does not decode (at byte 8); copy what `location.origin` says in a \
         browser's console on that page",
    ),
    (
        Kind::InvalidIpv4,
        "http://127.1:3000",
        "a host that ends in a number must be an IPv4 address in dotted decimal (at byte 7); write \
         \"http://127.0.0.1:3000\"",
    ),
    (
        Kind::InvalidIpv4,
        "http://1.2.3.256",
        "a host that ends in a number must be an IPv4 address in dotted decimal (at byte 7); write \
         four numbers up to 255, such as 127.0.0.1",
    ),
    (
        Kind::InvalidIpv6,
        "http://[::g]",
        "this is not an IPv6 address (at byte 10); write it as in \"http://[::1]:8080\"",
    ),
    (
        Kind::Ipv6WithoutBrackets,
        "http://::1:90",
        "an IPv6 address stands in brackets (at byte 7); write it as in \"http://[::1]:8080\"",
    ),
    (
        Kind::Ipv6NotCanonical,
        "http://[0:0:0:0:0:0:0:1]",
        "browsers send IPv6 addresses in their compressed form (at byte 8); write \"http://[::1]\"",
    ),
    (
        Kind::Ipv4MappedIpv6,
        "http://[::ffff:7f00:1]",
        "this IPv6 address stands for an IPv4 address (at byte 8); list the IPv4 address",
    ),
    (
        Kind::Ipv6Zone,
        "http://[fe80::1%25eth0]",
        "an origin's IPv6 address has no zone (at byte 15); leave out the zone",
    ),
    (
        Kind::SubdomainsOfAddress,
        "http://*.127.0.0.1",
        "an IP address has no subdomains (at byte 9); leave out the \"*.\"",
    ),
];

const PORT_ROWS: &[Row] = &[
    (
        Kind::EmptyPort,
        "https://a.example:",
        "there is no port behind the colon (at byte 17); write \"https://a.example\"",
    ),
    (
        Kind::InvalidPort,
        "https://a.example:http",
        "a port is a decimal number, or \"*\" (at byte 18); write the port, or \"*\" for any, or \
         leave it out for the scheme's default",
    ),
    (
        Kind::PortOutOfRange,
        "https://a.example:65536",
        "a port is in 1 to 65535 (at byte 18); write the port, or \"*\" for any, or leave it out \
         for the scheme's default",
    ),
    (
        Kind::PortLeadingZero,
        "https://a.example:08443",
        "browsers send ports without leading zeros (at byte 18); write \"https://a.example:8443\"",
    ),
    (
        Kind::DefaultPort,
        "https://a.example:443",
        "browsers leave out a scheme's default port (at byte 17); write \"https://a.example\"",
    ),
];

#[test]
fn every_kind() {
    let mut kinds = HashSet::new();
    for (kind, text, message) in [SHAPE_ROWS, HOST_ROWS, PORT_ROWS].into_iter().flatten() {
        let error = text.parse::<OriginPattern>().expect_err(text);
        assert_eq!(error.kind(), *kind, "{text:?}");
        let message = message.replace("{EXAMPLE}", EXAMPLE);
        let expected = format!("{text:?} is not an origin pattern: {message}");
        assert_eq!(error.to_string(), expected);
        kinds.insert(*kind);
    }
    assert_eq!(kinds.len(), 33, "every kind has a row");
}

/// Text and the form that is proposed instead. A wrong proposal is worse than none.
const CORRECTIONS: &[(&str, Option<&str>)] = &[
    // Without a scheme, loopback gets http, and what is reached over the network https.
    ("a.example", Some("https://a.example")),
    ("a.example:8443", Some("https://a.example:8443")),
    ("localhost", Some("http://localhost")),
    ("localhost:3000", Some("http://localhost:3000")),
    ("127.0.0.1", Some("http://127.0.0.1")),
    ("127.0.0.1:3000", Some("http://127.0.0.1:3000")),
    ("[::1]:3000", Some("http://[::1]:3000")),
    ("[::1]", Some("http://[::1]")),
    // A scheme without a host is not a host.
    ("https:", None),
    ("http:", None),
    // Only the host is corrected, also where the scheme holds the same text.
    ("app1://1", Some("app1://0.0.0.1")),
];

#[test]
fn corrections() {
    let wrong: Vec<_> = CORRECTIONS
        .iter()
        .map(|(text, expected)| {
            let error = text.parse::<OriginPattern>().expect_err(text);
            (text, error.corrected(), expected.map(str::to_owned))
        })
        .filter(|(_, corrected, expected)| corrected != expected)
        .collect();
    assert!(wrong.is_empty(), "text, proposed, expected: {wrong:#?}");
}
