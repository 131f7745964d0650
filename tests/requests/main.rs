//! What happens to a request: tables of requests, and of each all that comes of it.
//!
//! `S1` and so on in the names of rows are rules of the Fetch standard and its neighbours: see
//! `tests/RULES.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/mod.rs"]
mod common;

mod any_name;
mod any_origin;
mod combinations;
mod credentials;
mod explain;
mod inner_headers;
mod one_origin;
mod origins;
mod own_hosts;
mod reject;
mod request_headers;
mod rules;
mod stacking;
mod switches;
mod table;
mod vary;
