//! [`Url`] and [`Origin`]: as much of the URL standard as the model needs.

use std::fmt;

use http::Uri;

/// An absolute URL with a host. Hosts have to be in their canonical form but for capitals: IDNA,
/// and IPv4 addresses in other notations, are not the model's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    scheme: String,
    host: String,
    /// `None` is the scheme's default.
    port: Option<u16>,
    /// Path and query. Starts with a slash.
    target: String,
    /// User name and password, as they were given. Empty if there are none.
    userinfo: String,
}

impl Url {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let authority = uri.authority()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let (userinfo, host_and_port) = match authority.as_str().rsplit_once('@') {
            Some((userinfo, rest)) => (userinfo, rest),
            None => ("", authority.as_str()),
        };
        let (host, port) = split_port(host_and_port)?;
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut target = without_dot_segments(path);
        if !query.is_empty() {
            target = format!("{target}?{query}");
        }
        Some(Self {
            host: host.to_ascii_lowercase(),
            port: port.filter(|port| Some(*port) != default_port(&scheme)),
            scheme,
            target,
            // An empty password has no colon.
            userinfo: userinfo.strip_suffix(':').unwrap_or(userinfo).to_owned(),
        })
    }

    /// Parses a reference, such as the value of `Location`, relative to this URL.
    pub(super) fn join(&self, reference: &str) -> Option<Self> {
        let reference = reference.trim_matches([' ', '\t']);
        let base = self.base();
        let (path, _) = self.target.split_once('?').unwrap_or((&self.target, ""));
        if has_scheme(reference) {
            Self::parse(reference)
        } else if reference.starts_with("//") {
            Self::parse(&format!("{}:{reference}", self.scheme))
        } else if reference.starts_with('/') {
            Self::parse(&format!("{base}{reference}"))
        } else if reference.starts_with('?') {
            Self::parse(&format!("{base}{path}{reference}"))
        } else if reference.is_empty() || reference.starts_with('#') {
            Some(self.clone())
        } else {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            Self::parse(&format!("{base}{folder}/{reference}"))
        }
    }

    pub(super) fn scheme(&self) -> &str {
        &self.scheme
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The path, without the query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("/")
    }

    /// The value of a `Host` header.
    pub(super) fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// <https://url.spec.whatwg.org/#include-credentials>
    pub(super) fn has_userinfo(&self) -> bool {
        !self.userinfo.is_empty()
    }

    /// The URL as scripts get to see it: with user name and password, which no server is sent.
    pub(super) fn href(&self) -> String {
        format!("{}{}", self.base(), self.target)
    }

    /// <https://fetch.spec.whatwg.org/#http-scheme>
    pub(super) fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }

    /// <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>
    pub(super) fn is_trustworthy(&self) -> bool {
        let name = self.host.trim_end_matches('.');
        matches!(self.scheme.as_str(), "https" | "wss")
            || name == "localhost"
            || name.ends_with(".localhost")
            || name.starts_with("127.")
            || name == "[::1]"
    }

    pub(super) fn origin(&self) -> Origin {
        Origin(Some(Self { target: "/".to_owned(), userinfo: String::new(), ..self.clone() }))
    }

    /// Whether both belong to one [site](https://html.spec.whatwg.org/multipage/browsers.html#site).
    /// The model takes the last two labels of a name for its registrable domain.
    pub(super) fn is_same_site(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.is_schemelessly_same_site(other)
    }

    fn is_schemelessly_same_site(&self, other: &Self) -> bool {
        self.registrable() == other.registrable()
    }

    fn registrable(&self) -> &str {
        let is_address = self.host.ends_with(|last: char| last.is_ascii_digit() || last == ']');
        let mut dots = self.host.trim_end_matches('.').rmatch_indices('.').map(|(at, _)| at);
        match dots.nth(1) {
            Some(at) if !is_address => &self.host[at + 1..],
            _ => &self.host,
        }
    }

    /// What a reference leaves as it is that starts with a slash.
    fn base(&self) -> String {
        let at = if self.userinfo.is_empty() { "" } else { "@" };
        format!("{}://{}{at}{}", self.scheme, self.userinfo, self.authority())
    }

    fn origin_text(&self) -> String {
        format!("{}://{}", self.scheme, self.authority())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin_text(), self.target)
    }
}

/// An [origin](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin). Without a URL
/// it is opaque, and the same as no other.
#[derive(Clone, Debug)]
pub(super) struct Origin(Option<Url>);

impl Origin {
    pub(super) const OPAQUE: Self = Self(None);

    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(url), Some(other)) => url == other,
            _ => false,
        }
    }

    pub(super) fn is_same_site(&self, url: &Url) -> bool {
        self.0.as_ref().is_some_and(|own| own.is_same_site(url))
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site>
    pub(super) fn is_schemelessly_same_site(&self, url: &Url) -> bool {
        self.0.as_ref().is_some_and(|own| own.is_schemelessly_same_site(url))
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.as_ref().is_some_and(|url| url.scheme == "https")
    }
}

impl fmt::Display for Origin {
    /// [Serialises](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin)
    /// the origin.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(url) => f.write_str(&url.origin_text()),
            None => f.write_str("null"),
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

fn has_scheme(reference: &str) -> bool {
    let is_scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(is_scheme_byte)
    })
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    match port {
        _ if host.is_empty() => None,
        "" => Some((host, None)),
        port => Some((host, Some(port.parse().ok()?))),
    }
}

/// Resolves `.` and `..`, as the [path state] of the URL parser does.
///
/// [path state]: https://url.spec.whatwg.org/#path-state
fn without_dot_segments(path: &str) -> String {
    let mut segments = Vec::new();
    let mut is_folder = false;
    for segment in path.split('/').skip(1) {
        is_folder = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    if is_folder {
        segments.push("");
    }
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_their_origins() {
        let table = [
            ("https://a.example", "https://a.example/", "https://a.example"),
            (
                "HTTPS://A.Example:443/B?c=/../d#e",
                "https://a.example/B?c=/../d",
                "https://a.example",
            ),
            (
                "http://a.example:8080/x/./y/../z/..",
                "http://a.example:8080/x/",
                "http://a.example:8080",
            ),
            ("http://[::1]:80/", "http://[::1]/", "http://[::1]"),
            ("http://[::1]:81", "http://[::1]:81/", "http://[::1]:81"),
            ("tauri://localhost", "tauri://localhost/", "tauri://localhost"),
            ("http://u:p@a.example/", "http://a.example/", "http://a.example"),
        ];
        for (text, url, origin) in table {
            let parsed = Url::parse(text).unwrap();
            assert_eq!(parsed.to_string(), url, "{text}");
            assert_eq!(parsed.origin().to_string(), origin, "{text}");
        }
        for text in ["", "/a", "a.example", "http://", "http://a:99999/", "http://a b/", "data:,x"]
        {
            assert_eq!(Url::parse(text), None, "{text}");
        }
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
            assert_eq!((url.href(), url.has_userinfo()), (href.to_owned(), href.contains('@')));
            assert!(!url.to_string().contains('@') && !url.authority().contains('@'));
        }
        let url = Url::parse("http://u:p@a.example/b").unwrap();
        assert_eq!(url.join("/c").unwrap().href(), "http://u:p@a.example/c");
    }

    #[test]
    fn references() {
        let base = Url::parse("https://a.example/b/c?d").unwrap();
        let table = [
            ("https://b.example/x", "https://b.example/x"),
            ("//b.example/x", "https://b.example/x"),
            ("/x", "https://a.example/x"),
            ("x", "https://a.example/b/x"),
            ("../x?y", "https://a.example/x?y"),
            ("?y", "https://a.example/b/c?y"),
            ("", "https://a.example/b/c?d"),
        ];
        for (reference, expected) in table {
            assert_eq!(base.join(reference).unwrap().to_string(), expected, "{reference}");
        }
        assert_eq!(base.join("mailto:a@b"), None);
    }

    #[test]
    fn sites() {
        let url = |text| Url::parse(text).unwrap();
        assert!(url("https://a.b.example").is_same_site(&url("https://c.b.example:8443")));
        assert!(!url("https://a.b.example").is_same_site(&url("http://a.b.example")));
        assert!(!url("https://a.example").is_same_site(&url("https://b.test")));
        assert!(!url("http://127.0.0.1").is_same_site(&url("http://128.0.0.1")));
        assert!(!Origin::OPAQUE.is_same(&Origin::OPAQUE));
    }
}
