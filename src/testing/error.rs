//! [`Error`]: why a page's script gets no response, and at which [`Step`].

use std::error::Error as StdError;

use http::StatusCode;

use super::cors_check::CorsFailure;
use super::log::Sent;
use super::misuse::Misuse;
use super::modes::Credentials;

/// Why a page's script gets no response: what is a `TypeError` without a reason in a browser.
///
/// Its [`Display`](std::fmt::Display) form says what happened in plain words, what the server sent,
/// and what it would have had to send; [`Debug`](std::fmt::Debug) does too, so that an `unwrap` in a
/// test prints it. A test that expects a refusal compares its [`step`](Self::step):
///
/// ```
/// # use http::{Request, Response};
/// use tower_cors::testing::{self, Body, CorsFailure, Page, Step};
///
/// # async fn api(_: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
/// #     Ok(Response::default())
/// # }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let mut page = Page::at("https://evil.example", tower::service_fn(api));
/// let error = page.fetch(testing::get("https://api.example.com/")).await.unwrap_err();
/// assert_eq!(error.step(), &Step::CorsCheck(CorsFailure::NoAllowOrigin));
/// # }
/// ```
pub struct Error(pub(super) Box<Refused>);

pub(super) struct Refused {
    pub(super) step: Step,
    pub(super) method: String,
    pub(super) url: String,
    /// The URL whose response led to `url`.
    pub(super) redirected_from: Option<String>,
    /// The page's origin.
    pub(super) page: String,
    /// The same as it was sent last: `null`, if redirects hid it.
    pub(super) origin: String,
    pub(super) credentials: Credentials,
    /// The request whose response failed, if it is about one.
    pub(super) sent: Option<Sent>,
    pub(super) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The step of the standard that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The [constructor of `Request`](https://fetch.spec.whatwg.org/#dom-request): nothing was sent.
    Request(Misuse),
    /// The scheme of the URL is neither `http` nor `https`, so no server can be asked:
    /// [scheme fetch](https://fetch.spec.whatwg.org/#scheme-fetch).
    Scheme,
    /// [Main fetch](https://fetch.spec.whatwg.org/#main-fetch): the mode does not let the request go
    /// to this URL, or not with this redirect mode.
    Mode,
    /// The [CORS check](https://fetch.spec.whatwg.org/#cors-check) of the answer to the preflight.
    PreflightCorsCheck(CorsFailure),
    /// The status of the answer to the preflight is no [ok
    /// status](https://fetch.spec.whatwg.org/#ok-status).
    PreflightStatus(StatusCode),
    /// `Access-Control-Allow-Methods` is no list of methods.
    PreflightMethods,
    /// `Access-Control-Allow-Headers` is no list of header names.
    PreflightHeaders,
    /// `Access-Control-Allow-Methods` does not allow the method.
    MethodNotAllowed(String),
    /// `Access-Control-Allow-Headers` does not allow the header.
    HeaderNotAllowed(String),
    /// `Access-Control-Allow-Headers` says `*`, which by the standard is [not for
    /// `Authorization`](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
    AuthorizationNotAllowed,
    /// The [CORS check](https://fetch.spec.whatwg.org/#cors-check) of the response, or of a redirect
    /// on the way to it.
    CorsCheck(CorsFailure),
    /// The [cross-origin resource policy check].
    ///
    /// [cross-origin resource policy check]: https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
    ResourcePolicy,
    /// [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#http-redirect-fetch).
    Redirect(RedirectFailure),
    /// The body of a request that may outlive its page is larger than [64 KiB][limit].
    ///
    /// [limit]: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
    KeepaliveBody,
    /// The response to an `EventSource` is [not an event stream][sse]: its status is not 200, or its
    /// `Content-Type` is another.
    ///
    /// [sse]: https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
    NotAnEventStream,
    /// Nothing is stored for a request with cache mode `only-if-cached`:
    /// [HTTP-network-or-cache fetch](https://fetch.spec.whatwg.org/#http-network-or-cache-fetch).
    NotCached,
    /// The service returned an error in place of a response.
    Service,
    /// The body of the response could not be read to its end.
    Body,
}

/// Why a redirect was not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectFailure {
    /// The redirect mode is `error`.
    Mode,
    /// `Location` cannot be parsed, or is no HTTP URL.
    Location(String),
    /// `Location` has a user name or password in it, and the request crosses origins, or the
    /// engine blocks all such redirects.
    Userinfo(String),
    /// More than 20.
    TooMany,
    /// A streamed body cannot be sent again.
    StreamedBody,
}

impl Error {
    /// The step that failed.
    #[must_use]
    pub fn step(&self) -> &Step {
        &self.0.step
    }

    /// Whether the protocol said no, or the service: what a script sees as a network error. If not, the
    /// test is wrong, for it made a request that [no browser would make](Step::Request).
    ///
    /// ```
    /// # use tower_cors::testing::{self, Error, Page};
    /// # async fn refused(mut page: Page) {
    /// let error = page.fetch(testing::request("put it", "https://api.example.com/")).await.unwrap_err();
    /// assert!(!error.is_network_error(), "`put it` is not a method");
    /// # }
    /// ```
    #[must_use]
    pub fn is_network_error(&self) -> bool {
        !matches!(self.step(), Step::Request(_))
    }

    /// The request whose response failed, with the head of that response. `None` if nothing was
    /// sent.
    #[must_use]
    pub fn sent(&self) -> Option<&Sent> {
        self.0.sent.as_ref()
    }

    /// What the response would have had to have: status, or headers as `name: value`. Nothing if no
    /// response would do that a server should give.
    #[must_use]
    pub fn needed(&self) -> Vec<String> {
        let Refused { step, origin, credentials, .. } = &*self.0;
        let mut needed = Vec::new();
        match step {
            // `null` is nothing to allow: nothing but `*` covers it, which is not for credentials.
            Step::PreflightCorsCheck(_) | Step::CorsCheck(_) if origin == "null" => {
                if *credentials != Credentials::Include {
                    needed.push("access-control-allow-origin: *".to_owned());
                }
            }
            Step::PreflightCorsCheck(_) | Step::CorsCheck(_) => {
                needed.push(format!("access-control-allow-origin: {origin}"));
                if *credentials == Credentials::Include {
                    needed.push("access-control-allow-credentials: true".to_owned());
                }
            }
            Step::PreflightStatus(_) => needed.push("a status from 200 to 299".to_owned()),
            Step::PreflightMethods => {
                needed.push("access-control-allow-methods: a list".to_owned());
            }
            Step::PreflightHeaders => {
                needed.push("access-control-allow-headers: a list".to_owned());
            }
            Step::MethodNotAllowed(method) => {
                needed.push(format!("access-control-allow-methods: {method}"));
            }
            Step::HeaderNotAllowed(name) => {
                needed.push(format!("access-control-allow-headers: {name}"));
            }
            Step::AuthorizationNotAllowed => {
                needed.push("access-control-allow-headers: *, authorization".to_owned());
            }
            Step::ResourcePolicy => {
                needed.push("cross-origin-resource-policy: cross-origin".to_owned());
            }
            Step::NotAnEventStream => {
                needed.extend(["status 200", "content-type: text/event-stream"].map(String::from));
            }
            Step::Request(_)
            | Step::Scheme
            | Step::Mode
            | Step::KeepaliveBody
            | Step::Redirect(_)
            | Step::NotCached
            | Step::Service
            | Step::Body => {}
        }
        needed
    }
}

impl Step {
    /// Whether the preflight failed, so that the request itself was not sent.
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        matches!(
            self,
            Self::PreflightCorsCheck(_)
                | Self::PreflightStatus(_)
                | Self::PreflightMethods
                | Self::PreflightHeaders
                | Self::MethodNotAllowed(_)
                | Self::HeaderNotAllowed(_)
                | Self::AuthorizationNotAllowed
        )
    }

    /// Whether it fails before the request is sent, whatever a server says.
    pub(super) fn is_before_sending(&self) -> bool {
        matches!(self, Self::Request(_) | Self::Scheme | Self::Mode | Self::KeepaliveBody)
    }

    /// Where the standard has the step.
    #[must_use]
    pub fn link(&self) -> &'static str {
        match self {
            Self::Request(_) => "https://fetch.spec.whatwg.org/#dom-request",
            Self::Scheme => "https://fetch.spec.whatwg.org/#scheme-fetch",
            Self::Mode => "https://fetch.spec.whatwg.org/#main-fetch",
            Self::PreflightCorsCheck(_) | Self::CorsCheck(_) => {
                "https://fetch.spec.whatwg.org/#cors-check"
            }
            Self::ResourcePolicy => {
                "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"
            }
            Self::Redirect(_) => "https://fetch.spec.whatwg.org/#http-redirect-fetch",
            Self::NotAnEventStream => {
                "https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model"
            }
            Self::NotCached | Self::KeepaliveBody => {
                "https://fetch.spec.whatwg.org/#http-network-or-cache-fetch"
            }
            Self::Service | Self::Body => "https://fetch.spec.whatwg.org/#http-network-fetch",
            _ => "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}
