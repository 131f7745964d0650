//! From the settings of a [`PolicyBuilder`](super::PolicyBuilder) to a [`Policy`]: every
//! mistake is collected, and only settings without one are compiled.

use std::iter::zip;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, HeaderMap, HeaderName,
    HeaderValue, VARY,
};

use super::RuleSettings;
use super::check::{Check, Checked};
use super::error::{BuildError, ConfigError, Place};
use crate::origin::matcher::OriginMatcher;
use crate::policy::actual::Actual;
use crate::policy::preflight::{Methods, Preflight, RequestHeaders};
use crate::policy::{
    Compiled, CompiledRule, PREFLIGHT_VARY, Policy, RedundantOrigin, RuleIndex, Settings,
};

pub(super) fn compile(settings: &[RuleSettings]) -> Result<Policy, BuildError> {
    let any_rule = first(settings, |rule| rule.any_origin);
    let null_rule = first(settings, |rule| rule.any_origin || rule.null_origin);
    let constant = any_rule == Some(0);
    let mut mistakes = Vec::new();
    let mut patterns = Vec::new();
    let mut predicates = Vec::new();
    let mut rules = Vec::new();
    for (index, rule) in (0..).zip(settings) {
        let mut check = Check { rule: rules.len(), rules: settings.len(), mistakes: &mut mistakes };
        patterns.extend(check.origins(rule).into_iter().map(|pattern| (index, pattern)));
        let null_origin = rule.null_origin && null_rule == Some(index);
        rules.push(compile_rule(check.rule(rule), rule, null_origin, constant));
        predicates.extend(rule.predicates.iter().map(|predicate| (index, predicate.clone())));
    }
    let (matcher, redundant) = OriginMatcher::new(&patterns);
    let mut deciding = vec![0; settings.len()];
    for (rule, _) in &patterns {
        deciding[*rule as usize] += 1;
    }
    let valid = deciding.clone();
    for one in &redundant {
        deciding[patterns[one.pattern].0 as usize] -= 1;
    }
    for ((index, rule), (valid, deciding)) in (0..).zip(settings).zip(zip(valid, deciding)) {
        let shadowed = any_rule.is_some_and(|any_rule| any_rule < index);
        let covers_more =
            rule.any_origin || null_rule == Some(index) || !rule.predicates.is_empty();
        // With a mistake in its origins, or none at all, it is open what the rule was to cover.
        let known = valid == rule.origins.len() && (valid > 0 || rule.null_origin);
        if shadowed || !covers_more && known && deciding == 0 {
            let (rule, rules) = (index as usize, settings.len());
            let place = Place { rule, rules, setter: None, entry: None };
            mistakes.push(ConfigError::UnreachableRule { place });
        }
    }
    BuildError::check(mistakes)?;
    let redundant = redundant.iter().map(|redundant| {
        let (rule, pattern) = patterns[redundant.pattern].clone();
        let (by_rule, covered_by) = patterns[redundant.covered_by].clone();
        RedundantOrigin {
            pattern,
            rule: rule as usize,
            covered_by,
            covered_by_rule: by_rule as usize,
        }
    });
    Ok(Policy {
        compiled: Some(Arc::new(Compiled {
            redundant: redundant.collect(),
            matcher,
            predicates: predicates.into(),
            null_rule,
            any_rule,
            rules: rules.into(),
        })),
    })
}

fn first(rules: &[RuleSettings], is_it: impl Fn(&RuleSettings) -> bool) -> Option<RuleIndex> {
    (0..).zip(rules).find(|(_, rule)| is_it(rule)).map(|(index, _)| index)
}

/// `null_origin`: no earlier rule covers `null`. `constant`: there is no other rule, and this one
/// covers any origin.
fn compile_rule(
    checked: Checked,
    rule: &RuleSettings,
    null_origin: bool,
    constant: bool,
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
    let settings = Settings {
        null_origin,
        insecure_origins: rule.insecure_origins,
        public_suffixes: rule.public_suffixes,
        expose_any: rule.expose_any,
        exposed: exposed.into_iter().collect(),
        max_age,
    };
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
    let template = template(&methods, &headers, rule.credentials, max_age, constant);
    let exposed = settings.exposed.as_slice().iter().map(HeaderName::as_str);
    let expose = list(settings.expose_any, exposed);
    // The first clone of a header value allocates what all its clones share: not in a request.
    drop((template.clone(), expose.clone()));
    CompiledRule {
        preflight: Preflight { methods, headers, template },
        actual: Actual { credentials: rule.credentials, expose },
        settings,
    }
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
