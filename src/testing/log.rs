//! [`Log`]: the requests of a page as they went out.

use std::fmt;

use http::header::HeaderMap;
use http::{HeaderName, Method, StatusCode};

/// The requests of a page as they went out, in order; preflights, too.
///
/// ```
/// # use tower_cors::testing::Log;
/// # fn check(log: &Log) {
/// assert_eq!(log.methods(), ["OPTIONS", "PUT"]);
/// assert_eq!(log.preflights().count(), 1);
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Log(Vec<Sent>);

/// A request as it went out, and the head of its response.
#[derive(Clone, Debug)]
pub struct Sent {
    pub(super) is_preflight: bool,
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) dropped_headers: Vec<HeaderName>,
    pub(super) response: Option<(StatusCode, HeaderMap)>,
}

impl Log {
    /// The requests.
    pub fn iter(&self) -> std::slice::Iter<'_, Sent> {
        self.0.iter()
    }

    /// Their methods.
    #[must_use]
    pub fn methods(&self) -> Vec<&str> {
        self.iter().map(|sent| sent.method.as_str()).collect()
    }

    /// Those that are preflights.
    pub fn preflights(&self) -> impl Iterator<Item = &Sent> {
        self.iter().filter(|sent| sent.is_preflight)
    }

    /// Those that are not.
    pub fn actual(&self) -> impl Iterator<Item = &Sent> {
        self.iter().filter(|sent| !sent.is_preflight)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, sent: Sent) {
        self.0.push(sent);
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut Sent> {
        self.0.last_mut()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl<'a> IntoIterator for &'a Log {
    type Item = &'a Sent;
    type IntoIter = std::slice::Iter<'a, Sent>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Sent {
    /// Whether it is a CORS-preflight request.
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        self.is_preflight
    }

    /// Its method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its headers, those included that the browser adds.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// One of its headers, as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The headers that the script set, but [no script
    /// can](https://fetch.spec.whatwg.org/#forbidden-request-header).
    #[must_use]
    pub fn dropped_headers(&self) -> &[HeaderName] {
        &self.dropped_headers
    }

    /// The status of the response; `None` if the service failed. The page's script may not have
    /// seen it.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.response.as_ref().map(|(status, _)| *status)
    }

    /// The headers of the response. The page's script may not have seen them.
    #[must_use]
    pub fn response_headers(&self) -> Option<&HeaderMap> {
        self.response.as_ref().map(|(_, headers)| headers)
    }
}

impl fmt::Display for Log {
    /// One line a request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, sent) in self.iter().enumerate() {
            let line_break = if index > 0 { "\n" } else { "" };
            write!(f, "{line_break}{sent}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        if self.is_preflight {
            f.write_str(" (preflight)")?;
        }
        if let Some(status) = self.status() {
            write!(f, " -> {}", status.as_u16())?;
        }
        for name in &self.dropped_headers {
            write!(f, "; {name} was dropped: scripts cannot set it")?;
        }
        Ok(())
    }
}
