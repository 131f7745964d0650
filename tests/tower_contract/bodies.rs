//! Bodies, of requests and of responses, pass as they are.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Frame, SizeHint};
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::CorsLayer;

use crate::common::{ACAO, ACRM, ORIGIN, header_map, now};
use crate::{APP, policy};

/// A body of given frames. Neither `Clone` nor `Send`.
#[derive(Default)]
struct Frames {
    frames: VecDeque<Frame<Bytes>>,
    /// What tells this body from any other.
    identity: Rc<()>,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.frames.pop_front().map(Ok))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(6)
    }
}

#[test]
fn a_streaming_body_passes_frame_by_frame() {
    let identity = Rc::new(());
    let trailers = header_map(&[("x-checksum", "1"), (ACAO, "*")]);
    let body = Frames {
        frames: [
            Frame::data(Bytes::from_static(b"one")),
            Frame::data(Bytes::new()),
            Frame::data(Bytes::from_static(b"two")),
            Frame::trailers(trailers.clone()),
        ]
        .into(),
        identity: Rc::clone(&identity),
    };
    let mut body = Some(body);
    let inner = service_fn(|_: Request<()>| {
        ready(Ok::<_, Infallible>(Response::new(body.take().unwrap())))
    });
    let request = Request::builder().header(ORIGIN, APP).body(()).unwrap();
    let Ok(response) = now(CorsLayer::new(policy()).layer(inner).oneshot(request));
    assert_eq!(response.headers()[ACAO], APP);
    let mut body = response.into_body();
    assert!(Rc::ptr_eq(&body.identity, &identity), "the same body");
    assert_eq!(body.size_hint().exact(), Some(6));
    let mut frames = Vec::new();
    while let Some(frame) = now(body.frame()) {
        frames.push(frame.unwrap().into_data().map_err(|frame| frame.into_trailers().unwrap()));
    }
    let data: Vec<Result<Bytes, HeaderMap>> =
        vec![Ok("one".into()), Ok("".into()), Ok("two".into()), Err(trailers)];
    assert_eq!(frames, data);
}

/// A body that nothing can be done with but to make an empty one.
#[derive(Default)]
struct Opaque(Rc<u8>);

/// Bodies need no trait but `Default`, and request bodies not even that.
#[test]
fn bodies_of_any_type() {
    struct Unnameable(Rc<u8>);
    let inner = service_fn(|request: Request<Unnameable>| {
        let Unnameable(body) = request.into_body();
        ready(Ok::<_, Infallible>(Response::new(Opaque(body))))
    });
    let service = CorsLayer::new(policy()).layer(inner);
    let ask = |method| {
        let request = Request::builder().method(method).header(ORIGIN, APP).header(ACRM, "PUT");
        request.body(Unnameable(Rc::new(5))).unwrap()
    };
    let Ok(response) = now(service.clone().oneshot(ask("GET")));
    assert_eq!(*response.body().0, 5);
    let Ok(response) = now(service.oneshot(ask("OPTIONS")));
    assert_eq!((response.status().as_u16(), *response.body().0), (204, 0));
}

/// What the layer answers itself says that it has no body.
#[test]
fn answers_of_the_layer_have_no_body() {
    let inner =
        service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(Response::new(Empty::new()))));
    let service = CorsLayer::new(policy()).reject_disallowed_origins().layer(inner);
    for (method, origin, status) in
        [("OPTIONS", APP, 204), ("OPTIONS", "null", 403), ("GET", "null", 403)]
    {
        let request = Request::builder().method(method).header(ORIGIN, origin).header(ACRM, "PUT");
        let Ok(response) = now(service.clone().oneshot(request.body(()).unwrap()));
        assert_eq!(response.status(), status, "{method} {origin}");
        let body: Empty<Bytes> = response.into_body();
        assert!(body.is_end_stream());
        assert_eq!(body.size_hint().exact(), Some(0));
    }
}

/// Version and extensions of a response are the inner service's.
#[test]
fn the_rest_of_a_response_passes_too() {
    let inner = service_fn(|_: Request<()>| {
        let mut response = Response::new("");
        *response.version_mut() = http::Version::HTTP_2;
        response.extensions_mut().insert(42_u8);
        ready(Ok::<_, Infallible>(response))
    });
    let request = Request::builder().header(ORIGIN, APP).body(()).unwrap();
    let Ok(response) = now(CorsLayer::new(policy()).layer(inner).oneshot(request));
    assert_eq!(response.version(), http::Version::HTTP_2);
    assert_eq!(response.extensions().get(), Some(&42_u8));
}

/// And of a request, the outer layers'.
#[test]
fn the_rest_of_a_request_passes_too() {
    let inner = service_fn(|request: Request<()>| {
        assert_eq!(request.version(), http::Version::HTTP_3);
        assert_eq!(request.extensions().get(), Some(&42_u8));
        ready(Ok::<_, Infallible>(Response::new("")))
    });
    let request = Request::builder()
        .version(http::Version::HTTP_3)
        .header(ORIGIN, APP)
        .extension(42_u8)
        .body(())
        .unwrap();
    let Ok(response) = now(CorsLayer::new(policy()).layer(inner).oneshot(request));
    assert_eq!(response.status(), 200);
}
