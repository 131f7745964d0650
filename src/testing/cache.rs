//! [`HttpCache`]: a cache between pages and a service.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use tower_service::Service;

use super::body::{self, Body, BoxError, ResponseBody};
use super::clock::Clock;
use super::misuse::Misuse;
use super::modes::CacheMode;
use super::store::{self, Asked, Store};

/// A cache between pages and a service: a browser's [own](Self::private), or one that everybody
/// [shares](Self::shared), such as that of a CDN. It honours `Cache-Control` and `Vary`, and asks again
/// by `ETag` and `Last-Modified`.
///
/// It shows what goes wrong when a response depends on `Origin` and its `Vary` does not say so: one
/// page gets what was meant for another. In a shared cache that is any page; in a browser's, one of the
/// same site, for browsers keep a [cache for each site][partitions].
///
/// A response that is stored is read to its end first; any other is given on as it comes.
///
/// Clones are the same cache. Its time is that of the pages that ask it, which have to have one
/// [clock](super::Page::clock) between them: once their clocks differ, a request fails with
/// [`Misuse::ClocksDiffer`].
///
/// ```
/// # use http::{Request, Response, header::CACHE_CONTROL};
/// use tower::ServiceBuilder;
/// use tower_cors::testing::{self, Body, HttpCache, Page};
/// use tower_cors::{CorsLayer, Policy};
///
/// # async fn api(_: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
/// #     Ok(Response::builder().header(CACHE_CONTROL, "max-age=60").body(Body::default()).unwrap())
/// # }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = Policy::allow_origins(["https://a.example", "https://b.example"]).build()?;
/// let api = ServiceBuilder::new().layer(CorsLayer::new(policy)).service_fn(api);
/// let cache = HttpCache::shared(api);
///
/// for page in ["https://a.example", "https://b.example"] {
///     let mut page = Page::at(page, cache.clone());
///     page.fetch(testing::get("https://api.example/")).await?;
/// }
/// # Ok(()) }
/// ```
///
/// [partitions]: https://fetch.spec.whatwg.org/#http-cache-partitions
pub struct HttpCache<S> {
    service: S,
    shared: Arc<Mutex<Shared>>,
    is_shared: bool,
}

/// What all clones have in common.
#[derive(Default)]
struct Shared {
    store: Store,
    /// That of the page that asked first, if none was set.
    clock: Option<Clock>,
}

impl<S> HttpCache<S> {
    /// A cache that everybody shares, such as that of a proxy or a CDN: all pages get the same responses
    /// out of it, whatever their site.
    pub fn shared(service: S) -> Self {
        Self { service, shared: Arc::default(), is_shared: true }
    }

    /// A browser's own. What the pages of one site get out of it, those of another do not: the site is
    /// that of the top-level page, which for a [frame](super::Page::open_sandboxed) is the page around it.
    pub fn private(service: S) -> Self {
        Self { is_shared: false, ..Self::shared(service) }
    }

    /// Sets the clock that tells when responses become stale. Without it, it is that of the page that
    /// asks first.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        self.state().clock = Some(clock);
        self
    }

    /// What responses are stored by, beside what their `Vary` names.
    fn key(&self, request: &Request<Body>) -> String {
        match request.extensions().get() {
            Some(Partition(site)) if !self.is_shared => format!("{site} {}", request.uri()),
            _ => request.uri().to_string(),
        }
    }

    /// The time of whoever asks.
    fn now(&self, request: &Request<Body>) -> Result<Duration, Misuse> {
        let mut state = self.state();
        let Some(asking) = request.extensions().get::<Clock>() else {
            return Ok(state.clock.as_ref().map(Clock::now).unwrap_or_default());
        };
        let now = state.clock.get_or_insert_with(|| asking.clone()).now();
        if now == asking.now() { Ok(now) } else { Err(Misuse::ClocksDiffer) }
    }

    /// Never held over an `await`.
    fn state(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S, B> Service<Request<Body>> for HttpCache<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError> + Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<ResponseBody>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    /// Always ready: many a request never reaches the service.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

impl<S, B> HttpCache<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    async fn answer(
        mut self,
        mut request: Request<Body>,
    ) -> Result<Response<ResponseBody>, BoxError> {
        let (url, method) = (self.key(&request), request.method().clone());
        let mode = request.extensions().get().copied().unwrap_or_default();
        let headers = request.headers().clone();
        let (now, is_shared) = (self.now(&request)?, self.is_shared);
        let asked = Asked { url: &url, headers: &headers, now, is_shared };
        if method != Method::GET || mode == CacheMode::NoStore || store::is_conditional(&headers) {
            let response = self.ask(request).await?;
            let is_safe = matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
            if !is_safe
                && !response.status().is_client_error()
                && !response.status().is_server_error()
            {
                self.state().store.invalidate(&url);
            }
            return Ok(response.map(ResponseBody::new));
        }
        let stored = self.state().store.select(asked).cloned();
        if let Some(stored) = stored.filter(|_| mode != CacheMode::Reload) {
            let whatever = matches!(mode, CacheMode::ForceCache | CacheMode::OnlyIfCached);
            if whatever || stored.is_fresh(asked) {
                return Ok(from_store(stored));
            }
            request.headers_mut().extend(stored.conditions());
        } else if mode == CacheMode::OnlyIfCached {
            return Err(NotCached.into());
        }
        let response = self.ask(request).await?;
        if response.status() == StatusCode::NOT_MODIFIED
            && let Some(stored) = self.state().store.freshen(asked, response.headers())
        {
            return Ok(from_store(stored));
        }
        let (head, body) = response.into_parts();
        let Some(key) = store::key_of(asked, &head) else {
            return Ok(Response::from_parts(head, ResponseBody::new(body)));
        };
        let body = body::read(body).await.map_err(Into::into)?;
        let response = Response::from_parts(head, body);
        self.state().store.keep(asked, key, &response);
        Ok(complete(response))
    }

    async fn ask(&mut self, request: Request<Body>) -> Result<Response<B>, BoxError> {
        poll_fn(|cx| self.service.poll_ready(cx)).await.map_err(Into::into)?;
        self.service.call(request).await.map_err(Into::into)
    }
}

fn complete(response: Response<Bytes>) -> Response<ResponseBody> {
    response.map(|bytes| ResponseBody::new(Body::from(bytes)))
}

fn from_store(stored: store::Stored) -> Response<ResponseBody> {
    let mut response = complete(stored.into_response());
    response.extensions_mut().insert(Stored);
    response
}

/// The site that a request is made for: its [HTTP cache partition].
///
/// [HTTP cache partition]: https://fetch.spec.whatwg.org/#determine-the-http-cache-partition
#[derive(Clone, Debug)]
pub(super) struct Partition(pub(super) String);

/// Marks a response that came out of a cache.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored;

/// Nothing is stored for a request that is for the cache alone: a network error.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotCached;

impl fmt::Display for NotCached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing is stored for this request, and its cache mode is `only-if-cached`")
    }
}

impl StdError for NotCached {}

impl<S: Clone> Clone for HttpCache<S> {
    fn clone(&self) -> Self {
        let (service, shared) = (self.service.clone(), Arc::clone(&self.shared));
        Self { service, shared, is_shared: self.is_shared }
    }
}

impl<S> fmt::Debug for HttpCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCache").field("is_shared", &self.is_shared).finish_non_exhaustive()
    }
}
