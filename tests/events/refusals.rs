//! A refused request, at `INFO`.

use http::Request;
use tower_cors::{CorsLayer, Policy};

use crate::common::{ACRH, ACRM, Lines, ORIGIN, get, preflight, send};
use crate::printed;

fn layer(origins: &[&str]) -> CorsLayer {
    let policy = Policy::allow_origins(origins.iter().copied()).allow_methods(["PATCH"]);
    CorsLayer::new(policy.allow_headers(["x-a"]).build().unwrap())
}

fn said(layer: &CorsLayer, request: Request<()>) -> Vec<String> {
    printed("info", || drop(send(layer, request)))
}

#[test]
fn a_line_for_each_reason() {
    let app = &["https://app.reasons.test"];
    let own = layer(app).own_hosts(["api.reasons.test"]).unwrap();
    let post = |lines: Lines<'_>| {
        let mut request = get(lines);
        *request.method_mut() = http::Method::POST;
        request
    };
    let ask = |method, headers: &'static str| {
        preflight(&[(ORIGIN, "https://app.reasons.test"), (ACRM, method), (ACRH, headers)])
    };
    let table = [
        (
            layer(app),
            get(&[(ORIGIN, "http://app.reasons.test")]),
            r#"INFO tower_cors: refused: no rule allows the origin code="origin-not-allowed" kind="cors" origin="http://app.reasons.test" nearest="http://app.reasons.test" is refused; "https://app.reasons.test" is allowed: the scheme differs; allow "http://app.reasons.test", too, if pages have it count=1"#,
        ),
        (
            layer(app),
            preflight(&[(ORIGIN, "https://stranger.test"), (ACRM, "PUT")]),
            r#"INFO tower_cors: refused: no rule allows the origin code="origin-not-allowed" kind="cors-preflight" origin="https://stranger.test" count=1"#,
        ),
        (
            layer(app),
            get(&[(ORIGIN, "https://app.reasons.test/")]),
            r#"INFO tower_cors: refused: no browser sends this Origin code="invalid-origin" kind="cors" origin="https://app.reasons.test/" nearest="https://app.reasons.test/" is refused; "https://app.reasons.test" is allowed: no browser writes an origin like that; let the client send "https://app.reasons.test" count=1"#,
        ),
        (
            layer(app),
            get(&[(ORIGIN, "null")]),
            r#"INFO tower_cors: refused: the origin is opaque (null), and no rule allows that code="null-origin" kind="cors" origin="null" count=1"#,
        ),
        (
            layer(app),
            get(&[(ORIGIN, "https://a.test"), (ORIGIN, "https://b.test")]),
            r#"INFO tower_cors: refused: the request has more than one Origin header code="several-origins" kind="cors" origin="" count=1"#,
        ),
        (
            layer(app),
            ask("patch", ""),
            r#"INFO tower_cors: refused: the method patch is not allowed code="method-not-allowed" kind="cors-preflight" origin="https://app.reasons.test" method="patch" nearest="patch" is refused; "PATCH" is allowed: methods differ if their case does; let the page ask for "PATCH" count=1"#,
        ),
        (
            layer(app),
            ask("GET, PUT", ""),
            r#"INFO tower_cors: refused: Access-Control-Request-Method is not one method of at most 64 bytes code="invalid-method" kind="cors-preflight" origin="https://app.reasons.test" method="GET, PUT" count=1"#,
        ),
        (
            layer(app),
            ask("PATCH", "x-a,x-b"),
            r#"INFO tower_cors: refused: the request header x-b is not allowed code="header-not-allowed" kind="cors-preflight" origin="https://app.reasons.test" header="x-b" count=1"#,
        ),
        (
            layer(app),
            ask("PATCH", "x a"),
            r#"INFO tower_cors: refused: Access-Control-Request-Headers is not a list of header names code="invalid-headers" kind="cors-preflight" origin="https://app.reasons.test" count=1"#,
        ),
        (
            own.clone(),
            post(&[("host", "evil.test"), (ORIGIN, "http://evil.test")]),
            r#"INFO tower_cors: refused: the request was sent to a host that own_hosts() does not name code="foreign-host" kind="cors" origin="http://evil.test" count=1"#,
        ),
        (
            own,
            post(&[("host", "api.reasons.test"), (ORIGIN, "https://other.test")]),
            r#"INFO tower_cors: refused: no rule allows the origin, and it is not one of the server's own: allow it, or name its host in own_hosts() code="foreign-page" kind="cors" origin="https://other.test" count=1"#,
        ),
    ];
    for (layer, request, expected) in table {
        assert_eq!(said(&layer, request), [expected]);
    }
}

#[test]
fn the_same_once_a_minute() {
    let layer = layer(&["https://app.same.test"]);
    let request = || get(&[(ORIGIN, "https://stranger.same.test")]);
    assert_eq!(said(&layer, request()).len(), 1);
    assert_eq!(said(&layer, request()), [""; 0]);
    // Of the same origin, another reason is another line.
    let ask = preflight(&[(ORIGIN, "https://app.same.test"), (ACRM, "PUT")]);
    assert_eq!(said(&layer, ask).len(), 1);
}

#[test]
fn what_is_allowed_is_not_news() {
    let layer = layer(&["https://app.allowed.test"]);
    let ask = &[(ORIGIN, "https://app.allowed.test"), (ACRM, "PATCH"), (ACRH, "x-a")];
    assert_eq!(said(&layer, get(&ask[..1])), [""; 0]);
    assert_eq!(said(&layer, preflight(ask)), [""; 0]);
    assert_eq!(said(&layer, get(&[])), [""; 0]);
}

/// Browsers send `Origin` with every POST, also to the page's own server.
#[test]
fn nor_is_the_servers_own_page() {
    let layer = layer(&["https://app.own.test"]);
    for lines in [
        &[("host", "api.own.test"), (ORIGIN, "https://api.own.test")][..],
        &[("sec-fetch-site", "same-origin"), (ORIGIN, "https://else.own.test")],
    ] {
        assert_eq!(said(&layer, get(lines)), [""; 0], "{lines:?}");
    }
    let foreign = &[("sec-fetch-site", "same-site"), (ORIGIN, "https://api.own.test")];
    assert_eq!(said(&layer, get(foreign)).len(), 1);
}

#[test]
fn nothing_can_be_forged() {
    let layer = layer(&["https://app.forged.test"]);
    let forged = "https://x\" count=7\u{1b}[31m\u{85}INFO tower_cors: allowed";
    let mut request = get(&[]);
    // A header value has no line breaks; all else that a terminal or a parser could take amiss.
    let bytes: Vec<u8> = forged.bytes().filter(|byte| *byte >= b' ').collect();
    request.headers_mut().insert(ORIGIN, http::HeaderValue::from_bytes(&bytes).unwrap());
    let lines = said(&layer, request);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert!(
        line.contains(r#"origin="https://x\" count=7[31m\xc2\x85INFO tower_cors: allowed""#),
        "{line}"
    );
    assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
    let long = format!("https://{}.forged.test", "a".repeat(60_000));
    let lines = said(&layer, get(&[(ORIGIN, &long)]));
    assert!(lines[0].len() < 500, "{}", lines[0].len());
    assert!(lines[0].contains("... (60020 bytes)"), "{}", lines[0]);
}
