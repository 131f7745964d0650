//! [`policy_fn`]: a closure that chooses a policy at once.

use std::fmt;

use http::HeaderName;

use super::closure::Closure;
use super::{AtOnce, Lookup, PolicyRef, PolicySource};
use crate::request::RequestHead;

/// A source that chooses among policies by looking at the request.
///
/// The closure returns a [`Policy`](crate::Policy), which counts one reference, or a [leaked
/// one](crate::Policy::leak), `&'static Policy`, which counts nothing. It is called for every request,
/// so make the policies before it, not in it.
///
/// # By host
///
/// ```
/// use std::collections::HashMap;
/// use tower_cors::{CorsLayer, Policy, RequestHead, policy_fn};
///
/// let by_host = HashMap::from([
///     ("api.red.example", Policy::allow_origins(["https://www.red.example"]).build()?),
///     ("api.blue.example", Policy::allow_origins(["https://www.blue.example"]).build()?),
/// ]);
/// let nobody = Policy::deny_all();
/// let cors = CorsLayer::new(policy_fn(move |head: RequestHead<'_>| {
///     let policy = head.host().and_then(|host| by_host.get(host));
///     policy.unwrap_or(&nobody).clone()
/// }));
/// # #[cfg(feature = "testing")]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// #     use tower_cors::testing::{self, Page};
/// #     let app = || axum::Router::new().route("/", axum::routing::get(|| async {})).layer(cors.clone());
/// #     let mut red = Page::at("https://www.red.example", app());
/// #     assert!(red.fetch(testing::get("https://api.red.example/").header("range", "x")).await.is_err());
/// #     assert!(red.fetch(testing::get("https://api.red.example/")).await.is_ok());
/// #     assert!(red.fetch(testing::get("https://api.blue.example/")).await.is_err());
/// #     assert!(red.fetch(testing::get("https://api.example/")).await.is_err());
/// # });
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// # By path
///
/// The path is as the client sent it. If the application reads `/public/../admin` or `/%61dmin` as
/// `/admin`, choose by what its router found, which an outer layer can attach as an extension.
///
/// ```
/// use tower_cors::{CorsLayer, Policy, RequestHead, policy_fn};
///
/// let open: &'static Policy = Policy::permissive().leak();
/// let own: &'static Policy = Policy::allow_origins(["https://app.example.com"])
///     .allow_credentials()
///     .build()?
///     .leak();
/// let cors = CorsLayer::new(policy_fn(move |head: RequestHead<'_>| match head.uri.path() {
///     "/feed" | "/status" => open,
///     _ => own,
/// }));
/// # #[cfg(feature = "testing")]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// #     use tower_cors::testing::{self, Page};
/// #     let app = || axum::Router::new().fallback(|| async {}).layer(cors.clone());
/// #     for (page, path, with_credentials, is_ok) in [
/// #         ("https://any.example", "feed", false, true),
/// #         ("https://any.example", "admin", false, false),
/// #         ("https://app.example.com", "admin", true, true),
/// #         ("https://app.example.com", "feed", true, false),
/// #     ] {
/// #         let request = testing::get(format!("https://api.example.com/{path}"));
/// #         let request = if with_credentials { request.credentials_include() } else { request };
/// #         assert_eq!(Page::at(page, app()).fetch(request).await.is_ok(), is_ok, "{page} {path}");
/// #     }
/// # });
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// # By an extension
///
/// What an outer layer found out: it has to be around this one, and to find it out from what a
/// preflight has, too, such as the host, the path or the connection.
///
/// ```
/// use tower_cors::{CorsLayer, Policy, RequestHead, policy_fn};
///
/// #[derive(Clone, Copy)]
/// enum Listener { Public, Internal }
///
/// let public = Policy::allow_origins(["https://app.example.com"]).build()?;
/// let internal = Policy::allow_origins(["https://*.internal"]).allow_credentials().build()?;
/// let nobody = Policy::deny_all();
/// let cors = CorsLayer::new(policy_fn(move |head: RequestHead<'_>| {
///     match head.extensions.get() {
///         Some(Listener::Public) => public.clone(),
///         Some(Listener::Internal) => internal.clone(),
///         None => nobody.clone(),
///     }
/// }));
/// # #[cfg(feature = "testing")]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// #     use axum::Extension;
/// #     use tower_cors::testing::{self, Page};
/// #     let app = || axum::Router::new().fallback(|| async {}).layer(cors.clone());
/// #     let request = || testing::get("https://api.example.com/");
/// #     for (page, listener) in [("https://app.example.com", Listener::Public), ("https://a.internal", Listener::Internal)] {
/// #         let other = match listener { Listener::Public => Listener::Internal, Listener::Internal => Listener::Public };
/// #         assert!(Page::at(page, app().layer(Extension(listener))).fetch(request()).await.is_ok(), "{page}");
/// #         assert!(Page::at(page, app().layer(Extension(other))).fetch(request()).await.is_err(), "{page}");
/// #         assert!(Page::at(page, app()).fetch(request()).await.is_err(), "{page}");
/// #     }
/// # });
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// # Not by a header that scripts set
///
/// A preflight for a request with `X-Tenant: red` carries that header's name, not its value. It would be
/// decided by another policy than the request that follows it. The same is true of `Authorization`
/// and of cookies, which preflights do not have.
pub fn policy_fn<F, R>(f: F) -> PolicyFn<F>
where
    F: Fn(RequestHead<'_>) -> R,
    R: Into<PolicyRef<'static>>,
{
    PolicyFn(Closure::new(f))
}

/// The source that [`policy_fn`] makes. A clone shares the closure.
#[must_use = "a source does nothing until a layer has it"]
pub struct PolicyFn<F>(Closure<F>);

impl<F> PolicyFn<F> {
    /// Adds to the request headers that the closure reads: every response has them in `Vary`. `Origin`
    /// is there anyway, and the host and the path need no naming.
    ///
    /// # Security
    ///
    /// If one is missing, a cache serves a response that was made under one policy to a page that
    /// another one governs.
    ///
    /// ```
    /// use http::HeaderName;
    /// use tower_cors::{CorsLayer, Policy, RequestHead, policy_fn};
    ///
    /// // A proxy in front sets it, on preflights too, and lets no client set it.
    /// static ZONE: HeaderName = HeaderName::from_static("x-zone");
    ///
    /// let intranet = Policy::allow_origins(["https://*.internal"]).build()?;
    /// let nobody = Policy::deny_all();
    /// let source = policy_fn(move |head: RequestHead<'_>| match head.headers.get(&ZONE) {
    ///     Some(zone) if zone == "intranet" => intranet.clone(),
    ///     _ => nobody.clone(),
    /// });
    /// let cors = CorsLayer::new(source.vary([ZONE.clone()]));
    /// # let _ = tower_layer::Layer::layer(&cors, ());
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    pub fn vary(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        Self(self.0.vary_by(names))
    }
}

impl<F, R> PolicySource for PolicyFn<F>
where
    F: Fn(RequestHead<'_>) -> R,
    R: Into<PolicyRef<'static>>,
{
    type Future = AtOnce;

    #[inline]
    fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, AtOnce> {
        Lookup::now(self.0.get()(head))
    }

    fn vary(&self) -> &[HeaderName] {
        self.0.vary()
    }
}

impl<F> Clone for PolicyFn<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F> fmt::Debug for PolicyFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyFn").field(&self.0).finish()
    }
}
