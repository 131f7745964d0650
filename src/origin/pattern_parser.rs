//! The strict parser of [`OriginPattern`](super::OriginPattern): splits a text, or says what is
//! wrong with it and where.
//!
//! All of it is `const fn`, for patterns in constants. It does not look for the notations of other
//! tools; who parses at run time asks [`notations`](super::notations) about what fails here.

use super::pattern_error::{Fault, OriginPatternErrorKind as Kind};
use super::{MAX_SCHEME_BYTES, host, is_scheme};
use crate::fetch;

/// How a pattern's text splits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Parts {
    /// Where the scheme ends; `://` follows.
    pub(super) scheme_end: usize,
    pub(super) hosts: Hosts,
    /// Where the host starts that is given whole: behind the label with the wildcard, if there is
    /// one.
    pub(super) host_start: usize,
    /// Where the host ends; the end of the text or a port follows.
    pub(super) host_end: usize,
    pub(super) port: Port,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Hosts {
    /// The host itself.
    One,
    /// `*.` before it: its subdomains.
    Subdomains,
    /// One label before it, with a wildcard in it: where the `*` stands in the text.
    PartOfLabel { star: usize },
    /// `*`: any.
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Port {
    /// The scheme's default, which is never written.
    Default,
    Number(u16),
    /// `:*`
    Any,
}

/// The value, or the fault, whose place is counted from `$start`.
macro_rules! try_from {
    ($start:expr, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err((kind, at)) => return Err((kind, $start + at)),
        }
    };
}

/// Splits and checks a pattern; for a bad one, says what is wrong and at which byte.
pub(super) const fn parse(text: &str) -> Result<Parts, Fault> {
    match text.as_bytes() {
        b"" => return Err((Kind::Empty, 0)),
        b"*" => return Err((Kind::AnyOrigin, 0)),
        b"null" => return Err((Kind::Null, 0)),
        _ => {}
    }
    try_from!(0, check_for_other_schemes(text.as_bytes()));
    let Some((scheme, authority)) = split_scheme(text.as_bytes()) else {
        return Err((Kind::MissingScheme, 0));
    };
    try_from!(0, check_scheme(scheme));
    let scheme_end = scheme.len();
    let start = scheme_end + "://".len();
    if matches!(scheme, b"file") {
        return match authority {
            [] => Ok(Parts {
                scheme_end,
                hosts: Hosts::One,
                host_start: start,
                host_end: start,
                port: Port::Default,
            }),
            _ => Err((Kind::File, start)),
        };
    }
    let special = fetch::is_special(scheme);
    try_from!(start, check_delimiters(authority));
    let (host, port) = split_host(authority);
    let host_end = start + host.len();
    let (hosts, host_start) = try_from!(start, split_wildcard(host, special));
    let port = try_from!(host_end, parse_port(port, fetch::default_port(scheme)));
    if let (Hosts::Any, Port::Number(_) | Port::Any) = (hosts, port) {
        return Err((Kind::PortOfAnyHost, host_end));
    }
    if !matches!(hosts, Hosts::Any) {
        try_from!(start, check_host(host, host_start, special));
    }
    let hosts = match hosts {
        Hosts::PartOfLabel { star } => Hosts::PartOfLabel { star: start + star },
        hosts => hosts,
    };
    Ok(Parts { scheme_end, hosts, host_start: start + host_start, host_end, port })
}

/// Refuses URLs of schemes whose URLs name no origin of their own, also without `://`.
const fn check_for_other_schemes(bytes: &[u8]) -> Result<(), Fault> {
    let mut rest = bytes;
    while let [b'a'..=b'z' | b'-', behind @ ..] = rest {
        rest = behind;
    }
    let scheme = bytes.split_at(bytes.len() - rest.len()).0;
    match (scheme, rest) {
        (_, [b':', b'0'..=b'9', ..]) => Ok(()), // a host and its port
        (b"ws" | b"wss", [b':', b'/', b'/', ..]) => Err((Kind::WebSocket, 0)),
        (b"ftp", [b':', b'/', b'/', ..]) => Err((Kind::NeverAnOrigin, 0)),
        (scheme, [b':', _, ..]) if is_never_an_origins(scheme) => Err((Kind::NeverAnOrigin, 0)),
        _ => Ok(()),
    }
}

/// Schemes of URLs that have an opaque origin, or that of another URL in them.
const fn is_never_an_origins(scheme: &[u8]) -> bool {
    matches!(scheme, b"about" | b"blob" | b"data" | b"filesystem" | b"javascript" | b"view-source")
}

/// Splits `scheme://rest`.
const fn split_scheme(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    while let [_, behind @ ..] = rest {
        if let [b':', b'/', b'/', authority @ ..] = rest {
            return Some((bytes.split_at(bytes.len() - rest.len()).0, authority));
        }
        rest = behind;
    }
    None
}

const fn check_scheme(scheme: &[u8]) -> Result<(), Fault> {
    if scheme.len() > MAX_SCHEME_BYTES {
        return Err((Kind::SchemeTooLong, MAX_SCHEME_BYTES));
    }
    if is_scheme(scheme) {
        return Ok(());
    }
    let mut upper_case = None;
    let mut rest = scheme;
    while let [byte, behind @ ..] = rest {
        match byte {
            b'A'..=b'Z' if upper_case.is_none() => upper_case = Some(scheme.len() - rest.len()),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.' => {}
            _ => return Err((Kind::InvalidScheme, 0)),
        }
        rest = behind;
    }
    match (scheme, upper_case) {
        ([b'A'..=b'Z' | b'a'..=b'z', ..], Some(at)) => Err((Kind::UpperCase, at)),
        _ => Err((Kind::InvalidScheme, 0)),
    }
}

/// Refuses what may stand in a URL around an origin's host and port.
const fn check_delimiters(authority: &[u8]) -> Result<(), Fault> {
    let mut rest = authority;
    while let [byte, behind @ ..] = rest {
        let at = authority.len() - rest.len();
        match byte {
            b'/' | b'?' | b'#' => return Err((Kind::Path, at)),
            b'\\' => return Err((Kind::Backslash, at)),
            b'@' => return Err((Kind::UserInfo, 0)),
            _ => rest = behind,
        }
    }
    if is_bare_ipv6(authority) { Err((Kind::Ipv6WithoutBrackets, 0)) } else { Ok(()) }
}

/// Whether something looks like an IPv6 address whose brackets are missing.
const fn is_bare_ipv6(authority: &[u8]) -> bool {
    let mut colons = 0;
    let mut compressed = false;
    let mut rest = authority;
    while let [byte, behind @ ..] = rest {
        match byte {
            b':' => {
                colons += 1;
                compressed |= matches!(behind, [b':', ..]);
            }
            byte if byte.is_ascii_hexdigit() => {}
            _ => return false,
        }
        rest = behind;
    }
    compressed || colons >= 7
}

/// Splits what stands before a port, and the port with its colon.
const fn split_host(authority: &[u8]) -> (&[u8], &[u8]) {
    let end = match authority {
        [b'[', ..] | [b'*', b'.', b'[', ..] => match position(authority, b']') {
            Some(at) => at + 1,
            None => authority.len(),
        },
        _ => match position(authority, b':') {
            Some(at) => at,
            None => authority.len(),
        },
    };
    authority.split_at(end)
}

/// Which hosts are meant, and where the host starts that is given whole.
const fn split_wildcard(host: &[u8], special: bool) -> Result<(Hosts, usize), Fault> {
    match host {
        b"*" if special => return Err((Kind::AnyHost, 0)),
        b"*" => return Ok((Hosts::Any, host.len())),
        [b'*', b'.', ..] => return Ok((Hosts::Subdomains, "*.".len())),
        _ => {}
    }
    let Some(star) = position(host, b'*') else { return Ok((Hosts::One, 0)) };
    let (label, parent) = match position(host, b'.') {
        Some(dot) => host.split_at(dot),
        None => host.split_at(host.len()),
    };
    if position(label, b'*').is_none() {
        return Err((Kind::MisplacedWildcard, star));
    }
    match (label, parent) {
        ([b'*', b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', ..], _) => {
            Err((Kind::WildcardBeforeName, star))
        }
        (_, b"" | b".") => Err((Kind::WildcardWithoutParent, star)),
        ([b'x', b'n', b'-', b'-', ..], _) => Err((Kind::WildcardInPunycode, star)),
        _ => Ok((Hosts::PartOfLabel { star }, label.len() + ".".len())),
    }
}

const fn parse_port(port: &[u8], default: Option<u16>) -> Result<Port, Fault> {
    let digits = match port {
        [] => return Ok(Port::Default),
        b":" => return Err((Kind::EmptyPort, 0)),
        b":*" => return Ok(Port::Any),
        [b':', digits @ ..] => digits,
        _ => return Err((Kind::InvalidHost, 0)), // behind an IPv6 address
    };
    let mut number = 0u16;
    let mut too_large = false;
    let mut rest = digits;
    while let [digit, behind @ ..] = rest {
        if !digit.is_ascii_digit() {
            return Err((Kind::InvalidPort, port.len() - rest.len()));
        }
        let (tens, tens_overflow) = number.overflowing_mul(10);
        let (sum, overflow) = tens.overflowing_add((*digit - b'0') as u16);
        number = sum;
        too_large |= tens_overflow || overflow;
        rest = behind;
    }
    match digits {
        _ if number == 0 || too_large => Err((Kind::PortOutOfRange, 1)),
        [b'0', ..] => Err((Kind::PortLeadingZero, 1)),
        _ => match default {
            Some(default) if default == number => Err((Kind::DefaultPort, 0)),
            _ => Ok(Port::Number(number)),
        },
    }
}

/// Checks a host, of which what comes before `whole` is a label with a wildcard.
const fn check_host(host: &[u8], whole: usize, special: bool) -> Result<(), Fault> {
    let (label, parent) = host.split_at(whole);
    if !label.is_empty() {
        let (before, star_and_after) = match position(label, b'*') {
            Some(star) => label.split_at(star),
            None => label.split_at(0),
        };
        try_from!(0, host::check_bytes(before, special));
        if let [_, after @ ..] = star_and_after {
            try_from!(before.len() + 1, host::check_bytes(after, special));
        }
    }
    try_from!(whole, host::check(parent, special));
    if host.len() > host::MAX_HOST_BYTES {
        return Err((Kind::HostTooLong, host::MAX_HOST_BYTES));
    }
    let address = matches!(parent, [b'[', ..]) || host::ends_in_a_number(parent);
    if !label.is_empty() && address {
        return Err((Kind::SubdomainsOfAddress, whole));
    }
    // A dot in an opaque host need not separate labels, unless a wildcard says that it does.
    if (special || !label.is_empty())
        && let Some(at) = empty_label(host)
    {
        return Err((Kind::EmptyLabel, at));
    }
    if let (true, [.., b'-'] | [.., b'-', b'.']) = (special, host) {
        return Err((Kind::TrailingHyphen, host.len() - 1));
    }
    check_for_typos(host)
}

/// Where a label of a host is empty, other than the root's behind a trailing dot.
const fn empty_label(host: &[u8]) -> Option<usize> {
    let mut rest = host;
    loop {
        match rest {
            [b'.', ..] => return Some(host.len() - rest.len()),
            _ => match position(rest, b'.') {
                Some(dot) => rest = rest.split_at(dot + 1).1,
                None => return None,
            },
        }
    }
}

/// Refuses bytes that browsers may send in a host, but that nobody means to write in one.
const fn check_for_typos(host: &[u8]) -> Result<(), Fault> {
    let mut rest = host;
    while let [byte, behind @ ..] = rest {
        let typo = match (byte, behind) {
            (b'%', [first, second, ..]) => {
                !first.is_ascii_hexdigit() || !second.is_ascii_hexdigit()
            }
            (byte, _) => matches!(
                byte,
                b'"' | b'$'
                    | b'&'
                    | b'\''
                    | b'('
                    | b')'
                    | b'+'
                    | b','
                    | b';'
                    | b'='
                    | b'`'
                    | b'{'
                    | b'}'
                    | b'%'
            ),
        };
        if typo {
            return Err((Kind::UnlikelyByte, host.len() - rest.len()));
        }
        rest = behind;
    }
    Ok(())
}

const fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut rest = bytes;
    while let [byte, behind @ ..] = rest {
        if *byte == wanted {
            return Some(bytes.len() - rest.len());
        }
        rest = behind;
    }
    None
}
