//! [`CorsLayer`]: wraps services in [`Cors`].

use std::sync::Arc;

use http::uri::Authority;
use tower_layer::Layer;

use super::options::{Options, PreflightStatus};
use super::own_hosts::OwnHosts;
use super::service::Cors;
use crate::builder::entry::Entries;
use crate::builder::error::BuildError;
use crate::builder::own_hosts::check_own_hosts;
use crate::policy::Policy;
use crate::policy::decision::Decision;
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
    options: Options,
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
        let options = Options::of(&source);
        Self { source, options }
    }
}

impl<P> CorsLayer<P> {
    /// Sets the status of the answer to a preflight from an origin that a rule covers.
    pub fn preflight_status(mut self, status: PreflightStatus) -> Self {
        self.options.change().preflight_status = status;
        self
    }

    /// For troubleshooting: every refused response says why, in the header `cors-refusal`. Its value
    /// is the [code](crate::Refusal::code) of the refusal, and a sentence:
    ///
    /// ```text
    /// cors-refusal: header-not-allowed: the request header x-csrf-token is not allowed
    /// ```
    ///
    /// A preflight from an origin that no rule covers is answered 204 instead of 403, because Safari's
    /// console names the origin only then. The browser refuses it all the same: this switch never
    /// lets a page send or read more.
    ///
    /// # Security
    ///
    /// It tells everybody why they are refused, but nothing about the policy.
    pub fn explain_refusals(mut self) -> Self {
        self.options.change().explain_refusals = true;
        self
    }

    /// Leaves a response alone that has `Access-Control-Allow-Origin` already: for a proxy in front of
    /// applications with a CORS policy of their own.
    ///
    /// Such a response keeps all its `Access-Control-*` headers, and gets none of this layer's: a
    /// mixture of two decisions could allow more than either. From every other response they are
    /// removed, as ever. `Vary: origin` is added in both cases. This layer still answers preflights.
    pub fn keep_inner_headers(mut self) -> Self {
        self.options.change().keep_inner_headers = true;
        self
    }

    /// Adds a listener that is told of every decision: to count, to log, or to try another policy on
    /// the same requests.
    ///
    /// It is told once of each request: before the inner service or, where the policy is [looked up
    /// later](crate::Lookup::Later), when the lookup is done; not of one whose inner service
    /// ends in an error before that. It runs on the request's path, so it
    /// should be quick; should it panic, the call of the service panics.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// use tower_cors::{CorsLayer, Policy};
    ///
    /// let refused = Arc::new(AtomicU64::new(0));
    /// let counter = Arc::clone(&refused);
    /// let policy = Policy::allow_origins(["https://app.example.com"]).build()?;
    /// let cors = CorsLayer::new(policy).on_decision(move |decision| {
    ///     if decision.refusal().is_some() {
    ///         counter.fetch_add(1, Relaxed);
    ///     }
    /// });
    /// # let _: CorsLayer = cors;
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// Counters need labels of which there are few: the [kind](Decision::kind), and the
    /// [code](crate::Refusal::code) of a refusal. Never the origin, which whoever asks can choose. With
    /// the crate `metrics`:
    ///
    /// ```
    /// # use tower_cors::{CorsLayer, Policy, Refusal};
    /// # let policy = Policy::allow_any_origin().build()?;
    /// let cors = CorsLayer::new(policy).on_decision(|decision| {
    ///     let code = decision.refusal().as_ref().map_or("allowed", Refusal::code);
    ///     metrics::counter!("cors_decisions", "outcome" => code).increment(1);
    /// });
    /// # let _: CorsLayer = cors;
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// With `prometheus-client`:
    ///
    /// ```
    /// # use tower_cors::{CorsLayer, Policy, Refusal};
    /// use prometheus_client::metrics::{counter::Counter, family::Family};
    /// use prometheus_client::registry::Registry;
    ///
    /// let decisions = Family::<[(&str, &str); 1], Counter>::default();
    /// let mut registry = Registry::default();
    /// registry.register("cors_decisions", "CORS decisions", decisions.clone());
    /// # let policy = Policy::allow_any_origin().build()?;
    /// let cors = CorsLayer::new(policy).on_decision(move |decision| {
    ///     let code = decision.refusal().as_ref().map_or("allowed", Refusal::code);
    ///     decisions.get_or_create(&[("outcome", code)]).inc();
    /// });
    /// # let _: CorsLayer = cors;
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// A candidate for the next policy can be tried beside the one that is in force: decide twice, act
    /// on one, and look at the differences.
    ///
    /// ```
    /// # use tower_cors::{CorsLayer, Policy};
    /// # use http::HeaderMap;
    /// # let policy = Policy::allow_any_origin().build()?;
    /// # let candidate = Policy::allow_origins(["https://app.example.com"]).build()?;
    /// # fn report(_: String) {}
    /// let cors = CorsLayer::new(policy).on_decision(move |decision| {
    ///     let other = candidate.decide(decision.method(), decision.headers());
    ///     if other.refusal() != decision.refusal() {
    ///         report(format!("would be different: {other}"));
    ///     }
    /// });
    /// # let _: CorsLayer = cors;
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    pub fn on_decision<F>(mut self, listener: F) -> Self
    where
        F: Fn(&Decision<'_>) + Send + Sync + 'static,
    {
        self.options.add_listener(Arc::new(listener));
        self
    }
}

impl<P: PolicySource<Future = AtOnce>> CorsLayer<P> {
    /// Answers requests from origins that no rule covers with 403, and does not pass them to the
    /// application: for servers on the visitor's own machine or network.
    ///
    /// Requests without `Origin` still pass, and so do those from the server's own pages: if
    /// [`Sec-Fetch-Site`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header)
    /// is sent, it has to say `same-origin` or `none`; otherwise `Origin` has to name the host and
    /// port that the request was sent to. Every response has `Sec-Fetch-Site` in `Vary`.
    ///
    /// Only for sources that answer at once: the application must not see a request before it is
    /// decided about.
    ///
    /// # Security
    ///
    /// This does not stop requests that have no `Origin`, such as `GET` by a link or an image, nor
    /// [DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding), where a stranger's name leads to
    /// this server and is its own origin for the browser. [`own_hosts`](Self::own_hosts) does.
    pub fn reject_disallowed_origins(mut self) -> Self {
        self.options.reject_disallowed_origins();
        self
    }
}

impl<P: PolicySource<Future = AtOnce>> CorsLayer<P> {
    /// Names the hosts under which this server is reached, as `host` or `host:port`; without a port,
    /// 80 and 443 are meant. For servers on the visitor's own machine or network.
    ///
    /// Every request that was sent to another host is answered 403, with or without `Origin`,
    /// preflights too: [DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding) makes a
    /// stranger's name lead to this server, and then it is the stranger's name that the request was
    /// sent to. So is a request without a host, or with two that differ. Otherwise, this does what
    /// [`reject_disallowed_origins`](Self::reject_disallowed_origins) does, and takes pages of these
    /// hosts for the server's own, even where a proxy rewrites `Host`.
    ///
    /// ```
    /// use tower_cors::{CorsLayer, Policy};
    ///
    /// let policy = Policy::allow_origins(["https://app.example.com"]).build()?;
    /// let cors = CorsLayer::new(policy).own_hosts(["localhost:7654", "127.0.0.1:7654"])?;
    ///
    /// let error = CorsLayer::new(Policy::deny_all()).own_hosts(["http://localhost:7654"]).unwrap_err();
    /// assert_eq!(
    ///     error.mistakes().next().unwrap().to_string(),
    ///     "own_hosts[0]: \"http://localhost:7654\" is not a host: a host is named without a scheme; \
    ///      write \"localhost:7654\"",
    /// );
    /// # let _: CorsLayer = cors;
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// Called again, it adds hosts. Under a fixed [disabled](crate::Policy::disabled) policy nothing is
    /// rejected: the layer then does nothing at all. Where a source chooses, this holds whatever it
    /// chooses.
    ///
    /// # Errors
    ///
    /// All entries that are not hosts, as browsers send them in `Host`.
    pub fn own_hosts(mut self, hosts: impl Entries<Authority>) -> Result<Self, BuildError> {
        let hosts = check_own_hosts(&hosts.into_texts())?;
        self.options.set_own_hosts(OwnHosts::new(hosts));
        Ok(self)
    }
}

impl<S, P: Clone> Layer<S> for CorsLayer<P> {
    type Service = Cors<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors::with_options(inner, self.source.clone(), self.options.clone())
    }
}
