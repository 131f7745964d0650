//! CORS middleware for Tower services.
mod answer;
mod decision;
mod error;
mod fetch;
mod future;
mod layer;
mod origin;
mod policy;
mod request;
mod service;
mod source;

pub use decision::{Decision, Outcome, Refusal};
pub use error::{BuildError, ConfigError, Place};
pub use future::ResponseFuture;
pub use layer::{CorsLayer, PreflightStatus};
pub use origin::{Origin, OriginPattern, OriginPatternError, OriginPatternErrorKind};
pub use policy::builder::{
    AnyOrigin, ListedOrigins, MayAllowCredentials, PolicyBuilder, PolicyRules,
};
pub use policy::given::Given;
pub use policy::{Policy, RedundantOrigin, Rule};
pub use request::{RequestHead, RequestKind};
pub use service::Cors;
pub use source::{AtOnce, Lookup, PolicySource};

/// How many cases a property is tried with: more where `PROPTEST_CASES` says so.
#[cfg(test)]
fn test_cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1000)
}
