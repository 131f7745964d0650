//! The servers of a case: applications behind this crate's layer, and a record of what reached them.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body as AppBody;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use http::header::{ETAG, IF_NONE_MATCH, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::Frame;
use tower::util::{BoxCloneService, ServiceExt as _};
use tower::{Layer as _, Service, service_fn};
use tower_cors::testing::Body;
use tower_cors::{CorsLayer, Policy};

use super::case::{BodyKind, Case, Lines, PolicyOf, Resource};
use super::places::Places;

pub(crate) type Site = BoxCloneService<Request<Body>, Response<AppBody>, Infallible>;

/// A request that reached a server.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    /// `server/resource`
    pub(crate) resource: String,
    pub(crate) version: Version,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) response: HeaderMap,
}

pub(crate) type Record = Arc<Mutex<Vec<Reached>>>;

/// What becomes of an event stream after its last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventStreams {
    /// For a client that reads all bodies to their ends.
    End,
    StayOpen,
}

/// All servers of a case in one: the path tells which.
pub(crate) fn build(
    case: &Case,
    places: Places,
    streams: EventStreams,
    record: &Record,
) -> Result<Site, String> {
    let names = ["api", "api2", "page", "cred"].into_iter();
    let names: BTreeSet<&str> = names.chain(case.servers.keys().map(String::as_str)).collect();
    let mut servers = BTreeMap::new();
    for name in names {
        let own = case.servers.get(name).and_then(|server| server.policy.as_ref());
        let policy = match name {
            "api" | "cred" => Some(own.unwrap_or(&case.policy)),
            _ => own,
        };
        let app = App::new(case, places, streams)?;
        let server = match policy {
            None => BoxCloneService::new(app.service()),
            Some(policy) => {
                let cors = CorsLayer::new(compile(policy, places, case)?);
                // Once behind axum, once without.
                if name == "api" {
                    BoxCloneService::new(Router::new().fallback_service(app.service()).layer(cors))
                } else {
                    BoxCloneService::new(cors.layer(app.service()))
                }
            }
        };
        servers.insert(name.to_owned(), server);
    }
    let record = Arc::clone(record);
    Ok(BoxCloneService::new(service_fn(move |request: Request<Body>| {
        let resource = resource_of(&request);
        let (server, _) = resource.split_once('/').unwrap_or((&resource, ""));
        let server = servers.get(server).cloned();
        let record = Arc::clone(&record);
        async move {
            let (version, method, headers) =
                (request.version(), request.method().clone(), request.headers().clone());
            let response = match server {
                Some(server) => server.oneshot(request).await?,
                None => StatusCode::NOT_FOUND.into_response(),
            };
            let response_headers = response.headers().clone();
            let reached =
                Reached { resource, version, method, headers, response: response_headers };
            record.lock().unwrap().push(reached);
            Ok(response)
        }
    })))
}

fn resource_of<B>(request: &Request<B>) -> String {
    request.uri().path().split('/').skip(3).collect::<Vec<_>>().join("/")
}

fn compile(policy: &PolicyOf, places: Places, case: &Case) -> Result<Policy, String> {
    macro_rules! rest {
        ($builder:expr) => {{
            let mut builder = $builder;
            let (any, listed) = split_wildcard(&policy.methods);
            builder = builder.allow_methods(listed);
            if any {
                builder = builder.allow_methods_any();
            }
            let (any, listed) = split_wildcard(&policy.request_headers);
            builder = builder.allow_headers(listed);
            if any {
                builder = builder.allow_headers_any();
            }
            let (any, listed) = split_wildcard(&policy.exposed_headers);
            builder = builder.expose_headers(listed);
            if any {
                builder = builder.expose_headers_any();
            }
            if let Some(max_age) = policy.max_age {
                builder = builder.max_age(Duration::from_secs(max_age));
            }
            builder.build().map_err(|error| error.to_string())
        }};
    }
    let origins = policy.origins.iter().map(|origin| places.resolve(origin, case));
    let origins = origins.collect::<Result<Vec<_>, _>>()?;
    match (&origins[..], policy.credentials) {
        ([any], false) if any == "*" => rest!(Policy::allow_any_origin()),
        (_, false) => rest!(Policy::allow_origins(origins)),
        (_, true) if places != Places::Http => {
            rest!(Policy::allow_origins(origins).allow_credentials())
        }
        (_, true) => rest!(
            Policy::allow_origins(origins).allow_credentials().dangerously_allow_insecure_origins()
        ),
    }
}

fn split_wildcard(names: &[String]) -> (bool, Vec<&String>) {
    (names.iter().any(|name| name == "*"), names.iter().filter(|name| *name != "*").collect())
}

/// The application behind the layer.
struct App {
    resources: Arc<BTreeMap<String, Resource>>,
    streams: EventStreams,
}

impl App {
    fn new(case: &Case, places: Places, streams: EventStreams) -> Result<Self, String> {
        let mut resources = case.app.clone();
        for resource in resources.values_mut() {
            if let Some(cookie) = &mut resource.set_cookie {
                *cookie = format!("{}; Path=/", places.resolve(cookie, case)?);
            }
            if let Some(redirect) = &mut resource.redirect {
                redirect.to = places.url_of(&redirect.to, case)?;
                if let Some(userinfo) = &redirect.userinfo {
                    redirect.to = redirect.to.replacen("://", &format!("://{userinfo}@"), 1);
                }
            }
        }
        Ok(Self { resources: Arc::new(resources), streams })
    }

    fn service<B: Send + 'static>(
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
    let header = |text: &str| HeaderValue::from_str(text).unwrap();
    let mut response = Response::new(AppBody::empty());
    let mut status = resource.status.unwrap_or(200);
    let headers = response.headers_mut();
    headers.insert("content-type", header("text/plain"));
    for (name, lines) in &resource.headers {
        let name: HeaderName = name.parse().unwrap();
        headers.remove(&name);
        let lines = match lines {
            Lines::One(line) => std::slice::from_ref(line),
            Lines::Several(lines) => lines,
        };
        for line in lines {
            headers.append(&name, header(line));
        }
    }
    if let Some(cookie) = &resource.set_cookie {
        headers.append(SET_COOKIE, header(cookie));
    }
    if let Some(redirect) = &resource.redirect {
        headers.insert(LOCATION, header(&redirect.to));
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
    let is_stream = response.headers()["content-type"].as_bytes().starts_with(EVENT_STREAM);
    let body = match resource.body_kind {
        Some(BodyKind::Png) => PNG.into(),
        Some(BodyKind::Font) => FONT.into(),
        None => Bytes::from(resource.body.clone().unwrap_or(to)),
    };
    *response.body_mut() = if is_stream && streams == EventStreams::StayOpen {
        AppBody::new(StaysOpen(Some(body)))
    } else {
        body.into()
    };
    response
}

const EVENT_STREAM: &[u8] = b"text/event-stream";
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
