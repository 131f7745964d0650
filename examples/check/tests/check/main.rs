//! The tool against servers of many kinds, started here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/mod.rs"]
mod common;

mod arguments;
mod audits;
mod hostile;
mod https;
mod servers;
mod terminal;
mod verdicts;
