//! Pages about using the crate. They are documentation alone: nothing of them is compiled into a
//! program.

/// From what a person sees, when CORS does not work, to its cause.
#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
