//! The report on a page's request, for people.

use std::fmt::Write as _;
use std::io::{self, Write};

use http::HeaderName;
use http::header::COOKIE;
use tower_cors::testing::{Answer, Credentials, Sent};

use super::explain;
use super::paint::{BAD, GOOD, STRONG, UNSURE, paint};
use crate::args::Args;
use crate::behind_cache::{Before, BehindCache};
use crate::escape;
use crate::verdict::{Outcome, Verdict};

/// Writes what was found out about a page's request.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn write(
    out: &mut impl Write,
    args: &Args,
    verdicts: &[Verdict],
    behind_cache: Option<&[BehindCache]>,
    notes: &[String],
) -> io::Result<()> {
    let page = page_of(&args.origin);
    let with = match args.credentials() {
        Credentials::Include => ", with credentials",
        _ => "",
    };
    let title = format!("{} {}, from {page}{with}", args.method(), args.url);
    writeln!(out, "{}\n", paint(STRONG, escape::line(&title)))?;
    for verdict in verdicts {
        writeln!(out, "  {:14}{}", verdict.engine, short(&verdict.outcome))?;
    }
    let groups = alike(args, verdicts);
    for (engines, text) in &groups {
        writeln!(out)?;
        if groups.len() > 1 {
            writeln!(out, "{}", paint(STRONG, format!("{}:", engines.join(", "))))?;
        }
        writeln!(out, "{}", escape::lines(text))?;
    }
    for tried in behind_cache.into_iter().flatten() {
        write_behind_cache(out, tried)?;
    }
    for note in notes {
        writeln!(out, "\n{} {}", paint(UNSURE, "Note:"), escape::line(note))?;
    }
    Ok(())
}

/// How a page is called, by its origin.
pub(super) fn page_of(origin: &str) -> String {
    match origin {
        "null" => "a page with an opaque origin".to_owned(),
        origin => format!("a page at {origin}"),
    }
}

/// The engines that have the same to say, and what it is.
fn alike<'a>(args: &Args, verdicts: &'a [Verdict]) -> Vec<(Vec<&'a str>, String)> {
    let mut groups: Vec<(Vec<&str>, String)> = Vec::new();
    for verdict in verdicts {
        let text = describe(args, verdict);
        match groups.iter_mut().find(|(_, known)| *known == text) {
            Some((engines, _)) => engines.push(verdict.engine),
            None => groups.push((vec![verdict.engine], text)),
        }
    }
    groups
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::May(_) => paint(GOOD, "yes, the page may"),
        Outcome::PreflightAllows => paint(GOOD, "yes, by the preflight"),
        Outcome::MayNot(_) => paint(BAD, "no, the page may not"),
        Outcome::NotAsked => paint(UNSURE, "not known: not sent"),
        Outcome::NoAnswer(_) => paint(UNSURE, "not known: no answer"),
        Outcome::Impossible(_) => paint(UNSURE, "not possible"),
    }
}

/// All that one engine has to say. Not escaped yet.
fn describe(args: &Args, verdict: &Verdict) -> String {
    let method = args.method();
    let mut text = match &verdict.outcome {
        // What the model says has the requests in it.
        Outcome::MayNot(error) | Outcome::Impossible(error) => return explain(error),
        Outcome::May(answer) => describe_answer(answer),
        Outcome::PreflightAllows => format!(
            "The preflight allows it. Judgement ends here: {method} may change something, so it was not \
             sent.\nIts response has to allow the origin, too. With --send it is sent."
        ),
        Outcome::NotAsked => format!(
            "A browser sends this {method} without a preflight, so there was nothing to ask: it may \
             change something,\nand was not sent. With --send it is sent."
        ),
        Outcome::NoAnswer(why) => format!("The server could not be asked.\n{why}."),
    };
    text.push('\n');
    for (index, sent) in verdict.requests.iter().enumerate() {
        let label = if index == 0 { "asked" } else { "" };
        let _ = write!(text, "\n  {label:10}{sent}");
        if sent.status().is_none() {
            let was_sent = matches!(verdict.outcome, Outcome::NoAnswer(_));
            text.push_str(if was_sent { " -> no answer" } else { " (not sent)" });
        }
    }
    if let Outcome::May(answer) = &verdict.outcome {
        let mut names: Vec<_> = answer.headers().keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let names = if names.is_empty() { "no header".to_owned() } else { names.join(", ") };
        let _ = write!(text, "\n  {:10}{names}", "can read");
    }
    if !args.cookies.is_empty() {
        let _ = write!(text, "\n  {:10}{}", "cookies", describe_cookies(verdict.requests.last()));
    }
    text
}

fn describe_answer(answer: &Answer) -> String {
    let status = format!("{} {}", answer.status(), answer.status_text());
    let status = status.trim_end();
    let mut text = if answer.was_redirected() {
        format!("The page gets the response, from {} after redirects: {status}.", answer.url())
    } else {
        format!("The page gets the response: {status}.")
    };
    if answer.status() >= 400 {
        text.push_str(" That is the server's own error; CORS is not in its way.");
    }
    text
}

/// Which cookies went along. Their values are nobody's business.
fn describe_cookies(last: Option<&Sent>) -> String {
    let sent = last.and_then(|sent| sent.header(COOKIE.as_str())).unwrap_or_default();
    let names: Vec<_> = sent.split("; ").filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    if names.is_empty() {
        "none was sent. A cookie goes to another site only with `SameSite=None; Secure`; some \
         browsers also send one without SameSite."
            .to_owned()
    } else {
        names.join(", ")
    }
}

fn write_behind_cache(out: &mut impl Write, tried: &BehindCache) -> io::Result<()> {
    let before = match tried.before {
        Before::Stranger => "a page of another origin",
        Before::NoOrigin => "somebody without Origin, such as an <img>",
    };
    let title = format!("Through a shared cache, after {before}:");
    writeln!(out, "\n{} {}", paint(STRONG, title), short(&tried.outcome))?;
    match &tried.outcome {
        // What the model makes of it takes the response for one to this page.
        Outcome::MayNot(error) if tried.is_from_cache => {
            let message = explain(error);
            let reason = message.lines().nth(1).unwrap_or_default();
            writeln!(
                out,
                "The cache gave the page what was meant for the other. {}",
                escape::line(reason)
            )?;
            writeln!(
                out,
                "  {:10}vary: Origin, on every response: also to requests without Origin",
                "needed"
            )
        }
        Outcome::MayNot(error) => writeln!(out, "{}", escape::lines(&explain(error))),
        Outcome::NoAnswer(why) => writeln!(out, "{}", escape::lines(&why.to_string())),
        _ if tried.is_from_cache => writeln!(out, "The response came out of the cache."),
        _ => writeln!(out, "The cache had nothing for this page, so the server was asked."),
    }
}
