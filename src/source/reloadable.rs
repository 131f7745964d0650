//! [`Reloadable`]: a policy that is replaced while the server runs.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{AtOnce, Lookup, PolicySource};
use crate::policy::Policy;
use crate::request::RequestHead;

/// A policy that can be replaced while the server runs, without a lock. Feature `reload`.
///
/// It is a handle: its clones, the layer's and those of the layer's services among them, all have
/// the same policy.
///
/// ```
/// use tower_cors::{CorsLayer, Policy, Reloadable};
///
/// let policy = Reloadable::new(Policy::deny_all());
/// let cors = CorsLayer::new(policy.clone());
///
/// // Later, in whatever watches the settings:
/// policy.replace(Policy::allow_origins(["https://app.example.com"]).build()?);
/// # #[cfg(feature = "testing")]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// #     use tower_cors::testing::{self, Page};
/// #     let app = axum::Router::new().fallback(|| async {}).layer(cors);
/// #     let mut page = Page::at("https://app.example.com", app);
/// #     assert!(page.fetch(testing::get("https://api.example.com/")).await.is_ok());
/// #     policy.replace(Policy::deny_all());
/// #     assert!(page.fetch(testing::get("https://api.example.com/")).await.is_err());
/// # });
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// Every request that starts after [`replace`](Self::replace) has returned is decided by the new
/// policy, or by a still newer one. A request sees one policy from beginning to end, a response under
/// way that of its request.
///
/// # From settings, and the old policy stays on a mistake
///
/// A policy with a mistake does not build, so there is nothing to replace the old one with:
///
/// ```
/// use tower_cors::{BuildError, Policy, PolicyConfig, Reloadable};
///
/// fn reload(policy: &Reloadable, settings: &PolicyConfig) -> Result<(), BuildError> {
///     policy.replace(settings.build()?);
///     Ok(())
/// }
///
/// let policy = Reloadable::new(Policy::allow_origins(["https://app.example.com"]).build()?);
/// let mut settings = policy.current().config().unwrap().clone();
/// settings.rules[0].allow_origins.push("https://app.example.net/".to_owned());
/// assert!(reload(&policy, &settings).is_err(), "an origin has no path");
/// assert!(policy.current().allows_origin("https://app.example.com"), "the old policy stays");
/// # Ok::<(), BuildError>(())
/// ```
///
/// # Before a policy is tightened
///
/// A new policy decides about every request that reaches the server. What browsers have kept is not
/// asked about:
///
/// - *Answers to preflights.* A browser that was allowed a method or a header goes on sending such
///   requests without asking, for as long as [`max_age`](crate::PolicyBuilder::max_age) of the *old*
///   policy said: at most 86,400 s in Firefox, 7,200 s in Chromium and 600 s in WebKit; 5 s where it said
///   nothing. So before methods or headers are taken away, or an origin, replace the policy by
///   the same one with a `max_age` of zero, wait for as long as the old one lasts, then take them away.
///   The page cannot read the responses to requests that are sent meanwhile, for these say what the new
///   policy says; but they are carried out, so the application has to authorise them, as always.
/// - *Responses in HTTP caches*, which keep their headers for as long as they are
///   [fresh](https://www.rfc-editor.org/rfc/rfc9111#section-4.2).
///
/// # Cores
///
/// A request borrows the policy from where `arc-swap` guards it, and counts nothing that other threads
/// count. A clone of the handle counts one reference, as that of a [`Policy`] does. Unlike that of a
/// fixed policy, every response has `Origin` in `Vary`, because another policy may depend on it.
#[derive(Clone)]
pub struct Reloadable {
    policy: Arc<ArcSwap<Policy>>,
}

impl Reloadable {
    /// A handle to a policy, which is the first.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy: Arc::new(ArcSwap::from_pointee(policy)) }
    }

    /// Replaces the policy, for all clones of this handle. Returns the one that was replaced.
    ///
    /// It does not wait for requests, nor do requests for it.
    #[expect(clippy::must_use_candidate, reason = "it is called to replace")]
    pub fn replace(&self, policy: Policy) -> Policy {
        Arc::unwrap_or_clone(self.policy.swap(Arc::new(policy)))
    }

    /// The policy as it is now.
    #[must_use]
    pub fn current(&self) -> Policy {
        Policy::clone(&self.policy.load())
    }
}

impl From<Policy> for Reloadable {
    fn from(policy: Policy) -> Self {
        Self::new(policy)
    }
}

impl PolicySource for Reloadable {
    type Future = AtOnce;

    #[inline]
    fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, AtOnce> {
        Lookup::now(self.policy.load())
    }
}

impl fmt::Debug for Reloadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reloadable").field(&self.current()).finish()
    }
}
