//! Who listens to decisions is told of each request once, in order, and before it reaches the
//! application; or, where the policy is looked up, when it is known.

use std::sync::{Arc, Mutex};

use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Decision, Refusal};

use crate::common::{ACRM, ORIGIN, get, now, preflight};
use crate::under_way::{UnderWay, start};
use crate::{APP, policy};

type Told = Arc<Mutex<Vec<String>>>;

fn listener(name: &'static str, told: &Told) -> impl Fn(&Decision<'_>) + Send + Sync + use<> {
    let told = Arc::clone(told);
    move |decision: &Decision<'_>| {
        let refusal = decision.refusal();
        let code = refusal.as_ref().map_or("allowed", Refusal::code);
        told.lock().unwrap().push(format!("{name}: {} {code}", decision.method()));
    }
}

#[test]
fn before_the_application_and_in_order() {
    let told = Told::default();
    let layer = CorsLayer::new(policy());
    let layer = layer.on_decision(listener("first", &told)).on_decision(listener("second", &told));
    let inner = Arc::clone(&told);
    let mut service = layer.layer(service_fn(move |_: http::Request<()>| {
        inner.lock().unwrap().push("application".to_owned());
        std::future::ready(Ok::<_, ()>(http::Response::new(())))
    }));
    drop(now(service.call(get(&[(ORIGIN, "https://stranger.example")]))));
    drop(now(service.call(preflight(&[(ORIGIN, APP), (ACRM, "PUT")]))));
    assert_eq!(
        *told.lock().unwrap(),
        [
            "first: GET origin-not-allowed",
            "second: GET origin-not-allowed",
            "application",
            "first: OPTIONS allowed",
            "second: OPTIONS allowed",
        ]
    );
}

#[test]
fn when_the_policy_is_known() {
    for is_preflight in [false, true] {
        let lines = &[(ORIGIN, "https://stranger.example"), (ACRM, "PUT")];
        let request = if is_preflight { preflight(lines) } else { get(lines) };
        let told = Told::default();
        let layer = |layer: CorsLayer<_>| layer.on_decision(listener("it", &told));
        let UnderWay { mut task, lookup, .. } = start(request, &[], layer);
        assert!(task.poll().is_pending());
        assert_eq!(told.lock().unwrap().len(), 0);
        lookup.open(policy());
        assert_eq!(task.poll().is_ready(), is_preflight);
        assert_eq!(told.lock().unwrap().len(), 1);
        assert!(told.lock().unwrap()[0].ends_with(" origin-not-allowed"));
    }
}
