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
        .option_layer(layer.map(|policy| policy.layer()))
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
        let differences = judge(&step.expect, setting, &outcome, &reached);
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
    let unknown = |what: &str| Err(format!("{what} is unknown"));
    let mut request = match step.by.as_deref() {
        None => testing::request(&step.method, url(step)),
        Some("beacon") => testing::beacon(url(step)),
        Some("event source") => testing::event_source(url(step)),
        Some("form") => testing::form_post(url(step), [("", ""); 0]),
        Some(other) => return unknown(other),
    };
    for (name, value) in step.headers.as_pairs() {
        request = request.header(name, value);
    }
    if let Some(body) = &step.body {
        request = match step.stream {
            true => request.stream(body.clone()),
            false => request.body(body.clone(), step.body_type.as_deref()),
        };
    }
    if step.upload_listener {
        request = request.upload_listener();
    }
    if step.keepalive {
        request = request.keepalive();
    }
    Ok(request
        .mode(match step.mode.as_deref() {
            None | Some("cors") => Mode::Cors,
            Some("no-cors") => Mode::NoCors,
            Some("same-origin") => Mode::SameOrigin,
            Some(other) => return unknown(other),
        })
        .credentials(match step.credentials.as_deref() {
            None | Some("same-origin") => Credentials::SameOrigin,
            Some("include") => Credentials::Include,
            Some("omit") => Credentials::Omit,
            Some(other) => return unknown(other),
        })
        .redirect(match step.redirect.as_deref() {
            None | Some("follow") => Redirect::Follow,
            Some("error") => Redirect::Error,
            Some("manual") => Redirect::Manual,
            Some(other) => return unknown(other),
        })
        .cache(match step.cache.as_deref() {
            None | Some("default") => CacheMode::Default,
            Some("no-store") => CacheMode::NoStore,
            Some("reload") => CacheMode::Reload,
            Some("no-cache") => CacheMode::NoCache,
            Some("force-cache") => CacheMode::ForceCache,
            Some("only-if-cached") => CacheMode::OnlyIfCached,
            Some(other) => return unknown(other),
        })
        .referrer_policy(match step.referrer_policy.as_deref() {
            None | Some("" | "strict-origin-when-cross-origin") => {
                ReferrerPolicy::StrictOriginWhenCrossOrigin
            }
            Some("no-referrer") => ReferrerPolicy::NoReferrer,
            Some("no-referrer-when-downgrade") => ReferrerPolicy::NoReferrerWhenDowngrade,
            Some("origin") => ReferrerPolicy::Origin,
            Some("origin-when-cross-origin") => ReferrerPolicy::OriginWhenCrossOrigin,
            Some("same-origin") => ReferrerPolicy::SameOrigin,
            Some("strict-origin") => ReferrerPolicy::StrictOrigin,
            Some("unsafe-url") => ReferrerPolicy::UnsafeUrl,
            Some(other) => return unknown(other),
        }))
}
