//! [`Checked`]: the rules of a policy without what no request reaches.

use std::iter::zip;
use std::ops::Range;

use super::check::CheckedRule;
use super::error::ConfigError;
use super::mistake::ConfigErrorKind as Kind;
use super::place::Place;
use crate::origin::OriginPattern;
use crate::origin::matcher::{CompiledPatterns, OriginMatcher, RuleIndex};
use crate::origin::redundancy::Redundant;

/// Rules each of which can govern a request, and their patterns, compiled.
pub(super) struct Checked {
    /// Without their patterns.
    pub(super) rules: Vec<CheckedRule>,
    /// The patterns of all rules, in order.
    pub(super) patterns: Vec<(RuleIndex, OriginPattern)>,
    /// The index of each pattern's entry in its rule.
    entries: Vec<usize>,
    pub(super) matcher: OriginMatcher,
    /// Sorted by pattern.
    pub(super) redundant: Vec<Redundant>,
    /// The patterns for which the matcher has no room.
    too_many: Vec<usize>,
}

impl Checked {
    /// Reports what no request reaches because an earlier rule covers it, and leaves it out.
    pub(super) fn without_unreachable(
        rules: Vec<CheckedRule>,
        mistakes: &mut Vec<ConfigError>,
    ) -> Self {
        let mut checked = Self::new(rules);
        for &index in &checked.too_many {
            let (rule, pattern) = &checked.patterns[index];
            let (setter, entry) = (Some("allow_origins"), Some(checked.entries[index]));
            let place = Place { setter, entry, ..checked.rules[*rule as usize].place };
            let kind = Kind::TooManyPartsOfLabels { pattern: pattern.clone() };
            mistakes.push(ConfigError::new(place, kind));
        }
        let reach = Reach::of(&checked);
        let is_unreachable: Vec<bool> =
            (0..checked.rules.len()).map(|index| reach.is_unreachable(index)).collect();
        for (index, &is_unreachable) in is_unreachable.iter().enumerate() {
            if !is_unreachable {
                reach.report_parts(index, mistakes);
            } else if reach.is_reported(index) {
                mistakes.push(ConfigError::new(checked.rules[index].place, Kind::UnreachableRule));
            }
        }
        let mirror = reach.mirror;
        if mirror.is_none() && !is_unreachable.contains(&true) {
            return checked;
        }
        for ((rule, pattern), entry) in zip(checked.patterns, checked.entries) {
            checked.rules[rule as usize].patterns.push((entry, pattern));
        }
        for rule in checked.rules.iter_mut().skip(mirror.map_or(usize::MAX, |mirror| mirror + 1)) {
            rule.forget_tuple_origins();
        }
        let rules = zip(checked.rules, is_unreachable);
        Self::new(rules.filter(|(_, left_out)| !left_out).map(|(rule, _)| rule).collect())
    }

    pub(super) fn new(mut rules: Vec<CheckedRule>) -> Self {
        let (mut patterns, mut entries) = (Vec::new(), Vec::new());
        for (index, rule) in (0..).zip(&mut rules) {
            for (entry, pattern) in std::mem::take(&mut rule.patterns) {
                patterns.push((index, pattern));
                entries.push(entry);
            }
        }
        let CompiledPatterns { matcher, redundant, too_many } = CompiledPatterns::new(&patterns);
        Self { rules, patterns, entries, matcher, redundant, too_many }
    }
}

/// Which rule comes first with what.
struct Reach<'a> {
    checked: &'a Checked,
    any_origin: Option<usize>,
    /// The first rule that mirrors any origin.
    mirror: Option<usize>,
    /// The first rule that covers `null`.
    null: Option<usize>,
    /// How many patterns of each rule decide anything.
    deciding: Vec<usize>,
}

impl<'a> Reach<'a> {
    fn of(checked: &'a Checked) -> Self {
        let first = |is_it: fn(&CheckedRule) -> bool| checked.rules.iter().position(is_it);
        let mut deciding = vec![0; checked.rules.len()];
        for (rule, _) in &checked.patterns {
            deciding[*rule as usize] += 1;
        }
        for one in &checked.redundant {
            deciding[checked.patterns[one.pattern].0 as usize] -= 1;
        }
        Self {
            checked,
            any_origin: first(CheckedRule::is_any_origin),
            mirror: first(|rule| rule.config.dangerously_mirror_any_origin),
            null: first(CheckedRule::covers_null),
            deciding,
        }
    }

    fn is_unreachable(&self, index: usize) -> bool {
        let rule = &self.checked.rules[index];
        let tuple_origins = rule.config.dangerously_mirror_any_origin
            || !rule.closures.is_empty()
            || self.deciding[index] > 0;
        let covers_new = rule.is_any_origin()
            || self.null == Some(index)
            || tuple_origins && !is_before(self.mirror, index);
        is_before(self.any_origin, index) || !covers_new
    }

    /// If one of its origins is invalid, nobody knows what the rule was to cover.
    fn is_reported(&self, index: usize) -> bool {
        is_before(self.any_origin, index) || !self.checked.rules[index].is_incomplete
    }

    /// Reports what of a rule that can be reached cannot.
    fn report_parts(&self, index: usize, mistakes: &mut Vec<ConfigError>) {
        let Checked { rules, patterns, entries, redundant, .. } = self.checked;
        let rule = &rules[index];
        let mut report = |setter, entry, origin: &str, covered_by: &str, by_rule: usize| {
            let place = Place { setter: Some(setter), entry, ..rule.place };
            let kind = Kind::UnreachableOrigin {
                origin: origin.to_owned(),
                covered_by: covered_by.to_owned(),
                covered_by_rule: rules[by_rule].place.rule,
            };
            mistakes.push(ConfigError::new(place, kind));
        };
        if let Some(mirror) = self.mirror.filter(|&mirror| mirror < index) {
            let of_rule = range(patterns, |(rule, _)| *rule as usize, index);
            for ((_, pattern), entry) in zip(&patterns[of_rule.clone()], &entries[of_rule]) {
                report("allow_origins", Some(*entry), pattern.as_str(), "any origin", mirror);
            }
            if !rule.closures.is_empty() {
                report("allow_origins_by", None, "closures", "any origin", mirror);
            }
            if rule.config.dangerously_mirror_any_origin {
                let setter = "dangerously_mirror_any_origin";
                report(setter, None, "any origin", "any origin", mirror);
            }
        } else {
            let of_rule = range(redundant, |one| patterns[one.pattern].0 as usize, index);
            for one in &redundant[of_rule] {
                let (by_rule, by) = &patterns[one.covered_by];
                let by_rule = *by_rule as usize;
                if by_rule < index {
                    let (entry, pattern) = (entries[one.pattern], &patterns[one.pattern].1);
                    report("allow_origins", Some(entry), pattern.as_str(), by.as_str(), by_rule);
                }
            }
        }
        let null = self.null.filter(|&null| null < index);
        if let (true, Some(null)) = (rule.config.dangerously_allow_null_origin, null) {
            report("dangerously_allow_null_origin", None, "null", "null", null);
        }
    }
}

/// Where the members of a rule are in a list that is sorted by rule.
fn range<T>(list: &[T], rule_of: impl Fn(&T) -> usize, rule: usize) -> Range<usize> {
    let start = list.partition_point(|one| rule_of(one) < rule);
    start..list.partition_point(|one| rule_of(one) <= rule)
}

fn is_before(first: Option<usize>, index: usize) -> bool {
    first.is_some_and(|first| first < index)
}
