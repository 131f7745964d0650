//! [`Misuse`]: requests that no browser would make, and tests that cannot be right.

use std::error::Error as StdError;
use std::fmt;

/// Why `fetch()` threw before anything was sent, or why the test could not be right.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misuse {
    /// The page's URL cannot be parsed.
    InvalidPage(String),
    /// The URL cannot be parsed, or is one that a browser answers itself: `data:` and `blob:`.
    InvalidUrl(String),
    /// The URL has a user name or password in it.
    UrlWithCredentials(String),
    /// The method is not a token.
    InvalidMethod(String),
    /// The method is [forbidden](https://fetch.spec.whatwg.org/#forbidden-method).
    ForbiddenMethod(String),
    /// The method is not one that `no-cors` requests may have: `GET`, `HEAD` or `POST`.
    MethodNotForNoCors(String),
    /// The name or the value of a header cannot be one.
    InvalidHeader(String, String),
    /// `GET` and `HEAD` have no body.
    BodyNotAllowed,
    /// [`CacheMode::OnlyIfCached`](super::CacheMode::OnlyIfCached) without
    /// [`Mode::SameOrigin`](super::Mode::SameOrigin).
    OnlyIfCached,
    /// A beacon to a URL whose scheme is neither `http` nor `https`.
    UrlNotForBeacons(String),
    /// A streamed body in `no-cors` mode.
    StreamNotForNoCors,
    /// A streamed body in a request that may outlive its page.
    StreamNotForKeepalive,
    /// [`Mode::Navigate`](super::Mode::Navigate) in what a script sends.
    NavigateNotForScripts,
    /// The clocks of a page and of the [`HttpCache`](super::HttpCache) that it asks have drifted apart,
    /// so nobody can say how old a response is.
    ClocksDiffer,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidPage(url) => write!(f, "The page's URL {url:?} cannot be parsed"),
            Self::InvalidUrl(url) => write!(f, "{url:?} is not an absolute URL that leads to a server"),
            Self::UrlWithCredentials(url) => write!(f, "{url:?} has a user name or password in it"),
            Self::InvalidMethod(method) => write!(f, "{method:?} is not a method"),
            Self::ForbiddenMethod(method) => write!(f, "Scripts cannot use the method {method}"),
            Self::MethodNotForNoCors(method) => {
                write!(f, "In `no-cors` mode the method is GET, HEAD or POST, not {method}")
            }
            Self::InvalidHeader(name, value) => {
                write!(f, "`{}: {}` is not a header", name.escape_debug(), value.escape_debug())
            }
            Self::BodyNotAllowed => f.write_str("GET and HEAD have no body"),
            Self::OnlyIfCached => f.write_str("`only-if-cached` is for mode `same-origin` only"),
            Self::UrlNotForBeacons(url) => {
                write!(f, "A beacon goes to an `http` or `https` URL, not to {url:?}")
            }
            Self::StreamNotForNoCors => {
                f.write_str("In `no-cors` mode a body cannot be streamed")
            }
            Self::StreamNotForKeepalive => {
                f.write_str("A body cannot be streamed if the request may outlive its page")
            }
            Self::NavigateNotForScripts => {
                f.write_str("Scripts cannot use mode `navigate`: see testing::form_post")
            }
            Self::ClocksDiffer => f.write_str(
                "The clock of the page and that of its HttpCache have drifted apart: give all pages \
                 of a cache one clock, by Page::clock or by Page::open",
            ),
        }
    }
}

impl StdError for Misuse {}
