//! Why a text is not an origin pattern, where, and what to write instead.

use std::error::Error;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::host;
use super::pattern::OriginPattern;
use OriginPatternErrorKind as Kind;

/// Why a text is not an [`OriginPattern`].
///
/// Its [`Display`](fmt::Display) form names the input, the mistake, its place and, where one
/// exists, the corrected form.
///
/// ```
/// use tower_cors::OriginPattern;
///
/// let error = "https://a.example:443".parse::<OriginPattern>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "\"https://a.example:443\" is not an origin pattern: browsers leave out a scheme's default \
///      port (at byte 17); write \"https://a.example\"",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OriginPatternError {
    input: String,
    kind: OriginPatternErrorKind,
    position: usize,
}

/// What is wrong with an origin pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OriginPatternErrorKind {
    /// The text is empty.
    Empty,
    /// `*`, which covers every origin: [`Policy::allow_any_origin`](crate::Policy::allow_any_origin)
    /// is the way to say that.
    AnyOrigin,
    /// `null`, the serialisation of every opaque origin: anybody can produce it.
    Null,
    /// White space in the text or around it.
    Whitespace,
    /// Several origins in one text.
    Several,
    /// There is no `://`.
    MissingScheme,
    /// The scheme is not a letter followed by letters, digits, `+`, `-` and `.`.
    InvalidScheme,
    /// The scheme is longer than 64 bytes.
    SchemeTooLong,
    /// The scheme is `file`: browsers give files opaque origins.
    File,
    /// The scheme or the host has a letter in upper case.
    UpperCase,
    /// A user name or password before the host.
    UserInfo,
    /// A path (a slash is one), a query or a fragment behind the host.
    Path,
    /// A backslash, as in a regular expression. A pattern is none.
    Backslash,
    /// There is no host.
    EmptyHost,
    /// The host has letters outside ASCII.
    NonAsciiHost,
    /// The host has a byte that no host has.
    InvalidHost,
    /// A `*` elsewhere than in `*.` before a host and in `:*` behind it.
    MisplacedWildcard,
    /// Two dots in a row, or one before the host.
    EmptyLabel,
    /// A label of the host is longer than 63 bytes.
    LabelTooLong,
    /// The host, with two bytes for the shortest subdomain where there is a `*.`, is longer than
    /// 253 bytes.
    HostTooLong,
    /// An `xn--` label that does not decode.
    InvalidPunycode,
    /// The last label is a number, but the host is not an IPv4 address in dotted decimal.
    InvalidIpv4,
    /// What is in brackets is not an IPv6 address.
    InvalidIpv6,
    /// An IPv6 address that is not in brackets.
    Ipv6WithoutBrackets,
    /// The IPv6 address is not in its compressed form.
    Ipv6NotCanonical,
    /// An IPv6 address that stands for an IPv4 address.
    Ipv4MappedIpv6,
    /// An IPv6 address with a zone.
    Ipv6Zone,
    /// `*.` before an IP address.
    SubdomainsOfAddress,
    /// A colon without a port.
    EmptyPort,
    /// The port is not a decimal number.
    InvalidPort,
    /// The port is not in 1 to 65535.
    PortOutOfRange,
    /// The port starts with a zero.
    PortLeadingZero,
    /// The port is its scheme's default.
    DefaultPort,
}

impl OriginPatternError {
    pub(super) fn new(input: &str, kind: Kind, position: usize) -> Self {
        Self { input: input.to_owned(), kind, position }
    }

    /// The text, whole.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }

    /// What is wrong with it.
    #[must_use]
    pub fn kind(&self) -> OriginPatternErrorKind {
        self.kind
    }

    /// Where, counted in bytes from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// The pattern that was probably meant, where it follows from the text.
    #[must_use]
    pub fn corrected(&self) -> Option<String> {
        let mut candidate = correct(&self.input, self.kind, self.position)?;
        // A text can hold several mistakes; each kind of correction is needed at most once.
        for _ in 0..8 {
            match candidate.parse::<OriginPattern>() {
                Ok(pattern) => return Some(pattern.to_string()),
                Err(error) => candidate = correct(&candidate, error.kind, error.position)?,
            }
        }
        None
    }
}

impl OriginPatternError {
    /// What is wrong, with the input and the place.
    #[must_use]
    pub fn reason(&self) -> String {
        let Self { input, kind, position } = self;
        let place =
            if kind.is_of_the_whole() { String::new() } else { format!(" (at byte {position})") };
        format!("{input:?} is not an origin pattern: {}{place}", kind.message())
    }

    /// How to fix it, with the corrected form where there is one.
    #[must_use]
    pub fn fix(&self) -> String {
        match self.corrected() {
            Some(corrected) => format!("write {corrected:?}"),
            None => self.kind.mend().to_owned(),
        }
    }
}

impl fmt::Display for OriginPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.reason(), self.fix())
    }
}

impl Error for OriginPatternError {}

impl OriginPatternErrorKind {
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Empty => "it is empty",
            Self::AnyOrigin => "\"*\" is not one origin but all",
            Self::Null => "anybody can send the origin null, from a sandboxed frame",
            Self::Whitespace => "an origin has no white space",
            Self::Several => "it is more than one origin",
            Self::MissingScheme => "an origin starts with its scheme",
            Self::InvalidScheme => {
                "a scheme is a letter followed by letters, digits, \"+\", \"-\" and \".\""
            }
            Self::SchemeTooLong => "the scheme is longer than 64 bytes",
            Self::File => "browsers give files opaque origins, never file://",
            Self::UpperCase => "browsers send schemes and hosts in lower case",
            Self::UserInfo => "an origin has no user name or password",
            Self::Path => "an origin has no path, not even a slash",
            Self::Backslash => "an origin has no backslash, and a pattern is no regular expression",
            Self::EmptyHost => "the host is missing",
            Self::NonAsciiHost => "browsers send hosts in their ASCII form, with xn-- labels",
            Self::InvalidHost => "this byte has no place in a host",
            Self::MisplacedWildcard => {
                "\"*\" stands only for whole labels in front of a host, or for a port"
            }
            Self::EmptyLabel => "a label of the host is empty",
            Self::LabelTooLong => "a label of the host is longer than 63 bytes",
            Self::HostTooLong => "the host is longer than 253 bytes, or 251 behind \"*.\"",
            Self::InvalidPunycode => "this xn-- label does not decode",
            Self::InvalidIpv4 => {
                "a host that ends in a number must be an IPv4 address in dotted decimal"
            }
            Self::InvalidIpv6 => "this is not an IPv6 address",
            Self::Ipv6WithoutBrackets => "an IPv6 address stands in brackets",
            Self::Ipv6NotCanonical => "browsers send IPv6 addresses in their compressed form",
            Self::Ipv4MappedIpv6 => "this IPv6 address stands for an IPv4 address",
            Self::Ipv6Zone => "an origin's IPv6 address has no zone",
            Self::SubdomainsOfAddress => "an IP address has no subdomains",
            Self::EmptyPort => "there is no port behind the colon",
            Self::InvalidPort => "a port is a decimal number, or \"*\"",
            Self::PortOutOfRange => "a port is in 1 to 65535",
            Self::PortLeadingZero => "browsers send ports without leading zeros",
            Self::DefaultPort => "browsers leave out a scheme's default port",
        }
    }

    /// Whether the mistake is in no place in particular.
    const fn is_of_the_whole(self) -> bool {
        matches!(
            self,
            Self::Empty | Self::AnyOrigin | Self::Null | Self::MissingScheme | Self::File
        )
    }

    /// What to do where no corrected form follows from the text.
    const fn mend(self) -> &'static str {
        match self {
            Self::AnyOrigin => "start from Policy::allow_any_origin() to allow every origin",
            Self::Null => {
                "list the origins of the pages themselves, or see dangerously_allow_null_origin()"
            }
            Self::Whitespace => "remove it; each origin is an entry of its own",
            Self::Several => "make each origin an entry of its own",
            Self::InvalidScheme => "write the scheme, such as https; each is an entry of its own",
            Self::UserInfo => "leave it out, if the host behind the \"@\" is the one you mean",
            Self::EmptyLabel => {
                "leave out that dot, or write \"*.\" for all subdomains of the host"
            }
            Self::InvalidIpv4 => "write four numbers up to 255, such as 127.0.0.1",
            Self::InvalidIpv6 | Self::Ipv6WithoutBrackets => "write it as in \"http://[::1]:8080\"",
            Self::SchemeTooLong | Self::LabelTooLong | Self::HostTooLong => "shorten it",
            Self::File => "serve the page over HTTP and list that origin",
            Self::NonAsciiHost | Self::InvalidPunycode => {
                "copy what `location.origin` says in a browser's console on that page"
            }
            Self::MisplacedWildcard | Self::Backslash => {
                "write \"*.\" before the host for its subdomains, \":*\" behind it for any port, or \
                 use allow_origins_by() for anything else"
            }
            Self::Ipv6Zone => "leave out the zone",
            Self::Ipv6NotCanonical | Self::Ipv4MappedIpv6 => "list the IPv4 address",
            Self::SubdomainsOfAddress => "leave out the \"*.\"",
            Self::PortOutOfRange | Self::InvalidPort => {
                "write the port, or \"*\" for any, or leave it out for the scheme's default"
            }
            _ => "write scheme://host or scheme://host:port, such as \"https://app.example.com\"",
        }
    }
}

/// One step towards a pattern, for the kinds of mistake that have one.
fn correct(input: &str, kind: Kind, at: usize) -> Option<String> {
    match kind {
        Kind::Whitespace if input.trim() != input => Some(input.trim().to_owned()),
        Kind::MissingScheme => {
            let authority = input.split('/').next()?;
            let port = authority.rfind(':').filter(|&colon| !authority[colon..].contains(']'));
            let host = &authority[..port.unwrap_or(authority.len())];
            let loopback = host::is_loopback(host);
            let http = loopback || authority.ends_with(":80");
            let scheme = if http { "http" } else { "https" };
            let named = host.contains('.') && host.contains(|c: char| c.is_ascii_alphabetic());
            (loopback || named || host.contains('[')).then(|| format!("{scheme}://{input}"))
        }
        Kind::UpperCase => Some(input.to_ascii_lowercase()),
        Kind::Path | Kind::DefaultPort | Kind::EmptyPort => Some(input[..at].to_owned()),
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
            let address: Ipv6Addr = address.parse().ok()?;
            // One that stands for an IPv4 address is another origin than that.
            address.to_ipv4_mapped().is_none().then(|| format!("{before}[{address}]{behind}"))
        }
        _ => None,
    }
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
