//! What a host may be, in the form in which browsers serialise it.
//!
//! Patterns and requests share this grammar, so that they cannot disagree about it. It is what the
//! URL standard's [host serializer] gives, within a limit and without `*`. What nobody means to
//! write in a pattern, though a browser might send it, is the [pattern parser]'s to refuse.
//!
//! Hosts of [special schemes] are domains and IPv4 addresses; all others are opaque. Both can be
//! IPv6 addresses in brackets. Whether an `xn--` label decodes is not asked: that takes the tables
//! of IDNA, and not every browser refuses a label that does not.
//!
//! [host serializer]: https://url.spec.whatwg.org/#host-serializing
//! [special schemes]: https://url.spec.whatwg.org/#special-scheme
//! [pattern parser]: super::pattern_parser

use std::net::Ipv4Addr;

use super::ipv6;
use super::pattern_error::{Fault, OriginPatternErrorKind as Kind};

/// Longest host, a trailing dot included ([RFC 1035, section 2.3.4]).
///
/// [RFC 1035, section 2.3.4]: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
pub(crate) const MAX_HOST_BYTES: usize = 253;

/// Checks a host, and says for a bad one what is wrong and at which byte of `host`.
pub(super) const fn check(host: &[u8], special: bool) -> Result<(), Fault> {
    if host.len() > MAX_HOST_BYTES {
        return Err((Kind::HostTooLong, MAX_HOST_BYTES));
    }
    match host {
        [] => Err((Kind::EmptyHost, 0)),
        [b'[', address @ .., b']'] => match ipv6::check(address) {
            Ok(()) => Ok(()),
            Err((kind, at)) => Err((kind, at + 1)),
        },
        _ => match check_bytes(host, special) {
            Ok(()) if special && ends_in_a_number(host) && !is_dotted_decimal(host) => {
                Err((Kind::InvalidIpv4, 0))
            }
            checked => checked,
        },
    }
}

/// Checks a part of a host that is not in brackets for bytes that no host has.
pub(super) const fn check_bytes(part: &[u8], special: bool) -> Result<(), Fault> {
    let allowed = if special { &IN_DOMAINS } else { &IN_OPAQUE_HOSTS };
    if are_all_in(part, allowed) {
        return Ok(());
    }
    let mut rest = part;
    while let [byte, behind @ ..] = rest {
        if !allowed[*byte as usize] {
            let kind = match byte {
                b'A'..=b'Z' => Kind::UpperCase,
                b'*' => Kind::MisplacedWildcard,
                0x80.. => Kind::NonAsciiHost,
                _ => Kind::InvalidHost,
            };
            return Err((kind, part.len() - rest.len()));
        }
        rest = behind;
    }
    Ok(())
}

/// Four at a time and without a branch for each, because every request's `Origin` is checked.
const fn are_all_in(bytes: &[u8], table: &[bool; 256]) -> bool {
    let mut all = true;
    let mut rest = bytes;
    while let [a, b, c, d, behind @ ..] = rest {
        all &= table[*a as usize] & table[*b as usize] & table[*c as usize] & table[*d as usize];
        rest = behind;
    }
    while let [byte, behind @ ..] = rest {
        all &= table[*byte as usize];
        rest = behind;
    }
    all
}

/// Whether a host is to be an IPv4 address, by the URL standard's
/// [ends-in-a-number checker](https://url.spec.whatwg.org/#ends-in-a-number-checker).
pub(super) const fn ends_in_a_number(host: &[u8]) -> bool {
    let host = match host {
        [host @ .., b'.'] => host,
        _ => host,
    };
    match last_label(host) {
        [] => false,
        [b'0', b'x', digits @ ..] => is_made_of(digits, 16),
        digits => is_made_of(digits, 10),
    }
}

/// Whether a host always leads back to the machine of the browser: a loopback address, `localhost`
/// or a name below it ([RFC 6761, section 6.3]).
///
/// [RFC 6761, section 6.3]: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name == "localhost"
        || name.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// The [forbidden host code points](https://url.spec.whatwg.org/#forbidden-host-code-point) that
/// are not control characters.
const FORBIDDEN: &[u8] = b" #/:<>?@[\\]^|";

/// The bytes of serialised domains. They have no
/// [forbidden domain code points](https://url.spec.whatwg.org/#forbidden-domain-code-point), and
/// are in lower case. A table, because every request's `Origin` is looked up in it.
const IN_DOMAINS: [bool; 256] = {
    let mut table = IN_OPAQUE_HOSTS;
    table[b'%' as usize] = false;
    let mut byte = b'A';
    while byte <= b'Z' {
        table[byte as usize] = false;
        byte += 1;
    }
    table
};

/// The bytes of serialised opaque hosts. All others are
/// [percent-encoded](https://url.spec.whatwg.org/#c0-control-percent-encode-set). A `*` is one of
/// them, but is left out, so that nothing that a browser sends looks like a pattern.
const IN_OPAQUE_HOSTS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        table[byte as usize] = byte != b'*';
        byte += 1;
    }
    let mut forbidden = FORBIDDEN;
    while let [byte, rest @ ..] = forbidden {
        table[*byte as usize] = false;
        forbidden = rest;
    }
    table
};

const fn last_label(host: &[u8]) -> &[u8] {
    let mut before = host;
    while let [rest @ .., byte] = before {
        if *byte == b'.' {
            break;
        }
        before = rest;
    }
    host.split_at(before.len()).1
}

const fn is_made_of(digits: &[u8], radix: u32) -> bool {
    let mut rest = digits;
    while let [digit, behind @ ..] = rest {
        if !(*digit as char).is_digit(radix) {
            return false;
        }
        rest = behind;
    }
    true
}

/// Four decimal numbers up to 255 without leading zeros: the only form in which an IPv4 address is
/// serialised.
const fn is_dotted_decimal(host: &[u8]) -> bool {
    let mut numbers = 1;
    let mut rest = host;
    loop {
        rest = match behind_number(rest) {
            Some([]) => return numbers == 4,
            Some([b'.', behind @ ..]) => behind,
            _ => return false,
        };
        numbers += 1;
    }
}

/// What follows a decimal number up to 255 without leading zeros.
const fn behind_number(bytes: &[u8]) -> Option<&[u8]> {
    let mut number = 0;
    let mut rest = bytes;
    while let [digit @ b'0'..=b'9', behind @ ..] = rest {
        let leading_zero = number == 0 && rest.len() < bytes.len();
        number = number * 10 + (*digit - b'0') as u16;
        if leading_zero || number > 255 {
            return None;
        }
        rest = behind;
    }
    if rest.len() < bytes.len() { Some(rest) } else { None }
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
