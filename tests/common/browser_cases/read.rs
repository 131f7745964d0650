//! From a file to its cases. What is not understood is refused, or a file could say what nobody checks.

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};
use tower_cors::testing::Engine;

use super::case::{Case, Expected, Resource, Step, Via};
use super::places::Places;

/// The servers that every case has.
pub(crate) const SERVERS: [&str; 4] = ["api", "api2", "page", "cred"];

/// The names that the cases have for engines.
pub(crate) const ENGINES: [(&str, Engine); 3] =
    [("chromium", Engine::Chromium), ("firefox", Engine::Firefox), ("webkit", Engine::WebKit)];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    /// Prose about the cases.
    #[serde(rename = "meta", default)]
    _meta: Value,
    cases: Vec<Value>,
}

/// A case as it stands in its file. It is read as a whole when it runs, so that one that is wrong does
/// not take the others with it.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    pub(crate) id: String,
    value: Value,
}

/// The cases of a file.
pub(crate) fn read(json: &str) -> Result<Vec<Unread>, String> {
    let corpus: Corpus = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut ids = BTreeSet::new();
    let mut cases = Vec::new();
    for value in corpus.cases {
        let id = value["id"].as_str().ok_or("there is a case without an id")?.to_owned();
        if !ids.insert(id.clone()) {
            return Err(format!("there are two cases with the id {id}"));
        }
        cases.push(Unread { id, value });
    }
    if cases.is_empty() { Err("there are no cases".to_owned()) } else { Ok(cases) }
}

impl Unread {
    /// The key of the page's origin.
    pub(crate) fn page(&self) -> &str {
        self.value["page_origin"]["origin"].as_str().unwrap_or_default()
    }

    /// Whether it comes to its end in an engine.
    pub(crate) fn ends_in(&self, engine: &str) -> bool {
        self.value["not_in"].get(engine).is_none()
    }

    /// The case, with the placeholders filled.
    pub(crate) fn read(&self, places: Places) -> Result<Case, String> {
        let mut value = self.value.clone();
        fill(&mut value, &|text| places.fill(text, &self.id));
        let engines = value.as_object_mut().and_then(|case| case.remove("engines"));
        let mut case: Case =
            serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        case.places = places;
        for (step, engines) in entries(engines.as_ref(), "engines")? {
            let index = step.parse().ok().filter(|index| *index < case.steps.len());
            let index: usize = index.ok_or_else(|| format!("engines: there is no step {step}"))?;
            let standard = &value["steps"][index]["expected"];
            for (engine, deviation) in entries(Some(engines), step)? {
                known_engine(engine).map_err(|why| format!("engines: {why}"))?;
                let expected = deviating(standard, entries(Some(deviation), engine)?)?;
                case.steps[index].by_engine.insert(engine.clone(), expected);
            }
        }
        case.not_in.keys().try_for_each(|engine| known_engine(engine))?;
        validate(&case)?;
        Ok(case)
    }
}

fn known_engine(engine: &str) -> Result<(), String> {
    let names = ENGINES.map(|(name, _)| name);
    if names.contains(&engine) { Ok(()) } else { Err(format!("{engine} is none of {names:?}")) }
}

fn fill(value: &mut Value, with: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = with(text),
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, with)),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill(value, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn entries<'a>(
    value: Option<&'a Value>,
    of: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, String> {
    let entries = value.map(|value| value.as_object().ok_or_else(|| format!("{of}: no object")));
    Ok(entries.transpose()?.into_iter().flat_map(Map::iter))
}

/// What an engine is expected to do that deviates in these fields.
fn deviating<'a>(
    standard: &Value,
    deviation: impl Iterator<Item = (&'a String, &'a Value)>,
) -> Result<Expected, String> {
    let mut fields = standard.as_object().cloned().unwrap_or_default();
    for (name, value) in deviation {
        if name == "readable" && *value == false && fields.get(name) == Some(&true.into()) {
            // Then the script sees no status, no header and no URL either.
            for seen in ["status", "visible_headers", "final"] {
                fields.remove(seen);
            }
        }
        fields.insert(name.clone(), value.clone());
    }
    serde_json::from_value(fields.into()).map_err(|error| error.to_string())
}

fn validate(case: &Case) -> Result<(), String> {
    if case.steps.is_empty() {
        return Err("there are no steps".to_owned());
    }
    for (name, resource) in &case.app {
        validate_resource(case, resource).map_err(|error| format!("app, {name}: {error}"))?;
    }
    for (index, step) in case.steps.iter().enumerate() {
        step.console
            .keys()
            .try_for_each(|engine| known_engine(engine))
            .map_err(|error| format!("step {index}, console: {error}"))?;
        let mut expected = step.by_engine.values().chain([&step.expected]);
        let valid = validate_fetch(case, step).and_then(|()| {
            expected.try_for_each(|expected| validate_expected(case, step, expected))
        });
        valid.map_err(|error| format!("step {index}: {error}"))?;
    }
    Ok(())
}

fn validate_resource(case: &Case, resource: &Resource) -> Result<(), String> {
    let statuses = [resource.status, resource.options_status];
    let redirect = resource.redirect.as_ref();
    for status in statuses.into_iter().flatten().chain(redirect.map(|redirect| redirect.status)) {
        if status < 200 || StatusCode::from_u16(status).is_err() {
            return Err(format!("{status} is no status of a response"));
        }
    }
    for (name, lines) in &resource.headers {
        header_name(name)?;
        lines.as_slice().iter().try_for_each(|line| header_value(line))?;
    }
    resource.require_header.iter().try_for_each(|name| header_name(name))?;
    resource.etag.iter().chain(&resource.set_cookie).try_for_each(|value| header_value(value))?;
    redirect.map_or(Ok(()), |redirect| {
        let is_value = HeaderValue::from_bytes(redirect.to.as_bytes()).is_ok();
        if is_value { server(case, &redirect.to) } else { header_value(&redirect.to) }
    })
}

/// Ways to make a request have settings that they cannot say.
fn validate_fetch(case: &Case, step: &Step) -> Result<(), String> {
    let fetch = &step.fetch;
    server(case, &fetch.to)?;
    for (name, lines) in &fetch.headers {
        header_name(name)?;
        lines.as_slice().iter().try_for_each(|line| header_value(line))?;
    }
    let has_options = fetch.keepalive || fetch.cache.is_some() || fetch.referrer_policy.is_some();
    let cannot = match fetch.via {
        Via::Fetch | Via::Worker => false,
        Via::Form => {
            let has_fields = fetch.body.as_ref().is_some_and(|body| body.value.is_object());
            fetch.method != "POST" || !fetch.headers.is_empty() || !has_fields
        }
        _ if has_options || fetch.redirect != "follow" => true,
        via if via.is_xhr() => fetch.mode != "cors",
        Via::Beacon => fetch.method != "POST",
        _ => fetch.method != "GET" || !fetch.headers.is_empty() || fetch.body.is_some(),
    };
    if cannot { Err(format!("{:?} cannot make such a request", fetch.via)) } else { Ok(()) }
}

fn validate_expected(case: &Case, step: &Step, expected: &Expected) -> Result<(), String> {
    let names = expected.actual_request_headers.keys().chain(&expected.forbidden_request_headers);
    names.chain(expected.visible_headers.keys()).try_for_each(|name| header_name(name))?;
    expected.hidden_headers.iter().try_for_each(|name| header_name(name))?;
    let resources = expected.preflights.keys().chain(expected.origins_seen.keys());
    let resources = resources.chain(expected.methods_seen.keys()).chain(expected.acrh_seen.keys());
    let resources = resources.chain(&expected.not_requested).chain(&expected.final_);
    resources.into_iter().try_for_each(|resource| server(case, resource))?;
    let sees_response = expected.status.is_some()
        || expected.final_.is_some()
        || !expected.visible_headers.is_empty()
        || !expected.hidden_headers.is_empty();
    let via = step.fetch.via;
    let is_element =
        via.is_silent() || matches!(via, Via::Img | Via::Module | Via::Font | Via::Eventsource);
    if sees_response && is_element {
        return Err(format!("{:?} shows neither status nor headers nor a URL", step.fetch.via));
    }
    Ok(())
}

fn server(case: &Case, resource: &str) -> Result<(), String> {
    let server = resource.split_once('/').map(|(server, _)| server);
    let is_known = |name: &str| SERVERS.contains(&name) || case.servers.contains_key(name);
    match server {
        Some(server) if is_known(server) => Ok(()),
        _ => Err(format!("{resource} is of no server of the case")),
    }
}

fn header_name(name: &str) -> Result<(), String> {
    HeaderName::try_from(name).map(drop).map_err(|_| format!("{name:?} is no header name"))
}

fn header_value(value: &str) -> Result<(), String> {
    HeaderValue::try_from(value).map(drop).map_err(|_| format!("{value:?} is no header value"))
}
