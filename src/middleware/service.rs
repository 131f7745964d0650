//! [`Cors`]: what happens to a request.

use std::task::{Context, Poll};

use http::header::ORIGIN;
use http::{Request, Response};
use tower_service::Service;

use super::answer::Answer;
use super::future::ResponseFuture;
use super::switches::{Switches, Vary};
use crate::policy::Policy;
use crate::request::{Lines, RequestHead};
use crate::source::{Lookup, PolicySource};

/// A service in a [`CorsLayer`](crate::CorsLayer).
///
/// | request | what happens |
/// | --- | --- |
/// | a [CORS-preflight request] | it is answered; the inner service never sees it |
/// | any other | the inner service answers, and its response gets the policy's headers |
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
    switches: Switches,
    vary: Vary,
}

impl<S, P> Cors<S, P> {
    pub(crate) fn new(inner: S, source: P, switches: Switches, vary: Vary) -> Self {
        Self { inner, source, switches, vary }
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
        let head = RequestHead::of(&request);
        let (switches, vary) = (self.switches, self.vary.clone());
        match (self.source.policy(head), head.preflight()) {
            // A CORS-preflight request, unless the policy is the disabled one
            // https://fetch.spec.whatwg.org/#cors-preflight-request
            (Lookup::Now(policy), Some(preflight)) if !policy.is_disabled() => {
                let answer = Answer::to_preflight(policy, preflight, switches);
                ResponseFuture::answered(answer, vary)
            }
            (Lookup::Later(lookup), Some(_)) => {
                let headers = request.into_parts().0.headers;
                ResponseFuture::preflight_later(lookup, headers, switches, vary)
            }
            // Any other request, a CORS request or not
            // https://fetch.spec.whatwg.org/#cors-request
            (Lookup::Now(policy), _) => {
                let compiled = policy.compiled();
                let allowed = compiled.and_then(|compiled| compiled.grant_actual(head.headers));
                let rejected = switches.reject_disallowed_origins
                    && compiled.is_some()
                    && allowed.is_none()
                    && head.headers.contains_key(ORIGIN)
                    && !head.is_same_origin();
                if rejected {
                    return ResponseFuture::answered(Answer::Rejection(policy), vary);
                }
                let response = self.inner.call(request);
                ResponseFuture::actual(response, policy, allowed, switches, vary)
            }
            (Lookup::Later(lookup), None) => {
                let origin = Lines::of(head.headers, ORIGIN).cloned();
                let response = self.inner.call(request);
                ResponseFuture::actual_later(response, lookup, origin, switches, vary)
            }
        }
    }
}
