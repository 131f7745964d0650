//! `reject_disallowed_origins`, and the server's own origin, which it spares.

use tower_cors::Refusal::{self, InvalidOrigin, NullOrigin, OriginNotAllowed, SeveralOrigins};
use tower_cors::RequestKind::Cors;
use tower_cors::{CorsLayer, Policy};

use crate::common::{ACAO, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, VARY};
use crate::table::Expected::{
    Actual, ActualRefused, NotCors, Preflight, PreflightRefused, Rejected, Untouched,
};
use crate::table::{check_layer, row};

const APP: &str = "https://app.example";
const NOTHING: Lines<'_> = &[(VARY, ORIGIN)];
const SHARED: Lines<'_> = &[(ACAO, APP), (VARY, ORIGIN)];

fn policy() -> Policy {
    Policy::allow_origins([APP]).build().unwrap()
}

fn layer() -> CorsLayer {
    CorsLayer::new(policy()).reject_disallowed_origins()
}

#[test]
fn requests_that_pass() {
    let sec_fetch = |site| ("sec-fetch-site", site);
    let host = ("host", "server.example");
    check_layer(
        &layer(),
        &policy(),
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
    let allowed = &[(ACAO, APP), (VARY, PREFLIGHT_VARY)];
    let evil = &[(ORIGIN, "https://evil.example"), (ACRM, "GET")];
    let refused = PreflightRefused(OriginNotAllowed);
    let vary = &[(VARY, PREFLIGHT_VARY)];
    let ask = &[(ORIGIN, APP), (ACRM, "GET")];
    check_layer(
        &layer(),
        &policy(),
        &[
            row("S3: allowed", "OPTIONS", ask, 204, Preflight(0), allowed),
            row("S18: refused", "OPTIONS", evil, 403, refused, vary),
        ],
    );
}

#[test]
fn requests_from_elsewhere_are_rejected() {
    for (name, lines, refusal) in [
        ("another origin", &[(ORIGIN, "https://evil.example")][..], OriginNotAllowed),
        ("S8: null", &[(ORIGIN, "null")], NullOrigin),
        ("S7: malformed", &[(ORIGIN, "https://app.example/")], InvalidOrigin),
        ("S7: not UTF-8", &[(ORIGIN, "\u{ff}")], InvalidOrigin),
        ("S7: two lines", &[(ORIGIN, APP), (ORIGIN, APP)], SeveralOrigins),
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let expected = Rejected(refusal.clone());
            check_layer(&layer(), &policy(), &[row(name, method, lines, 403, expected, NOTHING)]);
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
        ("none", &[own, host, site("none")], false, OriginNotAllowed),
        ("empty", &[own, host, site("")], false, OriginNotAllowed),
        ("another case", &[own, host, site("Same-Origin")], false, OriginNotAllowed),
        ("not UTF-8", &[own, host, site("same-origin\u{ff}")], false, OriginNotAllowed),
        ("cross-site, null", &[null, host, site("cross-site")], false, NullOrigin),
    ];
    for (name, lines, passes, refusal) in table {
        let refusal = refusal.clone();
        let (status, expected) =
            if *passes { (200, ActualRefused(refusal)) } else { (403, Rejected(refusal)) };
        check_layer(&layer(), &policy(), &[row(name, "POST", lines, status, expected, NOTHING)]);
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
        let (status, expected) = if passes {
            (200, ActualRefused(OriginNotAllowed))
        } else {
            (403, Rejected(OriginNotAllowed))
        };
        check_layer(&layer(), &policy(), &[row(name, "POST", lines, status, expected, NOTHING)]);
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
    let rejected = Rejected(OriginNotAllowed);
    check_layer(
        &layer(),
        &policy(),
        &[
            row("no Host", "POST", &[own], 403, rejected, NOTHING),
            row("S8: null has no host", "POST", null, 403, Rejected(NullOrigin), NOTHING),
            row("S7: two lines", "POST", two, 403, Rejected(SeveralOrigins), NOTHING),
            row("two Host", "POST", two_hosts, 403, Rejected(OriginNotAllowed), NOTHING),
            row("two Sec-Fetch-Site", "POST", two_sites, 403, Rejected(OriginNotAllowed), NOTHING),
        ],
    );
}

/// HTTP/2 requests have no `Host` but an authority, which is then part of the target.
#[test]
fn without_it_origin_has_to_name_the_authority_of_the_target() {
    let own = (ORIGIN, "https://server.example");
    let host = |host| ("host", host);
    let passes = || ActualRefused(OriginNotAllowed);
    let rejected = || Rejected(OriginNotAllowed);
    let table: &[(&str, Lines<'_>, &str, bool)] = &[
        ("the same", &[own], "https://server.example/", true),
        ("the default port", &[own], "https://server.example:443/", true),
        ("another", &[own], "https://other.example/", false),
        ("another port", &[own], "https://server.example:8443/", false),
        ("it comes before Host", &[own, host("other.example")], "https://server.example/", true),
        ("it comes before Host", &[own, host("server.example")], "https://other.example/", false),
    ];
    for (name, lines, uri, pass) in table {
        let (status, expected) = if *pass { (200, passes()) } else { (403, rejected()) };
        let row = row(name, "POST", lines, status, expected, NOTHING).uri(uri);
        check_layer(&layer(), &policy(), &[row]);
    }
}

#[test]
fn nothing_is_rejected_where_every_origin_is_allowed_or_nothing_is_said() {
    let any = Policy::allow_any_origin().build().unwrap();
    let layer = CorsLayer::new(any.clone()).reject_disallowed_origins();
    let evil = &[(ORIGIN, "https://evil.example")];
    check_layer(
        &layer,
        &any,
        &[
            row("any origin", "POST", evil, 200, Actual(0), &[(ACAO, "*")]),
            row("S21: malformed", "POST", &[(ORIGIN, "x")], 200, Actual(0), &[(ACAO, "*")]),
        ],
    );
    let disabled = Policy::disabled();
    let layer = CorsLayer::new(disabled.clone()).reject_disallowed_origins();
    check_layer(&layer, &disabled, &[row("disabled", "POST", evil, 200, Untouched(Cors), &[])]);
}
