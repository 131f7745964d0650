//! Text from strangers, made safe to print: what a server sends must not move the cursor, colour the
//! screen, turn the direction of the text, or fill it.

use std::fmt::Write as _;

/// The longest line that is printed, in characters. What a server sent can be longer.
const LONGEST_LINE: usize = 400;

/// The most lines that are printed of one text.
const MOST_LINES: usize = 60;

/// Text of several lines, such as a message of the model: the lines stay, and in each of them
/// everything is escaped that is not plain to see.
pub(crate) fn lines(text: &str) -> String {
    let mut lines: Vec<_> = text.lines().take(MOST_LINES).map(line).collect();
    let left = text.lines().count().saturating_sub(MOST_LINES);
    if left > 0 {
        lines.push(format!("… and {left} more lines"));
    }
    lines.join("\n")
}

/// Text for one line: line breaks are escaped, too.
pub(crate) fn line(text: &str) -> String {
    let mut safe = String::new();
    for char in text.chars().take(LONGEST_LINE) {
        if is_plain(char) {
            safe.push(char);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(safe, "{}", char.escape_default());
        }
    }
    let left = text.chars().count().saturating_sub(LONGEST_LINE);
    if left > 0 {
        let _ = write!(safe, "… and {left} more characters");
    }
    safe
}

/// Whether a character shows as what it is. Letters of all scripts do, and the typographic characters of
/// this tool's own messages. Controls of C0 and C1 do not; nor does what Unicode uses to format text:
/// directions, joiners, tags and the like.
fn is_plain(char: char) -> bool {
    match char {
        ' '..='~' | '…' => true,
        _ => char.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_stays() {
        let text = r#"access-control-allow-origin: "https://bücher.example" [*] 日本"#;
        assert_eq!(line(text), text);
        assert_eq!(lines("a\n  b\n"), "a\n  b");
    }

    #[test]
    fn what_moves_the_terminal_is_escaped() {
        let table = [
            ("\x1b[2J", r"\u{1b}[2J"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("\r\n", r"\r\n"),
            ("\x08\x7f\0", r"\u{8}\u{7f}\u{0}"),
            ("a\u{202e}b", r"a\u{202e}b"),
            ("\u{2066}\u{200b}\u{feff}\u{2028}", r"\u{2066}\u{200b}\u{feff}\u{2028}"),
            ("\u{e0041}\u{301}", r"\u{e0041}\u{301}"),
        ];
        for (text, safe) in table {
            assert_eq!(line(text), safe);
        }
        assert_eq!(lines("a\x1bb\nc\rd"), "a\\u{1b}b\nc\\rd");
    }

    #[test]
    fn what_is_long_is_cut() {
        let long = "a".repeat(LONGEST_LINE);
        assert_eq!(line(&long), long);
        assert_eq!(line(&format!("{long}bc")), format!("{long}… and 2 more characters"));
        let many = lines(&"a\n".repeat(MOST_LINES + 3));
        assert!(many.ends_with("a\n… and 3 more lines"));
    }
}
