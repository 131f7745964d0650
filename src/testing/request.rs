//! [`Request`]: what a script hands to `fetch()`.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{HeaderName, HeaderValue, Method};

use super::engine::Engine;
use super::misuse::Misuse;
use super::modes::{CacheMode, Credentials, Mode, Redirect, ReferrerPolicy};
use super::safelist;
use super::url::Url;

/// What a script hands to `fetch()`: a URL, and how to request it.
///
/// It starts with [`get`], [`post`], [`put`] and so on, and is in `cors` mode, with credentials for
/// the page's own origin only, until it is told otherwise.
///
/// ```
/// use tower_cors::testing;
///
/// let request = testing::put("https://api.example.com/items/1")
///     .header("x-request-id", "7")
///     .json(r#"{"name":"chair"}"#)
///     .credentials_include();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until a page fetches it"]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<(Bytes, Option<String>)>,
    streamed: bool,
    settings: Settings,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settings {
    pub(super) mode: Mode,
    pub(super) credentials: Credentials,
    pub(super) redirect: Redirect,
    pub(super) cache: CacheMode,
    pub(super) referrer_policy: ReferrerPolicy,
    pub(super) use_cors_preflight: bool,
    pub(super) is_font: bool,
}

/// A `GET` request.
pub fn get(url: impl Into<String>) -> Request {
    request("GET", url)
}

/// A `HEAD` request.
pub fn head(url: impl Into<String>) -> Request {
    request("HEAD", url)
}

/// A `POST` request.
pub fn post(url: impl Into<String>) -> Request {
    request("POST", url)
}

/// A `PUT` request.
pub fn put(url: impl Into<String>) -> Request {
    request("PUT", url)
}

/// A `PATCH` request.
pub fn patch(url: impl Into<String>) -> Request {
    request("PATCH", url)
}

/// A `DELETE` request.
pub fn delete(url: impl Into<String>) -> Request {
    request("DELETE", url)
}

/// An `OPTIONS` request of the script's own: it is preflighted by another one.
pub fn options(url: impl Into<String>) -> Request {
    request("OPTIONS", url)
}

/// A request with any method. As in a browser, `put` becomes `PUT`, and `patch` stays `patch`.
pub fn request(method: impl Into<String>, url: impl Into<String>) -> Request {
    Request {
        method: method.into(),
        url: url.into(),
        headers: Vec::new(),
        body: None,
        streamed: false,
        settings: Settings::default(),
    }
}

impl Request {
    /// Adds a header. One that scripts cannot set is dropped, as browsers do; the
    /// [log](super::Sent::dropped_headers) says so.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a text as the body. Its type is `text/plain;charset=UTF-8` unless a header says
    /// otherwise.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.body(text.into(), Some("text/plain;charset=UTF-8"))
    }

    /// Sets JSON as the body, and the header `content-type: application/json`.
    pub fn json(self, json: impl Into<String>) -> Self {
        self.header("content-type", "application/json").body(json.into(), None)
    }

    /// Sets the body. Its type is this one, if any, unless a header says otherwise.
    pub fn body(mut self, body: impl Into<Bytes>, content_type: Option<&str>) -> Self {
        self.body = Some((body.into(), content_type.map(ToOwned::to_owned)));
        self.streamed = false;
        self
    }

    /// Sets a `ReadableStream` as the body. Such a request is [always
    /// preflighted](https://fetch.spec.whatwg.org/#use-cors-preflight-flag), and cannot be
    /// redirected but by 303.
    pub fn stream(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some((body.into(), None));
        self.streamed = true;
        self
    }

    /// Sends credentials to every origin.
    pub fn credentials_include(self) -> Self {
        self.credentials(Credentials::Include)
    }

    /// Sends credentials to none.
    pub fn credentials_omit(self) -> Self {
        self.credentials(Credentials::Omit)
    }

    /// Sets the credentials mode.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.settings.credentials = credentials;
        self
    }

    /// Does without the CORS protocol, and gets an opaque response.
    pub fn no_cors(self) -> Self {
        self.mode(Mode::NoCors)
    }

    /// Sets the mode.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.settings.mode = mode;
        self
    }

    /// Sets the redirect mode.
    pub fn redirect(mut self, redirect: Redirect) -> Self {
        self.settings.redirect = redirect;
        self
    }

    /// Sets the cache mode.
    pub fn cache(mut self, cache: CacheMode) -> Self {
        self.settings.cache = cache;
        self
    }

    /// Sets the referrer policy.
    pub fn referrer_policy(mut self, policy: ReferrerPolicy) -> Self {
        self.settings.referrer_policy = policy;
        self
    }

    /// Listens to the progress of the upload, as `XMLHttpRequest` can: such a request is [always
    /// preflighted](https://fetch.spec.whatwg.org/#use-cors-preflight-flag), but in one
    /// [engine](super::Engine) only if it has a body.
    pub fn upload_listener(mut self) -> Self {
        self.settings.use_cors_preflight = true;
        self
    }

    /// Requests a web font, for which one [engine](super::Engine) has a rule of its own.
    pub fn for_font(mut self) -> Self {
        self.settings.is_font = true;
        self
    }

    /// The method and the URL as they were given.
    pub(super) fn line(&self) -> (&str, &str) {
        (&self.method, &self.url)
    }

    /// What the [constructor of `Request`](https://fetch.spec.whatwg.org/#dom-request) makes of it.
    pub(super) fn prepare(self) -> Result<Prepared, Misuse> {
        let mut settings = self.settings;
        let no_cors = settings.mode == Mode::NoCors;
        let url = Url::parse(&self.url).ok_or_else(|| Misuse::InvalidUrl(self.url.clone()))?;
        if url.has_userinfo() {
            return Err(Misuse::UrlWithCredentials(self.url));
        }
        let method = prepare_method(self.method, no_cors)?;
        if settings.cache == CacheMode::OnlyIfCached && settings.mode != Mode::SameOrigin {
            return Err(Misuse::OnlyIfCached);
        }
        let mut headers = Headers { no_cors, ..Headers::default() };
        for (name, value) in self.headers {
            headers.append(name, value)?;
        }
        let body_type = self.body.as_ref().and_then(|(_, content_type)| content_type.clone());
        if let Some(body_type) = body_type.filter(|_| !headers.kept.contains_key(CONTENT_TYPE)) {
            headers.append(CONTENT_TYPE.to_string(), body_type)?;
        }
        if self.body.is_some() && matches!(method.as_str(), "GET" | "HEAD") {
            return Err(Misuse::BodyNotAllowed);
        }
        if self.streamed && no_cors {
            return Err(Misuse::StreamNotForNoCors);
        }
        settings.use_cors_preflight |= self.streamed;
        let body = self.body.map(|(body, _)| body);
        let streamed = self.streamed;
        let Headers { kept: headers, dropped: dropped_headers, .. } = headers;
        Ok(Prepared { method, url, headers, dropped_headers, body, streamed, settings })
    }
}

/// A [`Headers` object](https://fetch.spec.whatwg.org/#headers-class) and its guard, `request` or
/// `request-no-cors`.
#[derive(Debug, Default)]
struct Headers {
    no_cors: bool,
    kept: HeaderMap,
    dropped: Vec<HeaderName>,
}

impl Headers {
    /// [Appends](https://fetch.spec.whatwg.org/#concept-headers-append) a header, if the guard lets
    /// it.
    fn append(&mut self, name: String, value: String) -> Result<(), Misuse> {
        let parsed = HeaderName::from_bytes(name.as_bytes()).ok().zip(
            HeaderValue::from_bytes(value.trim_matches([' ', '\t', '\r', '\n']).as_bytes()).ok(),
        );
        let Some((name, value)) = parsed else {
            return Err(Misuse::InvalidHeader(name, value));
        };
        if safelist::is_forbidden_header(&name, value.as_bytes())
            || self.no_cors && !self.is_no_cors_safelisted(&name, &value)
        {
            self.dropped.push(name);
        } else {
            self.kept.append(name, value);
        }
        Ok(())
    }

    /// What counts is the value together with those that the name has already.
    fn is_no_cors_safelisted(&self, name: &HeaderName, value: &HeaderValue) -> bool {
        let values = self.kept.get_all(name).iter().chain([value]).map(HeaderValue::as_bytes);
        let joined = values.collect::<Vec<_>>().join(&b", "[..]);
        safelist::is_no_cors_safelisted(name, &joined)
    }
}

fn prepare_method(method: String, no_cors: bool) -> Result<Method, Misuse> {
    if safelist::is_forbidden_method(&method) {
        return Err(Misuse::ForbiddenMethod(method));
    }
    let normalized = safelist::normalize_method(&method);
    if no_cors && !safelist::is_safelisted_method(&normalized) {
        return Err(Misuse::MethodNotForNoCors(method));
    }
    Method::from_bytes(normalized.as_bytes()).map_err(|_| Misuse::InvalidMethod(method))
}

/// A request that can be fetched.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) dropped_headers: Vec<HeaderName>,
    pub(super) body: Option<Bytes>,
    /// The body has no source, so it cannot be sent a second time.
    pub(super) streamed: bool,
    pub(super) settings: Settings,
}

impl Prepared {
    /// What an engine makes of the request before anything is sent.
    pub(super) fn in_engine(mut self, engine: Engine) -> Self {
        let settings = &mut self.settings;
        if settings.is_font && !engine.requests_fonts_by_cors() {
            settings.mode = Mode::NoCors;
            settings.credentials = Credentials::Include;
        }
        if self.body.is_none() && !engine.preflights_for_uploads_of_nothing() {
            settings.use_cors_preflight = false;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods() {
        for (method, prepared) in [("put", "PUT"), ("Get", "GET"), ("patch", "patch"), ("X", "X")] {
            let request = request(method, "https://a.example").prepare().unwrap();
            assert_eq!(request.method.as_str(), prepared);
        }
        let misuse = |request: Request| request.prepare().unwrap_err();
        let url = "https://a.example";
        assert_eq!(misuse(request("Trace", url)), Misuse::ForbiddenMethod("Trace".into()));
        assert_eq!(misuse(request("a b", url)), Misuse::InvalidMethod("a b".into()));
        assert_eq!(misuse(put(url).no_cors()), Misuse::MethodNotForNoCors("PUT".into()));
        assert_eq!(misuse(get("/a")), Misuse::InvalidUrl("/a".into()));
        assert_eq!(misuse(get(url).text("")), Misuse::BodyNotAllowed);
        assert_eq!(
            misuse(get(url).header("a b", "")),
            Misuse::InvalidHeader("a b".into(), String::new())
        );
        assert_eq!(misuse(get(url).cache(CacheMode::OnlyIfCached)), Misuse::OnlyIfCached);
        assert_eq!(misuse(post(url).no_cors().stream("")), Misuse::StreamNotForNoCors);
        let url = "https://u:p@a.example";
        assert_eq!(misuse(get(url)), Misuse::UrlWithCredentials(url.into()));
    }

    #[test]
    fn headers() {
        let request = post("https://a.example")
            .header("Cookie", "a=b")
            .header("X-A", "1")
            .text("hi")
            .prepare()
            .unwrap();
        assert_eq!(request.dropped_headers, ["cookie"]);
        assert_eq!(request.headers["x-a"], "1");
        assert_eq!(request.headers[CONTENT_TYPE], "text/plain;charset=UTF-8");

        let request = post("https://a.example").header("x-a", "1").json("{}").no_cors();
        let request = request.prepare().unwrap();
        assert_eq!(request.dropped_headers, ["x-a", "content-type"]);
        assert!(request.headers.is_empty());
    }

    #[test]
    fn without_cors_the_values_of_a_name_count_together() {
        let lines = |name, values: &[&str]| {
            let request = get("https://a.example").no_cors();
            let add = |request: Request, value: &&str| request.header(name, *value);
            let request = values.iter().fold(request, add).prepare().unwrap();
            (request.headers.get_all(name).iter().count(), request.dropped_headers.len())
        };
        let long = "a".repeat(127);
        assert_eq!(lines("accept-language", &[&long]), (1, 0));
        assert_eq!(lines("accept-language", &[&long, &long]), (1, 1));
        assert_eq!(lines("accept-language", &[&long, &long, ""]), (1, 2));
        // 63, a comma, a space and 63 are 128.
        assert_eq!(lines("accept", &[&long[..63], &long[..63]]), (2, 0));
        assert_eq!(lines("accept", &[&long[..63], &long[..64]]), (1, 1));
        assert_eq!(lines("accept", &["(", "a"]), (1, 1));
    }

    #[test]
    fn the_type_of_a_body_stands_in_for_one_that_was_dropped() {
        let request = post("https://a.example").header("content-type", "application/json");
        let request = request.text("{}").no_cors().prepare().unwrap();
        assert_eq!(request.headers[CONTENT_TYPE], "text/plain;charset=UTF-8");
        assert_eq!(request.dropped_headers, ["content-type"]);
    }
}
