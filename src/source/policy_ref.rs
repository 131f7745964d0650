//! [`PolicyRef`]: a policy that a lookup borrows, or gives away.

use std::fmt;
use std::ops::Deref;
#[cfg(feature = "reload")]
use std::sync::Arc;

#[cfg(feature = "reload")]
use arc_swap::Guard;

use crate::policy::Policy;

/// A [`Policy`] for one request: borrowed from its source, so that nothing is counted for it, or
/// owned.
///
/// It is made from `&Policy` and from `Policy`, with feature `reload` also from what an
/// [`ArcSwap<Policy>`](https://docs.rs/arc-swap) guards, and is used like a `&Policy`.
pub struct PolicyRef<'a>(Kept<'a>);

enum Kept<'a> {
    Borrowed(&'a Policy),
    Owned(Policy),
    #[cfg(feature = "reload")]
    Guarded(Guard<Arc<Policy>>),
}

impl Deref for PolicyRef<'_> {
    type Target = Policy;

    #[inline]
    fn deref(&self) -> &Policy {
        match &self.0 {
            Kept::Borrowed(policy) => policy,
            Kept::Owned(policy) => policy,
            #[cfg(feature = "reload")]
            Kept::Guarded(policy) => policy,
        }
    }
}

/// A clone of a policy that is borrowed is borrowed, too; any other is owned.
impl Clone for PolicyRef<'_> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Kept::Borrowed(policy) => Kept::Borrowed(policy),
            Kept::Owned(policy) => Kept::Owned(policy.clone()),
            #[cfg(feature = "reload")]
            Kept::Guarded(policy) => Kept::Owned(Policy::clone(policy)),
        })
    }
}

impl fmt::Debug for PolicyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyRef").field(&**self).finish()
    }
}

impl<'a> From<&'a Policy> for PolicyRef<'a> {
    #[inline]
    fn from(policy: &'a Policy) -> Self {
        Self(Kept::Borrowed(policy))
    }
}

impl From<Policy> for PolicyRef<'_> {
    #[inline]
    fn from(policy: Policy) -> Self {
        Self(Kept::Owned(policy))
    }
}

/// What [`ArcSwap::load`](arc_swap::ArcSwapAny::load) gives.
#[cfg(feature = "reload")]
impl From<Guard<Arc<Policy>>> for PolicyRef<'_> {
    #[inline]
    fn from(policy: Guard<Arc<Policy>>) -> Self {
        Self(Kept::Guarded(policy))
    }
}
