//! Compares what was observed with what is expected.

use std::collections::BTreeMap;
use std::fmt::Debug;

use http::{HeaderMap, Method, Version};

use super::case::{Case, Expected, Fetch, YesNoOr};
use super::site::Reached;

/// What came of a step.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) script: Script,
    /// What reached the servers, in order.
    pub(crate) reached: Vec<Reached>,
    /// What the console said, if the step says what it has to say in this engine.
    pub(crate) console: Option<Vec<String>>,
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
    pub(crate) fn blocked(error: String) -> Self {
        Self { readable: Some(false), error: Some(error), ..Self::default() }
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
pub(crate) fn check_case(case: &Case, engine: &str, observed: &[Observed]) -> Result<(), String> {
    same("number of steps", observed.len(), case.steps.len())?;
    for (index, (step, observed)) in case.steps.iter().zip(observed).enumerate() {
        check_step(case, index, engine, observed)
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
    engine: &str,
    observed: &Observed,
) -> Result<(), String> {
    let step = &case.steps[index];
    let expected = step.expected_of(engine);
    let checks = || {
        check_script(expected, case, &observed.script)?;
        check_preflights(expected, &step.fetch, observed)?;
        check_actual(expected, &step.fetch, case, observed)?;
        check_seen(expected, observed)
    };
    checks().map_err(|why| {
        let reached: Vec<_> = observed.reached.iter().map(ToString::to_string).collect();
        format!("{why}\n{:?}\nreached the servers: {reached:#?}", observed.script)
    })
}

fn check_script(expected: &Expected, case: &Case, script: &Script) -> Result<(), String> {
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
        let (seen, what) = (header(name), format!("visible header {name}"));
        match value {
            Some(value) => same(&what, seen, Some(value))?,
            None => same(&format!("{what} is there"), seen.is_some(), true)?,
        }
    }
    for name in &expected.hidden_headers {
        same(&format!("hidden header {name}"), header(name), None)?;
    }
    if let Some(resource) = &expected.final_ {
        same("final", script.url.as_ref(), Some(&case.places.url_of(resource, case)?))?;
    }
    Ok(())
}

fn check_preflights(expected: &Expected, fetch: &Fetch, observed: &Observed) -> Result<(), String> {
    let preflight = observed.preflights(&fetch.to).next();
    match &expected.preflight {
        Some(YesNoOr::Yes) => same("preflight", preflight.is_some(), true)?,
        Some(YesNoOr::No) => same("preflight", preflight.is_some(), false)?,
        Some(YesNoOr::Either) | None => {}
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
        same(&format!("preflights of {resource}"), observed.preflights(resource).count(), *count)?;
    }
    for (resource, acrh) in &expected.acrh_seen {
        let seen = observed.preflights(resource).next();
        let seen = seen.and_then(|one| text(&one.headers, "access-control-request-headers"));
        same(&format!("acrh_seen at {resource}"), seen.as_ref(), acrh.as_ref())?;
    }
    Ok(())
}

fn check_actual(
    expected: &Expected,
    fetch: &Fetch,
    case: &Case,
    observed: &Observed,
) -> Result<(), String> {
    // After redirects, the final one.
    let resource = expected.final_.as_ref().unwrap_or(&fetch.to);
    let actual = observed.actual(resource).next();
    match &expected.actual_sent {
        Some(YesNoOr::Yes) => same("actual_sent", actual.is_some(), true)?,
        Some(YesNoOr::No) => same("actual_sent", actual.is_some(), false)?,
        _ => {}
    }
    if let Some(origin) = &expected.origin_header {
        let seen = actual.and_then(|one| text(&one.headers, "origin"));
        same("origin_header", seen.as_ref(), origin.as_ref())?;
    }
    if let Some(sent) = expected.cookies_sent {
        same("cookies_sent", actual.is_some_and(|one| one.has_cookie_of(case)), sent)?;
    }
    if let Some(method) = &expected.actual_method {
        same("actual_method", actual.map(|one| one.method.as_str()), Some(method.as_str()))?;
    }
    for (name, value) in &expected.actual_request_headers {
        let seen = actual.and_then(|one| text(&one.headers, name));
        same(&format!("request header {name}"), seen.as_ref(), Some(value))?;
    }
    let vary =
        actual.and_then(|one| text(&one.response, "vary")).unwrap_or_default().to_lowercase();
    for name in &expected.vary_contains {
        let contains = vary.split(',').any(|element| element.trim() == name);
        same(&format!("Vary ({vary}) contains {name}"), contains, true)?;
    }
    Ok(())
}

fn check_seen(expected: &Expected, observed: &Observed) -> Result<(), String> {
    for (resource, origin) in &expected.origins_seen {
        let seen = observed.actual(resource).next().map(|one| text(&one.headers, "origin"));
        same(&format!("Origin at {resource}"), seen.as_ref(), Some(origin))?;
    }
    for (resource, method) in &expected.methods_seen {
        let seen = observed.actual(resource).next().map(|one| one.method.as_str());
        same(&format!("method at {resource}"), seen, Some(method.as_str()))?;
    }
    for resource in &expected.not_requested {
        let reached = observed.reached.iter().any(|one| one.resource == *resource);
        same(&format!("{resource} was requested"), reached, false)?;
    }
    for name in &expected.forbidden_request_headers {
        let carried = observed.reached.iter().any(|one| one.headers.contains_key(name));
        same(&format!("a request carried {name}"), carried, false)?;
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

/// All lines of a header, each byte a character, as scripts have them.
pub(crate) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(name).iter();
    let lines = lines.map(|line| line.as_bytes().iter().copied().map(char::from).collect());
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}
