//! Runs a row.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Request;
use tokio::runtime::Builder;
use tower::ServiceBuilder;
use tower_cors::testing::{
    self, Body, CacheMode, Credentials, HttpCache, Mode, Page, Redirect, ReferrerPolicy,
};

use super::judge::{Reached, judge};
use super::policy::PolicyOf;
use super::row::{Row, Step};
use super::server::{Server, is_preflight};

/// Who says the CORS headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Setting {
    /// The servers of the suite.
    Suite,
    /// The layer.
    Layer,
}

impl Setting {
    pub(crate) fn is_for(self, row: &Row) -> bool {
        self == Self::Suite || row.policy.is_some()
    }

    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Suite => "",
            Self::Layer => " behind CorsLayer",
        }
    }
}

/// A body that never ends must not stop all else.
const PATIENCE: Duration = Duration::from_secs(2);

/// `Ok` if everything is as the row says, else what is not.
pub(crate) fn run(row: &Row, setting: Setting) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let run = async { tokio::time::timeout(PATIENCE, steps(row, setting)).await };
    runtime.block_on(run).unwrap_or_else(|_| Err("  does not come to its end".to_owned()))
}

async fn steps(row: &Row, setting: Setting) -> Result<(), String> {
    let layer = row.policy.as_ref().filter(|_| setting == Setting::Layer);
    let server = Server::new(layer.is_some());
    let reached = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&reached);
    let servers = ServiceBuilder::new()
        .map_request(move |request: Request<Body>| {
            let (method, headers) = (request.method().clone(), request.headers().clone());
            let is_preflight = is_preflight(&request);
            record.lock().unwrap().push(Reached { method, headers, is_preflight });
            request
        })
        .option_layer(layer.map(PolicyOf::layer))
        .service(server.clone());
    let cache = HttpCache::private(servers);
    let mut page = Page::at(&row.page, cache);
    for (index, step) in row.steps.iter().enumerate() {
        server.play(&step.server);
        reached.lock().unwrap().clear();
        page.wait(Duration::from_secs_f64(step.wait));
        let request = request(step)?;
        let outcome = page.fetch(request).await;
        let reached = reached.lock().unwrap().clone();
        let differences = judge(&step.expect, &outcome, &reached);
        if !differences.is_empty() {
            let (url, method) = (url(step), &step.method);
            let headers = step.headers.as_pairs();
            return Err(format!(
                "  step {}: {method} {url} {headers:?}\n{}",
                index + 1,
                differences.join("\n")
            ));
        }
    }
    Ok(())
}

fn url(step: &Step) -> &str {
    step.server.get(&step.to).map_or(&step.to, |place| &place.url)
}

fn request(step: &Step) -> Result<testing::Request, String> {
    let mut request = match step.by.as_deref() {
        None => testing::request(&step.method, url(step)),
        Some("beacon") => testing::beacon(url(step)),
        Some("event source") => testing::event_source(url(step)),
        Some("font") => testing::get(url(step)).for_font(),
        Some("form") => testing::form_post(url(step), [("", ""); 0]),
        Some(other) => return Err(format!("nothing of a page is {other}")),
    };
    for (name, value) in step.headers.as_pairs() {
        request = request.header(name, value);
    }
    let body = step.body_size.map(|size| "*".repeat(size)).or_else(|| step.body.clone());
    if let Some(body) = body {
        request = if step.stream {
            request.stream(body)
        } else {
            request.body(body, step.body_type.as_deref())
        };
    }
    if step.upload_listener {
        request = request.upload_listener();
    }
    if step.keepalive {
        request = request.keepalive();
    }
    for (name, value) in step.settings() {
        request = match (name, value) {
            ("mode", "cors") => request.mode(Mode::Cors),
            ("mode", "no-cors") => request.mode(Mode::NoCors),
            ("mode", "same-origin") => request.mode(Mode::SameOrigin),
            ("credentials", "same-origin") => request.credentials(Credentials::SameOrigin),
            ("credentials", "include") => request.credentials(Credentials::Include),
            ("credentials", "omit") => request.credentials(Credentials::Omit),
            ("redirect", "follow") => request.redirect(Redirect::Follow),
            ("redirect", "error") => request.redirect(Redirect::Error),
            ("redirect", "manual") => request.redirect(Redirect::Manual),
            ("cache", mode) => request.cache(cache_mode(mode)?),
            ("referrer_policy", policy) => request.referrer_policy(referrer_policy(policy)?),
            (name, value) => return Err(format!("{name} cannot be {value}")),
        };
    }
    Ok(request)
}

fn cache_mode(mode: &str) -> Result<CacheMode, String> {
    Ok(match mode {
        "default" => CacheMode::Default,
        "no-store" => CacheMode::NoStore,
        "reload" => CacheMode::Reload,
        "no-cache" => CacheMode::NoCache,
        "force-cache" => CacheMode::ForceCache,
        "only-if-cached" => CacheMode::OnlyIfCached,
        other => return Err(format!("there is no cache mode {other}")),
    })
}

fn referrer_policy(policy: &str) -> Result<ReferrerPolicy, String> {
    Ok(match policy {
        "" => ReferrerPolicy::default(),
        "no-referrer" => ReferrerPolicy::NoReferrer,
        "no-referrer-when-downgrade" => ReferrerPolicy::NoReferrerWhenDowngrade,
        "same-origin" => ReferrerPolicy::SameOrigin,
        "origin" => ReferrerPolicy::Origin,
        "strict-origin" => ReferrerPolicy::StrictOrigin,
        "origin-when-cross-origin" => ReferrerPolicy::OriginWhenCrossOrigin,
        "strict-origin-when-cross-origin" => ReferrerPolicy::StrictOriginWhenCrossOrigin,
        "unsafe-url" => ReferrerPolicy::UnsafeUrl,
        other => return Err(format!("there is no referrer policy {other}")),
    })
}
