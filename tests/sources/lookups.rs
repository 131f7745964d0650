//! Lookups that fail, or end too late: nobody is allowed, and nothing keeps running.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response};
use tokio::time::{sleep, timeout};
use tower::{Layer, Service, service_fn};
use tower_cors::testing::{self, Body, CorsFailure, Page, Step};
use tower_cors::{CorsLayer, Policy, PolicySource, RequestHead, policy_future_fn};

use crate::common::{ACAO, ORIGIN};

const APP: &str = "https://app.example";
const LIMIT: Duration = Duration::from_millis(100);

/// An application that sets a header of its own, so that a permission can come from nowhere else.
async fn app(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let response = Response::builder().header(ACAO, "*");
    Ok(response.body(Body::from("hello")).unwrap())
}

/// What a database answers, by host.
async fn find(host: String) -> Result<Policy, Infallible> {
    match &*host {
        "slow.example" => sleep(LIMIT / 10).await,
        "too-slow.example" => sleep(100 * LIMIT).await,
        "never.example" => pending().await,
        _ => {}
    }
    Ok(Policy::allow_origins([APP]).allow_methods(["PUT"]).build().unwrap())
}

fn with_time_out() -> impl PolicySource<Future: Send> + Clone + Send {
    policy_future_fn(|head: RequestHead<'_>| {
        let host = head.host().map(str::to_owned);
        async move {
            let Some(host) = host else { return Policy::deny_all() };
            match timeout(LIMIT, find(host)).await {
                Ok(Ok(policy)) => policy,
                Ok(Err(_)) | Err(_) => Policy::deny_all(),
            }
        }
    })
}

#[tokio::test]
async fn in_time_or_nobody() {
    for (host, is_allowed) in
        [("quick", true), ("slow", true), ("too-slow", false), ("never", false)]
    {
        let service = CorsLayer::new(with_time_out()).layer(service_fn(app));
        let url = format!("https://{host}.example/");
        let mut page = Page::at(APP, service);
        let simple = page.fetch(testing::get(&url)).await;
        let with_preflight = page.fetch(testing::put(&url)).await;
        assert_eq!(simple.is_ok(), is_allowed, "{host}: {simple:?}");
        assert_eq!(with_preflight.is_ok(), is_allowed, "{host}: {with_preflight:?}");
        if !is_allowed {
            let missing = CorsFailure::NoAllowOrigin;
            assert_eq!(simple.unwrap_err().step(), &Step::CorsCheck(missing.clone()));
            assert_eq!(with_preflight.unwrap_err().step(), &Step::PreflightCorsCheck(missing));
        }
    }
}

/// No permission is remembered from a lookup that worked.
#[tokio::test]
async fn a_permission_is_never_stale() {
    let lookups = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&lookups);
    let source = policy_future_fn(move |_: RequestHead<'_>| {
        let is_first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            tokio::task::yield_now().await;
            if is_first { Policy::permissive() } else { Policy::deny_all() }
        }
    });
    let mut page = Page::at(APP, CorsLayer::new(source).layer(service_fn(app)));
    assert!(page.fetch(testing::get("https://api.example/")).await.is_ok());
    assert!(page.fetch(testing::get("https://api.example/")).await.is_err());
    assert_eq!(lookups.load(Ordering::SeqCst), 2, "one for each request");
}

/// Counts the lookups that are under way.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn one_more(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_lookup_ends_with_its_response() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let source = policy_future_fn(move |_: RequestHead<'_>| {
        let under_way = UnderWay::one_more(&counter);
        async move {
            let _under_way = under_way;
            pending::<Policy>().await
        }
    });
    let mut service = CorsLayer::new(source).layer(service_fn(app));
    for method in ["GET", "OPTIONS"] {
        let request = Request::builder().method(method).header(ORIGIN, APP);
        let request = request.header("access-control-request-method", "PUT");
        let response = service.call(request.body(Body::default()).unwrap());
        assert_eq!(count.load(Ordering::SeqCst), 1, "{method}");
        // The client has gone.
        assert!(timeout(LIMIT, response).await.is_err(), "{method}");
        assert_eq!(count.load(Ordering::SeqCst), 0, "{method}");
    }
}

/// Errors pass, whatever the policy would have been.
#[tokio::test]
async fn an_error_of_the_application_needs_no_policy() {
    let source = policy_future_fn(|_: RequestHead<'_>| pending::<Policy>());
    let failing = service_fn(|_: Request<()>| async { Err::<Response<()>, _>("failed") });
    let mut service = CorsLayer::new(source).layer(failing);
    assert_eq!(service.call(Request::new(())).await.unwrap_err(), "failed");
}
