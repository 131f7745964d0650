//! The notations of other tools, recognised in a text that is not an origin pattern.
//!
//! They are looked for after the strict parser has failed, because it would complain about the first
//! odd byte of a notation rather than name it. No pattern is refused for looking like one of them.

use std::net::IpAddr;

use super::pattern_error::{Fault, OriginPatternErrorKind as Kind};

/// Where a notation shows in a text, if it does.
type Find = fn(&str) -> Option<usize>;

/// What a text was written for in place of a pattern, and at which byte that shows. If it is none of
/// these notations, the parser's fault.
pub(super) fn recognise(text: &str, fault: Fault) -> Fault {
    if fault.0 == Kind::NeverAnOrigin {
        return fault; // a URL, in which most bytes may stand
    }
    // The more specific before those whose signs they share, such as commas.
    let notations: [(Kind, Find); 10] = [
        (Kind::Array, array),
        (Kind::SeveralPorts, several_ports),
        (Kind::AddressRange, address_range),
        (Kind::Variable, variable),
        (Kind::RegularExpression, regular_expression),
        (Kind::Alternatives, alternatives),
        (Kind::Several, several),
        (Kind::Quoted, |text| text.find(is_quote)),
        (Kind::AngleBrackets, |text| text.find(['<', '>'])),
        (Kind::Whitespace, |text| text.find(char::is_whitespace)),
    ];
    notations.into_iter().find_map(|(kind, find)| Some((kind, find(text)?))).unwrap_or(fault)
}

pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '\u{201c}'..='\u{201f}' | '\u{2018}'..='\u{201b}' | '«' | '»')
}

/// `["https://a.example"]`, or what splitting it at commas leaves. Without quotation marks it has to
/// have a scheme, because `[::1]` is an address.
fn array(text: &str) -> Option<usize> {
    let opened = text.starts_with('[');
    let within = text.contains("://") || text.contains(is_quote);
    let closed = text.ends_with(']') && text.starts_with(is_quote);
    (opened && within || closed || text == "[]").then_some(0)
}

/// `:8080,8081`, `:[8080,8081]`, `:8000-9000`: nothing but several numbers behind the colon.
fn several_ports(text: &str) -> Option<usize> {
    let authority = authority(text);
    let host = authority.find("]:").unwrap_or(0);
    let colon = host + authority[host..].find(':')?;
    let ports = &authority[colon + 1..];
    let separators = ['[', ']', '(', ')', '{', '}', ',', ';', '|', '-', '.', ' '];
    let only_numbers = ports.chars().all(|c| c.is_ascii_digit() || separators.contains(&c));
    let several = ports.split(separators).filter(|number| !number.is_empty()).count() > 1;
    (only_numbers && several).then(|| text.len() - ports.len())
}

/// `192.168.0.0/16`, `192.168.1.*`, `192.168.1.1-192.168.1.9`.
fn address_range(text: &str) -> Option<usize> {
    let authority = authority(text);
    let start = text.len() - authority.len();
    if let Some((address, bits)) = authority.split_once('/')
        && (1..=3).contains(&bits.len())
        && is_decimal(bits)
        && (address.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() || is_ipv4(address, false))
    {
        return Some(start + address.len());
    }
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if let Some((first, last)) = host.split_once('-')
        && is_ipv4(first, false)
        && is_ipv4(last, false)
    {
        return Some(start + first.len());
    }
    let star = host.find('*')?;
    is_ipv4(host, true).then_some(start + star)
}

/// Whether a text is the beginning of an IPv4 address, of two numbers or more, with `*` for some of
/// the later ones if there are wildcards.
fn is_ipv4(text: &str, wildcards: bool) -> bool {
    let mut parts = text.split('.');
    parts.next().is_some_and(is_decimal)
        && (1..4).contains(&parts.clone().count())
        && parts.all(|part| is_decimal(part) || wildcards && part == "*")
}

/// `${NAME}`, `$(NAME)`, `$NAME`, `{{name}}`, `{name}`, `%NAME%`.
fn variable(text: &str) -> Option<usize> {
    text.match_indices(['$', '{', '%']).map(|(at, _)| at).find(|&at| {
        match &text.as_bytes()[at..] {
            [b'$' | b'{', b'{', ..] => true,
            [b'$', b'(', ..] => is_name_before(&text[at + 2..], ')'),
            [b'$', letter, ..] => letter.is_ascii_alphabetic() || *letter == b'_',
            [b'{', ..] => is_name_before(&text[at + 1..], '}'),
            // What is percent-encoded is not a name.
            [b'%', a, b, b'%', ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => false,
            [b'%', ..] => is_name_before(&text[at + 1..], '%'),
            _ => false,
        }
    })
}

fn is_name_before(text: &str, close: char) -> bool {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-. ".contains(c));
    let first = text.trim_start().chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && behind.starts_with(close)
}

/// `^`, `$`, `\.`, `/.../`, `(a|b)`, `[a-z]`, `https?://`, `.*`. Braces alone are alternatives.
fn regular_expression(text: &str) -> Option<usize> {
    let start = text.len() - authority(text).len();
    let end = text.trim_end_matches(is_quote);
    let escape = |(at, _): (usize, &str)| {
        let escaped = text[at + 1..].chars().next();
        // A second backslash is no sign: somebody may write them for slashes.
        escaped.is_some_and(|c| {
            c.is_ascii_punctuation() && c != '\\' && !is_quote(c) || "bdswDSW".contains(c)
        })
    };
    let any = |text: &str| text.starts_with(".*") || text.starts_with(".+");
    let alternation = text.find('|').filter(|&bar| !text[bar..].contains("://"));
    [
        text.find(['^', '(', ')']),
        alternation,
        end.ends_with('$').then(|| end.len() - 1),
        text.match_indices('\\').find(|found| escape(*found)).map(|(at, _)| at),
        text.find("?://"),
        character_class(&text[start..]).map(|at| start + at),
        any(&text[start..]).then_some(start),
        undelimited(text).map(|_| 0),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// What stands between `/` and `/i`.
pub(super) fn undelimited(text: &str) -> Option<&str> {
    let (inner, flags) = text.strip_prefix('/')?.rsplit_once('/')?;
    let are_flags = flags.chars().all(|flag| "gimsuy".contains(flag));
    (are_flags && !inner.is_empty()).then_some(inner)
}

/// `[a-z]`, `[0-9]+`; an IPv6 address has colons.
fn character_class(authority: &str) -> Option<usize> {
    let (before, behind) = authority.split_once('[')?;
    let (class, behind) = behind.split_once(']')?;
    let repeated = behind.starts_with(['+', '*', '?', '{']);
    (!class.contains(':') && (class.contains('-') || repeated)).then_some(before.len())
}

/// `{a,b}`, `{1..3}`.
fn alternatives(text: &str) -> Option<usize> {
    let (before, behind) = text.split_once('{')?;
    let (within, _) = behind.split_once('}')?;
    (within.contains(',') || within.contains("..")).then_some(before.len())
}

/// What separates two entries: a comma, a semicolon, or white space or a bar before another scheme.
fn several(text: &str) -> Option<usize> {
    let separates = |c: char| matches!(c, ',' | ';' | '|') || c.is_whitespace();
    let entries = text.trim_end_matches(separates);
    let last_scheme = entries.rfind("://").unwrap_or(0);
    // What stands before is an entry, not a bullet or a key.
    let (mut is_named, mut last) = (false, ' ');
    for (at, c) in entries.char_indices() {
        if !separates(c) {
            is_named |= c.is_alphanumeric();
            last = c;
        } else if is_named && last != ':' && (at < last_scheme || matches!(c, ',' | ';')) {
            // Not a slip for the colon behind a scheme.
            return (!entries[at + c.len_utf8()..].starts_with("//")).then_some(at);
        }
    }
    None
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// What stands behind the scheme, if there is one.
fn authority(text: &str) -> &str {
    text.split_once("://").map_or(text, |(_, authority)| authority)
}

#[cfg(test)]
#[path = "notations_tests.rs"]
mod tests;
