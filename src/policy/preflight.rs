//! The answer to a CORS-preflight request.

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, HeaderMap, HeaderName,
    HeaderValue,
};

use super::grant::Grant;
use super::header_names::{self, HeaderNames};
use super::refusal::Refusal;
use crate::fetch;
use crate::request::{Lines, PreflightRequest};

/// What a rule says to preflights.
#[derive(Debug)]
pub(crate) struct Preflight {
    pub(crate) methods: Methods,
    pub(crate) headers: RequestHeaders,
    /// The answer to an allowed preflight. `Access-Control-Allow-Origin`, and what is echoed, is in
    /// it for its place, empty, which allows nothing.
    pub(crate) template: HeaderMap,
}

/// The allowed methods, without safelisted ones.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Methods {
    /// Any method. Then none is listed.
    pub(crate) any: bool,
    /// Sorted.
    pub(crate) listed: Box<[Method]>,
    /// Whether an answer names the method that was asked for, because `*` says nothing to requests
    /// with credentials.
    pub(crate) echo: bool,
}

/// The allowed request headers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RequestHeaders {
    /// Any header. Then at most `Authorization` is listed.
    pub(crate) any: bool,
    pub(crate) listed: HeaderNames,
    /// As for methods.
    pub(crate) echo: bool,
}

/// What of a preflight its answer repeats.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    method: Option<HeaderValue>,
    headers: Option<HeaderValue>,
}

impl Preflight {
    /// Step 7 of the [CORS-preflight fetch], seen from the server: does the answer allow what the
    /// request asks for?
    ///
    /// [CORS-preflight fetch]: https://fetch.spec.whatwg.org/#cors-preflight-fetch
    ///
    /// `grant` is what the rule grants to the request's origin; an echo is added to it.
    pub(crate) fn check(
        &self,
        request: PreflightRequest<'_>,
        grant: &mut Grant,
    ) -> Result<(), Refusal> {
        self.methods.check(request.method)?;
        self.headers.check(request.headers)?;
        if self.methods.echo || self.headers.echo {
            let echo = self.echo(request)?;
            *grant = Grant::Echo(Box::new((grant.clone().into_allow_origin(), echo)));
        }
        Ok(())
    }

    fn echo(&self, request: PreflightRequest<'_>) -> Result<Echo, Refusal> {
        let method = match request.method {
            Lines::One(method) if self.methods.echo => Some(method.clone()),
            _ => None,
        };
        let headers = if self.headers.echo { normal_form(request.headers)? } else { None };
        Ok(Echo { method, headers })
    }

    /// The headers of the answer to an allowed preflight.
    pub(crate) fn answer(&self, grant: Grant) -> HeaderMap {
        let mut answer = self.template.clone();
        // In place, because an insert into a full map grows it, also where it only replaces. Not by
        // a look-up: the names are few, and the one that is always filled comes first.
        let mut fill = |name: HeaderName, value: HeaderValue| {
            if let Some((_, place)) = answer.iter_mut().find(|(known, _)| **known == name) {
                *place = value;
            }
        };
        let Grant::Echo(grant) = grant else {
            fill(ACCESS_CONTROL_ALLOW_ORIGIN, grant.into_allow_origin());
            return answer;
        };
        let (origin, Echo { method, headers }) = *grant;
        fill(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if let Some(method) = method {
            fill(ACCESS_CONTROL_ALLOW_METHODS, method);
        }
        if let Some(headers) = headers {
            fill(ACCESS_CONTROL_ALLOW_HEADERS, headers);
        } else if self.headers.echo {
            answer.remove(ACCESS_CONTROL_ALLOW_HEADERS);
        }
        answer
    }

    /// For troubleshooting, adds the headers that a refused preflight earned before it failed: the
    /// browser then gets as far as the same step, and names it.
    ///
    /// Only where it is bound to fail there, because the method or the header that it asks for is
    /// not in the answer. `false` for a preflight that no browser sends: what the browser asked
    /// before somebody changed it cannot be known, and the answer might allow it.
    pub(crate) fn earn(
        &self,
        refusal: &Refusal,
        grant: Grant,
        request: PreflightRequest<'_>,
        headers: &mut HeaderMap,
    ) -> bool {
        let methods = match (refusal, request.method) {
            // In another case than browsers send it, it was changed.
            (Refusal::MethodNotAllowed(method), _)
                if fetch::normalize_method(method.as_str()) == method.as_str() =>
            {
                None
            }
            (Refusal::HeaderNotAllowed(_), Lines::One(method)) if self.methods.echo => Some(method),
            (Refusal::HeaderNotAllowed(_), _) => self.template.get(ACCESS_CONTROL_ALLOW_METHODS),
            _ => return false,
        };
        let credentials = self.template.get(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, grant.into_allow_origin());
        headers.extend(credentials.map(|value| (ACCESS_CONTROL_ALLOW_CREDENTIALS, value.clone())));
        headers.extend(methods.map(|value| (ACCESS_CONTROL_ALLOW_METHODS, value.clone())));
        true
    }
}

impl Methods {
    fn check(&self, asked: Lines<&HeaderValue>) -> Result<(), Refusal> {
        let Lines::One(asked) = asked else { return Err(Refusal::InvalidMethod) };
        let asked = asked.as_bytes();
        let listed = |method: &Method| method.as_str().as_bytes() == asked;
        if fetch::is_safelisted_method(asked) || self.listed.iter().any(listed) {
            return Ok(());
        }
        if asked.len() > fetch::MAX_METHOD_BYTES {
            return Err(Refusal::InvalidMethod);
        }
        let method = Method::from_bytes(asked).map_err(|_| Refusal::InvalidMethod)?;
        if self.any && !fetch::is_forbidden_method(method.as_str()) {
            return Ok(());
        }
        Err(Refusal::MethodNotAllowed(method))
    }
}

impl RequestHeaders {
    fn check(&self, request: &HeaderMap) -> Result<(), Refusal> {
        // The answer is then the same whatever is asked for, or is made by `normal_form`.
        if self.any {
            return Ok(());
        }
        match elements(request)?.find(|name| !self.listed.contains(name)) {
            None => Ok(()),
            Some(name) => Err(match HeaderName::from_bytes(name) {
                Ok(name) => Refusal::HeaderNotAllowed(name),
                Err(_) => Refusal::InvalidHeaders,
            }),
        }
    }
}

/// The names that a preflight asks for, as a browser would have sent them: in lower case, joined by
/// commas. `None` when there are none.
fn normal_form(request: &HeaderMap) -> Result<Option<HeaderValue>, Refusal> {
    let mut names = String::new();
    for name in elements(request)? {
        if !header_names::is_token(name) {
            return Err(Refusal::InvalidHeaders);
        }
        if !names.is_empty() {
            names.push(',');
        }
        names.extend(name.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
    }
    if names.is_empty() {
        return Ok(None);
    }
    HeaderValue::try_from(names).map(Some).map_err(|_| Refusal::InvalidHeaders)
}

fn elements(request: &HeaderMap) -> Result<impl Iterator<Item = &[u8]>, Refusal> {
    let lines = request.get_all(ACCESS_CONTROL_REQUEST_HEADERS);
    header_names::elements(&lines).map_err(|_| Refusal::HeadersTooLong)
}
