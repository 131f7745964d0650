//! The pattern that was probably meant by a text that is none.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::MAX_ORIGIN_BYTES;
use super::host;
use super::notations::{is_quote, undelimited};
use super::pattern::OriginPattern;
use super::pattern_error::{Fault, OriginPatternError, OriginPatternErrorKind as Kind};

impl OriginPatternError {
    /// The pattern that was probably meant, where it follows from the text.
    #[must_use]
    pub fn corrected(&self) -> Option<String> {
        if self.input().len() > MAX_BYTES {
            return None;
        }
        let mut candidate = self.input().trim().to_owned();
        // A text can hold several mistakes; each kind of correction is needed at most once.
        for _ in 0..8 {
            match candidate.parse::<OriginPattern>() {
                Ok(pattern) => return Some(pattern.to_string()),
                Err(error) => candidate = correct(&candidate, (error.kind(), error.position()))?,
            }
        }
        None
    }
}

/// Longest text that is corrected: what surrounds a pattern, or escapes bytes of it, is not much
/// longer than the pattern itself.
const MAX_BYTES: usize = 4 * MAX_ORIGIN_BYTES;

/// One step towards a pattern, for the kinds of mistake that have one.
fn correct(input: &str, (kind, at): Fault) -> Option<String> {
    match kind {
        Kind::Quoted => Some(unquoted(input).to_owned()),
        Kind::Array => {
            let element = unquoted(input.trim_matches(['[', ']']));
            (!element.contains(',')).then(|| element.to_owned())
        }
        Kind::RegularExpression => without_escapes(input),
        Kind::AngleBrackets => Some(input.strip_prefix('<')?.strip_suffix('>')?.trim().to_owned()),
        Kind::UnlikelyByte | Kind::InvalidPort => {
            Some(input.trim_end_matches([',', ';']).to_owned())
        }
        Kind::MissingScheme => with_scheme(input),
        Kind::WebSocket => Some(format!("http{}", input.strip_prefix("ws")?)),
        Kind::NeverAnOrigin => {
            let (_, inner) = input.split_once(':')?;
            inner.contains("://").then(|| inner.to_owned())
        }
        Kind::File => matches!(&input[at..], "/" | "*" | "/*").then(|| input[..at].to_owned()),
        Kind::UpperCase => {
            let (scheme, authority) = input.split_once("://")?;
            let lower = scheme.to_ascii_lowercase();
            // The host of the scheme that is meant may have letters in upper case.
            let authority =
                if lower == scheme { authority.to_ascii_lowercase() } else { authority.to_owned() };
            Some(format!("{lower}://{authority}"))
        }
        Kind::Path => before_path(input, at),
        Kind::DefaultPort | Kind::EmptyPort | Kind::PortOfAnyHost => Some(input[..at].to_owned()),
        Kind::Backslash if at + 1 == input.len() => Some(input[..at].to_owned()),
        Kind::PortLeadingZero => {
            Some(format!("{}{}", &input[..at], input[at..].trim_start_matches('0')))
        }
        Kind::InvalidIpv4 => {
            let host = input[at..].split(':').next()?;
            Some(format!("{}{}{}", &input[..at], ipv4(host)?, &input[at + host.len()..]))
        }
        Kind::Ipv6NotCanonical => {
            let (before, rest) = input.split_once('[')?;
            let (address, behind) = rest.split_once(']')?;
            Some(format!("{before}[{}]{behind}", serialised(address.parse().ok()?)))
        }
        _ => None,
    }
}

/// The text in quotation marks, which may be escaped.
fn unquoted(text: &str) -> &str {
    text.trim_matches(|c: char| is_quote(c) || c == '\\' || c.is_whitespace())
}

/// What a regular expression says if all that is special in it are anchors, escapes, subdomains and
/// a port.
fn without_escapes(text: &str) -> Option<String> {
    let text = unquoted(text);
    let text = undelimited(text).unwrap_or(text);
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').unwrap_or(text).replace(r"\/", "/");
    let ports = ["(:[0-9]+)?", r"(:\d+)?", r"(\:\d+)?"];
    let port = ports.into_iter().find(|port| text.ends_with(port));
    let text = text.strip_suffix(port.unwrap_or_default())?;
    let text = text.strip_suffix(r"/?").unwrap_or(text);
    let text = text.replace(r"://.*\.", "://*.").replace(r"://.+\.", "://*.");
    // Any other of these is about what stands before it, and in a pattern would say something else.
    if text.replace("://*.", "").contains(['*', '?', '+']) {
        return None;
    }
    let text = text.replace(r"\.", ".").replace(r"\-", "-").replace(r"\:", ":");
    Some(if port.is_some() { format!("{text}:*") } else { text })
}

/// The origin of a URL.
fn before_path(input: &str, at: usize) -> Option<String> {
    let (before, path) = input.split_at(at);
    match path.strip_prefix('?') {
        // It may stand for one byte, or for none, of an origin that goes on.
        Some(behind) if behind.contains(['.', ':']) && !behind.contains('=') => return None,
        _ => {}
    }
    // A scheme written twice would be taken for a host.
    if before.ends_with(':') && path.starts_with("//") {
        let (first, second) = input.split_once("://")?;
        return second.strip_prefix(first)?.starts_with("://").then(|| second.to_owned());
    }
    Some(before.to_owned())
}

/// Loopback has `http`, and what is reached over the network `https`.
fn with_scheme(input: &str) -> Option<String> {
    let authority = input.split('/').next()?;
    let port = authority.rfind(':').filter(|&colon| !authority[colon..].contains(']'));
    let host = &authority[..port.unwrap_or(authority.len())];
    let loopback = host::is_loopback(host);
    let http = loopback || authority.ends_with(":80");
    let scheme = if http { "http" } else { "https" };
    let named = host.contains('.') && host.contains(|c: char| c.is_ascii_alphabetic());
    (loopback || named || host.contains('[')).then(|| format!("{scheme}://{input}"))
}

/// The address behind one of the notations that URLs allow: up to four numbers, each decimal, octal
/// or hexadecimal, the last of which fills what is left.
/// See the [IPv4 parser](https://url.spec.whatwg.org/#concept-ipv4-parser).
fn ipv4(host: &str) -> Option<Ipv4Addr> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let numbers: Vec<u32> = host
        .split('.')
        .map(|number| match (number.strip_prefix("0x"), number.strip_prefix('0')) {
            (Some(hexadecimal), _) => u32::from_str_radix(hexadecimal, 16).ok(),
            (None, Some(octal)) if !octal.is_empty() => u32::from_str_radix(octal, 8).ok(),
            _ => number.parse().ok(),
        })
        .collect::<Option<_>>()?;
    let (&last, leading) = numbers.split_last()?;
    if leading.len() > 3 || u64::from(last) >= 1 << (8 * (4 - leading.len())) {
        return None;
    }
    let mut address = last;
    for (i, &number) in leading.iter().enumerate() {
        address |= u32::from(u8::try_from(number).ok()?) << (24 - 8 * i);
    }
    Some(Ipv4Addr::from(address))
}

/// As the URL standard's [IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer) has
/// it. The standard library differs for addresses that stand for an IPv4 address.
fn serialised(address: Ipv6Addr) -> String {
    match (address.to_ipv4_mapped(), address.segments()) {
        (Some(_), [.., high, low]) => format!("::ffff:{high:x}:{low:x}"),
        _ => address.to_string(),
    }
}
