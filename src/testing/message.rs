//! What an [`Error`] says: as much as a browser's console, and how to fix it.

use std::fmt;

use http::header::HeaderMap;

use super::cors_check::CorsFailure;
use super::error::{Error, RedirectFailure, Refused, Step};
use super::hint::hint;
use super::values::text;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused = &*self.0;
        let Refused { method, url, redirected_from, page, step, .. } = refused;
        let outcome = match step {
            step if step.is_before_sending() => "was not sent",
            Step::CorsCheck(_) | Step::ResourcePolicy => {
                "was sent, but its response is kept from the page"
            }
            Step::NotCached => "did not come out of a cache",
            step if step.is_preflight() => "was not sent, because its preflight failed",
            _ => "was sent, but gave no response",
        };
        write!(f, "{method} {url}")?;
        if let Some(from) = redirected_from {
            write!(f, " (redirected from {from})")?;
        }
        match page.as_str() {
            "null" => write!(f, ", from a page with an opaque origin")?,
            page => write!(f, ", from a page at {page}")?,
        }
        writeln!(f, ", {outcome}.")?;
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
            Step::Request(misuse) => misuse.fmt(f),
            Step::Scheme => f.write_str("The scheme of its URL is neither `http` nor `https`"),
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
                    write!(f, "It was redirected to {location:?}, which is not an HTTP URL")
                }
                RedirectFailure::Userinfo(location) => {
                    write!(f, "It was redirected to {location:?}, a URL with a user name in it")
                }
                RedirectFailure::TooMany => f.write_str("It was redirected more than 20 times"),
                RedirectFailure::StreamedBody => {
                    f.write_str("It was redirected, and a streamed body cannot be sent again")
                }
            },
            Step::KeepaliveBody => f.write_str(
                "Its body is larger than 64 KiB, which is the limit if a request may outlive its page",
            ),
            Step::NotAnEventStream => f.write_str("The response is not an event stream"),
            Step::NotCached => f.write_str(
                "Nothing is stored for it, and the cache mode `only-if-cached` asks no server",
            ),
            Step::Service => f.write_str("The service returned an error and no response"),
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
            write!(
                f,
                "Access-Control-Allow-Origin is {allowed:?}, which is not the origin of the request"
            )
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
