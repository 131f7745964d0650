//! Lists in header values, as [RFC 9110, section 5.6](https://www.rfc-editor.org/rfc/rfc9110#section-5.6)
//! has recipients read them.

use http::HeaderMap;
use http::HeaderValue;
use http::header::ACCESS_CONTROL_REQUEST_HEADERS;

use crate::fetch::{MAX_REQUEST_HEADERS_BYTES, MAX_REQUEST_HEADERS_LINES};

/// The lines of `Access-Control-Request-Headers` are longer, or more, than this crate reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// The names that a preflight asks for: the elements of all lines of
/// `Access-Control-Request-Headers`.
///
/// Browsers send one line, sorted, in lower case and without white space; gateways may not pass it
/// on like that.
pub(crate) fn requested_names(request: &HeaderMap) -> Result<impl Iterator<Item = &[u8]>, TooLong> {
    let lines = request.get_all(ACCESS_CONTROL_REQUEST_HEADERS);
    // Lengths first: what is over the limits is not read at all.
    let mut bytes = 0;
    for (index, line) in lines.iter().enumerate() {
        bytes += line.len();
        if index >= MAX_REQUEST_HEADERS_LINES || bytes > MAX_REQUEST_HEADERS_BYTES {
            return Err(TooLong);
        }
    }
    Ok(lines.into_iter().flat_map(list_elements))
}

/// The elements of one line, without optional white space and without empty ones
/// ([section 5.6.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2)).
pub(crate) fn list_elements(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    line.as_bytes()
        .split(|&byte| byte == b',')
        .map(trim_optional_white_space)
        .filter(|element| !element.is_empty())
}

/// [RFC 9110, section 5.6.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3)
fn trim_optional_white_space(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// [RFC 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| IS_TOKEN_BYTE[usize::from(*byte)])
}

/// A look-up for each byte, for a client may send thousands.
const IS_TOKEN_BYTE: [bool; 256] = {
    let token_bytes = b"!#$%&'*+-.^_`|~\
        0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut table = [false; 256];
    let mut index = 0;
    while index < token_bytes.len() {
        table[token_bytes[index] as usize] = true;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Result<Vec<String>, TooLong> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_str(line).unwrap());
        }
        let names = requested_names(&headers)?;
        Ok(names.map(|name| String::from_utf8(name.to_vec()).unwrap()).collect())
    }

    #[test]
    fn lists_are_read_as_rfc_9110_says() {
        let table: &[(&[&str], &[&str])] = &[
            (&[], &[]),
            (&[""], &[]),
            (&["x-a,x-b"], &["x-a", "x-b"]),
            (&[" x-a\t,\t x-b  "], &["x-a", "x-b"]),
            (&[",,x-a,,"], &["x-a"]),
            (&["x-a", "", "X-B, x-a"], &["x-a", "X-B", "x-a"]),
            (&["x a"], &["x a"]),
        ];
        for (lines, expected) in table {
            assert_eq!(read(lines).unwrap(), *expected, "{lines:?}");
        }
    }

    #[test]
    fn tokens_are_what_names_of_headers_are() {
        for byte in 0..=u8::MAX {
            let is_name = http::HeaderName::from_bytes(&[byte]).is_ok();
            assert_eq!(is_token(&[b'a', byte]), is_name, "{byte:#x}");
        }
        assert!(!is_token(b""));
    }

    #[test]
    fn limits() {
        let half = "a".repeat(MAX_REQUEST_HEADERS_BYTES / 2);
        assert_eq!(read(&[&half, &half]).map(|names| names.len()), Ok(2));
        assert_eq!(read(&[&half, &half, "a"]), Err(TooLong));
        assert_eq!(read(&[""; MAX_REQUEST_HEADERS_LINES]), Ok(vec![]));
        assert_eq!(read(&[""; MAX_REQUEST_HEADERS_LINES + 1]), Err(TooLong));
    }
}
