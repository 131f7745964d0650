//! [`Request`]: what a script hands to `fetch()`.

use bytes::Bytes;
use url::form_urlencoded;

use super::initiator::Initiator;
use super::modes::{CacheMode, Credentials, Mode, Redirect, ReferrerPolicy};

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
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    /// And its type.
    pub(super) body: Option<(Bytes, Option<String>)>,
    pub(super) streamed: bool,
    pub(super) settings: Settings,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settings {
    pub(super) mode: Mode,
    pub(super) credentials: Credentials,
    pub(super) redirect: Redirect,
    pub(super) cache: CacheMode,
    pub(super) referrer_policy: ReferrerPolicy,
    pub(super) use_cors_preflight: bool,
    pub(super) keepalive: bool,
    pub(super) initiator: Initiator,
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

/// What `navigator.sendBeacon()` sends: a `POST` with credentials to every origin.
///
/// A beacon is in `no-cors` mode if the type of its body is safelisted (that of a text is), and in
/// `cors` mode, with a preflight, if not. Its script hears of no response and of no failure; the
/// [`Answer`](super::Answer) is opaque. What the request says about mode, credentials, redirects, and
/// headers other than `content-type`, does not count.
///
/// ```
/// # use tower_cors::testing::{self, Page};
/// # async fn unload(mut page: Page) -> Result<(), testing::Error> {
/// page.fetch(testing::beacon("https://api.example.com/left").text("after 5 s")).await?;
/// assert_eq!(page.log().methods(), ["POST"]);
/// # Ok(()) }
/// ```
pub fn beacon(url: impl Into<String>) -> Request {
    post(url).initiated_by(Initiator::Beacon).keepalive()
}

/// What `new EventSource()` sends. With [`credentials_include`](Request::credentials_include) it is
/// `withCredentials`.
///
/// The [`Answer`](super::Answer) comes when the stream is open, and its body is empty: no event is
/// waited for. A status other than 200, or another `Content-Type` than `text/event-stream`, is
/// [`Step::NotAnEventStream`](super::Step::NotAnEventStream). The only header that counts is
/// `last-event-id`, as a browser sets it that reconnects.
pub fn event_source(url: impl Into<String>) -> Request {
    get(url).initiated_by(Initiator::EventSource).cache(CacheMode::NoStore)
}

/// What a form sends whose method is `POST`: a navigation, which goes without the CORS protocol to
/// every origin, with credentials. Its `Origin` says where it comes from, if the [referrer
/// policy](Request::referrer_policy) lets it.
///
/// The type is `application/x-www-form-urlencoded`; [`body`](Request::body) sets another. The
/// [`Answer`](super::Answer) is what the browser then shows. What the request says about mode,
/// credentials, redirects and headers does not count.
///
/// ```
/// # use tower_cors::testing::{self, Page};
/// # async fn log_in(mut page: Page) -> Result<(), testing::Error> {
/// let form = testing::form_post("https://login.example.com/", [("name", "Zoë")]);
/// page.fetch(form).await?;
/// let sent = page.log().iter().next_back().unwrap();
/// assert_eq!(sent.header("origin"), Some("https://app.example.com"));
/// # Ok(()) }
/// ```
pub fn form_post<K: AsRef<str>, V: AsRef<str>>(
    url: impl Into<String>,
    fields: impl IntoIterator<Item = (K, V)>,
) -> Request {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = post(url).body(body, Some("application/x-www-form-urlencoded"));
    request.initiated_by(Initiator::Form)
}

impl Request {
    fn initiated_by(mut self, initiator: Initiator) -> Self {
        self.settings.initiator = initiator;
        self
    }

    /// Adds a header. One that scripts cannot set is dropped, as browsers do; the
    /// [log](super::Sent::dropped_headers) says so.
    ///
    /// A value with control bytes is a [misuse](super::Misuse::InvalidHeader), though browsers send some:
    /// the crate `http` has no values with them.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds headers, as by [`header`](Self::header).
    ///
    /// ```
    /// use tower_cors::testing;
    ///
    /// let request = testing::get("https://api.example.com/")
    ///     .headers([("authorization", "Bearer x"), ("x-request-id", "7")]);
    /// ```
    pub fn headers<N: Into<String>, V: Into<String>>(
        mut self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.headers.extend(headers);
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

    /// Lets the request outlive its page. Its body [may then have 64 KiB][limit]; else it changes
    /// nothing about CORS.
    ///
    /// [limit]: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
    pub fn keepalive(mut self) -> Self {
        self.settings.keepalive = true;
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
        self.settings.initiator = Initiator::Font;
        self
    }

    /// The method and the URL as they were given.
    pub(super) fn line(&self) -> (&str, &str) {
        (&self.method, &self.url)
    }
}
