//! Reading header values as the Fetch standard says.

use http::header::{AsHeaderName, HeaderMap};

/// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) a header: all its lines, joined
/// by `, `.
pub(super) fn get(headers: &HeaderMap, name: impl AsHeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).iter().map(|line| text(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The value of one line, normalised, and
/// [isomorphic decoded](https://infra.spec.whatwg.org/#isomorphic-decode).
pub(super) fn text(line: &[u8]) -> String {
    line.iter().map(|&byte| char::from(byte)).collect::<String>().trim_matches([' ', '\t']).into()
}

/// One member is not a token, so the whole header is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// [Extracts header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) from a
/// header that is a list of tokens. Empty elements are skipped, as HTTP asks of recipients.
pub(super) fn tokens(
    headers: &HeaderMap,
    name: impl AsHeaderName,
) -> Result<Vec<String>, Malformed> {
    let mut tokens = Vec::new();
    for line in headers.get_all(name) {
        for element in text(line.as_bytes()).split(',') {
            let element = element.trim_matches([' ', '\t']);
            if !element.bytes().all(is_token_byte) {
                return Err(Malformed);
            }
            if !element.is_empty() {
                tokens.push(element.to_owned());
            }
        }
    }
    Ok(tokens)
}

/// [Splits](https://fetch.spec.whatwg.org/#header-value-get-decode-and-split) a value at its commas,
/// but for those in quoted strings.
pub(super) fn split(value: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut is_quoted, mut is_escaped) = (0, false, false);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_quoted,
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => {
                parts.push(&value[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&value[start..]);
    parts.into_iter().map(|part| part.trim_matches([' ', '\t'])).collect()
}

/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_commas_do_not_split() {
        let table: [(&str, &[&str]); 9] = [
            ("", &[""]),
            ("a, b\t,c", &["a", "b", "c"]),
            (",a,", &["", "a", ""]),
            (r#""a,b",c"#, &[r#""a,b""#, "c"]),
            (r#"a"b,c"d,e"#, &[r#"a"b,c"d"#, "e"]),
            (r#""a\",b",c"#, &[r#""a\",b""#, "c"]),
            (r#""a\\",b"#, &[r#""a\\""#, "b"]),
            // Outside of quotes a backslash escapes nothing; quotes that are not closed do not end.
            (r#"a\","b,c"#, &[r#"a\","b"#, "c"]),
            (r#"a,"b,c"#, &["a", r#""b,c"#]),
        ];
        for (value, parts) in table {
            assert_eq!(split(value), parts, "{value}");
        }
    }

    #[test]
    fn lists() {
        let read = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("a", http::HeaderValue::from_static(line));
            }
            tokens(&headers, "a")
        };
        assert_eq!(read(&[]), Ok(vec![]));
        assert_eq!(read(&["", ",x ,\ty", "*"]), Ok(vec!["x".into(), "y".into(), "*".into()]));
        for line in ["x y", "a/b", "\"x\"", "x;y"] {
            assert_eq!(read(&[line]), Err(Malformed), "{line}");
        }
    }
}
