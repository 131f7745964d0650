//! What is most likely wrong with the server.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, HeaderMap, ORIGIN, VARY,
};
use http::{StatusCode, Uri};

use super::cors_check::CorsFailure;
use super::error::{Refused, Step};
use super::modes::Credentials;
use super::values;

/// What may be behind a failure, if its step alone does not say it.
pub(super) fn hint(refused: &Refused) -> Option<&'static str> {
    let (status, headers) = refused.sent.as_ref()?.response.as_ref()?;
    match &refused.step {
        Step::PreflightCorsCheck(_) | Step::CorsCheck(_) if refused.origin == "null" => {
            Some(null_origin(refused))
        }
        Step::PreflightCorsCheck(CorsFailure::NoAllowOrigin) => Some(unanswered(*status, headers)),
        Step::CorsCheck(CorsFailure::NoAllowOrigin) => Some(unallowed(*status, headers)),
        Step::PreflightCorsCheck(failure) | Step::CorsCheck(failure) => refused_by(failure),
        Step::MethodNotAllowed(method) if method.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            Some(
                "Methods are case-sensitive, and browsers put only DELETE, GET, HEAD, OPTIONS, POST \
                 and PUT into upper case.",
            )
        }
        Step::MethodNotAllowed(_) | Step::HeaderNotAllowed(_) if has_no_list(headers) => Some(
            "The answer allows the origin and lists nothing, as if it were not to a preflight. Either \
             the policy has no list, or the preflight reached the application: something outside of \
             the CORS layer made another request of it.",
        ),
        Step::AuthorizationNotAllowed => Some(
            "The browsers of 2026 let `*` cover it all the same: a page of one of these engines \
             is not refused here.",
        ),
        _ => None,
    }
}

/// `null` is what anybody can send, so to allow it is no way out.
fn null_origin(refused: &Refused) -> &'static str {
    match (&*refused.page, refused.credentials) {
        ("null", Credentials::Include) => {
            "The page has an opaque origin, as a sandboxed frame has. Everybody can have one, so do not \
             allow `null`: request without credentials, from any origin, or from a page that has an \
             origin."
        }
        ("null", _) => {
            "The page has an opaque origin, as a sandboxed frame has. Everybody can have one, so it is \
             not for a list of origins: only a policy for any origin covers it."
        }
        (_, Credentials::Include) => {
            "The redirect led from one foreign origin to another, which makes the origin of the request \
             `null`. Everybody can have that one, so do not allow it: let the page request the last URL \
             itself, or do without credentials and allow any origin there."
        }
        _ => {
            "The redirect led from one foreign origin to another, which makes the origin of the request \
             `null`. Everybody can have that one, so it is not for a list of origins: allow any origin \
             there, or let the page request the last URL itself."
        }
    }
}

/// A preflight without an answer that is meant for it.
fn unanswered(status: StatusCode, headers: &HeaderMap) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => {
            "A preflight carries no credentials and no Authorization: the CORS layer has to be \
             outside of whatever asks for them."
        }
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            "Nothing answered the preflight: there is no CORS layer around this route. It has \
             to be around the finished router."
        }
        StatusCode::FORBIDDEN => {
            "A CORS layer that refuses a preflight answers like this: its policy does not \
             allow the origin, the method, or one of the headers. Of several layers around a route, \
             the outermost answers."
        }
        _ if status.is_redirection() => {
            "A preflight was redirected, and browsers do not follow: the CORS layer has to be \
             outside of whatever redirects."
        }
        _ if varies_by_origin(headers) => NOT_BY_THE_OUTERMOST,
        _ => {
            "Either the policy does not allow the origin, or there is no CORS layer around \
             this route."
        }
    }
}

/// A response that allows no origin.
fn unallowed(status: StatusCode, headers: &HeaderMap) -> &'static str {
    if varies_by_origin(headers) {
        NOT_BY_THE_OUTERMOST
    } else if status.is_client_error() || status.is_server_error() {
        "A page sees an error response only if that has the headers, too: the CORS layer \
         has to be outside of whatever made this one."
    } else {
        "Either the policy does not allow the origin, or there is no CORS layer around this \
         route."
    }
}

const NOT_BY_THE_OUTERMOST: &str = "There is a CORS layer, for the response varies by Origin, and its \
    policy does not allow this one. Of several layers around a route, the outermost decides: it removes \
    what an inner one allowed.";

fn refused_by(failure: &CorsFailure) -> Option<&'static str> {
    match failure {
        CorsFailure::SeveralAllowOrigins(_) => Some(
            "Two parts of the server set it: two CORS layers, a layer and the application, or a \
             proxy and the server.",
        ),
        CorsFailure::OtherOrigin(allowed)
            if allowed.parse::<Uri>().is_ok_and(|uri| uri.path() == "/")
                && allowed.ends_with('/') =>
        {
            Some("Origins are compared byte by byte, and have no slash at the end.")
        }
        CorsFailure::OtherOrigin(_) => {
            Some("If another origin's response came out of a cache, `Vary: Origin` is missing.")
        }
        _ => None,
    }
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    let vary = values::get(headers, VARY).unwrap_or_default();
    vary.split(',').any(|name| ORIGIN == name.trim())
}

fn has_no_list(headers: &HeaderMap) -> bool {
    !headers.contains_key(ACCESS_CONTROL_ALLOW_METHODS)
        && !headers.contains_key(ACCESS_CONTROL_ALLOW_HEADERS)
}
