//! The report for machines. Its form is in the `README.md`.
//!
//! All that is not printable ASCII is escaped, and texts are cut: who looks at it on a terminal is as
//! safe as who reads the text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Serializer;
use tower_cors::testing::{Answer, Credentials, Error, Sent, Step};

use super::ascii::Ascii;
use super::audit::OPEN_AT_HOME;
use super::{Findings, explain};
use crate::args::Args;
use crate::audit::{Audit, Finding, Reach};
use crate::behind_cache::{Before, BehindCache};
use crate::escape;
use crate::verdict::{Outcome, Verdict};

#[derive(Serialize)]
struct Report<'a> {
    url: &'a str,
    origin: &'a str,
    exit_code: u8,
    #[serde(flatten)]
    body: Body<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Check {
        method: &'a str,
        credentials: bool,
        engines: Vec<EngineReport<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        behind_cache: Option<Vec<CacheReport>>,
        notes: &'a [String],
    },
    Audit {
        audit: AuditReport,
    },
    Error {
        error: String,
    },
}

#[derive(Serialize)]
struct EngineReport<'a> {
    engine: String,
    #[serde(flatten)]
    outcome: OutcomeReport,
    requests: Vec<RequestReport<'a>>,
}

#[derive(Serialize)]
struct RequestReport<'a> {
    method: &'a str,
    url: String,
    preflight: bool,
    status: Option<u16>,
}

#[derive(Serialize)]
struct CacheReport {
    before: &'static str,
    from_cache: bool,
    #[serde(flatten)]
    outcome: OutcomeReport,
}

#[derive(Default, Serialize)]
struct OutcomeReport {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needed: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Serialize)]
struct AuditReport {
    origins: usize,
    requests: usize,
    read: &'static str,
    preflight: &'static str,
    notes: Vec<&'static str>,
    findings: Vec<FindingReport>,
}

#[derive(Serialize)]
struct FindingReport {
    weakness: &'static str,
    class: &'static str,
    says: &'static str,
    fix: &'static str,
    seen_in: &'static [&'static str],
    evidence: Vec<String>,
}

/// Writes the report, in one line.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn write(out: &mut impl Write, args: &Args, findings: &Findings) -> io::Result<()> {
    let body = match findings {
        Findings::Audit(audit) => Body::Audit { audit: audit.into() },
        Findings::Check { verdicts, behind_cache, notes } => Body::Check {
            method: args.method(),
            credentials: args.credentials() == Credentials::Include,
            engines: verdicts.iter().map(EngineReport::from).collect(),
            behind_cache: behind_cache
                .as_ref()
                .map(|tried| tried.iter().map(CacheReport::from).collect()),
            notes,
        },
    };
    write_report(out, args, findings.exit_code(), body)
}

/// Writes why nothing was found out.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn write_error(out: &mut impl Write, args: &Args, error: &str) -> io::Result<()> {
    write_report(out, args, 2, Body::Error { error: escape::line(error) })
}

fn write_report(
    out: &mut impl Write,
    args: &Args,
    exit_code: u8,
    body: Body<'_>,
) -> io::Result<()> {
    let report = Report { url: args.url.as_str(), origin: &args.origin, exit_code, body };
    report.serialize(&mut Serializer::with_formatter(&mut *out, Ascii::default()))?;
    writeln!(out)
}

impl<'a> From<&'a Verdict> for EngineReport<'a> {
    fn from(verdict: &'a Verdict) -> Self {
        Self {
            engine: verdict.engine.trim_start_matches("the ").to_ascii_lowercase(),
            outcome: (&verdict.outcome).into(),
            requests: verdict.requests.iter().map(RequestReport::from).collect(),
        }
    }
}

impl<'a> From<&'a Sent> for RequestReport<'a> {
    fn from(sent: &'a Sent) -> Self {
        Self {
            method: sent.method().as_str(),
            url: escape::line(sent.url()),
            preflight: sent.is_preflight(),
            status: sent.status().map(|status| status.as_u16()),
        }
    }
}

impl From<&BehindCache> for CacheReport {
    fn from(tried: &BehindCache) -> Self {
        let before = match tried.before {
            Before::Stranger => "stranger",
            Before::NoOrigin => "no-origin",
        };
        Self { before, from_cache: tried.is_from_cache, outcome: (&tried.outcome).into() }
    }
}

impl From<&Outcome> for OutcomeReport {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::May(answer) => Self {
                outcome: "may",
                status: Some(answer.status()),
                headers: Some(sorted_names(answer)),
                ..Self::default()
            },
            Outcome::PreflightAllows => Self { outcome: "preflight-allows", ..Self::default() },
            Outcome::NotAsked => Self { outcome: "not-asked", ..Self::default() },
            Outcome::MayNot(error) => Self::of(error, "may-not"),
            Outcome::Impossible(error) => Self::of(error, "impossible"),
            Outcome::NoAnswer(why) => Self {
                outcome: "no-answer",
                message: Some(escape::lines(&why.to_string())),
                ..Self::default()
            },
        }
    }
}

impl OutcomeReport {
    fn of(error: &Error, outcome: &'static str) -> Self {
        Self {
            outcome,
            step: Some(code_of(error.step())),
            needed: Some(error.needed().iter().map(|needed| escape::line(needed)).collect()),
            message: Some(escape::lines(&explain(error))),
            ..Self::default()
        }
    }
}

fn sorted_names(answer: &Answer) -> Vec<String> {
    let mut names: Vec<_> = answer.headers().keys().map(ToString::to_string).collect();
    names.sort_unstable();
    names
}

/// The name of a step. Those of the model's own cannot fail here, or stand together as `other`.
fn code_of(step: &Step) -> &'static str {
    match step {
        Step::Request(_) => "request",
        Step::Mode => "mode",
        Step::PreflightCorsCheck(_) => "preflight-cors-check",
        Step::PreflightStatus(_) => "preflight-status",
        Step::PreflightMethods => "preflight-methods",
        Step::PreflightHeaders => "preflight-headers",
        Step::MethodNotAllowed(_) => "method-not-allowed",
        Step::HeaderNotAllowed(_) => "header-not-allowed",
        Step::AuthorizationNotAllowed => "authorization-not-allowed",
        Step::CorsCheck(_) => "cors-check",
        Step::Redirect(_) => "redirect",
        _ => "other",
    }
}

impl From<&Audit> for AuditReport {
    fn from(audit: &Audit) -> Self {
        Self {
            origins: audit.origins,
            requests: audit.requests,
            read: code_of_reach(audit.expected.read),
            preflight: code_of_reach(audit.expected.preflight),
            notes: if audit.is_open_at_home { vec![OPEN_AT_HOME] } else { Vec::new() },
            findings: audit.findings.iter().map(FindingReport::from).collect(),
        }
    }
}

fn code_of_reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Nothing => "nothing",
        Reach::Public => "public",
        Reach::Anonymous => "anonymous",
        Reach::Credentialed => "credentialed",
    }
}

impl From<&Finding> for FindingReport {
    fn from(finding: &Finding) -> Self {
        let weakness = finding.weakness;
        Self {
            weakness: weakness.code(),
            class: weakness.class(),
            says: weakness.says(),
            fix: weakness.fix(),
            seen_in: weakness.seen_in(),
            evidence: finding.evidence.iter().map(|evidence| escape::line(evidence)).collect(),
        }
    }
}
