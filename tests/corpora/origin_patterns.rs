//! Origin patterns: what the strict parser makes of them, and which of them credentials rule out.

use std::net::IpAddr;

use serde::Deserialize;
use serde_json::Value;
use tower_cors::{OriginPattern, Policy};

use super::{Comparison, Difference, codes, read};

#[derive(Deserialize)]
struct Case {
    pattern: String,
    valid: bool,
    /// For valid patterns only.
    #[serde(flatten)]
    parts: Option<Parts>,
}

#[derive(Deserialize)]
struct Parts {
    kind: String,
    scheme: String,
    /// With a leading `*.`, and without the brackets of an IPv6 address.
    host: String,
    /// A number, `"*"`, or `null`.
    port: Value,
    insecure: bool,
    effective_tld: bool,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "the handshake of a WebSocket carries its page's origin, and nothing else has one with \
                 ftp (S7, S31)",
        field: "valid",
        here: "false",
        cases: &["ftp://example.com:21", "wss://example.com:443", "ws://example.com"],
    },
    Difference {
        reason: "browsers send these: the URL standard checks hyphens no further, a label may start \
                 with a digit, hosts of other schemes are opaque, IPv6 may stand for IPv4, and not \
                 every browser decodes xn-- labels (S7)",
        field: "valid",
        here: "true",
        cases: &[
            "https://foo-.com",
            "https://ab--cd.com",
            "moz-extension://0ea75c8e-9f8f-4b7c-8f32-1d6f1a2b3c4d",
            "app://.",
            "http://xn--f",
            "http://[::ffff:7f7f:7f7f]:90",
        ],
    },
    Difference {
        reason: "here a wildcard can stand for a part of a label",
        field: "valid",
        here: "true",
        cases: &["https://ex*mple.com"],
    },
    Difference {
        reason: "white space around a pattern is left out",
        field: "valid",
        here: "true",
        cases: &[" http://example.com:6060 "],
    },
    Difference {
        reason: "only http:// delivers pages that the network can change; other schemes are those \
                 of applications and extensions, or never a page's",
        field: "insecure",
        here: "false",
        cases: &[
            "a.b-c+d://foo",
            "a://example.com",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa://foo",
            "app://obsidian.md",
            "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
            "connector://example.com",
            "vscode-webview://abc",
            "z://example.com",
        ],
    },
    Difference {
        reason: "nobody can register a name below internal: it is reserved for private use (S30)",
        field: "effective_tld",
        here: "false",
        cases: &["https://*.internal"],
    },
    Difference {
        reason: "nobody can register a name below localhost: it leads back to the browser's own \
                 machine (S29)",
        field: "effective_tld",
        here: "false",
        cases: &[
            "capacitor://localhost",
            "connector://localhost",
            "http://*.localhost",
            "http://localhost.",
            "http://localhost:*",
            "http://localhost:9090",
            "https://*.localhost",
            "https://localhost",
            "https://localhost.",
            "tauri://localhost",
        ],
    },
];

/// Without the list, only single labels are taken for public suffixes.
#[cfg(feature = "public-suffix")]
const LIST_DIFFERENCES: &[Difference] = &[Difference {
    reason: "the list has *.kawasaki.jp, so strangers own the names one label deeper (S30)",
    field: "effective_tld",
    here: "true",
    cases: &["https://*.kawasaki.jp"],
}];

#[cfg(not(feature = "public-suffix"))]
const LIST_DIFFERENCES: &[Difference] = &[Difference {
    reason: "the list of public suffixes is not compiled in",
    field: "effective_tld",
    here: "false",
    cases: &["https://*.appspot.com", "https://*.co.uk", "https://*.co.uk.", "https://*.github.io"],
}];

#[test]
fn every_case() {
    let mut comparison = Comparison::new(DIFFERENCES.iter().chain(LIST_DIFFERENCES));
    for case in read::<Case>(include_str!("../data/origin-patterns.json")) {
        comparison.case(&case.pattern);
        let parsed = case.pattern.parse::<OriginPattern>();
        assert_eq!(case.valid, case.parts.is_some(), "{}: the corpus is incomplete", case.pattern);
        comparison.field("valid", &case.valid, &parsed.is_ok());
        match parsed {
            Ok(pattern) => {
                comparison.field("Display", &case.pattern.trim(), &pattern.as_str());
                comparison.field("covers an origin", &true, &covers_an_origin(&pattern));
                if let Some(parts) = &case.parts {
                    compare_parts(&mut comparison, parts, &pattern);
                }
            }
            Err(error) => {
                comparison.field("error names", &case.pattern.as_str(), &error.input());
            }
        }
    }
    comparison.finish(141);
}

fn compare_parts(comparison: &mut Comparison, parts: &Parts, pattern: &OriginPattern) {
    comparison.field("scheme", &parts.scheme.as_str(), &pattern.scheme());
    comparison.field("host", &parts.host, &host(pattern));
    comparison.field("port", &parts.port, &port(pattern));
    comparison.field("kind", &parts.kind.as_str(), &kind(pattern));
    comparison.field("insecure", &parts.insecure, &is_insecure(pattern.as_str()));
    // An address has no subdomains, so nothing can be asked about them.
    if address(pattern).is_none() {
        comparison.field("effective_tld", &parts.effective_tld, &is_suffix(pattern));
    }
}

/// In the corpus' form.
fn host(pattern: &OriginPattern) -> String {
    let subdomains = if pattern.covers_subdomains() { "*." } else { "" };
    format!("{subdomains}{}", pattern.host().trim_matches(['[', ']']))
}

fn port(pattern: &OriginPattern) -> Value {
    if pattern.covers_any_port() { "*".into() } else { pattern.port().into() }
}

fn kind(pattern: &OriginPattern) -> &'static str {
    match address(pattern) {
        _ if pattern.covers_subdomains() => "arbitrary-subdomains",
        Some(_) if is_insecure(&format!("http://{}", pattern.host())) => "non-loopback-ip",
        Some(_) => "loopback-ip",
        None => "domain",
    }
}

fn address(pattern: &OriginPattern) -> Option<IpAddr> {
    pattern.host().trim_matches(['[', ']']).parse().ok()
}

/// Whether credentials are refused for the scheme's sake.
fn is_insecure(pattern: &str) -> bool {
    let built = Policy::allow_origins([pattern])
        .allow_credentials()
        .dangerously_allow_public_wildcards()
        .build();
    one_code(&codes(&built), "insecure-origin-with-credentials")
}

/// Whether credentials are refused for the sake of what is below the host. A pattern without
/// subdomains is asked about as if it had them.
fn is_suffix(pattern: &OriginPattern) -> bool {
    let text = if pattern.covers_subdomains() {
        pattern.to_string()
    } else {
        format!("https://*.{}", pattern.host())
    };
    let built = Policy::allow_origins([text])
        .allow_credentials()
        .dangerously_allow_insecure_origins()
        .build();
    one_code(&codes(&built), "public-wildcard-with-credentials")
}

fn one_code(codes: &[&str], code: &str) -> bool {
    assert!(codes.is_empty() || codes == [code], "{codes:?} instead of {code} or nothing");
    !codes.is_empty()
}

/// A pattern that covers nothing that a browser sends would be a trap.
fn covers_an_origin(pattern: &OriginPattern) -> bool {
    let origin = pattern.as_str().strip_suffix(":*").unwrap_or(pattern.as_str());
    let origin = origin.replacen('*', "x", 1);
    Policy::allow_origins([pattern]).build().is_ok_and(|policy| policy.allows_origin(&origin))
}
