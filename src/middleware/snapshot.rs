//! [`Snapshot`]: what a policy that is looked up later will look at.

use http::{HeaderMap, Method};

use crate::fetch::MAX_REQUEST_HEADERS_LINES;
use crate::policy::Policy;
use crate::policy::decision::Decision;
use crate::policy::vary::PREFLIGHT_NAMES;
use crate::request::RequestHead;

/// A request's method and the three request headers of the CORS protocol.
#[derive(Debug)]
pub(crate) struct Snapshot {
    method: Method,
    headers: HeaderMap,
}

impl Snapshot {
    pub(crate) fn of(head: RequestHead<'_>) -> Self {
        let mut headers = HeaderMap::with_capacity(PREFLIGHT_NAMES.len());
        for name in PREFLIGHT_NAMES {
            // One line more than a policy reads, so that it sees that there are too many.
            for line in head.headers.get_all(&name).iter().take(MAX_REQUEST_HEADERS_LINES + 1) {
                headers.append(&name, line.clone());
            }
        }
        Self { method: head.method.clone(), headers }
    }

    pub(crate) fn decide<'a>(&'a self, policy: &'a Policy) -> Decision<'a> {
        policy.decide(&self.method, &self.headers)
    }
}
