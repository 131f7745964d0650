//! From the settings of a [`PolicyBuilder`](super::PolicyBuilder) to a [`Policy`]: every
//! mistake is collected, and only settings without one are compiled.

use std::iter::zip;
use std::sync::Arc;

use super::RuleSettings;
use super::answers::compile_rule;
use super::check::Check;
use super::error::{BuildError, ConfigError, Place};
use crate::config::{ANY, PolicyConfig, RuleConfig};
use crate::origin::matcher::CompiledPatterns;
use crate::policy::{Compiled, Policy, RedundantOrigin, RuleIndex};

pub(super) fn compile(settings: &[RuleSettings]) -> Result<Policy, BuildError> {
    let any_rule = first(settings, |rule| rule.any_origin);
    let null_rule = first(settings, |rule| rule.any_origin || rule.null_origin);
    let constant = any_rule == Some(0);
    let mut mistakes = Vec::new();
    let mut patterns = Vec::new();
    let mut predicates = Vec::new();
    let mut rules = Vec::new();
    let mut configs = Vec::new();
    for (index, rule) in (0..).zip(settings) {
        let mut check = Check { rule: rules.len(), rules: settings.len(), mistakes: &mut mistakes };
        patterns.extend(check.origins(rule).into_iter().map(|pattern| (index, pattern)));
        let mut config = RuleConfig {
            dangerously_allow_null_origin: rule.null_origin && null_rule == Some(index),
            closures: rule.predicates.len(),
            ..RuleConfig::default()
        };
        rules.push(compile_rule(check.rule(rule), rule, constant, &mut config));
        configs.push(config);
        predicates.extend(rule.predicates.iter().map(|predicate| (index, predicate.clone())));
    }
    let CompiledPatterns { matcher, redundant, too_many } = CompiledPatterns::new(&patterns);
    mistakes.extend(too_many.iter().map(|&index| {
        let (rule, pattern) = &patterns[index];
        let (rule, rules) = (*rule as usize, settings.len());
        let place = Place { rule, rules, setter: Some("allow_origins"), entry: None };
        ConfigError::TooManyPartsOfLabels { place, pattern: pattern.clone() }
    }));
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
    for (index, (rule, pattern)) in patterns.iter().enumerate() {
        if redundant.binary_search_by_key(&index, |one| one.pattern).is_err() {
            configs[*rule as usize].allow_origins.push(pattern.to_string());
        }
    }
    for (config, rule) in zip(&mut configs, settings) {
        config.allow_origins.extend(rule.any_origin.then(|| ANY.to_owned()));
        config.allow_origins.sort_unstable();
    }
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
            config: PolicyConfig { rules: configs },
        })),
    })
}

fn first(rules: &[RuleSettings], is_it: impl Fn(&RuleSettings) -> bool) -> Option<RuleIndex> {
    (0..).zip(rules).find(|(_, rule)| is_it(rule)).map(|(index, _)| index)
}
