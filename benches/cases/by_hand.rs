//! The peer that knows everything at compile time: what a competent engineer would write by hand
//! for two origins that never change.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower::Service;

use super::LISTED;

const TRUE: HeaderValue = HeaderValue::from_static("true");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-request-id");
const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];
const HEADERS: [&str; 2] = ["authorization", "content-type"];

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
            && let Some(method) = headers.get(ACCESS_CONTROL_REQUEST_METHOD)
        {
            let methods = if self.all_settings { &METHODS[..] } else { &METHODS[..3] };
            let names = if self.all_settings { &HEADERS[..] } else { &[] };
            let asked = methods.iter().any(|listed| method == listed) && asks_for(names, headers);
            let allowed = allowed.filter(|_| asked);
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
                } else {
                    headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
                    headers.remove(ACCESS_CONTROL_ALLOW_CREDENTIALS);
                    headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
                }
                if !varies_by_origin(headers) {
                    headers.append(VARY, HeaderValue::from_static("origin"));
                }
                Poll::Ready(Ok(response))
            }
        }
    }
}

fn asks_for(names: &[&str], headers: &HeaderMap) -> bool {
    let listed = |name: &str| names.iter().any(|listed| listed.eq_ignore_ascii_case(name.trim()));
    match headers.get(ACCESS_CONTROL_REQUEST_HEADERS).map(HeaderValue::to_str) {
        Some(Ok(names)) => names.split(',').all(listed),
        Some(Err(_)) => false,
        None => true,
    }
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    headers
        .get_all(VARY)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|name| name.trim().eq_ignore_ascii_case("origin") || name.trim() == "*")
}

fn preflight(allowed: Option<HeaderValue>, all_settings: bool) -> Response<()> {
    let mut response = Response::new(());
    let mut headers = HeaderMap::with_capacity(if all_settings { 6 } else { 2 });
    *response.status_mut() = StatusCode::FORBIDDEN;
    if let Some(origin) = allowed {
        *response.status_mut() = StatusCode::NO_CONTENT;
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if all_settings {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("DELETE, PUT"));
            let names = HeaderValue::from_static("authorization, content-type");
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
        }
    }
    headers.insert(
        VARY,
        HeaderValue::from_static(
            "origin, access-control-request-method, access-control-request-headers",
        ),
    );
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
        headers.remove(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        if *this.all_settings {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        Poll::Ready(Ok(response))
    }
}
