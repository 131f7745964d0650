//! The report on an audit, for people.

use std::io::{self, Write};

use super::paint::{BAD, GOOD, STRONG, UNSURE, paint};
use super::text::page_of;
use crate::args::Args;
use crate::audit::{Audit, Finding};
use crate::escape;

/// What may be meant, or not: `*` on a public server harms nobody.
pub(super) const OPEN_AT_HOME: &str = "Every site may read what this server answers, and it is on a \
    local machine or network. If it runs on visitors' machines, list the origins that may \
    (CVE-2025-24010, vite; CVE-2024-23639, Micronaut).";

/// Writes what an audit found.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn write(out: &mut impl Write, args: &Args, audit: &Audit) -> io::Result<()> {
    let Audit { expected, is_open_at_home, origins, requests, findings } = audit;
    let title = format!("Audit of {}: {origins} origins, {requests} requests", args.url);
    writeln!(out, "{}\n", paint(STRONG, escape::line(&title)))?;
    let page = escape::line(&page_of(&args.origin));
    if expected.is_refused() {
        writeln!(out, "The server refuses even {page}. Without --audit, cors-check says why.")?;
    } else {
        writeln!(out, "As it is meant to be, {page} {expected}.")?;
    }
    for finding in findings {
        writeln!(out)?;
        write_finding(out, finding)?;
    }
    if *is_open_at_home {
        writeln!(out, "\n{} {OPEN_AT_HOME}", paint(UNSURE, "Note:"))?;
    }
    match findings.len() {
        0 => writeln!(out, "\n{}", paint(GOOD, "Nothing was found.")),
        1 => writeln!(out, "\n{}", paint(BAD, "1 weakness was found.")),
        count => writeln!(out, "\n{}", paint(BAD, format!("{count} weaknesses were found."))),
    }
}

fn write_finding(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let Finding { weakness, evidence } = finding;
    let title = format!("{} ({})", weakness.code(), weakness.class());
    writeln!(out, "{}\n{}", paint(BAD, title), weakness.says())?;
    for evidence in evidence {
        writeln!(out, "  found     {}", escape::line(evidence))?;
    }
    writeln!(out, "  fix       {}", weakness.fix())?;
    if !weakness.seen_in().is_empty() {
        writeln!(out, "  seen in   {}", weakness.seen_in().join(", "))?;
    }
    Ok(())
}
