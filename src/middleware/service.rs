//! [`Cors`]: what happens to a request.

use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::future::ResponseFuture;
use super::options::{NONE, Options};
use super::snapshot::Snapshot;
use crate::observe::events;
use crate::policy::Policy;
use crate::request::RequestHead;
use crate::source::{Lookup, PolicySource};

/// A service in a [`CorsLayer`](crate::CorsLayer).
///
/// | request | what happens |
/// | --- | --- |
/// | a [CORS-preflight request] | it is answered; the inner service never sees it |
/// | any other | the inner service answers, and its response gets the policy's headers, unless [`CorsLayer`](crate::CorsLayer::reject_disallowed_origins) is told to reject it |
///
/// A request that the layer answers itself leaves the inner service ready and uncalled, as Tower's
/// contract allows: what [`poll_ready`](Service::poll_ready) reserved, such as a permit of
/// `ConcurrencyLimit`, stays reserved until the next call or until the service is dropped. Where that
/// matters, put the limit around this layer. The inner service need not be `Clone`.
///
/// Errors of the inner service pass through as they are. So that an error becomes a response with
/// the headers that let a page see it, turn it into one inside this service.
///
/// The inner service's response body needs `Default`, which has to be an empty body, for the answers
/// to preflights. A service whose body has none, such as a proxy with `hyper::body::Incoming`, can
/// box it:
///
/// ```
/// # use bytes::Bytes;
/// # use http::{Request, Response};
/// # use tower::{ServiceBuilder, service_fn};
/// use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
/// # use hyper::body::Incoming;
/// # use tower_cors::{CorsLayer, Policy};
///
/// # async fn proxy(_: Request<Incoming>) -> Result<Response<Incoming>, hyper::Error> { todo!() }
/// let service = ServiceBuilder::new()
///     .layer(CorsLayer::new(Policy::allow_any_origin().build()?))
///     .map_response(|response: Response<Incoming>| {
///         response.map(UnsyncBoxBody::<Bytes, hyper::Error>::new)
///     })
///     .service(service_fn(proxy));
/// # fn is_a_service<S: tower::Service<Request<Incoming>>>(_: S) {}
/// # is_a_service(service);
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// [CORS-preflight request]: https://fetch.spec.whatwg.org/#cors-preflight-request
#[derive(Clone, Debug)]
pub struct Cors<S, P = Policy> {
    inner: S,
    source: P,
    options: Options,
}

impl<S, P: PolicySource> Cors<S, P> {
    /// Wraps a service, without a layer: `CorsLayer::new(source).layer(inner)`.
    pub fn new(inner: S, source: P) -> Self {
        let options = Options::of(&source);
        Self::with_options(inner, source, options)
    }
}

impl<S, P> Cors<S, P> {
    pub(crate) fn with_options(inner: S, source: P, options: Options) -> Self {
        Self { inner, source, options }
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, P, RequestBody, ResponseBody> Service<Request<RequestBody>> for Cors<S, P>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: Default,
    P: PolicySource,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, P::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        if self.options.are_none() && !events::are_wanted() {
            self.respond::<false, _>(request)
        } else {
            self.respond_with_options(request)
        }
    }
}

impl<S, P: PolicySource> Cors<S, P> {
    /// What happens to a request. Compiled twice: where nothing is set and nobody listens, the compiler
    /// leaves out a hundred instructions that only these need.
    #[inline(always)]
    fn respond<const HAS_OPTIONS: bool, B>(
        &mut self,
        request: Request<B>,
    ) -> ResponseFuture<S::Future, P::Future>
    where
        S: Service<Request<B>>,
    {
        let options = if HAS_OPTIONS { &self.options } else { &NONE };
        let head = RequestHead::of(&request);
        // Which policy?
        let policy = match self.source.policy(head) {
            Lookup::Now(policy) => policy,
            Lookup::Later(lookup) => {
                let asked = Snapshot::of(head, options);
                // Who may read the response need not be known to start on it.
                let inner = (!head.is_preflight()).then(|| self.inner.call(request));
                return ResponseFuture::later(inner, lookup, asked, options.clone());
            }
        };
        // What does it decide? And who wants to know?
        let decision = options.judge(head, policy.decide(head.method, head.headers));
        if HAS_OPTIONS {
            options.tell(&decision, || options.is_own_page(head));
        }
        // A CORS-preflight request is answered, and so is one that is rejected.
        // https://fetch.spec.whatwg.org/#cors-preflight-request
        if let Some(answer) = options.answer(&decision) {
            return ResponseFuture::answered(answer);
        }
        // Any other is for the inner service, a CORS request or not.
        // https://fetch.spec.whatwg.org/#cors-request
        let headers = if HAS_OPTIONS {
            options.response_headers(&decision)
        } else {
            decision.response_headers()
        };
        ResponseFuture::actual(self.inner.call(request), headers)
    }

    #[inline(never)]
    fn respond_with_options<B>(
        &mut self,
        request: Request<B>,
    ) -> ResponseFuture<S::Future, P::Future>
    where
        S: Service<Request<B>>,
    {
        self.respond::<true, B>(request)
    }
}
