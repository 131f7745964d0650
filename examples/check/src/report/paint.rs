//! Colours, for terminals alone.

use std::fmt::Display;
use std::io::{IsTerminal, Stdout, stdout};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const UNSURE: Style = AnsiColor::Yellow.on_default();
pub(crate) const STRONG: Style = Style::new().bold();

/// Standard output, which lets colours through to a terminal that has some, if `NO_COLOR` does not say
/// otherwise, and to nothing else.
pub(crate) fn standard_output() -> AutoStream<Stdout> {
    let is_terminal = stdout().is_terminal();
    let choice = if is_terminal { ColorChoice::Auto } else { ColorChoice::Never };
    AutoStream::new(stdout(), choice)
}

/// Text in a colour. The text is safe already.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
