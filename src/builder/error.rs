//! [`BuildError`]: all mistakes of a policy at once. [`ConfigError`]: one of them.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::fetch::MAX_AGE_SECONDS;
use crate::origin::{OriginPattern, OriginPatternError};

/// All mistakes that [`build`](crate::PolicyBuilder::build) found in a policy.
///
/// They come in this order: rule by rule; within a rule origins, credentials, methods, request
/// headers, response headers, max-age; within a setting in the order in which its entries were
/// given; at the end the rules that no request reaches.
///
/// ```
/// use tower_cors::Policy;
///
/// let error = Policy::allow_origins(["https://app.example.com/"])
///     .allow_headers(["x-csrf-token", "cookie"])
///     .build()
///     .unwrap_err();
/// assert_eq!(error.mistakes().map(|mistake| mistake.code()).collect::<Vec<_>>(), [
///     "invalid-origin",
///     "forbidden-request-header",
/// ]);
/// println!("{error}");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError {
    /// Never empty.
    mistakes: Vec<ConfigError>,
}

impl BuildError {
    /// `Err` if there is any mistake.
    pub(crate) fn check(mistakes: Vec<ConfigError>) -> Result<(), Self> {
        if mistakes.is_empty() { Ok(()) } else { Err(Self { mistakes }) }
    }

    /// The mistakes, one at least, in the order that the type's documentation states.
    #[must_use]
    pub fn mistakes(&self) -> impl ExactSizeIterator<Item = &ConfigError> {
        self.mistakes.iter()
    }
}

impl IntoIterator for BuildError {
    type Item = ConfigError;
    type IntoIter = std::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.mistakes.into_iter()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.mistakes.len() == 1 { "" } else { "s" };
        write!(f, "{} mistake{plural} in the CORS policy:", self.mistakes.len())?;
        for (index, mistake) in self.mistakes.iter().enumerate() {
            write!(f, "\n  {}. {mistake} [{}]", index + 1, mistake.code())?;
        }
        Ok(())
    }
}

impl fmt::Debug for BuildError {
    /// As [`Display`](fmt::Display): `unwrap` and a `main` that returns the error print this form,
    /// and there, too, somebody wants to know what to mend.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for BuildError {}

/// Where in a policy a mistake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) rule: usize,
    /// How many rules the policy has.
    pub(crate) rules: usize,
    pub(crate) setter: Option<&'static str>,
    pub(crate) entry: Option<usize>,
}

impl Place {
    /// The index of the rule, from 0.
    #[must_use]
    pub fn rule(&self) -> usize {
        self.rule
    }

    /// The name of the setter, such as `allow_origins`. `None` where the mistake is the rule.
    #[must_use]
    pub fn setter(&self) -> Option<&'static str> {
        self.setter
    }

    /// The index of the entry, from 0, counted over all calls of the setter on this rule. `None`
    /// where the mistake is not in one entry.
    #[must_use]
    pub fn entry(&self) -> Option<usize> {
        self.entry
    }
}

impl fmt::Display for Place {
    /// Such as `allow_origins[2]`, and with several rules, `rules[1].allow_origins[2]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rules > 1 {
            write!(f, "rules[{}]", self.rule)?;
        }
        if let Some(setter) = self.setter {
            let dot = if self.rules > 1 { "." } else { "" };
            write!(f, "{dot}{setter}")?;
        }
        match self.entry {
            Some(entry) => write!(f, "[{entry}]"),
            None => Ok(()),
        }
    }
}

/// One mistake in a policy.
///
/// Its [`Display`](fmt::Display) form names the place, the input, what is wrong with it, and the
/// mend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// An entry of `allow_origins` is no origin pattern.
    InvalidOrigin {
        /// Where it is.
        place: Place,
        /// The input, and what is wrong with it.
        error: OriginPatternError,
    },
    /// A rule allows no origin at all, so it would never apply.
    NoOrigins {
        /// Where it is.
        place: Place,
    },
    /// `http://` with credentials: whoever can change what the network delivers can speak for that
    /// origin.
    InsecureOriginWithCredentials {
        /// Where it is.
        place: Place,
        /// The pattern.
        pattern: OriginPattern,
    },
    /// `*.` over a [public suffix](https://publicsuffix.org/) with credentials: anybody can
    /// register a name that it covers.
    PublicSuffixWithCredentials {
        /// Where it is.
        place: Place,
        /// The pattern.
        pattern: OriginPattern,
    },
    /// More than 64 patterns with a `*` inside a label, below one host, scheme and port.
    TooManyPartsOfLabels {
        /// Where it is.
        place: Place,
        /// The pattern for which there is no room.
        pattern: OriginPattern,
    },
    /// `null` with credentials: any page can make itself a frame with that origin.
    NullOriginWithCredentials {
        /// Where it is.
        place: Place,
    },
    /// The text is not a method.
    InvalidMethod {
        /// Where it is.
        place: Place,
        /// The text.
        input: String,
    },
    /// A [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method): no script can use it.
    ForbiddenMethod {
        /// Where it is.
        place: Place,
        /// The method.
        method: String,
    },
    /// A method that browsers send in upper case only, so this one would never match.
    UnnormalizedMethod {
        /// Where it is.
        place: Place,
        /// The method.
        method: String,
        /// What browsers send.
        normalized: String,
    },
    /// The text is not a header name.
    InvalidHeaderName {
        /// Where it is.
        place: Place,
        /// The text.
        input: String,
    },
    /// A [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header): no
    /// script can set it, so no preflight asks for it.
    ForbiddenRequestHeader {
        /// Where it is.
        place: Place,
        /// The name.
        name: String,
    },
    /// A response header of the CORS protocol among the request headers.
    MisplacedRequestHeader {
        /// Where it is.
        place: Place,
        /// The name.
        name: String,
    },
    /// A [forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name):
    /// no script can read it, exposed or not.
    ForbiddenResponseHeader {
        /// Where it is.
        place: Place,
        /// The name.
        name: String,
    },
    /// A request header of the CORS protocol, or one that only a preflight's answer carries, among
    /// the response headers to expose.
    MisplacedResponseHeader {
        /// Where it is.
        place: Place,
        /// The name.
        name: String,
    },
    /// `*` in a list of methods or header names.
    Wildcard {
        /// Where it is.
        place: Place,
        /// The setter that says what `*` was to say.
        mend: &'static str,
    },
    /// Exposing any response header with credentials: browsers then take `*` for a name.
    ExposeAnyWithCredentials {
        /// Where it is.
        place: Place,
    },
    /// A `max_age` of more than 86400 seconds, the largest cap of any browser.
    MaxAgeTooLong {
        /// Where it is.
        place: Place,
        /// The duration.
        max_age: Duration,
    },
    /// A `max_age` with a fraction of a second, which the header cannot express.
    MaxAgeNotWholeSeconds {
        /// Where it is.
        place: Place,
        /// The duration.
        max_age: Duration,
    },
    /// Two different values of `max_age` in one rule.
    MaxAgeConflict {
        /// Where it is.
        place: Place,
        /// The value given first.
        first: Duration,
        /// The other value.
        second: Duration,
    },
    /// A rule that governs no request, because earlier rules cover all its origins.
    UnreachableRule {
        /// Where it is.
        place: Place,
    },
}

impl ConfigError {
    /// A short name of the kind of mistake. It stays the same from release to release.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidOrigin { .. } => "invalid-origin",
            Self::NoOrigins { .. } => "no-origins",
            Self::InsecureOriginWithCredentials { .. } => "insecure-origin-with-credentials",
            Self::PublicSuffixWithCredentials { .. } => "public-suffix-with-credentials",
            Self::TooManyPartsOfLabels { .. } => "too-many-parts-of-labels",
            Self::NullOriginWithCredentials { .. } => "null-origin-with-credentials",
            Self::InvalidMethod { .. } => "invalid-method",
            Self::ForbiddenMethod { .. } => "forbidden-method",
            Self::UnnormalizedMethod { .. } => "unnormalized-method",
            Self::InvalidHeaderName { .. } => "invalid-header-name",
            Self::ForbiddenRequestHeader { .. } => "forbidden-request-header",
            Self::MisplacedRequestHeader { .. } => "misplaced-request-header",
            Self::ForbiddenResponseHeader { .. } => "forbidden-response-header",
            Self::MisplacedResponseHeader { .. } => "misplaced-response-header",
            Self::Wildcard { .. } => "wildcard",
            Self::ExposeAnyWithCredentials { .. } => "expose-any-with-credentials",
            Self::MaxAgeTooLong { .. } => "max-age-too-long",
            Self::MaxAgeNotWholeSeconds { .. } => "max-age-not-whole-seconds",
            Self::MaxAgeConflict { .. } => "max-age-conflict",
            Self::UnreachableRule { .. } => "unreachable-rule",
        }
    }

    /// Where the mistake is.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::InvalidOrigin { place, .. }
            | Self::NoOrigins { place }
            | Self::InsecureOriginWithCredentials { place, .. }
            | Self::PublicSuffixWithCredentials { place, .. }
            | Self::TooManyPartsOfLabels { place, .. }
            | Self::NullOriginWithCredentials { place }
            | Self::InvalidMethod { place, .. }
            | Self::ForbiddenMethod { place, .. }
            | Self::UnnormalizedMethod { place, .. }
            | Self::InvalidHeaderName { place, .. }
            | Self::ForbiddenRequestHeader { place, .. }
            | Self::MisplacedRequestHeader { place, .. }
            | Self::ForbiddenResponseHeader { place, .. }
            | Self::MisplacedResponseHeader { place, .. }
            | Self::Wildcard { place, .. }
            | Self::ExposeAnyWithCredentials { place }
            | Self::MaxAgeTooLong { place, .. }
            | Self::MaxAgeNotWholeSeconds { place, .. }
            | Self::MaxAgeConflict { place, .. }
            | Self::UnreachableRule { place } => place,
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place())?;
        match self {
            Self::InvalidOrigin { error, .. } => error.fmt(f),
            Self::NoOrigins { .. } => f.write_str(
                "no origin is given, so the rule would never apply; list one, or use \
                 Policy::disabled() for no CORS handling at all",
            ),
            Self::InsecureOriginWithCredentials { pattern, .. } => write!(
                f,
                "\"{pattern}\" with credentials lets whoever can change what the network delivers \
                 act for that origin's visitors; serve the page over https:// and list that, or \
                 call dangerously_allow_insecure_origins()",
            ),
            Self::PublicSuffixWithCredentials { pattern, .. } => write!(
                f,
                "\"{pattern}\" with credentials lets anybody who registers a name below \"{}\" act \
                 for that name's visitors; put your own domain behind the \"*.\", or call \
                 dangerously_allow_public_wildcards()",
                pattern.host(),
            ),
            Self::TooManyPartsOfLabels { pattern, .. } => write!(
                f,
                "\"{pattern}\" is one more than 64 patterns with a \"*\" inside a label below \"{}\"; \
                 write fewer and wider ones, or use allow_origins_by()",
                pattern.host(),
            ),
            Self::NullOriginWithCredentials { .. } => f.write_str(
                "any page can open a frame whose origin is null, and so act for its visitors; \
                 leave out either this or allow_credentials()",
            ),
            Self::InvalidMethod { input, .. } => {
                write!(
                    f,
                    "{input:?} is not a method; write one as in a request, such as \"PUT\", and \
                     each as an entry of its own",
                )
            }
            Self::ForbiddenMethod { method, .. } => {
                write!(f, "no browser lets a script use the method {method:?}; leave it out")
            }
            Self::UnnormalizedMethod { method, normalized, .. } => write!(
                f,
                "{method:?} never matches, for browsers send this method as {normalized:?}; write \
                 {normalized:?}",
            ),
            Self::InvalidHeaderName { input, .. } => write!(
                f,
                "{input:?} is not a header name; write one, such as \"x-request-id\", and each as \
                 an entry of its own",
            ),
            Self::ForbiddenRequestHeader { name, .. } => write!(
                f,
                "no browser lets a script set the request header {name:?}, so none asks for it; \
                 leave it out",
            ),
            Self::MisplacedRequestHeader { name, .. } => write!(
                f,
                "{name:?} is a header of responses, and has no place in a request; leave it out",
            ),
            Self::ForbiddenResponseHeader { name, .. } => write!(
                f,
                "no browser lets a script read the response header {name:?}; leave it out",
            ),
            Self::MisplacedResponseHeader { name, .. } => write!(
                f,
                "{name:?} belongs in requests, or in answers to preflights, which no script sees; \
                 leave it out",
            ),
            Self::Wildcard { mend, .. } => {
                write!(f, "\"*\" is not one name but all; use {mend}() instead")
            }
            Self::ExposeAnyWithCredentials { .. } => f.write_str(
                "with credentials browsers take \"*\" for the name of a header; name the headers \
                 with expose_headers()",
            ),
            Self::MaxAgeTooLong { max_age, .. } => write!(
                f,
                "{} s is longer than any browser keeps a preflight's answer; write at most \
                 {MAX_AGE_SECONDS} s (Firefox keeps it that long, Chromium 7200 s, WebKit 600 s)",
                max_age.as_secs(),
            ),
            Self::MaxAgeNotWholeSeconds { max_age, .. } => {
                write!(f, "{max_age:?} is not a whole number of seconds; round it")
            }
            Self::MaxAgeConflict { first, second, .. } => write!(
                f,
                "{second:?} contradicts {first:?}, which was set before; set only one of them",
            ),
            Self::UnreachableRule { .. } => f.write_str(
                "earlier rules cover every origin of this one, so it would never apply; move it \
                 before them, or leave it out",
            ),
        }
    }
}

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        None // what lies behind is part of the message already
    }
}
