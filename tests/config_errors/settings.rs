//! Setters add to what was set before; what is harmless but redundant is accepted and dropped.

use std::borrow::Cow;
use std::time::Duration;

use http::Method;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use tower_cors::{OriginPattern, Policy, PolicyBuilder};

use super::{Built, NOTHING, any_origin, app, codes};

/// A policy, or what is wrong with it, as text.
fn listing(built: &Built) -> String {
    built.as_ref().map_or_else(ToString::to_string, ToString::to_string)
}

/// Two ways to build the same policy, and how it lists itself.
struct Row {
    name: &'static str,
    one: fn() -> Built,
    other: fn() -> Built,
    listing: &'static str,
}

const UNIONS: &[Row] = &[
    Row {
        name: "origins",
        one: || {
            Policy::allow_origins(["https://a.example"])
                .allow_origins(["https://b.example"])
                .build()
        },
        other: || Policy::allow_origins(["https://a.example", "https://b.example"]).build(),
        listing: "https://a.example, https://b.example",
    },
    Row {
        name: "methods",
        one: || any_origin().allow_methods(["PUT"]).allow_methods(["DELETE"]).build(),
        other: || any_origin().allow_methods(["DELETE", "PUT"]).build(),
        listing: "any origin; methods DELETE, PUT",
    },
    Row {
        name: "request headers",
        one: || any_origin().allow_headers(["x-a"]).allow_headers(["x-b"]).build(),
        other: || any_origin().allow_headers(["x-b", "x-a"]).build(),
        listing: "any origin; request headers x-a, x-b",
    },
    Row {
        name: "response headers",
        one: || any_origin().expose_headers(["x-a"]).expose_headers(["x-b"]).build(),
        other: || any_origin().expose_headers(["x-b", "x-a"]).build(),
        listing: "any origin; exposed headers x-a, x-b",
    },
    Row {
        name: "nothing added",
        one: || {
            any_origin()
                .allow_methods(NOTHING)
                .allow_headers(NOTHING)
                .expose_headers(NOTHING)
                .build()
        },
        other: || any_origin().build(),
        listing: "any origin",
    },
    Row {
        name: "switches set twice",
        one: || {
            app()
                .allow_credentials()
                .allow_credentials()
                .allow_any_method()
                .allow_any_method()
                .build()
        },
        other: || app().allow_any_method().allow_credentials().build(),
        listing: "https://a.example; credentials; methods any",
    },
];

const DROPPED: &[Row] = &[
    Row {
        name: "safelisted methods (S14), but not OPTIONS",
        one: || any_origin().allow_methods(["GET", "HEAD", "OPTIONS", "POST"]).build(),
        other: || any_origin().allow_methods([Method::OPTIONS]).build(),
        listing: "any origin; methods OPTIONS",
    },
    Row {
        name: "safelisted response headers (S14)",
        one: || {
            any_origin()
                .expose_headers([
                    "Cache-Control",
                    "Content-Language",
                    "Content-Length",
                    "Content-Type",
                ])
                .expose_headers(["Expires", "Last-Modified", "Pragma", "ETag"])
                .build()
        },
        other: || any_origin().expose_headers(["etag"]).build(),
        listing: "any origin; exposed headers etag",
    },
    Row {
        name: "safelisted request headers are kept: some of their values are not (S14)",
        one: || any_origin().allow_headers(["Accept", "Content-Type", "Range"]).build(),
        other: || any_origin().allow_headers(["range", "accept", "content-type"]).build(),
        listing: "any origin; request headers accept, content-type, range",
    },
    Row {
        name: "duplicates; case makes methods different, and header names not (S4, S5)",
        one: || {
            Policy::allow_origins(["https://a.example", "https://a.example"])
                .allow_methods(["PATCH", "patch", "PATCH"])
                .allow_headers(["x-a", "X-A"])
                .expose_headers(["X-B", "x-b"])
                .max_age(Duration::from_secs(60))
                .max_age(Duration::from_secs(60))
                .build()
        },
        other: || {
            app()
                .allow_methods(["PATCH", "patch"])
                .allow_headers(["x-a"])
                .expose_headers(["x-b"])
                .max_age(Duration::from_secs(60))
                .build()
        },
        listing: "https://a.example; methods PATCH, patch; request headers x-a; exposed headers \
                  x-b; max-age 60 s",
    },
    Row {
        name: "names beside any (S12)",
        one: || {
            any_origin()
                .allow_any_method()
                .allow_methods(["PUT"])
                .allow_headers(["x-a", "Authorization"])
                .allow_any_header()
                .expose_any_header()
                .expose_headers(["x-a"])
                .build()
        },
        other: || any_origin().allow_any_method().allow_any_header().expose_any_header().build(),
        listing: "any origin; methods any; request headers any; exposed headers any",
    },
    Row {
        name: "names beside any, with credentials: what is asked for is echoed (S10)",
        one: || app().allow_credentials().allow_any_header().allow_headers([AUTHORIZATION]).build(),
        other: || app().allow_any_header().allow_credentials().build(),
        listing: "https://a.example; credentials; request headers any",
    },
];

#[test]
fn setters_add() {
    check(UNIONS);
}

#[test]
fn what_is_redundant_is_dropped() {
    check(DROPPED);
}

fn check(rows: &[Row]) {
    for Row { name, one, other, listing: expected } in rows {
        assert_eq!(one(), other(), "{name}");
        assert_eq!(listing(&one()), *expected, "{name}");
        assert_eq!(listing(&other()), *expected, "{name}");
    }
}

/// To allow all does not make a wrong name right.
#[test]
fn names_beside_any_are_checked() {
    let built = any_origin()
        .allow_any_method()
        .allow_methods(["put"])
        .allow_any_header()
        .allow_headers(["cookie"])
        .expose_any_header()
        .expose_headers(["set-cookie"])
        .build();
    let expected = ["unnormalized-method", "forbidden-request-header", "forbidden-response-header"];
    assert_eq!(codes(&built), expected);
}

/// The table of entries in the documentation of `Entry`.
#[test]
#[expect(clippy::needless_borrows_for_generic_args, reason = "they are to be tried")]
fn text_and_values_mean_the_same() {
    const ORIGIN: OriginPattern = OriginPattern::from_static("https://a.example");
    const NAME: HeaderName = HeaderName::from_static("x-a");
    let texts = (String::from("https://a.example"), String::from("PUT"), String::from("x-a"));
    let (origin, method, name) = (texts.0.as_str(), texts.1.as_str(), texts.2.as_str());
    let build = |origins: PolicyBuilder<_>| {
        origins.allow_methods([method]).allow_headers([name]).expose_headers([name]).build()
    };
    let expected = build(app());
    assert_eq!(codes(&expected), NOTHING);
    let each = [
        build(Policy::allow_origins(&[origin])),
        build(Policy::allow_origins([&texts.0])),
        build(Policy::allow_origins([texts.0.clone()])),
        build(Policy::allow_origins([Cow::Borrowed(origin)])),
        build(Policy::allow_origins([ORIGIN])),
        build(Policy::allow_origins([&ORIGIN])),
        build(Policy::allow_origins([HeaderValue::from_static("https://a.example")])),
        build(Policy::allow_origins([&HeaderValue::from_static("https://a.example")])),
        build(Policy::allow_origins([" https://a.example\n"])),
        app().allow_methods([" PUT"]).allow_headers(["x-a\t"]).expose_headers([" x-a "]).build(),
        app().allow_methods(&[method]).allow_headers(&[name]).expose_headers(&[name]).build(),
        app()
            .allow_methods([&texts.1])
            .allow_headers([&texts.2])
            .expose_headers([&texts.2])
            .build(),
        app()
            .allow_methods([Cow::Borrowed(method)])
            .allow_headers([Cow::Borrowed(name)])
            .expose_headers([Cow::Borrowed(name)])
            .build(),
        app().allow_methods([Method::PUT]).allow_headers([NAME]).expose_headers([NAME]).build(),
        app().allow_methods([&Method::PUT]).allow_headers([&NAME]).expose_headers([&NAME]).build(),
    ];
    for (index, built) in each.iter().enumerate() {
        assert_eq!(*built, expected, "form {index}");
    }
}

/// S20: absent, zero and the longest are all different, and all right.
#[test]
fn max_ages() {
    let built = |seconds| any_origin().max_age(Duration::from_secs(seconds)).build();
    assert_eq!(listing(&built(0)), "any origin; max-age 0 s");
    assert_eq!(listing(&built(86_400)), "any origin; max-age 86400 s");
    assert_ne!(built(0), any_origin().build());
}

/// Set again to the same, it is the same mistake.
#[test]
fn a_wrong_max_age_is_one_mistake() {
    let twice = |max_age| any_origin().max_age(max_age).max_age(max_age).build();
    assert_eq!(codes(&twice(Duration::from_secs(86_401))), ["max-age-too-long"]);
    assert_eq!(codes(&twice(Duration::from_millis(1))), ["max-age-not-whole-seconds"]);
}

/// Pattern, its rule, and the pattern that covers it with its rule.
type Covered = (&'static str, usize, &'static str, usize);

#[test]
fn covered_patterns_are_named() {
    let policy = Policy::allow_origins([
        "https://b.a.example",
        "https://*.a.example",
        "https://*.b.a.example",
        "http://localhost:3000",
        "http://localhost",
        "https://a.example",
        "https://a.example",
    ])
    .allow_origins(["http://localhost:*"])
    .or(Policy::allow_origins(["https://c.a.example", "https://c.example", "https://a.example"]))
    .build()
    .expect("redundant patterns are harmless");
    let redundant: Vec<_> = policy
        .redundant_origins()
        .iter()
        .map(|one| (one.pattern.as_str(), one.rule, one.covered_by.as_str(), one.covered_by_rule))
        .collect();
    let expected: [Covered; 7] = [
        ("https://b.a.example", 0, "https://*.a.example", 0),
        ("https://*.b.a.example", 0, "https://*.a.example", 0),
        ("http://localhost:3000", 0, "http://localhost:*", 0),
        ("http://localhost", 0, "http://localhost:*", 0),
        ("https://a.example", 0, "https://a.example", 0),
        ("https://c.a.example", 1, "https://*.a.example", 0),
        ("https://a.example", 1, "https://a.example", 0),
    ];
    assert_eq!(redundant, expected);
    assert_eq!(
        policy.to_string(),
        "http://localhost:*, https://*.a.example, https://a.example\nhttps://c.example"
    );
}
