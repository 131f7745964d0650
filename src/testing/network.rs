//! [HTTP-network-or-cache fetch]: from a request to what the service gets, and back.
//!
//! [HTTP-network-or-cache fetch]: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch

use std::error::Error as StdError;
use std::future::poll_fn;

use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, PRAGMA,
};
use http::{Method, StatusCode};
use tower_service::Service;

use super::body::{Body, BoxError};
use super::cache::{NotCached, Partition, Stored};
use super::error::Step;
use super::fetching::{Failure, Tainting};
use super::log::{Log, Sent};
use super::modes::{CacheMode, Credentials, Mode, ReferrerPolicy};
use super::page::Browser;
use super::preflight::Question;
use super::prepared::Prepared;
use super::store;
use super::url::{Origin, Url};

pub(super) struct Network<'a, S> {
    pub(super) service: &'a mut S,
    /// That of the top-level page.
    pub(super) site: &'a str,
    pub(super) browser: &'a Browser,
    pub(super) log: &'a mut Log,
}

impl<S, B> Network<'_, S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>>,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
    B: http_body::Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Sends a request to the last of the URLs. `serialized` is its serialized origin.
    pub(super) async fn send(
        &mut self,
        request: &Prepared,
        urls: &[Url],
        origin: &Origin,
        serialized: &str,
        tainting: Tainting,
    ) -> Result<http::Response<B>, Failure> {
        let url = &urls[urls.len() - 1];
        let settings = request.settings;
        if request.is_too_long() {
            return Err((Step::KeepaliveBody, None));
        }
        let include = match settings.credentials {
            Credentials::Include => true,
            Credentials::SameOrigin => tainting == Tainting::Basic,
            Credentials::Omit => false,
        };
        let mut headers = request.headers.clone();
        if !headers.contains_key(ACCEPT) {
            headers.insert(ACCEPT, settings.initiator.accept());
        }
        match (&request.body, &request.method) {
            (Some(_), _) if request.streamed => {}
            (Some(body), _) => drop(headers.insert(CONTENT_LENGTH, body.len().into())),
            (None, &Method::POST | &Method::PUT) => drop(headers.insert(CONTENT_LENGTH, 0.into())),
            (None, _) => {}
        }
        insert(
            &mut headers,
            ORIGIN,
            self.origin_header(request, url, origin, serialized, tainting),
        );
        if include {
            insert(&mut headers, COOKIE, self.browser.state().cookies.header(origin, url));
        }
        let cache = cache_mode(settings.cache, &mut headers);
        let mode = match settings.mode {
            Mode::Cors => "cors",
            Mode::NoCors => "no-cors",
            Mode::SameOrigin => "same-origin",
            Mode::Navigate => "navigate",
        };
        let metadata = (mode, settings.initiator.destination());
        let mut sent = http::Request::new(Body::from(request.body.clone().unwrap_or_default()));
        *sent.method_mut() = request.method.clone();
        *sent.headers_mut() = headers;
        sent.extensions_mut().insert(cache);
        sent.extensions_mut().insert(Partition(match settings.mode {
            // The page to come is the top-level one.
            Mode::Navigate => url.origin().site(),
            Mode::Cors | Mode::NoCors | Mode::SameOrigin => self.site.to_owned(),
        }));
        let response = self
            .exchange(sent, urls, origin, metadata, request.dropped_headers.clone(), false)
            .await?;
        if include {
            self.browser.state().cookies.store(url, response.headers(), self.browser.engine);
        }
        // Without a cache between page and service, nothing is stored.
        if cache == CacheMode::OnlyIfCached && response.extensions().get::<Stored>().is_none() {
            return Err((Step::NotCached, None));
        }
        Ok(response)
    }

    /// Sends the CORS-preflight request: never with credentials.
    pub(super) async fn send_preflight(
        &mut self,
        question: &Question<'_>,
        urls: &[Url],
        origin: &Origin,
    ) -> Result<(StatusCode, HeaderMap), Failure> {
        let mut sent = http::Request::new(Body::default());
        *sent.method_mut() = Method::OPTIONS;
        *sent.headers_mut() = question.headers();
        insert(sent.headers_mut(), ORIGIN, Some(question.origin.to_owned()));
        let answer = self.exchange(sent, urls, origin, ("cors", "empty"), Vec::new(), true).await?;
        // Nobody waits for its body.
        let (head, _) = answer.into_parts();
        Ok((head.status, head.headers))
    }

    async fn exchange(
        &mut self,
        mut request: http::Request<Body>,
        urls: &[Url],
        origin: &Origin,
        metadata: (&'static str, &'static str),
        dropped_headers: Vec<HeaderName>,
        is_preflight: bool,
    ) -> Result<http::Response<B>, Failure> {
        let url = &urls[urls.len() - 1];
        insert(request.headers_mut(), HOST, Some(url.authority()));
        insert_fetch_metadata(request.headers_mut(), urls, origin, metadata);
        // A URL of the model was parsed as one of these.
        *request.uri_mut() = url.to_string().parse().unwrap_or_default();
        self.log.push(Sent {
            is_preflight,
            method: request.method().clone(),
            url: url.to_string(),
            headers: request.headers().clone(),
            dropped_headers,
            response: None,
        });
        request.extensions_mut().insert(self.browser.clock.clone());
        let failed = |error: S::Error| failed(error.into());
        poll_fn(|cx| self.service.poll_ready(cx)).await.map_err(failed)?;
        let response = self.service.call(request).await.map_err(failed)?;
        if let Some(sent) = self.log.last_mut() {
            sent.response = Some((response.status(), response.headers().clone()));
        }
        Ok(response)
    }

    /// [Appends a request `Origin` header].
    ///
    /// [Appends a request `Origin` header]: https://fetch.spec.whatwg.org/#append-a-request-origin-header
    fn origin_header(
        &self,
        request: &Prepared,
        url: &Url,
        origin: &Origin,
        serialized: &str,
        tainting: Tainting,
    ) -> Option<String> {
        if tainting == Tainting::Cors {
            return Some(serialized.to_owned());
        }
        if matches!(request.method, Method::GET | Method::HEAD) {
            return None;
        }
        // All engines hide it from navigations.
        let hides = request.settings.mode == Mode::Navigate
            || self.browser.engine.hides_origin_from_no_cors_requests();
        let is_hidden = request.settings.mode != Mode::Cors
            && match request.settings.referrer_policy {
                ReferrerPolicy::NoReferrer => hides,
                ReferrerPolicy::NoReferrerWhenDowngrade
                | ReferrerPolicy::StrictOrigin
                | ReferrerPolicy::StrictOriginWhenCrossOrigin => {
                    origin.is_https() && url.scheme() != "https"
                }
                ReferrerPolicy::SameOrigin => hides && !origin.is_same(&url.origin()),
                ReferrerPolicy::Origin
                | ReferrerPolicy::OriginWhenCrossOrigin
                | ReferrerPolicy::UnsafeUrl => false,
            };
        Some(if is_hidden { "null" } else { serialized }.to_owned())
    }
}

/// A cache has failures of its own.
fn failed(error: BoxError) -> Failure {
    if error.is::<NotCached>() {
        return (Step::NotCached, None);
    }
    match error.downcast() {
        Ok(misuse) => (Step::Request(*misuse), None),
        Err(error) => (Step::Service, Some(error)),
    }
}

/// What the cache mode says to caches on the way. A script that sets a condition itself does not
/// want a cache to use it.
fn cache_mode(mode: CacheMode, headers: &mut HeaderMap) -> CacheMode {
    let mode = if mode == CacheMode::Default && store::is_conditional(headers) {
        CacheMode::NoStore
    } else {
        mode
    };
    match mode {
        CacheMode::NoCache if !headers.contains_key(CACHE_CONTROL) => {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=0"));
        }
        CacheMode::NoStore | CacheMode::Reload => {
            for name in [PRAGMA, CACHE_CONTROL] {
                headers.entry(name).or_insert(HeaderValue::from_static("no-cache"));
            }
        }
        _ => {}
    }
    mode
}

/// [Fetch metadata](https://w3c.github.io/webappsec-fetch-metadata/), which browsers send to
/// trustworthy URLs only.
fn insert_fetch_metadata(
    headers: &mut HeaderMap,
    urls: &[Url],
    origin: &Origin,
    (mode, destination): (&'static str, &'static str),
) {
    if !urls[urls.len() - 1].is_trustworthy() {
        return;
    }
    let site = if urls.iter().all(|url| origin.is_same(&url.origin())) {
        "same-origin"
    } else if urls.iter().all(|url| origin.is_same_site(url)) {
        "same-site"
    } else {
        "cross-site"
    };
    for (name, value) in
        [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", destination)]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: Option<String>) {
    let value = value.and_then(|value| HeaderValue::try_from(value).ok());
    headers.extend(value.map(|value| (name, value)));
}
