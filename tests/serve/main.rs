//! The example `serve`, as a user starts it: what it prints, what it answers, and what its page shows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/example.rs"]
mod example;

mod answers;
mod files;
mod running;
