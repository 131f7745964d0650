//! Runs the steps of a case.

use std::sync::Arc;
use std::time::Duration;

use tower_cors::testing::{
    self, CacheMode, Clock, Credentials, Engine, HttpCache, Mode, Page, Redirect, ReferrerPolicy,
    Request,
};

use crate::case::{BodyOf, BodyType, Case, Fetch, Frame, Via};
use crate::check::{Observed, check};
use crate::site::{self, Record, Site};

/// Runs a case. The pages of a case have a browser's cache between them and the servers.
pub(crate) async fn run(case: &Case, name: &str, engine: Engine) -> Result<(), String> {
    let record = Record::default();
    let clock = Clock::new();
    let servers = HttpCache::private(site::build(case, &record)?).clock(clock.clone());
    let url = site::page_url(&case.page_origin.origin);
    let page = Page::at(url, servers).engine(engine).clock(clock);
    let mut page = match case.page_origin.frame {
        Some(Frame::Sandbox | Frame::Data) => page.open_sandboxed(),
        Some(Frame::SandboxSameOrigin) | None => page,
    };
    for (index, step) in case.steps.iter().enumerate() {
        let fetch = &step.fetch;
        if let Some(wait) = fetch.wait_before_ms {
            page.wait(Duration::from_millis(wait));
        }
        let deviation = case.engines.get(&index.to_string()).and_then(|engines| engines.get(name));
        let expected = match deviation {
            Some(deviation) => step.expected.with(deviation),
            None => step.expected.clone(),
        };
        record.lock().unwrap().clear();
        let request = request(fetch, case);
        let mut frame: Option<Page<HttpCache<Site>>> =
            fetch.from_frame.as_ref().map(|key| page.open(site::page_url(key)));
        let outcome = frame.as_mut().unwrap_or(&mut page).fetch(request).await;
        let reached = Arc::clone(&record).lock().unwrap().clone();
        let observed = Observed { outcome, reached };
        check(&expected, fetch, case, name, &observed)
            .map_err(|why| format!("step {index}: {why}\n{:?}", observed.outcome))?;
    }
    Ok(())
}

/// Elements and workers make the same requests as `fetch()` does, with settings of their own, which
/// the case states.
fn request(fetch: &Fetch, case: &Case) -> Request {
    let mut url = site::url_of(&fetch.to, case);
    if let Some(query) = &fetch.query {
        url = format!("{url}?{query}");
    }
    let mut request = testing::request(&fetch.method, url)
        .credentials(match fetch.credentials.as_str() {
            "omit" => Credentials::Omit,
            "same-origin" => Credentials::SameOrigin,
            "include" => Credentials::Include,
            other => panic!("unknown credentials mode {other}"),
        })
        .mode(match fetch.mode.as_str() {
            "cors" => Mode::Cors,
            "no-cors" => Mode::NoCors,
            "same-origin" => Mode::SameOrigin,
            other => panic!("unknown mode {other}"),
        })
        .redirect(match fetch.redirect.as_str() {
            "follow" => Redirect::Follow,
            "error" => Redirect::Error,
            "manual" => Redirect::Manual,
            other => panic!("unknown redirect mode {other}"),
        })
        .cache(match fetch.cache.as_deref() {
            None | Some("default") => CacheMode::Default,
            Some("no-store") => CacheMode::NoStore,
            Some("reload") => CacheMode::Reload,
            Some("no-cache") => CacheMode::NoCache,
            Some("force-cache") => CacheMode::ForceCache,
            Some("only-if-cached") => CacheMode::OnlyIfCached,
            Some(other) => panic!("unknown cache mode {other}"),
        })
        .referrer_policy(match fetch.referrer_policy.as_deref() {
            None
            | Some(
                ""
                | "strict-origin"
                | "strict-origin-when-cross-origin"
                | "no-referrer-when-downgrade",
            ) => ReferrerPolicy::StrictOrigin,
            Some("no-referrer") => ReferrerPolicy::NoReferrer,
            Some("same-origin") => ReferrerPolicy::SameOrigin,
            Some("origin" | "origin-when-cross-origin" | "unsafe-url") => ReferrerPolicy::UnsafeUrl,
            Some(other) => panic!("unknown referrer policy {other}"),
        });
    for (name, value) in &fetch.headers {
        request = request.header(name, value);
    }
    if let Some(body) = &fetch.body {
        request = with_body(request, body);
    }
    match fetch.via {
        Via::XhrUpload => request.upload_listener(),
        Via::Font => request.for_font(),
        Via::Eventsource => request.header("accept", "text/event-stream"),
        // A listener that is added after `send()` comes too late to count.
        _ => request,
    }
}

fn with_body(request: Request, body: &BodyOf) -> Request {
    let text =
        |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), Into::into);
    let pairs = || body.value.as_object().into_iter().flatten();
    match body.kind {
        BodyType::Text => request.text(text(&body.value)),
        BodyType::Urlencoded => {
            let encoded = pairs().map(|(key, value)| format!("{key}={}", text(value)));
            let encoded = encoded.collect::<Vec<_>>().join("&");
            let encoded = body.value.as_str().map_or(encoded, ToOwned::to_owned);
            request.body(encoded, Some("application/x-www-form-urlencoded;charset=UTF-8"))
        }
        BodyType::Form => {
            let parts = pairs().map(|(key, value)| {
                let value = text(value);
                format!("--x\r\ncontent-disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n")
            });
            let body = parts.collect::<String>() + "--x--\r\n";
            request.body(body, Some("multipart/form-data; boundary=x"))
        }
    }
}
