//! `Access-Control-Request-Headers`: the plain reading of a list, as RFC 9110 has it (S5).

use http::Method;
use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName,
    HeaderValue, ORIGIN,
};
use serde::Deserialize;
use tower_cors::{Policy, Refusal, RequestKind};

use super::{Comparison, read};

#[derive(Deserialize)]
struct Case {
    allowed: Vec<String>,
    lines: Vec<String>,
    spec_accept: bool,
}

const ORIGIN_OF_PAGE: &str = "https://app.example.com";

#[test]
fn every_case() {
    let mut comparison = Comparison::new([]);
    for case in read::<Case>(include_str!("../data/request-headers.json")) {
        comparison.case(format!("{:?} of {:?}", case.lines, case.allowed));
        let policies = [
            ("any origin", Policy::allow_any_origin().allow_headers(&case.allowed).build()),
            (
                "listed origin",
                Policy::allow_origins([ORIGIN_OF_PAGE])
                    .allow_credentials()
                    .allow_headers(&case.allowed)
                    .build(),
            ),
        ];
        for (policy_name, policy) in policies {
            let policy = policy.expect("the allowed names are right");
            let headers = preflight(&case.lines);
            let decision = policy.decide(&Method::OPTIONS, &headers);
            assert_eq!(decision.kind(), RequestKind::CorsPreflight);
            comparison.field(policy_name, &case.spec_accept, &decision.refusal().is_none());
            comparison.field("refusal", &expected_refusal(&case), &decision.refusal());
        }
    }
    comparison.finish(65);
}

fn preflight(lines: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ORIGIN, HeaderValue::from_static(ORIGIN_OF_PAGE));
    headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET"));
    for line in lines {
        let line = HeaderValue::from_str(line).expect("the line is a header's value");
        headers.append(ACCESS_CONTROL_REQUEST_HEADERS, line);
    }
    headers
}

/// The first name that is not allowed, by a second, simpler reading of the list. No case of the
/// corpus is over the limits on lines and bytes.
fn expected_refusal(case: &Case) -> Option<Refusal> {
    let list = case.lines.join(",");
    let mut names = list.split(',').map(|name| name.trim_matches([' ', '\t']));
    let refused = names.find(|name| !name.is_empty() && !case.allowed.iter().any(|a| a == name))?;
    Some(Refusal::HeaderNotAllowed(HeaderName::from_bytes(refused.as_bytes()).ok()?))
}
