//! [`ConfigErrorKind`]: what can be wrong with the settings of a policy, and the words for it.
//!
//! A new kind of mistake is a variant here and an arm in [`ConfigErrorKind::words`].

use std::borrow::Cow;
use std::time::Duration;

use super::name_fix::name_fix;
use super::place::Place;
use crate::fetch::{self, MAX_AGE_SECONDS};
use crate::origin::{OriginPattern, OriginPatternError, Quoted};

/// What a [`ConfigError`](crate::ConfigError) is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// An entry of `allow_origins` is not an origin pattern.
    #[non_exhaustive]
    InvalidOrigin {
        /// The input, and what is wrong with it.
        error: OriginPatternError,
    },
    /// An entry is empty, or nothing but white space.
    EmptyEntry,
    /// A `"*"` that does not stand alone where it should, so that it is unclear what is meant.
    WildcardAmongOthers,
    /// `"*"` in a list that a builder was given. A builder has a setter that says the same.
    #[non_exhaustive]
    Wildcard {
        /// The setter.
        setter: &'static str,
    },
    /// A rule allows no origin.
    NoOrigins,
    /// There is no rule.
    NoRules,
    /// The settings were read back from a policy with closures, which plain data cannot have.
    #[non_exhaustive]
    ClosuresReadBack {
        /// How many the rule had.
        closures: usize,
    },
    /// Any origin with credentials, which browsers refuse.
    AnyOriginWithCredentials,
    /// `http://` or `file://` with credentials: others can put their own words into such pages.
    #[non_exhaustive]
    InsecureOriginWithCredentials {
        /// The pattern.
        pattern: OriginPattern,
    },
    /// A wildcard with credentials that covers what anybody can have: a name below a [public
    /// suffix](https://publicsuffix.org/), or an origin of the scheme.
    #[non_exhaustive]
    PublicWildcardWithCredentials {
        /// The pattern.
        pattern: OriginPattern,
    },
    /// More than 64 patterns with a `*` inside a label, below one host, scheme and port, over all
    /// rules: each of them may have to be tried for a request.
    #[non_exhaustive]
    TooManyPartsOfLabels {
        /// The first pattern for which there is no room.
        pattern: OriginPattern,
    },
    /// `null` with credentials: any page can make itself a frame with that origin.
    NullOriginWithCredentials,
    /// A closure with credentials that allows an origin which cannot exist.
    ClosureAllowsAnyOrigin,
    /// The text is not a method.
    #[non_exhaustive]
    InvalidMethod {
        /// The text.
        input: String,
    },
    /// The text could be a method, but has a byte of a notation that Fetch does not know.
    #[non_exhaustive]
    ImplausibleMethod {
        /// The text.
        input: String,
    },
    /// A [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method): no script can use it.
    #[non_exhaustive]
    ForbiddenMethod {
        /// The method.
        method: String,
    },
    /// A method that browsers send in upper case only, so this one would never match.
    #[non_exhaustive]
    UnnormalizedMethod {
        /// The method.
        method: String,
        /// What browsers send.
        normalized: String,
    },
    /// A method in lower case that browsers send as it is, so that it does not allow the method
    /// that services usually have.
    #[non_exhaustive]
    LowerCaseMethod {
        /// The method.
        method: String,
        /// The method that was probably meant.
        upper_case: String,
    },
    /// A [CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method), which is
    /// always allowed.
    #[non_exhaustive]
    SafelistedMethod {
        /// The method.
        method: String,
    },
    /// The text is not a header name.
    #[non_exhaustive]
    InvalidHeaderName {
        /// The text.
        input: String,
    },
    /// The text could be a header name, but has a byte of a notation that Fetch does not know.
    #[non_exhaustive]
    ImplausibleHeaderName {
        /// The text.
        input: String,
    },
    /// A [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header): no
    /// script can set it, so no preflight asks for it.
    #[non_exhaustive]
    ForbiddenRequestHeader {
        /// The name.
        name: String,
    },
    /// A response header of the CORS protocol among the request headers.
    #[non_exhaustive]
    MisplacedRequestHeader {
        /// The name.
        name: String,
    },
    /// A [forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name):
    /// no script can read it, exposed or not.
    #[non_exhaustive]
    ForbiddenResponseHeader {
        /// The name.
        name: String,
    },
    /// A request header of the CORS protocol, or one that only a preflight's answer carries, among
    /// the response headers to expose.
    #[non_exhaustive]
    MisplacedResponseHeader {
        /// The name.
        name: String,
    },
    /// A [CORS-safelisted response-header
    /// name](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name), which scripts can
    /// always read.
    #[non_exhaustive]
    SafelistedResponseHeader {
        /// The name.
        name: String,
    },
    /// Exposing any response header with credentials: browsers then take `*` for a name.
    ExposeAnyWithCredentials,
    /// A `max_age` of more than 86400 seconds, the largest cap of any browser.
    #[non_exhaustive]
    MaxAgeTooLong {
        /// The duration.
        max_age: Duration,
    },
    /// A `max_age` with a fraction of a second, which the header cannot express.
    #[non_exhaustive]
    MaxAgeNotWholeSeconds {
        /// The duration.
        max_age: Duration,
    },
    /// Two different values of `max_age` in one rule.
    #[non_exhaustive]
    MaxAgeConflict {
        /// The value given first.
        first: Duration,
        /// The other value.
        second: Duration,
    },
    /// An entry of [`own_hosts`](crate::CorsLayer::own_hosts) is not a host.
    #[non_exhaustive]
    InvalidHost {
        /// The text.
        input: String,
        /// What is wrong with it.
        reason: &'static str,
        /// The corrected form, if it follows from the text.
        corrected: Option<String>,
    },
    /// [`own_hosts`](crate::CorsLayer::own_hosts) without a host: every request would be rejected.
    NoHosts,
    /// A rule that governs no request, because earlier rules cover all its origins.
    UnreachableRule,
    /// A part of a rule that governs no request, because an earlier rule covers it.
    #[non_exhaustive]
    UnreachableOrigin {
        /// The part: a pattern, `null` or `closures`.
        origin: String,
        /// What of the earlier rule covers it: a pattern, `null` or `any origin`.
        covered_by: String,
        /// The index of the earlier rule.
        covered_by_rule: usize,
    },
}

/// What becomes of a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// `build` says nothing, and only `build_with_warnings` mentions it.
    Remark,
    /// `build` refuses it, and `build_with_warnings` leaves it out or caps it.
    Harmless,
    /// Both refuse it.
    Error,
}

/// All that is said of a mistake.
pub(super) struct Words {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) reason: Cow<'static, str>,
    pub(super) fix: Cow<'static, str>,
}

impl ConfigErrorKind {
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    pub(super) fn words(&self, place: &Place) -> Words {
        use Severity::{Error, Harmless, Remark};
        let wording = place.wording;
        match self {
            Self::InvalidOrigin { error } => {
                words("invalid-origin", Error, error.without_fix(), error.fix())
            }
            Self::EmptyEntry => {
                words("empty-entry", Harmless, "the entry is empty", "leave it out")
            }
            Self::WildcardAmongOthers => words(
                "wildcard-among-others",
                Error,
                "\"*\" stands for all, and here it stands beside others",
                "leave out the \"*\", or everything else",
            ),
            Self::Wildcard { setter } => words(
                "wildcard",
                Error,
                "\"*\" cannot stand in a list",
                format!("to allow all of them, call {setter}()"),
            ),
            Self::NoOrigins => words(
                "no-origins",
                Harmless,
                "no origin is given, so the rule allows nobody",
                "list one, or use Policy::deny_all() if nobody is to be allowed",
            ),
            Self::NoRules => words(
                "no-rules",
                Harmless,
                "there is no rule, so nobody is allowed",
                "add one, or use Policy::deny_all() if nobody is to be allowed",
            ),
            Self::ClosuresReadBack { closures } => words(
                "closures-read-back",
                Error,
                format!("the rule had closures ({closures}), which plain data cannot have"),
                "build the rule again with PolicyBuilder::allow_origins_by(), or list the origins \
                 in a rule of your own",
            ),
            Self::AnyOriginWithCredentials => words(
                "any-origin-with-credentials",
                Error,
                "browsers refuse \"*\" for requests with credentials",
                "list the origins that may send credentials, or leave out allow_credentials; to let \
                 every page act for its visitors, set dangerously_mirror_any_origin to true in \
                 place of \"*\"",
            ),
            Self::InsecureOriginWithCredentials { pattern } if pattern.scheme() == "file" => words(
                "insecure-origin-with-credentials",
                Error,
                format!(
                    "\"{pattern}\" with credentials lets every file that a visitor opens act for the visitor"
                ),
                format!(
                    "leave it out, or {}",
                    wording.switch_on("dangerously_allow_insecure_origins"),
                ),
            ),
            Self::InsecureOriginWithCredentials { pattern } => words(
                "insecure-origin-with-credentials",
                Error,
                format!(
                    "\"{pattern}\" with credentials lets an attacker on the network act for that \
                     origin's visitors",
                ),
                format!(
                    "serve the page over https:// and list that, or {}",
                    wording.switch_on("dangerously_allow_insecure_origins"),
                ),
            ),
            Self::PublicWildcardWithCredentials { pattern } if pattern.covers_any_host() => words(
                "public-wildcard-with-credentials",
                Error,
                format!(
                    "\"{pattern}\" with credentials lets anybody whose page or extension has that \
                     scheme act for its users",
                ),
                format!(
                    "list the origins that you trust, or {}",
                    wording.switch_on("dangerously_allow_public_wildcards"),
                ),
            ),
            Self::PublicWildcardWithCredentials { pattern } => words(
                "public-wildcard-with-credentials",
                Error,
                format!(
                    "\"{pattern}\" with credentials lets anybody who registers a name that it covers \
                     act for that name's visitors",
                ),
                format!(
                    "put a domain of your own behind the \"*\", or {}",
                    wording.switch_on("dangerously_allow_public_wildcards"),
                ),
            ),
            Self::TooManyPartsOfLabels { pattern } => words(
                "too-many-parts-of-labels",
                Error,
                format!(
                    "\"{pattern}\" is one more than 64 patterns with a \"*\" inside a label below \
                     \"{}\"",
                    pattern.host(),
                ),
                "write fewer and wider ones, or use allow_origins_by()",
            ),
            Self::NullOriginWithCredentials => words(
                "null-origin-with-credentials",
                Error,
                "any page can open a frame whose origin is null, and so act for its visitors",
                format!("leave out either this or {}", wording.name("allow_credentials")),
            ),
            Self::ClosureAllowsAnyOrigin => words(
                "closure-allows-any-origin",
                Error,
                "the closure allows even https://tower-cors-probe.invalid, so with credentials \
                 every page could act for its visitors",
                "compare the origin with those that you trust, or start from \
                 Policy::dangerously_mirror_any_origin() if every page is meant",
            ),
            Self::InvalidMethod { input } => words(
                "invalid-method",
                Error,
                format!("{} is not a method", quoted(input)),
                name_fix(input, "allow_methods", wording),
            ),
            Self::ImplausibleMethod { input } => words(
                "implausible-method",
                Error,
                format!("{} is taken literally, and nobody sends such a method", quoted(input)),
                name_fix(input, "allow_methods", wording),
            ),
            Self::ForbiddenMethod { method } => words(
                "forbidden-method",
                Harmless,
                format!("no browser lets a script use the method {}", quoted(method)),
                "leave it out",
            ),
            Self::UnnormalizedMethod { method, normalized }
                if fetch::is_safelisted_method(normalized.as_bytes()) =>
            {
                words(
                    "unnormalized-method",
                    Harmless,
                    format!("browsers send {method:?} as {normalized:?}, which is always allowed"),
                    "leave it out",
                )
            }
            Self::UnnormalizedMethod { method, normalized } => words(
                "unnormalized-method",
                Harmless,
                format!(
                    "{method:?} never matches, because browsers send this method as {normalized:?}",
                ),
                format!("write {normalized:?}"),
            ),
            Self::LowerCaseMethod { method, upper_case } => words(
                "lower-case-method",
                Remark,
                format!(
                    "browsers send {} as it is, and do not take it for {}",
                    quoted(method),
                    quoted(upper_case),
                ),
                format!("write {} if that is meant", quoted(upper_case)),
            ),
            Self::SafelistedMethod { method } => words(
                "safelisted-method",
                Remark,
                format!("{method:?} is always allowed"),
                "leave it out",
            ),
            Self::InvalidHeaderName { input } => words(
                "invalid-header-name",
                Error,
                format!("{} is not a header name", quoted(input)),
                name_fix(input, place.setter.unwrap_or_default(), wording),
            ),
            Self::ImplausibleHeaderName { input } => words(
                "implausible-header-name",
                Error,
                format!("{} is taken literally, and nobody sends such a header", quoted(input)),
                name_fix(input, place.setter.unwrap_or_default(), wording),
            ),
            Self::ForbiddenRequestHeader { name } => words(
                "forbidden-request-header",
                Harmless,
                format!(
                    "no browser lets a script set the request header {}, so none asks for it",
                    quoted(name),
                ),
                "leave it out",
            ),
            Self::MisplacedRequestHeader { name } => words(
                "misplaced-request-header",
                Harmless,
                format!("{name:?} is a header of responses, and no request has it"),
                "leave it out",
            ),
            Self::ForbiddenResponseHeader { name } => words(
                "forbidden-response-header",
                Harmless,
                format!("no browser lets a script read the response header {name:?}"),
                "leave it out",
            ),
            Self::MisplacedResponseHeader { name } => words(
                "misplaced-response-header",
                Harmless,
                format!(
                    "{name:?} belongs in requests, or in answers to preflights, which no script sees",
                ),
                "leave it out",
            ),
            Self::SafelistedResponseHeader { name } => words(
                "safelisted-response-header",
                Remark,
                format!("scripts can always read {name:?}"),
                "leave it out",
            ),
            Self::ExposeAnyWithCredentials => words(
                "expose-any-with-credentials",
                Error,
                "with credentials browsers take \"*\" for the name of a header",
                format!("name the headers with {}", wording.name("expose_headers")),
            ),
            Self::MaxAgeTooLong { max_age } => words(
                "max-age-too-long",
                Harmless,
                format!(
                    "{} s is longer than any browser keeps a preflight's answer",
                    max_age.as_secs(),
                ),
                format!(
                    "write at most {MAX_AGE_SECONDS} s (Firefox keeps it that long, Chromium \
                     7200 s, WebKit 600 s)",
                ),
            ),
            Self::MaxAgeNotWholeSeconds { max_age } => words(
                "max-age-not-whole-seconds",
                Error,
                format!("{max_age:?} is not a whole number of seconds"),
                "round it",
            ),
            Self::MaxAgeConflict { first, second } => words(
                "max-age-conflict",
                Error,
                format!("{second:?} contradicts {first:?}, which was set before"),
                "set only one of them",
            ),
            Self::InvalidHost { input, reason, corrected } => words(
                "invalid-host",
                Error,
                format!("{} is not a host: {reason}", quoted(input)),
                match corrected {
                    Some(corrected) => format!("write {corrected:?}"),
                    None => {
                        "write it as browsers send it in Host, such as \"localhost:3000\", and \
                             each as an entry of its own"
                            .to_owned()
                    }
                },
            ),
            Self::NoHosts => words(
                "no-hosts",
                Error,
                "no host is given, so every request would be rejected",
                "list the names under which the server is reached, or leave out own_hosts()",
            ),
            Self::UnreachableRule => words(
                "unreachable-rule",
                Harmless,
                "earlier rules cover every origin of this one, so it never applies",
                "add what it allows to those rules, move it before them, or leave it out",
            ),
            Self::UnreachableOrigin { origin, covered_by, covered_by_rule } => words(
                "unreachable-origin",
                Remark,
                if origin == covered_by {
                    format!(
                        "rules[{covered_by_rule}] already covers {}, so this rule never applies to it",
                        quoted(origin),
                    )
                } else {
                    format!(
                        "rules[{covered_by_rule}] already covers {} by {}, so this rule never \
                         applies to it",
                        quoted(origin),
                        quoted(covered_by),
                    )
                },
                format!(
                    "add what this rule allows to rules[{covered_by_rule}], move this rule before \
                     it, or leave the entry out",
                ),
            ),
        }
    }
}

#[cold]
fn words(
    code: &'static str,
    severity: Severity,
    reason: impl Into<Cow<'static, str>>,
    fix: impl Into<Cow<'static, str>>,
) -> Words {
    Words { code, severity, reason: reason.into(), fix: fix.into() }
}

#[cold]
fn quoted(text: &str) -> String {
    Quoted(text).to_string()
}
