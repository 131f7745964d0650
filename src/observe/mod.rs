//! Who is told about a decision, and how.

mod escaped;
mod explanation;
pub(crate) mod nearest_miss;
#[cfg(feature = "tracing")]
mod rate;

#[cfg(feature = "tracing")]
pub(crate) mod events;
#[cfg(not(feature = "tracing"))]
#[path = "silent.rs"]
pub(crate) mod events;
