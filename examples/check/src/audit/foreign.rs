//! [`Foreign`]: origins that a sound server refuses, made of those that it is meant to allow.

use tower_cors::{Origin, OriginPattern};
use url::{Host, Url};

use super::is_meant;
use super::weakness::Weakness;
use crate::args::STRANGER;

/// An origin that the server is not meant to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) origin: String,
    /// What it shows if the server allows it.
    pub(super) shows: Weakness,
    /// Unless this origin is allowed, too: that explains it, and says more.
    pub(super) unless: Option<String>,
}

/// The part of a name that no server is meant to know. Nobody can register a name below `invalid`.
const ODD: &str = "cors-check";

/// How many names are tried of those that a host ends in, and how many of its dots.
const MOST_NAMES: usize = 4;

/// The origins to try: foreign to all, and neighbours of each that is allowed. None twice, none that is
/// meant to be allowed, and none that no browser sends.
pub(super) fn origins(page: &str, allows: &[OriginPattern]) -> Vec<Foreign> {
    let mut all = vec![
        Foreign { origin: STRANGER.to_owned(), shows: Weakness::AnyOrigin, unless: None },
        Foreign { origin: "null".to_owned(), shows: Weakness::Null, unless: None },
    ];
    all.extend(Parts::of(page).iter().flat_map(Parts::neighbours));
    for pattern in allows {
        all.extend(around(pattern));
    }
    let mut origins: Vec<Foreign> = Vec::new();
    for foreign in all {
        let is_new = origins.iter().all(|known| known.origin != foreign.origin);
        let is_origin =
            foreign.origin == "null" || Origin::parse(foreign.origin.as_bytes()).is_some();
        if is_new && is_origin && !is_meant(&foreign.origin, page, allows) {
            origins.push(foreign);
        }
    }
    origins
}

/// What is next to a pattern: its host without the wildcard, and the neighbours of an origin that it
/// covers.
fn around(pattern: &OriginPattern) -> Vec<Foreign> {
    let text = pattern.as_str();
    let (text, any_port) = match text.strip_suffix(":*") {
        Some(text) => (text.to_owned(), true),
        None => (text.to_owned(), false),
    };
    // Each wildcard stands for a name and a number that nothing else has.
    let mut covered = text.replacen('*', ODD, 1);
    if any_port {
        covered.push_str(":3210");
    }
    let mut foreign: Vec<_> = Parts::of(&covered).iter().flat_map(Parts::neighbours).collect();
    let beside = |origin: String| Foreign { origin, shows: Weakness::BesideWildcard, unless: None };
    if pattern.covers_subdomains() {
        foreign.push(beside(text.replacen("*.", "", 1)));
        // The dot is what the wildcard has to end at.
        foreign.push(beside(text.replacen("*.", ODD, 1)));
    }
    if pattern.covers_part_of_label() {
        foreign.push(beside(text.replacen('*', "a.b", 1)));
        foreign.push(beside(text.replacen("://", &format!("://{ODD}"), 1).replacen('*', "a", 1)));
    }
    foreign
}

/// An origin in its parts.
#[derive(Debug)]
struct Parts {
    scheme: String,
    host: String,
    port: Option<u16>,
    is_name: bool,
}

impl Parts {
    /// `None` for `null`.
    fn of(origin: &str) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        let host = url.host_str()?.to_owned();
        // Of schemes that are not special every host is a name.
        let is_name = matches!(url.host()?, Host::Domain(_));
        Some(Self { scheme: url.scheme().to_owned(), host, port: url.port(), is_name })
    }

    /// Origins that are close, but other.
    fn neighbours(&self) -> Vec<Foreign> {
        let mut foreign = Vec::new();
        let mut add = |origin, shows, unless| foreign.push(Foreign { origin, shows, unless });
        let host = &self.host;
        if self.scheme == "https" {
            add(serialize("http", host, self.port), Weakness::Insecure, None);
        }
        let longer_host = self.at(&format!("{host}.{ODD}.invalid"));
        let other_port = self.port.map_or(8443, |port| port.checked_add(1).unwrap_or(1));
        let other_port = serialize(&self.scheme, host, Some(other_port));
        add(other_port.clone(), Weakness::AnyPort, Some(longer_host.clone()));
        if let Some(longer) = self.port.and_then(|port| port.checked_mul(10)) {
            let origin = serialize(&self.scheme, host, Some(longer));
            add(origin, Weakness::Prefix, Some(other_port));
        }
        add(longer_host, Weakness::Prefix, None);
        if !self.is_name {
            return foreign;
        }
        add(self.at(&format!("{host}{ODD}.invalid")), Weakness::Prefix, None);
        for name in names_up(host) {
            let (below, beside) = (format!("{ODD}.{name}"), format!("{ODD}{name}"));
            add(self.at(&below), Weakness::AnySubdomain, Some(self.at(&beside)));
            // Beside the host is also below the name above it.
            let above = name.split_once('.').map(|(_, above)| self.at(&format!("{ODD}.{above}")));
            add(self.at(&beside), Weakness::Suffix, above);
        }
        for (at, _) in host.match_indices('.').take(MOST_NAMES) {
            let (before, after) = (&host[..at], &host[at + 1..]);
            let ends_alike = self.at(&format!("{ODD}{after}"));
            add(self.at(&format!("{before}x{after}")), Weakness::Dot, Some(ends_alike));
        }
        foreign
    }

    fn at(&self, host: &str) -> String {
        serialize(&self.scheme, host, self.port)
    }
}

fn serialize(scheme: &str, host: &str, port: Option<u16>) -> String {
    match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// A host and the names above it that have a dot in them: what has none, nobody has for a site.
fn names_up(host: &str) -> impl Iterator<Item = &str> {
    let above = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
    std::iter::once(host).chain(above.filter(|name| name.contains('.'))).take(MOST_NAMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(page: &str, allows: &[&str]) -> Vec<(String, Weakness)> {
        let allows: Vec<_> = allows.iter().map(|pattern| pattern.parse().unwrap()).collect();
        origins(page, &allows).into_iter().map(|foreign| (foreign.origin, foreign.shows)).collect()
    }

    fn has(tried: &[(String, Weakness)], origin: &str, shows: Weakness) -> bool {
        tried.contains(&(origin.to_owned(), shows))
    }

    #[test]
    fn neighbours_of_an_origin() {
        let tried = tried("https://app.example.com", &[]);
        for (origin, shows) in [
            ("https://cors-check.invalid", Weakness::AnyOrigin),
            ("null", Weakness::Null),
            ("http://app.example.com", Weakness::Insecure),
            ("https://app.example.com:8443", Weakness::AnyPort),
            ("https://app.example.com.cors-check.invalid", Weakness::Prefix),
            ("https://app.example.comcors-check.invalid", Weakness::Prefix),
            ("https://cors-check.app.example.com", Weakness::AnySubdomain),
            ("https://cors-check.example.com", Weakness::AnySubdomain),
            ("https://cors-checkapp.example.com", Weakness::Suffix),
            ("https://cors-checkexample.com", Weakness::Suffix),
            ("https://appxexample.com", Weakness::Dot),
            ("https://app.examplexcom", Weakness::Dot),
        ] {
            assert!(has(&tried, origin, shows), "{origin} {tried:?}");
        }
        assert_eq!(tried.len(), 12);
    }

    #[test]
    fn neighbours_of_addresses_and_ports() {
        let local = tried("http://127.0.0.1:3000", &[]);
        let expected = [
            ("http://127.0.0.1:3001", Weakness::AnyPort),
            ("http://127.0.0.1:30000", Weakness::Prefix),
            ("http://127.0.0.1.cors-check.invalid:3000", Weakness::Prefix),
        ];
        for (origin, shows) in expected {
            assert!(has(&local, origin, shows), "{origin} {local:?}");
        }
        assert_eq!(local.len(), 5);
        // A port that could not be one more, or ten times as large.
        assert!(has(
            &tried("http://a.example:65535", &[]),
            "http://a.example:1",
            Weakness::AnyPort
        ));
    }

    #[test]
    fn what_is_meant_is_not_tried() {
        let tried = tried("https://app.example.com", &["https://*.example.com"]);
        for meant in ["https://cors-check.example.com", "https://cors-checkapp.example.com"] {
            assert!(tried.iter().all(|(origin, _)| origin != meant), "{tried:?}");
        }
        assert!(has(&tried, "https://example.com", Weakness::BesideWildcard));
        assert!(has(&tried, "https://cors-checkexample.com", Weakness::Suffix));
        assert!(has(&tried, "http://cors-check.example.com", Weakness::Insecure));
    }

    #[test]
    fn neighbours_of_wildcards() {
        let ports = tried("https://app.example.com", &["http://localhost:*"]);
        assert!(has(&ports, "http://cors-checklocalhost:3210", Weakness::Suffix));
        assert!(ports.iter().all(|(origin, _)| !origin.starts_with("http://localhost:")));
        let inside = tried("https://app.example.com", &["https://app-*-team.example.com"]);
        for origin in
            ["https://app-a.b-team.example.com", "https://cors-checkapp-a-team.example.com"]
        {
            assert!(has(&inside, origin, Weakness::BesideWildcard), "{inside:?}");
        }
    }

    /// All that is tried is what a browser can send.
    #[test]
    fn all_are_origins() {
        for page in ["https://app.example.com", "http://[::1]:80", "tauri://localhost", "null"] {
            for (origin, _) in tried(page, &["https://*.example.com:*", "moz-extension://*"]) {
                let is_origin = Origin::parse(origin.as_bytes()).is_some();
                assert!(is_origin || origin == "null", "{origin}");
            }
        }
    }
}
