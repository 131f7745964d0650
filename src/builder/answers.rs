//! From the settings of one rule to the finished headers of its answers.

use std::time::Duration;

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, HeaderMap, HeaderName,
    HeaderValue, VARY,
};

use super::RuleSettings;
use super::check::Checked;
use crate::config::{ANY, RuleConfig};
use crate::policy::actual::Actual;
use crate::policy::header_names::HeaderNames;
use crate::policy::preflight::{Methods, Preflight, RequestHeaders};
use crate::policy::{CompiledRule, PREFLIGHT_VARY};

/// `config` gets what is left of the rule's settings. `constant`: there is no other rule, and this
/// one covers any origin.
pub(super) fn compile_rule(
    checked: Checked,
    rule: &RuleSettings,
    constant: bool,
    config: &mut RuleConfig,
) -> CompiledRule {
    let Checked { mut methods, mut headers, mut exposed, max_age } = checked;
    if rule.any_method {
        methods.clear();
    }
    if rule.any_header {
        headers.retain(|name| name == AUTHORIZATION && !rule.credentials);
    }
    if rule.expose_any {
        exposed.clear();
    }
    let methods = Methods {
        any: rule.any_method,
        listed: sorted(methods),
        echo: rule.any_method && rule.credentials,
    };
    let headers = RequestHeaders {
        any: rule.any_header,
        listed: headers.into_iter().collect(),
        echo: rule.any_header && rule.credentials,
    };
    let exposed: HeaderNames = exposed.into_iter().collect();
    let template = template(&methods, &headers, rule.credentials, max_age, constant);
    let expose = list(rule.expose_any, exposed.as_slice().iter().map(HeaderName::as_str));
    config.allow_credentials = rule.credentials;
    config.dangerously_allow_insecure_origins = rule.insecure_origins;
    config.dangerously_allow_public_wildcards = rule.public_suffixes;
    config.allow_methods = listed(methods.any, &methods.listed);
    config.allow_headers = listed(headers.any, headers.listed.as_slice());
    config.expose_headers = listed(rule.expose_any, exposed.as_slice());
    config.max_age = max_age.map(|max_age| max_age.as_secs());
    // The first clone of a header value allocates what all its clones share: not in a request.
    drop((template.clone(), expose.clone()));
    CompiledRule {
        preflight: Preflight { methods, headers, template },
        actual: Actual { credentials: rule.credentials, expose },
    }
}

fn listed(any: bool, names: &[impl ToString]) -> Vec<String> {
    any.then(|| ANY.to_owned()).into_iter().chain(names.iter().map(ToString::to_string)).collect()
}

fn sorted(mut methods: Vec<Method>) -> Box<[Method]> {
    methods.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    methods.dedup();
    methods.into()
}

/// See [`Preflight::template`].
fn template(
    methods: &Methods,
    headers: &RequestHeaders,
    credentials: bool,
    max_age: Option<Duration>,
    constant: bool,
) -> HeaderMap {
    const EMPTY: HeaderValue = HeaderValue::from_static("");
    let mut template = HeaderMap::new();
    template.insert(ACCESS_CONTROL_ALLOW_ORIGIN, EMPTY);
    if credentials {
        template.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    let method_names = methods.listed.iter().map(Method::as_str);
    if methods.echo {
        template.insert(ACCESS_CONTROL_ALLOW_METHODS, EMPTY);
    } else if let Some(methods) = list(methods.any, method_names) {
        template.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    let header_names = headers.listed.as_slice().iter().map(HeaderName::as_str);
    if headers.echo {
        template.insert(ACCESS_CONTROL_ALLOW_HEADERS, EMPTY);
    } else if let Some(headers) = list(headers.any, header_names) {
        template.insert(ACCESS_CONTROL_ALLOW_HEADERS, headers);
    }
    if let Some(max_age) = max_age {
        template.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(max_age.as_secs()));
    }
    if !constant {
        template.insert(VARY, HeaderValue::from_static(PREFLIGHT_VARY));
    }
    template
}

/// `*` if any is allowed, and the names, joined by commas. `None` when that is nothing.
fn list<'a>(any: bool, names: impl Iterator<Item = &'a str>) -> Option<HeaderValue> {
    let members: Vec<&str> = any.then_some("*").into_iter().chain(names).collect();
    // Methods and header names are tokens, so joining them gives a header value.
    HeaderValue::try_from(members.join(", ")).ok().filter(|_| !members.is_empty())
}
