//! [`Answer`]: a response that the layer makes itself, without the inner service.

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::switches::Switches;
use crate::policy::Policy;
use crate::policy::grant::Granted;
use crate::policy::refusal::Refusal;
use crate::request::PreflightRequest;

#[derive(Debug)]
pub(crate) enum Answer {
    Preflight {
        policy: Policy,
        allowed: Option<Granted>,
        ok: StatusCode,
    },
    /// 403 to an actual request.
    Rejection(Policy),
    /// For troubleshooting, to a refused preflight.
    Explanation(Box<Explanation>),
}

#[derive(Debug)]
pub(crate) struct Explanation {
    status: StatusCode,
    /// What the preflight earned before it failed.
    headers: HeaderMap,
    refusal: Refusal,
}

/// Where a refusal is explained. A header, because nothing is asked of a body but an empty one.
const CORS_REFUSAL: HeaderName = HeaderName::from_static("cors-refusal");

impl Answer {
    /// The answer to a CORS-preflight request.
    pub(crate) fn to_preflight(
        policy: Policy,
        request: PreflightRequest<'_>,
        switches: Switches,
    ) -> Self {
        let ok = StatusCode::from(switches.preflight_status);
        let Some(compiled) = policy.compiled() else {
            return Self::Preflight { policy, allowed: None, ok };
        };
        if !switches.explain_refusals {
            // Why not is not asked: to find out takes parsing the origin.
            let allowed = compiled.grant_preflight(request);
            return Self::Preflight { policy, allowed, ok };
        }
        match compiled.decide_preflight(request) {
            Ok(allowed) => Self::Preflight { allowed: Some(allowed), policy, ok },
            Err((refusal, granted)) => {
                let earned = granted.and_then(|it| compiled.earned(&refusal, it, request));
                // Browsers look at the status before they look at methods and header names.
                let status = if earned.is_some() { ok } else { StatusCode::FORBIDDEN };
                let headers = earned.unwrap_or_else(|| compiled.refused_preflight());
                Self::Explanation(Box::new(Explanation { status, headers, refusal }))
            }
        }
    }

    pub(crate) fn into_response<B: Default>(self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = match self {
            Self::Preflight { policy, allowed, ok } => {
                // "If server developers wish to denote this explicitly, the 403 status can be
                // used": https://fetch.spec.whatwg.org/#http-responses
                let status = if allowed.is_some() { ok } else { StatusCode::FORBIDDEN };
                if let Some(compiled) = policy.compiled() {
                    *response.headers_mut() = compiled.preflight_answer(allowed);
                }
                status
            }
            Self::Rejection(policy) => {
                policy.finish(None, false, response.headers_mut());
                StatusCode::FORBIDDEN
            }
            Self::Explanation(explanation) => {
                let Explanation { status, headers, refusal } = *explanation;
                *response.headers_mut() = headers;
                // A refusal quotes nothing but methods and header names, which are ASCII.
                if let Ok(reason) = HeaderValue::try_from(refusal.to_string()) {
                    response.headers_mut().insert(CORS_REFUSAL, reason);
                }
                response.extensions_mut().insert(refusal);
                status
            }
        };
        response
    }
}
