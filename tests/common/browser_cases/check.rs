//! Compares what was observed with what is expected.

use std::collections::BTreeMap;
use std::fmt::Debug;

use http::{HeaderMap, Method, Version};

use super::case::{Case, Expected, Fetch, Via, YesNoOr};
use super::places::Places;
use super::site::Reached;

/// What came of a step.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) script: Script,
    /// What reached the servers, in order.
    pub(crate) reached: Vec<Reached>,
}

/// What the script saw. What nobody can tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    pub(crate) readable: Option<bool>,
    pub(crate) opaque: bool,
    pub(crate) opaqueredirect: bool,
    pub(crate) status: Option<u16>,
    pub(crate) url: Option<String>,
    /// Names in lower case, lines of one name joined.
    pub(crate) headers: Option<BTreeMap<String, String>>,
    /// Why not, in words that differ from engine to engine.
    pub(crate) error: Option<String>,
}

impl Script {
    pub(crate) fn blocked(via: Via, error: String) -> Self {
        let readable = (via != Via::Beacon).then_some(false);
        Self { readable, error: Some(error), ..Self::default() }
    }
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

/// Whether a case went as expected in an engine, or by the standard.
pub(crate) fn check_case(
    case: &Case,
    places: Places,
    engine: &str,
    observed: &[Observed],
) -> Result<(), String> {
    same("number of steps", observed.len(), case.steps.len())?;
    for (index, (step, observed)) in case.steps.iter().zip(observed).enumerate() {
        check_step(case, index, places, engine, observed)
            .map_err(|why| format!("step {index}, {}: {why}", step.fetch.to))?;
    }
    Ok(())
}

/// Whether all requests came by one version of HTTP.
pub(crate) fn check_version(observed: &[Observed], version: Version) -> Result<(), String> {
    let mut reached = observed.iter().flat_map(|observed| &observed.reached);
    reached.try_for_each(|reached| same("version", reached.version, version))
}

pub(crate) fn check_step(
    case: &Case,
    index: usize,
    places: Places,
    engine: &str,
    observed: &Observed,
) -> Result<(), String> {
    let step = &case.steps[index];
    let deviation = case.engines.get(&index.to_string()).and_then(|engines| engines.get(engine));
    let expected = match deviation {
        Some(deviation) => step.expected.with(deviation),
        None => step.expected.clone(),
    };
    let checks = || {
        check_script(&expected, places, case, &observed.script)?;
        check_preflights(&expected, &step.fetch, engine, observed)?;
        check_actual(&expected, &step.fetch, places, case, observed)?;
        check_seen(&expected, places, case, observed)
    };
    checks().map_err(|why| format!("{why}\n{:?}", observed.script))
}

fn check_script(
    expected: &Expected,
    places: Places,
    case: &Case,
    script: &Script,
) -> Result<(), String> {
    // Where nothing can be seen, cases say null.
    if let Some(Some(readable)) = expected.readable {
        same("readable", script.readable, Some(readable))?;
    }
    if let Some(opaque) = expected.opaque {
        same("opaque", script.opaque, opaque)?;
    }
    if let Some(opaque) = expected.opaqueredirect {
        same("opaqueredirect", script.opaqueredirect, opaque)?;
    }
    if let Some(status) = expected.status {
        same("status", script.status, Some(status))?;
    }
    let header = |name: &str| script.headers.as_ref()?.get(&name.to_ascii_lowercase());
    for (name, value) in &expected.visible_headers {
        let seen = header(name);
        match value {
            Some(value) => same(name, seen, Some(value))?,
            None => same(name, seen.is_some(), true)?,
        }
    }
    for name in &expected.hidden_headers {
        same(name, header(name), None)?;
    }
    if let Some(resource) = &expected.final_ {
        same("final", script.url.as_ref(), Some(&places.url_of(resource, case)?))?;
    }
    Ok(())
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
    places: Places,
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
        same("origin_header", seen, resolved(origin.as_ref(), places, case)?)?;
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

fn check_seen(
    expected: &Expected,
    places: Places,
    case: &Case,
    observed: &Observed,
) -> Result<(), String> {
    for (resource, origin) in &expected.origins_seen {
        let seen = observed.actual(resource).next().map(|one| text(&one.headers, "origin"));
        same("origins_seen", seen, Some(resolved(origin.as_ref(), places, case)?))?;
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

fn resolved(text: Option<&String>, places: Places, case: &Case) -> Result<Option<String>, String> {
    text.map(|text| places.resolve(text, case)).transpose()
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
