//! Services with other bodies, errors of their own, and without `Clone`.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body as _, Frame};
use tokio::time::timeout;
use tower::{Service, ServiceExt, service_fn};
use tower_cors::testing::{Body, HttpCache, Page, Redirect, Step, get, head, post, put};

use super::{API, PAGE};

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

/// A body of which something comes, and then nothing for ever.
#[derive(Clone, Copy)]
struct Endless;

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

/// What no script gets to see, nobody waits for.
#[tokio::test]
async fn bodies_that_never_end() {
    async fn app(
        request: Request<Body>,
    ) -> Result<Response<Either<Full<Bytes>, Endless>>, Infallible> {
        let hangs = Response::builder().header("access-control-allow-origin", PAGE);
        let hangs = hangs.header("access-control-allow-methods", "PUT");
        let response = match request.uri().path() {
            _ if request.method() == Method::OPTIONS => hangs,
            "/302" => hangs.status(302).header("location", "/"),
            "/endless" => hangs,
            "/refused" => Response::builder(),
            _ => return Ok(hangs.body(Either::Left("hello".into())).unwrap()),
        };
        Ok(response.body(Either::Right(Endless)).unwrap())
    }
    let requests = [
        (put(API), true),
        (get(format!("{API}302")), true),
        (get(format!("{API}302")).redirect(Redirect::Manual), true),
        (get(format!("{API}endless")).no_cors(), true),
        (head(format!("{API}endless")), true),
        (get(format!("{API}refused")), false),
    ];
    let second = Duration::from_secs(1);
    for (request, expected) in requests {
        let mut page = Page::at(PAGE, service_fn(app));
        let direct = timeout(second, page.fetch(request.clone())).await.unwrap();
        let mut page = Page::at(PAGE, HttpCache::private(service_fn(app)));
        let cached = timeout(second, page.fetch(request.clone())).await.unwrap();
        assert_eq!((direct.is_ok(), cached.is_ok()), (expected, expected), "{request:?}");
    }
    // What the script does see is read.
    let mut page = Page::at(PAGE, service_fn(app));
    let unread = timeout(Duration::from_millis(10), page.fetch(get(format!("{API}endless"))));
    unread.await.unwrap_err();
}

#[tokio::test]
async fn some_responses_have_no_body() {
    let mut page = super::page(200, &[]);
    assert_eq!(page.fetch(get(PAGE)).await.unwrap().text(), "hello");
    assert_eq!(page.fetch(head(PAGE)).await.unwrap().text(), "");
    for status in [204, 205, 304] {
        assert_eq!(super::page(status, &[]).fetch(get(PAGE)).await.unwrap().text(), "", "{status}");
    }
}

/// Not ready at first, and not to be called before it is.
#[derive(Clone)]
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
    let slow = || Slow { is_ready: false };
    let pages =
        [Page::at(PAGE, slow()).boxed(), Page::at(PAGE, HttpCache::private(slow())).boxed()];
    let mut page = Page::at(PAGE, slow());
    let mut errors = vec![page.fetch(get(PAGE)).await.unwrap_err()];
    assert_eq!(page.log().iter().next().unwrap().status(), None);
    for mut page in pages {
        errors.push(page.fetch(get(PAGE)).await.unwrap_err());
    }
    for error in errors {
        assert_eq!(error.step(), &Step::Service);
        assert!(error.to_string().contains("out of order"), "{error}");
    }
}

/// How long bodies are, and whether they are at their end, without reading them.
#[tokio::test]
async fn lengths_and_ends() {
    async fn app(request: Request<Body>) -> Result<Response<Body>, Infallible> {
        Ok(Response::new(request.into_body()))
    }
    for (text, length) in [("hello", 5), ("", 0)] {
        let request = || Request::new(Body::from(text));
        assert_eq!(request().body().is_end_stream(), text.is_empty());
        assert_eq!(request().body().size_hint().exact(), Some(length));
        // The same of one whose type is left out.
        let mut page = Page::at(PAGE, service_fn(app)).boxed();
        let body = page.get_mut().oneshot(request()).await.unwrap().into_body();
        assert_eq!(body.is_end_stream(), text.is_empty());
        assert_eq!(body.size_hint().exact(), Some(length));
        assert_eq!(format!("{:?} {body:?}", page.get_ref()), "BoxedService(..) ResponseBody(..)");
        assert_eq!(body.collect().await.unwrap().to_bytes(), text);
    }
}

/// A page whose type does not name its service.
#[tokio::test]
async fn a_boxed_service() {
    fn boxed() -> Page {
        let service = service_fn(|request: Request<Body>| async {
            let bytes = request.into_body().into_bytes();
            if bytes.is_empty() { Err("empty") } else { Ok(Response::new(Full::new(bytes))) }
        });
        Page::at(PAGE, service).boxed()
    }
    let mut page = boxed();
    assert_eq!(page.open(PAGE).fetch(post(PAGE).text("hello")).await.unwrap().text(), "hello");
    let error = page.fetch(post(PAGE)).await.unwrap_err();
    assert_eq!(error.step(), &Step::Service);
    assert!(error.to_string().contains("empty"), "{error}");
    // What the browser knows goes along.
    let mut page = super::page(200, &[("set-cookie", "a=1")]);
    page.fetch(get(PAGE)).await.unwrap();
    let mut page = page.boxed();
    page.fetch(get(PAGE)).await.unwrap();
    let cookies: Vec<_> = page.log().iter().map(|sent| sent.header("cookie")).collect();
    assert_eq!(cookies, [None, Some("a=1")]);
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
