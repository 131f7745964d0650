//! [`OriginPattern`]: one allowed origin or family of origins.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::pattern_error::OriginPatternError;
use super::pattern_parser::{Parts, Port, parse};
use super::{Origin, host};

/// One allowed origin, or a family of origins.
///
/// # Syntax
///
/// `scheme://host[:port]`, exactly as browsers serialise an origin, with two wildcards:
///
/// | pattern | covers | does not cover |
/// | --- | --- | --- |
/// | `https://example.com` | that origin | `https://example.com:8443`, `https://www.example.com` |
/// | `https://*.example.com` | `https://a.example.com`, `https://a.b.example.com` | `https://example.com`, `https://notexample.com` |
/// | `http://localhost:*` | `http://localhost`, `http://localhost:3000` | `https://localhost:3000` |
/// | `https://*.example.com:*` | both of the above together | `https://example.com:8443` |
/// | `tauri://localhost` | that origin | `http://tauri.localhost` |
///
/// A browser sends an origin in one form only, and patterns are compared byte by byte. A pattern in
/// any other form would never match, so it is refused, with the corrected form where there is one:
///
/// | refused | because | write |
/// | --- | --- | --- |
/// | `https://example.com/` | an origin has no path | `https://example.com` |
/// | `https://Example.com` | hosts are lower case | `https://example.com` |
/// | `https://example.com:443` | default ports are left out | `https://example.com` |
/// | `example.com` | the scheme is missing | `https://example.com` |
/// | `http://127.1` | IPv4 addresses are in dotted decimal | `http://127.0.0.1` |
/// | `http://[0:0:0:0:0:0:0:1]` | IPv6 addresses are compressed | `http://[::1]` |
/// | `https://bücher.example` | hosts are in their `xn--` form | `https://xn--bcher-kva.example` |
/// | `https://*example.com` | `*` stands for whole labels | `https://*.example.com`, if that is meant |
/// | `file:///home` | files have opaque origins | |
/// | `null` | anybody can produce it | |
///
/// Limits, in bytes: 64 for the scheme, 253 for the host, 63 for each of its labels.
///
/// # Examples
///
/// ```
/// use tower_cors::OriginPattern;
///
/// const APP: OriginPattern = OriginPattern::from_static("https://*.example.com");
///
/// let pattern: OriginPattern = "http://localhost:*".parse()?;
/// assert_eq!(pattern.to_string(), "http://localhost:*");
///
/// let error = "https://example.com/".parse::<OriginPattern>().unwrap_err();
/// assert_eq!(error.corrected().as_deref(), Some("https://example.com"));
/// # Ok::<(), tower_cors::OriginPatternError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OriginPattern {
    text: Cow<'static, str>,
    /// A function of `text`.
    parts: Parts,
}

impl OriginPattern {
    /// A pattern from a constant. A mistake in it does not compile:
    ///
    /// ```compile_fail,E0080
    /// use tower_cors::OriginPattern;
    ///
    /// const APP: OriginPattern = OriginPattern::from_static("https://app.example.com/");
    /// ```
    ///
    /// # Panics
    ///
    /// If `pattern` is not an origin pattern and the call is not in a constant. For text that is
    /// only known at run time, use [`str::parse`].
    #[must_use]
    #[expect(clippy::panic, reason = "in a constant, this is how a mistake does not compile")]
    pub const fn from_static(pattern: &'static str) -> Self {
        match parse(pattern) {
            Ok(parts) => Self { text: Cow::Borrowed(pattern), parts },
            Err((kind, _)) => panic!("{}", kind.message()),
        }
    }

    /// The pattern as it was written, which is its only form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme, such as `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.text[..self.parts.scheme_end]
    }

    /// The host without a leading `*.`: a name, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[self.parts.host_start..self.parts.host_end]
    }

    /// Whether the pattern covers the subdomains of its host, of any depth, in place of the host.
    #[must_use]
    pub fn covers_subdomains(&self) -> bool {
        self.parts.subdomains
    }

    /// Whether the pattern covers every port.
    #[must_use]
    pub fn covers_any_port(&self) -> bool {
        self.parts.port == Port::Any
    }

    /// The port. `None` is the scheme's default, or any port if
    /// [`covers_any_port`](Self::covers_any_port) says so.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        match self.parts.port {
            Port::Number(number) => Some(number),
            Port::Default | Port::Any => None,
        }
    }

    /// Whether the pattern covers an origin.
    ///
    /// ```
    /// use tower_cors::{Origin, OriginPattern};
    ///
    /// let pattern = OriginPattern::from_static("https://*.example.com");
    /// assert!(pattern.covers(&Origin::parse(b"https://a.example.com").unwrap()));
    /// assert!(!pattern.covers(&Origin::parse(b"https://notexample.com").unwrap()));
    /// ```
    #[must_use]
    pub fn covers(&self, origin: &Origin<'_>) -> bool {
        let host = if self.covers_subdomains() {
            origin.host().strip_suffix(self.host()).is_some_and(|labels| labels.ends_with('.'))
        } else {
            origin.host() == self.host()
        };
        let port = self.covers_any_port() || origin.port() == self.port();
        host && port && origin.scheme() == self.scheme()
    }

    /// Whether the network can put its own words into pages of an origin that the pattern covers.
    pub(crate) fn is_insecure(&self) -> bool {
        self.scheme() == "http" && !host::is_loopback(self.host())
    }

    /// Whether the pattern is exactly one origin.
    pub(crate) fn is_single(&self) -> bool {
        !self.covers_subdomains() && !self.covers_any_port()
    }

    /// The port as it stands in the text, without its colon; empty for the default.
    pub(crate) fn port_str(&self) -> &str {
        self.text[self.parts.host_end..].trim_start_matches(':')
    }
}

impl FromStr for OriginPattern {
    type Err = OriginPatternError;

    /// # Errors
    ///
    /// If the text is not an origin pattern: see the type's [syntax](Self#syntax).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match parse(text) {
            Ok(parts) => Ok(Self { text: Cow::Owned(text.to_owned()), parts }),
            Err((kind, at)) => Err(OriginPatternError::new(text, kind, at)),
        }
    }
}

impl TryFrom<&str> for OriginPattern {
    type Error = OriginPatternError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for OriginPattern {
    type Error = OriginPatternError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl AsRef<str> for OriginPattern {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OriginPattern({:?})", self.text)
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
