//! [`CookieJar`]: the cookies of a browser, as far as they matter to CORS.

use std::cmp::Reverse;

use http::HeaderMap;
use http::header::SET_COOKIE;

use super::engine::Engine;
use super::url::{Origin, Url};
use super::values::text;

/// Cookies with the attributes `Domain`, `Path`, `Secure`, `SameSite` and `Max-Age=0`. All others
/// last as long as the browser.
#[derive(Debug, Default)]
pub(super) struct CookieJar(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    host: String,
    /// Whether it is for the hosts below, too.
    subdomains: bool,
    path: String,
    secure: bool,
    crosses_sites: bool,
}

impl CookieJar {
    /// Keeps the cookies of a response from a URL.
    pub(super) fn store(&mut self, url: &Url, response: &HeaderMap, engine: Engine) {
        for line in response.get_all(SET_COOKIE) {
            let line = text(line.as_bytes());
            let (pair, attributes) = line.split_once(';').unwrap_or((&line, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            let mut cookie = Cookie {
                name: name.trim().to_owned(),
                value: value.trim().to_owned(),
                host: url.host().to_owned(),
                subdomains: false,
                path: default_path(url).to_owned(),
                secure: false,
                crosses_sites: !engine.cookies_are_lax_by_default(),
            };
            let mut expired = false;
            for attribute in attributes.split(';') {
                let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
                let value = value.trim();
                match key.trim().to_ascii_lowercase().as_str() {
                    "domain" if !value.is_empty() => {
                        cookie.host = value.strip_prefix('.').unwrap_or(value).to_ascii_lowercase();
                        cookie.subdomains = true;
                    }
                    "path" => {
                        let path = if value.starts_with('/') { value } else { default_path(url) };
                        path.clone_into(&mut cookie.path);
                    }
                    "secure" => cookie.secure = true,
                    "samesite" => cookie.crosses_sites = value.eq_ignore_ascii_case("none"),
                    "max-age" => expired = value == "0" || value.starts_with('-'),
                    _ => {}
                }
            }
            if !cookie.is_for_host(url.host()) {
                continue;
            }
            self.0.retain(|old| !old.is_replaced_by(&cookie));
            if !expired {
                self.0.push(cookie);
            }
        }
    }

    /// The value of the `Cookie` header of a request, if it has one. Cookies with longer paths come
    /// first: [section 5.4].
    ///
    /// [section 5.4]: https://www.rfc-editor.org/rfc/rfc6265#section-5.4
    pub(super) fn header(&self, page: &Origin, url: &Url) -> Option<String> {
        let same_site = page.is_same_site(url);
        let mut cookies: Vec<_> = self
            .0
            .iter()
            .filter(|cookie| cookie.is_for(url) && (cookie.crosses_sites || same_site))
            .collect();
        cookies.sort_by_key(|cookie| Reverse(cookie.path.len()));
        let pairs: Vec<_> =
            cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    fn is_for(&self, url: &Url) -> bool {
        self.is_for_host(url.host())
            && self.is_for_path(url.path())
            && (!self.secure || url.is_trustworthy())
    }

    fn is_for_host(&self, host: &str) -> bool {
        let above = || host.strip_suffix(&self.host).is_some_and(|rest| rest.ends_with('.'));
        host == self.host || self.subdomains && above()
    }

    /// [Path-match](https://www.rfc-editor.org/rfc/rfc6265#section-5.1.4): `/x` is for `/x`, `/x/` and
    /// `/x/y`; `/x/` for the last two.
    fn is_for_path(&self, path: &str) -> bool {
        path.strip_prefix(&self.path).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        })
    }

    fn is_replaced_by(&self, other: &Self) -> bool {
        self.name == other.name && self.host == other.host && self.path == other.path
    }
}

/// The directory of a URL: its [default-path](https://www.rfc-editor.org/rfc/rfc6265#section-5.1.4).
fn default_path(url: &Url) -> &str {
    match url.path().rsplit_once('/') {
        None | Some(("", _)) => "/",
        Some((directory, _)) => directory,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const PAGE: &str = "https://app.example.com";

    /// What a page is sent to a URL after responses from others, each with one cookie.
    fn sent(set: &[(&str, &'static str)], page: &str, engine: Engine, to: &str) -> Option<String> {
        let mut jar = CookieJar::default();
        for (from, set_cookie) in set {
            let mut headers = HeaderMap::new();
            headers.insert(SET_COOKIE, HeaderValue::from_static(set_cookie));
            jar.store(&Url::parse(from).unwrap(), &headers, engine);
        }
        jar.header(&Origin::parse(page).unwrap(), &Url::parse(to).unwrap())
    }

    #[test]
    fn where_cookies_go() {
        let from = "https://api.example.com/x";
        let table = [
            ("a=1", from, true),
            ("a=1", "https://other.example.com/", false),
            ("a=1", "https://below.api.example.com/", false),
            ("a=1; Domain=example.com", "https://other.example.com/", true),
            ("a=1; Domain=.Example.COM", "https://other.example.com/", true),
            ("a=1; Domain=example.com", "https://otherexample.com/", false),
            ("a=1; Domain=evil.test", "https://evil.test/", false),
            ("a=1; Domain=pi.example.com", from, false),
            // What says nothing is not there.
            ("a=1; Domain=", from, true),
            ("a=1; Domain=", "https://below.api.example.com/", false),
            ("a=1; Secure", "http://api.example.com/", false),
            ("a=1; Secure", from, true),
            ("a=1; SameSite=Lax", from, true),
            ("a=1; max-age=0", from, false),
            ("a=1; max-age=-1", from, false),
            ("a=1; max-age=1", from, true),
            ("a", from, false),
        ];
        for (set_cookie, url, is_sent) in table {
            let header = sent(&[(from, set_cookie)], PAGE, Engine::Standard, url);
            assert_eq!(header.as_deref(), is_sent.then_some("a=1"), "{set_cookie} {url}");
        }
    }

    /// RFC 6265, section 5.1.4: the default path, and which paths match.
    #[test]
    fn paths() {
        // Set by a response from a path; the paths to which it goes, and to which not.
        let table: [(&str, &str, &[&str], &[&str]); 11] = [
            ("/", "a=1", &["/", "/x", "/x/y"], &[]),
            ("/x", "a=1", &["/", "/x", "/y/z"], &[]),
            ("/x/y", "a=1", &["/x", "/x/", "/x/z/z"], &["/", "/xy", "/y"]),
            ("/x/", "a=1", &["/x", "/x/", "/x/y"], &["/"]),
            ("/x/y/z?/q/r", "a=1", &["/x/y", "/x/y/"], &["/x", "/x/"]),
            ("/", "a=1; Path=/x", &["/x", "/x/", "/x/y"], &["/", "/xy", "/y/x"]),
            ("/", "a=1; Path=/x/", &["/x/", "/x/y"], &["/x", "/xy", "/"]),
            ("/x/y", "a=1; Path=/", &["/", "/x", "/z"], &[]),
            // What is not a path stands for the default one, and the last one counts.
            ("/x/y", "a=1; Path=z", &["/x"], &["/", "/z"]),
            ("/x/y", "a=1; Path=", &["/x"], &["/"]),
            ("/x/y", "a=1; Path=/z; Path=z", &["/x"], &["/z"]),
        ];
        for (from, set_cookie, for_them, not_for_them) in table {
            let set = [(&*format!("https://api.example.com{from}"), set_cookie)];
            for (paths, is_sent) in [(for_them, true), (not_for_them, false)] {
                for path in paths {
                    let to = format!("https://api.example.com{path}");
                    let header = sent(&set, PAGE, Engine::Standard, &to);
                    assert_eq!(header.is_some(), is_sent, "{set_cookie}, from {from} to {path}");
                }
            }
        }
    }

    /// RFC 6265, sections 5.3 and 5.4: name, domain and path make a cookie, and longer paths come first.
    #[test]
    fn several() {
        let url = "https://api.example.com/x/y";
        let header = |set: &[&'static str]| {
            let set: Vec<_> = set.iter().map(|set_cookie| (url, *set_cookie)).collect();
            sent(&set, PAGE, Engine::Standard, url)
        };
        let table: [(&[&'static str], Option<&str>); 6] = [
            (&["a=1", "b=2"], Some("a=1; b=2")),
            (&["a=1", "a=2"], Some("a=2")),
            (&["a=1; Path=/", "a=2", "b=3; Path=/"], Some("a=2; a=1; b=3")),
            (&["a=1", "a=2; Domain=example.com"], Some("a=1; a=2")),
            (&["a=1", "a=; Max-Age=0"], None),
            (&["a=1", "a=; Max-Age=0; Path=/"], Some("a=1")),
        ];
        for (set, expected) in table {
            assert_eq!(header(set).as_deref(), expected, "{set:?}");
        }
    }

    #[test]
    fn other_sites() {
        let api = "https://api.example.com/";
        for (set_cookie, engine, is_sent) in [
            ("a=1", Engine::Standard, true),
            ("a=1", Engine::Chromium, false),
            ("a=1; SameSite=None", Engine::Chromium, true),
            ("a=1; SameSite=Strict", Engine::Firefox, false),
        ] {
            let header = sent(&[(api, set_cookie)], "https://evil.test", engine, api);
            assert_eq!(header.is_some(), is_sent, "{set_cookie} {engine:?}");
        }
    }
}
