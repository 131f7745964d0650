//! [`OriginMatcher`]: the patterns of all rules, compiled: which rule governs an origin?

use std::fmt;

use super::host::MAX_HOST_BYTES;
use super::trie::{self, Trie};
use super::{MAX_SCHEME_BYTES, Origin, OriginPattern};

/// The position of a rule in its policy, from 0. Four bytes, for there is one for every pattern and
/// for every response under way.
pub(crate) type RuleIndex = u32;

/// The compiled patterns of a policy.
///
/// Patterns that are exactly one origin are compared with the header's value as it is; it needs no
/// parsing, for the only text that equals a pattern is one that a browser sends. Families, which
/// have a wildcard, take a parsed origin.
///
/// Invariants: no pattern is covered by another one of the same or an earlier rule, so the longest
/// key of a [`Trie`] that covers an origin is also the one of the earliest rule.
pub(crate) struct OriginMatcher {
    singles: Singles,
    families: Ruled,
    /// Whether any family has a port of its own, and whether any has `:*`: which of the two
    /// searches are worth making.
    ported: bool,
    any_port: bool,
    /// The keys of singles and then families, counted through, in the order of their rules: for
    /// listing them. Empty when all keys are of one rule.
    by_rule: Box<[usize]>,
}

enum Singles {
    /// Compared one by one.
    Few(Box<[(Box<[u8]>, RuleIndex)]>),
    Many(Ruled),
}

/// Keys, and the rule of each.
struct Ruled {
    keys: Trie,
    rules: Box<[RuleIndex]>,
}

/// Up to here comparing one by one takes fewer instructions than a search.
const FEW: usize = 4;

/// A pattern that decides nothing: whatever it covers, another one covers in the same or an earlier
/// rule. Both are indices of the patterns that were compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Redundant {
    pub(crate) pattern: usize,
    pub(crate) covered_by: usize,
}

impl OriginMatcher {
    /// Compiles patterns, each with the index of its rule, and says which of them were left out.
    pub(crate) fn new(patterns: &[(RuleIndex, OriginPattern)]) -> (Self, Vec<Redundant>) {
        let mut redundant = Vec::new();
        let (singles, families) = (0..patterns.len())
            .map(|index| Entry::new(index, &patterns[index]))
            .partition::<Vec<_>, _>(|entry| entry.single);
        let mut singles = without_duplicates(singles, &mut redundant);
        let mut families = without_duplicates(families, &mut redundant);
        if !families.is_empty() {
            let cover = Cover { keys: Trie::new(&families), entries: &families };
            let covered = |entry: &Entry<'_>| {
                let by = cover.of(entry, &patterns[entry.index].1)?;
                Some(Redundant { pattern: entry.index, covered_by: by })
            };
            redundant.extend(singles.iter().chain(&families).filter_map(covered));
            let left_out: Vec<bool> =
                redundant.iter().fold(vec![false; patterns.len()], |mut left_out, redundant| {
                    left_out[redundant.pattern] = true;
                    left_out
                });
            singles.retain(|entry| !left_out[entry.index]);
            families.retain(|entry| !left_out[entry.index]);
        }
        redundant.sort_unstable_by_key(|redundant| redundant.pattern);
        let kept = |entry: &Entry<'_>| &patterns[entry.index].1;
        let rules: Vec<_> = singles.iter().chain(&families).map(|entry| entry.rule).collect();
        let matcher = Self {
            by_rule: by_rule(&rules),
            ported: families.iter().any(|entry| !kept(entry).covers_any_port()),
            any_port: families.iter().any(|entry| kept(entry).covers_any_port()),
            families: Ruled::new(&families),
            singles: Singles::new(&singles),
        };
        (matcher, redundant)
    }

    /// The first rule one of whose patterns covers the origin with this serialisation.
    pub(crate) fn find(&self, value: &[u8]) -> Option<RuleIndex> {
        let single = self.singles.find(value);
        if self.families.is_empty() {
            return single;
        }
        let family = Origin::parse(value).and_then(|origin| self.find_family(&origin));
        earlier(single, family)
    }

    /// The patterns of a rule that decide anything.
    pub(crate) fn patterns(&self, rule: RuleIndex) -> impl Iterator<Item = OriginPattern> + '_ {
        let of_rule = match &*self.by_rule {
            [] => {
                let all = self.singles.len() + self.families.rules.len();
                if all > 0 && self.key(0).1 == rule { 0..all } else { 0..0 }
            }
            keys => {
                let start = keys.partition_point(|&key| self.key(key).1 < rule);
                let end = keys.partition_point(|&key| self.key(key).1 <= rule);
                start..end
            }
        };
        of_rule.map(|place| self.by_rule.get(place).copied().unwrap_or(place)).filter_map(
            move |key| {
                let (text, _) = self.key(key);
                let text = if key < self.singles.len() {
                    String::from_utf8_lossy(text).into_owned()
                } else {
                    family_text(text)
                };
                // Every key was made from a pattern, so none fails to parse.
                text.parse().ok()
            },
        )
    }

    /// A key, counted through singles and then families, and its rule.
    fn key(&self, index: usize) -> (&[u8], RuleIndex) {
        match index.checked_sub(self.singles.len()) {
            None => self.singles.get(index),
            Some(family) => self.families.get(family),
        }
    }

    fn find_family(&self, origin: &Origin<'_>) -> Option<RuleIndex> {
        let find = |wanted: bool, port| {
            let key = wanted.then(|| FamilyKey::new("", origin.host(), port, origin.scheme()))?;
            self.families.find(key.as_ref())
        };
        earlier(find(self.ported, origin.port_str()), find(self.any_port, "*"))
    }
}

impl fmt::Debug for OriginMatcher {
    /// The form that was chosen, not the patterns: a policy lists those.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (singles, searched) = match &self.singles {
            Singles::Few(few) => (few.len(), "one by one"),
            Singles::Many(many) => (many.rules.len(), "in a trie"),
        };
        f.debug_struct("OriginMatcher")
            .field("singles", &singles)
            .field("singles_compared", &searched)
            .field("families_in_a_trie", &self.families.rules.len())
            .finish_non_exhaustive()
    }
}

impl Singles {
    fn new(entries: &[Entry<'_>]) -> Self {
        if entries.len() > FEW {
            return Self::Many(Ruled::new(entries));
        }
        Self::Few(entries.iter().map(|entry| (entry.as_ref().into(), entry.rule)).collect())
    }

    fn find(&self, value: &[u8]) -> Option<RuleIndex> {
        match self {
            Self::Few(few) => few.iter().find(|(text, _)| **text == *value).map(|(_, rule)| *rule),
            Self::Many(many) => many.find(value),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.rules.len(),
        }
    }

    fn get(&self, index: usize) -> (&[u8], RuleIndex) {
        match self {
            Self::Few(few) => (&few[index].0, few[index].1),
            Self::Many(many) => many.get(index),
        }
    }
}

impl Ruled {
    fn new(entries: &[Entry<'_>]) -> Self {
        Self { keys: Trie::new(entries), rules: entries.iter().map(|entry| entry.rule).collect() }
    }

    fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn find(&self, text: &[u8]) -> Option<RuleIndex> {
        self.keys.find(text).map(|key| self.rules[key])
    }

    fn get(&self, index: usize) -> (&[u8], RuleIndex) {
        (self.keys.key(index), self.rules[index])
    }
}

fn by_rule(rules: &[RuleIndex]) -> Box<[usize]> {
    if rules.iter().all(|rule| Some(rule) == rules.first()) {
        return Box::default();
    }
    let mut keys: Vec<_> = (0..rules.len()).collect();
    keys.sort_by_key(|&key| rules[key]);
    keys.into()
}

fn earlier(a: Option<RuleIndex>, b: Option<RuleIndex>) -> Option<RuleIndex> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A pattern on its way into a [`Trie`].
struct Entry<'a> {
    index: usize,
    rule: RuleIndex,
    single: bool,
    key: Key<'a>,
}

enum Key<'a> {
    Single(&'a [u8]),
    Family(Box<[u8]>),
}

impl<'a> Entry<'a> {
    fn new(index: usize, (rule, pattern): &'a (RuleIndex, OriginPattern)) -> Self {
        let single = pattern.is_single();
        let key = if single {
            Key::Single(pattern.as_str().as_bytes())
        } else {
            Key::Family(FamilyKey::of(pattern, pattern.port_str()).as_ref().into())
        };
        Self { index, rule: *rule, single, key }
    }
}

impl AsRef<[u8]> for Entry<'_> {
    fn as_ref(&self) -> &[u8] {
        match &self.key {
            Key::Single(text) => text,
            Key::Family(key) => key,
        }
    }
}

/// Sorts entries for a [`Trie`]; of several with one key, keeps that of the earliest rule.
fn without_duplicates<'a>(
    mut entries: Vec<Entry<'a>>,
    redundant: &mut Vec<Redundant>,
) -> Vec<Entry<'a>> {
    entries.sort_unstable_by(|a, b| {
        trie::order(a.as_ref(), b.as_ref()).then((a.rule, a.index).cmp(&(b.rule, b.index)))
    });
    entries.dedup_by(|next, kept| {
        let same = next.as_ref() == kept.as_ref();
        if same {
            redundant.push(Redundant { pattern: next.index, covered_by: kept.index });
        }
        same
    });
    entries
}

/// Which family covers a pattern?
struct Cover<'a> {
    keys: Trie,
    entries: &'a [Entry<'a>],
}

impl Cover<'_> {
    /// The index of a pattern of the same or an earlier rule that covers all that this one covers.
    fn of(&self, entry: &Entry<'_>, pattern: &OriginPattern) -> Option<usize> {
        [pattern.port_str(), "*"].into_iter().find_map(|port| {
            let key = FamilyKey::of(pattern, port);
            let widest = self.keys.find(key.as_ref());
            std::iter::successors(widest, |&key| self.keys.wider(key))
                .map(|key| &self.entries[key])
                .find(|by| by.index != entry.index && by.rule <= entry.rule)
                .map(|by| by.index)
        })
    }
}

/// `host NUL port NUL scheme`, so that a search from the end meets the scheme and the port before
/// the host, whose labels may end in a wildcard. The port is `*` for any; the host of a family with
/// subdomains starts with a dot, which makes its key an open one.
struct FamilyKey {
    bytes: [u8; MAX_KEY_BYTES],
    len: usize,
}

const MAX_KEY_BYTES: usize =
    MAX_HOST_BYTES + "\0".len() + "65535".len() + "\0".len() + MAX_SCHEME_BYTES;

impl FamilyKey {
    fn new(dot: &str, host: &str, port: &str, scheme: &str) -> Self {
        let mut key = Self { bytes: [0; MAX_KEY_BYTES], len: 0 };
        for part in [dot, host, "\0", port, "\0", scheme] {
            let end = key.len + part.len();
            key.bytes[key.len..end].copy_from_slice(part.as_bytes());
            key.len = end;
        }
        key
    }

    fn of(pattern: &OriginPattern, port: &str) -> Self {
        let dot = if pattern.covers_subdomains() { "." } else { "" };
        Self::new(dot, pattern.host(), port, pattern.scheme())
    }
}

impl AsRef<[u8]> for FamilyKey {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The pattern from which a family's key was made.
fn family_text(key: &[u8]) -> String {
    let key = String::from_utf8_lossy(key);
    let mut parts = key.split('\0');
    let (host, port, scheme) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let any = if host.starts_with('.') { "*" } else { "" };
    let colon = if port.is_empty() { "" } else { ":" };
    format!("{scheme}://{any}{host}{colon}{port}")
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
mod tests;
