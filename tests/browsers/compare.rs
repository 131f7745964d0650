//! Compares what a browser did with what the model of it predicts.

use std::fmt::Write as _;

use crate::browser_cases::case::{Case, YesNoOr};
use crate::browser_cases::check::{Observed, Script};
use crate::browser_cases::site::Reached;

/// Headers that come with the connection, one of them from Firefox itself. The model has none.
const OF_THE_CONNECTION: [&str; 6] =
    ["connection", "content-length", "date", "keep-alive", "transfer-encoding", "x-firefox-spdy"];

/// Whether all steps of a case went as predicted.
///
/// # Errors
///
/// The first step that did not, with both sides.
pub(crate) fn compare(
    case: &Case,
    predicted: &[Observed],
    observed: &[Observed],
) -> Result<(), String> {
    for (index, (predicted, observed)) in predicted.iter().zip(observed).enumerate() {
        let predicted_lines = lines(case, index, predicted, &observed.script);
        let observed_lines = lines(case, index, observed, &observed.script);
        if predicted_lines != observed_lines {
            return Err(format!(
                "step {index} is not as the model predicts\npredicted:\n{predicted_lines}observed:\n{observed_lines}"
            ));
        }
    }
    Ok(())
}

/// What a script saw and what reached the servers. Of what `known` has nothing of, nothing is said.
fn lines(case: &Case, index: usize, observed: &Observed, known: &Script) -> String {
    let mut lines = String::new();
    let Script { readable, opaque, opaqueredirect, status, url, headers, .. } = &observed.script;
    let _ = writeln!(lines, "  readable={readable:?} {opaque} {opaqueredirect}");
    // A script that is kept from a response has nothing of it, whatever the reason.
    if known.readable == Some(true) {
        if known.status.is_some() {
            let _ = writeln!(lines, "  status={status:?}");
        }
        if known.url.is_some() {
            let _ = writeln!(lines, "  url={url:?}");
        }
        if known.headers.is_some() {
            for (name, value) in headers.iter().flatten() {
                if !OF_THE_CONNECTION.contains(&name.as_str()) {
                    let _ = writeln!(lines, "  {name}: {value}");
                }
            }
        }
    }
    for reached in observed.reached.iter().filter(|reached| !is_left_open(case, index, reached)) {
        let cookie = if reached.has_cookie_of(case) { " with its cookie" } else { "" };
        let _ = writeln!(lines, "  {reached}{cookie}");
    }
    lines
}

/// Whether a cache that the case says nothing about decides if this is sent.
fn is_left_open(case: &Case, index: usize, reached: &Reached) -> bool {
    let step = &case.steps[index];
    step.expected.actual_sent == Some(YesNoOr::Either) && reached.resource == step.fetch.to
}
