//! [`OriginPattern`]: one allowed origin or family of origins.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::pattern_error::OriginPatternError;
use super::pattern_parser::{Hosts, Parts, Port, parse};
use super::{Origin, host, notations};

/// One allowed origin, or a family of origins.
///
/// # Syntax
///
/// `scheme://host[:port]`, exactly as browsers serialise an origin, with these wildcards:
///
/// | pattern | covers | does not cover |
/// | --- | --- | --- |
/// | `https://example.com` | that origin | `https://example.com:8443`, `https://www.example.com` |
/// | `https://*.example.com` | `https://a.example.com`, `https://a.b.example.com` | `https://example.com`, `https://notexample.com` |
/// | `https://app-*-team.example.com` | `https://app-7-team.example.com`, `https://app-a-b-team.example.com` | `https://app--team.example.com`, `https://app-a.b-team.example.com` |
/// | `http://localhost:*` | `http://localhost`, `http://localhost:3000` | `https://localhost:3000` |
/// | `https://*.example.com:*` | the second and the fourth together | `https://example.com:8443` |
/// | `moz-extension://*` | every host of that scheme, without a port | `moz-extension://a:80` |
/// | `tauri://localhost` | that origin | `http://tauri.localhost` |
/// | `file://` | every file | |
///
/// A `*` inside a label stands for one byte or more of that label, which is the first one and has a
/// host behind it. A lone `*` for every host is for schemes that are not [special], such as those of
/// extensions, whose hosts are made at random.
///
/// A browser sends an origin in one form only, and patterns are compared byte by byte. A pattern in
/// any other form would never match, so it is refused, with the corrected form where there is one:
///
/// | refused | because | write |
/// | --- | --- | --- |
/// | `https://example.com/` | an origin has no path | `https://example.com` |
/// | `https://Example.com` | domains are in lower case | `https://example.com` |
/// | `https://example.com:443` | default ports are left out | `https://example.com` |
/// | `example.com` | the scheme is missing | `https://example.com` |
/// | `http://127.1` | IPv4 addresses are in dotted decimal | `http://127.0.0.1` |
/// | `http://[0:0:0:0:0:0:0:1]` | IPv6 addresses are compressed | `http://[::1]` |
/// | `https://bücher.example` | hosts are in their `xn--` form | `https://xn--bcher-kva.example` |
/// | `https://*example.com` | it would cover `https://evilexample.com` | `https://*.example.com`, if that is meant |
/// | `wss://example.com` | the handshake of a WebSocket has its page's origin | `https://example.com` |
/// | `null` | anybody can produce it | |
///
/// The notations of other tools (regular expressions, lists, address ranges, variables) are refused
/// as what they are: [`OriginPatternError`] has every mistake. White space around the text is left
/// out.
///
/// What [`Origin::parse`] reads, a pattern can be written for, except for schemes that no origin has
/// and for what is most probably a slip. In [special] schemes that is a misplaced dot, or a host that
/// ends in `-`; in others a missing host; in all of them one of ``" $ & ' ( ) + , ; = ` { }``, or a
/// `%` without two hexadecimal digits. Should such an origin exist,
/// [`allow_origins_by`](crate::PolicyBuilder::allow_origins_by) can allow it.
///
/// Limits: 64 bytes for the scheme, 253 for the host; under one host, scheme and port, 64 patterns
/// with a `*` inside a label, over all rules of a policy.
///
/// [special]: https://url.spec.whatwg.org/#special-scheme
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
        let pattern = pattern.trim_ascii();
        match parse(pattern) {
            Ok(parts) => Self { text: Cow::Borrowed(pattern), parts },
            Err((kind, _)) => panic!("{}", kind.words().wrong),
        }
    }

    /// The pattern as it was written, which is its only form. White space around it is left out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme, such as `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.text[..self.parts.scheme_end]
    }

    /// The host that is given whole: a name, an IPv4 address, or an IPv6 address in brackets. Behind
    /// `*.`, or behind a label with a `*` in it, it is the parent of the hosts that are covered. Empty
    /// where [every host](Self::covers_any_host) of the scheme is covered, and for `file://`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[self.parts.host_start..self.parts.host_end]
    }

    /// Whether the pattern covers the subdomains of its host, of any depth, in place of the host.
    #[must_use]
    pub fn covers_subdomains(&self) -> bool {
        self.parts.hosts == Hosts::Subdomains
    }

    /// Whether the pattern has a `*` inside a label: it covers hosts one label below its
    /// [`host`](Self::host), if that label begins and ends as the pattern's does.
    ///
    /// ```
    /// use tower_cors::OriginPattern;
    ///
    /// let pattern = OriginPattern::from_static("https://app-*-team.example.com");
    /// assert!(pattern.covers_part_of_label());
    /// assert_eq!(pattern.host(), "example.com");
    /// ```
    #[must_use]
    pub fn covers_part_of_label(&self) -> bool {
        matches!(self.parts.hosts, Hosts::PartOfLabel { .. })
    }

    /// Whether the pattern covers every host of its scheme.
    #[must_use]
    pub fn covers_any_host(&self) -> bool {
        self.parts.hosts == Hosts::Any
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
        let port = self.covers_any_port() || origin.port() == self.port();
        port && origin.scheme() == self.scheme() && self.covers_host(origin.host())
    }

    /// Whether the pattern covers all that another one covers.
    pub(super) fn covers_all_of(&self, other: &Self) -> bool {
        let port = self.covers_any_port() || other.parts.port == self.parts.port;
        // What covers a host with any bytes in place of the other's `*` covers it with `*`, too.
        port && other.scheme() == self.scheme() && self.covers_host(other.host_text())
    }

    fn covers_host(&self, host: &str) -> bool {
        match (self.parts.hosts, self.label()) {
            (Hosts::Any, _) => !host.is_empty(),
            (Hosts::One, _) => host == self.host(),
            (Hosts::Subdomains, _) => labels_below(host, self.host()).is_some_and(are_whole_labels),
            (Hosts::PartOfLabel { .. }, label) => {
                labels_below(host, self.host()).is_some_and(|below| label.covers(below))
            }
        }
    }

    /// Whether the network, or a file from anywhere, can put its own words into pages of an origin
    /// that the pattern covers.
    pub(crate) fn is_insecure(&self) -> bool {
        match self.scheme() {
            "http" => !host::is_loopback(self.host()),
            "file" => true,
            _ => false,
        }
    }

    /// The label with a wildcard in it. Empty if there is none.
    pub(super) fn label(&self) -> PartOfLabel<&str> {
        let Hosts::PartOfLabel { star } = self.parts.hosts else { return PartOfLabel::default() };
        let start = self.parts.scheme_end + "://".len();
        let end = self.parts.host_start - ".".len();
        PartOfLabel { before: &self.text[start..star], after: &self.text[star + 1..end] }
    }

    /// The whole host as it is written, wildcards included.
    fn host_text(&self) -> &str {
        &self.text[self.parts.scheme_end + "://".len()..self.parts.host_end]
    }

    /// Whether the pattern is exactly one origin.
    pub(crate) fn is_single(&self) -> bool {
        self.parts.hosts == Hosts::One && !self.covers_any_port()
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
        let trimmed = text.trim();
        match parse(trimmed) {
            Ok(parts) => Ok(Self { text: Cow::Owned(trimmed.to_owned()), parts }),
            Err(fault) => {
                let (kind, at) = notations::recognise(trimmed, fault);
                let start = text.len() - text.trim_start().len();
                Err(OriginPatternError::new(text, (kind, start + at)))
            }
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

/// What stands in a label before and after its wildcard.
#[derive(Clone, Debug, Default)]
pub(super) struct PartOfLabel<T> {
    pub(super) before: T,
    pub(super) after: T,
}

impl<T: AsRef<str>> PartOfLabel<T> {
    /// Whether the text is one such label: the wildcard stands for one byte or more, but for no dot.
    pub(super) fn covers(&self, label: &str) -> bool {
        let (before, after) = (self.before.as_ref(), self.after.as_ref());
        label.len() > before.len() + after.len()
            && label.starts_with(before)
            && label.ends_with(after)
            && !label.contains('.')
    }
}

impl From<PartOfLabel<&str>> for PartOfLabel<Box<str>> {
    fn from(label: PartOfLabel<&str>) -> Self {
        Self { before: label.before.into(), after: label.after.into() }
    }
}

/// What stands before a parent host and its dot.
fn labels_below<'a>(host: &'a str, parent: &str) -> Option<&'a str> {
    host.strip_suffix(parent)?.strip_suffix('.')
}

/// Whether a text is one label or more, none of them empty.
pub(super) fn are_whole_labels(text: &str) -> bool {
    // One pass over the bytes, because requests are asked about.
    let empty = |before: u8, byte| before == b'.' && byte == b'.';
    let mut before = b'.';
    text.bytes().all(|byte| !empty(std::mem::replace(&mut before, byte), byte)) && before != b'.'
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
