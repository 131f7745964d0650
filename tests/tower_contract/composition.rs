//! Among Tower's own layers.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use http::{Request, Response};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::error::Overloaded;
use tower::timeout::error::Elapsed;
use tower::util::{BoxCloneService, BoxCloneSyncService, BoxService};
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_cors::CorsLayer;

use crate::common::{ACAO, ACRM, INNER, ORIGIN, VARY, all_lines, get, preflight, response, sorted};
use crate::{APP, policy};

async fn handler(_: Request<()>) -> Result<Response<&'static str>, Infallible> {
    Ok(response(200, &[]))
}

/// Sends an allowed preflight and an actual request.
async fn check<S>(mut service: S)
where
    S: Service<Request<()>, Response = Response<&'static str>, Error: std::fmt::Debug>,
{
    let ask = preflight(&[(ORIGIN, APP), (ACRM, "PUT")]);
    let answer = service.ready().await.unwrap().call(ask).await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()[ACAO], APP);
    let request = get(&[(ORIGIN, APP)]);
    let answer = service.ready().await.unwrap().call(request).await.unwrap();
    assert_eq!(*answer.body(), INNER);
    assert_eq!(all_lines(answer.headers()), sorted(&[(ACAO, APP), (VARY, ORIGIN)]));
}

#[tokio::test]
async fn outermost() {
    let layer = CorsLayer::new(policy());
    check(
        ServiceBuilder::new()
            .layer(layer.clone())
            .load_shed()
            .concurrency_limit(1)
            .timeout(Duration::from_secs(60))
            .service(service_fn(handler)),
    )
    .await;
    check(layer.layer(service_fn(handler))).await;
    check(ServiceBuilder::new().layer(&layer).service_fn(handler)).await;
    check(ServiceBuilder::new().option_layer(Some(layer)).service_fn(handler)).await;
}

#[tokio::test]
async fn innermost() {
    check(
        ServiceBuilder::new()
            .timeout(Duration::from_secs(60))
            .concurrency_limit(1)
            .load_shed()
            .layer(CorsLayer::new(policy()))
            .service(service_fn(handler)),
    )
    .await;
}

#[tokio::test]
async fn with_boxed_services() {
    let layer = CorsLayer::new(policy());
    check(layer.layer(BoxService::new(service_fn(handler)))).await;
    check(layer.layer(BoxCloneService::new(service_fn(handler))).clone()).await;
    check(layer.layer(BoxCloneSyncService::new(service_fn(handler))).clone()).await;
    check(BoxService::new(layer.layer(service_fn(handler)))).await;
    check(BoxCloneSyncService::new(layer.layer(service_fn(handler)))).await;
    check(layer.layer(layer.layer(service_fn(handler)))).await;
}

/// A preflight is answered while the application is busy, if the layer is outside of what limits it
/// and sheds its load. One that reserved a place leaves it to the next request.
#[tokio::test]
async fn a_limit_inside() {
    let limit = GlobalConcurrencyLimitLayer::new(1);
    let mut service = ServiceBuilder::new()
        .layer(CorsLayer::new(policy()))
        .load_shed()
        .layer(limit.clone())
        .service_fn(handler);
    for _ in 0..3 {
        let ask = preflight(&[(ORIGIN, APP), (ACRM, "PUT")]);
        assert_eq!(service.ready().await.unwrap().call(ask).await.unwrap().status(), 204);
    }
    let answer = service.ready().await.unwrap().call(get(&[])).await.unwrap();
    assert_eq!(*answer.body(), INNER);

    let mut busy = limit.layer(service_fn(handler));
    busy.ready().await.unwrap();
    let ask = preflight(&[(ORIGIN, APP), (ACRM, "PUT")]);
    assert_eq!(service.ready().await.unwrap().call(ask).await.unwrap().status(), 204);
    let shed: Result<_, BoxError> = service.ready().await.unwrap().call(get(&[])).await;
    assert!(shed.unwrap_err().is::<Overloaded>());
}

/// An error that an outer layer makes has passed this one by; one that is made into a response
/// inside of it has not.
#[tokio::test]
async fn errors_become_responses_inside() {
    let layer = CorsLayer::new(policy());
    let stuck = service_fn(|_: Request<()>| pending::<Result<Response<&str>, Infallible>>());
    let inside = layer.layer(service_fn(|request| answer_in_time(stuck, request)));
    let Ok(answer) = inside.oneshot(get(&[(ORIGIN, APP)])).await;
    assert_eq!(answer.status(), 504);
    assert_eq!(answer.headers()[ACAO], APP);

    let Ok(answer) = answer_in_time(layer.layer(stuck), get(&[(ORIGIN, APP)])).await;
    assert_eq!(answer.status(), 504);
    assert!(answer.headers().get(ACAO).is_none());
}

/// The service's response, or 504.
async fn answer_in_time<S>(
    service: S,
    request: Request<()>,
) -> Result<Response<&'static str>, Infallible>
where
    S: Service<Request<()>, Response = Response<&'static str>, Error = Infallible>,
{
    let service = ServiceBuilder::new().timeout(Duration::from_millis(1)).service(service);
    let result = service.oneshot(request).await;
    Ok(result.unwrap_or_else(|error| {
        assert!(error.is::<Elapsed>());
        response(504, &[])
    }))
}
