//! [`Prepared`]: what the [constructor of `Request`](https://fetch.spec.whatwg.org/#dom-request), and
//! those that make requests without a script, make of a [`Request`].

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{HeaderName, HeaderValue, Method};

use super::engine::Engine;
use super::initiator::Initiator;
use super::misuse::Misuse;
use super::modes::{CacheMode, Credentials, Mode, Redirect};
use super::request::{Request, Settings};
use super::safelist;
use super::url::Url;

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

/// The limit of [HTTP-network-or-cache fetch] for all requests of a page together that may outlive it.
/// Those of the model come one after the other.
///
/// [HTTP-network-or-cache fetch]: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
const KEEPALIVE_LIMIT: usize = 64 * 1024;

impl Prepared {
    /// Whether it is too long to outlive its page, and may.
    pub(super) fn is_too_long(&self) -> bool {
        let length = self.body.as_ref().map_or(0, Bytes::len);
        self.settings.keepalive && length > KEEPALIVE_LIMIT
    }

    /// What an engine makes of the request before anything is sent.
    fn in_engine(mut self, engine: Engine) -> Self {
        let settings = &mut self.settings;
        if settings.initiator == Initiator::Font && !engine.requests_fonts_by_cors() {
            settings.mode = Mode::NoCors;
            settings.credentials = Credentials::Include;
        }
        if self.body.is_none() && !engine.preflights_for_uploads_of_nothing() {
            settings.use_cors_preflight = false;
        }
        if settings.cache == CacheMode::OnlyIfCached && engine.asks_a_server_if_nothing_is_cached()
        {
            settings.cache = CacheMode::ForceCache;
        }
        if settings.initiator == Initiator::Beacon && !engine.limits_beacons() {
            settings.keepalive = false;
        }
        self
    }
}

impl Request {
    /// What the [constructor of `Request`](https://fetch.spec.whatwg.org/#dom-request) of an engine makes
    /// of it.
    pub(super) fn prepare(self, engine: Engine) -> Result<Prepared, Misuse> {
        let settings = self.settings()?;
        let no_cors = settings.mode == Mode::NoCors;
        let url = Url::parse(&self.url).ok_or_else(|| Misuse::InvalidUrl(self.url.clone()))?;
        // https://w3c.github.io/beacon/#sendbeacon-method
        if settings.initiator == Initiator::Beacon && !url.is_http() {
            return Err(Misuse::UrlNotForBeacons(self.url));
        }
        if url.has_userinfo() {
            return Err(Misuse::UrlWithCredentials(self.url));
        }
        let method = prepare_method(self.method, no_cors)?;
        if settings.cache == CacheMode::OnlyIfCached && settings.mode != Mode::SameOrigin {
            return Err(Misuse::OnlyIfCached);
        }
        let initiator = settings.initiator;
        let (kept, dropped) = Default::default();
        let mut headers = Headers { engine, initiator, no_cors, kept, dropped };
        for (name, value) in self.headers {
            headers.append(name, value)?;
        }
        let (body, body_type) = self.body.unzip();
        let body_type = body_type.flatten().filter(|_| !headers.kept.contains_key(CONTENT_TYPE));
        if let Some(body_type) = body_type {
            let (name, value) = parse_header(CONTENT_TYPE.to_string(), body_type)?;
            headers.append_type(name, value);
        }
        if body.is_some() && matches!(method.as_str(), "GET" | "HEAD") {
            return Err(Misuse::BodyNotAllowed);
        }
        if self.streamed && no_cors {
            return Err(Misuse::StreamNotForNoCors);
        }
        if self.streamed && settings.keepalive {
            return Err(Misuse::StreamNotForKeepalive);
        }
        let streamed = self.streamed;
        let Headers { kept: headers, dropped: dropped_headers, .. } = headers;
        let prepared = Prepared { method, url, headers, dropped_headers, body, streamed, settings };
        Ok(prepared.in_engine(engine))
    }

    /// The settings that count: what is not `fetch()` leaves a script little to say.
    fn settings(&self) -> Result<Settings, Misuse> {
        let mut settings = self.settings;
        settings.use_cors_preflight |= self.streamed;
        let (mode, credentials) = match settings.initiator {
            Initiator::Script if settings.mode == Mode::Navigate => {
                return Err(Misuse::NavigateNotForScripts);
            }
            Initiator::Script | Initiator::Font => return Ok(settings),
            Initiator::Beacon if self.has_unsafe_type() => (Mode::Cors, Credentials::Include),
            Initiator::Beacon => (Mode::NoCors, Credentials::Include),
            Initiator::EventSource => (Mode::Cors, settings.credentials),
            Initiator::Form => (Mode::Navigate, Credentials::Include),
        };
        let redirect = Redirect::Follow;
        Ok(Settings { mode, credentials, redirect, use_cors_preflight: false, ..settings })
    }

    /// Whether the type of the body is one that needs a preflight.
    fn has_unsafe_type(&self) -> bool {
        let by_header = self.headers.iter().rev();
        let by_header = by_header.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let by_body = self.body.iter().filter_map(|(_, content_type)| content_type.as_ref());
        let mut types = by_header.map(|(_, content_type)| content_type).chain(by_body);
        types.next().is_some_and(|content_type| {
            !safelist::is_no_cors_safelisted(&CONTENT_TYPE, content_type.trim().as_bytes())
        })
    }
}

/// A [`Headers` object](https://fetch.spec.whatwg.org/#headers-class) and its guard, `request` or
/// `request-no-cors`.
#[derive(Debug)]
struct Headers {
    engine: Engine,
    initiator: Initiator,
    no_cors: bool,
    kept: HeaderMap,
    dropped: Vec<HeaderName>,
}

impl Headers {
    /// [Appends](https://fetch.spec.whatwg.org/#concept-headers-append) a header, if the guard lets
    /// it.
    fn append(&mut self, name: String, value: String) -> Result<(), Misuse> {
        let (name, value) = parse_header(name, value)?;
        if !self.initiator.can_set(&name)
            || safelist::is_forbidden_header(&name, value.as_bytes(), self.engine)
            || self.no_cors && !self.is_no_cors_safelisted(&name, &value)
        {
            self.dropped.push(name);
        } else {
            self.kept.append(name, value);
        }
        Ok(())
    }

    /// The type of a body: browsers set it for forms and beacons, whatever scripts can set.
    fn append_type(&mut self, name: HeaderName, value: HeaderValue) {
        if self.no_cors && !self.is_no_cors_safelisted(&name, &value) {
            self.dropped.push(name);
        } else {
            self.kept.append(name, value);
        }
    }

    /// What counts is the value together with those that the name has already.
    fn is_no_cors_safelisted(&self, name: &HeaderName, value: &HeaderValue) -> bool {
        let values = self.kept.get_all(name).iter().chain([value]).map(HeaderValue::as_bytes);
        let joined = values.collect::<Vec<_>>().join(&b", "[..]);
        safelist::is_no_cors_safelisted(name, &joined)
    }
}

fn parse_header(name: String, value: String) -> Result<(HeaderName, HeaderValue), Misuse> {
    let trimmed = value.trim_matches([' ', '\t', '\r', '\n']);
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .ok()
        .zip(HeaderValue::from_bytes(trimmed.as_bytes()).ok());
    parsed.ok_or(Misuse::InvalidHeader(name, value))
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

#[cfg(test)]
mod tests {
    use super::super::request::{get, post, put, request};
    use super::*;

    #[test]
    fn methods() {
        for (method, prepared) in [("put", "PUT"), ("Get", "GET"), ("patch", "patch"), ("X", "X")] {
            let request = request(method, "https://a.example").prepare(Engine::Standard).unwrap();
            assert_eq!(request.method.as_str(), prepared);
        }
        let misuse = |request: Request| request.prepare(Engine::Standard).unwrap_err();
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
            .prepare(Engine::Standard)
            .unwrap();
        assert_eq!(request.dropped_headers, ["cookie"]);
        assert_eq!(request.headers["x-a"], "1");
        assert_eq!(request.headers[CONTENT_TYPE], "text/plain;charset=UTF-8");

        let request = post("https://a.example").header("x-a", "1").json("{}").no_cors();
        let request = request.prepare(Engine::Standard).unwrap();
        assert_eq!(request.dropped_headers, ["x-a", "content-type"]);
        assert!(request.headers.is_empty());
    }

    #[test]
    fn without_cors_the_values_of_a_name_count_together() {
        let lines = |name, values: &[&str]| {
            let request = get("https://a.example").no_cors();
            let add = |request: Request, value: &&str| request.header(name, *value);
            let request = values.iter().fold(request, add).prepare(Engine::Standard).unwrap();
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
        let request = request.text("{}").no_cors().prepare(Engine::Standard).unwrap();
        assert_eq!(request.headers[CONTENT_TYPE], "text/plain;charset=UTF-8");
        assert_eq!(request.dropped_headers, ["content-type"]);
    }
}
