//! Compares what was observed with what is expected.

use std::fmt::Debug;

use http::HeaderMap;
use http::Method;
use tower_cors::testing::{Answer, AnswerKind, Error};

use crate::case::{Case, Expected, Fetch, Via, YesNoOr};
use crate::site::{self, Reached};

pub(crate) struct Observed {
    pub(crate) outcome: Result<Answer, Error>,
    /// What reached the servers, in order.
    pub(crate) reached: Vec<Reached>,
}

impl Observed {
    fn preflights<'a>(&'a self, resource: &'a str) -> impl Iterator<Item = &'a Reached> {
        self.reached.iter().filter(move |one| one.resource == resource && is_preflight(one))
    }

    fn actual<'a>(&'a self, resource: &'a str) -> impl Iterator<Item = &'a Reached> {
        self.reached.iter().filter(move |one| one.resource == resource && !is_preflight(one))
    }
}

fn is_preflight(reached: &Reached) -> bool {
    reached.method == Method::OPTIONS
        && reached.headers.contains_key("access-control-request-method")
}

pub(crate) fn check(
    expected: &Expected,
    fetch: &Fetch,
    case: &Case,
    engine: &str,
    observed: &Observed,
) -> Result<(), String> {
    let answer = observed.outcome.as_ref().ok();
    let kind = answer.map(Answer::kind);
    if let Some(Some(readable)) = expected.readable {
        // To a beacon, nothing is readable; cases say null.
        let is_readable =
            kind.is_some_and(|kind| matches!(kind, AnswerKind::Basic | AnswerKind::Cors));
        // An element may look at the status, too.
        let needs_ok = matches!(fetch.via, Via::Module | Via::Font | Via::Eventsource);
        same("readable", is_readable && (!needs_ok || is_success(answer)), readable)?;
    }
    if let Some(opaque) = expected.opaque {
        same("opaque", kind == Some(AnswerKind::Opaque), opaque)?;
    }
    if let Some(opaque) = expected.opaqueredirect {
        same("opaqueredirect", kind == Some(AnswerKind::OpaqueRedirect), opaque)?;
    }
    if let Some(status) = expected.status {
        same("status", answer.map(Answer::status), Some(status))?;
    }
    for (name, value) in &expected.visible_headers {
        let seen = answer.and_then(|answer| answer.header(name));
        match value {
            Some(value) => same(name, seen.as_ref(), Some(value))?,
            None => same(name, seen.is_some(), true)?,
        }
    }
    for name in &expected.hidden_headers {
        same(name, answer.and_then(|answer| answer.header(name)), None)?;
    }
    if let Some(resource) = &expected.final_ {
        let url = site::url_of(resource, case);
        same("final", answer.map(Answer::url), Some(url.as_str()))?;
    }
    check_preflights(expected, fetch, engine, observed)?;
    check_actual(expected, fetch, case, observed)?;
    check_seen(expected, case, observed)
}

fn is_success(answer: Option<&Answer>) -> bool {
    answer.is_some_and(|answer| (200..300).contains(&answer.status()))
}

fn check_preflights(
    expected: &Expected,
    fetch: &Fetch,
    engine: &str,
    observed: &Observed,
) -> Result<(), String> {
    let preflight = observed.preflights(&fetch.to).next();
    match &expected.preflight {
        Some(YesNoOr::Yes) => same("preflight", preflight.is_some(), true)?,
        Some(YesNoOr::No) => same("preflight", preflight.is_some(), false)?,
        // It depends on how much the server lists. This crate lists all, as the server did with
        // which the engines were observed.
        Some(YesNoOr::Other(word)) if word == "implementation" => {
            let key = if engine == "standard" { "chromium" } else { engine };
            if let Some(seen) = expected.observed_preflight.get(&format!("ref-{key}")) {
                same("preflight", preflight.is_some(), *seen)?;
            }
        }
        Some(YesNoOr::Other(_)) | None => {}
    }
    let asked = |name: &str| text(&preflight?.headers, name);
    if let Some(acrm) = &expected.acrm {
        same("acrm", asked("access-control-request-method").as_ref(), acrm.as_ref())?;
    }
    if let Some(acrh) = &expected.acrh {
        same("acrh", asked("access-control-request-headers").as_ref(), acrh.as_ref())?;
    }
    if let Some(sent) = expected.preflight_cookies_sent {
        let has_cookie = observed.reached.iter().filter(|one| is_preflight(one));
        let has_cookie = has_cookie.into_iter().any(|one| one.headers.contains_key("cookie"));
        same("preflight_cookies_sent", has_cookie, sent)?;
    }
    for (resource, count) in &expected.preflights {
        same("preflights", observed.preflights(resource).count(), *count)?;
    }
    for (resource, acrh) in &expected.acrh_seen {
        let seen = observed.preflights(resource).next();
        let seen = seen.and_then(|one| text(&one.headers, "access-control-request-headers"));
        same("acrh_seen", seen.as_ref(), acrh.as_ref())?;
    }
    Ok(())
}

fn check_actual(
    expected: &Expected,
    fetch: &Fetch,
    case: &Case,
    observed: &Observed,
) -> Result<(), String> {
    let actual = observed.actual(&fetch.to).next();
    match &expected.actual_sent {
        Some(YesNoOr::Yes) => same("actual_sent", actual.is_some(), true)?,
        Some(YesNoOr::No) => same("actual_sent", actual.is_some(), false)?,
        _ => {}
    }
    if let Some(origin) = &expected.origin_header {
        let seen = actual.and_then(|one| text(&one.headers, "origin"));
        let origin = origin.as_ref().map(|origin| site::resolve(origin, case));
        same("origin_header", seen, origin)?;
    }
    if let Some(sent) = expected.cookies_sent {
        let cookie = actual.and_then(|one| text(&one.headers, "cookie")).unwrap_or_default();
        same("cookies_sent", cookie.contains(&format!("{}=1", case.id)), sent)?;
    }
    if let Some(method) = &expected.actual_method {
        same("actual_method", actual.map(|one| one.method.as_str()), Some(method.as_str()))?;
    }
    for (name, value) in &expected.actual_request_headers {
        let seen = actual.and_then(|one| text(&one.headers, name));
        same(name, seen.as_ref(), Some(value))?;
    }
    let vary =
        actual.and_then(|one| text(&one.response, "vary")).unwrap_or_default().to_lowercase();
    for name in &expected.vary_contains {
        same("vary_contains", vary.split(',').any(|element| element.trim() == name), true)?;
    }
    Ok(())
}

fn check_seen(expected: &Expected, case: &Case, observed: &Observed) -> Result<(), String> {
    for (resource, origin) in &expected.origins_seen {
        let seen = observed.actual(resource).next().map(|one| text(&one.headers, "origin"));
        let origin = origin.as_ref().map(|origin| site::resolve(origin, case));
        same("origins_seen", seen, Some(origin))?;
    }
    for (resource, method) in &expected.methods_seen {
        let seen = observed.actual(resource).next().map(|one| one.method.as_str());
        same("methods_seen", seen, Some(method.as_str()))?;
    }
    for resource in &expected.not_requested {
        let reached = observed.reached.iter().any(|one| one.resource == *resource);
        same("not_requested", reached, false)?;
    }
    for name in &expected.forbidden_request_headers {
        let carried = observed.reached.iter().any(|one| one.headers.contains_key(name));
        same("forbidden_request_headers", carried, false)?;
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "the values are made for it")]
fn same<T: PartialEq + Debug>(what: &str, seen: T, expected: T) -> Result<(), String> {
    if seen == expected {
        return Ok(());
    }
    Err(format!("{what} is {seen:?}, expected {expected:?}"))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap());
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}
