//! Requests as hyper delivers them, and a service called without a runtime.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use http::{HeaderName, HeaderValue, Method, Request};
use tower::Service;

/// A request whose header values are slices of one shared buffer, as hyper cuts them out of what it
/// has read: to clone such a value is to count one more reference.
pub(crate) fn request<'a>(
    method: &Method,
    lines: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Request<()> {
    let mut buffer = BytesMut::new();
    let mut names = Vec::new();
    for (name, value) in lines {
        buffer.extend_from_slice(value.as_bytes());
        names.push((HeaderName::try_from(name).expect("a header name"), value.len()));
    }
    let read = buffer.freeze();
    let mut at = 0;
    let mut request = Request::builder().method(method).body(()).expect("a request");
    for (name, length) in names {
        let value = HeaderValue::from_maybe_shared(read.slice(at..at + length));
        at += length;
        request.headers_mut().append(name, value.expect("a header value"));
    }
    request
}

/// Calls a service whose future is ready at once.
pub(crate) fn call<S, R>(service: &mut S, request: R) -> S::Response
where
    S: Service<R, Error: std::fmt::Debug>,
{
    let future = pin!(service.call(request));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => response.expect("a service without errors"),
        Poll::Pending => unreachable!("nothing here waits"),
    }
}
