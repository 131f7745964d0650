//! [`Quoted`]: a text of a file in a message.

use std::fmt;

/// With quotation marks, in one line, and if it is long, its start.
pub(super) struct Quoted<'a>(pub(super) &'a str);

const MAX_CHARS: usize = 60;

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(MAX_CHARS) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => write!(f, "{:?}... ({} bytes)", &self.0[..end], self.0.len()),
        }
    }
}
