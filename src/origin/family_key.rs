//! [`FamilyKey`]: what a pattern with a wildcard is found by.

use super::host::MAX_HOST_BYTES;
use super::{MAX_SCHEME_BYTES, Origin, OriginPattern};

/// `host NUL port NUL scheme`, so that a search from the end meets the scheme and the port before
/// the host, whose labels may end in a wildcard. The port is `*` for any.
///
/// Before the host stands a dot if the pattern covers what is below it, which makes a suffix key;
/// else a NUL, because hosts may start with a dot themselves.
pub(super) struct FamilyKey {
    bytes: [u8; MAX_KEY_BYTES],
    len: usize,
}

const MAX_KEY_BYTES: usize =
    "\0".len() + MAX_HOST_BYTES + "\0".len() + "65535".len() + "\0".len() + MAX_SCHEME_BYTES;

impl FamilyKey {
    /// The key of one host, with this port or any.
    #[inline]
    pub(super) fn of_host(origin: &Origin<'_>, port: &str) -> Self {
        Self::new("\0", origin.host(), port, origin.scheme())
    }

    /// The key of what a pattern covers, with this port or any.
    pub(super) fn of(pattern: &OriginPattern, port: &str) -> Self {
        let below = pattern.covers_subdomains() || pattern.covers_part_of_label();
        let start = if below { "." } else { "\0" };
        Self::new(start, pattern.host(), port, pattern.scheme())
    }

    #[inline]
    fn new(start: &str, host: &str, port: &str, scheme: &str) -> Self {
        let mut key = Self { bytes: [0; MAX_KEY_BYTES], len: 0 };
        for part in [start, host, "\0", port, "\0", scheme] {
            let end = key.len + part.len();
            key.bytes[key.len..end].copy_from_slice(part.as_bytes());
            key.len = end;
        }
        key
    }
}

impl AsRef<[u8]> for FamilyKey {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}
