//! From the settings of one rule to the finished headers of its answers.

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, HeaderMap, HeaderName,
    HeaderValue, VARY,
};

use crate::config::{ANY, RuleConfig};
use crate::policy::actual::Actual;
use crate::policy::preflight::{Methods, Preflight, RequestHeaders};
use crate::policy::{CompiledRule, PREFLIGHT_VARY};

/// `config` has been checked. `constant`: there is no other rule, and this one covers any origin.
pub(super) fn compile_rule(config: &RuleConfig, constant: bool) -> CompiledRule {
    let credentials = config.allow_credentials;
    let methods = config.allow_methods.iter().filter(|name| *name != ANY);
    let methods = Methods {
        any: is_any(&config.allow_methods),
        listed: methods.filter_map(|name| Method::from_bytes(name.as_bytes()).ok()).collect(),
        echo: is_any(&config.allow_methods) && credentials,
    };
    let any_header = is_any(&config.allow_headers);
    let names = config.allow_headers.iter().filter(|name| *name != ANY);
    let names = names.filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok());
    // By the standard `*` does not cover this one, but who allows every header means it, too.
    let named_beside_any = (any_header && !credentials).then_some(AUTHORIZATION);
    let headers = RequestHeaders {
        any: any_header,
        listed: names.chain(named_beside_any).collect(),
        echo: any_header && credentials,
    };
    let template = template(&methods, &headers, config, constant);
    let expose = list(&mut config.expose_headers.iter().map(String::as_str));
    // The first clone of a header value allocates what all its clones share: not in a request.
    template.values().chain(&expose).for_each(|value| drop(value.clone()));
    CompiledRule {
        preflight: Preflight { methods, headers, template },
        actual: Actual { credentials, expose },
    }
}

/// See [`Preflight::template`].
fn template(
    methods: &Methods,
    headers: &RequestHeaders,
    config: &RuleConfig,
    constant: bool,
) -> HeaderMap {
    const EMPTY: HeaderValue = HeaderValue::from_static("");
    let mut template = HeaderMap::new();
    template.insert(ACCESS_CONTROL_ALLOW_ORIGIN, EMPTY);
    if config.allow_credentials {
        template.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    if methods.echo {
        template.insert(ACCESS_CONTROL_ALLOW_METHODS, EMPTY);
    } else if let Some(methods) = list(&mut config.allow_methods.iter().map(String::as_str)) {
        template.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    let any_header = headers.any.then_some(ANY);
    let names = headers.listed.as_slice().iter().map(HeaderName::as_str);
    if headers.echo {
        template.insert(ACCESS_CONTROL_ALLOW_HEADERS, EMPTY);
    } else if let Some(headers) = list(&mut any_header.into_iter().chain(names)) {
        template.insert(ACCESS_CONTROL_ALLOW_HEADERS, headers);
    }
    if let Some(max_age) = config.max_age {
        template.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(max_age));
    }
    if !constant {
        template.insert(VARY, HeaderValue::from_static(PREFLIGHT_VARY));
    }
    template
}

fn is_any(names: &[String]) -> bool {
    names.iter().any(|name| name == ANY)
}

/// The members, joined by commas. `None` when there are none.
fn list(members: &mut dyn Iterator<Item = &str>) -> Option<HeaderValue> {
    let members: Vec<&str> = members.collect();
    // Methods and header names are tokens, so joining them gives a header value.
    HeaderValue::try_from(members.join(", ")).ok().filter(|_| !members.is_empty())
}
