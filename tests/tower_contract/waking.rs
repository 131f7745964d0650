//! A response future wakes its task when it can go on, whichever side lets it.

use std::task::Poll;

use tower::{Layer, Service};
use tower_cors::CorsLayer;

use crate::common::gate::gate;
use crate::common::{ACRM, ORIGIN, get, preflight, response};
use crate::under_way::{Task, UnderWay, start};
use crate::{APP, policy};

#[test]
fn by_the_inner_future() {
    let (key, future) = gate();
    let mut future = Some(future);
    let inner = tower::service_fn(|_: http::Request<()>| future.take().unwrap());
    let mut service = CorsLayer::new(policy()).layer(inner);
    let mut task = Task::new(service.call(get(&[(ORIGIN, APP)])));
    assert!(task.poll().is_pending());
    assert_eq!(task.wakes(), 0);
    key.open(Ok::<_, ()>(response(200, &[])));
    assert_eq!(task.wakes(), 1);
    assert!(task.poll().is_ready());
}

/// Both sides have the task's waker from the first poll, so that either order works.
#[test]
fn by_the_lookup_and_by_the_inner_future() {
    for lookup_first in [true, false] {
        let UnderWay { mut task, lookup, inner, .. } =
            start(get(&[(ORIGIN, APP)]), &[], |layer| layer);
        assert!(task.poll().is_pending());
        assert_eq!(task.wakes(), 0);
        if lookup_first {
            lookup.open(policy());
        } else {
            inner.open(Ok(response(200, &[])));
        }
        assert_eq!(task.wakes(), 1);
        assert!(task.poll().is_pending());
        if lookup_first {
            inner.open(Ok(response(200, &[])));
        } else {
            lookup.open(policy());
        }
        assert_eq!(task.wakes(), 2);
        assert!(matches!(task.poll(), Poll::Ready(Ok(_))));
    }
}

/// Both become ready between two polls: one poll sees both.
#[test]
fn by_both_at_once() {
    let UnderWay { mut task, lookup, inner, .. } = start(get(&[]), &[], |layer| layer);
    assert!(task.poll().is_pending());
    lookup.open(policy());
    inner.open(Ok(response(200, &[])));
    assert_eq!(task.wakes(), 2);
    assert!(task.poll().is_ready());
}

#[test]
fn by_the_lookup_of_a_preflight() {
    let request = preflight(&[(ORIGIN, APP), (ACRM, "PUT")]);
    let UnderWay { mut task, lookup, .. } = start(request, &[], |layer| layer);
    assert!(task.poll().is_pending());
    lookup.open(policy());
    assert_eq!(task.wakes(), 1);
    assert!(task.poll().is_ready());
}

/// The waker of the last poll counts, should the future move to another task.
#[test]
fn in_the_task_that_polled_last() {
    let UnderWay { mut task, lookup, inner, .. } = start(get(&[]), &[], |layer| layer);
    assert!(task.poll().is_pending());
    let mut other = task.moved();
    assert!(other.poll().is_pending());
    inner.open(Ok(response(200, &[])));
    lookup.open(policy());
    assert_eq!(other.wakes(), 2);
    assert!(other.poll().is_ready());
}
