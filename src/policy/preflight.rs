//! What a rule answers to a CORS-preflight request.

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue,
};

use super::header_names::HeaderNames;
use super::lists::{is_token, requested_names};
use super::refusal::Refusal;
use crate::fetch;
use crate::request::Single;

/// What a rule says to preflights.
#[derive(Clone, Debug)]
pub(crate) struct Preflight {
    pub(crate) methods: Methods,
    pub(crate) headers: RequestHeaders,
    /// The answer to whatever is asked, except for what is echoed: empty values, which allow nothing,
    /// hold the places of the origin, where the rule lists its origins, and of echoed headers.
    pub(crate) template: HeaderMap,
}

/// The allowed methods, without safelisted ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Methods {
    /// Any method. Then none is listed.
    pub(crate) any: bool,
    /// Sorted.
    pub(crate) listed: Box<[Method]>,
    /// Whether answers name methods though any is allowed, because `*` says nothing to requests
    /// with credentials: the [`COMMON_METHODS`], and the one that was asked for.
    pub(crate) echo: bool,
}

/// The allowed request headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestHeaders {
    /// Any header. Then at most `Authorization` is listed.
    pub(crate) any: bool,
    pub(crate) listed: HeaderNames,
    /// Whether answers name the headers that were asked for, for the same reason.
    pub(crate) echo: bool,
}

/// The methods that browsers let pass whatever an answer says. They are in every answer, for one
/// without `Access-Control-Allow-Methods` would [allow the method that was asked
/// for](https://fetch.spec.whatwg.org/#cors-preflight-fetch) (step 7.4).
pub(crate) const SAFELISTED_METHODS: &str = "GET, HEAD, POST";

/// What answers name where any method is allowed and `*` says nothing: browsers keep all of them, and
/// ask once rather than once for each.
pub(crate) const COMMON_METHODS: &str = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

impl Preflight {
    /// The headers of the answer to a preflight from an origin that the rule covers: everything that
    /// the rule allows, whatever was asked for. The browser compares, and its console says which
    /// method or header is missing.
    ///
    /// `origin` is the request's own, unless the rule covers any.
    pub(crate) fn answer(&self, origin: Option<&HeaderValue>, request: &HeaderMap) -> HeaderMap {
        let mut answer = self.template.clone();
        if let Some(origin) = origin {
            fill(&mut answer, &ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
        if self.methods.echo
            && let Some(methods) = Methods::echoed(request)
        {
            fill(&mut answer, &ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        if self.headers.echo {
            match RequestHeaders::echoed(request) {
                Some(names) => fill(&mut answer, &ACCESS_CONTROL_ALLOW_HEADERS, names),
                None => drop(answer.remove(ACCESS_CONTROL_ALLOW_HEADERS)),
            }
        }
        answer
    }

    /// Why the browser will not take the answer for a permission, if it will not: step 7 of the
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch), seen from the
    /// server.
    pub(crate) fn refusal(&self, request: &HeaderMap) -> Option<Refusal> {
        self.methods.refusal(request).or_else(|| self.headers.refusal(request))
    }
}

/// Writes over the value of a header that a template has. In place, because an insert into a full map
/// grows it, even where it only replaces; without a look-up, because the names are few.
#[inline]
fn fill(answer: &mut HeaderMap, header: &HeaderName, value: HeaderValue) {
    if let Some((_, place)) = answer.iter_mut().find(|(name, _)| *name == header) {
        *place = value;
    }
}

impl Methods {
    fn refusal(&self, request: &HeaderMap) -> Option<Refusal> {
        // `*` allows every method, so nobody reads it.
        if self.any && !self.echo {
            return None;
        }
        let Single::One(asked) = Single::of(request, ACCESS_CONTROL_REQUEST_METHOD) else {
            return Some(Refusal::InvalidMethod);
        };
        let asked = asked.as_bytes();
        let is_listed = |method: &Method| method.as_str().as_bytes() == asked;
        if fetch::is_safelisted_method(asked) || self.listed.iter().any(is_listed) {
            return None;
        }
        match read_method(asked) {
            None => Some(Refusal::InvalidMethod),
            Some(method) if self.any && !fetch::is_forbidden_method(method.as_str()) => None,
            Some(method) => Some(Refusal::MethodNotAllowed(method)),
        }
    }

    /// The common methods and the one that was asked for. `None` if it is one of them, or one that no
    /// script can use.
    fn echoed(request: &HeaderMap) -> Option<HeaderValue> {
        let Single::One(asked) = Single::of(request, ACCESS_CONTROL_REQUEST_METHOD) else {
            return None;
        };
        let asked = read_method(asked.as_bytes())?;
        let asked = asked.as_str();
        if fetch::is_forbidden_method(asked) || COMMON_METHODS.split(", ").any(|name| name == asked)
        {
            return None;
        }
        // A method is a token, so this is a header value.
        HeaderValue::try_from([COMMON_METHODS, ", ", asked].concat()).ok()
    }
}

/// A method within the limit.
fn read_method(asked: &[u8]) -> Option<Method> {
    let within_limit = asked.len() <= fetch::MAX_METHOD_BYTES;
    within_limit.then(|| Method::from_bytes(asked).ok()).flatten()
}

impl RequestHeaders {
    fn refusal(&self, request: &HeaderMap) -> Option<Refusal> {
        // `*` allows every name, so nobody reads them.
        if self.any && !self.echo {
            return None;
        }
        let Ok(mut asked) = requested_names(request) else { return Some(Refusal::HeadersTooLong) };
        let allows = |name: &[u8]| {
            if self.echo { is_token(name) } else { self.listed.contains(name) }
        };
        let name = asked.find(|name| !allows(name))?;
        Some(match HeaderName::from_bytes(name) {
            Ok(name) => Refusal::HeaderNotAllowed(name),
            Err(_) => Refusal::InvalidHeaders,
        })
    }

    /// The names that a preflight asks for, as a browser would have sent them: in lower case, joined
    /// by commas. What is not a name is left out. `None` when there are none, or more than are read.
    fn echoed(request: &HeaderMap) -> Option<HeaderValue> {
        let tokens = || Some(requested_names(request).ok()?.filter(|name| is_token(name)));
        // To allocate once, and no more than is kept.
        let bytes: usize = tokens()?.map(|name| name.len() + 1).sum();
        let mut names = Vec::with_capacity(bytes.saturating_sub(1));
        for name in tokens()? {
            if !names.is_empty() {
                names.push(b',');
            }
            names.extend(name.iter().map(u8::to_ascii_lowercase));
        }
        HeaderValue::try_from(names).ok().filter(|names| !names.is_empty())
    }
}
