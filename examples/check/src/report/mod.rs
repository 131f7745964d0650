//! What was found out, as people and as machines read it.

use tower_cors::testing::Error;

use crate::audit::Audit;
use crate::behind_cache::BehindCache;
use crate::verdict::{Conclusion, Outcome, Verdict};

mod ascii;
pub(crate) mod audit;
pub(crate) mod json;
pub(crate) mod paint;
pub(crate) mod text;

/// What was found out.
#[derive(Debug)]
pub(crate) enum Findings {
    /// Whether the page may.
    Check {
        verdicts: Vec<Verdict>,
        behind_cache: Option<Vec<BehindCache>>,
        notes: Vec<String>,
    },
    Audit(Audit),
}

impl Findings {
    /// The exit code: 0 for what is well, 1 for what is not, 2 where nobody knows.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Audit(audit) => u8::from(!audit.findings.is_empty()),
            Self::Check { verdicts, behind_cache, .. } => {
                let of_engines = verdicts.iter().map(|verdict| &verdict.outcome);
                let of_cache = behind_cache.iter().flatten().map(|tried| &tried.outcome);
                let conclusions = of_engines.chain(of_cache).map(Outcome::conclusion);
                match conclusions.max() {
                    None | Some(Conclusion::May) => 0,
                    Some(Conclusion::MayNot) => 1,
                    Some(Conclusion::Unknown) => 2,
                }
            }
        }
    }
}

/// The model's explanation, without secrets, for reports end up in logs. Not escaped yet.
fn explain(error: &Error) -> String {
    let hide = |line: &str| match line.split_once("authorization: ") {
        Some((before, _)) if before.trim().is_empty() => {
            format!("{before}authorization: (not shown)")
        }
        _ => line.to_owned(),
    };
    error.to_string().lines().map(hide).collect::<Vec<_>>().join("\n")
}
