//! What a host may be, in the form in which browsers serialise it.
//!
//! Patterns and requests share this one grammar, so that they cannot disagree about it. It is
//! narrower than a [URL's host], as the [`Origin` header's grammar] is, but keeps two things that
//! browsers do send: `_` in a label and one trailing dot.
//!
//! [URL's host]: https://url.spec.whatwg.org/#concept-host
//! [`Origin` header's grammar]: https://fetch.spec.whatwg.org/#origin-header

use super::{ipv6, punycode};

/// Longest host, a trailing dot included ([RFC 1035, section 2.3.4]).
///
/// [RFC 1035, section 2.3.4]: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
pub(crate) const MAX_HOST_BYTES: usize = 253;

/// Longest label of a host (the same section).
pub(crate) const MAX_LABEL_BYTES: usize = 63;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Domain,
    Ipv4,
    /// In brackets.
    Ipv6,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostFault {
    Empty,
    TooLong,
    EmptyLabel,
    LabelTooLong,
    UpperCase,
    NonAscii,
    Byte,
    Punycode,
    Ipv4,
    Ipv6,
    Ipv6NotCanonical,
    Ipv4Mapped,
    Ipv6Zone,
}

/// Checks a host, and says for a bad one what is wrong and at which byte of `host`.
///
/// A `const fn`, because [`OriginPattern::from_static`](super::OriginPattern::from_static) is one:
/// hence the loops by index.
pub(crate) const fn check(host: &[u8]) -> Result<Host, (HostFault, usize)> {
    match host {
        [] => Err((HostFault::Empty, 0)),
        [b'[', address @ .., b']'] => match ipv6::check(address) {
            Ok(()) => Ok(Host::Ipv6),
            Err((fault, at)) => Err((fault, at + 1)),
        },
        _ => check_domain(host),
    }
}

/// Whether a host always leads back to the machine of the browser: a loopback address, `localhost`
/// or a name below it ([RFC 6761, section 6.3]).
///
/// [RFC 6761, section 6.3]: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
pub(crate) fn is_loopback(host: &str) -> bool {
    match check(host.as_bytes()) {
        Ok(Host::Ipv4) => host.starts_with("127."),
        Ok(Host::Ipv6) => host == "[::1]",
        Ok(Host::Domain) => {
            let name = host.strip_suffix('.').unwrap_or(host);
            name == "localhost" || name.ends_with(".localhost")
        }
        Err(_) => false,
    }
}

const fn check_domain(host: &[u8]) -> Result<Host, (HostFault, usize)> {
    let mut label = 0; // where the current label starts
    let mut i = 0;
    while i < host.len() {
        if !IN_LABELS[host[i] as usize] {
            match host[i] {
                b'.' if i == label => return Err((HostFault::EmptyLabel, i)),
                b'.' => {
                    // In shorter ones there is nothing to check.
                    if i - label >= PUNYCODE.len()
                        && let Err(fault) = check_label(host, label, i)
                    {
                        return Err((fault, label));
                    }
                    label = i + 1;
                }
                b'A'..=b'Z' => return Err((HostFault::UpperCase, i)),
                0x80.. => return Err((HostFault::NonAscii, i)),
                _ => return Err((HostFault::Byte, i)),
            }
        }
        i += 1;
    }
    if host.len() > MAX_HOST_BYTES {
        return Err((HostFault::TooLong, MAX_HOST_BYTES));
    }
    let rooted = label == host.len(); // a trailing dot
    let last = if rooted { start_of_label(host, label - 1) } else { label };
    let end = if rooted { label - 1 } else { host.len() };
    if let Err(fault) = check_label(host, last, end) {
        return Err((fault, last));
    }
    // https://url.spec.whatwg.org/#ends-in-a-number-checker
    if !is_number(host, last, end) {
        return Ok(Host::Domain);
    }
    if is_dotted_decimal(host) { Ok(Host::Ipv4) } else { Err((HostFault::Ipv4, 0)) }
}

/// The bytes of which labels are made. A table, because every request's `Origin` is looked up in it.
const IN_LABELS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        byte += 1;
    }
    table
};

const fn start_of_label(host: &[u8], mut end: usize) -> usize {
    while end > 0 && host[end - 1] != b'.' {
        end -= 1;
    }
    end
}

/// What labels that stand for others begin with.
const PUNYCODE: &[u8; 4] = b"xn--";

const fn check_label(host: &[u8], start: usize, end: usize) -> Result<(), HostFault> {
    if end - start > MAX_LABEL_BYTES {
        return Err(HostFault::LabelTooLong);
    }
    let is_a_label = end - start >= PUNYCODE.len()
        && host[start] == PUNYCODE[0]
        && host[start + 1] == PUNYCODE[1]
        && host[start + 2] == PUNYCODE[2]
        && host[start + 3] == PUNYCODE[3];
    if is_a_label && !punycode::decodes(host, start + PUNYCODE.len(), end) {
        return Err(HostFault::Punycode);
    }
    Ok(())
}

/// Whether a label is what the URL standard calls a number: decimal digits, or `0x` and
/// hexadecimal digits.
const fn is_number(host: &[u8], start: usize, end: usize) -> bool {
    let hexadecimal = end - start >= 2 && host[start] == b'0' && host[start + 1] == b'x';
    let mut i = if hexadecimal { start + 2 } else { start };
    while i < end {
        if !(host[i].is_ascii_digit() || hexadecimal && host[i].is_ascii_hexdigit()) {
            return false;
        }
        i += 1;
    }
    true
}

/// Four decimal numbers up to 255 without leading zeros: the only form in which an IPv4 address is
/// serialised.
const fn is_dotted_decimal(host: &[u8]) -> bool {
    let mut dots = 0;
    let mut digits = 0;
    let mut value = 0;
    let mut i = 0;
    while i < host.len() {
        if host[i] == b'.' {
            dots += 1;
            digits = 0;
            value = 0;
        } else {
            let leading_zero = digits > 0 && value == 0;
            if !host[i].is_ascii_digit() || leading_zero {
                return false;
            }
            digits += 1;
            value = value * 10 + (host[i] - b'0') as u16;
            if value > 255 {
                return false;
            }
        }
        i += 1;
    }
    dots == 3 && digits > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        type Row = (&'static str, Result<Host, (HostFault, usize)>);
        let table: &[Row] = &[
            ("example.com", Ok(Host::Domain)),
            ("example.com.", Ok(Host::Domain)),
            ("my_app.example", Ok(Host::Domain)),
            ("foo-.com", Ok(Host::Domain)),
            ("7foo.com", Ok(Host::Domain)),
            ("foo.0xg", Ok(Host::Domain)),
            ("0ea75c8e-9f8f-4b7c-8f32-1d6f1a2b3c4d", Ok(Host::Domain)),
            ("xn--bcher-kva.example", Ok(Host::Domain)),
            ("127.0.0.1", Ok(Host::Ipv4)),
            ("[::1]", Ok(Host::Ipv6)),
            ("[::]", Ok(Host::Ipv6)),
            ("[1::]", Ok(Host::Ipv6)),
            ("[2001:db8:aaaa:1111::100]", Ok(Host::Ipv6)),
            ("[1:0:0:2::3]", Ok(Host::Ipv6)),
            ("[1:2:3:4:5:6:7:8]", Ok(Host::Ipv6)),
            ("[1:0:3:4:5:6:7:8]", Ok(Host::Ipv6)),
            ("", Err((HostFault::Empty, 0))),
            (".", Err((HostFault::EmptyLabel, 0))),
            ("a..b", Err((HostFault::EmptyLabel, 2))),
            ("a.b..", Err((HostFault::EmptyLabel, 4))),
            ("aA", Err((HostFault::UpperCase, 1))),
            ("b\u{fc}cher", Err((HostFault::NonAscii, 1))),
            ("a b", Err((HostFault::Byte, 1))),
            ("a.xn--", Err((HostFault::Punycode, 2))),
            ("xn--f", Err((HostFault::Punycode, 0))),
            ("xn--abc-.example", Err((HostFault::Punycode, 0))),
            ("xn--99999999999", Err((HostFault::Punycode, 0))),
            ("1.2.3", Err((HostFault::Ipv4, 0))),
            ("1.2.3.", Err((HostFault::Ipv4, 0))),
            ("1.2.3.256", Err((HostFault::Ipv4, 0))),
            ("1.2.3.04", Err((HostFault::Ipv4, 0))),
            ("127.0.0.1.", Err((HostFault::Ipv4, 0))),
            ("foo.0x7f", Err((HostFault::Ipv4, 0))),
            ("foo.0x", Err((HostFault::Ipv4, 0))),
            ("[]", Err((HostFault::Ipv6, 1))),
            ("[:1]", Err((HostFault::Ipv6, 1))),
            ("[1:]", Err((HostFault::Ipv6, 3))),
            ("[1::2::3]", Err((HostFault::Ipv6, 6))),
            ("[1:2:3:4:5:6:7:8:9]", Err((HostFault::Ipv6, 17))),
            ("[1:2:3:4:5:6:7]", Err((HostFault::Ipv6, 14))),
            ("[1:2:3:4:5:6:7::8]", Err((HostFault::Ipv6, 17))),
            ("[12345::]", Err((HostFault::Ipv6, 5))),
            ("[::g]", Err((HostFault::Ipv6, 3))),
            ("[::A]", Err((HostFault::UpperCase, 3))),
            ("[::01]", Err((HostFault::Ipv6NotCanonical, 3))),
            ("[::1.2.3.4]", Err((HostFault::Ipv6NotCanonical, 4))),
            ("[1:2:3:4:5:6:7::]", Err((HostFault::Ipv6NotCanonical, 1))),
            ("[0:0:0:0:0:0:0:1]", Err((HostFault::Ipv6NotCanonical, 1))),
            ("[1::2:0:0:0:0]", Err((HostFault::Ipv6NotCanonical, 1))),
            ("[1:0:0:2:3::4]", Err((HostFault::Ipv6NotCanonical, 1))),
            ("[1::0:2:3:4:5:6]", Err((HostFault::Ipv6NotCanonical, 1))),
            ("[::ffff:7f7f:7f7f]", Err((HostFault::Ipv4Mapped, 1))),
            ("[fe80::1%25eth0]", Err((HostFault::Ipv6Zone, 8))),
        ];
        for (host, expected) in table {
            assert_eq!(check(host.as_bytes()), *expected, "{host:?}");
        }
    }

    #[test]
    fn lengths() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", &label[..61]);
        assert_eq!(longest.len(), MAX_HOST_BYTES);
        assert_eq!(check(longest.as_bytes()), Ok(Host::Domain));
        assert_eq!(check(format!("{longest}a").as_bytes()), Err((HostFault::TooLong, 253)));
        assert_eq!(check(format!("b.{label}a.c").as_bytes()), Err((HostFault::LabelTooLong, 2)));
    }

    #[test]
    fn loopback() {
        for host in ["localhost", "localhost.", "a.b.localhost", "127.255.0.1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["alocalhost", "localhost.example", "128.0.0.1", "[::2]", "127.example", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
