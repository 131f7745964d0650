//! What an [`Error`] says: as much as a browser's console, and how to fix it.

use std::fmt;

use http::header::HeaderMap;
use http::{StatusCode, Uri};

use super::cors_check::CorsFailure;
use super::error::{Error, RedirectFailure, Refused, Step};
use super::request::Misuse;
use super::values::text;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused = &*self.0;
        let Refused { method, url, origin, step, .. } = refused;
        let outcome = match step {
            Step::Request(_) | Step::Mode => "was not sent",
            Step::CorsCheck(_) | Step::ResourcePolicy => {
                "was sent, but its response is kept from the page"
            }
            step if step.is_preflight() => "was not sent, because its preflight failed",
            _ => "was sent, but gave no response",
        };
        writeln!(f, "{method} {url}, from a page at {origin}, {outcome}.")?;
        writeln!(f, "{}.", Reason(step))?;
        if let Some(sent) = &refused.sent {
            writeln!(f, "\n  sent      {} {}", sent.method(), sent.url())?;
            write_headers(
                f,
                sent.headers(),
                &["origin", "access-control-request-", "authorization"],
            )?;
            match &sent.response {
                Some((status, headers)) => {
                    writeln!(f, "  received  {status}")?;
                    let relevant =
                        ["access-control-", "cors-", "cross-origin-", "location", "vary"];
                    write_headers(f, headers, &relevant)?;
                }
                None => writeln!(f, "  received  no response")?,
            }
        }
        for (index, needed) in self.needed().iter().enumerate() {
            writeln!(f, "  {:8}  {needed}", if index == 0 { "needed" } else { "" })?;
        }
        if let Some(hint) = hint(refused) {
            writeln!(f, "\n{hint}")?;
        }
        if let Some(source) = &refused.source {
            writeln!(f, "\n{source}")?;
        }
        write!(f, "\nSee {}", step.link())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn write_headers(f: &mut fmt::Formatter<'_>, headers: &HeaderMap, shown: &[&str]) -> fmt::Result {
    for (name, value) in headers {
        if shown.iter().any(|prefix| name.as_str().starts_with(prefix)) {
            writeln!(f, "            {name}: {}", text(value.as_bytes()).escape_debug())?;
        }
    }
    Ok(())
}

struct Reason<'a>(&'a Step);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Step::Request(misuse) => write_misuse(f, misuse),
            Step::Mode => f.write_str("The request's mode does not let it cross origins"),
            Step::PreflightCorsCheck(failure) | Step::CorsCheck(failure) => {
                write_cors_failure(f, failure)
            }
            Step::PreflightStatus(status) => write!(f, "The status of its answer is {status}, which is not an ok status"),
            Step::PreflightMethods => {
                f.write_str("Access-Control-Allow-Methods is not a list of methods")
            }
            Step::PreflightHeaders => {
                f.write_str("Access-Control-Allow-Headers is not a list of header names")
            }
            Step::MethodNotAllowed(method) => {
                write!(f, "Access-Control-Allow-Methods does not allow the method {method}")
            }
            Step::HeaderNotAllowed(name) => {
                write!(f, "Access-Control-Allow-Headers does not allow the header {name}")
            }
            Step::AuthorizationNotAllowed => f.write_str(
                "Access-Control-Allow-Headers does not name authorization, and `*` does not cover it",
            ),
            Step::ResourcePolicy => {
                f.write_str("Cross-Origin-Resource-Policy keeps the response from this origin")
            }
            Step::Redirect(failure) => match failure {
                RedirectFailure::Mode => f.write_str("It was redirected in redirect mode `error`"),
                RedirectFailure::Location(location) => {
                    write!(f, "It was redirected to {location:?}, which is no HTTP URL")
                }
                RedirectFailure::Userinfo(location) => {
                    write!(f, "It was redirected to {location:?}, a URL with a user name in it")
                }
                RedirectFailure::TooMany => f.write_str("It was redirected more than 20 times"),
                RedirectFailure::StreamedBody => {
                    f.write_str("It was redirected, and a streamed body cannot be sent again")
                }
            },
            Step::Service => f.write_str("The service returned an error, which is no response"),
            Step::Body => f.write_str("The body of the response broke off"),
        }
    }
}

fn write_cors_failure(f: &mut fmt::Formatter<'_>, failure: &CorsFailure) -> fmt::Result {
    match failure {
        CorsFailure::NoAllowOrigin => {
            f.write_str("The response has no Access-Control-Allow-Origin")
        }
        CorsFailure::SeveralAllowOrigins(values) => {
            write!(f, "Access-Control-Allow-Origin has to have one value, and has {values:?}")
        }
        CorsFailure::WildcardWithCredentials => f.write_str(
            "Access-Control-Allow-Origin is `*`, which is not for credentials mode `include`",
        ),
        CorsFailure::OtherOrigin(allowed) => {
            write!(f, "Access-Control-Allow-Origin is {allowed:?}, which is not the page's origin")
        }
        CorsFailure::NoAllowCredentials => f.write_str(
            "The credentials mode is `include`, and the response has no \
             Access-Control-Allow-Credentials",
        ),
        CorsFailure::NotTrue(value) => {
            write!(f, "Access-Control-Allow-Credentials is {value:?}; nothing but `true` counts")
        }
    }
}

fn write_misuse(f: &mut fmt::Formatter<'_>, misuse: &Misuse) -> fmt::Result {
    match misuse {
        Misuse::InvalidPage(url) => write!(f, "The page's URL {url:?} cannot be parsed"),
        Misuse::InvalidUrl(url) => write!(f, "{url:?} is no absolute URL"),
        Misuse::UrlWithCredentials(url) => write!(f, "{url:?} has a user name or password in it"),
        Misuse::InvalidMethod(method) => write!(f, "{method:?} is no method"),
        Misuse::ForbiddenMethod(method) => write!(f, "Scripts cannot use the method {method}"),
        Misuse::MethodNotForNoCors(method) => {
            write!(f, "In `no-cors` mode the method is GET, HEAD or POST, not {method}")
        }
        Misuse::InvalidHeader(name, value) => write!(f, "`{name}: {value}` is no header"),
        Misuse::BodyNotAllowed => f.write_str("GET and HEAD have no body"),
        Misuse::OnlyIfCached => f.write_str("`only-if-cached` is for mode `same-origin` only"),
        Misuse::StreamNotForNoCors => f.write_str("In `no-cors` mode a body cannot be streamed"),
    }
}

/// What is most likely wrong with the server.
fn hint(refused: &Refused) -> Option<&'static str> {
    let sent = refused.sent.as_ref()?;
    let status = sent.status()?;
    let method = &refused.method;
    match &refused.step {
        Step::PreflightCorsCheck(CorsFailure::NoAllowOrigin) => Some(match status {
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
                 allow the origin, the method, or one of the headers."
            }
            _ if status.is_redirection() => {
                "A preflight was redirected, and browsers do not follow: the CORS layer has to be \
                 outside of whatever redirects."
            }
            _ => {
                "Either the policy does not allow the origin, or there is no CORS layer around \
                 this route."
            }
        }),
        Step::CorsCheck(CorsFailure::NoAllowOrigin)
            if status.is_client_error() || status.is_server_error() =>
        {
            Some(
                "A page sees an error response only if that has the headers, too: the CORS layer \
                 has to be outside of whatever made this one.",
            )
        }
        Step::CorsCheck(CorsFailure::NoAllowOrigin) => Some(
            "Either the policy does not allow the origin, or there is no CORS layer around this \
             route.",
        ),
        Step::CorsCheck(CorsFailure::SeveralAllowOrigins(_))
        | Step::PreflightCorsCheck(CorsFailure::SeveralAllowOrigins(_)) => Some(
            "Two parts of the server set it: two CORS layers, a layer and the application, or a \
             proxy and the server.",
        ),
        Step::CorsCheck(CorsFailure::OtherOrigin(allowed))
        | Step::PreflightCorsCheck(CorsFailure::OtherOrigin(allowed)) => {
            if allowed.parse::<Uri>().is_ok_and(|uri| uri.path() == "/") && allowed.ends_with('/') {
                Some("Origins are compared byte by byte, and have no slash at the end.")
            } else if refused.origin == "null" {
                Some(
                    "The origin is opaque: the page is a sandboxed frame, or a redirect went from \
                     one foreign origin to another.",
                )
            } else {
                Some("If another origin's response came out of a cache, `Vary: Origin` is missing.")
            }
        }
        Step::MethodNotAllowed(_) if method.bytes().any(|byte| byte.is_ascii_lowercase()) => Some(
            "Methods are case-sensitive, and browsers put only DELETE, GET, HEAD, OPTIONS, POST \
             and PUT into upper case.",
        ),
        Step::AuthorizationNotAllowed => Some(
            "The browsers of 2026 let `*` cover it all the same: a page of one of these engines \
             is not refused here.",
        ),
        _ => None,
    }
}
