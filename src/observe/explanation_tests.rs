use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HeaderValue};
use http::{HeaderMap, Method};

use super::*;
use crate::{Policy, PolicyRules};

fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

fn explained(policy: &Policy, method: &Method, lines: &[(HeaderName, &str)]) -> String {
    policy.decide(method, &headers(lines)).to_string()
}

#[test]
fn a_preflight_that_is_refused_for_a_header() {
    let policy = Policy::allow_origins(["https://a.example"])
        .or(Policy::allow_origins(["https://*.b.example"]).allow_methods(["PUT"]))
        .build()
        .unwrap();
    let lines = &[
        (ORIGIN, "https://x.b.example"),
        (ACCESS_CONTROL_REQUEST_METHOD, "PUT"),
        (ACCESS_CONTROL_REQUEST_HEADERS, "x-a"),
    ];
    assert_eq!(
        explained(&policy, &Method::OPTIONS, lines),
        "\
A CORS-preflight request from \"https://x.b.example\", which asks for the method \"PUT\" and the headers \"x-a\".
rules[0] (https://a.example) does not cover the origin.
rules[1] (https://*.b.example) covers the origin.
Refused (header-not-allowed): the request header x-a is not allowed.
The layer answers 204, with:
  access-control-allow-origin: \"https://x.b.example\"
  access-control-allow-methods: \"GET, HEAD, POST, PUT\"
  vary: \"origin, access-control-request-method\""
    );
}

#[test]
fn a_stranger() {
    let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
    assert_eq!(
        explained(&policy, &Method::GET, &[(ORIGIN, "http://a.example\u{202e}\"")]),
        "\
A CORS request with method \"GET\", from \"http://a.example\\xe2\\x80\\xae\\\"\".
rules[0] (https://a.example) does not cover the origin.
Refused (invalid-origin): no browser sends this Origin.
The application answers; its response gets:
  vary: \"origin\""
    );
}

#[test]
fn a_near_miss() {
    let policy = Policy::allow_origins(["https://a.example"]).build().unwrap();
    let explained = explained(&policy, &Method::GET, &[(ORIGIN, "http://a.example")]);
    assert!(explained.contains("\nNearest: \"http://a.example\" is refused; "), "{explained}");
}

#[test]
fn others_than_cors_requests() {
    let any = Policy::allow_any_origin().build().unwrap();
    let own = "A request with method \"GET\", without Origin.\n";
    let gets = "The application answers; its response gets";
    assert_eq!(
        explained(&any, &Method::GET, &[]),
        format!("{own}{gets}:\n  access-control-allow-origin: \"*\"")
    );
    assert_eq!(
        explained(&Policy::disabled(), &Method::GET, &[]),
        format!("{own}The policy is disabled: the layer does nothing.")
    );
    assert_eq!(
        explained(&any, &Method::GET, &[(ORIGIN, "null")]),
        format!(
            "A CORS request with method \"GET\", from \"null\".\n\
             rules[0] (any origin) covers the origin.\n\
             {gets}:\n  access-control-allow-origin: \"*\""
        )
    );
}

/// However large the policy is, and whatever is sent.
#[test]
fn it_stays_short() {
    let rule = |rule: usize| {
        Policy::allow_origins((0..100).map(|index| format!("https://{rule}.{index}.example")))
    };
    let rules = (1..40).fold(PolicyRules::from(rule(0)), |rules, index| rules.or(rule(index)));
    let long = "x".repeat(4000);
    let lines: Vec<_> = (0..50).map(|_| (ORIGIN, long.as_str())).collect();
    let explained = explained(&rules.build().unwrap(), &Method::GET, &lines);
    assert!(
        explained.contains("https://0.10.example, https://0.11.example, 96 more)"),
        "{explained}"
    );
    assert!(explained.contains(" and 46 more.\n"), "{explained}");
    assert!(explained.contains("\n... and so on, up to rules[39].\n"), "{explained}");
    assert!(explained.len() < 6000, "{}", explained.len());
}
