//! [`Progress`]: one line on the terminal that says what is being tried.

use std::io::{IsTerminal, Write as _, stderr};

/// Shows what is being tried, if somebody is watching. It is gone when the report comes.
#[derive(Debug)]
pub(crate) struct Progress {
    is_watched: bool,
}

/// A line that is longer than the terminal is wide could not be taken back.
const WIDTH: usize = 79;

impl Progress {
    pub(crate) fn new() -> Self {
        Self { is_watched: stderr().is_terminal() }
    }

    /// Shows a step in place of the one before. The text is this tool's own.
    pub(crate) fn show(&self, step: &str) {
        if self.is_watched {
            let step: String = step.chars().take(WIDTH).collect();
            // That nobody can see it is no reason to stop.
            let _ = write!(stderr(), "\r\x1b[K{step}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.show("");
    }
}
