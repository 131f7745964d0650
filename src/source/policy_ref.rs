//! [`PolicyRef`]: a policy that a lookup borrows, or gives away.

use std::ops::Deref;

use crate::policy::Policy;

/// A [`Policy`] for one request: borrowed from its source, so that nothing is counted for it, or
/// owned.
///
/// It is made from `&Policy` and from `Policy`, and is used like a `&Policy`.
#[derive(Clone, Debug)]
pub struct PolicyRef<'a>(Kept<'a>);

#[derive(Clone, Debug)]
enum Kept<'a> {
    Borrowed(&'a Policy),
    Owned(Policy),
}

impl Deref for PolicyRef<'_> {
    type Target = Policy;

    #[inline]
    fn deref(&self) -> &Policy {
        match &self.0 {
            Kept::Borrowed(policy) => policy,
            Kept::Owned(policy) => policy,
        }
    }
}

impl<'a> From<&'a Policy> for PolicyRef<'a> {
    #[inline]
    fn from(policy: &'a Policy) -> Self {
        Self(Kept::Borrowed(policy))
    }
}

impl From<Policy> for PolicyRef<'_> {
    fn from(policy: Policy) -> Self {
        Self(Kept::Owned(policy))
    }
}
