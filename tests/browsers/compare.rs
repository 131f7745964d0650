//! Compares what a browser did with what the model of it predicts.

use std::fmt::Write as _;

use crate::browser_cases::case::Case;
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
        let predicted_lines = lines(case, predicted, &observed.script);
        let observed_lines = lines(case, observed, &observed.script);
        if predicted_lines != observed_lines {
            return Err(format!(
                "step {index} is not as the model predicts\npredicted:\n{predicted_lines}observed:\n{observed_lines}"
            ));
        }
    }
    Ok(())
}

/// What a script saw and what reached the servers. Of what `known` has nothing of, nothing is said.
fn lines(case: &Case, observed: &Observed, known: &Script) -> String {
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
    for reached in &observed.reached {
        let _ = writeln!(lines, "  {}", line(case, reached));
    }
    lines
}

fn line(case: &Case, reached: &Reached) -> String {
    let value = |name: &str| {
        let lines = reached.headers.get_all(name).iter();
        let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        lines.join(", ")
    };
    let mut line = format!("{} {}", reached.method, reached.resource);
    for name in ["origin", "access-control-request-method", "access-control-request-headers"] {
        if reached.headers.contains_key(name) {
            let _ = write!(line, " {name}={}", value(name));
        }
    }
    let cookie = format!("{}=1", case.id);
    if value("cookie").split([';', ',']).any(|pair| pair.trim() == cookie) {
        line.push_str(" with its cookie");
    }
    line
}
