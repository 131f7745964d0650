//! What credentials rule out: insecure origins, public suffixes, `null`; and the ways around it.

use tower_cors::Policy;

use super::{NOTHING, at, codes, mistakes};

const INSECURE: &str = "insecure-origin-with-credentials";
const SUFFIX: &str = "public-wildcard-with-credentials";

/// The pattern, and whether it is refused with credentials (S29).
const INSECURE_ROWS: &[(&str, bool)] = &[
    ("http://a.example", true),
    ("http://a.example:8080", true),
    ("http://a.example:*", true),
    ("http://*.a.example", true),
    ("http://10.0.0.1", true),
    ("http://128.0.0.1", true),
    ("http://0.0.0.0:3000", true),
    ("http://[2001:db8::1]", true),
    ("http://[::]", true),
    ("http://intranet", true),
    ("http://localhost.a.example", true),
    // Whatever a visitor saves and opens.
    ("file://", true),
    ("http://notlocalhost", true),
    ("http://*.notlocalhost.example", true),
    ("http://127.0.0.1.a.example", true),
    ("https://a.example", false),
    ("https://10.0.0.1", false),
    ("http://localhost", false),
    ("http://localhost.", false),
    ("http://localhost:*", false),
    ("http://*.localhost:3000", false),
    ("http://a.b.localhost", false),
    ("http://127.0.0.1:3000", false),
    ("http://127.255.255.254", false),
    ("http://[::1]:*", false),
    // Pages of these schemes do not come over the network.
    ("tauri://localhost", false),
    ("chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb", false),
];

#[test]
fn insecure_origins() {
    for (pattern, refused) in INSECURE_ROWS {
        let expected: &[&str] = if *refused { &[INSECURE] } else { &[] };
        let rule = || Policy::allow_origins([*pattern]);
        assert_eq!(codes(&rule().allow_credentials().build()), expected, "{pattern}");
        assert_eq!(codes(&rule().build()), NOTHING, "{pattern} without credentials");
        let escaped = rule().allow_credentials().dangerously_allow_insecure_origins();
        assert_eq!(codes(&escaped.build()), NOTHING, "{pattern} with the exception");
        let other = rule().allow_credentials().dangerously_allow_public_wildcards();
        assert_eq!(codes(&other.build()), expected, "{pattern} with the other exception");
    }
}

/// Who has to say that names below a host are strangers'.
#[derive(Clone, Copy, PartialEq)]
enum Strangers {
    /// Nobody: the host is a single label.
    SingleLabel,
    /// The list of public suffixes.
    Listed,
    No,
}
use Strangers::{Listed, No, SingleLabel};

/// The host behind the `*.` (S30).
const SUFFIX_ROWS: &[(&str, Strangers)] = &[
    ("com", SingleLabel),
    ("com.", SingleLabel),
    ("ck", SingleLabel),
    ("local", SingleLabel),
    // Nobody can register names below these.
    ("internal", No),
    ("internal.", No),
    ("test", No),
    ("home.arpa", No),
    ("nas.internal", No),
    ("co.uk", Listed),
    ("co.uk.", Listed),
    ("github.io", Listed),
    // The list has `*.kawasaki.jp`: what is one label deeper is a public suffix, so `*.` over
    // `kawasaki.jp` covers subdomains of suffixes.
    ("kawasaki.jp", Listed),
    ("other.kawasaki.jp", Listed),
    // ... but for this name, an exception of the list.
    ("city.kawasaki.jp", No),
    ("www.ck", No),
    ("example.com", No),
    ("example.com.", No),
    ("example.co.uk", No),
    ("me.github.io", No),
    ("my.name.other.kawasaki.jp", No),
    ("localhost", No),
    ("app.localhost", No),
];

#[test]
fn public_suffixes() {
    for (host, strangers) in SUFFIX_ROWS {
        let refused = match strangers {
            SingleLabel => true,
            Listed => cfg!(feature = "public-suffix"),
            No => false,
        };
        let expected: &[&str] = if refused { &[SUFFIX] } else { &[] };
        for pattern in [format!("https://*.{host}"), format!("tauri://*.{host}:*")] {
            let rule = || Policy::allow_origins([&pattern]);
            assert_eq!(codes(&rule().allow_credentials().build()), expected, "{pattern}");
            assert_eq!(codes(&rule().build()), NOTHING, "{pattern} without credentials");
            let escaped = rule().allow_credentials().dangerously_allow_public_wildcards();
            assert_eq!(codes(&escaped.build()), NOTHING, "{pattern} with the exception");
            let other = rule().allow_credentials().dangerously_allow_insecure_origins();
            assert_eq!(codes(&other.build()), expected, "{pattern} with the other exception");
        }
        let host_itself = Policy::allow_origins([format!("https://{host}")]).allow_credentials();
        assert_eq!(codes(&host_itself.build()), NOTHING, "{host} itself is nobody else's");
    }
}

/// Wildcards other than `*.`: strangers can have such an origin as well.
#[test]
fn wildcards_in_labels_and_for_schemes() {
    let listed = cfg!(feature = "public-suffix");
    for (pattern, refused) in [
        ("https://app-*.vercel.app", listed),
        ("https://app-*-team.vercel.app:*", listed),
        ("https://app-*.co.uk", listed),
        ("https://app-*.com", true),
        ("https://app-*.example.com", false),
        ("https://app-*.me.vercel.app", false),
        ("https://app-*.internal", false),
        ("moz-extension://*", true),
    ] {
        let expected: &[&str] = if refused { &[SUFFIX] } else { &[] };
        let rule = || Policy::allow_origins([pattern]);
        assert_eq!(codes(&rule().allow_credentials().build()), expected, "{pattern}");
        assert_eq!(codes(&rule().build()), NOTHING, "{pattern} without credentials");
        let escaped = rule().allow_credentials().dangerously_allow_public_wildcards();
        assert_eq!(codes(&escaped.build()), NOTHING, "{pattern} with the exception");
    }
}

/// Each of the two is a mistake of its own, with a fix of its own: all are reported at once.
#[test]
fn insecure_and_a_public_suffix() {
    let rule = || Policy::allow_origins(["http://*.com"]).allow_credentials();
    let built = rule().build();
    assert_eq!(codes(&built), [INSECURE, SUFFIX]);
    for mistake in mistakes(&built) {
        assert_eq!(at(mistake), (0, "allow_origins", Some(0)));
    }
    let one = rule().dangerously_allow_insecure_origins();
    assert_eq!(codes(&one.build()), [SUFFIX]);
    let other = rule().dangerously_allow_public_wildcards();
    assert_eq!(codes(&other.build()), [INSECURE]);
    let both = rule().dangerously_allow_insecure_origins().dangerously_allow_public_wildcards();
    assert_eq!(codes(&both.build()), NOTHING);
}

/// S8: anybody can produce `null`.
#[test]
fn null_origin() {
    let rule = || Policy::allow_origins(["https://a.example"]).dangerously_allow_null_origin();
    let policy = rule().build().expect("null without credentials is allowed");
    assert!(policy.allows_origin("null"));
    assert!(!policy.allows_origin("NULL"));
    assert!(!policy.allows_origin("https://b.example"));

    let refused = ["null-origin-with-credentials"];
    assert_eq!(codes(&rule().allow_credentials().build()), refused);
    let escaped = rule()
        .allow_credentials()
        .dangerously_allow_insecure_origins()
        .dangerously_allow_public_wildcards();
    assert_eq!(codes(&escaped.build()), refused, "no other exception covers it");

    let only_null = Policy::dangerously_allow_null_origin;
    assert_eq!(codes(&only_null().build()), NOTHING, "it is an origin to allow");
    assert_eq!(codes(&only_null().allow_credentials().build()), refused);
}

/// Credentials are a rule's own.
#[test]
fn rules_without_credentials_may_have_what_others_may_not() {
    let with = Policy::allow_origins(["https://a.example"]).allow_credentials();
    let without = Policy::allow_origins(["http://a.example", "https://*.com"])
        .dangerously_allow_null_origin()
        .expose_any_header();
    let policy = with.or(without).or(Policy::allow_any_origin()).build();
    assert_eq!(codes(&policy), NOTHING);
}
