//! [`PolicySource`]: which policy governs a request.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::HeaderName;

use crate::policy::Policy;
use crate::request::RequestHead;

/// Where a [`Cors`](crate::Cors) service gets the policy for a request from.
///
/// [`Policy`] itself is a source: the same policy for every request.
///
/// A layer clones its source into each service that it wraps: put one that is large, or that has a
/// state, into an [`Arc`].
///
/// A source that answers at once has [`AtOnce`] as its `Future`. One that has to ask elsewhere
/// first answers with [`Lookup::Later`]:
///
/// ```
/// use std::future::{Ready, ready};
/// use std::sync::Arc;
/// use http::HeaderName;
/// use tower_cors::{CorsLayer, Lookup, Policy, PolicySource, RequestHead};
///
/// static TENANT: HeaderName = HeaderName::from_static("x-tenant");
///
/// struct Tenants {
///     default: Policy,
/// }
///
/// impl PolicySource for Tenants {
///     type Future = Ready<Policy>;
///
///     fn policy(&self, head: RequestHead<'_>) -> Lookup<Self::Future> {
///         match head.headers.get(&TENANT) {
///             Some(tenant) => Lookup::Later(look_up(tenant)),
///             None => Lookup::Now(self.default.clone()),
///         }
///     }
///
///     fn vary(&self) -> &[HeaderName] {
///         std::slice::from_ref(&TENANT)
///     }
/// }
///
/// let source = Arc::new(Tenants { default: Policy::allow_any_origin().build()? });
/// let cors = CorsLayer::new(source);
/// # let _ = tower_layer::Layer::layer(&cors, ());
/// # fn look_up(_: &http::HeaderValue) -> Ready<Policy> { ready(Policy::disabled()) }
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
pub trait PolicySource {
    /// A lookup that takes time. It does not fail: a source that cannot find a policy has to decide
    /// which one to fall back on.
    type Future: Future<Output = Policy>;

    /// Which policy governs this request?
    ///
    /// An actual request's handler starts at once and runs beside a [`Lookup::Later`]. Where it is
    /// ready first, its response waits. A CORS-preflight request is answered when the lookup is
    /// done; should that give a [disabled](Policy::disabled) policy, it is refused, for the
    /// application cannot be asked any more.
    fn policy(&self, head: RequestHead<'_>) -> Lookup<Self::Future>;

    /// The request headers other than `Origin` that the choice depends on. Every response has them
    /// in `Vary`. [`CorsLayer::new`](crate::CorsLayer::new) asks for them, once.
    ///
    /// # Security
    ///
    /// A cache would serve one tenant's response to another if one were missing here.
    fn vary(&self) -> &[HeaderName] {
        &[]
    }
}

/// The answer of a [`PolicySource`].
#[derive(Clone, Debug)]
pub enum Lookup<F> {
    /// This policy.
    Now(Policy),
    /// The policy that this future gives.
    Later(F),
}

impl PolicySource for Policy {
    type Future = AtOnce;

    fn policy(&self, _: RequestHead<'_>) -> Lookup<AtOnce> {
        Lookup::Now(self.clone())
    }
}

/// A source that several services share.
impl<P: PolicySource + ?Sized> PolicySource for Arc<P> {
    type Future = P::Future;

    fn policy(&self, head: RequestHead<'_>) -> Lookup<Self::Future> {
        (**self).policy(head)
    }

    fn vary(&self) -> &[HeaderName] {
        (**self).vary()
    }
}

/// The future of a [`PolicySource`] that always answers at once: there is no such future.
#[derive(Clone, Copy)]
pub struct AtOnce(Infallible);

impl Future for AtOnce {
    type Output = Policy;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Policy> {
        match self.0 {}
    }
}

impl fmt::Debug for AtOnce {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
