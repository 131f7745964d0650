//! The Fetch standard's closed lists, and this crate's limits on what it reads of a request.

/// [CORS-safelisted methods](https://fetch.spec.whatwg.org/#cors-safelisted-method): a preflight
/// never has to allow them.
const SAFELISTED_METHODS: [&str; 3] = ["GET", "HEAD", "POST"];

/// [Forbidden methods](https://fetch.spec.whatwg.org/#forbidden-method), compared without case.
const FORBIDDEN_METHODS: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];

/// The methods that browsers [normalize](https://fetch.spec.whatwg.org/#concept-method-normalize)
/// to upper case. All others keep their case: `patch` is not `PATCH`.
const NORMALIZED_METHODS: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];

/// [Forbidden request-headers](https://fetch.spec.whatwg.org/#forbidden-request-header) by name.
/// `X-HTTP-Method` and its like are not here: only some of their values are forbidden.
const FORBIDDEN_REQUEST_HEADERS: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// The prefixes of the same definition.
const FORBIDDEN_REQUEST_HEADER_PREFIXES: [&str; 2] = ["proxy-", "sec-"];

/// [Forbidden response-header names](https://fetch.spec.whatwg.org/#forbidden-response-header-name).
const FORBIDDEN_RESPONSE_HEADERS: [&str; 2] = ["set-cookie", "set-cookie2"];

/// [CORS-safelisted response-header names](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name):
/// scripts see them whether exposed or not.
const SAFELISTED_RESPONSE_HEADERS: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// The CORS protocol's [response headers](https://fetch.spec.whatwg.org/#http-responses) that only
/// a preflight's answer carries.
const PREFLIGHT_RESPONSE_HEADERS: [&str; 3] =
    ["access-control-allow-headers", "access-control-allow-methods", "access-control-max-age"];

/// Its response headers that other responses carry too.
const SHARED_RESPONSE_HEADERS: [&str; 3] = [
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "access-control-expose-headers",
];

/// Its [request headers](https://fetch.spec.whatwg.org/#http-requests).
const CORS_REQUEST_HEADERS: [&str; 3] =
    ["access-control-request-headers", "access-control-request-method", "origin"];

/// Longest `max_age`, in seconds: the largest cap of any browser (Firefox; Chromium caps at 7200,
/// WebKit at 600).
pub(crate) const MAX_AGE_SECONDS: u64 = 86_400;

/// Longest method that is read from `Access-Control-Request-Method`, in bytes.
pub(crate) const MAX_METHOD_BYTES: usize = 64;

/// How many bytes of `Access-Control-Request-Headers` are read, over all its lines. Names that a
/// page sets come to some hundred bytes; servers limit all headers together to some ten thousand.
pub(crate) const MAX_REQUEST_HEADERS_BYTES: usize = 4096;

/// How many lines of it are read. Browsers send one; some gateways split it at the commas.
pub(crate) const MAX_REQUEST_HEADERS_LINES: usize = 64;

pub(crate) fn is_safelisted_method(method: &[u8]) -> bool {
    SAFELISTED_METHODS.iter().any(|safelisted| safelisted.as_bytes() == method)
}

pub(crate) fn is_forbidden_method(method: &str) -> bool {
    FORBIDDEN_METHODS.iter().any(|forbidden| forbidden.eq_ignore_ascii_case(method))
}

/// What a browser makes of a method before it sends it.
pub(crate) fn normalize_method(method: &str) -> &str {
    NORMALIZED_METHODS
        .iter()
        .find(|normalized| normalized.eq_ignore_ascii_case(method))
        .unwrap_or(&method)
}

/// For a name in lower case, as are all below.
pub(crate) fn is_forbidden_request_header(name: &str) -> bool {
    FORBIDDEN_REQUEST_HEADERS.binary_search(&name).is_ok()
        || FORBIDDEN_REQUEST_HEADER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Names that only have a meaning in responses.
pub(crate) fn is_cors_response_header(name: &str) -> bool {
    is_preflight_response_header(name) || SHARED_RESPONSE_HEADERS.contains(&name)
}

/// Names that only have a meaning in the answer to a CORS-preflight request, which no script sees.
pub(crate) fn is_preflight_response_header(name: &str) -> bool {
    PREFLIGHT_RESPONSE_HEADERS.contains(&name)
}

/// Names that only have a meaning in requests.
pub(crate) fn is_cors_request_header(name: &str) -> bool {
    CORS_REQUEST_HEADERS.contains(&name)
}

pub(crate) fn is_forbidden_response_header(name: &str) -> bool {
    FORBIDDEN_RESPONSE_HEADERS.contains(&name)
}

pub(crate) fn is_safelisted_response_header(name: &str) -> bool {
    SAFELISTED_RESPONSE_HEADERS.contains(&name)
}

/// A [special scheme's default port](https://url.spec.whatwg.org/#default-port), which no
/// serialised origin carries.
pub(crate) const fn default_port(scheme: &[u8]) -> Option<u16> {
    match scheme {
        b"http" | b"ws" => Some(80),
        b"https" | b"wss" => Some(443),
        b"ftp" => Some(21),
        _ => None,
    }
}

/// Whether a scheme is [special](https://url.spec.whatwg.org/#special-scheme): its hosts are domains
/// or addresses, where those of other schemes are opaque.
pub(crate) const fn is_special(scheme: &[u8]) -> bool {
    matches!(scheme, b"http" | b"https" | b"file" | b"ftp" | b"ws" | b"wss")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_that_is_searched_is_sorted() {
        assert!(FORBIDDEN_REQUEST_HEADERS.is_sorted());
    }
}
