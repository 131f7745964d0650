//! [`policy_future_fn`]: a closure that looks a policy up.

use std::fmt;

use http::HeaderName;

use super::closure::Closure;
use super::{Lookup, PolicySource};
use crate::policy::Policy;
use crate::request::RequestHead;

/// A source that asks elsewhere, such as a database, which policy governs a request.
///
/// The future owns what it needs of the request: the head is borrowed for the call only. Its type is
/// the closure's business; nothing is boxed. An actual request's handler runs beside the lookup, and
/// a preflight waits for it.
///
/// ```
/// # use std::sync::Arc;
/// use std::time::Duration;
/// use tokio::time::timeout;
/// use tower_cors::{CorsLayer, Policy, RequestHead, policy_future_fn};
/// # #[derive(Debug)]
/// # struct Unavailable;
/// # struct Store;
/// # impl Store {
/// #     async fn policy_of(&self, host: &str) -> Result<Policy, Unavailable> {
/// #         match host {
/// #             "red.example.com" => Ok(Policy::allow_origins(["https://www.red.example"]).build().unwrap()),
/// #             "slow.example.com" => std::future::pending().await,
/// #             _ => Err(Unavailable),
/// #         }
/// #     }
/// # }
///
/// # let store = Arc::new(Store);
/// let cors = CorsLayer::new(policy_future_fn(move |head: RequestHead<'_>| {
///     let host = head.host().map(str::to_owned);
///     let store = Arc::clone(&store);
///     async move {
///         let Some(host) = host else { return Policy::deny_all() };
///         match timeout(Duration::from_millis(500), store.policy_of(&host)).await {
///             Ok(Ok(policy)) => policy,
///             // An error, or no answer in time: nobody is allowed.
///             Ok(Err(_)) | Err(_) => Policy::deny_all(),
///         }
///     }
/// }));
/// # #[cfg(feature = "testing")]
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// #     use tower_cors::testing::{self, Page};
/// #     let app = || axum::Router::new().fallback(|| async {}).layer(cors.clone());
/// #     for (host, is_ok) in [("red", true), ("slow", false), ("unknown", false)] {
/// #         let request = testing::get(format!("https://{host}.example.com/"));
/// #         assert_eq!(Page::at("https://www.red.example", app()).fetch(request).await.is_ok(), is_ok, "{host}");
/// #     }
/// # });
/// ```
///
/// What the choice may depend on is the same as for [`policy_fn`](crate::policy_fn): the host, the
/// path or an extension, not a header that scripts set. A source that knows some answers at once, from
/// a cache, implements [`PolicySource`] itself: its requests then wait for nothing, and allocate
/// nothing.
///
/// # When the lookup fails
///
/// The layer remembers no policy of its own, so there is none to fall back on, and no permission
/// outlives its policy there.
///
/// | | what happens |
/// | --- | --- |
/// | the lookup gives [`Policy::deny_all`] | preflights get 403, responses no `Access-Control-*` headers |
/// | it gives [`Policy::disabled`] | preflights get 403; responses keep the headers that the *application* sets |
/// | it never ends | preflights and responses wait: put a time-out around it |
/// | the response is dropped, for the client has gone | the lookup is dropped with it; nothing keeps running |
/// | the application fails first | its error passes through, and the lookup is dropped |
/// | the lookup panics | as when the application panics: there is no response |
///
/// So map errors and time-outs to [`Policy::deny_all`], as above, unless the application sets headers
/// of its own.
pub fn policy_future_fn<F, L>(f: F) -> PolicyFutureFn<F>
where
    F: Fn(RequestHead<'_>) -> L,
    L: Future<Output = Policy>,
{
    PolicyFutureFn(Closure::new(f))
}

/// The source that [`policy_future_fn`] makes. A clone shares the closure.
#[must_use = "a source does nothing until a layer has it"]
pub struct PolicyFutureFn<F>(Closure<F>);

impl<F> PolicyFutureFn<F> {
    /// Adds to the request headers that the closure reads, as [`PolicyFn::vary`](crate::PolicyFn::vary)
    /// does.
    ///
    /// # Security
    ///
    /// The same: if one is missing, a cache serves one tenant's response to another.
    pub fn vary(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        Self(self.0.vary_by(names))
    }
}

impl<F, L> PolicySource for PolicyFutureFn<F>
where
    F: Fn(RequestHead<'_>) -> L,
    L: Future<Output = Policy>,
{
    type Future = L;

    #[inline]
    fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, L> {
        Lookup::Later(self.0.get()(head))
    }

    fn vary(&self) -> &[HeaderName] {
        self.0.vary()
    }
}

impl<F> Clone for PolicyFutureFn<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F> fmt::Debug for PolicyFutureFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyFutureFn").field(&self.0).finish()
    }
}
