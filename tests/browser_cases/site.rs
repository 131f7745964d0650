//! The servers of a case: applications behind this crate's layer, and a record of what reached them.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::{ETAG, IF_NONE_MATCH, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use tower::util::{BoxCloneService, ServiceExt as _};
use tower::{ServiceBuilder, service_fn};
use tower_cors::testing::Body;
use tower_cors::{CorsLayer, Policy};

use crate::case::{BodyKind, Case, Lines, PolicyOf, Resource};

pub(crate) type Site = BoxCloneService<Request<Body>, Response<Body>, Infallible>;

/// A request that reached a server.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    /// `server/resource`
    pub(crate) resource: String,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) response: HeaderMap,
}

pub(crate) type Record = Arc<Mutex<Vec<Reached>>>;

/// Puts origins and ports in the place of placeholders.
pub(crate) fn resolve(text: &str, case: &Case) -> String {
    let mut text = text.replace("{case}", &case.id);
    for key in ORIGINS.iter().map(|(key, _)| key) {
        text = text.replace(&format!("{{{key}}}"), &serialized(key));
    }
    for (placeholder, port) in PORTS {
        text = text.replace(placeholder, port);
    }
    assert!(!text.contains('{') || text.contains("{}"), "unknown placeholder in {text}");
    text
}

/// The URL of a page by the key of its origin, as it is typed.
pub(crate) fn page_url(key: &str) -> String {
    let found = ORIGINS.iter().find(|(known, _)| *known == key);
    let mut url = found.unwrap_or_else(|| panic!("unknown origin {key}")).1.to_owned();
    for (placeholder, port) in PORTS {
        url = url.replace(placeholder, port);
    }
    url
}

fn serialized(key: &str) -> String {
    page_url(key).to_lowercase()
}

const PORTS: [(&str, &str); 4] =
    [("{P1}", "8101"), ("{P2}", "8102"), ("{P3}", "8103"), ("{P4}", "8104")];

const ORIGINS: [(&str, &str); 16] = [
    ("page", "http://app.example.test:{P1}"),
    ("page_port2", "http://app.example.test:{P2}"),
    ("page_port80", "http://app.example.test"),
    ("deep", "http://a.b.app.example.test:{P1}"),
    ("apex", "http://example.test:{P1}"),
    ("evil", "http://evil.test:{P1}"),
    ("lookalike_prefix", "http://notexample.test:{P1}"),
    ("lookalike_suffix", "http://app.example.test.evil.test:{P1}"),
    ("lookalike_suffix_port80", "http://app.example.test.evil.test"),
    ("ipv4", "http://127.0.0.1:{P1}"),
    ("ipv6", "http://[::1]:{P1}"),
    ("localhost", "http://localhost:{P1}"),
    ("idn", "http://xn--bcher-kva.example.test:{P1}"),
    ("underscore", "http://my_app.example.test:{P1}"),
    ("trailing_dot", "http://app.localhost.:{P1}"),
    ("uppercase", "http://APP.EXAMPLE.TEST:{P1}"),
];

/// The URL of `server/resource`.
pub(crate) fn url_of(to: &str, case: &Case) -> String {
    let (server, _) = to.split_once('/').expect("server/resource");
    let host = match case.servers.get(server).and_then(|server| server.host_of.as_deref()) {
        Some(host) => host,
        None if server == "cred" => "api",
        None => server,
    };
    let base = match host {
        "api" => "http://api.example.test:8103".to_owned(),
        "api2" => "http://api2.example.test:8104".to_owned(),
        "page" => serialized(&case.page_origin.origin),
        other => panic!("unknown server {other}"),
    };
    format!("{base}/c/{}/{to}", case.id)
}

/// All servers of a case in one: the path tells which.
pub(crate) fn build(case: &Case, record: &Record) -> Result<Site, String> {
    let mut servers = Vec::new();
    for server in ["api", "api2", "page", "cred"] {
        let own = case.servers.get(server).and_then(|server| server.policy.as_ref());
        let policy = match (server, own) {
            (_, Some(policy)) => compile(policy, case)?,
            ("api" | "cred", None) => compile(&case.policy, case)?,
            _ => Policy::disabled(),
        };
        servers
            .push((server, ServiceBuilder::new().layer(CorsLayer::new(policy)).service(app(case))));
    }
    let record = Arc::clone(record);
    Ok(BoxCloneService::new(service_fn(move |request: Request<Body>| {
        let (record, servers) = (Arc::clone(&record), servers.clone());
        async move {
            let resource = resource_of(&request);
            let (method, headers) = (request.method().clone(), request.headers().clone());
            let server =
                servers.into_iter().find(|(server, _)| resource.starts_with(&format!("{server}/")));
            let (_, server) = server.unwrap_or_else(|| panic!("no server for {resource}"));
            let response = server.oneshot(request).await?;
            let reached =
                Reached { resource, method, headers, response: response.headers().clone() };
            record.lock().unwrap().push(reached);
            Ok(response)
        }
    })))
}

fn resource_of(request: &Request<Body>) -> String {
    request.uri().path().split('/').skip(3).collect::<Vec<_>>().join("/")
}

fn compile(policy: &PolicyOf, case: &Case) -> Result<Policy, String> {
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
    let origins: Vec<_> = policy.origins.iter().map(|origin| resolve(origin, case)).collect();
    match (&origins[..], policy.credentials) {
        ([any], false) if any == "*" => rest!(Policy::allow_any_origin()),
        (_, false) => rest!(Policy::allow_origins(origins)),
        // The names of the cases are plain HTTP.
        (_, true) => rest!(
            Policy::allow_origins(origins).allow_credentials().dangerously_allow_insecure_origins()
        ),
    }
}

fn split_wildcard(names: &[String]) -> (bool, Vec<&String>) {
    (names.iter().any(|name| name == "*"), names.iter().filter(|name| *name != "*").collect())
}

/// The application behind the layer.
fn app(case: &Case) -> BoxCloneService<Request<Body>, Response<Body>, Infallible> {
    let mut resources = case.app.clone();
    for resource in resources.values_mut() {
        if let Some(cookie) = &mut resource.set_cookie {
            *cookie = format!("{}; Path=/", resolve(cookie, case));
        }
        if let Some(redirect) = &mut resource.redirect {
            let url = url_of(&redirect.to, case);
            let userinfo = redirect.userinfo.as_ref().map(|info| format!("http://{info}@"));
            redirect.to = match userinfo {
                Some(with_userinfo) => url.replacen("http://", &with_userinfo, 1),
                None => url,
            };
        }
    }
    BoxCloneService::new(service_fn(move |request: Request<Body>| {
        let name = resource_of(&request);
        let (_, name) = name.split_once('/').expect("server/resource");
        let resource = resources.get(name).cloned().unwrap_or_default();
        let to = resource_of(&request);
        async move { Ok(respond(&resource, &request, to)) }
    }))
}

fn respond(resource: &Resource, request: &Request<Body>, to: String) -> Response<Body> {
    let asks = |name: &HeaderName| request.headers().get(name).map(HeaderValue::as_bytes);
    let header = |text: &str| HeaderValue::from_str(text).unwrap();
    let mut response = Response::new(Body::default());
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
    if !matches!(status, 204 | 304) && request.method() != Method::HEAD {
        *response.body_mut() = match resource.body_kind {
            Some(BodyKind::Png) => Body::from("a picture"),
            Some(BodyKind::Font) => Body::from("a font"),
            None => resource.body.clone().unwrap_or(to).into(),
        };
    }
    response
}
