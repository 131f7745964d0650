//! Readiness, clones and errors.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use tower::{Layer, Service, ServiceExt};
use tower_cors::{CorsLayer, Policy};
use tower_test::mock::{self, Mock};

use crate::common::{ACRM, INNER, ORIGIN, get, now, preflight, response};
use crate::under_way::{Task, Wrong};
use crate::{APP, policy};

type TestMock = Mock<Request<()>, Response<&'static str>>;

#[test]
fn the_inner_services_readiness_is_passed_on() {
    let (mut service, mut handle) = mock::spawn_layer(CorsLayer::new(policy()));
    let spawned: &mut mock::Spawn<tower_cors::Cors<TestMock>> = &mut service;
    handle.allow(0);
    assert!(spawned.poll_ready().is_pending());
    assert!(!spawned.is_woken());
    handle.allow(1);
    assert!(spawned.is_woken());
    assert!(spawned.poll_ready().map(|ready| ready.is_ok()) == Poll::Ready(true));
    // One reservation, one call.
    drop(spawned.call(get(&[(ORIGIN, APP)])));
    assert!(spawned.poll_ready().is_pending());
    handle.send_error("not any more");
    let Poll::Ready(Err(error)) = spawned.poll_ready() else { panic!("the error is passed on") };
    assert_eq!(error.to_string(), "not any more");
}

/// A preflight is answered from the layer's own: the reservation stays for the next request.
#[test]
fn a_preflight_never_calls_the_inner_service() {
    let (mut service, mut handle) = mock::spawn_layer(CorsLayer::new(policy()));
    let spawned: &mut mock::Spawn<tower_cors::Cors<TestMock>> = &mut service;
    handle.allow(1);
    for (origin, status) in [(APP, 204), ("https://stranger.example", 403)] {
        assert!(spawned.poll_ready().is_ready());
        let response = now(spawned.call(preflight(&[(ORIGIN, origin), (ACRM, "PUT")]))).unwrap();
        assert_eq!(response.status(), status);
        let mut next = Task::new(handle.next_request());
        assert!(next.poll().is_pending(), "the inner service got no request");
    }
    assert!(spawned.poll_ready().is_ready());
    let mut answer = Task::new(spawned.call(get(&[(ORIGIN, APP)])));
    let (_, reply) = now(handle.next_request()).unwrap();
    reply.send_response(response(200, &[]));
    let Poll::Ready(Ok(response)) = answer.poll() else { panic!("the response is there") };
    assert_eq!(*response.body(), INNER);
    assert!(spawned.poll_ready().is_pending());
}

/// What each `poll_ready` is to say, and whether a call is due.
struct Scripted {
    script: VecDeque<Poll<Result<(), Wrong>>>,
    reserved: bool,
    calls: Rc<Cell<usize>>,
}

impl Service<Request<()>> for Scripted {
    type Response = Response<&'static str>;
    type Error = Wrong;
    type Future = Ready<Result<Self::Response, Wrong>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Wrong>> {
        let next = self.script.pop_front().expect("it is asked once for each time asked");
        self.reserved = matches!(next, Poll::Ready(Ok(())));
        next
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        assert!(std::mem::take(&mut self.reserved), "it said that it is ready, once for each call");
        self.calls.set(self.calls.get() + 1);
        ready(Ok(response(200, &[])))
    }
}

#[test]
fn the_inner_service_is_asked_whether_it_is_ready_exactly_when_the_layers_is() {
    let wrong = Wrong(Box::new(1));
    let address: *const u8 = &raw const *wrong.0;
    let script = [
        Poll::Pending,
        Poll::Ready(Ok(())),
        Poll::Pending,
        Poll::Pending,
        Poll::Ready(Ok(())),
        Poll::Ready(Err(wrong)),
    ];
    let calls = Rc::default();
    let inner = Scripted { script: script.into(), reserved: false, calls: Rc::clone(&calls) };
    let mut service = CorsLayer::new(policy()).layer(inner);
    let cx = &mut Context::from_waker(Waker::noop());
    let left = |service: &tower_cors::Cors<Scripted>| service.get_ref().script.len();
    assert!(service.poll_ready(cx).is_pending());
    assert!(service.poll_ready(cx).is_ready());
    assert_eq!(left(&service), 4);
    drop(service.call(get(&[(ORIGIN, APP)])));
    assert_eq!((calls.get(), left(&service)), (1, 4));
    assert!(service.poll_ready(cx).is_pending());
    assert!(service.poll_ready(cx).is_pending());
    // Requests of the layer's own do not ask.
    drop(service.call(preflight(&[(ORIGIN, APP), (ACRM, "PUT")])));
    assert_eq!((calls.get(), left(&service)), (1, 2));
    assert!(service.poll_ready(cx).is_ready());
    drop(service.call(get(&[])));
    assert_eq!(calls.get(), 2);
    let Poll::Ready(Err(Wrong(error))) = service.poll_ready(cx) else { panic!("the error") };
    assert_eq!(&raw const *error, address, "the same error");
    assert!(service.into_inner().script.is_empty());
}

/// A rejected request does not reach the inner service, ready as it may be.
#[test]
fn a_rejected_request_never_calls_the_inner_service() {
    let calls = Rc::default();
    let script = [Poll::Ready(Ok(())), Poll::Ready(Ok(()))];
    let inner = Scripted { script: script.into(), reserved: false, calls: Rc::clone(&calls) };
    let mut service = CorsLayer::new(policy()).reject_disallowed_origins().layer(inner);
    let evil = get(&[(ORIGIN, "https://evil.example")]);
    let response = now(async { service.ready().await.unwrap().call(evil).await }).unwrap();
    assert_eq!((response.status().as_u16(), calls.get()), (403, 0));
    let listed = get(&[(ORIGIN, APP)]);
    let response = now(async { service.ready().await.unwrap().call(listed).await }).unwrap();
    assert_eq!((response.status().as_u16(), calls.get()), (200, 1));
}

/// An inner service that counts its own calls; a clone starts from none.
#[derive(Default)]
struct Counts(usize);

impl Clone for Counts {
    fn clone(&self) -> Self {
        Self(0)
    }
}

impl Service<Request<()>> for Counts {
    type Response = Response<&'static str>;
    type Error = Wrong;
    type Future = Ready<Result<Self::Response, Wrong>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Wrong>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        self.0 += 1;
        ready(Ok(response(200, &[])))
    }
}

#[test]
fn a_clone_is_independent() {
    let mut one = CorsLayer::new(policy()).layer(Counts::default());
    drop(one.call(get(&[])));
    let mut other = one.clone();
    drop(other.call(get(&[])));
    drop(other.call(get(&[])));
    one.get_mut().0 += 10;
    assert_eq!((one.get_ref().0, other.get_ref().0), (11, 2));
    drop(one);
    let response = now(other.oneshot(get(&[(ORIGIN, APP)]))).unwrap();
    assert!(response.headers().contains_key("access-control-allow-origin"));
}

#[test]
fn errors_pass_untouched() {
    for policy in [policy(), Policy::disabled(), Policy::allow_any_origin().build().unwrap()] {
        for lines in [&[][..], &[(ORIGIN, APP)], &[(ORIGIN, "https://evil.example")]] {
            let wrong = Wrong(Box::new(7));
            let address: *const u8 = &raw const *wrong.0;
            let mut wrong = Some(wrong);
            let inner = tower::service_fn(move |_: Request<()>| {
                ready(Err::<Response<&str>, _>(wrong.take().unwrap()))
            });
            let error = now(CorsLayer::new(policy.clone()).layer(inner).oneshot(get(lines)));
            assert_eq!(&raw const *error.unwrap_err().0, address, "the same error");
        }
    }
}
