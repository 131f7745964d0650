//! What the model of a browser does with a case.

use std::sync::Arc;
use std::time::Duration;

use tower_cors::testing::{
    self, Answer, AnswerKind, CacheMode, Credentials, Engine, Error, HttpCache, Mode, Page,
    Redirect, ReferrerPolicy, Request,
};

use super::app::EventStreams;
use super::case::{BodyOf, BodyType, Case, Fetch, Frame, Via};
use super::check::{Observed, Script};
use super::site::{self, Record, Site};

/// Runs the steps of a case. Its pages have a browser's cache between them and the servers.
pub(crate) async fn observe(case: &Case, engine: Engine) -> Result<Vec<Observed>, String> {
    let record = Record::default();
    let servers = HttpCache::private(site::build(case, EventStreams::End, &record)?);
    let url = case.places.page_url(&case.page_origin.origin)?;
    let page = Page::at(url, servers).engine(engine);
    let mut page = match case.page_origin.frame {
        Some(Frame::Sandbox | Frame::Data) => page.open_sandboxed(),
        Some(Frame::SandboxSameOrigin) | None => page,
    };
    let mut observed = Vec::new();
    for step in &case.steps {
        let fetch = &step.fetch;
        if let Some(wait) = fetch.wait_before_ms {
            page.wait(Duration::from_millis(wait));
        }
        record.lock().unwrap().clear();
        let request = request(fetch, case)?;
        let mut frame: Option<Page<HttpCache<Site>>> = match &fetch.from_frame {
            Some(key) => Some(page.open(case.places.page_url(key)?)),
            None => None,
        };
        let outcome = frame.as_mut().unwrap_or(&mut page).fetch(request).await;
        let reached = Arc::clone(&record).lock().unwrap().clone();
        observed.push(Observed { script: seen(fetch.via, outcome), reached, console: None });
    }
    Ok(observed)
}

/// What the script sees. An element has to understand the response, too, and says little about it.
fn seen(via: Via, outcome: Result<Answer, Error>) -> Script {
    if via.is_silent() {
        return Script::default();
    }
    let answer = match outcome {
        Ok(answer) => answer,
        Err(error) => return Script::blocked(error.to_string()),
    };
    let kind = answer.kind();
    let is_visible = matches!(kind, AnswerKind::Basic | AnswerKind::Cors);
    let names = answer.headers().keys();
    let headers = names.filter_map(|name| Some((name.to_string(), answer.header(name.as_str())?)));
    Script {
        readable: Some(is_visible && is_understood(via, &answer)),
        opaque: kind == AnswerKind::Opaque,
        opaqueredirect: kind == AnswerKind::OpaqueRedirect,
        status: Some(answer.status()),
        url: Some(answer.url().to_owned()),
        headers: Some(headers.collect()),
        error: None,
    }
}

fn is_understood(via: Via, answer: &Answer) -> bool {
    let is_success = (200..300).contains(&answer.status());
    let content_type = answer.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match via {
        // Of an opaque picture, nothing can be seen here.
        Via::Img => answer.is_opaque() || answer.bytes().starts_with(b"\x89PNG"),
        Via::Font => is_success && answer.bytes().starts_with(b"\0\x01\0\0"),
        Via::Module => is_success && essence.ends_with("/javascript"),
        _ => true,
    }
}

/// Elements and workers make the same requests as `fetch()` does, with settings of their own, which
/// the case states.
fn request(fetch: &Fetch, case: &Case) -> Result<Request, String> {
    let is_xhr = fetch.via.is_xhr();
    let url = case.url_of(fetch)?;
    let request = match fetch.via {
        Via::Beacon => testing::beacon(url),
        Via::Eventsource => testing::event_source(url),
        Via::Form => testing::form_post(url, fetch.body.iter().flat_map(pairs)),
        _ => testing::request(&fetch.method, url),
    };
    let mut request = request
        .credentials(match fetch.credentials.as_str() {
            // An XMLHttpRequest cannot say it.
            "omit" if !is_xhr => Credentials::Omit,
            "omit" | "same-origin" => Credentials::SameOrigin,
            "include" => Credentials::Include,
            other => return Err(format!("unknown credentials mode {other}")),
        })
        .mode(match fetch.mode.as_str() {
            "cors" => Mode::Cors,
            "no-cors" => Mode::NoCors,
            "same-origin" => Mode::SameOrigin,
            "navigate" => Mode::Navigate,
            other => return Err(format!("unknown mode {other}")),
        })
        .redirect(match fetch.redirect.as_str() {
            "follow" => Redirect::Follow,
            "error" => Redirect::Error,
            "manual" => Redirect::Manual,
            other => return Err(format!("unknown redirect mode {other}")),
        })
        .referrer_policy(match fetch.referrer_policy.as_deref() {
            None | Some("") => ReferrerPolicy::default(),
            Some("no-referrer") => ReferrerPolicy::NoReferrer,
            Some("no-referrer-when-downgrade") => ReferrerPolicy::NoReferrerWhenDowngrade,
            Some("same-origin") => ReferrerPolicy::SameOrigin,
            Some("origin") => ReferrerPolicy::Origin,
            Some("strict-origin") => ReferrerPolicy::StrictOrigin,
            Some("origin-when-cross-origin") => ReferrerPolicy::OriginWhenCrossOrigin,
            Some("strict-origin-when-cross-origin") => ReferrerPolicy::StrictOriginWhenCrossOrigin,
            Some("unsafe-url") => ReferrerPolicy::UnsafeUrl,
            Some(other) => return Err(format!("unknown referrer policy {other}")),
        });
    if fetch.via != Via::Eventsource {
        request = request.cache(match fetch.cache.as_deref() {
            None | Some("default") => CacheMode::Default,
            Some("no-store") => CacheMode::NoStore,
            Some("reload") => CacheMode::Reload,
            Some("no-cache") => CacheMode::NoCache,
            Some("force-cache") => CacheMode::ForceCache,
            Some("only-if-cached") => CacheMode::OnlyIfCached,
            Some(other) => return Err(format!("unknown cache mode {other}")),
        });
    }
    if fetch.keepalive {
        request = request.keepalive();
    }
    for (name, lines) in &fetch.headers {
        request = request.headers(lines.as_slice().iter().map(|line| (name, line)));
    }
    let has_none = is_xhr && matches!(fetch.method.as_str(), "GET" | "HEAD");
    let is_given = has_none || fetch.via == Via::Form;
    if let Some(body) = fetch.body.as_ref().filter(|_| !is_given) {
        request = with_body(request, body);
    }
    Ok(match fetch.via {
        Via::XhrUpload => request.upload_listener(),
        Via::Font => request.for_font(),
        // A listener that is added after `send()` comes too late to count.
        _ => request,
    })
}

fn with_body(request: Request, body: &BodyOf) -> Request {
    match body.kind {
        BodyType::Text => request.text(text(&body.value)),
        BodyType::Letters => {
            let count = body.value.as_u64().and_then(|count| usize::try_from(count).ok());
            request.text("a".repeat(count.unwrap_or_default()))
        }
        BodyType::Urlencoded => {
            let encoded = pairs(body).map(|(key, value)| format!("{key}={value}"));
            let encoded = encoded.collect::<Vec<_>>().join("&");
            let encoded = body.value.as_str().map_or(encoded, ToOwned::to_owned);
            request.body(encoded, Some("application/x-www-form-urlencoded;charset=UTF-8"))
        }
        BodyType::Form => {
            let parts = pairs(body).map(|(key, value)| {
                format!("--x\r\ncontent-disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n")
            });
            let body = parts.collect::<String>() + "--x--\r\n";
            request.body(body, Some("multipart/form-data; boundary=x"))
        }
    }
}

fn pairs(body: &BodyOf) -> impl Iterator<Item = (&String, String)> {
    body.value.as_object().into_iter().flatten().map(|(key, value)| (key, text(value)))
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), Into::into)
}
