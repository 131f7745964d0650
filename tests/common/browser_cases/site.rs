//! The servers of a case: applications behind this crate's layer, and a record of what reached them.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body as AppBody;
use axum::response::IntoResponse as _;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use tower::util::{BoxCloneService, ServiceExt as _};
use tower::{Layer as _, service_fn};
use tower_cors::testing::Body;
use tower_cors::{CorsLayer, Policy};

use super::app::{App, EventStreams, resource_of};
use super::case::{Case, LayerOf, PolicyOf};
use super::check::text;
use super::places::Places;
use super::read::SERVERS;

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

impl Reached {
    /// Whether it carries the cookie that the case sets.
    pub(crate) fn has_cookie_of(&self, case: &Case) -> bool {
        let cookie = format!("{}=1", case.id);
        let lines = text(&self.headers, "cookie").unwrap_or_default();
        // HTTP/2 has a line for each.
        lines.split([';', ',']).any(|pair| pair.trim() == cookie)
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.resource)?;
        for name in ["origin", "access-control-request-method", "access-control-request-headers"] {
            if let Some(value) = text(&self.headers, name) {
                write!(f, " {name}={value}")?;
            }
        }
        Ok(())
    }
}

pub(crate) type Record = Arc<Mutex<Vec<Reached>>>;

/// All servers of a case in one: the path tells which.
pub(crate) fn build(case: &Case, streams: EventStreams, record: &Record) -> Result<Site, String> {
    let further = case.servers.keys().map(String::as_str);
    let names: BTreeSet<&str> = SERVERS.into_iter().chain(further).collect();
    let mut servers = BTreeMap::new();
    for name in names {
        let own = case.servers.get(name).and_then(|server| server.policy.as_ref());
        let policy = match name {
            "api" | "cred" => Some(own.unwrap_or(&case.policy)),
            _ => own,
        };
        let app = App::new(case, streams)?;
        let server = match policy {
            None => BoxCloneService::new(app.service()),
            Some(policy) => {
                let cors = layer(compile(policy, case.places)?, &case.layer)?;
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

fn layer(policy: Policy, switches: &LayerOf) -> Result<CorsLayer, String> {
    let mut layer = CorsLayer::new(policy);
    if switches.explain_refusals {
        layer = layer.explain_refusals();
    }
    if switches.reject_disallowed_origins {
        layer = layer.reject_disallowed_origins();
    }
    if !switches.own_hosts.is_empty() {
        layer = layer.own_hosts(&switches.own_hosts).map_err(|error| error.to_string())?;
    }
    Ok(layer)
}

fn compile(policy: &PolicyOf, places: Places) -> Result<Policy, String> {
    macro_rules! rest {
        ($builder:expr) => {{
            let mut builder = $builder;
            let (any, listed) = split_wildcard(&policy.methods);
            builder = builder.allow_methods(listed);
            if any {
                builder = builder.allow_any_method();
            }
            let (any, listed) = split_wildcard(&policy.request_headers);
            builder = builder.allow_headers(listed);
            if any {
                builder = builder.allow_any_header();
            }
            let (any, listed) = split_wildcard(&policy.exposed_headers);
            builder = builder.expose_headers(listed);
            if any {
                builder = builder.expose_any_header();
            }
            if let Some(max_age) = policy.max_age {
                builder = builder.max_age(Duration::from_secs(max_age));
            }
            builder.build().map_err(|error| error.to_string())
        }};
    }
    let origins = &policy.origins;
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
