//! [`Url`] and [`Origin`]: the URL standard, and the origins that embedders of browsers add.

use std::fmt::{self, Write as _};

use http::Uri;
use url::Url as Parsed;

use super::engine::Engine;

/// The URL of a request: absolute, and without a fragment, which no server is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url(Parsed);

impl Url {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::of(Parsed::parse(text).ok()?)
    }

    /// Parses the value of `Location`, relative to this URL. Its characters are bytes.
    ///
    /// The standard [leaves open](https://github.com/whatwg/fetch/issues/883) what bytes outside of ASCII
    /// mean. By the web's own tests they are percent-encoded as they are.
    pub(super) fn join(&self, location: &str, engine: Engine) -> Option<Self> {
        if !engine.percent_encodes_locations() {
            return Self::of(self.0.join(location).ok()?);
        }
        let mut reference = String::with_capacity(location.len());
        for byte in location.chars() {
            if byte.is_ascii() {
                reference.push(byte);
            } else {
                // Writing to a string cannot fail.
                let _ = write!(reference, "%{:02X}", u32::from(byte));
            }
        }
        Self::of(self.0.join(&reference).ok()?)
    }

    fn of(mut url: Parsed) -> Option<Self> {
        url.set_fragment(None);
        let url = Self(url);
        let is_known = match url.scheme() {
            // A host may have bytes that `http` does not take.
            "http" | "https" => url.to_string().parse::<Uri>().is_ok(),
            // What browsers answer themselves. Requests of all other schemes fail.
            "blob" | "data" => false,
            _ => true,
        };
        is_known.then_some(url)
    }

    pub(super) fn scheme(&self) -> &str {
        self.0.scheme()
    }

    pub(super) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The path, without the query.
    pub(super) fn path(&self) -> &str {
        self.0.path()
    }

    /// The value of a `Host` header.
    pub(super) fn authority(&self) -> String {
        authority(self.host(), self.0.port())
    }

    /// <https://url.spec.whatwg.org/#include-credentials>
    pub(super) fn has_userinfo(&self) -> bool {
        !self.0.username().is_empty() || self.0.password().is_some()
    }

    /// The URL as scripts get to see it: with user name and password, which no server is sent.
    pub(super) fn href(&self) -> &str {
        self.0.as_str()
    }

    /// <https://fetch.spec.whatwg.org/#http-scheme>
    pub(super) fn is_http(&self) -> bool {
        matches!(self.scheme(), "http" | "https")
    }

    /// <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>
    pub(super) fn is_trustworthy(&self) -> bool {
        let name = self.host().trim_end_matches('.');
        self.scheme() == "https"
            || name == "localhost"
            || name.ends_with(".localhost")
            || name.starts_with("127.")
            || name == "[::1]"
    }

    pub(super) fn origin(&self) -> Origin {
        Origin::of(&self.0)
    }
}

impl fmt::Display for Url {
    /// As servers are sent it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        // Both fail only for URLs without a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        f.write_str(url.as_str())
    }
}

/// An [origin](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin). `None` is opaque,
/// and the same as no other.
#[derive(Clone, Debug)]
pub(super) struct Origin(Option<Tuple>);

/// A [tuple origin](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-tuple).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tuple {
    scheme: String,
    host: String,
    /// `None` is the scheme's default.
    port: Option<u16>,
}

impl Origin {
    pub(super) const OPAQUE: Self = Self(None);

    /// The origin of a page.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(Self::of(&Parsed::parse(text).ok()?))
    }

    /// The origin of a URL. By the URL standard it is opaque if the scheme is not special, but the
    /// embedders of browsers give such pages one: their extensions, and applications such as Tauri's.
    fn of(url: &Parsed) -> Self {
        let origin = match url.origin() {
            url::Origin::Tuple(scheme, host, port) => {
                let host = host.to_string();
                Some(Tuple {
                    port: Some(port).filter(|port| !is_default(&scheme, *port)),
                    scheme,
                    host,
                })
            }
            url::Origin::Opaque(_) => match url.host_str() {
                Some(host) if !host.is_empty() && url.scheme() != "file" => Some(Tuple {
                    scheme: url.scheme().to_owned(),
                    host: host.to_owned(),
                    port: url.port(),
                }),
                _ => None,
            },
        };
        Self(origin)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.is_some() && self.0 == other.0
    }

    /// The [site](https://html.spec.whatwg.org/multipage/browsers.html#site). The model takes all opaque
    /// ones for one.
    pub(super) fn site(&self) -> String {
        match &self.0 {
            Some(own) => format!("{}://{}", own.scheme, registrable(&own.host)),
            None => "null".to_owned(),
        }
    }

    /// Whether both belong to one [site](https://html.spec.whatwg.org/multipage/browsers.html#site).
    pub(super) fn is_same_site(&self, url: &Url) -> bool {
        self.0.as_ref().is_some_and(|own| own.scheme == url.scheme())
            && self.is_schemelessly_same_site(url)
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site>
    pub(super) fn is_schemelessly_same_site(&self, url: &Url) -> bool {
        self.0.as_ref().is_some_and(|own| registrable(&own.host) == registrable(url.host()))
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.as_ref().is_some_and(|own| own.scheme == "https")
    }
}

impl fmt::Display for Origin {
    /// [Serialises](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin)
    /// the origin.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(Tuple { scheme, host, port }) => {
                write!(f, "{scheme}://{}", authority(host, *port))
            }
            None => f.write_str("null"),
        }
    }
}

fn is_default(scheme: &str, port: u16) -> bool {
    matches!((scheme, port), ("http" | "ws", 80) | ("https" | "wss", 443) | ("ftp", 21))
}

fn authority(host: &str, port: Option<u16>) -> String {
    match port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The model takes the last two labels of a name for its registrable domain.
fn registrable(host: &str) -> &str {
    // A host that ends in a number is an address.
    let is_address = host.ends_with(|last: char| last.is_ascii_digit() || last == ']');
    let mut dots = host.trim_end_matches('.').rmatch_indices('.').map(|(at, _)| at);
    match dots.nth(1) {
        Some(at) if !is_address => &host[at + 1..],
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_their_origins() {
        let table = [
            ("https://a.example", "https://a.example/", "https://a.example"),
            ("HTTPS://A.Example:443/B?c#e", "https://a.example/B?c", "https://a.example"),
            ("http://a.example:8080/x/../y", "http://a.example:8080/y", "http://a.example:8080"),
            ("http://[::1]:81", "http://[::1]:81/", "http://[::1]:81"),
            ("http://0x7f.1/", "http://127.0.0.1/", "http://127.0.0.1"),
            (
                "https://bücher.example/ü",
                "https://xn--bcher-kva.example/%C3%BC",
                "https://xn--bcher-kva.example",
            ),
            ("http://u:p@a.example/", "http://a.example/", "http://a.example"),
            ("tauri://localhost/x", "tauri://localhost/x", "tauri://localhost"),
            // The hosts of such schemes keep their case.
            ("x-y://4ED7F644:80/", "x-y://4ED7F644:80/", "x-y://4ED7F644:80"),
        ];
        for (text, url, origin) in table {
            let parsed = Url::parse(text).unwrap();
            assert_eq!(parsed.to_string(), url, "{text}");
            assert_eq!(parsed.origin().to_string(), origin, "{text}");
            assert_eq!(Origin::parse(text).unwrap().to_string(), origin, "{text}");
        }
        let none = ["", "/a", "a.example", "http://", "http://a:99999/", "http://a b/", "data:,x"];
        for text in none.into_iter().chain(["blob:https://a.example/b", "http://a{b.example/"]) {
            assert_eq!(Url::parse(text), None, "{text}");
        }
        for text in ["file:///x", "about:blank", "mailto:a@b.example", "tauri://"] {
            assert!(!Url::parse(text).unwrap().is_http(), "{text}");
        }
    }

    #[test]
    fn origins_of_pages() {
        let table = [
            ("data:text/html,x", "null"),
            ("about:blank", "null"),
            ("file:///x.html", "null"),
            ("file://host/x.html", "null"),
            ("blob:https://a.example/x", "https://a.example"),
            ("http://a{b.example/", "http://a{b.example"),
        ];
        for (text, origin) in table {
            assert_eq!(Origin::parse(text).unwrap().to_string(), origin, "{text}");
        }
        assert!(Origin::parse("nowhere").is_none());
    }

    #[test]
    fn user_names_and_passwords() {
        let table = [
            ("http://u:p@a.example/b", "http://u:p@a.example/b"),
            ("http://u@a.example:81", "http://u@a.example:81/"),
            ("http://u:@a.example/", "http://u@a.example/"),
            ("http://:p@a.example/", "http://:p@a.example/"),
            ("http://:@a.example/", "http://a.example/"),
        ];
        for (text, href) in table {
            let url = Url::parse(text).unwrap();
            assert_eq!((url.href(), url.has_userinfo()), (href, href.contains('@')));
            assert!(!url.to_string().contains('@') && !url.authority().contains('@'));
        }
        let url = Url::parse("http://u:p@a.example/b").unwrap();
        assert_eq!(url.join("/c", Engine::Standard).unwrap().href(), "http://u:p@a.example/c");
    }

    #[test]
    fn locations() {
        let base = Url::parse("https://a.example/b/c?d").unwrap();
        let table = [
            ("https://b.example/x", "https://b.example/x"),
            ("//b.example/x", "https://b.example/x"),
            ("../x?y#z", "https://a.example/x?y"),
            ("", "https://a.example/b/c?d"),
            ("/a b", "https://a.example/a%20b"),
            // Each character is a byte of the header.
            ("/\u{c3}\u{bc}?\u{ff}", "https://a.example/%C3%BC?%FF"),
            ("https://b\u{c3}\u{bc}cher.example/", "https://xn--bcher-kva.example/"),
            ("/%c3\\x", "https://a.example/%c3/x"),
        ];
        for (location, expected) in table {
            assert_eq!(
                base.join(location, Engine::Standard).unwrap().to_string(),
                expected,
                "{location}"
            );
        }
        let as_text = base.join("/\u{c3}\u{bc}", Engine::WebKit).unwrap();
        assert_eq!(as_text.href(), "https://a.example/%C3%83%C2%BC");
        assert_eq!(base.join("http://a b/", Engine::Standard), None);
    }

    /// S29
    #[test]
    fn loopback_is_trustworthy() {
        let trustworthy = [
            "https://a.example",
            "http://localhost:80",
            "http://a.localhost",
            "http://localhost./",
        ];
        for text in trustworthy.into_iter().chain(["http://127.0.0.2", "http://[::1]:8080"]) {
            assert!(Url::parse(text).unwrap().is_trustworthy(), "{text}");
        }
        let not = ["http://a.example", "http://notlocalhost", "http://128.0.0.1", "http://[::2]"];
        for text in not {
            assert!(!Url::parse(text).unwrap().is_trustworthy(), "{text}");
        }
    }

    #[test]
    fn sites() {
        let same_site = |page: &str, url: &str| {
            let (page, url) = (Origin::parse(page).unwrap(), Url::parse(url).unwrap());
            (page.is_same_site(&url), page.is_schemelessly_same_site(&url))
        };
        let page = "https://a.b.example";
        assert_eq!(same_site(page, "https://c.b.example:8443"), (true, true));
        assert_eq!(same_site(page, "http://a.b.example"), (false, true));
        assert_eq!(same_site(page, "https://b.test"), (false, false));
        assert_eq!(same_site("http://127.0.0.1", "http://128.0.0.1"), (false, false));
        assert_eq!(same_site("data:,x", page), (false, false));
        assert!(!Origin::OPAQUE.is_same(&Origin::OPAQUE));
    }
}
