//! `reject_disallowed_origins`, and the server's own origin, which it spares.

use tower_cors::Refusal::{self, ForeignPage, NullOrigin, OriginNotAllowed};
use tower_cors::RequestKind::Cors;
use tower_cors::{CorsLayer, Policy};

use crate::common::{ACAM, ACAO, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, SAFELISTED, VARY};
use crate::table::Expected::{
    Actual, ActualRefused, NotCors, Preflight, PreflightRefused, Rejected, Untouched,
};
use crate::table::{check_layer, row};

const APP: &str = "https://app.example";
/// What every response varies by.
const NOTHING: Lines<'_> = &[(VARY, ORIGIN), (VARY, "sec-fetch-site")];
const SHARED: Lines<'_> = &[(ACAO, APP), (VARY, ORIGIN), (VARY, "sec-fetch-site")];
/// The answer to a request that is rejected.
const REJECTED: Lines<'_> = &[(VARY, "origin, sec-fetch-site")];

fn policy() -> Policy {
    Policy::allow_origins([APP]).build().unwrap()
}

fn layer() -> CorsLayer {
    CorsLayer::new(policy()).reject_disallowed_origins()
}

/// A request that reaches the application though no rule covers its origin, for this reason, or one
/// that is rejected.
#[track_caller]
fn check_own_page(name: &str, uri: &str, lines: Lines<'_>, passes: Option<Refusal>) {
    let (status, expected, response) = match passes {
        Some(refusal) => (200, ActualRefused(refusal), NOTHING),
        None => (403, Rejected(Cors, ForeignPage), REJECTED),
    };
    check_layer(&layer(), &[row(name, "POST", lines, status, expected, response).uri(uri)]);
}

#[test]
fn requests_that_pass() {
    let sec_fetch = |site| ("sec-fetch-site", site);
    let host = ("host", "server.example");
    check_layer(
        &layer(),
        &[
            row("S1: no Origin", "GET", &[host], 200, NotCors, NOTHING),
            row("S1: no Origin, POST", "POST", &[], 200, NotCors, NOTHING),
            row("S6: a link from elsewhere", "GET", &[sec_fetch("cross-site")], 200, NotCors, {
                NOTHING
            }),
            row("the listed origin", "GET", &[(ORIGIN, APP)], 200, Actual(0), SHARED),
            row(
                "the listed origin, from elsewhere",
                "POST",
                &[(ORIGIN, APP), sec_fetch("cross-site"), host],
                200,
                Actual(0),
                SHARED,
            ),
        ],
    );
}

#[test]
fn preflights_are_not_affected() {
    let allowed =
        &[(ACAO, APP), (ACAM, SAFELISTED), (VARY, PREFLIGHT_VARY), (VARY, "sec-fetch-site")];
    let evil = &[(ORIGIN, "https://evil.example"), (ACRM, "GET")];
    let refused = PreflightRefused(OriginNotAllowed);
    let vary = &[(VARY, PREFLIGHT_VARY), (VARY, "sec-fetch-site")];
    let ask = &[(ORIGIN, APP), (ACRM, "GET")];
    check_layer(
        &layer(),
        &[
            row("S3: allowed", "OPTIONS", ask, 204, Preflight(0), allowed),
            row("S18: refused", "OPTIONS", evil, 403, refused, vary),
        ],
    );
}

#[test]
fn requests_from_elsewhere_are_rejected() {
    for (name, lines) in [
        ("another origin", &[(ORIGIN, "https://evil.example")][..]),
        ("S8: null", &[(ORIGIN, "null")]),
        ("S7: malformed", &[(ORIGIN, "https://app.example/")]),
        ("S7: not UTF-8", &[(ORIGIN, "\u{ff}")]),
        ("S7: two lines", &[(ORIGIN, APP), (ORIGIN, APP)]),
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let expected = Rejected(Cors, ForeignPage);
            check_layer(&layer(), &[row(name, method, lines, 403, expected, REJECTED)]);
        }
    }
}

#[test]
fn sec_fetch_site_says_whose_page_it_is() {
    let (own, host) = ((ORIGIN, "http://server.example"), ("host", "server.example"));
    let other = (ORIGIN, "https://evil.example");
    let null = (ORIGIN, "null");
    let site = |site| ("sec-fetch-site", site);
    let table: &[(&str, Lines<'_>, bool, Refusal)] = &[
        ("same-origin", &[own, site("same-origin")], true, OriginNotAllowed),
        // A page with `Referrer-Policy: no-referrer` sends this to its own origin.
        ("same-origin, null", &[null, site("same-origin")], true, NullOrigin),
        // Behind a proxy that changes Host.
        ("same-origin, another Host", &[other, host, site("same-origin")], true, OriginNotAllowed),
        ("same-site", &[own, host, site("same-site")], false, OriginNotAllowed),
        ("cross-site", &[own, host, site("cross-site")], false, OriginNotAllowed),
        // The user typed the address, or opened a bookmark.
        ("none", &[other, host, site("none")], true, OriginNotAllowed),
        ("empty", &[own, host, site("")], false, OriginNotAllowed),
        ("another case", &[own, host, site("Same-Origin")], false, OriginNotAllowed),
        ("not UTF-8", &[own, host, site("same-origin\u{ff}")], false, OriginNotAllowed),
        ("cross-site, null", &[null, host, site("cross-site")], false, NullOrigin),
    ];
    for (name, lines, passes, refusal) in table {
        check_own_page(name, "/", lines, passes.then(|| refusal.clone()));
    }
}

#[test]
fn without_it_origin_has_to_name_the_host() {
    for (name, origin, host, passes) in [
        ("the same", "http://server.example", "server.example", true),
        ("behind TLS", "https://server.example", "server.example", true),
        ("a port", "http://server.example:8080", "server.example:8080", true),
        ("Host in upper case", "http://server.example", "Server.EXAMPLE", true),
        ("the default port of http", "http://server.example", "server.example:80", true),
        ("the default port of https", "https://server.example", "server.example:443", true),
        ("IPv4", "http://127.0.0.1:3000", "127.0.0.1:3000", true),
        ("IPv6", "http://[::1]:3000", "[::1]:3000", true),
        ("a trailing dot", "http://server.example.", "server.example.", true),
        ("another name", "http://evil.example", "server.example", false),
        ("another port", "http://server.example:8081", "server.example:8080", false),
        ("a port only in Origin", "http://server.example:8080", "server.example", false),
        ("a port only in Host", "http://server.example", "server.example:8080", false),
        ("https at the port of http", "https://server.example", "server.example:80", false),
        ("http at the port of https", "http://server.example", "server.example:443", false),
        ("a subdomain", "http://a.server.example", "server.example", false),
        ("the parent domain", "http://example", "server.example", false),
        ("a trailing dot on one side", "http://server.example", "server.example.", false),
        ("an empty Host", "http://server.example", "", false),
        ("a Host that is none", "http://server.example", "server example", false),
        ("a Host that is not UTF-8", "http://server.example", "server.example\u{ff}", false),
        ("a port of Host that is none", "http://server.example", "server.example:65616", false),
        ("user info in Host", "http://server.example", "user@server.example", false),
        ("Host with a path", "http://server.example", "server.example/", false),
        // No page that this server sends has such an origin, but an application on a phone may.
        ("another scheme", "capacitor://server.example", "server.example", false),
    ] {
        let lines = &[(ORIGIN, origin), ("host", host)];
        check_own_page(name, "/", lines, passes.then_some(OriginNotAllowed));
    }
    let null = &[(ORIGIN, "null"), ("host", "null")];
    let own = (ORIGIN, "http://server.example");
    let two = &[own, own, ("host", "server.example")];
    let two_hosts = &[own, ("host", "server.example"), ("host", "other.example")];
    let two_sites = &[
        own,
        ("host", "server.example"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "cross-site"),
    ];
    for (name, lines) in [
        ("no Host", &[own][..]),
        ("S8: null has no host", null),
        ("S7: two lines", two),
        ("two Host", two_hosts),
        ("two Sec-Fetch-Site", two_sites),
    ] {
        check_own_page(name, "/", lines, None);
    }
}

/// HTTP/2 requests have no `Host` but an authority, which is then part of the target.
#[test]
fn without_it_origin_has_to_name_the_authority_of_the_target() {
    let own = (ORIGIN, "https://server.example");
    let host = |host| ("host", host);
    let table: &[(&str, Lines<'_>, &str, bool)] = &[
        ("the same", &[own], "https://server.example/", true),
        ("the default port", &[own], "https://server.example:443/", true),
        ("another", &[own], "https://other.example/", false),
        ("another port", &[own], "https://server.example:8443/", false),
        ("and Host, the same", &[own, host("Server.example")], "https://server.example/", true),
        (
            "and Host, with a port",
            &[own, host("server.example:443")],
            "https://server.example/",
            true,
        ),
        ("Host differs", &[own, host("other.example")], "https://server.example/", false),
        ("the target differs", &[own, host("server.example")], "https://other.example/", false),
    ];
    for (name, lines, uri, pass) in table {
        check_own_page(name, uri, lines, pass.then_some(OriginNotAllowed));
    }
}

#[test]
fn nothing_is_rejected_where_every_origin_is_allowed_or_nothing_is_said() {
    let any = Policy::allow_any_origin().build().unwrap();
    let layer = CorsLayer::new(any).reject_disallowed_origins();
    let evil = &[(ORIGIN, "https://evil.example")];
    let any = &[(ACAO, "*"), (VARY, ORIGIN), (VARY, "sec-fetch-site")];
    check_layer(
        &layer,
        &[
            row("any origin", "POST", evil, 200, Actual(0), any),
            row("S21: malformed", "POST", &[(ORIGIN, "x")], 200, Actual(0), any),
        ],
    );
    let disabled = Policy::disabled();
    let layer = CorsLayer::new(disabled).reject_disallowed_origins();
    check_layer(&layer, &[row("disabled", "POST", evil, 200, Untouched(Cors), &[])]);
}
