//! [`ResponseHeaders`]: what a decision adds to a response that the layer does not make itself.

use std::fmt;
use std::sync::Arc;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};

use super::refusal::Refusal;
use super::vary::{add_vary, varies_by};

/// What a [`Decision`](crate::Decision) adds to the application's response: owned, so that it can be
/// kept while the application works.
///
/// ```
/// use http::{HeaderMap, HeaderValue, Method, header::ORIGIN};
/// use tower_cors::Policy;
///
/// let policy = Policy::allow_origins(["https://app.example.com"]).build()?;
/// let mut request = HeaderMap::new();
/// request.insert(ORIGIN, HeaderValue::from_static("https://app.example.com"));
///
/// let headers = policy.decide(&Method::GET, &request).response_headers();
/// let mut response = HeaderMap::new(); // whatever the application answers
/// headers.apply_to(&mut response);
/// assert_eq!(response["access-control-allow-origin"], "https://app.example.com");
/// assert_eq!(response["vary"], "origin");
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
#[derive(Clone)]
#[must_use = "headers have no effect until they are applied to a response"]
pub struct ResponseHeaders {
    access: Access,
    exposed: Exposed,
    /// What the response depends on, beside `Origin`.
    vary: SourceVary,
}

/// Names for `Vary` that do not follow from the policy: those of a source, or of a switch. `None`
/// when there are none.
pub(crate) type SourceVary = Option<Arc<Vec<HeaderName>>>;

/// What a response says of access.
#[derive(Clone, Debug)]
enum Access {
    /// The policy is disabled: nothing is said, and what the application says stays.
    Disabled,
    /// No rule covers the origin, or there is none.
    Nothing,
    /// The same, and the response says why. Boxed, because it would be the largest.
    Explained(Box<Refusal>),
    /// `*`
    AnyOrigin,
    /// The request's own `Origin`, byte for byte.
    Origin(HeaderValue),
}

/// What a response says beside that. A future keeps it for every response under way, so the flags
/// are in each variant: there they share a word with its tag.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    credentials: bool,
    /// Whether the response depends on `Origin`.
    varies: bool,
    keep_inner: bool,
    /// Whether the request is known to be a CORS request: only where somebody wants to hear of errors.
    is_cors: bool,
}

/// The value of `Access-Control-Expose-Headers`, one for all responses of a rule.
#[derive(Clone, Debug)]
enum Exposed {
    Nothing(Flags),
    Counted(Flags, Arc<HeaderValue>),
    Leaked(Flags, &'static HeaderValue),
}

/// What a rule adds to the responses that it shares with an origin, beside
/// `Access-Control-Allow-Origin`.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Exposed);

/// `Access-Control-Allow-Origin: *`
const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

/// Where a refusal is explained. A header, because nothing is asked of a body but to be empty.
pub(crate) const CORS_REFUSAL: HeaderName = HeaderName::from_static("cors-refusal");

impl ResponseHeaders {
    /// Those of a disabled policy.
    #[inline(always)]
    pub(crate) fn disabled() -> Self {
        Self::new(Access::Disabled, Exposed::Nothing(Flags::default()), false)
    }

    /// Those of a response that no rule governs.
    #[inline(always)]
    pub(crate) fn nothing(varies: bool) -> Self {
        Self::new(Access::Nothing, Exposed::Nothing(Flags::default()), varies)
    }

    /// Those that a rule grants to an origin, or to any if there is none.
    #[inline(always)]
    pub(crate) fn shared(origin: Option<&HeaderValue>, rule: &Shared, varies: bool) -> Self {
        let access = match origin {
            Some(origin) => Access::Origin(origin.clone()),
            None => Access::AnyOrigin,
        };
        Self::new(access, rule.0.clone(), varies)
    }

    #[inline(always)]
    fn new(access: Access, mut exposed: Exposed, varies: bool) -> Self {
        exposed.flags_mut().varies = varies;
        Self { access, exposed, vary: None }
    }
}

impl Exposed {
    #[inline(always)]
    fn flags(&self) -> Flags {
        let (Self::Nothing(flags) | Self::Counted(flags, _) | Self::Leaked(flags, _)) = self;
        *flags
    }

    #[inline(always)]
    fn flags_mut(&mut self) -> &mut Flags {
        let (Self::Nothing(flags) | Self::Counted(flags, _) | Self::Leaked(flags, _)) = self;
        flags
    }
}

impl Shared {
    pub(crate) fn new(credentials: bool, exposed: Option<HeaderValue>) -> Self {
        let flags = Flags { credentials, ..Flags::default() };
        Self(match exposed {
            Some(names) => Exposed::Counted(flags, Arc::new(names)),
            None => Exposed::Nothing(flags),
        })
    }

    /// The same, without anything to count.
    pub(crate) fn leaked(&self) -> Self {
        Self(match &self.0 {
            Exposed::Counted(flags, names) => {
                Exposed::Leaked(*flags, Box::leak(Box::new(leaked(names))))
            }
            other => other.clone(),
        })
    }
}

/// A value whose clones nobody counts.
pub(crate) fn leaked(value: &HeaderValue) -> HeaderValue {
    match value.to_str() {
        Ok(text) => HeaderValue::from_static(Box::leak(Box::from(text))),
        Err(_) => value.clone(), // a policy has no such values
    }
}

impl ResponseHeaders {
    /// Adds `Origin` to what the response depends on, and these names.
    pub(crate) fn vary_by_origin_and(&mut self, names: &SourceVary) {
        self.exposed.flags_mut().varies = true;
        self.vary.clone_from(names);
    }

    /// Leaves the decision to a response that has made one itself.
    pub(crate) fn keep_inner(&mut self) {
        self.exposed.flags_mut().keep_inner = true;
    }

    /// Notes that the response is to a CORS request.
    pub(crate) fn note_cors(&mut self) {
        self.exposed.flags_mut().is_cors = true;
    }

    #[inline(always)]
    pub(crate) fn are_for_cors(&self) -> bool {
        self.exposed.flags().is_cors
    }

    /// Lets the response say why it was refused.
    pub(crate) fn explain(&mut self, refusal: Refusal) {
        self.access = Access::Explained(Box::new(refusal));
    }

    /// Makes the headers of the application's response what the policy says: its `Access-Control-*`
    /// headers are removed, those that the decision allows are added, and `Vary` gets what the
    /// response depends on. Under a [disabled](crate::Policy::disabled) policy, nothing changes.
    ///
    /// What the application said is removed even where nothing takes its place: stacked layers must
    /// not add up to more than the outer one allows.
    pub fn apply_to(mut self, headers: &mut HeaderMap) {
        let _ = self.apply(headers);
    }

    /// Whether headers of the application's own were removed.
    #[inline(always)]
    pub(crate) fn apply(&mut self, headers: &mut HeaderMap) -> bool {
        let found = Found::of(headers);
        let is_disabled = matches!(self.access, Access::Disabled);
        let inner_decides = is_disabled
            || self.exposed.flags().keep_inner && headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
        let are_removed = found.access_control && !inner_decides;
        if are_removed {
            remove_access_control(headers);
        }
        if !self.add_vary(found, headers) {
            // A response so full that `Vary` has no room would poison caches if it said more.
            remove_access_control(headers);
        } else if !inner_decides {
            self.add_access(headers);
        }
        are_removed
    }

    /// `false` if there is no room.
    #[inline(always)]
    fn add_vary(&self, found: Found, headers: &mut HeaderMap) -> bool {
        let covered = !self.exposed.flags().varies || found.vary && varies_by(headers, &ORIGIN);
        let origin =
            covered || headers.try_append(VARY, HeaderValue::from_static("origin")).is_ok();
        let names = self.vary.as_deref().map_or(&[][..], Vec::as_slice);
        origin && names.iter().all(|name| add_vary(headers, name))
    }

    /// A header for which a hostile response leaves no room is missing, which allows less.
    #[inline(always)]
    fn add_access(&mut self, headers: &mut HeaderMap) {
        let allow_origin = match std::mem::replace(&mut self.access, Access::Nothing) {
            Access::Disabled | Access::Nothing => return,
            Access::Explained(refusal) => {
                let _ = headers.try_insert(CORS_REFUSAL, refusal.to_header_value());
                return;
            }
            Access::AnyOrigin => ANY_ORIGIN,
            Access::Origin(origin) => origin,
        };
        let _ = headers.try_insert(ACCESS_CONTROL_ALLOW_ORIGIN, allow_origin);
        // Whether the request came with credentials cannot be seen: one without cookies may still
        // be in credentials mode `include`. So the policy alone decides.
        // https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
        if self.exposed.flags().credentials {
            let credentials = HeaderValue::from_static("true");
            let _ = headers.try_insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, credentials);
        }
        let exposed = match &self.exposed {
            Exposed::Nothing(_) => return,
            Exposed::Counted(_, names) => HeaderValue::clone(names),
            Exposed::Leaked(_, names) => HeaderValue::clone(names),
        };
        let _ = headers.try_insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

impl fmt::Debug for ResponseHeaders {
    /// The headers that an empty response would get.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut headers = HeaderMap::new();
        self.clone().apply_to(&mut headers);
        f.debug_tuple("ResponseHeaders").field(&headers).finish()
    }
}

/// Which of the headers that matter here a response already has, found in one pass: responses have
/// few headers, and mostly none of these.
#[derive(Clone, Copy, Default)]
struct Found {
    access_control: bool,
    vary: bool,
}

impl Found {
    #[inline(always)]
    fn of(headers: &HeaderMap) -> Self {
        headers.keys().fold(Self::default(), |found, name| Self {
            access_control: found.access_control || is_access_control(name),
            vary: found.vary || *name == VARY,
        })
    }
}

#[cold]
fn remove_access_control(headers: &mut HeaderMap) {
    let names: Vec<_> = headers.keys().filter(|name| is_access_control(name)).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

fn is_access_control(name: &HeaderName) -> bool {
    name.as_str().starts_with("access-control-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing else shows it but what cores pay for counting.
    #[test]
    fn nothing_is_counted_of_what_is_leaked() {
        let shared = Shared::new(true, Some(HeaderValue::from_static("x-a")));
        assert!(matches!(shared.0, Exposed::Counted(..)));
        let Exposed::Leaked(flags, names) = shared.leaked().0 else {
            panic!("it is still counted")
        };
        assert!(flags.credentials && names == "x-a");
    }
}
