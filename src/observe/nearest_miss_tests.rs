use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderMap, HeaderValue};

use super::NearestMissKind as Kind;
use super::*;
use crate::Policy;

fn origin_header(origin: &str) -> HeaderMap {
    HeaderMap::from_iter([(ORIGIN, HeaderValue::try_from(origin).unwrap())])
}

fn near(patterns: &[&str], origin: &str) -> Option<(Kind, String)> {
    let policy = Policy::allow_origins(patterns.iter().copied()).build().unwrap();
    let headers = origin_header(origin);
    let miss = policy.decide(&Method::GET, &headers).nearest_miss()?;
    assert_eq!(miss.asked(), origin);
    Some((miss.kind(), miss.allowed().to_owned()))
}

#[test]
fn one_row_for_each_kind() {
    let table: &[(&[&str], &str, Kind, &str)] = &[
        (&["https://a.example"], "https://a.example/", Kind::Notation, "https://a.example"),
        (&["https://a.example"], "HTTPS://A.example", Kind::Notation, "https://a.example"),
        (&["https://a.example"], "https://a.example/x?y", Kind::Notation, "https://a.example"),
        (&["http://a.example"], "https://a.example", Kind::Scheme, "http://a.example"),
        (
            &["https://a.example:8443"],
            "http://a.example:8443",
            Kind::Scheme,
            "https://a.example:8443",
        ),
        (&["https://*.a.example"], "http://b.a.example", Kind::Scheme, "https://b.a.example"),
        (&["https://a.example"], "https://a.example:8443", Kind::Port, "https://a.example"),
        (&["https://a.example:8443"], "https://a.example", Kind::Port, "https://a.example:8443"),
        (
            &["https://a.example:8443"],
            "https://a.example:9443",
            Kind::Port,
            "https://a.example:8443",
        ),
        (&["https://*.a.example"], "https://b.a.example:1", Kind::Port, "https://b.a.example"),
        (&["http://localhost:3000"], "http://localhost:5174", Kind::Port, "http://localhost:3000"),
        (
            &["http://localhost:3000"],
            "http://127.0.0.1:3000",
            Kind::Loopback,
            "http://localhost:3000",
        ),
        (&["http://[::1]:*"], "http://localhost:3000", Kind::Loopback, "http://[::1]:3000"),
        (&["https://www.a.example"], "https://a.example", Kind::Www, "https://www.a.example"),
        (&["https://a.example"], "https://www.a.example", Kind::Www, "https://a.example"),
        (&["https://a.example"], "https://c.b.a.example", Kind::Subdomain, "https://a.example"),
        (
            &["https://pr-*.a.example"],
            "https://x.pr-1.a.example",
            Kind::Subdomain,
            "https://pr-1.a.example",
        ),
        (&["https://*.a.example"], "https://a.example", Kind::Apex, "https://*.a.example"),
        (&["https://*.a.example:*"], "https://a.example:1", Kind::Apex, "https://*.a.example:1"),
        (
            &["https://app.exmaple.com"],
            "https://app.example.com",
            Kind::OneEdit,
            "https://app.exmaple.com",
        ),
        (
            &["https://ap.example.com"],
            "https://app.example.com",
            Kind::OneEdit,
            "https://ap.example.com",
        ),
        (
            &["https://apps.example.com"],
            "https://app.example.com",
            Kind::OneEdit,
            "https://apps.example.com",
        ),
        (
            &["https://bpp.example.com"],
            "https://app.example.com",
            Kind::OneEdit,
            "https://bpp.example.com",
        ),
    ];
    for (patterns, origin, kind, allowed) in table {
        let expected = Some((*kind, (*allowed).to_owned()));
        assert_eq!(near(patterns, origin), expected, "{patterns:?}, {origin}");
    }
}

#[test]
fn nothing_is_near_where_nothing_is() {
    for (patterns, origin) in [
        (&["https://a.example"][..], "https://other.test"),
        (&["https://a.example"], "null"),
        (&["https://a.example"], "not an origin"),
        // Allowed, so there is nothing to look for.
        (&["https://a.example", "http://a.example"], "http://a.example"),
        // Two edits.
        (&["https://app.example.com"], "https://bpq.example.com"),
        (&["https://app.example.com"], "https://.example.com"),
    ] {
        assert_eq!(near(patterns, origin), None, "{patterns:?}, {origin}");
    }
    let headers = origin_header("https://a.example");
    assert_eq!(Policy::disabled().decide(&Method::GET, &headers).nearest_miss(), None);
    assert_eq!(Policy::deny_all().decide(&Method::GET, &headers).nearest_miss(), None);
}

#[test]
fn the_first_kind_wins() {
    let both = &["https://a.example:1", "http://a.example"];
    assert_eq!(near(both, "https://a.example").unwrap().0, Kind::Scheme);
    let both = &["https://*.a.example", "https://a.exampl"];
    assert_eq!(near(both, "https://a.example").unwrap().0, Kind::Apex);
}

#[test]
fn a_method_in_another_case() {
    let policy = Policy::allow_origins(["https://a.example"]).allow_methods(["PATCH"]);
    let policy = policy.build().unwrap();
    let near = |method: &str| {
        let mut headers = origin_header("https://a.example");
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::try_from(method).unwrap());
        let miss = policy.decide(&Method::OPTIONS, &headers).nearest_miss();
        miss.map(|miss| miss.to_string())
    };
    let expected = "\"patch\" is refused; \"PATCH\" is allowed: methods differ if their case does; \
                    let the page ask for \"PATCH\"";
    assert_eq!(near("patch").as_deref(), Some(expected));
    assert_eq!(near("PUT"), None);
    assert_eq!(near("PATCH"), None);
}

#[test]
fn what_was_sent_is_escaped() {
    let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
    let headers = origin_header("https://a.example/\"\\");
    let miss = policy.decide(&Method::GET, &headers).nearest_miss().unwrap();
    assert!(miss.to_string().starts_with(r#""https://a.example/\"\\" is refused"#), "{miss}");
}

/// However large the policy is, and whatever is asked.
#[test]
fn the_work_is_bounded() {
    let others = |number| (0..number).map(|index| format!("https://tenant-{index}.other.test"));
    for number in [MAX_COMPARED - 1, 100_000] {
        let patterns = others(number).chain(["https://app.example.com".to_owned()]);
        let policy = Policy::allow_origins(patterns).build().unwrap();
        let headers = origin_header("https://apq.example.com");
        let found = policy.decide(&Method::GET, &headers).nearest_miss();
        // The settings are kept sorted, so the one that is near comes first.
        assert_eq!(found.unwrap().kind(), Kind::OneEdit);
        let headers = origin_header("https://tenant-99999.otherr.test");
        assert_eq!(policy.decide(&Method::GET, &headers).nearest_miss(), None);
    }
    let long = "a.".repeat(126);
    for host in ["localhost", "127.0.0.1", "[::1]", "www.a.b.c.d.e.f.g", &long[..251]] {
        let origin = format!("https://{host}:1");
        let lookups = rewritten(&Origin::parse(origin.as_bytes()).unwrap()).len();
        assert!(lookups <= MAX_LOOKUPS, "{origin}: {lookups}");
    }
}
