//! `--audit`: each weakness is found by its name, and none where there is none.

use http::Method;
use http::header::{HeaderValue, VARY};
use tower_http::cors::CorsLayer;

use crate::common::{PAGE, check};
use crate::servers::{self, Got, Handwritten, echo, serve};

/// Runs an audit, and compares what it found.
#[track_caller]
fn finds(app: axum::Router, args: &[&str], expected: &[&str]) {
    let ran = check(&serve(app), &[&["--audit", "--json"], args].concat());
    assert_eq!(ran.weaknesses(), expected, "{}", ran.stdout);
    assert_eq!(ran.code, i32::from(!expected.is_empty()));
}

#[test]
fn nothing_in_a_right_server() {
    finds(servers::right(), &[], &[]);
    finds(servers::right(), &["--header", "authorization: Bearer x"], &[]);
}

#[test]
fn nothing_where_everybody_may_anyway() {
    finds(servers::of_tower_http(CorsLayer::permissive()), &[], &[]);
    // On a visitor's own machine that may be a mistake.
    let url = serve(servers::of_tower_http(CorsLayer::permissive()));
    check(&url, &["--audit"]).assert_says(0, &["Note: Every site may read", "Nothing was found."]);
}

#[test]
fn nothing_where_nobody_may() {
    finds(servers::bare(), &[], &[]);
    finds(servers::inside_authentication(), &[], &[]);
    finds(servers::on_another_router(), &[], &[]);
}

#[test]
fn a_wildcard_is_a_weakness_unless_it_is_meant() {
    let meant = ["--allows", "https://*.example.com"];
    finds(servers::right_for_subdomains(), &meant, &[]);
    finds(servers::right_for_subdomains(), &[], &["any-subdomain"]);
}

/// CVE-2017-20146, CVE-2026-54290
#[test]
fn very_permissive() {
    let app = servers::of_tower_http(CorsLayer::very_permissive());
    finds(app, &[], &["any-origin", "null-origin"]);
}

#[test]
fn reflects_any_origin() {
    let app = Handwritten::by_text(|origin| Some(origin.clone())).app();
    finds(app, &[], &["any-origin", "null-origin"]);
}

/// CVE-2019-25211, CVE-2026-37737
#[test]
fn prefix() {
    let app = Handwritten::by_text(|origin| echo(origin, |text| text.starts_with(PAGE))).app();
    finds(app, &[], &["prefix-match"]);
}

/// CVE-2023-28109, CVE-2024-27302
#[test]
fn suffix() {
    let app = Handwritten::by_text(|origin| echo(origin, |text| text.ends_with("example.com")));
    finds(app.app(), &[], &["suffix-match", "insecure-origin"]);
    let app = Handwritten::by_text(|origin| {
        echo(origin, |text| text.starts_with("https://") && text.ends_with("app.example.com"))
    });
    finds(app.app(), &[], &["suffix-match"]);
}

/// CVE-2025-50864
#[test]
fn substring() {
    let app = Handwritten::by_text(|origin| echo(origin, |text| text.contains("app.example.com")));
    finds(app.app(), &[], &["suffix-match", "prefix-match", "insecure-origin"]);
}

/// CVE-2026-25479
#[test]
fn dot_of_a_regular_expression() {
    let app = Handwritten::by_text(|origin| {
        let fits = |(pattern, byte): (u8, u8)| pattern == b'.' || pattern == byte;
        echo(origin, |text| text.len() == PAGE.len() && PAGE.bytes().zip(text.bytes()).all(fits))
    });
    finds(app.app(), &[], &["dot-matches-anything"]);
}

/// Pull requests 2915 and 3690 of gofiber
#[test]
fn wildcard_without_a_dot() {
    let app = Handwritten::by_text(|origin| {
        echo(origin, |text| text.starts_with("https://") && text.ends_with("example.com"))
    });
    let meant = ["--allows", "https://*.example.com"];
    finds(app.app(), &meant, &["suffix-match", "beside-wildcard"]);
}

/// CVE-2019-9580
#[test]
fn null() {
    let app = Handwritten::by_text(|origin| echo(origin, |text| text == PAGE || text == "null"));
    finds(app.app(), &[], &["null-origin"]);
}

#[test]
fn any_port() {
    let app = Handwritten::by_text(|origin| {
        echo(origin, |text| text == PAGE || text.starts_with(&format!("{PAGE}:")))
    });
    finds(app.app(), &[], &["any-port"]);
}

/// CVE-2024-25124
#[test]
fn wildcard_with_credentials() {
    let app = Handwritten::by_text(|_| Some(HeaderValue::from_static("*"))).app();
    // Those without Origin get no `*` from it.
    finds(app, &[], &["wildcard-with-credentials"]);
}

/// warp 0.4
#[test]
fn no_vary() {
    let by_list = Handwritten::by_text(|origin| echo(origin, |text| text == PAGE));
    finds(Handwritten { varies: |_| None, ..by_list }.app(), &[], &["no-vary"]);
    let other = |_: &_| Some(HeaderValue::from_static("accept-encoding, x-origin"));
    finds(Handwritten { varies: other, ..by_list }.app(), &[], &["no-vary"]);
}

/// GHSA-q7jf-gf43-6x6p
#[test]
fn vary_of_the_request() {
    let by_list = Handwritten::by_text(|origin| echo(origin, |text| text == PAGE));
    let of_request = |request: &http::HeaderMap| {
        request.get(VARY).cloned().or(Some(HeaderValue::from_static("Origin")))
    };
    finds(Handwritten { varies: of_request, ..by_list }.app(), &[], &["vary-of-the-request"]);
}

#[test]
fn fails_over_odd_origins() {
    finds(servers::fails_over_odd_origins(), &[], &["odd-origin"]);
}

/// Nothing is sent that may change something, and no URL that others request.
#[test]
fn sends_nothing_that_matters() {
    for args in [&["--audit"][..], &["--audit", "--method", "DELETE", "--header", "x-a: b"]] {
        let got = Got::default();
        // The layer outside sees what the CORS layer answers, too.
        let url = serve(got.around(servers::of_tower_http(CorsLayer::very_permissive())));
        check(&url, args);
        let mut all = got.all();
        assert!(all.len() > 20, "{all:?}");
        for (method, uri) in &all {
            assert!([Method::GET, Method::OPTIONS].contains(method), "{method}");
            assert!(uri.starts_with("/items?cors-check="), "{uri}");
        }
        let count = all.len();
        all.sort_by_key(|(method, uri)| (uri.clone(), method.to_string()));
        all.dedup();
        assert_eq!(all.len(), count, "a URL was requested twice");
    }
}

#[test]
fn the_text_says_what_and_how_to_fix_it() {
    let app = Handwritten::by_text(|origin| echo(origin, |text| text.starts_with(PAGE))).app();
    check(&serve(app), &["--audit"]).assert_says(
        1,
        &[
            "prefix-match (origins compared as text)",
            "https://app.example.com.cors-check.invalid may read and passes the preflight, with credentials",
            "CVE-2019-25211",
            "fix       Compare whole origins",
            "1 weakness was found.",
        ],
    );
    let ran = check(&serve(servers::right()), &["--audit"]);
    ran.assert_says(0, &["a page at https://app.example.com may read", "Nothing was found."]);
    // No progress where nobody watches.
    assert_eq!(ran.stderr, "");
}
