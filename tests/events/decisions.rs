//! Every decision, at `DEBUG`, and what is asked of nobody.

use tower::Layer;
use tower_cors::{CorsLayer, Policy};

use crate::common::{ACRM, ORIGIN, get, preflight, send};
use crate::printed;

fn policy() -> Policy {
    Policy::allow_origins(["https://app.debug.test"]).build().unwrap()
}

#[test]
fn every_one() {
    let layer = CorsLayer::new(policy());
    let lines = printed("tower_cors=debug", || {
        drop(send(&layer, get(&[])));
        drop(send(&layer, get(&[(ORIGIN, "https://app.debug.test")])));
        drop(send(&layer, preflight(&[(ORIGIN, "https://app.debug.test"), (ACRM, "PUT")])));
        drop(send(&layer, get(&[("host", "own.debug.test"), (ORIGIN, "https://own.debug.test")])));
    });
    let expected = [
        r#"DEBUG tower_cors: decided kind="not-cors" method="GET" origin="""#,
        r#"DEBUG tower_cors: decided kind="cors" method="GET" origin="https://app.debug.test" rule=0"#,
        r#"DEBUG tower_cors: decided kind="cors-preflight" method="OPTIONS" origin="https://app.debug.test" rule=0 code="method-not-allowed""#,
        r#"INFO tower_cors: refused: the method PUT is not allowed code="method-not-allowed" kind="cors-preflight" origin="https://app.debug.test" method="PUT" count=1"#,
        r#"DEBUG tower_cors: decided kind="cors" method="GET" origin="https://own.debug.test" code="origin-not-allowed""#,
    ];
    assert_eq!(lines, expected);
}

#[test]
fn none_where_nobody_asks() {
    let layer = CorsLayer::new(policy());
    for filter in ["off", "info,tower_cors=off", "warn"] {
        let request = get(&[(ORIGIN, "https://filtered.debug.test")]);
        assert_eq!(printed(filter, || drop(send(&layer, request))), [""; 0], "{filter}");
    }
}

/// axum makes a service for every route, or even for every request.
#[test]
fn none_when_a_policy_is_built_or_a_service_wrapped() {
    let lines = printed("trace", || drop(CorsLayer::new(policy()).layer(())));
    assert_eq!(lines, [""; 0]);
}
