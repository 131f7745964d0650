//! The headers that a policy adds to any response but the answer to a CORS-preflight request.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};

use super::Policy;
use super::grant::{ANY_ORIGIN, Granted};
use super::header_names::trim_optional_white_space;

impl Policy {
    /// Makes the headers of the inner service's response what the policy says. `allowed` is the
    /// rule that governs the request and what it grants, if it does.
    ///
    /// What the inner service said of its own under `Access-Control-*` is removed, also where
    /// nothing takes its place: stacked layers must not add up to more than the outer one allows.
    /// If `keep_inner` is set, it stands instead, all of it: one decision in either case.
    pub(crate) fn finish(
        &self,
        allowed: Option<Granted>,
        keep_inner: bool,
        headers: &mut HeaderMap,
    ) {
        let Some(compiled) = self.compiled() else { return };
        let present = Present::of(headers);
        let inner_decided = keep_inner && present.access_control;
        if present.access_control && !inner_decided {
            remove_access_control(headers);
        }
        let covered = compiled.is_constant() || present.vary && varies_by(headers, &ORIGIN);
        let varies =
            covered || headers.try_append(VARY, HeaderValue::from_static("origin")).is_ok();
        // A response from somewhere hostile can be so full that there is no room for `Vary`.
        if inner_decided || !varies {
            return;
        }
        if let Some((rule, grant)) = allowed {
            compiled.rule(rule).actual.add_to(grant.into_allow_origin(), headers);
        } else if compiled.is_constant() {
            // https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches: what is the same for
            // every request stands on every response.
            compiled.rule(0).actual.add_to(ANY_ORIGIN, headers);
        }
    }
}

/// What a rule adds to a response for an origin that it covers.
#[derive(Debug)]
pub(crate) struct Actual {
    pub(crate) credentials: bool,
    /// The value of `Access-Control-Expose-Headers`, if there is anything to expose.
    pub(crate) expose: Option<HeaderValue>,
}

impl Actual {
    /// A header for which a hostile response leaves no room is missing, which allows less.
    fn add_to(&self, allow_origin: HeaderValue, headers: &mut HeaderMap) {
        let _ = headers.try_insert(ACCESS_CONTROL_ALLOW_ORIGIN, allow_origin);
        // Whether the request came with credentials cannot be seen: one without cookies may still
        // be in credentials mode `include`. So the policy alone decides.
        // https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
        if self.credentials {
            let credentials = HeaderValue::from_static("true");
            let _ = headers.try_insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, credentials);
        }
        if let Some(expose) = &self.expose {
            let _ = headers.try_insert(ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
        }
    }
}

/// What the headers of a response have to be looked up for, seen in one pass over their names:
/// responses have few headers, and mostly neither of these.
#[derive(Default)]
struct Present {
    access_control: bool,
    vary: bool,
}

impl Present {
    fn of(headers: &HeaderMap) -> Self {
        headers.keys().fold(Self::default(), |present, name| Self {
            access_control: present.access_control || is_access_control(name),
            vary: present.vary || *name == VARY,
        })
    }
}

pub(crate) fn remove_access_control(headers: &mut HeaderMap) {
    let names: Vec<_> = headers.keys().filter(|name| is_access_control(name)).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

fn is_access_control(name: &HeaderName) -> bool {
    name.as_str().starts_with("access-control-")
}

/// Adds a name to the [`Vary`](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5) of a response
/// unless it is covered. `false` if there is no room for it.
pub(crate) fn add_vary(headers: &mut HeaderMap, name: &HeaderName) -> bool {
    varies_by(headers, name) || headers.try_append(VARY, HeaderValue::from(name.clone())).is_ok()
}

/// Whether a name is in the `Vary` of a response, on any line, or `*` is.
fn varies_by(headers: &HeaderMap, name: &HeaderName) -> bool {
    let covers =
        |element: &[u8]| element == b"*" || element.eq_ignore_ascii_case(name.as_str().as_bytes());
    headers
        .get_all(VARY)
        .iter()
        .flat_map(|line| line.as_bytes().split(|&byte| byte == b','))
        .any(|element| covers(trim_optional_white_space(element)))
}
