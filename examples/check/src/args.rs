//! [`Args`]: what is asked of which server, as the command line says it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use tower_cors::OriginPattern;
use tower_cors::testing::{self, Credentials, Page, Request};
use url::Url;

/// Says whether a page in a browser may request a URL, and if not, why.
///
/// It makes the requests that a browser would make, and judges the answers by the Fetch standard and as
/// Chromium, Firefox and WebKit do.
#[derive(Debug, Parser)]
#[allow(clippy::doc_markdown, reason = "these texts are printed as they stand")]
#[command(version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The URL that the page requests
    #[arg(value_parser = parse_url)]
    pub(crate) url: Url,

    /// Where the page is: its origin, or its URL; `null` for a sandboxed frame
    #[arg(long, value_name = "ORIGIN", value_parser = parse_page)]
    pub(crate) origin: String,

    /// The method [default: GET, or POST with a body]
    #[arg(long, short = 'X', value_parser = parse_method)]
    method: Option<String>,

    /// A header that the page's script sets; can be repeated
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", value_parser = parse_header)]
    pub(crate) headers: Vec<(String, String)>,

    /// Send cookies along: `credentials: "include"`, `withCredentials`. --audit tries both
    #[arg(long)]
    pub(crate) credentials: bool,

    /// A cookie that the browser has, as `Set-Cookie` says it: `session=1; SameSite=None; Secure`; can be
    /// repeated, and means --credentials
    #[arg(long = "cookie", value_name = "COOKIE", conflicts_with = "audit", value_parser = parse_cookie)]
    pub(crate) cookies: Vec<http::HeaderValue>,

    /// What kind of body the request has
    #[arg(long, value_name = "KIND", conflicts_with = "audit")]
    body: Option<BodyKind>,

    /// What is in the body; alone, it is text
    #[arg(long, value_name = "TEXT", conflicts_with = "audit")]
    data: Option<String>,

    /// Listen to the progress of the upload, as XMLHttpRequest can: then there always is a preflight
    #[arg(long, conflicts_with = "audit")]
    upload_listener: bool,

    /// Send the request itself also if it may change something: any method but GET, HEAD and OPTIONS. All
    /// engines share one answer, unless they send other headers or cookies
    #[arg(long, conflicts_with = "audit")]
    pub(crate) send: bool,

    /// Try also what a cache between browser and server would do, such as that of a CDN
    #[arg(long, conflicts_with = "audit")]
    pub(crate) cache: bool,

    /// Look for weaknesses instead: try origins that a sound server refuses, and what poisons caches.
    /// Nothing but GET, HEAD and OPTIONS is sent
    #[arg(long)]
    pub(crate) audit: bool,

    /// What else the server is meant to allow, for --audit: an origin, or a pattern such as
    /// https://*.example.com or http://localhost:*; can be repeated
    #[arg(long = "allows", value_name = "PATTERN", requires = "audit")]
    pub(crate) allows: Vec<OriginPattern>,

    /// Trust also the certificates in this file (PEM), beside those of the system
    #[arg(long, value_name = "FILE")]
    pub(crate) cacert: Option<PathBuf>,

    /// How many seconds a request may take, with its preflight and all redirects
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = parse_seconds)]
    pub(crate) timeout: Duration,

    /// Write JSON, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

/// A page that nobody allows: its host cannot be registered.
pub(crate) const STRANGER: &str = "https://cors-check.invalid";

const EXIT_CODES: &str = "\
Exit codes:
  0  the page may, by the standard and in all engines; with --audit: nothing was found
  1  the page may not; with --audit: something was found
  2  the server could not be asked, or the arguments are wrong

Examples:
  cors-check https://api.example.com/items --origin https://app.example.com
  cors-check https://api.example.com/items --origin https://app.example.com --method PUT --body json
  cors-check https://api.example.com/items --origin https://app.example.com --audit";

/// What a script hands to `fetch()` as the body. What matters to CORS is its type.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(clippy::doc_markdown, reason = "these texts are printed as they stand")]
enum BodyKind {
    /// application/json: with a preflight
    Json,
    /// text/plain
    Text,
    /// application/x-www-form-urlencoded
    Form,
    /// A ReadableStream: with a preflight
    Stream,
}

impl Args {
    /// What the page's script hands to `fetch()`.
    pub(crate) fn request(&self) -> Request {
        self.request_to(&self.url)
    }

    /// The same to another URL.
    pub(crate) fn request_to(&self, url: &Url) -> Request {
        let mut request = testing::request(self.method(), url.as_str());
        request = request.headers(self.headers.iter().cloned());
        let kind = self.body.or(self.data.is_some().then_some(BodyKind::Text));
        let data = self.data.clone();
        request = match kind {
            None => request,
            Some(BodyKind::Json) => request.json(data.unwrap_or_else(|| "{}".to_owned())),
            Some(BodyKind::Text) => request.text(data.unwrap_or_default()),
            Some(BodyKind::Stream) => request.stream(data.unwrap_or_default()),
            Some(BodyKind::Form) => {
                let form_type = "application/x-www-form-urlencoded;charset=UTF-8";
                request.body(data.unwrap_or_default(), Some(form_type))
            }
        };
        if self.upload_listener {
            request = request.upload_listener();
        }
        request.credentials(self.credentials())
    }

    pub(crate) fn method(&self) -> &str {
        let has_body = self.body.is_some() || self.data.is_some();
        self.method.as_deref().unwrap_or(if has_body { "POST" } else { "GET" })
    }

    /// Without --credentials it is the default of `fetch()`, and of `XMLHttpRequest`.
    pub(crate) fn credentials(&self) -> Credentials {
        if self.credentials || !self.cookies.is_empty() {
            Credentials::Include
        } else {
            Credentials::SameOrigin
        }
    }

    /// The page, in a browser of its own.
    pub(crate) fn page<S>(&self, service: S) -> Page<S> {
        page(&self.origin, service)
    }
}

/// The page at an origin, or a sandboxed frame for `null`.
pub(crate) fn page<S>(origin: &str, service: S) -> Page<S> {
    if origin == "null" { Page::sandboxed(service) } else { Page::at(origin, service) }
}

fn parse_url(text: &str) -> Result<Url, String> {
    let Ok(url) = Url::parse(text) else {
        return Err(match Url::parse(&format!("https://{text}")) {
            Ok(url) => format!("it is not a URL. Is {url} meant?"),
            Err(error) => format!("it is not a URL: {error}"),
        });
    };
    match url.scheme() {
        "http" | "https" => Ok(url),
        // `localhost:3000` has the form of a URL whose scheme is `localhost`.
        _ if !text.contains("://") => {
            Err(format!("the scheme is missing. Is http://{text} meant?"))
        }
        scheme => Err(format!(
            "CORS is about http and https, not {scheme}. (A server of WebSockets has to check Origin \
             itself.)"
        )),
    }
}

/// The origin of a page, by its URL or by itself.
fn parse_page(text: &str) -> Result<String, String> {
    if text == "null" {
        return Ok(text.to_owned());
    }
    let missing = || format!("the scheme is missing. Is https://{text} meant?");
    match Url::parse(text) {
        Ok(_) if text.contains("://") => Ok(Page::at(text, ()).origin()),
        Ok(url) if matches!(url.scheme(), "data" | "about") => Ok("null".to_owned()),
        Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase) => Err(missing()),
        Err(error) => Err(format!("it is not an origin: {error}")),
    }
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-method-normalize) a method, as browsers do.
fn parse_method(text: &str) -> Result<String, String> {
    let upper = text.to_ascii_uppercase();
    if ["CONNECT", "TRACE", "TRACK"].contains(&&*upper) {
        return Err("no script can use this method".to_owned());
    }
    http::Method::from_bytes(text.as_bytes()).map_err(|_| "it is not a method")?;
    let is_normalized = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].contains(&&*upper);
    Ok(if is_normalized { upper } else { text.to_owned() })
}

fn parse_header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("the colon is missing. Write NAME: VALUE")?;
    http::HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| format!("{name:?} is not a header name"))?;
    http::HeaderValue::from_str(value.trim())
        .map_err(|_| format!("{value:?} has bytes that no header value can have"))?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

fn parse_cookie(text: &str) -> Result<http::HeaderValue, String> {
    let (pair, _) = text.split_once(';').unwrap_or((text, ""));
    if !pair.contains('=') {
        return Err("the name is missing. Write NAME=VALUE".to_owned());
    }
    http::HeaderValue::from_str(text).map_err(|_| "it has bytes that no cookie can have".to_owned())
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("it is not a number of seconds from 0.1 to 3600".to_owned()),
    }
}
