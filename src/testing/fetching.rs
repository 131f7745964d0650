//! One request on its way: [main fetch], [HTTP fetch] and [HTTP-redirect fetch].
//!
//! [main fetch]: https://fetch.spec.whatwg.org/#main-fetch
//! [HTTP fetch]: https://fetch.spec.whatwg.org/#http-fetch
//! [HTTP-redirect fetch]: https://fetch.spec.whatwg.org/#http-redirect-fetch

use std::collections::BTreeSet;
use std::error::Error as StdError;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, HeaderMap,
    LOCATION,
};
use http::{Method, StatusCode};
use tower_service::Service;

use super::body::{self, Body};
use super::cors_check::cors_check;
use super::error::{Error, RedirectFailure, Refused, Step};
use super::log::Sent;
use super::modes::{Mode, Redirect};
use super::network::Network;
use super::preflight::Question;
use super::preflight_cache::Asker;
use super::request::Prepared;
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
        let settings = self.request.settings;
        let same_origin = self.url().origin().is_same(&self.origin);
        if same_origin && self.tainting == Tainting::Basic {
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
            Mode::Cors => {}
        }
        if !self.url().is_http() {
            return Err((Step::Mode, None));
        }
        self.tainting = Tainting::Cors;
        // Every fetch by a script has the unsafe-request flag.
        let needs_preflight = settings.use_cors_preflight
            || !safelist::is_safelisted_method(self.request.method.as_str())
            || !self.unsafe_names().is_empty()
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
        if is_redirect_status(head.status) {
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
        // A page uses a font however it came, and can tell whether that worked.
        if self.tainting == Tainting::Opaque && !settings.is_font {
            return Ok(Hop::Done(Answer::opaque()));
        }
        let has_body = self.request.method != Method::HEAD && !is_null_body_status(head.status);
        let body = if has_body {
            body::read(body).await.map_err(|error| (Step::Body, Some(error.into())))?
        } else {
            Bytes::new()
        };
        let redirected = self.urls.len() > 1;
        let internal = Internal { url: self.url().href().to_owned(), redirected, head, body };
        Ok(Hop::Done(match self.tainting {
            Tainting::Basic => Answer::basic(internal),
            Tainting::Cors | Tainting::Opaque => Answer::cors(internal, settings.credentials),
        }))
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

    /// [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#http-redirect-fetch)
    fn redirect(&mut self, status: StatusCode, location: &str) -> Result<(), RedirectFailure> {
        let next = self.url().join(location).filter(Url::is_http);
        let next = next.ok_or_else(|| RedirectFailure::Location(location.to_owned()))?;
        if self.urls.len() > 20 {
            return Err(RedirectFailure::TooMany);
        }
        let crosses = !self.origin.is_same(&next.origin());
        let by_cors = self.request.settings.mode == Mode::Cors && crosses;
        let blocks_all = self.network.browser.engine.blocks_all_redirects_with_userinfo();
        if next.has_userinfo() && (by_cors || self.tainting == Tainting::Cors || blocks_all) {
            return Err(RedirectFailure::Userinfo(location.to_owned()));
        }
        let request = &mut self.request;
        if status != StatusCode::SEE_OTHER && request.body.is_some() && request.streamed {
            return Err(RedirectFailure::StreamedBody);
        }
        let turns_into_get = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => request.method == Method::POST,
            StatusCode::SEE_OTHER => !matches!(request.method, Method::GET | Method::HEAD),
            _ => false,
        };
        if turns_into_get {
            request.method = Method::GET;
            request.body = None;
            // https://fetch.spec.whatwg.org/#request-body-header-name
            for name in [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE] {
                request.headers.remove(name);
            }
        }
        if !self.url().origin().is_same(&next.origin()) {
            let dropped = self.request.headers.remove(AUTHORIZATION).is_some();
            let asks = self.network.browser.engine.asks_for_dropped_authorization();
            self.dropped_authorization = dropped && asks;
        }
        self.urls.push(next);
        Ok(())
    }

    /// [Serializes the request's origin]: `null` once a hop went from one foreign origin to
    /// another.
    ///
    /// [Serializes the request's origin]: https://fetch.spec.whatwg.org/#serializing-a-request-origin
    fn serialized_origin(&self) -> String {
        let is_tainted = self.urls.windows(2).any(|hop| {
            let [last, url] = hop else { return false };
            let last = last.origin();
            !url.origin().is_same(&last) && !self.origin.is_same(&last)
        });
        if is_tainted { "null".to_owned() } else { self.origin.to_string() }
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
        Asker { origin, url, credentials, method, unsafe_names, engine, now }
    }

    fn url(&self) -> &Url {
        &self.urls[self.urls.len() - 1]
    }

    /// A network error. A request that needed a preflight takes what is cached for it along.
    fn fail(&mut self, (step, source): Failure) -> Error {
        let url = self.url().to_string();
        if self.needed_preflight {
            self.network.browser.state().preflights.clear(&self.origin_of_preflight(), &url);
        }
        let about_a_response = !matches!(step, Step::Request(_) | Step::Mode);
        let sent = self.network.log.last_mut().filter(|_| about_a_response).cloned();
        // A preflight may have said another origin than the request itself would have.
        let is_of_preflight = sent.as_ref().is_some_and(Sent::is_preflight);
        let origin =
            if is_of_preflight { self.origin_of_preflight() } else { self.serialized_origin() };
        let method = self.request.method.to_string();
        let credentials = self.request.settings.credentials;
        Error(Box::new(Refused { step, method, url, origin, credentials, sent, source }))
    }
}

/// <https://fetch.spec.whatwg.org/#null-body-status>
fn is_null_body_status(status: StatusCode) -> bool {
    matches!(status.as_u16(), 101 | 103 | 204 | 205 | 304)
}

/// <https://fetch.spec.whatwg.org/#redirect-status>
fn is_redirect_status(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
