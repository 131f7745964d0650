//! From the data to rows: `every` and `for` are written out here.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::place;
use super::row::Row;

const FOLDERS: [&str; 11] = [
    include_str!("data/cors.json"),
    include_str!("data/fetch-api-basic.json"),
    include_str!("data/fetch-api-cors.json"),
    include_str!("data/fetch-api-credentials.json"),
    include_str!("data/fetch-api-headers.json"),
    include_str!("data/fetch-api-redirect.json"),
    include_str!("data/fetch-api-request.json"),
    include_str!("data/fetch-cross-origin-resource-policy.json"),
    include_str!("data/fetch-http-cache.json"),
    include_str!("data/others.json"),
    include_str!("data/xhr.json"),
];

/// A file of the suite.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) not_expressed: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unread {
    file: String,
    /// The commit at which it was read.
    version: String,
    #[serde(default)]
    not_expressed: Vec<LeftOut>,
    #[serde(default)]
    every: Value,
    #[serde(default)]
    rows: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    subtests: usize,
    why: String,
}

/// All files of the suite. A file that is not understood ends the run: it could say what nobody checks.
pub(crate) fn read_all() -> Vec<Arc<File>> {
    let mut names = BTreeSet::new();
    let folders = FOLDERS.iter().map(|json| serde_json::from_str::<Vec<Unread>>(json).unwrap());
    folders
        .flatten()
        .map(|unread| {
            assert!(names.insert(unread.file.clone()), "{} is there twice", unread.file);
            Arc::new(unread.read())
        })
        .collect()
}

impl Unread {
    fn read(self) -> File {
        let Self { file: name, version, not_expressed, every, rows } = self;
        assert!(!version.is_empty(), "{name} does not say at which commit it was read");
        assert!(not_expressed.iter().all(|left_out| !left_out.why.is_empty()), "{name}");
        let mut subtests = BTreeSet::new();
        let mut read = Vec::new();
        for (every, row) in rows.into_iter().flat_map(|row| written_out(every.clone(), row)) {
            let row =
                Row::read(merged(every, row)).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(subtests.insert(row.subtest.clone()), "{name} has {} twice", row.subtest);
            read.push(row);
        }
        let not_expressed = not_expressed.iter().map(|left_out| left_out.subtests).sum();
        File { name, rows: read, not_expressed }
    }
}

impl File {
    /// The folder of the suite, by which counts are given.
    pub(crate) fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// The rows that a row with `for` stands for, each with what all have in common.
fn written_out(mut every: Value, mut row: Value) -> Vec<(Value, Value)> {
    let [of_every, of_row] = [&mut every, &mut row]
        .map(|value| value.as_object_mut().and_then(|value| value.remove("for")));
    let mut loops = Map::new();
    for more in [of_every, of_row].into_iter().flatten() {
        loops.extend(more.as_object().cloned().unwrap_or_default());
    }
    let names: Vec<_> = loops.keys().flat_map(|names| names.split(", ")).collect();
    for name in &names {
        let same = names.iter().filter(|other| other.starts_with(name)).count();
        assert_eq!(same, 1, "another variable begins with {name}");
    }
    let mut rows = vec![(every, row)];
    for (names, values) in &loops {
        let names: Vec<_> = names.split(", ").collect();
        let mut longer = Vec::new();
        for row in rows {
            for value in values.as_array().unwrap() {
                let (mut every, mut row) = row.clone();
                let values = match names.len() {
                    1 => std::slice::from_ref(value),
                    _ => value.as_array().unwrap(),
                };
                assert_eq!(values.len(), names.len(), "{value} is not for {names:?}");
                for (name, value) in names.iter().zip(values) {
                    replace(&mut every, name, value);
                    replace(&mut row, name, value);
                }
                longer.push((every, row));
            }
        }
        rows = longer;
    }
    rows
}

/// Replaces a variable. Where it is the whole of a text, its value keeps its type.
fn replace(value: &mut Value, name: &str, by: &Value) {
    match value {
        Value::String(text) if text == name => *value = by.clone(),
        Value::String(text) if text.contains(name) => {
            let by = by.as_str().map_or_else(|| by.to_string(), ToOwned::to_owned);
            *text = text.replace(name, &by);
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, name, by)),
        Value::Object(fields) => {
            let keys: Vec<_> = fields.keys().filter(|key| key.contains(name)).cloned().collect();
            for key in keys {
                let field = fields.remove(&key).unwrap();
                fields.insert(key.replace(name, by.as_str().unwrap()), field);
            }
            fields.values_mut().for_each(|value| replace(value, name, by));
        }
        _ => {}
    }
}

/// `over` merged into `under`, key by key.
pub(crate) fn merged(under: Value, over: Value) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            for (key, over) in over {
                let value = match under.remove(&key) {
                    Some(under) => merged(under, over),
                    None => over,
                };
                under.insert(key, value);
            }
            Value::Object(under)
        }
        (_, over) => over,
    }
}

/// Fills in the names of places.
pub(crate) fn filled(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(place::fill(&text)),
        Value::Array(values) => values.into_iter().map(filled).collect(),
        Value::Object(fields) => {
            let fields: Map<_, _> =
                fields.into_iter().map(|(key, value)| (key, filled(value))).collect();
            Value::Object(fields)
        }
        value => value,
    }
}
