//! [`Engine`]: where the browsers of 2026 are known to differ from the standard.

use std::time::Duration;

/// Whose behaviour a [`Page`](super::Page) shows.
///
/// All engines follow the standard but for what is listed here, which was observed in Chromium 156,
/// Firefox 153 ESR and `WebKitGTK` 2.50:
///
/// | | the standard | Chromium | Firefox | WebKit |
/// | --- | --- | --- | --- | --- |
/// | longest time in the preflight cache | unlimited | 7200 s | 86400 s | 600 s |
/// | negative `Access-Control-Max-Age` | 5 s | not kept | not kept | not kept |
/// | an empty one | 5 s | kept; 5 s here | 5 s | kept; 5 s here |
/// | any other that cannot be parsed | 5 s | kept; 5 s here | not kept | kept; 5 s here |
/// | `Access-Control-Allow-Headers: *` | not for `Authorization` | for all | for all | for all |
/// | a kept `*` | covers every name | covers every name | covers what was asked for | covers every name |
/// | kept with credentials, used without | yes | yes | no | yes |
/// | the `GET` after a preflighted request was redirected with 303 | not preflighted | not preflighted | preflighted | preflighted |
/// | `Authorization` after a redirect to another origin | dropped | dropped | dropped | dropped, but asked for |
/// | a listener to the upload of an `XMLHttpRequest` without a body | preflighted | not preflighted | preflighted | preflighted |
/// | `Origin` of `no-cors` with referrer policy `no-referrer` or `same-origin` | `null` | the real one | `null` | `null` |
/// | `Origin` of a preflight after redirects from one foreign origin to another | `null` | `null` | the page's | `null` |
/// | a redirect to a URL with user name or password, without CORS | followed | blocked | followed | followed |
/// | methods that an upload may have if the preflight's answer names none | the upload's | safelisted ones | safelisted ones | safelisted ones |
/// | a font of another origin | by CORS | by CORS | by CORS | as if `no-cors`, with credentials |
/// | `Location` with bytes outside of ASCII | percent-encoded | percent-encoded | percent-encoded | each is a character, in UTF-8 |
/// | `X-HTTP-Method` and its like: a forbidden method between commas in quotes | sent | sent | dropped | dropped |
/// | `only-if-cached`, with nothing stored | network error | network error | network error | the server is asked |
/// | a beacon with more than 64 KiB | not sent | not sent | sent | not sent |
/// | the body of the answer to a preflight | not waited for | not waited for | not waited for | waited for; not here |
/// | a cookie without `SameSite` | crosses sites | stays | crosses sites | crosses sites |
///
/// The default is the standard, and not what engines agree on, where the two differ: it is what servers
/// can be written to, and what browsers say that they move to. A negative `Access-Control-Max-Age` is
/// such a case. By the letter it is not a number of seconds, so it says nothing, and the answer is kept
/// for 5 s; no engine keeps it. A test of what is on the safe side tries it in each of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// The Fetch standard to the letter.
    #[default]
    Standard,
    /// Chrome, Edge and their kin.
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari and its kin.
    WebKit,
}

impl Engine {
    /// "An imposed limit on max-age": <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    pub(super) fn max_age_limit(self) -> Duration {
        match self {
            Self::Standard => Duration::MAX,
            Self::Chromium => Duration::from_secs(7200),
            Self::Firefox => Duration::from_secs(86_400),
            Self::WebKit => Duration::from_secs(600),
        }
    }

    /// What an `Access-Control-Max-Age` means that is no number of seconds.
    pub(super) fn max_age_of(self, unparsable: &str) -> Duration {
        match self {
            Self::Firefox if !unparsable.is_empty() => Duration::ZERO,
            Self::Chromium | Self::WebKit if unparsable.starts_with('-') => Duration::ZERO,
            _ => super::preflight_cache::DEFAULT_MAX_AGE,
        }
    }

    pub(super) fn wildcard_covers_authorization(self) -> bool {
        self != Self::Standard
    }

    pub(super) fn keeps_wildcards(self) -> bool {
        self != Self::Firefox
    }

    pub(super) fn credentialed_entries_serve_anonymous_requests(self) -> bool {
        self != Self::Firefox
    }

    pub(super) fn preflights_whatever_follows_a_preflighted_redirect(self) -> bool {
        matches!(self, Self::Firefox | Self::WebKit)
    }

    pub(super) fn asks_for_dropped_authorization(self) -> bool {
        self == Self::WebKit
    }

    pub(super) fn hides_origin_from_no_cors_requests(self) -> bool {
        self != Self::Chromium
    }

    pub(super) fn preflights_for_uploads_of_nothing(self) -> bool {
        self != Self::Chromium
    }

    pub(super) fn blocks_all_redirects_with_userinfo(self) -> bool {
        self == Self::Chromium
    }

    pub(super) fn takes_a_preflight_for_an_allowed_method(self) -> bool {
        self == Self::Standard
    }

    pub(super) fn preflights_with_the_origin_of_the_page(self) -> bool {
        self == Self::Firefox
    }

    pub(super) fn requests_fonts_by_cors(self) -> bool {
        self != Self::WebKit
    }

    pub(super) fn percent_encodes_locations(self) -> bool {
        self != Self::WebKit
    }

    pub(super) fn splits_within_quotes(self) -> bool {
        matches!(self, Self::Firefox | Self::WebKit)
    }

    pub(super) fn asks_a_server_if_nothing_is_cached(self) -> bool {
        self == Self::WebKit
    }

    pub(super) fn limits_beacons(self) -> bool {
        self != Self::Firefox
    }

    pub(super) fn cookies_are_lax_by_default(self) -> bool {
        self == Self::Chromium
    }
}
