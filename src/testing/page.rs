//! [`Page`]: where a script runs, and whose requests the service gets.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tower_service::Service;

use super::body::{Body, BoxError};
use super::boxed::BoxedService;
use super::clock::Clock;
use super::cookies::CookieJar;
use super::engine::Engine;
use super::error::{Error, Refused, Step};
use super::fetching::{Fetching, Tainting};
use super::log::Log;
use super::misuse::Misuse;
use super::modes::Credentials;
use super::network::Network;
use super::preflight_cache::PreflightCache;
use super::request::Request;
use super::response::Answer;
use super::url::Origin;

/// A page in a browser: its scripts' requests go to a service, and what the scripts would see of
/// the responses comes back.
///
/// The service gets requests with absolute URLs, as over HTTP/2. All origins lead to it, so one
/// that plays several servers tells them by the URL.
///
/// A `Page` without a type of service has [any](Self::boxed):
///
/// ```
/// # fn app() -> axum::Router { axum::Router::new() }
/// use tower_cors::testing::Page;
///
/// fn page() -> Page {
///     Page::at("https://app.example.com", app()).boxed()
/// }
/// ```
pub struct Page<S = BoxedService> {
    service: S,
    origin: Result<Origin, Misuse>,
    /// That of the top-level page, by which caches are split: the [network partition key].
    ///
    /// [network partition key]: https://fetch.spec.whatwg.org/#network-partition-key
    site: String,
    browser: Browser,
    log: Log,
}

/// What all pages of a browser have in common.
#[derive(Clone)]
pub(super) struct Browser {
    pub(super) engine: Engine,
    pub(super) clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) preflights: PreflightCache,
    pub(super) cookies: CookieJar,
}

impl<S> Page<S> {
    /// The page at a URL, of which only the origin matters, in a browser of its own.
    ///
    /// ```
    /// # let service = ();
    /// use tower_cors::testing::Page;
    ///
    /// let page = Page::at("https://app.example.com", service);
    /// assert_eq!(page.origin(), "https://app.example.com");
    /// ```
    pub fn at(url: impl AsRef<str>, service: S) -> Self {
        Self::top_level(service, parse(url.as_ref()), Browser::new())
    }

    /// A page with an [opaque origin](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque),
    /// such as a sandboxed frame or a `data:` document. Its requests say `Origin: null`.
    pub fn sandboxed(service: S) -> Self {
        Self::top_level(service, Ok(Origin::OPAQUE), Browser::new())
    }

    /// Sets whose behaviour the page shows.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.browser.engine = engine;
        self
    }

    /// Sets the clock that tells when cached preflights expire; also when the responses in an
    /// [`HttpCache`](super::HttpCache) do that the page asks. Pages from [`open`](Self::open) have one
    /// clock anyway.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.browser.clock = clock;
        self
    }

    /// Another page of the same browser, as in another tab: they share cookies and clock, and the preflight
    /// cache as far as they are of one site. Each has a log of its own.
    #[must_use]
    pub fn open(&self, url: impl AsRef<str>) -> Self
    where
        S: Clone,
    {
        Self::top_level(self.service.clone(), parse(url.as_ref()), self.browser.clone())
    }

    /// A sandboxed frame of this page: see [`sandboxed`](Self::sandboxed).
    #[must_use]
    pub fn open_sandboxed(&self) -> Self
    where
        S: Clone,
    {
        let frame = Self::top_level(self.service.clone(), Ok(Origin::OPAQUE), self.browser.clone());
        Self { site: self.site.clone(), ..frame }
    }

    /// The same page, with the type of its service left out.
    #[must_use]
    pub fn boxed<B>(self) -> Page
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let Self { service, origin, site, browser, log } = self;
        Page { service: BoxedService::new(service), origin, site, browser, log }
    }

    /// Lets time pass.
    pub fn wait(&mut self, duration: Duration) {
        self.browser.clock.advance(duration);
    }

    /// The page's origin, as requests say it; `null` for an opaque one.
    #[must_use]
    pub fn origin(&self) -> String {
        self.origin.as_ref().map_or_else(|_| "null".to_owned(), ToString::to_string)
    }

    /// The requests as they went out.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Forgets the requests so far. What the browser knows, it keeps.
    pub fn clear_log(&mut self) {
        self.log.clear();
    }

    /// The service.
    pub fn get_ref(&self) -> &S {
        &self.service
    }

    /// The service.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.service
    }

    fn top_level(service: S, origin: Result<Origin, Misuse>, browser: Browser) -> Self {
        let site = origin.as_ref().map(Origin::site).unwrap_or_default();
        Self { service, origin, site, browser, log: Log::default() }
    }
}

impl<S, B> Page<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>>,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
    B: http_body::Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// What `await fetch(..)` gives a script of the page. The body is read to its end.
    ///
    /// # Errors
    ///
    /// Where the script would get a network error or an exception, [`Error`] says at which step and
    /// why.
    pub async fn fetch(&mut self, request: Request) -> Result<Answer, Error> {
        let engine = self.browser.engine;
        let prepared =
            self.origin.clone().and_then(|origin| Ok((origin, request.clone().prepare(engine)?)));
        let (origin, request) = match prepared {
            Ok(prepared) => prepared,
            Err(misuse) => return Err(self.misused(&request, misuse)),
        };
        let urls = vec![request.url.clone()];
        let Self { service, site, browser, log, .. } = self;
        let network = Network { service, site, browser, log };
        let tainting = Tainting::Basic;
        let (needed_preflight, dropped_authorization) = (false, false);
        Fetching {
            network,
            request,
            origin,
            urls,
            tainting,
            needed_preflight,
            dropped_authorization,
        }
        .run()
        .await
    }

    fn misused(&self, request: &Request, misuse: Misuse) -> Error {
        let (method, url) = request.line();
        Error(Box::new(Refused {
            step: Step::Request(misuse),
            method: method.to_owned(),
            url: url.to_owned(),
            redirected_from: None,
            page: self.origin(),
            origin: self.origin(),
            credentials: Credentials::default(),
            sent: None,
            source: None,
        }))
    }
}

impl<S> fmt::Debug for Page<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Page");
        debug.field("origin", &self.origin()).field("engine", &self.browser.engine);
        debug.field("log", &self.log).finish_non_exhaustive()
    }
}

impl Browser {
    fn new() -> Self {
        Self { engine: Engine::default(), clock: Clock::new(), state: Arc::default() }
    }

    /// Never held over an `await`.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(url: &str) -> Result<Origin, Misuse> {
    Origin::parse(url).ok_or_else(|| Misuse::InvalidPage(url.to_owned()))
}
