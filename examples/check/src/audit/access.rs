//! [`Access`]: what a page of an origin may.

use std::fmt;

use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use tower_cors::testing::{self, Log, Redirect, Request, Step};

use crate::args::{self, Args};
use crate::client::NoAnswer;
use crate::fresh::Fresh;
use crate::server::Server;
use crate::verdict::no_answer;

/// Makes the same requests as pages of many origins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visitor<'a> {
    pub(super) args: &'a Args,
    pub(super) server: &'a Server,
    pub(super) fresh: &'a Fresh,
}

/// What a page of an origin may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    /// Read the response to a `GET`.
    pub(crate) read: Reach,
    /// Send what needs a preflight.
    pub(crate) preflight: Reach,
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    Nothing,
    /// Anybody may, without credentials: `*`.
    Public,
    /// This origin may, without credentials.
    Anonymous,
    /// This origin may, with the visitor's cookies.
    Credentialed,
}

impl Visitor<'_> {
    /// Tries what a page of an origin may.
    ///
    /// # Errors
    ///
    /// Why the server could not be asked.
    pub(super) async fn visit(&self, origin: &str) -> Result<Access, NoAnswer> {
        let read = self.reach(origin, self.read(), false).await?;
        let preflight = self.reach(origin, self.write(), true).await?;
        Ok(Access { read, preflight })
    }

    /// Reading, as the arguments have it.
    fn read(&self) -> Request {
        let method = if self.args.method() == "HEAD" { "HEAD" } else { "GET" };
        self.request(method)
    }

    /// What needs a preflight, and is not sent after it.
    fn write(&self) -> Request {
        match self.args.method() {
            "GET" | "HEAD" | "POST" => self.request("PUT"),
            method => self.request(method),
        }
    }

    fn request(&self, method: &str) -> Request {
        let url = self.fresh.url(&self.args.url);
        let request = testing::request(method, url.as_str());
        // Where it leads to is not what is audited, and may be in caches.
        request.headers(self.args.headers.iter().cloned()).redirect(Redirect::Manual)
    }

    /// How far an origin gets with a request; or, if that is asked, with its preflight: a method or
    /// header that is not in a list says nothing about the origin.
    async fn reach(
        &self,
        origin: &str,
        request: Request,
        only_preflight: bool,
    ) -> Result<Reach, NoAnswer> {
        for (request, reach) in [
            (request.clone().credentials_include(), Reach::Credentialed),
            (request.credentials_omit(), Reach::Anonymous),
        ] {
            let mut page = args::page(origin, self.server.starting_now());
            let is_allowed = match page.fetch(request).await {
                Ok(_) => true,
                Err(error) => match (error.step(), no_answer(&error)) {
                    (_, Some(NoAnswer::NotSent)) => true,
                    (_, Some(NoAnswer::TooLate)) => return Err(NoAnswer::TooLate),
                    // A firewall may cut the connections of those it does not like. That is a refusal,
                    // unless it is one for everybody.
                    (_, Some(why)) if origin == self.args.origin => return Err(why.clone()),
                    (_, Some(_)) => false,
                    (step, None) => only_preflight && is_about_lists(step),
                },
            };
            if is_allowed {
                let is_public = reach == Reach::Anonymous && is_wildcard(page.log());
                return Ok(if is_public { Reach::Public } else { reach });
            }
        }
        Ok(Reach::Nothing)
    }
}

impl Access {
    /// Whether pages of this origin may nothing.
    pub(crate) fn is_refused(self) -> bool {
        self.read.max(self.preflight) == Reach::Nothing
    }

    /// Whether it is this origin that is allowed, and not everybody by `*`.
    pub(super) fn is_by_origin(self) -> bool {
        self.read.max(self.preflight) > Reach::Public
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = |reach| match reach {
            Reach::Credentialed => "with credentials",
            Reach::Anonymous => "without credentials",
            Reach::Public => "without credentials, as everybody",
            Reach::Nothing => "not at all",
        };
        match (self.read, self.preflight) {
            (Reach::Nothing, Reach::Nothing) => f.write_str("is refused"),
            (read, Reach::Nothing) => write!(f, "may read {}", how(read)),
            (Reach::Nothing, preflight) => write!(f, "passes the preflight {}", how(preflight)),
            (read, preflight) if read == preflight => {
                write!(f, "may read and passes the preflight, {}", how(read))
            }
            (read, preflight) => {
                write!(f, "may read {}, passes the preflight {}", how(read), how(preflight))
            }
        }
    }
}

/// Steps of the CORS-preflight fetch that come after its CORS check.
fn is_about_lists(step: &Step) -> bool {
    matches!(
        step,
        Step::PreflightMethods
            | Step::PreflightHeaders
            | Step::MethodNotAllowed(_)
            | Step::HeaderNotAllowed(_)
            | Step::AuthorizationNotAllowed
    )
}

/// Whether the last response allows everybody.
fn is_wildcard(log: &Log) -> bool {
    let headers = log.iter().filter_map(|sent| sent.response_headers()).next_back();
    headers
        .and_then(|headers| headers.get(ACCESS_CONTROL_ALLOW_ORIGIN))
        .is_some_and(|value| value == "*")
}
