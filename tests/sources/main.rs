//! Where policies come from: closures, lookups, and a policy that is replaced while the server runs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]
#![allow(clippy::print_stdout, reason = "a test that hunts for luck says how hard it tried")]

#[path = "../common/mod.rs"]
mod common;

mod caches;
mod hosts;
mod lookups;
mod preflight_caches;
mod replaced;
