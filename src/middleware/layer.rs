//! [`CorsLayer`]: wraps services in [`Cors`].

use std::sync::Arc;

use tower_layer::Layer;

use super::service::Cors;
use super::switches::{PreflightStatus, Switches, Vary};
use crate::policy::Policy;
use crate::source::{AtOnce, PolicySource};

/// A [`Layer`] that answers CORS-preflight requests and adds the headers of the [CORS protocol] to
/// all other responses, as a [`Policy`] says.
///
/// ```
/// use tower_cors::{CorsLayer, Policy};
///
/// let cors = CorsLayer::new(Policy::allow_origins(["https://app.example.com"]).build()?);
/// # let _: CorsLayer = cors;
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// It goes around everything else: routing, authentication, rate limits, and whatever makes an
/// error response of its own. A preflight carries no credentials and has no route, and the browser
/// shows a page an error response only if that has the headers, too.
///
/// | | where |
/// | --- | --- |
/// | axum | the last `.layer(..)` of the finished `Router` |
/// | `tower::ServiceBuilder` | the first `.layer(..)` |
/// | tonic | the first `.layer(..)` of `Server` |
///
/// axum's `Router::layer` wraps each route, and axum completes what comes out of it: the answer to
/// any `OPTIONS` request, a refused preflight's too, may get an `Allow` header with the route's
/// methods. To be around that as well, wrap the router itself, as any other service:
/// `cors.layer(router)`.
///
/// [CORS protocol]: https://fetch.spec.whatwg.org/#http-cors-protocol
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct CorsLayer<P = Policy> {
    source: P,
    switches: Switches,
    vary: Vary,
}

impl CorsLayer {
    /// A layer that lets every page do all that needs no credentials: [`Policy::permissive`].
    ///
    /// # Security
    ///
    /// See [`Policy::permissive`]: not for servers on the visitor's own machine or network.
    pub fn permissive() -> Self {
        Self::new(Policy::permissive())
    }
}

impl<P: PolicySource> CorsLayer<P> {
    /// A layer with this policy, or with the policies of this source.
    pub fn new(source: P) -> Self {
        let vary = source.vary();
        let vary = (!vary.is_empty()).then(|| Arc::new(vary.to_vec()));
        Self { source, switches: Switches::default(), vary }
    }
}

impl<P> CorsLayer<P> {
    /// Sets the status of the answer to an allowed preflight.
    pub fn preflight_status(mut self, status: PreflightStatus) -> Self {
        self.switches.preflight_status = status;
        self
    }

    /// For troubleshooting: lets the browser's console say why a preflight was refused.
    ///
    /// A preflight that is refused for its method or for a header is then answered with the headers
    /// that it earned before it failed, and with the status of an allowed one, for only then do
    /// browsers name what is missing. They refuse the request all the same. Other refused preflights
    /// are still answered 403 without such headers. With every refusal, the response header
    /// `cors-refusal` says why in plain words, and the response's extensions have the
    /// [`Refusal`](crate::Refusal), of which an outer layer can make a body.
    ///
    /// # Security
    ///
    /// It tells allowed origins which methods are allowed, and all others why they are refused.
    pub fn explain_refusals(mut self) -> Self {
        self.switches.explain_refusals = true;
        self
    }

    /// Leaves a response alone that already has an `Access-Control-*` header: for a proxy in front
    /// of applications with a CORS policy of their own.
    ///
    /// Either the application's headers stand, all of them, or this layer's do: a mixture of two
    /// decisions could allow more than either. `Vary` is added in both cases. Preflights are
    /// answered by this layer still.
    pub fn keep_inner_headers(mut self) -> Self {
        self.switches.keep_inner_headers = true;
        self
    }
}

impl<P: PolicySource<Future = AtOnce>> CorsLayer<P> {
    /// Answers requests from origins that no rule covers with 403, in place of passing them to the
    /// application: for servers on the visitor's own machine or network.
    ///
    /// Not rejected are requests without `Origin`, and those from the server's own origin: if
    /// [`Sec-Fetch-Site`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header)
    /// is sent, it has to say `same-origin`; otherwise `Origin` has to name the host and port that
    /// the request was sent to.
    ///
    /// Only for sources that answer at once: the application must not see a request before it is
    /// decided about.
    ///
    /// # Security
    ///
    /// This is no defence against requests that have no `Origin`, such as `GET` by a link or an
    /// image, and none against [DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding), where
    /// a stranger's name leads to this server and is its own origin for the browser. A server on a
    /// private network also has to check that `Host` is one of its names.
    pub fn reject_disallowed_origins(mut self) -> Self {
        self.switches.reject_disallowed_origins = true;
        self
    }
}

impl<S, P: Clone> Layer<S> for CorsLayer<P> {
    type Service = Cors<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors::new(inner, self.source.clone(), self.switches, self.vary.clone())
    }
}
