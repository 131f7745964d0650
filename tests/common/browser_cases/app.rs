//! The application behind the layer.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body as AppBody;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, SET_COOKIE};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use http_body::Frame;
use tower::{Service, service_fn};

use super::case::{BodyKind, Case, Resource};

/// What becomes of an event stream after its last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventStreams {
    /// For a client that reads all bodies to their ends.
    End,
    StayOpen,
}

/// The resources of a case. All servers have the same.
pub(crate) struct App {
    resources: Arc<BTreeMap<String, Resource>>,
    streams: EventStreams,
}

impl App {
    pub(crate) fn new(case: &Case, streams: EventStreams) -> Result<Self, String> {
        let mut resources = case.app.clone();
        for resource in resources.values_mut() {
            if let Some(cookie) = resource.set_cookie.as_mut().filter(|it| !it.contains("Path=")) {
                cookie.push_str("; Path=/");
            }
            if let Some(redirect) = &mut resource.redirect {
                redirect.to = case.places.url_of(&redirect.to, case)?;
                if let Some(userinfo) = &redirect.userinfo {
                    redirect.to = redirect.to.replacen("://", &format!("://{userinfo}@"), 1);
                }
            }
        }
        Ok(Self { resources: Arc::new(resources), streams })
    }

    pub(crate) fn service<B: Send + 'static>(
        self,
    ) -> impl Service<
        Request<B>,
        Response = Response<AppBody>,
        Error = Infallible,
        Future = Ready<Result<Response<AppBody>, Infallible>>,
    > + Clone
    + Send
    + Sync
    + 'static {
        let Self { resources, streams } = self;
        service_fn(move |request: Request<B>| {
            let to = resource_of(&request);
            let (_, name) = to.split_once('/').unwrap_or_default();
            let resource = resources.get(name).cloned().unwrap_or_default();
            ready(Ok(respond(&resource, &request, to, streams)))
        })
    }
}

fn respond<B>(
    resource: &Resource,
    request: &Request<B>,
    to: String,
    streams: EventStreams,
) -> Response<AppBody> {
    let asks = |name: &HeaderName| request.headers().get(name).map(HeaderValue::as_bytes);
    // Names and values were validated when the case was read.
    let header = |text: &str| HeaderValue::from_str(text).unwrap();
    let mut response = Response::new(AppBody::empty());
    let mut status = resource.status.unwrap_or(200);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, header("text/plain"));
    for (name, lines) in &resource.headers {
        let name: HeaderName = name.parse().unwrap();
        headers.remove(&name);
        for line in lines.as_slice() {
            headers.append(&name, header(line));
        }
    }
    if let Some(cookie) = &resource.set_cookie {
        headers.append(SET_COOKIE, header(cookie));
    }
    if let Some(redirect) = &resource.redirect {
        // Some have bytes that should not be there.
        headers.insert(LOCATION, HeaderValue::from_bytes(redirect.to.as_bytes()).unwrap());
        status = redirect.status;
    }
    if let Some(etag) = &resource.etag {
        headers.insert(ETAG, header(etag));
        if asks(&IF_NONE_MATCH) == Some(etag.as_bytes()) {
            status = 304;
        }
    }
    if request.method() == Method::OPTIONS {
        status = resource.options_status.unwrap_or(status);
    }
    if let Some(required) = &resource.require_header
        && asks(&required.parse().unwrap()).is_none()
    {
        status = 401;
    }
    *response.status_mut() = status.try_into().unwrap();
    if matches!(status, 204 | 304) || request.method() == Method::HEAD {
        return response;
    }
    let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(is_event_stream);
    let body = match resource.body_kind {
        Some(BodyKind::Png) => PNG.into(),
        Some(BodyKind::Font) => FONT.into(),
        None => Bytes::from(resource.body.clone().unwrap_or(to)),
    };
    let is_endless = is_stream && streams == EventStreams::StayOpen
        || resource.endless_preflight && request.method() == Method::OPTIONS;
    *response.body_mut() =
        if is_endless { AppBody::new(StaysOpen(Some(body))) } else { body.into() };
    response
}

fn is_event_stream(content_type: &HeaderValue) -> bool {
    content_type.as_bytes().starts_with(b"text/event-stream")
}

const PNG: &[u8] = include_bytes!("../../data/browser/pixel.png");
const FONT: &[u8] = include_bytes!("../../data/browser/square.ttf");

/// What is there at once, and then nothing for ever.
struct StaysOpen(Option<Bytes>);

impl http_body::Body for StaysOpen {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(Frame::data(bytes)))))
    }
}

/// `server/resource`
pub(crate) fn resource_of<B>(request: &Request<B>) -> String {
    request.uri().path().split('/').skip(3).collect::<Vec<_>>().join("/")
}
