//! [`Weakness`]: what can be wrong with a server, by class, with where it was seen and how to fix it.

/// What can be wrong with a server, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weakness {
    AnyOrigin,
    WildcardWithCredentials,
    Null,
    Suffix,
    Prefix,
    Dot,
    BesideWildcard,
    AnySubdomain,
    AnyPort,
    Insecure,
    NoVary,
    VaryOfTheRequest,
    OddOrigin,
}

impl Weakness {
    /// A name that stays.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::AnyOrigin => "any-origin",
            Self::WildcardWithCredentials => "wildcard-with-credentials",
            Self::Null => "null-origin",
            Self::Suffix => "suffix-match",
            Self::Prefix => "prefix-match",
            Self::Dot => "dot-matches-anything",
            Self::BesideWildcard => "beside-wildcard",
            Self::AnySubdomain => "any-subdomain",
            Self::AnyPort => "any-port",
            Self::Insecure => "insecure-origin",
            Self::NoVary => "no-vary",
            Self::VaryOfTheRequest => "vary-of-the-request",
            Self::OddOrigin => "odd-origin",
        }
    }

    /// The class of advisories that it belongs to.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Suffix | Self::Prefix | Self::Dot | Self::BesideWildcard => {
                "origins compared as text"
            }
            Self::AnyOrigin | Self::WildcardWithCredentials | Self::Null => {
                "any origin, by sending back every one"
            }
            Self::AnySubdomain | Self::AnyPort | Self::Insecure => "more origins than meant",
            Self::NoVary | Self::VaryOfTheRequest => "Vary lost or copied",
            Self::OddOrigin => "failing over what strangers send",
        }
    }

    /// What is wrong, in a sentence.
    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::AnyOrigin => {
                "The server sends back every Origin that it gets, so every site is allowed."
            }
            Self::WildcardWithCredentials => {
                "The server sends `*` together with Access-Control-Allow-Credentials: true. Browsers \
                 refuse that, so credentials do not work; made to work, it allows every site."
            }
            Self::Null => {
                "The origin `null` is allowed. Every site can have it: a sandboxed frame does."
            }
            Self::Suffix => {
                "It is enough that an origin ends like an allowed one. Anybody can register such a \
                 name."
            }
            Self::Prefix => {
                "It is enough that an origin begins like an allowed one. Anybody can have such a name \
                 below a domain of their own."
            }
            Self::Dot => {
                "Any character can stand for a dot of the host, as in a regular expression with a dot \
                 that is not escaped. Anybody can register such a name."
            }
            Self::BesideWildcard => "A wildcard covers more than it is meant to.",
            Self::AnySubdomain => {
                "Other subdomains are allowed, too. Each of them, the forgotten ones included, then \
                 decides about the safety of this server."
            }
            Self::AnyPort => "Other ports of the host are allowed, too, whoever listens there.",
            Self::Insecure => {
                "The same host is allowed by http://. Whoever is between the visitor and that host \
                 can make it send any script, and so has all that the page at https:// has."
            }
            Self::NoVary => {
                "Access-Control-Allow-Origin depends on Origin, and the response does not say so. A \
                 cache gives one site what was meant for another: pages break, and anybody can break \
                 them by asking first."
            }
            Self::VaryOfTheRequest => {
                "A request header `Vary` makes the response lose its `Vary: Origin`. Anybody can so \
                 put a response into a cache that breaks the pages of others."
            }
            Self::OddOrigin => {
                "The server fails over an Origin with bytes that are not ASCII. Anybody can send one, \
                 though no browser does."
            }
        }
    }

    /// How to fix it.
    pub(crate) fn fix(self) -> &'static str {
        match self {
            Self::AnyOrigin => {
                "List the origins that may. If every site may, and cookies do not matter, send `*`."
            }
            Self::WildcardWithCredentials => {
                "Leave out Access-Control-Allow-Credentials, or list the origins that may."
            }
            Self::Null => "Take `null` off the list; compare whole origins only.",
            Self::Suffix | Self::Prefix | Self::Dot => {
                "Compare whole origins. For subdomains, compare the host's labels behind a dot."
            }
            Self::BesideWildcard => {
                "Let a wildcard stand for whole labels of the host, or part of one: never for a dot, \
                 and never for nothing."
            }
            Self::AnySubdomain | Self::AnyPort => {
                "List the origins that may. If these are meant, say so by --allows."
            }
            Self::Insecure => "Take http:// off the list. If it is meant, say so by --allows.",
            Self::NoVary => {
                "Send `Vary: Origin` on every response, also on those to requests without Origin."
            }
            Self::VaryOfTheRequest => "Work out Vary from the response alone.",
            Self::OddOrigin => "Treat an Origin that cannot be read as one that is not allowed.",
        }
    }

    /// Where it was seen before.
    pub(crate) fn seen_in(self) -> &'static [&'static str] {
        match self {
            Self::AnyOrigin => &[
                "CVE-2017-20146 (gorilla/handlers)",
                "CVE-2018-20744 (rs/cors)",
                "CVE-2023-49803 (@koa/cors)",
                "CVE-2026-54290 (hono)",
            ],
            Self::WildcardWithCredentials => {
                &["CVE-2024-25124 (gofiber)", "CVE-2016-10549 (sails)", "CVE-2018-8014 (Tomcat)"]
            }
            Self::Null => &["CVE-2019-9580 (StackStorm)", "CVE-2026-54290 (hono)"],
            Self::Suffix => &[
                "CVE-2023-28109 (play-with-docker)",
                "CVE-2024-27302 (go-zero)",
                "CVE-2025-50864 (@elysiajs/cors)",
                "GHSA-v84h-653v-4pq9 (jub0bs/fcors)",
            ],
            Self::Prefix => &[
                "CVE-2017-11173 (rack-cors)",
                "CVE-2019-25211 (gin-contrib/cors)",
                "CVE-2022-1996 (go-restful)",
                "CVE-2026-37737 (sanic-cors)",
            ],
            Self::Dot => &["CVE-2026-25479 (Litestar)"],
            Self::BesideWildcard => &["gofiber pull requests 2915 and 3690"],
            Self::NoVary => &["Play advisory of 2017-10-05", "warp 0.4"],
            Self::VaryOfTheRequest => &["GHSA-q7jf-gf43-6x6p (hono)"],
            Self::OddOrigin => &["poem 3.1.12"],
            Self::AnySubdomain | Self::AnyPort | Self::Insecure => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Weakness; 13] = [
        Weakness::AnyOrigin,
        Weakness::WildcardWithCredentials,
        Weakness::Null,
        Weakness::Suffix,
        Weakness::Prefix,
        Weakness::Dot,
        Weakness::BesideWildcard,
        Weakness::AnySubdomain,
        Weakness::AnyPort,
        Weakness::Insecure,
        Weakness::NoVary,
        Weakness::VaryOfTheRequest,
        Weakness::OddOrigin,
    ];

    #[test]
    fn codes_are_documented_and_their_own() {
        let readme = include_str!("../../README.md");
        for (index, weakness) in ALL.iter().enumerate() {
            let code = weakness.code();
            assert!(readme.contains(&format!("`{code}`")), "{code}");
            assert!(ALL[..index].iter().all(|other| other.code() != code && other < weakness));
        }
    }
}
