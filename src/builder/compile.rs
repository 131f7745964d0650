//! From checked rules to a [`Policy`]. Nothing can be wrong any more.

use std::sync::Arc;

use super::answers::{compile_rule, echoes_headers};
use super::check::CheckedRule;
use super::reach::Checked;
use crate::config::PolicyConfig;
use crate::origin::Origin;
use crate::policy::compiled::{Compiled, Predicate, RuleIndex};
use crate::policy::vary::{ECHOING_PREFLIGHT_VARY, PREFLIGHT_VARY};
use crate::policy::{Policy, RedundantOrigin};

pub(super) fn compile(checked: Checked) -> Policy {
    let Checked { mut rules, patterns, matcher, redundant, .. } = checked;
    let first = |is_it: fn(&CheckedRule) -> bool| -> Option<RuleIndex> {
        (0..).zip(&rules).find(|(_, rule)| is_it(rule)).map(|(index, _)| index)
    };
    let any_rule = first(CheckedRule::is_any_origin);
    let null_rule = first(CheckedRule::covers_null);
    let constant = any_rule == Some(0) || rules.is_empty();

    let mut left_out = redundant.iter().map(|one| one.pattern).peekable();
    for (index, (rule, pattern)) in patterns.iter().enumerate() {
        if left_out.next_if_eq(&index).is_none() {
            rules[*rule as usize].config.allow_origins.push(pattern.to_string());
        }
    }
    let mut predicates = Vec::new();
    for (index, rule) in (0..).zip(&mut rules) {
        let config = &mut rule.config;
        config.allow_origins.sort_unstable();
        config.allow_origins.shrink_to_fit();
        config.dangerously_allow_null_origin &= null_rule == Some(index);
        config.closures = rule.closures.len();
        if config.dangerously_mirror_any_origin {
            predicates.push((index, mirror()));
        }
        predicates.extend(rule.closures.drain(..).map(|closure| (index, closure)));
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
    let echoing = rules.iter().any(|rule| echoes_headers(&rule.config));
    let preflight_vary = if echoing { ECHOING_PREFLIGHT_VARY } else { PREFLIGHT_VARY };
    let preflight_vary = (!constant).then_some(preflight_vary);
    let compiled = rules.iter().map(|rule| compile_rule(&rule.config, preflight_vary)).collect();
    Policy {
        compiled: Some(Arc::new(Compiled {
            redundant: redundant.collect(),
            matcher,
            predicates: predicates.into(),
            null_rule,
            any_rule,
            rules: compiled,
            preflight_vary,
            config: PolicyConfig { rules: rules.into_iter().map(|rule| rule.config).collect() },
        })),
    }
}

/// What mirrors any origin is a closure that allows each that can be parsed.
fn mirror() -> Predicate {
    Arc::new(|_: &Origin<'_>| true)
}
