//! The strict parser of [`OriginPattern`](super::OriginPattern): splits a text, or says what is
//! wrong with it and where.
//!
//! All of it is `const fn`, for patterns in constants: hence the loops by index.

use super::host::{self, Host, HostFault, MAX_HOST_BYTES};
use super::pattern_error::OriginPatternErrorKind as Kind;
use super::{MAX_SCHEME_BYTES, is_scheme};
use crate::fetch;

/// How a pattern's text splits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Parts {
    /// Where the scheme ends; `://` follows.
    pub(super) scheme_end: usize,
    /// Whether `*.` stands before the host.
    pub(super) subdomains: bool,
    pub(super) host_start: usize,
    /// Where the host ends; the end of the text or a port follows.
    pub(super) host_end: usize,
    pub(super) port: Port,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Port {
    /// The scheme's default, which is never written.
    Default,
    Number(u16),
    /// `:*`
    Any,
}

/// Splits and checks a pattern; for a bad one, says what is wrong and at which byte.
pub(super) const fn parse(text: &str) -> Result<Parts, (Kind, usize)> {
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
    if is_bare_ipv6(bytes.split_at(authority).1) {
        return Err((Kind::Ipv6WithoutBrackets, authority));
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
            b' ' | b'\t' | b'\r' | b'\n' => {
                let more = i > 0 && find(bytes, b"://", i).is_some();
                return Err((if more { Kind::Several } else { Kind::Whitespace }, i));
            }
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
            b'/' | b'?' | b'#' => return Err((Kind::Path, i)),
            b'\\' => return Err((Kind::Backslash, i)),
            b'@' => return Err((Kind::UserInfo, start)),
            _ => i += 1,
        }
    }
    Ok(())
}

/// Whether something looks like an IPv6 address, but for the brackets that are missing.
const fn is_bare_ipv6(authority: &[u8]) -> bool {
    let mut colons = 0;
    let mut i = 0;
    while i < authority.len() {
        match authority[i] {
            b':' => colons += 1,
            byte if byte.is_ascii_hexdigit() => {}
            _ => return false,
        }
        i += 1;
    }
    colons > 1
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
