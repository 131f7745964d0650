//! What the test crates share: short names for headers, one exchange through a layer, and lists of
//! header lines to compare.

#![allow(dead_code, reason = "no test crate uses all of it")]

pub(crate) mod gate;

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use tower::{Layer, Service, ServiceExt};

pub(crate) const ORIGIN: &str = "origin";
pub(crate) const VARY: &str = "vary";
pub(crate) const ACRM: &str = "access-control-request-method";
pub(crate) const ACRH: &str = "access-control-request-headers";
pub(crate) const ACAO: &str = "access-control-allow-origin";
pub(crate) const ACAC: &str = "access-control-allow-credentials";
pub(crate) const ACAM: &str = "access-control-allow-methods";
pub(crate) const ACAH: &str = "access-control-allow-headers";
pub(crate) const ACEH: &str = "access-control-expose-headers";
pub(crate) const ACMA: &str = "access-control-max-age";
pub(crate) const ACAPN: &str = "access-control-allow-private-network";

/// The methods that are in every list of methods.
pub(crate) const SAFELISTED: &str = "GET, HEAD, POST";

/// Where any method is allowed with credentials, the methods that are in every list.
pub(crate) const COMMON: &str = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

/// The `Vary` of an answer to a CORS-preflight request.
pub(crate) const PREFLIGHT_VARY: &str = "origin, access-control-request-method";

/// The same where the answer depends on the headers that are asked for.
pub(crate) const ECHOING_VARY: &str =
    "origin, access-control-request-method, access-control-request-headers";

/// Header lines: names and values. A character of a value stands for one byte, so that every value
/// can be written: the [isomorphic encoding](https://infra.spec.whatwg.org/#isomorphic-encode).
pub(crate) type Lines<'a> = &'a [(&'a str, &'a str)];

pub(crate) fn header_map(lines: Lines<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(HeaderName::try_from(*name).expect(name), header_value(value));
    }
    headers
}

pub(crate) fn header_value(text: &str) -> HeaderValue {
    let bytes: Vec<u8> = text.chars().map(|byte| u8::try_from(byte).expect(text)).collect();
    HeaderValue::from_bytes(&bytes).expect(text)
}

/// All lines of a header map, sorted, to compare with [`sorted`].
pub(crate) fn all_lines(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
    let mut lines: Vec<_> =
        headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    lines.sort();
    lines
}

/// The lines whose names begin with `Access-Control-`.
pub(crate) fn access_control_lines(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut lines = all_lines(headers);
    lines.retain(|(name, _)| name.starts_with("access-control-"));
    lines
}

pub(crate) fn sorted(lines: Lines<'_>) -> Vec<(String, String)> {
    let mut lines: Vec<_> =
        lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    lines.sort();
    lines
}

pub(crate) fn request(method: &str, uri: &str, lines: Lines<'_>) -> Request<()> {
    let mut request = Request::builder().method(method).uri(uri).body(()).unwrap();
    *request.headers_mut() = header_map(lines);
    request
}

pub(crate) fn get(lines: Lines<'_>) -> Request<()> {
    request("GET", "/", lines)
}

pub(crate) fn preflight(lines: Lines<'_>) -> Request<()> {
    request("OPTIONS", "/", lines)
}

/// What [`Inner`] answers with: a body that tells it from the layer's own answers.
pub(crate) fn response(status: u16, lines: Lines<'_>) -> Response<&'static str> {
    let mut response = Response::new(INNER);
    *response.status_mut() = status.try_into().unwrap();
    *response.headers_mut() = header_map(lines);
    response
}

pub(crate) const INNER: &str = "from the inner service";

/// An inner service with one answer, which keeps the request that it gets. Not `Clone`, so nothing
/// that works with it asks for that.
pub(crate) struct Inner {
    answer: Option<Response<&'static str>>,
    seen: Rc<RefCell<Option<Request<()>>>>,
}

impl Service<Request<()>> for Inner {
    type Response = Response<&'static str>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        *self.seen.borrow_mut() = Some(request);
        ready(Ok(self.answer.take().expect("the inner service is called once")))
    }
}

/// What became of a request.
pub(crate) struct Exchange {
    pub(crate) response: Response<&'static str>,
    /// The request as the inner service got it, if it did.
    pub(crate) seen: Option<Request<()>>,
}

impl Exchange {
    pub(crate) fn lines(&self) -> Vec<(String, String)> {
        all_lines(self.response.headers())
    }

    pub(crate) fn access_control_lines(&self) -> Vec<(String, String)> {
        access_control_lines(self.response.headers())
    }

    pub(crate) fn reached_inner(&self) -> bool {
        self.seen.is_some()
    }

    /// The only line of a header. `None` if there is no line of it.
    pub(crate) fn one(&self, name: &str) -> Option<&[u8]> {
        let mut lines = self.response.headers().get_all(name).iter();
        let line = lines.next()?;
        assert_eq!(lines.next(), None, "{name} has one line");
        Some(line.as_bytes())
    }
}

/// Sends a request through a layer around a service that answers with `answer`.
pub(crate) fn exchange<L>(
    layer: &L,
    request: Request<()>,
    answer: Response<&'static str>,
) -> Exchange
where
    L: Layer<Inner>,
    L::Service: Service<Request<()>, Response = Response<&'static str>, Error = Infallible>,
{
    let seen = Rc::default();
    let inner = Inner { answer: Some(answer), seen: Rc::clone(&seen) };
    let Ok(response) = now(layer.layer(inner).oneshot(request));
    Exchange { response, seen: seen.take() }
}

/// [`exchange`] with a service that answers 200 without headers.
pub(crate) fn send<L>(layer: &L, request: Request<()>) -> Exchange
where
    L: Layer<Inner>,
    L::Service: Service<Request<()>, Response = Response<&'static str>, Error = Infallible>,
{
    exchange(layer, request, response(200, &[]))
}

/// The output of a future that is ready when it is first polled.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is not ready at once"),
    }
}
