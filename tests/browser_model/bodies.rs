//! Services with other bodies, errors of their own, and without `Clone`.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Frame;
use tower::{Service, ServiceExt, service_fn};
use tower_cors::testing::{Body, Page, Step, get, post};

use super::PAGE;

#[tokio::test]
async fn a_service_that_takes_and_gives_other_bodies() {
    let service = service_fn(|request: Request<Full<Bytes>>| async {
        let bytes = request.into_body().collect().await?.to_bytes();
        Ok::<_, Infallible>(Response::new(Full::new(bytes)))
    })
    .map_request(|request: Request<Body>| request.map(|body| Full::new(body.into_bytes())));
    let answer = Page::at(PAGE, service).fetch(post(PAGE).text("hello")).await.unwrap();
    assert_eq!(answer.text(), "hello");
}

#[tokio::test]
async fn an_axum_router() {
    let router =
        axum::Router::new().route("/x", axum::routing::post(|body: String| async { body }));
    let mut page = Page::at(PAGE, router);
    let answer = page.fetch(post("https://app.example/x").text("hello")).await.unwrap();
    assert_eq!(answer.text(), "hello");
}

/// A body in frames, the last of which fails.
struct Broken(Vec<&'static str>);

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(match self.0.pop() {
            Some(data) => Ok(Frame::data(Bytes::from(data))),
            None => Err(std::io::Error::other("the line went dead")),
        }))
    }
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(Broken(vec!["b", "a"])))
    });
    let error = Page::at(PAGE, service).fetch(get(PAGE)).await.unwrap_err();
    assert_eq!(error.step(), &Step::Body);
    assert!(error.to_string().contains("the line went dead"), "{error}");
}

/// Not ready at first, and not to be called before it is.
struct Slow {
    is_ready: bool,
}

impl Service<Request<Body>> for Slow {
    type Response = Response<Body>;
    type Error = String;
    type Future = std::future::Ready<Result<Response<Body>, String>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        if std::mem::replace(&mut self.is_ready, true) {
            return Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        assert!(std::mem::replace(&mut self.is_ready, false), "called before it was ready");
        std::future::ready(Err("out of order".to_owned()))
    }
}

#[tokio::test]
async fn readiness_and_errors() {
    let mut page = Page::at(PAGE, Slow { is_ready: false });
    let error = page.fetch(get(PAGE)).await.unwrap_err();
    assert_eq!(error.step(), &Step::Service);
    assert!(error.to_string().contains("out of order"), "{error}");
    assert_eq!(page.log().iter().next().unwrap().status(), None);
}

#[test]
fn futures_can_be_sent() {
    fn is_send<T: Send>(_: T) {}
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(Body::default()))
    });
    let mut page = Page::at(PAGE, service);
    is_send(page.fetch(get(PAGE)));
}
