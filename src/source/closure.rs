//! [`Closure`]: what the sources made from closures have in common.

use std::fmt;
use std::sync::Arc;

use http::HeaderName;

/// A closure, and the request headers that it reads. Shared, so that a clone of a service does not
/// clone what the closure has captured.
pub(super) struct Closure<F> {
    f: Arc<F>,
    /// `None` is none, so that there is nothing to count for most closures.
    vary: Option<Arc<[HeaderName]>>,
}

impl<F> Closure<F> {
    pub(super) fn new(f: F) -> Self {
        Self { f: Arc::new(f), vary: None }
    }

    #[inline]
    pub(super) fn get(&self) -> &F {
        &self.f
    }

    pub(super) fn vary(&self) -> &[HeaderName] {
        self.vary.as_deref().unwrap_or_default()
    }

    pub(super) fn vary_by(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        let all = self.vary().iter().cloned().chain(names).collect();
        Self { vary: Some(all), ..self }
    }
}

impl<F> Clone for Closure<F> {
    fn clone(&self) -> Self {
        Self { f: Arc::clone(&self.f), vary: self.vary.clone() }
    }
}

impl<F> fmt::Debug for Closure<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closure").field("vary", &self.vary()).finish_non_exhaustive()
    }
}
