//! [`CookieJar`]: the cookies of a browser, as far as they matter to CORS.

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
                path: "/".to_owned(),
                secure: false,
                crosses_sites: !engine.cookies_are_lax_by_default(),
            };
            let mut expired = false;
            for attribute in attributes.split(';') {
                let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
                let value = value.trim();
                match key.trim().to_ascii_lowercase().as_str() {
                    "domain" => {
                        value.trim_start_matches('.').clone_into(&mut cookie.host);
                        cookie.subdomains = true;
                    }
                    "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
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

    /// The value of the `Cookie` header of a request, if it has one.
    pub(super) fn header(&self, page: &Origin, url: &Url) -> Option<String> {
        let same_site = page.is_same_site(url);
        let pairs: Vec<_> = self
            .0
            .iter()
            .filter(|cookie| cookie.is_for(url) && (cookie.crosses_sites || same_site))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    fn is_for(&self, url: &Url) -> bool {
        let path = self.path.strip_suffix('/').unwrap_or(&self.path);
        self.is_for_host(url.host())
            && url
                .path()
                .strip_prefix(path)
                .is_some_and(|rest| matches!(rest.chars().next(), None | Some('/')))
            && (!self.secure || url.is_trustworthy())
    }

    fn is_for_host(&self, host: &str) -> bool {
        let above = || host.strip_suffix(&self.host).is_some_and(|rest| rest.ends_with('.'));
        host == self.host || self.subdomains && above()
    }

    fn is_replaced_by(&self, other: &Self) -> bool {
        self.name == other.name && self.host == other.host && self.path == other.path
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn where_cookies_go() {
        let table = [
            ("a=1", "https://api.example.com/x", true),
            ("a=1", "https://other.example.com/", false),
            ("a=1; Domain=example.com", "https://other.example.com/", true),
            ("a=1; Domain=evil.test", "https://evil.test/", false),
            ("a=1; Path=/x", "https://api.example.com/x/y", true),
            ("a=1; Path=/x", "https://api.example.com/xy", false),
            ("a=1; Secure", "http://api.example.com/", false),
            ("a=1; SameSite=Lax", "https://api.example.com/", true),
            ("a=1; max-age=0", "https://api.example.com/", false),
        ];
        for (set_cookie, url, sent) in table {
            let mut jar = CookieJar::default();
            let mut headers = HeaderMap::new();
            headers.insert(SET_COOKIE, HeaderValue::from_static(set_cookie));
            let from = Url::parse("https://api.example.com/x").unwrap();
            jar.store(&from, &headers, Engine::Standard);
            let page = Origin::parse("https://app.example.com").unwrap();
            let header = jar.header(&page, &Url::parse(url).unwrap());
            assert_eq!(header.as_deref(), sent.then_some("a=1"), "{set_cookie} {url}");
        }
    }

    #[test]
    fn other_sites() {
        let api = Url::parse("https://api.example.com").unwrap();
        let page = Origin::parse("https://evil.test").unwrap();
        for (set_cookie, engine, sent) in [
            ("a=1", Engine::Standard, true),
            ("a=1", Engine::Chromium, false),
            ("a=1; SameSite=None", Engine::Chromium, true),
            ("a=1; SameSite=Strict", Engine::Firefox, false),
        ] {
            let mut jar = CookieJar::default();
            let mut headers = HeaderMap::new();
            headers.insert(SET_COOKIE, HeaderValue::from_static(set_cookie));
            jar.store(&api, &headers, engine);
            assert_eq!(jar.header(&page, &api).is_some(), sent, "{set_cookie} {engine:?}");
        }
    }
}
