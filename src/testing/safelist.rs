//! What a script may ask for without a preflight, and what it may not ask for at all.

use std::collections::BTreeSet;

use http::header::{HeaderMap, HeaderName};

use super::engine::Engine;
use super::values::{split, text};

/// <https://fetch.spec.whatwg.org/#cors-safelisted-method>
pub(super) fn is_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>
pub(super) fn is_forbidden_method(method: &str) -> bool {
    ["connect", "trace", "track"].iter().any(|forbidden| forbidden.eq_ignore_ascii_case(method))
}

/// <https://fetch.spec.whatwg.org/#concept-method-normalize>
pub(super) fn normalize_method(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    match upper.as_str() {
        "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => upper,
        _ => method.to_owned(),
    }
}

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
pub(super) fn is_forbidden_header(name: &HeaderName, value: &[u8], engine: Engine) -> bool {
    match name.as_str() {
        "accept-charset"
        | "accept-encoding"
        | "access-control-request-headers"
        | "access-control-request-method"
        | "connection"
        | "content-length"
        | "cookie"
        | "cookie2"
        | "date"
        | "dnt"
        | "expect"
        | "host"
        | "keep-alive"
        | "origin"
        | "referer"
        | "set-cookie"
        | "te"
        | "trailer"
        | "transfer-encoding"
        | "upgrade"
        | "via" => true,
        "x-http-method" | "x-http-method-override" | "x-method-override" => {
            let value = text(value);
            if engine.splits_within_quotes() {
                value.split(',').any(|method| is_forbidden_method(method.trim()))
            } else {
                split(&value).into_iter().any(is_forbidden_method)
            }
        }
        name => name.starts_with("proxy-") || name.starts_with("sec-"),
    }
}

/// <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header>
pub(super) fn is_no_cors_safelisted(name: &HeaderName, value: &[u8]) -> bool {
    let names = ["accept", "accept-language", "content-language", "content-type"];
    names.contains(&name.as_str()) && is_safelisted(name, value)
}

/// [CORS-unsafe request-header names], sorted and in lower case.
///
/// [CORS-unsafe request-header names]: https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
pub(super) fn unsafe_names(headers: &HeaderMap) -> BTreeSet<String> {
    let mut unsafe_names = BTreeSet::new();
    let mut potentially_unsafe = Vec::new();
    let mut safelisted_bytes = 0;
    for (name, value) in headers {
        if is_safelisted(name, value.as_bytes()) {
            potentially_unsafe.push(name.as_str().to_owned());
            safelisted_bytes += value.len();
        } else {
            unsafe_names.insert(name.as_str().to_owned());
        }
    }
    if safelisted_bytes > 1024 {
        unsafe_names.extend(potentially_unsafe);
    }
    unsafe_names
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
fn is_safelisted(name: &HeaderName, value: &[u8]) -> bool {
    if value.len() > 128 {
        return false;
    }
    match name.as_str() {
        "accept" => !value.iter().copied().any(is_unsafe_byte),
        "accept-language" | "content-language" => {
            value.iter().all(|byte| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte))
        }
        "content-type" => {
            let essence = mime_essence(&text(value));
            !value.iter().copied().any(is_unsafe_byte)
                && matches!(
                    essence.as_deref(),
                    Some(
                        "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
                    )
                )
        }
        "range" => is_safelisted_range(value),
        _ => false,
    }
}

/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
fn is_unsafe_byte(byte: u8) -> bool {
    byte < b' ' && byte != b'\t' || byte == 0x7f || b"\"():<>?@[\\]{}".contains(&byte)
}

/// The essence of a [parsed MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type), to be
/// compared with a valid one: it may not be valid itself.
pub(super) fn mime_essence(text: &str) -> Option<String> {
    let white_space = [' ', '\t', '\n', '\r'];
    let (kind, rest) = text.trim_matches(white_space).split_once('/')?;
    let (subtype, _parameters) = rest.split_once(';').unwrap_or((rest, ""));
    let subtype = subtype.trim_end_matches(white_space);
    Some(format!("{kind}/{subtype}").to_ascii_lowercase())
}

/// `bytes=N-` or `bytes=N-M`, N at most M, without white space:
/// <https://fetch.spec.whatwg.org/#simple-range-header-value>
fn is_safelisted_range(value: &[u8]) -> bool {
    let Some(range) = value.strip_prefix(b"bytes=") else { return false };
    let Some(dash) = range.iter().position(|&byte| byte == b'-') else { return false };
    let (first, last) = (&range[..dash], &range[dash + 1..]);
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if first.is_empty() || !digits(first) || !digits(last) {
        return false;
    }
    // As many digits as fit in 128 bytes: no number type is that wide.
    let number = |part: &[u8]| {
        let zeros = part.iter().take_while(|&&digit| digit == b'0').count();
        (part.len() - zeros, part[zeros..].to_vec())
    };
    last.is_empty() || number(first) <= number(last)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// S14
    #[test]
    fn safelisted_values() {
        let long = "a".repeat(128);
        let too_long = "a".repeat(129);
        let table: &[(&str, &str, bool)] = &[
            ("accept", "text/html, */*", true),
            ("accept", &long, true),
            ("accept", &too_long, false),
            ("accept", "\"", false),
            ("accept", "(", false),
            ("accept", "\u{1}", false),
            ("accept", "\u{7f}", false),
            ("accept", " ", true),
            ("accept", "a\tb", true),
            ("accept-language", "de-DE, en;q=0.5, *", true),
            ("accept-language", "de_DE", false),
            ("content-language", "en", true),
            ("content-language", "@", false),
            ("content-type", "text/plain", true),
            ("content-type", "TEXT/plain ; charset=utf-8", true),
            ("content-type", "multipart/form-data; boundary=x", true),
            ("content-type", "multipart/form-data; boundary=\"x\"", false),
            ("content-type", "application/x-www-form-urlencoded", true),
            ("content-type", "application/json", false),
            ("content-type", "text/plain, application/json", false),
            ("content-type", "te\txt/plain", false),
            ("content-type", "text/ plain", false),
            ("content-type", "text", false),
            ("content-type", "", false),
            ("range", "bytes=0-", true),
            ("range", "bytes=0-0", true),
            ("range", "bytes=9-10", true),
            ("range", "bytes=10-9", false),
            ("range", "bytes=0009-10", true),
            ("range", "bytes=0010-9", false),
            ("range", "bytes=-500", false),
            ("range", "bytes= 0-1", false),
            ("range", "bytes=0-1,2-3", false),
            ("range", "Bytes=0-1", false),
            ("range", "bytes=99999999999999999999999998-99999999999999999999999999", true),
            ("x-a", "", false),
            ("authorization", "a", false),
        ];
        for (name, value, safe) in table {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            assert_eq!(is_safelisted(&name, value.as_bytes()), *safe, "{name}: {value}");
        }
    }

    #[test]
    fn together_at_most_1024_bytes() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(&"a".repeat(128)).unwrap();
        for _ in 0..8 {
            headers.append("accept", value.clone());
        }
        assert!(unsafe_names(&headers).is_empty());
        headers.append("content-language", HeaderValue::from_static("a"));
        let names: Vec<_> = unsafe_names(&headers).into_iter().collect();
        assert_eq!(names, ["accept", "content-language"]);
    }

    #[test]
    fn forbidden_headers() {
        let is_forbidden = |name: &'static str, value: &str| {
            is_forbidden_header(&HeaderName::from_static(name), value.as_bytes(), Engine::Standard)
        };
        for name in ["cookie", "host", "sec-fetch-site", "proxy-x", "dnt", "set-cookie"] {
            assert!(is_forbidden(name, ""), "{name}");
        }
        for name in ["authorization", "user-agent", "x-sec-a", "cookies"] {
            assert!(!is_forbidden(name, ""), "{name}");
        }
        assert!(is_forbidden("x-http-method-override", "PUT, trace"));
        assert!(!is_forbidden("x-http-method-override", "PUT"));
        assert!(is_forbidden("x-http-method", "\"a\", Track"));
        assert!(!is_forbidden("x-http-method", "\"a,trace,b\""));
        for (engine, forbidden) in
            [(Engine::Chromium, false), (Engine::Firefox, true), (Engine::WebKit, true)]
        {
            let name = HeaderName::from_static("x-http-method");
            assert_eq!(is_forbidden_header(&name, b"\"a, trace,b\"", engine), forbidden);
        }
    }
}
