//! A policy that is replaced while requests run.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use http::{HeaderMap, Request, Response};
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Policy, PolicyRef, Reloadable};

use crate::common::{
    ACAC, ACAM, ACAO, ACEH, ACRM, ORIGIN, get, header_map, now, preflight, send, sorted,
};

const APP: &str = "https://app.example";
const READERS: usize = 4;
const REQUESTS_OF_EACH: usize = 260_000;

/// The policies of generations with an even number and of those with an odd one agree in nothing:
/// each response says in every header which it is of, and names the generation.
fn generation(number: usize, alive: &Arc<()>) -> Policy {
    let name = format!("x-generation-{number}");
    let method = format!("GENERATION-{number}");
    if number.is_multiple_of(2) {
        // What the closure has captured lives as long as the policy.
        let alive = Arc::clone(alive);
        let rule = Policy::allow_origins_by(move |origin| {
            Arc::strong_count(&alive) > 0 && origin.host() == "app.example"
        });
        rule.allow_credentials().allow_methods([method]).expose_headers([name]).build().unwrap()
    } else {
        Policy::allow_any_origin().allow_methods([method]).expose_headers([name]).build().unwrap()
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

/// The generation that a response is of, if it is of one alone.
fn generation_of(headers: &HeaderMap, is_preflight: bool) -> usize {
    let name = if is_preflight { text(headers, ACAM) } else { text(headers, ACEH) };
    let number = name.and_then(|name| name.rsplit('-').next()?.parse().ok());
    let number: usize = number.unwrap_or_else(|| panic!("no generation: {headers:?}"));
    let is_even = number.is_multiple_of(2);
    let expected = if is_even { (Some(APP), Some("true")) } else { (Some("*"), None) };
    assert_eq!((text(headers, ACAO), text(headers, ACAC)), expected, "{number}: {headers:?}");
    number
}

fn application(_: Request<()>) -> Ready<Result<Response<()>, Infallible>> {
    ready(Ok(Response::new(())))
}

#[test]
fn threads_that_read_while_another_one_replaces() {
    let alive = Arc::new(());
    let policy = Reloadable::new(generation(0, &alive));
    let replaced = AtomicUsize::new(0); // the newest generation that is surely in place
    let announced = AtomicUsize::new(0); // the newest one that may be
    let is_over = AtomicBool::new(false);
    let start = Barrier::new(READERS + 1);
    let layer = CorsLayer::new(policy.clone());
    let read = || {
        let mut service = layer.layer(service_fn(application));
        let actual = header_map(&[(ORIGIN, APP)]);
        let asking = header_map(&[(ORIGIN, APP), (ACRM, "PUT")]);
        let mut generations_seen = 0;
        let mut last = None;
        start.wait();
        for i in 0..REQUESTS_OF_EACH {
            let is_preflight = i % 8 == 0;
            let mut request = Request::new(());
            if is_preflight {
                *request.method_mut() = http::Method::OPTIONS;
            }
            request.headers_mut().clone_from(if is_preflight { &asking } else { &actual });
            let oldest = replaced.load(Ordering::SeqCst);
            let Ok(response) = now(service.call(request));
            let newest = announced.load(Ordering::SeqCst);
            let seen = generation_of(response.headers(), is_preflight);
            assert!((oldest..=newest).contains(&seen), "{oldest} <= {seen} <= {newest}");
            generations_seen += usize::from(last.replace(seen) != Some(seen));
        }
        generations_seen
    };
    thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(read)).collect();
        let replace = || {
            start.wait();
            let mut number = 0;
            while !is_over.load(Ordering::SeqCst) {
                number += 1;
                let next = generation(number, &alive);
                announced.store(number, Ordering::SeqCst);
                policy.replace(next);
                replaced.store(number, Ordering::SeqCst);
            }
            number
        };
        let writer = scope.spawn(replace);
        let seen: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        is_over.store(true, Ordering::SeqCst);
        let replaced = writer.join().unwrap();
        println!(
            "{} requests, {replaced} policies; changes seen: {seen:?}",
            READERS * REQUESTS_OF_EACH
        );
        assert!(seen.iter().all(|&seen| seen > 10), "{seen:?} of {replaced}");
    });
    // Policies that were replaced are gone: at most the one in place keeps it alive.
    assert!(Arc::strong_count(&alive) <= 2, "{}", Arc::strong_count(&alive));
}

#[test]
fn every_clone_of_the_handle_has_the_policy() {
    let first = Policy::allow_origins([APP]).build().unwrap();
    let policy = Reloadable::from(first.clone());
    let service = CorsLayer::new(policy.clone()).layer(service_fn(application));
    let services = [service.clone(), service];
    let old = policy.clone().replace(Policy::deny_all());
    assert_eq!(old.config(), first.config(), "the one that was replaced");
    assert_eq!(policy.current().config(), Policy::deny_all().config());
    for mut service in services {
        let Ok(response) = now(service.call(get(&[(ORIGIN, APP)])));
        assert!(!response.headers().contains_key(ACAO));
    }
}

/// A response that is under way keeps the policy of its request.
#[test]
fn a_request_sees_one_policy() {
    let policy = Reloadable::new(Policy::permissive());
    let replaces = policy.clone();
    let mut service = CorsLayer::new(policy).layer(service_fn(move |request| {
        replaces.replace(Policy::deny_all());
        application(request)
    }));
    for expected in [Some("*"), None] {
        let Ok(response) = now(service.call(get(&[(ORIGIN, APP)])));
        assert_eq!(text(response.headers(), ACAO), expected);
    }
}

/// Though the policy of this moment is constant.
#[test]
fn origin_is_in_every_vary() {
    let layer = CorsLayer::new(Reloadable::new(Policy::allow_any_origin().build().unwrap()));
    let exchange = send(&layer, get(&[]));
    assert_eq!(exchange.lines(), sorted(&[(ACAO, "*"), ("vary", ORIGIN)]));
    let exchange = send(&layer, preflight(&[(ORIGIN, APP), (ACRM, "GET")]));
    let vary = ("vary", crate::common::PREFLIGHT_VARY);
    assert!(exchange.lines().contains(&(vary.0.to_owned(), vary.1.to_owned())));
    let disabled = CorsLayer::new(Reloadable::new(Policy::disabled()));
    assert_eq!(send(&disabled, get(&[])).lines(), sorted(&[("vary", ORIGIN)]));
}

/// It answers at once, so the application is not asked before it is known who asks.
#[test]
fn foreign_requests_can_be_rejected() {
    let policy = Reloadable::new(Policy::permissive());
    let layer = CorsLayer::new(policy.clone()).reject_disallowed_origins();
    assert_eq!(send(&layer, get(&[(ORIGIN, APP)])).response.status(), 200);
    policy.replace(Policy::deny_all());
    let exchange = send(&layer, get(&[(ORIGIN, APP)]));
    assert_eq!(exchange.response.status(), 403);
    assert!(!exchange.reached_inner());
}

/// A guard holds the policy that it was made for, and so does a clone of a reference to it.
#[test]
fn a_guarded_policy_outlives_its_place() {
    let place = arc_swap::ArcSwap::from_pointee(Policy::permissive());
    let guarded = PolicyRef::from(place.load());
    place.store(Arc::new(Policy::deny_all()));
    for policy in [guarded.clone(), guarded] {
        assert!(policy.allows_origin(APP));
    }
}
