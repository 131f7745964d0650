//! The table of what is said of each kind of mistake in an origin pattern.

use super::pattern_error::OriginPatternErrorKind;

/// What is said of a kind of mistake.
pub(super) struct Words {
    /// What is wrong.
    pub(super) wrong: &'static str,
    /// What to do where no corrected form follows from the text.
    pub(super) fix: &'static str,
    /// Whether the mistake is at one byte rather than in the whole text.
    pub(super) has_place: bool,
}

const EXAMPLE: &str =
    "write scheme://host or scheme://host:port, such as \"https://app.example.com\"";
const EACH: &str = "make each origin an entry of its own";
const WILDCARDS: &str = "write \"*.\" before a host for its subdomains, one \"*\" inside the first \
                         label for a part of it, \":*\" behind the host for any port, or use \
                         allow_origins_by() for anything else";
const LOCATION: &str = "copy what `location.origin` says in the console of a browser on that page";
const PORT: &str = "write the port, or \"*\" for any, or leave it out for the scheme's default";

impl OriginPatternErrorKind {
    #[expect(clippy::too_many_lines, reason = "a table, one row a kind")]
    pub(super) const fn words(self) -> Words {
        const fn whole(wrong: &'static str, fix: &'static str) -> Words {
            Words { wrong, fix, has_place: false }
        }
        const fn at(wrong: &'static str, fix: &'static str) -> Words {
            Words { wrong, fix, has_place: true }
        }
        match self {
            Self::Empty => whole("it is empty", EXAMPLE),
            Self::AnyOrigin => whole(
                "\"*\" is not one origin but all",
                "start from Policy::allow_any_origin() to allow every origin",
            ),
            Self::Null => whole(
                "anybody can send the origin null, from a sandboxed frame",
                "list the origins of the pages themselves, or see dangerously_allow_null_origin()",
            ),
            Self::Quoted => at("it has quotation marks in it", "leave them out"),
            Self::Array => at("it is an array in one string", EACH),
            Self::Several => at("it is more than one origin", EACH),
            Self::RegularExpression => at("a pattern is not a regular expression", WILDCARDS),
            Self::AddressRange => at(
                "a pattern has no range of addresses",
                "list each address, or use allow_origins_by() and look at the address there, such \
                 as with Ipv4Addr::is_private()",
            ),
            Self::SeveralPorts => at(
                "a pattern has one port, or \":*\" for any",
                "write one pattern for each port, or \":*\"",
            ),
            Self::Alternatives => {
                at("a pattern has no list of alternatives", "write one pattern for each of them")
            }
            Self::Variable => at(
                "this looks like a variable that was never replaced by its value",
                "find out why it was not, or write the value",
            ),
            Self::AngleBrackets => at(
                "it has angle brackets, which no origin has",
                "write what they stand for in their place",
            ),
            Self::Whitespace => {
                at("an origin has no white space", "remove it; each origin is an entry of its own")
            }
            Self::MissingScheme => whole("an origin starts with its scheme", EXAMPLE),
            Self::InvalidScheme => at(
                "a scheme is a letter followed by letters, digits, \"+\", \"-\" and \".\"",
                "write the scheme, such as https; each scheme is an entry of its own",
            ),
            Self::SchemeTooLong => at("the scheme is longer than 64 bytes", "shorten it"),
            Self::WebSocket => whole(
                "the handshake of a WebSocket carries the origin of its page, which starts with \
                 http or https",
                EXAMPLE,
            ),
            Self::NeverAnOrigin => whole(
                "no origin has this scheme",
                "list the origin of the page that sends the request, such as \
                 \"https://app.example.com\"",
            ),
            Self::File => at(
                "the origin of a file is \"file://\" or null, and never names the file",
                "write \"file://\" if every file may be allowed, or serve the page over HTTP and \
                 list that origin",
            ),
            Self::UpperCase => {
                at("browsers send schemes and domains in lower case", "write them in lower case")
            }
            Self::UserInfo => at(
                "an origin has no user name or password",
                "leave it out, if the host behind the \"@\" is the one you mean",
            ),
            Self::Path => at("an origin has no path, not even a slash", EXAMPLE),
            Self::Backslash => at("an origin has no backslash", EXAMPLE),
            Self::EmptyHost => at(
                "the host is missing",
                "write the host, or \"*\" for every host of a scheme that is not http or https",
            ),
            Self::NonAsciiHost => at("browsers send hosts in ASCII", LOCATION),
            Self::InvalidHost => at("no browser sends a host with this byte", LOCATION),
            Self::UnlikelyByte => at(
                "this byte in a host is most probably a slip",
                "leave it out, or use allow_origins_by() if the host really has it",
            ),
            Self::AnyHost => at(
                "\"*\" for every host would allow every website",
                "start from Policy::allow_any_origin() if every origin may be allowed, or use \
                 allow_origins_by() and look at the scheme there",
            ),
            Self::PortOfAnyHost => {
                at("\"*\" for every host of a scheme has no port", "leave out the port")
            }
            Self::MisplacedWildcard => at("there can be no \"*\" here", WILDCARDS),
            Self::WildcardBeforeName => at(
                "\"*\" at the start of a label is not followed by a letter or digit: \
                 \"*example.com\" would cover \"evilexample.com\"",
                "write \"*.\" before a host for its subdomains, or a hyphen behind the \"*\"",
            ),
            Self::WildcardWithoutParent => at(
                "a \"*\" inside a label needs a host behind that label",
                "write the host behind it, such as \"https://app-*.example.com\"",
            ),
            Self::WildcardInPunycode => at(
                "a label that begins with xn-- stands for another text, so a part of it means \
                 nothing",
                "write \"*.\" before the host behind that label, or list each host",
            ),
            Self::SubdomainsOfAddress => at(
                "a host that ends in a number is an IP address, which has no subdomains",
                "leave out the wildcard",
            ),
            Self::EmptyLabel => at(
                "a label of the host is empty",
                "leave out that dot, or write \"*.\" for all subdomains of the host",
            ),
            Self::TrailingHyphen => at(
                "nobody has a host that ends with a hyphen",
                "write the whole host; for hosts that begin like this, a \"*\" and the host behind \
                 it, such as \"https://app-*.example.com\"",
            ),
            Self::HostTooLong => at("the host is longer than 253 bytes", "shorten it"),
            Self::InvalidIpv4 => at(
                "a host that ends in a number must be an IPv4 address in dotted decimal",
                "write four numbers up to 255, such as 127.0.0.1",
            ),
            Self::InvalidIpv6 => {
                at("this is not an IPv6 address", "write it as in \"http://[::1]:8080\"")
            }
            Self::Ipv6WithoutBrackets => {
                at("an IPv6 address stands in brackets", "write it as in \"http://[::1]:8080\"")
            }
            Self::Ipv6NotCanonical => {
                at("browsers send IPv6 addresses in their compressed form", LOCATION)
            }
            Self::Ipv6Zone => at("an origin's IPv6 address has no zone", "leave out the zone"),
            Self::EmptyPort => at("there is no port behind the colon", PORT),
            Self::InvalidPort => at("a port is a decimal number, or \"*\"", PORT),
            Self::PortOutOfRange => at("a port is in 1 to 65535", PORT),
            Self::PortLeadingZero => at("browsers send ports without leading zeros", PORT),
            Self::DefaultPort => at("browsers leave out a scheme's default port", PORT),
        }
    }
}
