//! [`Answer`]: a response that the layer makes itself, without the inner service.

use http::header::{ACCESS_CONTROL_ALLOW_METHODS, HeaderMap, HeaderValue, VARY};
use http::{HeaderName, Response, StatusCode};

use crate::policy::decision::Decision;
use crate::policy::preflight::SAFELISTED_METHODS;
use crate::policy::refusal::Refusal;
use crate::policy::response_headers::CORS_REFUSAL;
use crate::policy::vary::varies_by;

/// All of the response but its body, which is empty.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
}

impl Answer {
    #[inline]
    pub(crate) fn new(status: StatusCode, headers: HeaderMap) -> Self {
        Self { status, headers }
    }

    /// 403, and nothing about the policy.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, HeaderMap::new())
    }

    /// Sets the status if it is an ok status.
    #[inline]
    pub(crate) fn set_ok(&mut self, ok: StatusCode) {
        if self.status.is_success() {
            self.status = ok;
        }
    }

    /// Gives `Vary` to an answer that has none.
    #[inline]
    pub(crate) fn set_vary(&mut self, names: &'static str) {
        self.headers.insert(VARY, HeaderValue::from_static(names));
    }

    /// Adds names to `Vary`: `Origin`, and what else the answer depends on.
    pub(crate) fn vary_by<'a>(&mut self, names: impl Iterator<Item = &'a HeaderName>) {
        let missing = names.filter(|name| !varies_by(&self.headers, name));
        let missing: Vec<_> = missing.map(HeaderName::as_str).collect();
        if let Ok(names) = HeaderValue::try_from(missing.join(", "))
            && !names.is_empty()
        {
            self.headers.append(VARY, names);
        }
    }

    /// For troubleshooting: lets the answer say why it is a refusal.
    ///
    /// A preflight from a stranger then has an ok status, because otherwise WebKit's console does not name
    /// the origin. It names the safelisted methods, so that the answer would not be a permission for
    /// others if a proxy added an origin to it.
    pub(crate) fn explain(&mut self, refusal: &Refusal, decision: &Decision<'_>) {
        self.headers.insert(CORS_REFUSAL, refusal.to_header_value());
        if decision.is_preflight() && !decision.is_rejected() && decision.rule().is_none() {
            self.status = StatusCode::NO_CONTENT;
            let methods = HeaderValue::from_static(SAFELISTED_METHODS);
            self.headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
    }

    pub(crate) fn into_response<B: Default>(self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
