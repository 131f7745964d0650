//! Whoever drops a response future drops everything that it waits for.

use http::Request;
use tower::{Layer, Service};
use tower_cors::CorsLayer;

use crate::common::gate::{Key, gate};
use crate::common::{ACRM, ORIGIN, get, preflight, response};
use crate::under_way::{Task, UnderWay, start};
use crate::{APP, policy};

#[test]
fn the_inner_future() {
    let (inner, future) = gate::<Result<http::Response<&str>, ()>>();
    let mut future = Some(future);
    let service = tower::service_fn(|_: Request<()>| future.take().unwrap());
    let mut service = CorsLayer::new(policy()).layer(service);
    let mut task = Task::new(service.call(get(&[(ORIGIN, APP)])));
    assert!(task.poll().is_pending());
    assert!(!inner.is_dropped());
    drop(task);
    assert!(inner.is_dropped());
}

#[test]
fn the_inner_future_and_the_lookup() {
    for polled in [false, true] {
        let UnderWay { mut task, lookup, inner, .. } = start(get(&[(ORIGIN, APP)]), &[], |l| l);
        if polled {
            assert!(task.poll().is_pending());
        }
        assert!(!inner.is_dropped() && !lookup.is_dropped());
        drop(task);
        assert!(inner.is_dropped() && lookup.is_dropped());
    }
}

#[test]
fn with_one_of_the_two_ready() {
    let open_one: [fn(&UnderWay); 2] = [
        |under_way| under_way.lookup.open(policy()),
        |under_way| under_way.inner.open(Ok(response(200, &[]))),
    ];
    for open in open_one {
        let mut under_way = start(get(&[(ORIGIN, APP)]), &[], |layer| layer);
        open(&under_way);
        assert!(under_way.task.poll().is_pending());
        let UnderWay { task, lookup, inner, .. } = under_way;
        drop(task);
        assert!(inner.is_dropped() && lookup.is_dropped());
    }
}

#[test]
fn the_lookup_of_a_preflight() {
    let request = preflight(&[(ORIGIN, APP), (ACRM, "PUT")]);
    let UnderWay { mut task, lookup, called, .. } = start(request, &[], |layer| layer);
    assert!(task.poll().is_pending());
    assert!(!lookup.is_dropped());
    drop(task);
    assert!(lookup.is_dropped());
    assert!(called.borrow().is_empty());
}

/// Nobody waits for a policy that nobody needs.
#[test]
fn the_lookup_goes_with_a_failed_request() {
    let under_way = start(get(&[(ORIGIN, APP)]), &[], |layer| layer);
    under_way.inner.open(Err(crate::under_way::Wrong(Box::new(0))));
    let lookup: &Key<_> = &under_way.lookup;
    assert!(under_way.task.finish().is_err());
    assert!(lookup.is_dropped());
}
