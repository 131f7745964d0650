//! [`Ascii`]: JSON that is safe to look at on a terminal.

use std::io::{self, Write};

use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

/// Writes what is not printable ASCII as `\u....`.
#[derive(Clone, Debug, Default)]
pub(super) struct Ascii(CompactFormatter);

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for char in fragment.chars() {
            if matches!(char, ' '..='~') {
                write!(writer, "{char}")?;
            } else {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        char_escape: CharEscape,
    ) -> io::Result<()> {
        self.0.write_char_escape(writer, char_escape)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize as _;
    use serde_json::ser::Serializer;

    use super::*;

    #[test]
    fn all_is_printable_and_comes_back() {
        let text = "a\"\\\n\u{1b}\u{7f}\u{9b}\u{202e}\u{1f600}é";
        let mut json = Vec::new();
        text.serialize(&mut Serializer::with_formatter(&mut json, Ascii::default())).unwrap();
        assert!(json.iter().all(|byte| matches!(byte, b' '..=b'~')), "{json:?}");
        assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), text);
    }
}
