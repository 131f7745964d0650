//! [`Snapshot`]: what a policy that is looked up later will look at.

use http::header::ORIGIN;
use http::{HeaderMap, Method};

use super::options::Options;
use crate::fetch::MAX_REQUEST_HEADERS_LINES;
use crate::observe::events;
use crate::policy::Policy;
use crate::policy::decision::Decision;
use crate::policy::vary::PREFLIGHT_NAMES;
use crate::request::RequestHead;

/// A request's method and the three request headers of the CORS protocol.
#[derive(Debug)]
pub(crate) struct Snapshot {
    method: Method,
    headers: HeaderMap,
    /// Whether it comes from a page of the server's own: only where somebody wants to know.
    pub(crate) is_own_page: bool,
}

impl Snapshot {
    pub(crate) fn of(head: RequestHead<'_>, options: &Options) -> Self {
        let mut headers = HeaderMap::with_capacity(PREFLIGHT_NAMES.len());
        for name in PREFLIGHT_NAMES {
            // One line more than a policy reads, so that it sees that there are too many.
            for line in head.headers.get_all(&name).iter().take(MAX_REQUEST_HEADERS_LINES + 1) {
                headers.append(&name, line.clone());
            }
        }
        let is_own_page = events::decisions_are_wanted() && options.is_own_page(head);
        Self { method: head.method.clone(), headers, is_own_page }
    }

    pub(crate) fn is_cors(&self) -> bool {
        self.headers.contains_key(ORIGIN)
    }

    pub(crate) fn decide<'a>(&'a self, policy: &'a Policy) -> Decision<'a> {
        policy.decide(&self.method, &self.headers)
    }
}
