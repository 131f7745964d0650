//! A policy that is looked up: what waits for what.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::Poll;

use http::{HeaderName, Request};
use tower::{Layer, ServiceExt};
use tower_cors::{CorsLayer, Lookup, Policy, PolicySource, RequestHead, RequestKind};

use crate::common::{ACAM, ACAO, ACRM, ORIGIN, PREFLIGHT_VARY, VARY};
use crate::common::{all_lines, get, now, preflight, response, send, sorted};
use crate::under_way::{Asks, UnderWay, Wrong, start};
use crate::{APP, policy};

fn as_it_is(layer: CorsLayer<Asks>) -> CorsLayer<Asks> {
    layer
}

#[test]
fn the_handler_starts_at_once() {
    let UnderWay { mut task, lookup, inner, called } = start(get(&[(ORIGIN, APP)]), &[], as_it_is);
    assert_eq!(called.borrow().len(), 1, "called before the future is polled");
    assert!(task.poll().is_pending());
    assert_eq!((lookup.polls(), inner.polls()), (1, 1), "both run");
}

#[test]
fn the_response_waits_for_the_policy() {
    let UnderWay { mut task, lookup, inner, .. } = start(get(&[(ORIGIN, APP)]), &[], as_it_is);
    inner.open(Ok(response(200, &[])));
    assert!(task.poll().is_pending());
    assert!(task.poll().is_pending());
    assert_eq!(inner.polls(), 1, "it is not polled again");
    lookup.open(policy());
    let response = task.finish().unwrap();
    assert_eq!(all_lines(response.headers()), sorted(&[(ACAO, APP), (VARY, ORIGIN)]));
}

#[test]
fn the_policy_waits_for_the_response() {
    let UnderWay { mut task, lookup, inner, .. } = start(get(&[(ORIGIN, APP)]), &[], as_it_is);
    lookup.open(policy());
    assert!(task.poll().is_pending());
    assert!(task.poll().is_pending());
    assert_eq!(lookup.polls(), 1, "it is not polled again");
    inner.open(Ok(response(404, &[])));
    let response = task.finish().unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(all_lines(response.headers()), sorted(&[(ACAO, APP), (VARY, ORIGIN)]));
}

#[test]
fn both_at_once() {
    let UnderWay { task, lookup, inner, .. } = start(get(&[(ORIGIN, APP)]), &[], as_it_is);
    lookup.open(policy());
    inner.open(Ok(response(200, &[])));
    let response = task.finish().unwrap();
    assert_eq!(all_lines(response.headers()), sorted(&[(ACAO, APP), (VARY, ORIGIN)]));
}

#[test]
fn an_error_does_not_wait() {
    for policy_is_known in [false, true] {
        let UnderWay { mut task, lookup, inner, .. } = start(get(&[(ORIGIN, APP)]), &[], as_it_is);
        assert!(task.poll().is_pending());
        if policy_is_known {
            lookup.open(policy());
            assert!(task.poll().is_pending());
        }
        let wrong = Wrong(Box::new(3));
        let address: *const u8 = &raw const *wrong.0;
        inner.open(Err(wrong));
        let Poll::Ready(Err(Wrong(error))) = task.poll() else { panic!("the error, at once") };
        assert_eq!(&raw const *error, address, "the same error");
    }
}

#[test]
fn a_preflight_waits_for_the_policy_and_for_nothing_else() {
    for (origin, status) in [(APP, 204), ("https://stranger.example", 403)] {
        let request = preflight(&[(ORIGIN, origin), (ACRM, "PUT")]);
        let UnderWay { mut task, lookup, inner, called } = start(request, &[], as_it_is);
        assert!(task.poll().is_pending());
        assert!(task.poll().is_pending());
        lookup.open(policy());
        let response = task.finish().unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(*response.body(), "");
        assert!(called.borrow().is_empty());
        assert_eq!(inner.polls(), 0);
        let allowed = &[(ACAO, APP), (ACAM, "GET, HEAD, POST, PUT"), (VARY, PREFLIGHT_VARY)];
        let refused = &[(VARY, PREFLIGHT_VARY)];
        let expected = if status == 204 { sorted(allowed) } else { sorted(refused) };
        assert_eq!(all_lines(response.headers()), expected);
    }
}

/// The request reaches the inner service as it came.
#[test]
fn the_request_passes_as_it_is() {
    let mut request = get(&[(ORIGIN, APP), ("cookie", "a=1"), ("cookie", "b=2")]);
    request.extensions_mut().insert(5_u8);
    let lines = all_lines(request.headers());
    let UnderWay { called, .. } = start(request, &[], as_it_is);
    let called = called.borrow();
    assert_eq!(all_lines(called[0].headers()), lines);
    assert_eq!(called[0].extensions().get(), Some(&5_u8));
}

/// A source sees all of the request but its body, and may answer at once for some requests only.
#[derive(Clone)]
struct Tenants;

impl PolicySource for Tenants {
    type Future = Ready<Policy>;

    fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, Ready<Policy>> {
        let tenant = |name: &str| {
            let origin = format!("https://{name}.example");
            Policy::allow_origins([origin]).allow_methods(["PUT"]).build().unwrap()
        };
        if let Some(name) = head.extensions.get::<&str>() {
            return Lookup::now(tenant(name));
        }
        let name = head.headers.get("x-tenant").and_then(|name| name.to_str().ok());
        match name.or(head.uri.path().strip_prefix('/')) {
            Some("now") => Lookup::now(tenant("now")),
            Some("off") => Lookup::now(Policy::disabled()),
            Some(name) if head.kind() == RequestKind::CorsPreflight => {
                assert_eq!(head.method, "OPTIONS");
                Lookup::Later(ready(tenant(name)))
            }
            Some(name) => Lookup::Later(ready(tenant(name))),
            None => Lookup::Later(ready(Policy::disabled())),
        }
    }

    fn vary(&self) -> &[HeaderName] {
        static NAMES: [HeaderName; 1] = [HeaderName::from_static("x-tenant")];
        &NAMES
    }
}

#[test]
fn a_source_that_reads_the_request() {
    let layer = CorsLayer::new(Tenants);
    let with = |tenant: &'static str, mut request: Request<()>| {
        request.headers_mut().insert("x-tenant", tenant.parse().unwrap());
        request
    };
    let source_vary = (VARY, "x-tenant");
    for tenant in ["now", "later"] {
        let origin = format!("https://{tenant}.example");
        let lines = &[(ORIGIN, &*origin)];
        let allowed = sorted(&[(ACAO, &origin), (VARY, ORIGIN), source_vary]);
        assert_eq!(send(&layer, with(tenant, get(lines))).lines(), allowed);
        let ask = preflight(&[(ORIGIN, &origin), (ACRM, "PUT")]);
        let exchange = send(&layer, with(tenant, ask));
        assert_eq!(exchange.response.status(), 204);
        assert!(!exchange.reached_inner());
        let other = send(&layer, with("other", get(lines)));
        assert_eq!(other.lines(), sorted(&[(VARY, ORIGIN), source_vary]));
        let mut by_extension = get(lines);
        by_extension.extensions_mut().insert(tenant);
        assert_eq!(send(&layer, by_extension).lines(), allowed);
    }
    let ask = preflight(&[(ORIGIN, APP), (ACRM, "PUT")]);
    let off = send(&layer, with("off", ask));
    assert!(off.reached_inner(), "disabled at once: the application answers");
    assert_eq!(off.lines(), sorted(&[(VARY, ORIGIN), source_vary]));
}

/// Without its `Vary`, caches would serve one tenant's response to another.
#[test]
fn a_source_that_is_shared() {
    let shared: Arc<dyn PolicySource<Future = Ready<Policy>>> = Arc::new(Tenants);
    let exchange = send(&CorsLayer::new(shared), get(&[("x-tenant", "a")]));
    assert_eq!(exchange.lines(), sorted(&[(VARY, ORIGIN), (VARY, "x-tenant")]));
}

/// The inner service is called before the lookup is done, so nothing has to keep a clone of it.
#[test]
fn it_needs_no_clone_of_the_inner_service() {
    let inner = |_: Request<()>| ready(Ok::<_, ()>(response(200, &[])));
    let not_clone = tower::util::BoxService::new(tower::service_fn(inner));
    let service = CorsLayer::new(Tenants).layer(not_clone);
    let response = now(service.oneshot(get(&[("x-tenant", "a")]))).unwrap();
    assert_eq!(all_lines(response.headers()), sorted(&[(VARY, ORIGIN), (VARY, "x-tenant")]));
}
