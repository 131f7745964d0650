//! [`OriginMatcher`]: the patterns of all rules, compiled: which rule governs an origin?

use std::fmt;

use super::family_key::FamilyKey;
use super::pattern::{PartOfLabel, are_whole_labels};
use super::redundancy::{Entry, Group, Redundant, Sifted, sift};
use super::trie::{self, Trie};
use super::{Origin, OriginPattern};

/// The position of a rule in its policy, from 0. Four bytes, for there is one for every pattern and
/// for every response under way.
pub(crate) type RuleIndex = u32;

/// The compiled patterns of a policy.
///
/// *Singles* are exactly one origin, and are compared with the header's value without parsing it: a
/// value that equals a pattern is an origin, because the pattern is one. *Families* have a wildcard
/// and take a parsed origin.
///
/// Invariant: no pattern is covered by another one of the same or an earlier rule. So of the
/// families that cover an origin with one port, the one of the earliest rule is found at the longest
/// key: the first that fits of its wildcards inside a label, and if none fits, the pattern of that
/// key, or of the next shorter one that has a pattern for all that is below it.
#[derive(Clone)]
pub(crate) struct OriginMatcher {
    singles: Singles,
    families: Keyed<Family>,
    /// Whether any family has a port of its own, and whether any has `:*`: which of the two
    /// searches are worth making.
    has_fixed_ports: bool,
    has_any_ports: bool,
    /// Schemes of which every host without a port is covered, in the order of a trie.
    schemes: Box<[(Box<str>, RuleIndex)]>,
}

/// A matcher, and the indices of the patterns that are not in it.
#[derive(Debug)]
pub(crate) struct CompiledPatterns {
    pub(crate) matcher: OriginMatcher,
    /// Those that decide nothing; they were left out.
    pub(crate) redundant: Vec<Redundant>,
    /// Those with a wildcard inside a label for which there was no room: 64 others have the same
    /// host, scheme and port. They were left out, too.
    pub(crate) too_many: Vec<usize>,
}

#[derive(Clone)]
enum Singles {
    /// Compared one by one.
    Few(Box<[(Box<[u8]>, RuleIndex)]>),
    Many(Keyed<RuleIndex>),
}

/// Keys, and what each stands for.
#[derive(Clone)]
struct Keyed<T> {
    keys: Trie,
    values: Box<[T]>,
}

/// What is covered at one key.
#[derive(Clone)]
struct Family {
    /// The rule of all of it. At a suffix key that has no pattern for all that is below it, the rule
    /// of the next shorter one that has.
    rule: Option<RuleIndex>,
    /// Wildcards inside the label before the key, in the order of their rules, which come before the
    /// rule of all.
    labels: Box<[(PartOfLabel<Box<str>>, RuleIndex)]>,
}

/// Up to here comparing one by one takes fewer instructions than a search.
const FEW: usize = 4;

impl CompiledPatterns {
    /// Compiles patterns, each with the index of its rule.
    pub(crate) fn new(patterns: &[(RuleIndex, OriginPattern)]) -> Self {
        let Sifted { singles, groups, schemes, redundant, too_many } = sift(patterns);
        let families = || groups.iter().flat_map(Group::entries);
        let schemes = schemes.iter().map(|entry| (entry.pattern.scheme().into(), entry.rule));
        let matcher = OriginMatcher {
            has_fixed_ports: families().any(|entry| !entry.pattern.covers_any_port()),
            has_any_ports: families().any(|entry| entry.pattern.covers_any_port()),
            singles: Singles::new(&singles),
            families: Keyed::of_groups(&groups),
            schemes: schemes.collect(),
        };
        Self { matcher, redundant, too_many }
    }
}

impl OriginMatcher {
    /// The first rule one of whose patterns covers the origin with this serialisation.
    pub(crate) fn find(&self, value: &[u8]) -> Option<RuleIndex> {
        let single = self.singles.find(value);
        if self.families.values.is_empty() && self.schemes.is_empty() {
            return single;
        }
        let Some(origin) = Origin::parse(value) else { return single };
        earlier(earlier(single, self.find_family(&origin)), self.find_scheme(&origin))
    }

    fn find_family(&self, origin: &Origin<'_>) -> Option<RuleIndex> {
        let find = |wanted: bool, port| {
            let key = wanted.then(|| FamilyKey::of_host(origin, port))?;
            let (key, longest) = (key.as_ref(), self.families.keys.find(key.as_ref())?);
            // A host's own key starts with a byte that is not in the host.
            let below = key.len() - self.families.keys.key(longest).len();
            let below = below.checked_sub(1).map(|end| &origin.host()[..end]);
            self.families.values[longest].find(below)
        };
        let fixed = find(self.has_fixed_ports, origin.port_str());
        earlier(fixed, find(self.has_any_ports, "*"))
    }

    fn find_scheme(&self, origin: &Origin<'_>) -> Option<RuleIndex> {
        if self.schemes.is_empty() || origin.port().is_some() || origin.host().is_empty() {
            return None;
        }
        let wanted = origin.scheme().as_bytes();
        let place = self.schemes.binary_search_by(|(key, _)| trie::order(key.as_bytes(), wanted));
        Some(self.schemes[place.ok()?].1)
    }
}

impl Family {
    /// The rule that covers a host which is `below` the key's with a dot between, or the key's own.
    fn find(&self, below: Option<&str>) -> Option<RuleIndex> {
        let Some(below) = below else { return self.rule };
        match self.labels.iter().find(|(label, _)| label.covers(below)) {
            Some((_, rule)) => Some(*rule),
            None => self.rule.filter(|_| are_whole_labels(below)),
        }
    }
}

impl fmt::Debug for OriginMatcher {
    /// The form that was chosen, not the patterns: a policy's settings list those.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (singles, searched) = match &self.singles {
            Singles::Few(few) => (few.len(), "one by one"),
            Singles::Many(many) => (many.values.len(), "in a trie"),
        };
        f.debug_struct("OriginMatcher")
            .field("singles", &singles)
            .field("singles_compared", &searched)
            .field("families_in_a_trie", &self.families.values.len())
            .field("schemes", &self.schemes.len())
            .finish_non_exhaustive()
    }
}

impl Singles {
    fn new(entries: &[Entry<'_>]) -> Self {
        if entries.len() > FEW {
            let values = entries.iter().map(|entry| entry.rule).collect();
            let keys: Vec<_> = entries.iter().map(AsRef::as_ref).collect();
            return Self::Many(Keyed { keys: Trie::new(&keys), values });
        }
        Self::Few(entries.iter().map(|entry| (entry.as_ref().into(), entry.rule)).collect())
    }

    fn find(&self, value: &[u8]) -> Option<RuleIndex> {
        match self {
            Self::Few(few) => few.iter().find(|(text, _)| **text == *value).map(|(_, rule)| *rule),
            Self::Many(many) => many.keys.find(value).map(|key| many.values[key]),
        }
    }
}

impl Keyed<Family> {
    fn of_groups(groups: &[Group<'_>]) -> Self {
        let keys = Group::trie(groups);
        let mut values: Vec<Family> = Vec::with_capacity(groups.len());
        for (key, group) in groups.iter().enumerate() {
            // The shorter key comes first.
            let shorter = || values[keys.shorter_suffix(key)?].rule;
            let rule = group.whole.as_ref().map(|entry| entry.rule).or_else(shorter);
            let labels =
                group.labels.iter().map(|entry| (entry.pattern.label().into(), entry.rule));
            values.push(Family { rule, labels: labels.collect() });
        }
        Self { keys, values: values.into() }
    }
}

fn earlier(a: Option<RuleIndex>, b: Option<RuleIndex>) -> Option<RuleIndex> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
mod tests;
