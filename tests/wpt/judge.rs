//! What came of a step, held against what had to come of it.

use std::collections::BTreeMap;

use http::{HeaderMap, Method};
use tower_cors::testing::{Answer, AnswerKind, Error};

use super::row::{Expect, Wanted};

/// A request that reached the servers.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) is_preflight: bool,
}

impl Reached {
    /// All lines of a header.
    fn header(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(name);
        let lines: Vec<_> =
            lines.iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }
}

/// What differs, a line each.
pub(crate) fn judge(
    expect: &Expect,
    outcome: &Result<Answer, Error>,
    reached: &[Reached],
) -> Vec<String> {
    let mut differences = Vec::new();
    match (outcome, &expect.kind, &expect.error) {
        (Ok(answer), Some(kind), _) => judge_answer(expect, kind, answer, &mut differences),
        (Err(error), _, Some(step)) => {
            let got = format!("{:?}", error.step());
            if !got.starts_with(step) {
                differences.push(differs("error", step, &got));
            }
        }
        (Ok(answer), _, error) => {
            let got = format!("{:?}, status {}", answer.kind(), answer.status());
            differences.push(differs("outcome", error.as_deref().unwrap_or_default(), &got));
        }
        (Err(error), kind, _) => {
            let got = format!("{:?}: {error}", error.step());
            differences.push(differs("outcome", kind.as_ref().map_or("", String::as_str), &got));
        }
    }
    if let Some(methods) = &expect.methods {
        let got: Vec<_> = reached.iter().map(|reached| reached.method.as_str()).collect();
        if got.join(" ") != *methods {
            differences.push(differs("methods", methods, &got.join(" ")));
        }
    }
    let last = |is_preflight| reached.iter().rfind(|reached| reached.is_preflight == is_preflight);
    for (what, wanted, sent) in
        [("preflight", &expect.preflight, last(true)), ("sent", &expect.sent, last(false))]
    {
        match sent {
            Some(sent) => judge_headers(what, wanted, |name| sent.header(name), &mut differences),
            None if wanted.is_empty() => {}
            None => differences.push(format!("  {what}: nothing was sent")),
        }
    }
    differences
}

fn judge_answer(expect: &Expect, kind: &str, answer: &Answer, differences: &mut Vec<String>) {
    let got = match answer.kind() {
        AnswerKind::Basic => "basic",
        AnswerKind::Cors => "cors",
        AnswerKind::Opaque => "opaque",
        AnswerKind::OpaqueRedirect => "opaqueredirect",
        AnswerKind::Navigation => "navigation",
        _ => "another",
    };
    let mut judge = |what, expected: Option<String>, got: String| {
        if let Some(expected) = expected.filter(|expected| *expected != got) {
            differences.push(differs(what, &expected, &got));
        }
    };
    judge("kind", Some(kind.to_owned()), got.to_owned());
    judge("status", expect.status.map(|status| status.to_string()), answer.status().to_string());
    judge("status text", expect.status_text.clone(), answer.status_text().to_owned());
    judge("url", expect.url.clone(), answer.url().to_owned());
    judge(
        "redirected",
        expect.redirected.map(|redirected| redirected.to_string()),
        answer.was_redirected().to_string(),
    );
    judge("body", expect.body.clone(), answer.text().into_owned());
    let seen = |name: &str| answer.header(name);
    judge_headers("header", &expect.headers, seen, differences);
}

fn judge_headers(
    what: &str,
    wanted: &BTreeMap<String, Wanted>,
    header: impl Fn(&str) -> Option<String>,
    differences: &mut Vec<String>,
) {
    for (name, wanted) in wanted {
        let got = header(name);
        let is_so = match wanted {
            Wanted::Absent => got.is_none(),
            Wanted::Present(present) => got.is_some() == *present,
            Wanted::Is(value) => got.as_ref() == Some(value),
            Wanted::Not { not } => got.as_ref() != Some(not),
        };
        if !is_so {
            differences.push(format!("  {what} {name}: expected {wanted:?}, got {got:?}"));
        }
    }
}

fn differs(what: &str, expected: &str, got: &str) -> String {
    format!("  {what}: expected {expected}, got {got}")
}
