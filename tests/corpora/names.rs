//! Methods and header names: valid, safelisted, normalized, forbidden, out of place.

use http::{HeaderName, Method};
use serde::Deserialize;
use serde_json::Value;
use tower_cors::{BuildError, ConfigError, ConfigErrorKind, Policy};

use super::{Comparison, codes, read};

#[derive(Deserialize)]
struct Case {
    table: String,
    name: String,
    /// Whether the name is what the table is about, or its normal form.
    want: Value,
}

type Built = Result<Policy, BuildError>;

#[test]
fn every_case() {
    let mut comparison = Comparison::new([]);
    for Case { table, name, want } in read::<Case>(include_str!("../data/names.json")) {
        comparison.case(format!("{table} {name:?}"));
        let (methods, headers, exposed) = (methods(&name), headers(&name), exposed(&name));
        let is = |built: &Built, code| codes(built) == [code];
        let not = |built: &Built, code| !is(built, code) && !is(built, "empty-entry");
        let here: Value = match table.as_str() {
            "m-valid" => not(&methods, "invalid-method").into(),
            "m-forbidden" => is(&methods, "forbidden-method").into(),
            // S14: always allowed, so it is accepted and not listed.
            "m-safelisted" => lists_nothing(&methods).into(),
            "m-normalize" => normal_form(&name, &methods).into(),
            "h-valid" => {
                let valid = not(&headers, "invalid-header-name");
                let exposable = not(&exposed, "invalid-header-name");
                comparison.field("response header", &valid, &exposable);
                valid.into()
            }
            "req-forbidden" => is(&headers, "forbidden-request-header").into(),
            "req-prohibited" => is(&headers, "misplaced-request-header").into(),
            "res-forbidden" => is(&exposed, "forbidden-response-header").into(),
            "res-prohibited" => is(&exposed, "misplaced-response-header").into(),
            "res-safelisted" => lists_nothing(&exposed).into(),
            _ => panic!("there is no check for the table {table}"),
        };
        comparison.field("want", &want, &here);
        compare_typed(&mut comparison, &name, &[methods, headers, exposed]);
    }
    comparison.finish(83);
}

fn methods(name: &str) -> Built {
    Policy::allow_any_origin().allow_methods([name]).build()
}

fn headers(name: &str) -> Built {
    Policy::allow_any_origin().allow_headers([name]).build()
}

fn exposed(name: &str) -> Built {
    Policy::allow_any_origin().expose_headers([name]).build()
}

/// Whether a policy was built as if the setting had not been made.
fn lists_nothing(built: &Built) -> bool {
    *built == Policy::allow_any_origin().build()
}

/// S4: a method that browsers normalize is refused in any other form.
fn normal_form(name: &str, built: &Built) -> String {
    let mistake = built.as_ref().err().and_then(|error| error.mistakes().next());
    match mistake.map(ConfigError::kind) {
        None => name.to_owned(),
        Some(ConfigErrorKind::UnnormalizedMethod { normalized, .. }) => normalized.clone(),
        Some(other) => format!("none: {other:?}"),
    }
}

/// A typed entry means what its text means.
fn compare_typed(
    comparison: &mut Comparison,
    name: &str,
    [methods, headers, exposed]: &[Built; 3],
) {
    let any = Policy::allow_any_origin;
    if let Ok(method) = Method::from_bytes(name.as_bytes()) {
        comparison.field("typed method", methods, &any().allow_methods([method]).build());
    }
    if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
        comparison.field("typed header", headers, &any().allow_headers([&name]).build());
        comparison.field("typed exposed", exposed, &any().expose_headers([name]).build());
    }
}
