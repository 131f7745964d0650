//! The audit: origins that a sound server refuses, and requests that poison caches.
//!
//! What the server is meant to allow are `--origin` and `--allows`. All else that it allows is found.

use tower_cors::{Origin, OriginPattern};

use crate::args::{Args, STRANGER};
use crate::fresh::Fresh;
use crate::notes;
use crate::progress::Progress;
use crate::server::Server;

mod access;
mod caches;
mod foreign;
mod weakness;

use access::Visitor;
pub(crate) use access::{Access, Reach};
use foreign::Foreign;
pub(crate) use weakness::Weakness;

/// What an audit found.
#[derive(Debug)]
pub(crate) struct Audit {
    /// What the page of `--origin` may, with which all others are compared.
    pub(crate) expected: Access,
    /// Whether every site may read what a server on a local machine or network answers.
    pub(crate) is_open_at_home: bool,
    pub(crate) origins: usize,
    pub(crate) requests: usize,
    pub(crate) findings: Vec<Finding>,
}

/// A weakness, and by what it shows.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) weakness: Weakness,
    pub(crate) evidence: Vec<String>,
}

/// How many requests may stay without an answer until the audit gives up.
const PATIENCE: usize = 3;

/// Tries everything, one after the other.
///
/// # Errors
///
/// Why the server could not be asked.
pub(crate) async fn audit(
    args: &Args,
    server: &Server,
    progress: &Progress,
) -> Result<Audit, String> {
    let fresh = Fresh::new();
    let visitor = Visitor { args, server, fresh: &fresh };
    progress.show(&format!("asking as {}", args.origin));
    let expected = visitor.visit(&args.origin).await.map_err(|why| why.to_string())?;

    let origins = foreign::origins(&args.origin, &args.allows);
    let mut allowed = Vec::new();
    let mut unanswered = 0;
    for (number, foreign) in origins.iter().enumerate() {
        progress.show(&format!(
            "{} of {}: asking as {}",
            number + 1,
            origins.len(),
            foreign.origin
        ));
        match visitor.visit(&foreign.origin).await {
            Ok(access) => allowed.push((foreign, access)),
            Err(why) => {
                unanswered += 1;
                if unanswered == PATIENCE {
                    return Err(format!(
                        "the server answers no more, after {number} origins: {why}"
                    ));
                }
            }
        }
    }
    let is_open = |(foreign, access): &(&Foreign, Access)| {
        foreign.origin == STRANGER && access.read > Reach::Nothing
    };
    let is_open_at_home = notes::is_local(&args.url) && allowed.iter().any(is_open);
    allowed.retain(|(_, access)| access.is_by_origin());

    let mut findings = by_origin(&allowed);
    progress.show("asking as caches do");
    findings.extend(caches::findings(&visitor).await.map_err(|why| why.to_string())?);
    findings.sort_by_key(|finding| finding.weakness);
    let (origins, requests) = (origins.len() + 1, server.asked());
    Ok(Audit { expected, is_open_at_home, origins, requests, findings })
}

/// What the origins that are allowed show, each by the weakness that says most.
fn by_origin(allowed: &[(&Foreign, Access)]) -> Vec<Finding> {
    let is_allowed = |origin: &str| allowed.iter().any(|(foreign, _)| foreign.origin == origin);
    let are_all = is_allowed(STRANGER);
    let mut findings: Vec<Finding> = Vec::new();
    for (foreign, access) in allowed {
        // `null` says something of its own; all other origins are allowed because all are.
        let says_own = matches!(foreign.shows, Weakness::AnyOrigin | Weakness::Null);
        let is_explained =
            are_all && !says_own || foreign.unless.as_deref().is_some_and(is_allowed);
        if is_explained {
            continue;
        }
        let evidence = format!("{} {access}", foreign.origin);
        match findings.iter_mut().find(|finding| finding.weakness == foreign.shows) {
            Some(finding) => finding.evidence.push(evidence),
            None => findings.push(Finding { weakness: foreign.shows, evidence: vec![evidence] }),
        }
    }
    findings
}

/// Whether the server is meant to allow an origin.
fn is_meant(origin: &str, page: &str, allows: &[OriginPattern]) -> bool {
    let covers = |origin| allows.iter().any(|pattern| pattern.covers(&origin));
    origin == page || Origin::parse(origin.as_bytes()).is_some_and(covers)
}
