//! `ceilings.txt`: what a request may cost, in shares of what something else takes.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// Added instructions, by case and peer; the cases in their order. `scan` is not a peer: it is what
/// looking at each byte of the request takes.
pub(crate) type Added = Vec<(String, BTreeMap<&'static str, u64>)>;

/// Another layout of the binary moves a count by this share.
const LAYOUT: f64 = 0.03;

/// A line of the file, and the share that was measured.
pub(crate) struct Ceiling<'a> {
    case: &'a str,
    of: &'a str,
    target: f64,
    /// The highest share that passes.
    highest: f64,
    /// Why that is above the target.
    reason: &'a str,
    share: f64,
}

impl<'a> Ceiling<'a> {
    /// `None` for a comment and for an empty line.
    pub(crate) fn read(line: &'a str, added: &Added) -> Result<Option<Self>, Box<dyn Error>> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let mut rest = line;
        let mut next = || {
            let (word, after) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
            rest = after.trim();
            word
        };
        let (case, of, target, highest) = (next(), next(), next(), next());
        let number = |text: &str| text.parse().map_err(|_| format!("{text:?} is not a number"));
        let (target, highest) = (number(target)?, number(highest)?);
        if highest > target && rest.is_empty() {
            return Err("a ceiling above the target needs a reason".into());
        }
        let count = |case: &str, peer| added.iter().find(|(name, _)| name == case)?.1.get(peer);
        let base = if of.contains('=') {
            // Another case: this one, but for the last part of its name.
            let stem = case.rsplit_once('/').map_or("", |(stem, _)| stem);
            count(&format!("{stem}/{of}"), "ours")
        } else {
            count(case, of)
        };
        let (Some(ours), Some(base)) = (count(case, "ours"), base) else {
            return Err(format!("nothing measures {case} of {of}").into());
        };
        let share = crate::share(*ours, *base);
        Ok(Some(Self { case, of, target, highest, reason: rest, share }))
    }

    pub(crate) fn is_met(&self) -> bool {
        self.share <= self.target
    }

    /// What is wrong with the line, if something is.
    pub(crate) fn complaint(&self) -> Option<&'static str> {
        if self.share > self.highest * (1.0 + LAYOUT) {
            Some("is above its ceiling")
        } else if self.highest > self.target && self.share < self.target * (1.0 - LAYOUT) {
            Some("is listed as missed: --accept strikes it")
        } else {
            None
        }
    }

    /// The line with what was measured as its ceiling or, where that meets the target, with the
    /// target. Whoever accepts a new miss writes the reason behind it.
    pub(crate) fn accepted(&self) -> String {
        let Self { case, of, target, share, reason, .. } = self;
        let (ceiling, reason) = if self.is_met() { (target, &"") } else { (share, reason) };
        format!("{case:<70} {of:<10} {target:.2} {ceiling:.2} {reason}").trim_end().to_owned()
    }
}

impl fmt::Display for Ceiling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, of, target, highest, reason, share } = self;
        let verdict = if self.is_met() { "met   " } else { "MISSED" };
        write!(f, "{verdict} {case} of={of} share={share:.2} target={target:.2}")?;
        if highest > target {
            write!(f, " ceiling={highest:.2}: {reason}")?;
        }
        self.complaint().map_or(Ok(()), |complaint| write!(f, " <- {complaint}"))
    }
}
