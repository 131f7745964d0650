//! `own_hosts`: the names under which a server is reached, and the pages that are its own.

use tower_cors::Refusal::{ForeignHost, ForeignPage, OriginNotAllowed};
use tower_cors::RequestKind::{Cors, CorsPreflight, NotCors as NoCors};
use tower_cors::{CorsLayer, Policy};

use crate::common::{ACAO, ACRM, Lines, ORIGIN, VARY, request, send};
use crate::table::Expected::{Actual, ActualRefused, NotCors, Rejected, Untouched};
use crate::table::{check_layer, row};

const APP: &str = "https://app.example";
const NOTHING: Lines<'_> = &[(VARY, ORIGIN), (VARY, "sec-fetch-site")];
const REJECTED: Lines<'_> = &[(VARY, "origin, sec-fetch-site")];

fn layer(hosts: &[&str]) -> CorsLayer {
    CorsLayer::new(Policy::allow_origins([APP]).build().unwrap()).own_hosts(hosts).unwrap()
}

/// Whether a `GET` with these lines reaches the application.
fn passes(layer: &CorsLayer, uri: &str, lines: Lines<'_>) -> bool {
    send(layer, request("GET", uri, lines)).reached_inner()
}

/// P13: a page makes its own name lead to this server, and asks it as its own.
#[test]
fn rebinding() {
    let layer = layer(&["localhost:7654", "127.0.0.1:7654"]);
    let (evil, host) = ((ORIGIN, "http://evil.example:7654"), ("host", "evil.example:7654"));
    let own = ("host", "localhost:7654");
    let same_origin = ("sec-fetch-site", "same-origin");
    let foreign = |kind| Rejected(kind, ForeignHost);
    let preflight = &[(VARY, "origin, access-control-request-method, sec-fetch-site")];
    let shared = &[(ACAO, APP), (VARY, ORIGIN), (VARY, "sec-fetch-site")];
    check_layer(
        &layer,
        &[
            row("the stranger's page", "POST", &[evil, host], 403, foreign(Cors), REJECTED),
            row("its GET has no Origin", "GET", &[host], 403, foreign(NoCors), REJECTED),
            row("before Sec-Fetch-Site", "GET", &[host, same_origin], 403, foreign(NoCors), {
                REJECTED
            }),
            row("a listed origin", "GET", &[(ORIGIN, APP), host], 403, foreign(Cors), REJECTED),
            row(
                "a preflight",
                "OPTIONS",
                &[(ORIGIN, APP), (ACRM, "PUT"), host],
                403,
                foreign(CorsPreflight),
                preflight,
            ),
            row("no host", "GET", &[], 403, foreign(NoCors), REJECTED),
            row("two Host", "GET", &[own, own], 403, foreign(NoCors), REJECTED),
            row("one of its names", "GET", &[own], 200, NotCors, NOTHING),
            row("the listed origin", "GET", &[(ORIGIN, APP), own], 200, Actual(0), shared),
            row("another page", "GET", &[evil, own], 403, Rejected(Cors, ForeignPage), REJECTED),
        ],
    );
}

/// P14: a proxy rewrites `Host`, and browsers send no `Sec-Fetch-Site` to plain HTTP.
#[test]
fn behind_a_proxy() {
    let lines = &[(ORIGIN, "http://mail.lan"), ("host", "127.0.0.1:15630")];
    let own = ActualRefused(OriginNotAllowed);
    check_layer(
        &layer(&["mail.lan", "127.0.0.1:15630"]),
        &[row("its own page", "POST", lines, 200, own, NOTHING)],
    );
    let foreign = Rejected(Cors, ForeignPage);
    check_layer(
        &layer(&["127.0.0.1:15630"]),
        &[row("a page of a name that is not listed", "POST", lines, 403, foreign, REJECTED)],
    );
}

#[test]
fn hosts_that_are_the_same() {
    let same: &[(&str, &str)] = &[
        ("localhost", "localhost"),
        ("localhost", "localhost:80"),
        ("localhost", "localhost:443"),
        ("localhost:80", "localhost"),
        ("localhost:443", "localhost"),
        ("localhost:80", "localhost:80"),
        ("localhost:7654", "LOCALHOST:7654"),
        ("mail.lan", "mail.lan."),
        ("mail.lan.", "mail.lan"),
        ("mail.lan.:8080", "Mail.Lan:8080"),
        ("127.0.0.1:7654", "127.0.0.1:7654"),
        ("[::1]", "[::1]"),
        ("[::1]:7654", "[::1]:7654"),
        ("[fd00::a]:7654", "[FD00::A]:7654"),
        (" localhost:7654 ", "localhost:7654"),
    ];
    for (own, host) in same {
        assert!(passes(&layer(&[own]), "/", &[("host", host)]), "{own:?}: {host:?}");
        let target = format!("http://{host}/");
        assert!(passes(&layer(&[own]), &target, &[]), "{own:?}: target {target}");
        assert!(passes(&layer(&[own]), &target, &[("host", host)]), "{own:?}: both {host:?}");
    }
    let different: &[(&str, &str)] = &[
        ("localhost", "localhost:7654"),
        ("localhost:7654", "localhost"),
        ("localhost:7654", "localhost:7655"),
        ("localhost:80", "localhost:443"),
        ("localhost", "localhost.evil.example"),
        ("localhost", "evil.localhost"),
        ("localhost", "localhost.."),
        ("localhost", ""),
        ("localhost", "user@localhost"),
        ("localhost", "localhost/"),
        ("localhost", "localhost, evil.example"),
        ("127.0.0.1", "127.1"),
        ("[::1]", "[0:0:0:0:0:0:0:1]"),
        ("[::1]", "::1"),
    ];
    for (own, host) in different {
        assert!(!passes(&layer(&[own]), "/", &[("host", host)]), "{own:?}: {host:?}");
    }
}

#[test]
fn the_target_and_host_have_to_agree() {
    let layer = layer(&["localhost:7654", "127.0.0.1:7654", "localhost"]);
    for (uri, host, agree) in [
        ("http://localhost:7654/", "localhost:7654", true),
        ("http://LOCALHOST:7654/", "localhost:7654", true),
        ("http://localhost/", "localhost:80", true),
        ("https://localhost:443/", "localhost", true),
        ("http://localhost:7654/", "127.0.0.1:7654", false),
        ("http://localhost:7654/", "evil.example:7654", false),
        ("http://evil.example:7654/", "localhost:7654", false),
        ("http://localhost:7654/", "localhost", false),
        ("http://user@localhost:7654/", "localhost:7654", false),
    ] {
        assert_eq!(passes(&layer, uri, &[("host", host)]), agree, "{uri} and {host}");
    }
}

/// With or without `Sec-Fetch-Site`: a page of one of its names is the server's own.
#[test]
fn pages_of_its_names() {
    let layer = layer(&["localhost:7654", "127.0.0.1:7654", "mail.lan"]);
    let host = ("host", "127.0.0.1:7654");
    for (origin, own) in [
        ("http://127.0.0.1:7654", true),
        ("http://localhost:7654", true),
        ("https://localhost:7654", true),
        ("http://mail.lan", true),
        ("https://mail.lan", true),
        ("https://mail.lan.", true),
        ("http://mail.lan:7654", false),
        ("http://localhost", false),
        ("http://evil.localhost:7654", false),
        ("capacitor://localhost:7654", false),
        ("null", false),
    ] {
        for site in [&[][..], &[("sec-fetch-site", "cross-site")]] {
            let lines: Vec<_> = [(ORIGIN, origin), host].iter().chain(site).copied().collect();
            assert_eq!(passes(&layer, "/", &lines), own, "{origin}: {site:?}");
        }
        let same_origin = &[(ORIGIN, origin), host, ("sec-fetch-site", "same-origin")];
        assert!(passes(&layer, "/", same_origin), "{origin}: the browser says so");
    }
}

#[test]
fn a_disabled_policy_rejects_nothing() {
    let layer = CorsLayer::new(Policy::disabled()).own_hosts(["localhost"]).unwrap();
    let evil = &[(ORIGIN, "http://evil.example"), ("host", "evil.example")];
    check_layer(&layer, &[row("disabled", "POST", evil, 200, Untouched(Cors), &[])]);
}

#[test]
fn hosts_are_added() {
    let layer = layer(&["a.lan"]).own_hosts(["b.lan"]).unwrap();
    for (host, is_own) in [("a.lan", true), ("b.lan", true), ("c.lan", false)] {
        assert_eq!(passes(&layer, "/", &[("host", host)]), is_own, "{host}");
    }
}

#[test]
fn mistakes() {
    let error = CorsLayer::new(Policy::deny_all())
        .own_hosts([
            "http://localhost:7654",
            "localhost/",
            "Localhost:7654",
            "",
            "*.lan",
            "localhost:*",
            "127.1",
            "::1",
            "localhost:0",
            "localhost:99999",
            "b\u{fc}ro.lan",
            "a.lan,b.lan",
            "ok.lan:80",
            "0.0.0.0:7654",
            "[::]",
            "*",
        ])
        .unwrap_err();
    let messages: Vec<_> = error.mistakes().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 15, "{messages:#?}");
    for (message, start) in messages.iter().zip([
        "own_hosts[0]: \"http://localhost:7654\" is not a host: a host is named without a scheme; \
         write \"localhost:7654\"",
        "own_hosts[1]: \"localhost/\" is not a host: a host has no path, not even a slash; write \
         \"localhost\"",
        "own_hosts[2]: \"Localhost:7654\" is not a host: ",
        "own_hosts[3]: the entry is empty",
        "own_hosts[4]: \"*.lan\" is not a host: a host is named in full, without a wildcard",
        "own_hosts[5]: \"localhost:*\" is not a host: a host is named in full, without a wildcard",
        "own_hosts[6]: \"127.1\" is not a host: ",
        "own_hosts[7]: \"::1\" is not a host: an IPv6 address stands in brackets, and a port behind them",
    ]) {
        assert!(message.starts_with(start), "{message}");
    }
    for message in &messages[12..] {
        assert!(message.contains("it stands for any host, and browsers do not send it as one"));
    }
    assert!(CorsLayer::new(Policy::deny_all()).own_hosts([] as [&str; 0]).is_err());
}
