//! [`PolicySource`]: which policy governs a request.

mod closure;
pub(crate) mod policy_fn;
pub(crate) mod policy_future_fn;
mod policy_ref;
#[cfg(feature = "reload")]
pub(crate) mod reloadable;

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::HeaderName;

use crate::policy::Policy;
use crate::request::RequestHead;

pub use policy_ref::PolicyRef;

/// Where a [`Cors`](crate::Cors) service gets the policy for a request from.
///
/// | source | which policy |
/// | --- | --- |
/// | [`Policy`] | the same for every request |
/// | `&'static Policy`, which is [leaked](Policy::leak) | the same |
/// | [`Reloadable`](crate::Reloadable), with feature `reload` | the one that was put there last |
/// | [`policy_fn`](crate::policy_fn) | the one that a closure chooses |
/// | [`policy_future_fn`](crate::policy_future_fn) | the one that a closure looks up |
///
/// Implement it for a source that knows some policies and has to look others up, or that lends its own.
///
/// A layer clones its source into each service that it wraps: put one that is large, or that has a
/// state, into an [`Arc`].
///
/// A source that answers at once has [`AtOnce`] as its `Future`. One that has to ask elsewhere
/// first answers with [`Lookup::Later`]:
///
/// ```
/// use std::collections::HashMap;
/// use std::future::{Ready, ready};
/// use std::sync::Arc;
/// use tower_cors::{CorsLayer, Lookup, Policy, PolicySource, RequestHead};
///
/// /// Policies by host: those that are known are lent, others are looked up.
/// struct Tenants {
///     known: HashMap<String, Policy>,
/// }
///
/// impl PolicySource for Tenants {
///     type Future = Ready<Policy>;
///
///     fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, Self::Future> {
///         let Some(host) = head.host() else { return Lookup::now(Policy::deny_all()) };
///         match self.known.get(host) {
///             Some(policy) => Lookup::now(policy),
///             None => Lookup::Later(look_up(host)),
///         }
///     }
/// }
///
/// let own = Policy::allow_any_origin().build()?;
/// let known = HashMap::from([("app.example.com".to_owned(), own)]);
/// let cors = CorsLayer::new(Arc::new(Tenants { known }));
/// # let _ = tower_layer::Layer::layer(&cors, ());
/// # fn look_up(_: &str) -> Ready<Policy> { ready(Policy::deny_all()) }
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// Choose by the host, the path or an extension, not by a header that scripts set: a preflight
/// carries only that header's *name*, so it would be decided by another policy than the request that
/// follows it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy, nor a source of policies",
    label = "not a `Policy`",
    note = "a builder becomes a policy with `.build()?`, and a `Result` with `?`",
    note = "for a policy that depends on the request, use `policy_fn` or `policy_future_fn`"
)]
pub trait PolicySource {
    /// A lookup that takes time. It does not fail: a source that cannot find a policy has to decide
    /// which one to fall back on.
    type Future: Future<Output = Policy>;

    /// Which policy governs this request?
    ///
    /// An actual request's handler starts at once and runs beside a [`Lookup::Later`]. If it is
    /// ready first, its response waits. A CORS-preflight request is answered when the lookup is
    /// done. If the lookup gives a [disabled](Policy::disabled) policy, the preflight is refused: it
    /// is too late to call the application.
    fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, Self::Future>;

    /// The request headers that the choice depends on. Every response has them in `Vary`, with
    /// `Origin`, which need not be named. The host and the path need no naming either: caches tell
    /// responses apart by the URL. [`CorsLayer::new`](crate::CorsLayer::new) asks for them, once.
    ///
    /// # Security
    ///
    /// If one is missing here, a cache serves one tenant's response to another.
    fn vary(&self) -> &[HeaderName] {
        &[]
    }

    /// Whether every request gets the same policy, whatever the request is, as long as the layer
    /// lives. Only then may responses do without `Vary: origin`, if the policy allows it.
    ///
    /// # Security
    ///
    /// If this is `true` for a source that chooses, a cache serves a response that was made under
    /// one policy to a page that another policy governs.
    fn is_fixed(&self) -> bool {
        false
    }
}

/// The answer of a [`PolicySource`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Lookup<'a, F> {
    /// This policy.
    Now(PolicyRef<'a>),
    /// The policy that this future gives.
    Later(F),
}

impl<'a, F> Lookup<'a, F> {
    /// [`Lookup::Now`], of a `Policy`, borrowed or not.
    #[inline]
    #[must_use]
    pub fn now(policy: impl Into<PolicyRef<'a>>) -> Self {
        Self::Now(policy.into())
    }
}

impl PolicySource for Policy {
    type Future = AtOnce;

    #[inline]
    fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, AtOnce> {
        Lookup::now(self)
    }

    fn is_fixed(&self) -> bool {
        true
    }
}

/// A [leaked](Policy::leak) policy.
impl PolicySource for &'static Policy {
    type Future = AtOnce;

    #[inline]
    fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, AtOnce> {
        Lookup::now(*self)
    }

    fn is_fixed(&self) -> bool {
        true
    }
}

/// A source that several services share.
impl<P: PolicySource + ?Sized> PolicySource for Arc<P> {
    type Future = P::Future;

    #[inline]
    fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, Self::Future> {
        (**self).policy(head)
    }

    fn vary(&self) -> &[HeaderName] {
        (**self).vary()
    }

    fn is_fixed(&self) -> bool {
        (**self).is_fixed()
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
