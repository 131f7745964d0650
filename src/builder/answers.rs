//! From the settings of one rule to the finished headers of its answers.

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, HeaderMap, HeaderName,
    HeaderValue, VARY,
};

use crate::config::{ANY, RuleConfig};
use crate::policy::compiled::CompiledRule;
use crate::policy::preflight::{
    COMMON_METHODS, Methods, Preflight, RequestHeaders, SAFELISTED_METHODS,
};
use crate::policy::response_headers::Shared;

/// `config` has been checked. `vary`: what answers to preflights depend on.
pub(super) fn compile_rule(config: &RuleConfig, vary: Option<&'static str>) -> CompiledRule {
    let credentials = config.allow_credentials;
    let methods = config.allow_methods.iter().filter(|name| *name != ANY);
    let any_method = is_any(&config.allow_methods);
    let methods = Methods {
        any: any_method,
        listed: methods.filter_map(|name| Method::from_bytes(name.as_bytes()).ok()).collect(),
        echo: any_method && credentials,
    };
    let any_header = is_any(&config.allow_headers);
    let names = config.allow_headers.iter().filter(|name| *name != ANY);
    let names = names.filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok());
    // By the standard `*` does not cover this one, but who allows every header means it, too.
    let named_beside_any = (any_header && !credentials).then_some(AUTHORIZATION);
    let headers = RequestHeaders {
        any: any_header,
        listed: names.chain(named_beside_any).collect(),
        echo: echoes_headers(config),
    };
    let template = template(&methods, &headers, config, vary);
    let exposed = list(&mut config.expose_headers.iter().map(String::as_str));
    // The first clone of a header value allocates what all its clones share: not in a request.
    template.values().chain(&exposed).for_each(|value| drop(value.clone()));
    let shared = Shared::new(credentials, exposed);
    CompiledRule { preflight: Preflight { methods, headers, template }, shared }
}

/// Whether answers to preflights name the headers that were asked for, because `*` says nothing to
/// requests with credentials.
pub(super) fn echoes_headers(config: &RuleConfig) -> bool {
    is_any(&config.allow_headers) && config.allow_credentials
}

/// See [`Preflight::template`].
fn template(
    methods: &Methods,
    headers: &RequestHeaders,
    config: &RuleConfig,
    vary: Option<&'static str>,
) -> HeaderMap {
    let allow_origin = if is_any(&config.allow_origins) { ANY } else { "" };
    let mut template = HeaderMap::new();
    template.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(allow_origin));
    if config.allow_credentials {
        template.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    let always = match methods {
        Methods { echo: true, .. } => COMMON_METHODS,
        Methods { any: true, .. } => ANY,
        Methods { .. } => SAFELISTED_METHODS,
    };
    let listed = methods.listed.iter().map(Method::as_str);
    let methods = list(&mut [always].into_iter().chain(listed));
    template.extend(methods.map(|methods| (ACCESS_CONTROL_ALLOW_METHODS, methods)));
    let always = match headers {
        RequestHeaders { echo: true, .. } => Some(""),
        RequestHeaders { any: true, .. } => Some(ANY),
        RequestHeaders { .. } => None,
    };
    let listed = headers.listed.as_slice().iter().map(HeaderName::as_str);
    let headers = list(&mut always.into_iter().chain(listed));
    template.extend(headers.map(|headers| (ACCESS_CONTROL_ALLOW_HEADERS, headers)));
    let max_age = config.max_age.map(HeaderValue::from);
    template.extend(max_age.map(|max_age| (ACCESS_CONTROL_MAX_AGE, max_age)));
    template.extend(vary.map(|vary| (VARY, HeaderValue::from_static(vary))));
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
