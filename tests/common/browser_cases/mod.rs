//! Cases of pages that use an API of another origin: their form, their servers, what has to come of
//! each, and what the model of a browser does. Two test crates use it: one with the model alone, one
//! with real browsers.

#![allow(dead_code, reason = "no test crate uses all of it")]

pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod model;
pub(crate) mod places;
pub(crate) mod site;

use case::Case;
use serde_json::Value;

/// A file of cases, each still as it stands there, so that one that is not understood does not take
/// the others with it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Corpus {
    /// Prose about the cases.
    #[serde(rename = "meta", default)]
    _meta: Value,
    pub(crate) cases: Vec<Value>,
}

/// A case by its id, or why it is none.
pub(crate) type Read = (String, Result<Case, String>);

/// The cases of a file.
pub(crate) fn read(json: &str) -> Result<Vec<Read>, String> {
    let corpus: Corpus = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let case = |value: Value| {
        let id = value["id"].as_str().unwrap_or("a case without an id").to_owned();
        (id, serde_json::from_value(value).map_err(|error| error.to_string()))
    };
    Ok(corpus.cases.into_iter().map(case).collect())
}
