//! [`OriginPattern`]: one allowed origin or family of origins, and its strict parser.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::host::{self, Host, HostFault, MAX_HOST_BYTES};
use super::pattern_error::{OriginPatternError, OriginPatternErrorKind as Kind};
use super::{MAX_SCHEME_BYTES, Origin, is_scheme};
use crate::fetch;

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

/// How a pattern's text splits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Parts {
    /// Where the scheme ends; `://` follows.
    scheme_end: usize,
    /// Whether `*.` stands before the host.
    subdomains: bool,
    host_start: usize,
    /// Where the host ends; the end of the text or a port follows.
    host_end: usize,
    port: Port,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Port {
    /// The scheme's default, which is never written.
    Default,
    Number(u16),
    /// `:*`
    Any,
}

impl OriginPattern {
    /// A pattern from a constant. A mistake in it does not compile:
    ///
    /// ```compile_fail
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

    /// Whether whoever can listen on the network can speak for an origin that the pattern covers.
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

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OriginPattern({:?})", self.text)
    }
}

/// Splits and checks a pattern; for a bad one, says what is wrong and at which byte.
const fn parse(text: &str) -> Result<Parts, (Kind, usize)> {
    let bytes = text.as_bytes();
    if let Err(fault) = check_shape(bytes) {
        return Err(fault);
    }
    let Some(scheme_end) = find(bytes, b"://", 0) else {
        return Err((Kind::MissingScheme, 0));
    };
    if let Err(fault) = check_scheme(bytes, scheme_end) {
        return Err(fault);
    }
    let authority = scheme_end + 3;
    if let Err(fault) = check_delimiters(bytes, authority) {
        return Err(fault);
    }
    let subdomains = starts_with(bytes, authority, b"*.");
    let host_start = if subdomains { authority + 2 } else { authority };
    let host_end = end_of_host(bytes, host_start);
    let port = match parse_port(bytes, host_end) {
        Ok(port) => port,
        Err(fault) => return Err(fault),
    };
    if let Err(fault) = check_host(bytes, host_start, host_end, subdomains) {
        return Err(fault);
    }
    if let (Port::Number(number), Some(default)) =
        (port, fetch::default_port(bytes.split_at(scheme_end).0))
        && number == default
    {
        return Err((Kind::DefaultPort, host_end));
    }
    Ok(Parts { scheme_end, subdomains, host_start, host_end, port })
}

/// Refuses what is not an origin at all, before its parts are looked at.
const fn check_shape(bytes: &[u8]) -> Result<(), (Kind, usize)> {
    match bytes {
        b"" => return Err((Kind::Empty, 0)),
        b"*" => return Err((Kind::AnyOrigin, 0)),
        b"null" => return Err((Kind::Null, 0)),
        _ => {}
    }
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b' ' | b'\t' | b'\r' | b'\n' => return Err((Kind::Whitespace, i)),
            b',' | b';' => return Err((Kind::Several, i)),
            _ => i += 1,
        }
    }
    Ok(())
}

const fn check_scheme(bytes: &[u8], end: usize) -> Result<(), (Kind, usize)> {
    let scheme = bytes.split_at(end).0;
    if scheme.len() > MAX_SCHEME_BYTES {
        return Err((Kind::SchemeTooLong, MAX_SCHEME_BYTES));
    }
    if !is_scheme(scheme) {
        let mut i = 0;
        while i < end {
            if scheme[i].is_ascii_uppercase() {
                return Err((Kind::UpperCase, i));
            }
            i += 1;
        }
        return Err((Kind::InvalidScheme, 0));
    }
    match scheme {
        b"file" => Err((Kind::File, 0)),
        _ => Ok(()),
    }
}

/// Refuses what may stand in a URL around an origin's host and port.
const fn check_delimiters(bytes: &[u8], start: usize) -> Result<(), (Kind, usize)> {
    let mut i = start;
    while i < bytes.len() {
        match bytes[i] {
            b'/' | b'\\' | b'?' | b'#' => return Err((Kind::Path, i)),
            b'@' => return Err((Kind::UserInfo, start)),
            _ => i += 1,
        }
    }
    Ok(())
}

/// Where the host ends: at the colon of a port, or at the end of the text.
const fn end_of_host(bytes: &[u8], start: usize) -> usize {
    let (delimiter, skip) = if starts_with(bytes, start, b"[") { (b"]", 1) } else { (b":", 0) };
    match find(bytes, delimiter, start) {
        Some(at) => at + skip,
        None => bytes.len(),
    }
}

const fn parse_port(bytes: &[u8], host_end: usize) -> Result<Port, (Kind, usize)> {
    if host_end == bytes.len() {
        return Ok(Port::Default);
    }
    let (_, rest) = bytes.split_at(host_end);
    let digits = match rest {
        b":" => return Err((Kind::EmptyPort, host_end)),
        b":*" => return Ok(Port::Any),
        [b':', digits @ ..] => digits,
        _ => return Err((Kind::InvalidHost, host_end)), // behind an IPv6 address
    };
    let mut number = 0u16;
    let mut too_large = false;
    let mut i = 0;
    while i < digits.len() {
        if !digits[i].is_ascii_digit() {
            return Err((Kind::InvalidPort, host_end + 1 + i));
        }
        let (tens, tens_overflow) = number.overflowing_mul(10);
        let (sum, overflow) = tens.overflowing_add((digits[i] - b'0') as u16);
        number = sum;
        too_large |= tens_overflow || overflow;
        i += 1;
    }
    if number == 0 || too_large {
        return Err((Kind::PortOutOfRange, host_end + 1));
    }
    if digits[0] == b'0' {
        return Err((Kind::PortLeadingZero, host_end + 1));
    }
    Ok(Port::Number(number))
}

const fn check_host(
    bytes: &[u8],
    start: usize,
    end: usize,
    subdomains: bool,
) -> Result<(), (Kind, usize)> {
    let host = bytes.split_at(end).0.split_at(start).1;
    let mut i = 0;
    while i < host.len() {
        if host[i] == b'*' {
            return Err((Kind::MisplacedWildcard, start + i));
        }
        i += 1;
    }
    let (fault, at) = match host::check(host) {
        Ok(Host::Domain) if subdomains => {
            // The shortest subdomain, `x.`, has to fit as well.
            if host.len() + 2 <= MAX_HOST_BYTES {
                return Ok(());
            }
            (HostFault::TooLong, MAX_HOST_BYTES - 2)
        }
        Ok(_) if subdomains => return Err((Kind::SubdomainsOfAddress, start)),
        Ok(_) => return Ok(()),
        Err(fault) => fault,
    };
    let kind = match fault {
        HostFault::Empty => Kind::EmptyHost,
        HostFault::TooLong => Kind::HostTooLong,
        HostFault::EmptyLabel => Kind::EmptyLabel,
        HostFault::LabelTooLong => Kind::LabelTooLong,
        HostFault::UpperCase => Kind::UpperCase,
        HostFault::NonAscii => Kind::NonAsciiHost,
        HostFault::Byte => Kind::InvalidHost,
        HostFault::Punycode => Kind::InvalidPunycode,
        HostFault::Ipv4 => Kind::InvalidIpv4,
        HostFault::Ipv6 => Kind::InvalidIpv6,
        HostFault::Ipv6NotCanonical => Kind::Ipv6NotCanonical,
        HostFault::Ipv4Mapped => Kind::Ipv4MappedIpv6,
        HostFault::Ipv6Zone => Kind::Ipv6Zone,
    };
    Err((kind, start + at))
}

const fn starts_with(bytes: &[u8], at: usize, prefix: &[u8]) -> bool {
    if bytes.len() < at + prefix.len() {
        return false;
    }
    let mut i = 0;
    while i < prefix.len() {
        if bytes[at + i] != prefix[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        if starts_with(bytes, at, what) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
