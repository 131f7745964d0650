//! What Tower, and whoever composes services with it, can rely on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/mod.rs"]
mod common;

mod auto_traits;
mod axum_apps;
mod bodies;
mod cancellation;
mod composition;
mod later;
mod later_responses;
mod listeners;
mod orderings;
mod readiness;
mod sizes;
mod under_way;
mod waking;

use tower_cors::Policy;

const APP: &str = "https://app.example";

/// One listed origin, which may PUT.
fn policy() -> Policy {
    Policy::allow_origins([APP]).allow_methods(["PUT"]).build().unwrap()
}
