//! [`Compiled`]: what a policy knows at request time. Which rule covers an origin?

use std::sync::Arc;

use http::header::{ORIGIN, VARY};
use http::{HeaderMap, HeaderValue};

use super::RedundantOrigin;
use super::preflight::Preflight;
use super::response_headers::{Shared, leaked};
use crate::config::PolicyConfig;
use crate::origin::Origin;
use crate::origin::matcher::OriginMatcher;
pub(crate) use crate::origin::matcher::RuleIndex;
use crate::request::Single;

/// Invariants: every rule can govern a request; at most the last rule covers any origin. Without
/// rules, nobody is allowed.
#[derive(Clone)]
pub(crate) struct Compiled {
    pub(crate) matcher: OriginMatcher,
    /// The closures and their rules, in the order of the rules.
    pub(crate) predicates: Box<[(RuleIndex, Predicate)]>,
    /// The first rule that covers the origin `null`.
    pub(crate) null_rule: Option<RuleIndex>,
    /// The rule that covers any origin.
    pub(crate) any_rule: Option<RuleIndex>,
    pub(crate) rules: Box<[CompiledRule]>,
    pub(crate) redundant: Box<[RedundantOrigin]>,
    /// What the answers to preflights depend on. `None` when that is nothing.
    pub(crate) preflight_vary: Option<&'static str>,
    /// The settings of the rules, as a policy reads them back.
    pub(crate) config: PolicyConfig,
}

pub(crate) type Predicate = Arc<dyn Fn(&Origin<'_>) -> bool + Send + Sync>;

#[derive(Clone)]
pub(crate) struct CompiledRule {
    pub(crate) preflight: Preflight,
    pub(crate) shared: Shared,
}

/// The rule that covers the origin of a request, and what it grants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grant<'a> {
    pub(crate) rule: RuleIndex,
    /// The request's own `Origin`. `None` where the rule covers any origin, and says `*`.
    pub(crate) origin: Option<&'a HeaderValue>,
}

impl Compiled {
    pub(crate) fn rule(&self, index: RuleIndex) -> &CompiledRule {
        &self.rules[index as usize]
    }

    /// Whether responses are the same for every request, preflights aside: one rule for any origin,
    /// or no rule at all.
    #[inline(always)]
    pub(crate) fn is_constant(&self) -> bool {
        self.any_rule == Some(0) || self.rules.is_empty()
    }

    /// The same, with leaked texts.
    pub(crate) fn leaked(mut self) -> Self {
        for CompiledRule { preflight, shared, .. } in &mut self.rules {
            *shared = shared.leaked();
            for value in preflight.template.values_mut() {
                *value = leaked(value);
            }
        }
        self
    }

    /// The headers of the answer to a preflight from an origin that no rule covers. They depend on
    /// nothing but that. Caches do not keep answers to `OPTIONS`; `Vary` is for those that were
    /// told to do it anyway.
    pub(crate) fn refused_preflight(&self) -> HeaderMap {
        let Some(vary) = self.preflight_vary else { return HeaderMap::new() };
        let mut headers = HeaderMap::with_capacity(1);
        headers.insert(VARY, HeaderValue::from_static(vary));
        headers
    }

    /// Which rule covers the origin of a request.
    ///
    /// A rule for any origin covers whatever the request says, readable or not, on one line or more:
    /// its answer reflects nothing. Under every other rule, two lines are nobody's.
    #[inline(always)]
    pub(crate) fn grant<'a>(&self, request: &'a HeaderMap) -> Option<Grant<'a>> {
        if self.any_rule == Some(0) {
            return Some(Grant { rule: 0, origin: None });
        }
        match Single::of(request, ORIGIN) {
            Single::Missing => None,
            Single::One(origin) => {
                let rule = self.rule_of(origin.as_bytes())?;
                let covers_any = self.any_rule == Some(rule);
                Some(Grant { rule, origin: (!covers_any).then_some(origin) })
            }
            Single::Repeated => self.any_rule.map(|rule| Grant { rule, origin: None }),
        }
    }

    /// The first rule that covers an origin, given as the value of an `Origin` header.
    #[inline(always)]
    pub(crate) fn rule_of(&self, value: &[u8]) -> Option<RuleIndex> {
        if value == b"null" {
            return self.null_rule;
        }
        let listed = self.matcher.find(value);
        if self.predicates.is_empty() {
            return listed.or(self.any_rule);
        }
        listed_or_predicate(&self.predicates, value, listed).or(self.any_rule)
    }
}

/// The first of the rules whose closure covers an origin, unless the rule that lists it is earlier.
fn listed_or_predicate(
    predicates: &[(RuleIndex, Predicate)],
    value: &[u8],
    listed: Option<RuleIndex>,
) -> Option<RuleIndex> {
    let Some(origin) = Origin::parse(value) else { return listed };
    predicates
        .iter()
        .take_while(|(rule, _)| listed.is_none_or(|listed| *rule < listed))
        .find(|(_, predicate)| predicate(&origin))
        .map(|(rule, _)| *rule)
        .or(listed)
}
