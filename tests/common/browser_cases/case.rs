//! The form of a case.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};

use super::places::Places;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "source")]
    _source: Vec<String>,
    #[serde(rename = "tags")]
    _tags: Vec<String>,
    #[serde(rename = "note", default)]
    _note: Option<String>,
    /// Engines in which it never comes to its end, and why.
    #[serde(default)]
    pub(crate) not_in: BTreeMap<String, String>,
    pub(crate) page_origin: PageOrigin,
    pub(crate) policy: PolicyOf,
    #[serde(default)]
    pub(crate) layer: LayerOf,
    #[serde(default)]
    pub(crate) servers: BTreeMap<String, Server>,
    #[serde(default)]
    pub(crate) app: BTreeMap<String, Resource>,
    pub(crate) steps: Vec<Step>,
    /// Where its pages and servers are: what its placeholders were filled with.
    #[serde(skip)]
    pub(crate) places: Places,
}

impl Case {
    /// The URL that a script asks for.
    pub(crate) fn url_of(&self, fetch: &Fetch) -> Result<String, String> {
        let url = self.places.url_of(&fetch.to, self)?;
        Ok(match &fetch.query {
            Some(query) => format!("{url}?{query}"),
            None => url,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageOrigin {
    #[serde(rename = "kind")]
    _kind: String,
    pub(crate) origin: String,
    pub(crate) frame: Option<Frame>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Frame {
    Sandbox,
    Data,
    SandboxSameOrigin,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyOf {
    pub(crate) origins: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) request_headers: Vec<String>,
    pub(crate) exposed_headers: Vec<String>,
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<u64>,
}

/// The switches that all layers of a case have on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LayerOf {
    pub(crate) explain_refusals: bool,
    pub(crate) reject_disallowed_origins: bool,
    /// Empty where that switch is off.
    pub(crate) own_hosts: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    pub(crate) policy: Option<PolicyOf>,
    pub(crate) host_of: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Lines>,
    pub(crate) body: Option<String>,
    pub(crate) body_kind: Option<BodyKind>,
    pub(crate) set_cookie: Option<String>,
    pub(crate) options_status: Option<u16>,
    /// The body of the answer to a preflight never ends.
    #[serde(default)]
    pub(crate) endless_preflight: bool,
    pub(crate) require_header: Option<String>,
    pub(crate) etag: Option<String>,
    pub(crate) redirect: Option<RedirectTo>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Lines {
    One(String),
    Several(Vec<String>),
}

impl Lines {
    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Several(lines) => lines,
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BodyKind {
    Png,
    Font,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedirectTo {
    pub(crate) to: String,
    pub(crate) status: u16,
    pub(crate) userinfo: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) fetch: Fetch,
    /// By the standard.
    pub(crate) expected: Expected,
    /// What an engine's console says, message by message, with `{url}` for the URL that is asked for.
    #[serde(default)]
    pub(crate) console: BTreeMap<String, Vec<String>>,
    /// Of engines that deviate.
    #[serde(skip)]
    pub(crate) by_engine: BTreeMap<String, Expected>,
}

impl Step {
    pub(crate) fn expected_of(&self, engine: &str) -> &Expected {
        self.by_engine.get(engine).unwrap_or(&self.expected)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fetch {
    pub(crate) via: Via,
    pub(crate) to: String,
    pub(crate) method: String,
    pub(crate) headers: BTreeMap<String, Lines>,
    pub(crate) credentials: String,
    pub(crate) mode: String,
    pub(crate) body: Option<BodyOf>,
    pub(crate) redirect: String,
    pub(crate) query: Option<String>,
    pub(crate) cache: Option<String>,
    #[serde(default)]
    pub(crate) keepalive: bool,
    pub(crate) referrer_policy: Option<String>,
    pub(crate) wait_before_ms: Option<u64>,
    pub(crate) from_frame: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Via {
    Fetch,
    Xhr,
    XhrSync,
    XhrUpload,
    XhrLateUpload,
    Img,
    Module,
    Font,
    Eventsource,
    Beacon,
    Form,
    Worker,
}

impl Via {
    pub(crate) fn is_xhr(self) -> bool {
        matches!(self, Self::Xhr | Self::XhrSync | Self::XhrUpload | Self::XhrLateUpload)
    }

    /// Whether no script hears what comes of it.
    pub(crate) fn is_silent(self) -> bool {
        matches!(self, Self::Beacon | Self::Form)
    }
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodyOf {
    #[serde(rename = "type")]
    pub(crate) kind: BodyType,
    pub(crate) value: serde_json::Value,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BodyType {
    Text,
    /// So many of them.
    Letters,
    Urlencoded,
    Form,
}

/// `None` is not expected of a step; `Some(None)` is a `null`.
type Nullable<T> = Option<Option<T>>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expected {
    #[serde(deserialize_with = "nullable")]
    pub(crate) readable: Nullable<bool>,
    pub(crate) opaque: Option<bool>,
    pub(crate) opaqueredirect: Option<bool>,
    #[serde(deserialize_with = "preflight")]
    pub(crate) preflight: Option<YesNoOr>,
    #[serde(deserialize_with = "actual_sent")]
    pub(crate) actual_sent: Option<YesNoOr>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) acrm: Nullable<String>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) acrh: Nullable<String>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) origin_header: Nullable<String>,
    pub(crate) status: Option<u16>,
    pub(crate) visible_headers: BTreeMap<String, Option<String>>,
    pub(crate) hidden_headers: Vec<String>,
    pub(crate) cookies_sent: Option<bool>,
    pub(crate) preflight_cookies_sent: Option<bool>,
    pub(crate) preflights: BTreeMap<String, usize>,
    pub(crate) origins_seen: BTreeMap<String, Option<String>>,
    pub(crate) methods_seen: BTreeMap<String, String>,
    pub(crate) acrh_seen: BTreeMap<String, Option<String>>,
    pub(crate) not_requested: Vec<String>,
    #[serde(rename = "final")]
    pub(crate) final_: Option<String>,
    pub(crate) vary_contains: Vec<String>,
    pub(crate) actual_method: Option<String>,
    pub(crate) actual_request_headers: BTreeMap<String, String>,
    pub(crate) forbidden_request_headers: Vec<String>,
    /// Recorded only, not an expectation.
    #[serde(rename = "observed_preflight")]
    _observed_preflight: serde_json::Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum YesNoOr {
    Yes,
    No,
    /// It depends on something that the case leaves open.
    Either,
}

fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Nullable<T>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn preflight<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<YesNoOr>, D::Error> {
    yes_no_or(deserializer, &["implementation", "browser"])
}

fn actual_sent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<YesNoOr>, D::Error> {
    yes_no_or(deserializer, &["cache-ok"])
}

fn yes_no_or<'de, D: Deserializer<'de>>(
    deserializer: D,
    words: &[&str],
) -> Result<Option<YesNoOr>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Bool(true) => Ok(Some(YesNoOr::Yes)),
        serde_json::Value::Bool(false) => Ok(Some(YesNoOr::No)),
        serde_json::Value::String(text) if words.contains(&&*text) => Ok(Some(YesNoOr::Either)),
        other => Err(D::Error::custom(format!("{other} is neither a boolean nor of {words:?}"))),
    }
}
