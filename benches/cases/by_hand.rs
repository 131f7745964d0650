//! The peer that knows everything at compile time: what a good engineer writes by hand for two
//! origins that never change. It compares, inserts and appends; it does not look at what a preflight
//! asks for, nor at what the application's response says.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower::Service;

use super::LISTED;

const TRUE: HeaderValue = HeaderValue::from_static("true");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-request-id");

/// Two origins; with all settings, or none but these.
#[derive(Clone)]
pub(crate) struct ByHand<S> {
    pub(crate) inner: S,
    pub(crate) all_settings: bool,
}

/// Any origin.
#[derive(Clone)]
pub(crate) struct AnyByHand<S> {
    pub(crate) inner: S,
    pub(crate) all_settings: bool,
}

pin_project! {
    #[project = ByHandProj]
    pub(crate) enum ByHandFuture<F> {
        Preflight { allowed: Option<HeaderValue>, all_settings: bool },
        Actual { #[pin] inner: F, allowed: Option<HeaderValue>, all_settings: bool },
    }
}

pin_project! {
    pub(crate) struct AnyByHandFuture<F> { #[pin] inner: F, all_settings: bool }
}

impl<S, B> Service<Request<B>> for ByHand<S>
where
    S: Service<Request<B>, Response = Response<()>>,
{
    type Response = Response<()>;
    type Error = S::Error;
    type Future = ByHandFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let headers = request.headers();
        let origin = headers.get(ORIGIN);
        let allowed = origin.filter(|origin| LISTED.iter().any(|listed| *origin == listed));
        let allowed = allowed.cloned();
        if *request.method() == Method::OPTIONS
            && origin.is_some()
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        {
            return ByHandFuture::Preflight { allowed, all_settings: self.all_settings };
        }
        let all_settings = self.all_settings;
        ByHandFuture::Actual { inner: self.inner.call(request), allowed, all_settings }
    }
}

impl<F, E> Future for ByHandFuture<F>
where
    F: Future<Output = Result<Response<()>, E>>,
{
    type Output = Result<Response<()>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            ByHandProj::Preflight { allowed, all_settings } => {
                Poll::Ready(Ok(preflight(allowed.take(), *all_settings)))
            }
            ByHandProj::Actual { inner, allowed, all_settings } => {
                let mut response = ready!(inner.poll(cx))?;
                let headers = response.headers_mut();
                if let Some(origin) = allowed.take() {
                    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                    if *all_settings {
                        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
                        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
                    }
                }
                headers.append(VARY, HeaderValue::from_static("origin"));
                Poll::Ready(Ok(response))
            }
        }
    }
}

fn preflight(allowed: Option<HeaderValue>, all_settings: bool) -> Response<()> {
    let mut response = Response::new(());
    let mut headers = HeaderMap::with_capacity(if all_settings { 6 } else { 3 });
    *response.status_mut() = StatusCode::FORBIDDEN;
    if let Some(origin) = allowed {
        *response.status_mut() = StatusCode::NO_CONTENT;
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let methods = if all_settings { "GET, HEAD, POST, DELETE, PUT" } else { "GET, HEAD, POST" };
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        if all_settings {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
            let names = HeaderValue::from_static("authorization, content-type");
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
        }
    }
    headers.insert(VARY, HeaderValue::from_static("origin, access-control-request-method"));
    *response.headers_mut() = headers;
    response
}

impl<S, B> Service<Request<B>> for AnyByHand<S>
where
    S: Service<Request<B>, Response = Response<()>>,
{
    type Response = Response<()>;
    type Error = S::Error;
    type Future = AnyByHandFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    /// Its preflights are not measured.
    fn call(&mut self, request: Request<B>) -> Self::Future {
        AnyByHandFuture { inner: self.inner.call(request), all_settings: self.all_settings }
    }
}

impl<F, E> Future for AnyByHandFuture<F>
where
    F: Future<Output = Result<Response<()>, E>>,
{
    type Output = Result<Response<()>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx))?;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        if *this.all_settings {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        Poll::Ready(Ok(response))
    }
}
