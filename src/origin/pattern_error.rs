//! Why a text is not an origin pattern, where, and how to fix it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// What is wrong, and at which byte.
pub(super) type Fault = (OriginPatternErrorKind, usize);

/// Why a text is not an [`OriginPattern`](super::OriginPattern).
///
/// Its [`Display`](fmt::Display) form names the input, the mistake, its place, and how to fix it.
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
/// assert_eq!(error.reason(), "browsers leave out a scheme's default port");
/// assert_eq!(error.corrected().as_deref(), Some("https://a.example"));
/// ```
///
/// # Every mistake
///
/// The order is that of [`OriginPatternErrorKind`]. Where a corrected form follows from the text, it
/// is what the message tells to write.
///
#[doc = include_str!("mistakes.md")]
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
    /// The text is empty, or nothing but white space.
    Empty,
    /// `*`, which covers every origin: [`Policy::allow_any_origin`](crate::Policy::allow_any_origin)
    /// is the way to say that.
    AnyOrigin,
    /// `null`, the serialisation of every opaque origin: anybody can produce it.
    Null,
    /// Quotation marks around the text or in it.
    Quoted,
    /// An array, as in JSON.
    Array,
    /// Several origins in one text.
    Several,
    /// A regular expression.
    RegularExpression,
    /// A range of IP addresses: `192.168.0.0/16`, `192.168.1.*`.
    AddressRange,
    /// A list or a range of ports.
    SeveralPorts,
    /// `{a,b}`, as shells expand it.
    Alternatives,
    /// A variable that nobody expanded: `${NAME}`, `$NAME`, `{{name}}`, `%NAME%`, `{name}`.
    Variable,
    /// Angle brackets, around the text or around a word that stands for something.
    AngleBrackets,
    /// White space within the text.
    Whitespace,
    /// There is no `://`.
    MissingScheme,
    /// The scheme is not a letter followed by letters, digits, `+`, `-` and `.`.
    InvalidScheme,
    /// The scheme is longer than 64 bytes.
    SchemeTooLong,
    /// The scheme is `ws` or `wss`: the handshake of a WebSocket carries the origin of its page.
    WebSocket,
    /// No origin has this scheme.
    NeverAnOrigin,
    /// Text behind `file://`.
    File,
    /// The scheme or the host has a letter in upper case.
    UpperCase,
    /// A user name or password before the host.
    UserInfo,
    /// A path (a slash is one), a query or a fragment behind the host.
    Path,
    /// A backslash.
    Backslash,
    /// There is no host.
    EmptyHost,
    /// The host has letters outside ASCII.
    NonAsciiHost,
    /// The host has a byte that no host has.
    InvalidHost,
    /// The host has a byte that a browser might send, but that is most probably a slip.
    UnlikelyByte,
    /// `*` for every host of `http`, `https` or another special scheme.
    AnyHost,
    /// A port behind the `*` that stands for every host of a scheme.
    PortOfAnyHost,
    /// A `*` where none can be, or a second one.
    MisplacedWildcard,
    /// A label that begins with `*` and goes on with a letter or digit, as in `*example.com`.
    WildcardBeforeName,
    /// A `*` inside a label that has no host behind it.
    WildcardWithoutParent,
    /// A `*` inside a label that begins with `xn--`.
    WildcardInPunycode,
    /// A wildcard before an IP address.
    SubdomainsOfAddress,
    /// Two dots in a row, or one before the host.
    EmptyLabel,
    /// The host ends with a hyphen.
    TrailingHyphen,
    /// The host is longer than 253 bytes. A wildcard counts as what is written.
    HostTooLong,
    /// The last label is a number, but the host is not an IPv4 address in dotted decimal.
    InvalidIpv4,
    /// What is in brackets is not an IPv6 address.
    InvalidIpv6,
    /// An IPv6 address that is not in brackets.
    Ipv6WithoutBrackets,
    /// The IPv6 address is not in its compressed form.
    Ipv6NotCanonical,
    /// An IPv6 address with a zone.
    Ipv6Zone,
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
    pub(super) fn new(input: &str, (kind, position): Fault) -> Self {
        Self { input: input.to_owned(), kind, position }
    }

    /// The text, whole. The [`Display`](fmt::Display) form cuts a long one.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }

    /// What is wrong with it.
    #[must_use]
    pub fn kind(&self) -> OriginPatternErrorKind {
        self.kind
    }

    /// Where, counted in bytes of the [input](Self::input) from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// What is wrong, without the input, the place and the fix.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.kind.words().wrong
    }

    /// How to fix it. For some kinds this names methods of this crate; a program whose users write
    /// patterns into its own settings says it in their terms, by [`kind`](Self::kind) and
    /// [`corrected`](Self::corrected).
    #[must_use]
    pub fn fix(&self) -> Cow<'static, str> {
        match self.corrected() {
            Some(corrected) => Cow::Owned(format!("write {corrected:?}")),
            None => Cow::Borrowed(self.kind.words().fix),
        }
    }

    /// The input, what is wrong with it, and where.
    pub(crate) fn without_fix(&self) -> String {
        let place = if self.kind.words().has_place {
            format!(" (at byte {})", self.position)
        } else {
            String::new()
        };
        format!("{} is not an origin pattern: {}{place}", Quoted(&self.input), self.reason())
    }
}

impl fmt::Display for OriginPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.without_fix(), self.fix())
    }
}

impl Error for OriginPatternError {}

/// Text from settings, quoted in a message. What is longer than any pattern is cut.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

/// Longest text that is quoted whole: no pattern is longer.
const MAX_QUOTED_BYTES: usize = super::MAX_ORIGIN_BYTES;

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() <= MAX_QUOTED_BYTES {
            return write!(f, "{:?}", self.0);
        }
        let start: String = self.0.chars().take(60).collect();
        write!(f, "{start:?}... ({} bytes)", self.0.len())
    }
}

#[cfg(test)]
#[path = "pattern_error_tests.rs"]
mod tests;
