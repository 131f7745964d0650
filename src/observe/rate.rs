//! [`Rate`]: how often the same thing is said.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::{BuildHasher, Hash};
use std::mem;
use std::time::{Duration, Instant};

/// In a minute, one line for each subject, and a hundred lines in all. Whatever clients send, it holds
/// no more than two minutes' lines.
///
/// Subjects are remembered by a keyed hash, so that nobody can make two of them collide on purpose.
pub(crate) struct Rate {
    hasher: RandomState,
    minute: Option<Instant>,
    this_minute: HashMap<u64, u64>,
    /// Of the minute before: what was not said then is said with the next line.
    last_minute: HashMap<u64, u64>,
    /// What found no room among the hundred lines.
    unsaid: u64,
}

/// What is to be said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// How often the subject came up since the last line about it, this time included.
    pub(crate) count: u64,
    /// How many others came up since the last line, and were not said.
    pub(crate) unsaid: u64,
}

const MINUTE: Duration = Duration::from_secs(60);

/// At most so many lines in a minute.
pub(crate) const MAX_LINES: usize = 100;

impl Rate {
    pub(crate) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            minute: None,
            this_minute: HashMap::new(),
            last_minute: HashMap::new(),
            unsaid: 0,
        }
    }

    /// Whether to say something about a subject now.
    pub(crate) fn line(&mut self, subject: impl Hash, now: Instant) -> Option<Line> {
        self.turn(now);
        let has_room = self.this_minute.len() < MAX_LINES;
        match self.this_minute.entry(self.hasher.hash_one(subject)) {
            Entry::Occupied(mut quiet) => {
                *quiet.get_mut() += 1;
                None
            }
            Entry::Vacant(_) if !has_room => {
                self.unsaid += 1;
                None
            }
            Entry::Vacant(new) => {
                let quiet = self.last_minute.remove(new.key()).unwrap_or_default();
                new.insert(0);
                Some(Line { count: quiet + 1, unsaid: mem::take(&mut self.unsaid) })
            }
        }
    }

    /// Counts what was not said because others were busy saying something.
    pub(crate) fn add_unsaid(&mut self, number: u64) {
        self.unsaid += number;
    }

    fn turn(&mut self, now: Instant) {
        let since = self.minute.map(|minute| now.saturating_duration_since(minute));
        if since.is_some_and(|since| since < MINUTE) {
            return;
        }
        // What nobody asked about for a whole minute is not said any more, but counted.
        self.unsaid += self.last_minute.drain().map(|(_, quiet)| quiet).sum::<u64>();
        mem::swap(&mut self.this_minute, &mut self.last_minute);
        self.minute = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_about_the_same_with_a_count() {
        let mut rate = Rate::new();
        let start = Instant::now();
        let line = |count| Some(Line { count, unsaid: 0 });
        assert_eq!(rate.line("a", start), line(1));
        for second in 1..60 {
            assert_eq!(rate.line("a", start + Duration::from_secs(second)), None);
        }
        assert_eq!(rate.line("b", start + Duration::from_secs(59)), line(1));
        assert_eq!(rate.line("a", start + MINUTE), line(60));
        assert_eq!(rate.line("a", start + MINUTE), None);
        assert_eq!(rate.line("a", start + 2 * MINUTE), line(2));
    }

    #[test]
    fn a_hundred_lines_a_minute_and_no_memory_for_more() {
        let mut rate = Rate::new();
        let start = Instant::now();
        let lines = (0..1_000_000).filter(|subject| rate.line(subject, start).is_some()).count();
        assert_eq!(lines, MAX_LINES);
        assert_eq!((rate.this_minute.len(), rate.last_minute.len()), (MAX_LINES, 0));
        let later = start + MINUTE;
        let unsaid = 1_000_000 - MAX_LINES as u64;
        assert_eq!(rate.line("new", later), Some(Line { count: 1, unsaid }));
        let lines = (0..1_000_000).filter(|subject| rate.line(subject, later).is_some()).count();
        assert_eq!(lines, MAX_LINES - 1);
        assert!(rate.this_minute.len() + rate.last_minute.len() <= 2 * MAX_LINES);
    }

    #[test]
    fn nothing_is_lost() {
        let mut rate = Rate::new();
        let start = Instant::now();
        let mut said = 0;
        let mut say = |subject: u32, seconds| {
            let line = rate.line(subject, start + Duration::from_secs(seconds));
            said += line.map_or(0, |line| line.count + line.unsaid);
        };
        for seconds in 0..300 {
            for subject in 0..150 {
                say(subject, seconds);
            }
        }
        // After two quiet minutes, whatever was left is told of with the next line.
        say(1000, 420);
        say(1000, 480);
        say(1001, 540);
        assert_eq!(said, 300 * 150 + 3);
    }

    #[test]
    fn a_clock_that_goes_back_does_no_harm() {
        let mut rate = Rate::new();
        let start = Instant::now();
        assert!(rate.line("a", start + MINUTE).is_some());
        assert_eq!(rate.line("a", start), None);
    }
}
