//! [`NearestMiss`]: what is allowed, and is almost what was asked for.

use std::fmt;

use http::Method;

use super::escaped::Escaped;
use crate::origin::{Origin, OriginPattern};
use crate::policy::compiled::Compiled;
use crate::policy::decision::Decision;
use crate::policy::refusal::Refusal;

/// What a policy allows that is almost what a refused request asked for: most often the mistake is in
/// the difference. From [`Decision::nearest_miss`].
///
/// Its [`Display`](fmt::Display) form is one line for the people who run the server, in which
/// nothing that the client sent stands unescaped:
///
/// ```
/// use http::{HeaderMap, HeaderValue, Method, header::ORIGIN};
/// use tower_cors::{NearestMissKind, Policy};
///
/// let policy = Policy::allow_origins(["http://app.example.com"]).build()?;
/// let mut headers = HeaderMap::new();
/// headers.insert(ORIGIN, HeaderValue::from_static("https://app.example.com"));
///
/// let miss = policy.decide(&Method::GET, &headers).nearest_miss().unwrap();
/// assert_eq!(miss.kind(), NearestMissKind::Scheme);
/// assert_eq!(
///     miss.to_string(),
///     "\"https://app.example.com\" is refused; \"http://app.example.com\" is allowed: the scheme \
///      differs; allow \"https://app.example.com\", too, if pages have it"
/// );
/// # Ok::<(), tower_cors::BuildError>(())
/// ```
///
/// # Security
///
/// It names what the policy allows. Keep it out of responses: whoever guesses gets closer with each
/// answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NearestMiss {
    kind: NearestMissKind,
    asked: String,
    allowed: String,
}

/// How what was asked for differs from what is allowed. Where several are, the first of these is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NearestMissKind {
    /// It is not written as browsers write an origin: with a capital, or with a slash or a path
    /// behind it. The client is not a browser.
    Notation,
    /// `http` where `https` is allowed, or the reverse.
    Scheme,
    /// Another port, a port where none is allowed, or none where one is.
    Port,
    /// `localhost`, `127.0.0.1` and `[::1]` are different hosts.
    Loopback,
    /// It is the host itself, of which only what is below is allowed.
    Apex,
    /// One of the two starts with `www.`.
    Www,
    /// It is below a host that is allowed.
    Subdomain,
    /// One letter is another one, is missing, is too many, or has changed places with the next.
    OneEdit,
    /// A method in another case. Browsers change the case of common methods only.
    MethodCase,
}

/// At most so many origins are looked up, however large the policy is.
const MAX_LOOKUPS: usize = 16;

/// At most so many patterns are compared, however large the policy is.
const MAX_COMPARED: usize = 64;

/// On what development servers listen when nothing is set.
const DEVELOPMENT_PORTS: [u16; 5] = [3000, 4200, 5173, 8000, 8080];

/// A label that nobody lists, to see whether what is below a host is allowed.
const ANY_LABEL: &str = "any-label-at-all";

impl Decision<'_> {
    /// What the policy allows that is almost what was refused: an origin that no rule covers, or a
    /// method in another case.
    ///
    /// It is worked out at each call, and not for free: at most 16 origins are looked up and 64
    /// patterns compared, however large the policy is. Closures are not asked.
    #[must_use]
    pub fn nearest_miss(&self) -> Option<NearestMiss> {
        let policy = self.compiled()?;
        match self.refusal()? {
            Refusal::OriginNotAllowed | Refusal::InvalidOrigin | Refusal::ForeignPage => {
                let asked = self.origin()?.to_str().ok()?;
                let (kind, allowed) = nearest_origin(policy, asked)?;
                Some(NearestMiss { kind, asked: asked.to_owned(), allowed })
            }
            Refusal::MethodNotAllowed(asked) => {
                let rule = policy.rule(self.covering_rule()?);
                let is_near =
                    |allowed: &&Method| allowed.as_str().eq_ignore_ascii_case(asked.as_str());
                let allowed = rule.preflight.methods.listed.iter().find(is_near)?;
                Some(NearestMiss {
                    kind: NearestMissKind::MethodCase,
                    asked: asked.to_string(),
                    allowed: allowed.to_string(),
                })
            }
            _ => None,
        }
    }
}

impl NearestMiss {
    /// How the two differ.
    #[must_use]
    pub fn kind(&self) -> NearestMissKind {
        self.kind
    }

    /// What was asked for, as it was received.
    #[must_use]
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// What is allowed: an origin or a method; for an [`Apex`](NearestMissKind::Apex), a pattern.
    #[must_use]
    pub fn allowed(&self) -> &str {
        &self.allowed
    }

    /// The difference in words.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self.kind {
            NearestMissKind::Notation => "no browser writes an origin like that",
            NearestMissKind::Scheme => "the scheme differs",
            NearestMissKind::Port => "the port differs",
            NearestMissKind::Loopback => "they lead to the same machine, but are different hosts",
            NearestMissKind::Www => "with and without www are different hosts",
            NearestMissKind::Subdomain => "a host does not stand for what is below it",
            NearestMissKind::Apex => "`*.` does not stand for the host itself",
            NearestMissKind::OneEdit => "they differ in one letter",
            NearestMissKind::MethodCase => "methods differ if their case does",
        }
    }

    /// What to change, if the request is to be allowed.
    #[must_use]
    pub fn fix(&self) -> String {
        let Self { kind, asked, allowed } = self;
        let (asked, allowed) = (Escaped(asked.as_bytes()), Escaped(allowed.as_bytes()));
        match kind {
            NearestMissKind::Notation => format!("let the client send {allowed}"),
            NearestMissKind::OneEdit => {
                format!("correct {allowed} if it is a slip, or allow {asked}, too")
            }
            NearestMissKind::MethodCase => format!("let the page ask for {allowed}"),
            _ => format!("allow {asked}, too, if pages have it"),
        }
    }
}

impl fmt::Display for NearestMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (asked, allowed) = (Escaped(self.asked.as_bytes()), Escaped(self.allowed.as_bytes()));
        let (reason, fix) = (self.reason(), self.fix());
        write!(f, "{asked} is refused; {allowed} is allowed: {reason}; {fix}")
    }
}

fn nearest_origin(policy: &Compiled, asked: &str) -> Option<(NearestMissKind, String)> {
    let allows = |text: &str| policy.matcher.find(text.as_bytes()).is_some();
    let Some(origin) = Origin::parse(asked.as_bytes()) else {
        return as_browsers_write(asked)
            .filter(|text| allows(text))
            .map(|text| (NearestMissKind::Notation, text));
    };
    let rewritten = rewritten(&origin).into_iter().take(MAX_LOOKUPS);
    let mut near: Vec<_> = rewritten.filter(|(_, text)| allows(text)).collect();
    near.extend(compared(policy, &origin));
    // The first of the kinds, in the order in which they are listed.
    near.into_iter().min_by_key(|(kind, _)| *kind as u8).map(|(kind, text)| match kind {
        NearestMissKind::Apex => (kind, text.replacen(ANY_LABEL, "*", 1)),
        _ => (kind, text),
    })
}

/// The origin in text that is almost one.
fn as_browsers_write(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let origin = format!("{scheme}://{authority}");
    Origin::parse(origin.as_bytes()).is_some().then_some(origin)
}

/// What the one who asked may have meant: no more than [`MAX_LOOKUPS`].
fn rewritten(origin: &Origin<'_>) -> Vec<(NearestMissKind, String)> {
    let (scheme, host) = (origin.scheme(), origin.host());
    let port = origin.port().map(|port| format!(":{port}")).unwrap_or_default();
    let with_host = |host: &str| format!("{scheme}://{host}{port}");
    let mut origins = Vec::with_capacity(MAX_LOOKUPS);
    match scheme {
        "http" => origins.push((NearestMissKind::Scheme, format!("https://{host}{port}"))),
        "https" => origins.push((NearestMissKind::Scheme, format!("http://{host}{port}"))),
        _ => {}
    }
    if !port.is_empty() {
        origins.push((NearestMissKind::Port, format!("{scheme}://{host}")));
    }
    let loopback = ["localhost", "127.0.0.1", "[::1]"];
    if loopback.contains(&host) {
        let others = loopback.iter().filter(|other| **other != host);
        origins.extend(others.map(|other| (NearestMissKind::Loopback, with_host(other))));
        let ports = DEVELOPMENT_PORTS.map(|port| format!("{scheme}://{host}:{port}"));
        origins.extend(ports.map(|text| (NearestMissKind::Port, text)));
        return origins;
    }
    match host.strip_prefix("www.") {
        Some(host) => origins.push((NearestMissKind::Www, with_host(host))),
        None => origins.push((NearestMissKind::Www, with_host(&format!("www.{host}")))),
    }
    let parents = std::iter::successors(Some(host), |host| Some(host.split_once('.')?.1));
    let parents = parents.skip(1).take(3).map(|host| (NearestMissKind::Subdomain, with_host(host)));
    origins.extend(parents);
    origins.push((NearestMissKind::Apex, with_host(&format!("{ANY_LABEL}.{host}"))));
    origins
}

/// What the patterns without wildcard say, if they are few: at most [`MAX_COMPARED`] are looked at.
fn compared<'a>(
    policy: &'a Compiled,
    origin: &'a Origin<'_>,
) -> impl Iterator<Item = (NearestMissKind, String)> + 'a {
    let listed = policy.config.rules.iter().flat_map(|rule| &rule.allow_origins);
    let patterns = listed.take(MAX_COMPARED).filter_map(|text| text.parse::<OriginPattern>().ok());
    patterns.filter(OriginPattern::is_single).filter_map(|pattern| {
        let same_place = pattern.scheme() == origin.scheme() && pattern.host() == origin.host();
        let kind = if same_place {
            NearestMissKind::Port
        } else if is_one_edit(pattern.as_str().as_bytes(), origin.as_str().as_bytes()) {
            NearestMissKind::OneEdit
        } else {
            return None;
        };
        Some((kind, pattern.as_str().to_owned()))
    })
}

/// Whether one text becomes the other by one byte more, less, or another one, or by two neighbours
/// that change places.
fn is_one_edit(one: &[u8], other: &[u8]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    match (one, other) {
        ([a, b, one @ ..], [c, d, other @ ..]) if a == d && b == c && one == other => true,
        ([_, one_rest @ ..], [_, other_rest @ ..]) if one_rest == other_rest => true,
        ([_, rest @ ..], other) if rest == other => true,
        (one, [_, rest @ ..]) => one == rest,
        _ => false,
    }
}

#[cfg(test)]
#[path = "nearest_miss_tests.rs"]
mod tests;
