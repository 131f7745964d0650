//! [`Row`]: a subtest of the suite, as the model can run it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::file::{filled, merged};
use super::policy::PolicyOf;

/// A subtest.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) subtest: String,
    pub(crate) page: String,
    pub(crate) policy: Option<PolicyOf>,
    pub(crate) steps: Vec<Step>,
}

/// What a page does once, and what comes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(default)]
    pub(crate) wait: f64,
    #[serde(default = "Step::first_place")]
    pub(crate) to: String,
    /// What fetches it, if it is not `fetch()`: a `beacon`, an `event source`, a `font`, or a `form`.
    pub(crate) by: Option<String>,
    #[serde(default = "Step::get")]
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) headers: Pairs,
    pub(crate) body: Option<String>,
    /// How many asterisks the body has, if it does not matter which.
    pub(crate) body_size: Option<usize>,
    /// The type that the body itself has.
    pub(crate) body_type: Option<String>,
    /// Whether the body is a stream.
    #[serde(default)]
    pub(crate) stream: bool,
    /// Whether somebody listens to the progress of an upload.
    #[serde(default)]
    pub(crate) upload_listener: bool,
    /// Whether the request may outlive its page.
    #[serde(default)]
    pub(crate) keepalive: bool,
    pub(crate) mode: Option<String>,
    pub(crate) credentials: Option<String>,
    pub(crate) redirect: Option<String>,
    pub(crate) cache: Option<String>,
    pub(crate) referrer_policy: Option<String>,
    pub(crate) server: BTreeMap<String, Place>,
    pub(crate) expect: Expect,
}

/// What is at a URL.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) preflight: Option<Answer>,
    #[serde(default)]
    pub(crate) answer: Answers,
}

/// One answer to all requests, or one after the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answers {
    One(Answer),
    InTurn(Vec<Answer>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Answer {
    /// How often, if it is one of several.
    pub(crate) times: usize,
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, Lines>,
    pub(crate) body: String,
    /// Whether the body never comes to its end.
    pub(crate) endless: bool,
}

/// The lines of a header.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lines {
    None,
    One(String),
    Many(Vec<String>),
}

/// Headers, as an object, or as a list if a name comes several times.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Pairs {
    Object(BTreeMap<String, String>),
    List(Vec<(String, String)>),
}

/// What has to come of a step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) kind: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) status_text: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) redirected: Option<bool>,
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Wanted>,
    pub(crate) methods: Option<String>,
    #[serde(default)]
    pub(crate) preflight: BTreeMap<String, Wanted>,
    #[serde(default)]
    pub(crate) sent: BTreeMap<String, Wanted>,
}

/// What a header has to be.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Wanted {
    Absent,
    Present(bool),
    Is(String),
    Not { not: String },
}

impl Row {
    pub(crate) fn read(row: Value) -> Result<Self, String> {
        let Value::Object(mut row) = filled(row) else { return Err("a row is no object".into()) };
        let mut take = |key: &str| row.remove(key);
        let subtest = take("subtest").unwrap_or_default();
        let subtest = subtest.as_str().ok_or("a row has no subtest")?.to_owned();
        let in_row = |error: serde_json::Error| format!("{subtest}: {error}");
        let page = match take("page") {
            None => super::place::fill("{local}"),
            Some(Value::Null) => "data:,".to_owned(),
            Some(page) => serde_json::from_value(page).map_err(in_row)?,
        };
        let policy = take("policy").unwrap_or_default();
        let policy = serde_json::from_value(policy).map_err(in_row)?;
        let steps = take("steps").unwrap_or_else(|| json!([{}]));
        let steps: Vec<Value> = serde_json::from_value(steps).map_err(in_row)?;
        let common = Value::Object(row);
        let steps = steps.into_iter().map(|step| {
            let step: Step = serde_json::from_value(merged(common.clone(), step))?;
            Ok(step)
        });
        let steps = steps.collect::<Result<Vec<_>, _>>().map_err(in_row)?;
        let decided = |step: &Step| step.expect.kind.is_some() != step.expect.error.is_some();
        if steps.is_empty() || !steps.iter().all(decided) {
            return Err(format!("{subtest}: each step has to expect a kind or an error"));
        }
        Ok(Self { subtest, page, policy, steps })
    }
}

impl Step {
    fn first_place() -> String {
        "a".to_owned()
    }

    fn get() -> String {
        "GET".to_owned()
    }

    /// The settings that are one of several, as far as they are set.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let settings = [
            ("mode", &self.mode),
            ("credentials", &self.credentials),
            ("redirect", &self.redirect),
            ("cache", &self.cache),
            ("referrer_policy", &self.referrer_policy),
        ];
        settings.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

impl Pairs {
    pub(crate) fn as_pairs(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Object(pairs) => pairs.iter().map(|(n, v)| (&**n, &**v)).collect(),
            Self::List(pairs) => pairs.iter().map(|(n, v)| (&**n, &**v)).collect(),
        }
    }
}

impl Lines {
    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::One(line) => std::slice::from_ref(line),
            Self::Many(lines) => lines,
        }
    }
}

impl Answers {
    pub(crate) fn as_slice(&self) -> &[Answer] {
        match self {
            Self::One(answer) => std::slice::from_ref(answer),
            Self::InTurn(answers) => answers,
        }
    }
}

impl Default for Answer {
    fn default() -> Self {
        let (headers, body) = (BTreeMap::new(), String::new());
        Self { times: 1, status: 200, headers, body, endless: false }
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self::One(Answer::default())
    }
}

impl Default for Pairs {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}
