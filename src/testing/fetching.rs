//! One request on its way: [main fetch] and [HTTP fetch].
//!
//! [main fetch]: https://fetch.spec.whatwg.org/#main-fetch
//! [HTTP fetch]: https://fetch.spec.whatwg.org/#http-fetch

use std::collections::BTreeSet;
use std::error::Error as StdError;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION};
use http::{Method, StatusCode, response};
use tower_service::Service;

use super::body::{self, Body};
use super::cors_check::cors_check;
use super::error::{Error, RedirectFailure, Refused, Step};
use super::initiator::Initiator;
use super::log::Sent;
use super::modes::{Mode, Redirect};
use super::network::Network;
use super::preflight::Question;
use super::preflight_cache::Asker;
use super::prepared::Prepared;
use super::redirects;
use super::response::{Answer, Internal};
use super::safelist;
use super::url::{Origin, Url};
use super::values;

/// A request's [response tainting](https://fetch.spec.whatwg.org/#concept-request-response-tainting).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tainting {
    Basic,
    Cors,
    Opaque,
}

pub(super) struct Fetching<'a, S> {
    pub(super) network: Network<'a, S>,
    pub(super) request: Prepared,
    pub(super) origin: Origin,
    /// The [URL list](https://fetch.spec.whatwg.org/#concept-request-url-list). Never empty.
    pub(super) urls: Vec<Url>,
    pub(super) tainting: Tainting,
    /// Whether a hop so far was in need of a preflight, cached or not.
    pub(super) needed_preflight: bool,
    /// An engine asks for `Authorization` even after it dropped it.
    pub(super) dropped_authorization: bool,
}

/// A step that failed, and with what error of the service, if that is why.
pub(super) type Failure = (Step, Option<Box<dyn StdError + Send + Sync>>);

/// A response, or the next hop.
enum Hop {
    Done(Answer),
    Redirected,
}

impl<S, B> Fetching<'_, S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>>,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
    B: http_body::Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    pub(super) async fn run(mut self) -> Result<Answer, Error> {
        // `sendBeacon()` returns false then, and asks nobody.
        if self.request.settings.initiator == Initiator::Beacon && self.request.is_too_long() {
            return Err(self.fail((Step::KeepaliveBody, None)));
        }
        loop {
            match self.main_fetch().await {
                Ok(Hop::Done(answer)) => return Ok(answer),
                Ok(Hop::Redirected) => {}
                Err(failure) => return Err(self.fail(failure)),
            }
        }
    }

    /// [Main fetch](https://fetch.spec.whatwg.org/#main-fetch), step 12.
    async fn main_fetch(&mut self) -> Result<Hop, Failure> {
        // https://fetch.spec.whatwg.org/#scheme-fetch: no other scheme asks a server.
        if !self.url().is_http() {
            return Err((Step::Scheme, None));
        }
        let settings = self.request.settings;
        let same_origin = self.url().origin().is_same(&self.origin);
        if same_origin && self.tainting == Tainting::Basic || settings.mode == Mode::Navigate {
            return self.http_fetch(false).await;
        }
        match settings.mode {
            Mode::SameOrigin => return Err((Step::Mode, None)),
            Mode::NoCors if settings.redirect != Redirect::Follow => {
                return Err((Step::Mode, None));
            }
            Mode::NoCors => {
                self.tainting = Tainting::Opaque;
                return self.http_fetch(false).await;
            }
            Mode::Cors | Mode::Navigate => {}
        }
        self.tainting = Tainting::Cors;
        let needs_preflight = settings.use_cors_preflight
            || settings.initiator.is_unsafe()
                && (!safelist::is_safelisted_method(self.request.method.as_str())
                    || !self.unsafe_names().is_empty())
            || self.preflights_whatever_follows();
        self.needed_preflight |= needs_preflight;
        self.http_fetch(needs_preflight).await
    }

    /// [HTTP fetch](https://fetch.spec.whatwg.org/#http-fetch), from step 4 on.
    async fn http_fetch(&mut self, makes_preflight: bool) -> Result<Hop, Failure> {
        if makes_preflight && !self.is_allowed_by_cache() {
            self.preflight().await?;
        }
        self.dropped_authorization = false;
        let serialized = self.serialized_origin();
        let response = self
            .network
            .send(&self.request, &self.urls, &self.origin, &serialized, self.tainting)
            .await?;
        let settings = self.request.settings;
        let (head, body) = response.into_parts();
        let headers = &head.headers;
        if self.tainting == Tainting::Cors {
            cors_check(&serialized, settings.credentials, headers)
                .map_err(|failure| (Step::CorsCheck(failure), None))?;
        }
        if self.tainting == Tainting::Opaque && self.is_blocked_by_resource_policy(headers) {
            return Err((Step::ResourcePolicy, None));
        }
        if redirects::is_redirect_status(head.status) {
            match settings.redirect {
                Redirect::Error => return Err((Step::Redirect(RedirectFailure::Mode), None)),
                Redirect::Manual => {
                    return Ok(Hop::Done(Answer::opaque_redirect(self.url().href().to_owned())));
                }
                Redirect::Follow => {
                    if let Some(location) = values::get(headers, LOCATION) {
                        self.redirect(head.status, &location)
                            .map_err(|failure| (Step::Redirect(failure), None))?;
                        return Ok(Hop::Redirected);
                    }
                }
            }
        }
        self.answer(head, body).await.map(Hop::Done)
    }

    /// What the page gets of a response.
    async fn answer(&self, head: response::Parts, body: B) -> Result<Answer, Failure> {
        let (initiator, tainting) = (self.request.settings.initiator, self.tainting);
        // A page uses a font however it came, and can tell whether that worked.
        let is_seen = tainting != Tainting::Opaque || initiator == Initiator::Font;
        if !is_seen || initiator == Initiator::Beacon {
            return Ok(Answer::opaque());
        }
        let has_body = match initiator {
            Initiator::EventSource if !is_event_stream(&head) => {
                return Err((Step::NotAnEventStream, None));
            }
            Initiator::EventSource => false,
            _ => self.request.method != Method::HEAD && !is_null_body_status(head.status),
        };
        let body = if has_body {
            body::read(body).await.map_err(|error| (Step::Body, Some(error.into())))?
        } else {
            Bytes::new()
        };
        let redirected = self.urls.len() > 1;
        let internal = Internal { url: self.url().href().to_owned(), redirected, head, body };
        Ok(match tainting {
            Tainting::Basic if initiator == Initiator::Form => Answer::navigation(internal),
            Tainting::Basic => Answer::basic(internal),
            Tainting::Cors | Tainting::Opaque => {
                Answer::cors(internal, self.request.settings.credentials)
            }
        })
    }

    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch)
    async fn preflight(&mut self) -> Result<(), Failure> {
        let (origin, unsafe_names) = (self.origin_of_preflight(), self.unsafe_names());
        let question = Question {
            origin: &origin,
            credentials: self.request.settings.credentials,
            method: self.request.method.as_str(),
            unsafe_names: &unsafe_names,
            use_cors_preflight: self.request.settings.use_cors_preflight,
            engine: self.network.browser.engine,
        };
        let (status, answer) =
            self.network.send_preflight(&question, &self.urls, &self.origin).await?;
        let permission = question.judge(status, &answer).map_err(|step| (step, None))?;
        let url = self.url().to_string();
        let asker = self.asker(&origin, &url, &unsafe_names);
        self.network.browser.state().preflights.store(
            asker,
            &permission.methods,
            &permission.headers,
            permission.max_age,
        );
        Ok(())
    }

    /// [HTTP fetch](https://fetch.spec.whatwg.org/#http-fetch), the conditions of its first step.
    fn is_allowed_by_cache(&self) -> bool {
        let (origin, unsafe_names) = (self.origin_of_preflight(), self.unsafe_names());
        let url = self.url().to_string();
        let asker = self.asker(&origin, &url, &unsafe_names);
        let state = self.network.browser.state();
        let by_itself = safelist::is_safelisted_method(asker.method)
            && !self.request.settings.use_cors_preflight
            && !self.preflights_whatever_follows();
        (by_itself || state.preflights.allows_method(asker))
            && unsafe_names.iter().all(|name| state.preflights.allows_header(asker, name))
    }

    fn origin_of_preflight(&self) -> String {
        if self.network.browser.engine.preflights_with_the_origin_of_the_page() {
            self.origin.to_string()
        } else {
            self.serialized_origin()
        }
    }

    /// [Cross-origin resource policy check], for pages without an embedder policy.
    ///
    /// [Cross-origin resource policy check]: https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
    fn is_blocked_by_resource_policy(&self, headers: &HeaderMap) -> bool {
        let url = self.url();
        match values::get(headers, "cross-origin-resource-policy").as_deref() {
            Some("same-origin") => !self.origin.is_same(&url.origin()),
            // What came by a secure transport is not for a page that did not.
            Some("same-site") => {
                !self.origin.is_schemelessly_same_site(url)
                    || url.scheme() == "https" && !self.origin.is_https()
            }
            _ => false,
        }
    }

    fn preflights_whatever_follows(&self) -> bool {
        self.needed_preflight
            && self.urls.len() > 1
            && self.network.browser.engine.preflights_whatever_follows_a_preflighted_redirect()
    }

    fn unsafe_names(&self) -> BTreeSet<String> {
        let mut names = safelist::unsafe_names(&self.request.headers);
        names.extend(self.dropped_authorization.then(|| AUTHORIZATION.to_string()));
        names
    }

    fn asker<'b>(
        &'b self,
        origin: &'b str,
        url: &'b str,
        unsafe_names: &'b BTreeSet<String>,
    ) -> Asker<'b> {
        let credentials = self.request.settings.credentials;
        let method = self.request.method.as_str();
        let (engine, now) = (self.network.browser.engine, self.network.browser.clock.now());
        let site = self.network.site;
        Asker { site, origin, url, credentials, method, unsafe_names, engine, now }
    }

    /// A network error. A request that needed a preflight takes what is cached for it along.
    fn fail(&mut self, (step, source): Failure) -> Error {
        let url = self.url().to_string();
        if self.needed_preflight {
            let (site, origin) = (self.network.site, self.origin_of_preflight());
            self.network.browser.state().preflights.clear(site, &origin, &url);
        }
        let about_a_response = !step.is_before_sending();
        let sent = self.network.log.last_mut().filter(|_| about_a_response).cloned();
        // A preflight may have said another origin than the request itself would have.
        let is_of_preflight = sent.as_ref().is_some_and(Sent::is_preflight);
        let origin =
            if is_of_preflight { self.origin_of_preflight() } else { self.serialized_origin() };
        let method = self.request.method.to_string();
        let credentials = self.request.settings.credentials;
        let redirected_from = self.urls.iter().rev().nth(1).map(ToString::to_string);
        Error(Box::new(Refused {
            step,
            method,
            url,
            redirected_from,
            page: self.origin.to_string(),
            origin,
            credentials,
            sent,
            source,
        }))
    }
}

/// Whether the connection of an `EventSource` stays: [announce the connection].
///
/// [announce the connection]: https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
fn is_event_stream(head: &response::Parts) -> bool {
    let content_type = values::get(&head.headers, CONTENT_TYPE).unwrap_or_default();
    head.status == StatusCode::OK
        && safelist::mime_essence(&content_type).as_deref() == Some("text/event-stream")
}

/// <https://fetch.spec.whatwg.org/#null-body-status>
fn is_null_body_status(status: StatusCode) -> bool {
    matches!(status.as_u16(), 101 | 103 | 204 | 205 | 304)
}
