//! [`Vary`](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5): what a response depends on.
//!
//! | response | depends on |
//! | --- | --- |
//! | under a constant policy | nothing |
//! | under any other | `Origin`, whatever the request was |
//! | the answer to a CORS-preflight request | `Access-Control-Request-Method` too, which makes it one, and `Access-Control-Request-Headers` where they are echoed |
//! | under a source that is not fixed | `Origin`, and what the source says that it reads |
//! | where a switch looks at the request | `Origin`, and what the switch reads |

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::lists::list_elements;

/// What the answers to preflights depend on under a policy that is not constant.
pub(crate) const PREFLIGHT_VARY: &str = "origin, access-control-request-method";

/// The same where a rule echoes the names that were asked for.
pub(crate) const ECHOING_PREFLIGHT_VARY: &str =
    "origin, access-control-request-method, access-control-request-headers";

/// The names of [`ECHOING_PREFLIGHT_VARY`].
pub(crate) const PREFLIGHT_NAMES: [HeaderName; 3] =
    [ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_REQUEST_HEADERS];

/// Adds a name to the `Vary` of a response unless it is covered. `false` if there is no room for it.
///
/// It gets a line of its own where there is one already: lists may be spread over lines.
pub(crate) fn add_vary(headers: &mut HeaderMap, name: &HeaderName) -> bool {
    varies_by(headers, name) || headers.try_append(VARY, HeaderValue::from(name.clone())).is_ok()
}

/// Whether a name is in the `Vary` of a response, on any line, or `*` is.
pub(crate) fn varies_by(headers: &HeaderMap, name: &HeaderName) -> bool {
    let covers =
        |element: &[u8]| element == b"*" || element.eq_ignore_ascii_case(name.as_str().as_bytes());
    headers.get_all(VARY).iter().flat_map(list_elements).any(covers)
}
