//! [`Escaped`]: what a client sent, written so that nothing in it can pass for anything else.

use std::fmt;

/// Longest value that is written whole. Origins that people have are shorter.
const MAX_BYTES: usize = 120;

/// A header's value in quotes: printable ASCII, everything else as an escape, and cut if it is long.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(MAX_BYTES)];
        write!(f, "\"{}\"", shown.escape_ascii())?;
        if shown.len() < self.0.len() { write!(f, "... ({} bytes)", self.0.len()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_passes_for_anything_else() {
        let escaped = |bytes: &[u8]| Escaped(bytes).to_string();
        assert_eq!(escaped(b"https://a.example"), r#""https://a.example""#);
        assert_eq!(escaped(b"a\"\\\t\x1b[31m"), r#""a\"\\\t\x1b[31m""#);
        assert_eq!(escaped("\u{202e}\u{e4}".as_bytes()), r#""\xe2\x80\xae\xc3\xa4""#);
        let long = "a".repeat(MAX_BYTES + 1);
        assert_eq!(escaped(long.as_bytes()), format!("\"{}\"... (121 bytes)", &long[1..]));
        assert_eq!(escaped(&long.as_bytes()[1..]), format!("\"{}\"", &long[1..]));
    }
}
