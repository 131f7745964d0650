//! Sets of header names, and the scan of `Access-Control-Request-Headers`.

use std::cmp::Ordering;

use http::header::{GetAll, HeaderName, HeaderValue};

use crate::fetch::{MAX_REQUEST_HEADERS_BYTES, MAX_REQUEST_HEADERS_LINES};

/// Header names, sorted and without duplicates; in lower case, as [`HeaderName`] always is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeaderNames(Box<[HeaderName]>);

/// Up to here comparing one by one takes fewer instructions than a search.
const FEW: usize = 8;

impl HeaderNames {
    pub(crate) fn as_slice(&self) -> &[HeaderName] {
        &self.0
    }

    /// Whether a name, in any case, is in the set.
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        // As browsers send it first: slices are compared a word at a time, letters are not.
        let as_it_is = if self.0.len() <= FEW {
            self.0.iter().any(|known| known.as_str().as_bytes() == name)
        } else {
            self.0.binary_search_by(|known| known.as_str().as_bytes().cmp(name)).is_ok()
        };
        as_it_is
            || name.iter().any(u8::is_ascii_uppercase)
                && self
                    .0
                    .binary_search_by(|known| cmp_ignore_case(known.as_str().as_bytes(), name))
                    .is_ok()
    }
}

impl FromIterator<HeaderName> for HeaderNames {
    fn from_iter<I: IntoIterator<Item = HeaderName>>(names: I) -> Self {
        let mut names = Vec::from_iter(names);
        names.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
        names.dedup();
        Self(names.into())
    }
}

/// The lines of `Access-Control-Request-Headers` are longer, or more, than this crate reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// The elements of the list that all lines together are, as RFC 9110 has recipients read it:
/// without optional white space, and without the empty ones ([section 5.6.1.2]).
///
/// Browsers send one line, sorted, in lower case and without white space; gateways may not pass it
/// on like that.
///
/// [section 5.6.1.2]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2
pub(crate) fn elements<'a>(
    lines: &GetAll<'a, HeaderValue>,
) -> Result<impl Iterator<Item = &'a [u8]> + use<'a>, TooLong> {
    // Lengths first: what is over the limits is not read at all.
    let mut bytes = 0;
    for (index, line) in lines.iter().enumerate() {
        bytes += line.len();
        if index >= MAX_REQUEST_HEADERS_LINES || bytes > MAX_REQUEST_HEADERS_BYTES {
            return Err(TooLong);
        }
    }
    Ok(lines
        .iter()
        .flat_map(|line| line.as_bytes().split(|&byte| byte == b','))
        .map(trim_optional_white_space)
        .filter(|element| !element.is_empty()))
}

/// [RFC 9110, section 5.6.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3)
pub(crate) fn trim_optional_white_space(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// [RFC 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)
pub(crate) fn is_token(text: &[u8]) -> bool {
    let is_token_byte =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_token_byte)
}

/// Compares a name in lower case with one in any.
fn cmp_ignore_case(known: &[u8], name: &[u8]) -> Ordering {
    known.iter().copied().cmp(name.iter().map(u8::to_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, HeaderMap};

    use super::*;

    fn read(lines: &[&str]) -> Result<Vec<String>, TooLong> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_str(line).unwrap());
        }
        let elements = elements(&headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS))?;
        Ok(elements.map(|element| String::from_utf8(element.to_vec()).unwrap()).collect())
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
    fn limits() {
        let half = "a".repeat(MAX_REQUEST_HEADERS_BYTES / 2);
        assert_eq!(read(&[&half, &half]).map(|elements| elements.len()), Ok(2));
        assert_eq!(read(&[&half, &half, "a"]), Err(TooLong));
        assert_eq!(read(&[""; MAX_REQUEST_HEADERS_LINES]), Ok(vec![]));
        assert_eq!(read(&[""; MAX_REQUEST_HEADERS_LINES + 1]), Err(TooLong));
    }

    #[test]
    fn names_are_found_in_any_case() {
        let names =
            HeaderNames::from_iter(["x-b", "accept", "x-b", "x-bc"].map(HeaderName::from_static));
        assert_eq!(names.as_slice(), ["accept", "x-b", "x-bc"]);
        for name in ["accept", "X-B", "x-Bc"] {
            assert!(names.contains(name.as_bytes()), "{name}");
        }
        for name in ["", "x", "x-bcd", "x-a", "acceptx"] {
            assert!(!names.contains(name.as_bytes()), "{name}");
        }
    }
}
