//! What is set on the layer rather than in the policy.

use std::sync::Arc;

use http::{HeaderName, StatusCode};

/// How the layer behaves where that is a matter of taste.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Switches {
    pub(crate) preflight_status: PreflightStatus,
    pub(crate) reject_disallowed_origins: bool,
    pub(crate) explain_refusals: bool,
    pub(crate) keep_inner_headers: bool,
}

/// What the source reads of a request, for `Vary`. `None` when that is nothing, as for a fixed
/// policy.
pub(crate) type Vary = Option<Arc<Vec<HeaderName>>>;

/// The status of the answer to an allowed preflight. Browsers take [any ok
/// status](https://fetch.spec.whatwg.org/#ok-status).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PreflightStatus {
    /// 204 No Content.
    #[default]
    NoContent,
    /// 200 OK, for old clients that stumble over 204.
    Ok,
}

impl From<PreflightStatus> for StatusCode {
    fn from(status: PreflightStatus) -> Self {
        match status {
            PreflightStatus::NoContent => Self::NO_CONTENT,
            PreflightStatus::Ok => Self::OK,
        }
    }
}
