//! The form of a case.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};

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
    pub(crate) page_origin: PageOrigin,
    pub(crate) policy: PolicyOf,
    #[serde(default)]
    pub(crate) servers: BTreeMap<String, Server>,
    #[serde(default)]
    pub(crate) app: BTreeMap<String, Resource>,
    pub(crate) steps: Vec<Step>,
    /// By the index of a step, then by engine.
    #[serde(default)]
    pub(crate) engines: BTreeMap<String, BTreeMap<String, Expected>>,
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
    pub(crate) require_header: Option<String>,
    pub(crate) etag: Option<String>,
    pub(crate) redirect: Option<RedirectTo>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lines {
    One(String),
    Several(Vec<String>),
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
    pub(crate) expected: Expected,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fetch {
    pub(crate) via: Via,
    pub(crate) to: String,
    pub(crate) method: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) credentials: String,
    pub(crate) mode: String,
    pub(crate) body: Option<BodyOf>,
    pub(crate) redirect: String,
    pub(crate) query: Option<String>,
    pub(crate) cache: Option<String>,
    /// Changes nothing about CORS.
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
    Worker,
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
    #[serde(deserialize_with = "yes_no_or")]
    pub(crate) preflight: Option<YesNoOr>,
    #[serde(deserialize_with = "yes_no_or")]
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
    pub(crate) observed_preflight: BTreeMap<String, bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum YesNoOr {
    Yes,
    No,
    /// `implementation`, `browser` or `cache-ok`.
    Other(String),
}

fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Nullable<T>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn yes_no_or<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<YesNoOr>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Bool(true) => Ok(Some(YesNoOr::Yes)),
        serde_json::Value::Bool(false) => Ok(Some(YesNoOr::No)),
        serde_json::Value::String(text)
            if ["implementation", "browser", "cache-ok"].contains(&&*text) =>
        {
            Ok(Some(YesNoOr::Other(text)))
        }
        other => Err(D::Error::custom(format!("{other} is neither a boolean nor a known word"))),
    }
}

impl Expected {
    /// What an engine is expected to do that deviates in these fields.
    pub(crate) fn with(&self, deviation: &Self) -> Self {
        if deviation.readable == Some(Some(false)) && self.readable == Some(Some(true)) {
            // Then the script sees no status, no header and no URL either.
            let (status, visible_headers, final_) = (None, BTreeMap::new(), None);
            let base = Self { readable: None, status, visible_headers, final_, ..self.clone() };
            return base.with(deviation);
        }
        macro_rules! first_given {
            ($($field:ident: $is_given:expr),* $(,)?) => {
                Self { $($field: {
                    let given = &deviation.$field;
                    if $is_given(given) { given.clone() } else { self.$field.clone() }
                }),* }
            };
        }
        first_given! {
            readable: Option::is_some,
            opaque: Option::is_some,
            opaqueredirect: Option::is_some,
            preflight: Option::is_some,
            actual_sent: Option::is_some,
            acrm: Option::is_some,
            acrh: Option::is_some,
            origin_header: Option::is_some,
            status: Option::is_some,
            visible_headers: |map: &BTreeMap<_, _>| !map.is_empty(),
            hidden_headers: |list: &Vec<_>| !list.is_empty(),
            cookies_sent: Option::is_some,
            preflight_cookies_sent: Option::is_some,
            preflights: |map: &BTreeMap<_, _>| !map.is_empty(),
            origins_seen: |map: &BTreeMap<_, _>| !map.is_empty(),
            methods_seen: |map: &BTreeMap<_, _>| !map.is_empty(),
            acrh_seen: |map: &BTreeMap<_, _>| !map.is_empty(),
            not_requested: |list: &Vec<_>| !list.is_empty(),
            final_: Option::is_some,
            vary_contains: |list: &Vec<_>| !list.is_empty(),
            actual_method: Option::is_some,
            actual_request_headers: |map: &BTreeMap<_, _>| !map.is_empty(),
            forbidden_request_headers: |list: &Vec<_>| !list.is_empty(),
            observed_preflight: |map: &BTreeMap<_, _>| !map.is_empty(),
        }
    }
}
