//! [`BoxedService`]: a service of any type.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::body::{Body, BoxError, ResponseBody};

/// A service of any type: what a [`Page`](super::Page) has [whose type does not
/// say](super::Page::boxed).
pub struct BoxedService(Box<dyn AnyService>);

type BoxedFuture = Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, BoxError>> + Send>>;

trait AnyService: Send {
    fn poll_any_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>>;
    fn call_any(&mut self, request: Request<Body>) -> BoxedFuture;
    fn clone_any(&self) -> Box<dyn AnyService>;
}

impl<S, B> AnyService for S
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn poll_any_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll_ready(cx).map_err(Into::into)
    }

    fn call_any(&mut self, request: Request<Body>) -> BoxedFuture {
        let response = self.call(request);
        Box::pin(async move { Ok(response.await.map_err(Into::into)?.map(ResponseBody::new)) })
    }

    fn clone_any(&self) -> Box<dyn AnyService> {
        Box::new(self.clone())
    }
}

impl BoxedService {
    pub(super) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Box::new(service))
    }
}

impl Service<Request<Body>> for BoxedService {
    type Response = Response<ResponseBody>;
    type Error = BoxError;
    type Future = BoxedFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_any_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> BoxedFuture {
        self.0.call_any(request)
    }
}

impl Clone for BoxedService {
    fn clone(&self) -> Self {
        Self(self.0.clone_any())
    }
}

impl fmt::Debug for BoxedService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxedService").finish_non_exhaustive()
    }
}
