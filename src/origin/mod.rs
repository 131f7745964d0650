//! Origins: what a request says of where it comes from, and what a policy says of whom it allows.

mod correction;
mod family_key;
pub(crate) mod host;
mod ipv6;
pub(crate) mod matcher;
mod notations;
mod pattern;
mod pattern_error;
mod pattern_parser;
pub(crate) mod redundancy;
mod trie;
mod words;

use std::fmt;

pub use pattern::OriginPattern;
pub(crate) use pattern_error::Quoted;
pub use pattern_error::{OriginPatternError, OriginPatternErrorKind};

use crate::fetch;
use host::MAX_HOST_BYTES;

/// Longest scheme of an origin or a pattern, in bytes. No standard sets a limit.
pub(crate) const MAX_SCHEME_BYTES: usize = 64;

/// `scheme://host:port`, each at its longest.
const MAX_ORIGIN_BYTES: usize = MAX_SCHEME_BYTES + "://".len() + MAX_HOST_BYTES + ":65535".len();

/// A [tuple origin] as a browser serialised it in a request's `Origin` header, split into scheme,
/// host and port.
///
/// It borrows from the request and has the form in which browsers serialise origins, so that a
/// closure given to
/// [`allow_origins_by`](crate::PolicyBuilder::allow_origins_by) can compare without further checks.
///
/// That form is what the [URL standard] serialises, in any scheme, within these limits: 64 bytes for
/// the scheme, 253 for the host, 1 to 65535 for the port. `file` has no host, and other schemes that
/// are not [special] may have none. A host with `*` is not read, though the standard has it: nothing
/// that a browser sends is to look like a pattern.
///
/// ```
/// use tower_cors::Origin;
///
/// let origin = Origin::parse(b"https://app.example.com:8443").unwrap();
/// assert_eq!(origin.scheme(), "https");
/// assert_eq!(origin.host(), "app.example.com");
/// assert_eq!(origin.port(), Some(8443));
///
/// assert!(Origin::parse(b"https://app.example.com/").is_none());
/// ```
///
/// # Security
///
/// Compare whole hosts, or labels with their dot: `evil-example.com` ends with `example.com`, and
/// `example.com.evil.net` starts with it.
///
/// [tuple origin]: https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-tuple
/// [URL standard]: https://url.spec.whatwg.org/#url-serializing
/// [special]: https://url.spec.whatwg.org/#special-scheme
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin<'a> {
    text: &'a str,
    /// Where the scheme ends; `://` follows.
    scheme_end: usize,
    /// Where the host ends; the end of the text or a port follows.
    host_end: usize,
    port: Option<u16>,
}

impl<'a> Origin<'a> {
    /// Splits the value of an [`Origin` header].
    ///
    /// `None` for a value that is not in that form, or longer than a scheme of 64 bytes and a host of
    /// 253 make; and for `null`, the serialisation of an
    /// [opaque origin](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque).
    ///
    /// [`Origin` header]: https://fetch.spec.whatwg.org/#origin-header
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        if value.len() > MAX_ORIGIN_BYTES {
            return None;
        }
        let scheme_end = value.iter().take(MAX_SCHEME_BYTES + 1).position(|&byte| byte == b':')?;
        let (scheme, rest) = value.split_at(scheme_end);
        let authority = rest.strip_prefix(b"://")?;
        let (host, port) = split_port(authority)?;
        if !is_scheme(scheme) || !is_host(host, port, scheme) {
            return None;
        }
        // The URL parser drops a scheme's default port.
        if port.is_some() && port == fetch::default_port(scheme) {
            return None;
        }
        Some(Self {
            text: str::from_utf8(value).ok()?,
            scheme_end,
            host_end: scheme_end + "://".len() + host.len(),
            port,
        })
    }

    /// The whole origin, as received.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The scheme, such as `https`.
    #[must_use]
    pub fn scheme(&self) -> &'a str {
        &self.text[..self.scheme_end]
    }

    /// The host: a name, an IPv4 address, or an IPv6 address in brackets. In schemes that are not
    /// [special](https://url.spec.whatwg.org/#special-scheme) it can be any other text, in upper
    /// case too, or empty.
    #[must_use]
    pub fn host(&self) -> &'a str {
        &self.text[self.scheme_end + "://".len()..self.host_end]
    }

    /// The port. `None` is the scheme's default, which browsers leave out.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The port as it stands in the text, without its colon; empty for the default.
    pub(crate) fn port_str(&self) -> &'a str {
        self.text[self.host_end..].trim_start_matches(':')
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({:?})", self.text)
    }
}

/// Whether a URL's scheme, in lower case and within the limit.
pub(crate) const fn is_scheme(bytes: &[u8]) -> bool {
    let [b'a'..=b'z', behind @ ..] = bytes else { return false };
    let mut rest = behind;
    while let [b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.', behind @ ..] = rest {
        rest = behind;
    }
    rest.is_empty() && bytes.len() <= MAX_SCHEME_BYTES
}

/// Whether a browser may serialise this host, with this port, for an origin of this scheme.
fn is_host(host: &[u8], port: Option<u16>, scheme: &[u8]) -> bool {
    let special = fetch::is_special(scheme);
    if host.is_empty() {
        return port.is_none() && (!special || scheme == b"file");
    }
    scheme != b"file" && host::check(host, special).is_ok()
}

/// Splits `host[:port]`. `None` when what follows the host is not a port.
pub(crate) fn split_port(authority: &[u8]) -> Option<(&[u8], Option<u16>)> {
    let digits = authority.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let Some((host, [b':', port @ ..])) =
        authority.split_at_checked(authority.len().wrapping_sub(digits + 1))
    else {
        return Some((authority, None));
    };
    if port.is_empty() || port.len() > 5 || port[0] == b'0' {
        return None;
    }
    let number = port.iter().fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0'));
    Some((host, Some(u16::try_from(number).ok()?)))
}

#[cfg(test)]
mod grammar_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
