//! [`Clock`]: time that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The time of a [`Page`](super::Page) and of the [`HttpCache`](super::HttpCache) that it asks. It
/// starts at zero and moves only when it is told to, so a test of an hour takes no time.
///
/// Clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicU64>);

impl Clock {
    /// A clock that nothing else shares.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How far the clock was moved so far, in whole milliseconds.
    #[must_use]
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}
