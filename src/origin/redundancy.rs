//! Which patterns of a policy decide anything? Those are sorted into what a matcher is made of.

use std::borrow::Cow;
use std::iter::successors;

use super::OriginPattern;
use super::family_key::FamilyKey;
use super::matcher::RuleIndex;
use super::trie::{self, Trie};

/// How many patterns with a wildcard inside a label there can be below one host, scheme and port.
/// They are tried one by one.
pub(crate) const MAX_PARTS_OF_LABELS: usize = 64;

/// A pattern that decides nothing: whatever it covers, another one covers in the same or an earlier
/// rule. Both are indices of the patterns that were compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Redundant {
    pub(crate) pattern: usize,
    pub(crate) covered_by: usize,
}

/// The patterns that decide something, in the order of their keys, and those that were left out.
pub(super) struct Sifted<'a> {
    pub(super) singles: Vec<Entry<'a>>,
    pub(super) groups: Vec<Group<'a>>,
    pub(super) schemes: Vec<Entry<'a>>,
    pub(super) redundant: Vec<Redundant>,
    /// Wildcards inside a label for which there is no room under their key.
    pub(super) too_many: Vec<usize>,
}

/// A pattern on its way into a matcher.
pub(super) struct Entry<'a> {
    pub(super) index: usize,
    pub(super) rule: RuleIndex,
    pub(super) pattern: &'a OriginPattern,
    key: Cow<'a, [u8]>,
}

/// The patterns with one key, none of which covers another.
pub(super) struct Group<'a> {
    key: Box<[u8]>,
    /// The one that covers the host itself, or all its subdomains.
    pub(super) whole: Option<Entry<'a>>,
    /// Those with a wildcard inside a label, in the order of their rules.
    pub(super) labels: Vec<Entry<'a>>,
}

pub(super) fn sift(patterns: &[(RuleIndex, OriginPattern)]) -> Sifted<'_> {
    let mut redundant = Vec::new();
    let entries =
        (0..).zip(patterns).map(|(index, (rule, pattern))| Entry::new(index, *rule, pattern));
    let (singles, families): (Vec<_>, Vec<_>) =
        entries.partition(|entry| entry.pattern.is_single());
    let (schemes, families) =
        families.into_iter().partition(|entry| entry.pattern.covers_any_host());
    let mut singles = without_duplicates(singles, &mut redundant);
    let schemes = without_duplicates(schemes, &mut redundant);
    let mut groups = grouped(families, &mut redundant);
    let families = groups.iter().flat_map(Group::entries);
    let cover = Cover::new(&groups, &schemes);
    redundant.extend(families.filter_map(|entry| cover.find(entry)));
    let left_out = marked(&redundant, patterns.len());
    let stays = |entry: &Entry<'_>| !left_out[entry.index];
    for group in &mut groups {
        group.whole.take_if(|entry| !stays(entry));
        group.labels.retain(stays);
    }
    groups.retain(|group| group.entries().next().is_some());
    let too_many = groups.iter_mut().flat_map(Group::without_room).collect();
    // Last, because only now no key has more wildcards inside a label than are tried.
    let cover = Cover::new(&groups, &schemes);
    redundant.extend(singles.iter().filter_map(|entry| cover.find(entry)));
    let left_out = marked(&redundant, patterns.len());
    singles.retain(|entry| !left_out[entry.index]);
    redundant.sort_unstable_by_key(|redundant| redundant.pattern);
    Sifted { singles, groups, schemes, redundant, too_many }
}

/// Which of the patterns, of so many, are redundant.
fn marked(redundant: &[Redundant], patterns: usize) -> Vec<bool> {
    let mut marked = vec![false; patterns];
    for one in redundant {
        marked[one.pattern] = true;
    }
    marked
}

impl<'a> Entry<'a> {
    fn new(index: usize, rule: RuleIndex, pattern: &'a OriginPattern) -> Self {
        let key = if pattern.is_single() || pattern.covers_any_host() {
            Cow::Borrowed(pattern.as_str().as_bytes())
        } else {
            Cow::Owned(FamilyKey::of(pattern, pattern.port_str()).as_ref().to_vec())
        };
        Self { index, rule, pattern, key }
    }

    /// What comes first where two patterns have the same key: the one that may cover the other.
    fn order(&self) -> (RuleIndex, usize, usize) {
        let label = self.pattern.label();
        (self.rule, label.before.len() + label.after.len(), self.index)
    }

    /// Brings entries into the order of a [`Trie`].
    fn sort(entries: &mut [Self]) {
        entries.sort_unstable_by(|a, b| {
            trie::order(&a.key, &b.key).then_with(|| a.order().cmp(&b.order()))
        });
    }
}

impl AsRef<[u8]> for Entry<'_> {
    fn as_ref(&self) -> &[u8] {
        &self.key
    }
}

impl<'a> Group<'a> {
    /// The keys of groups that are in the order of a trie.
    pub(super) fn trie(groups: &[Self]) -> Trie {
        Trie::new(&groups.iter().map(|group| &*group.key).collect::<Vec<_>>())
    }

    /// All of them.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.whole.iter().chain(&self.labels)
    }

    /// The labels that other patterns are compared with: one more cannot stay, unless a pattern of
    /// another key covers some of these, and then that one covers what they do.
    fn tried(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.labels.iter().take(MAX_PARTS_OF_LABELS)
    }

    /// Takes a pattern in, or says which one covers it. Wider ones have to be given before narrower
    /// ones of the same rule.
    fn add(&mut self, entry: Entry<'a>) -> Option<Redundant> {
        let by = if entry.pattern.covers_part_of_label() {
            self.tried().find(|by| by.pattern.covers_all_of(entry.pattern))
        } else {
            self.whole.as_ref()
        };
        if let Some(by) = by {
            return Some(Redundant { pattern: entry.index, covered_by: by.index });
        }
        if entry.pattern.covers_part_of_label() {
            self.labels.push(entry);
        } else {
            self.whole = Some(entry);
        }
        None
    }

    /// Brings the labels into order, and takes those out for which there is no room.
    fn without_room(&mut self) -> impl Iterator<Item = usize> + use<'a> {
        self.labels.sort_unstable_by_key(|entry| (entry.rule, entry.index));
        let kept = self.labels.len().min(MAX_PARTS_OF_LABELS);
        self.labels.split_off(kept).into_iter().map(|entry| entry.index)
    }
}

/// Sorts entries for a [`Trie`]; of several with one key, keeps that of the earliest rule.
fn without_duplicates<'a>(
    mut entries: Vec<Entry<'a>>,
    redundant: &mut Vec<Redundant>,
) -> Vec<Entry<'a>> {
    Entry::sort(&mut entries);
    entries.dedup_by(|next, kept| {
        let same = next.key == kept.key;
        if same {
            redundant.push(Redundant { pattern: next.index, covered_by: kept.index });
        }
        same
    });
    entries
}

/// Sorts families for a [`Trie`], those with one key together.
fn grouped<'a>(mut families: Vec<Entry<'a>>, redundant: &mut Vec<Redundant>) -> Vec<Group<'a>> {
    Entry::sort(&mut families);
    let mut groups: Vec<Group<'_>> = Vec::new();
    for entry in families {
        if groups.last().is_none_or(|group| *group.key != *entry.key) {
            let key = entry.key.as_ref().into();
            groups.push(Group { key, whole: None, labels: Vec::new() });
        }
        redundant.extend(groups.last_mut().and_then(|group| group.add(entry)));
    }
    groups
}

/// Which family covers a pattern?
struct Cover<'a> {
    keys: Trie,
    groups: &'a [Group<'a>],
    schemes: &'a [Entry<'a>],
}

impl<'a> Cover<'a> {
    fn new(groups: &'a [Group<'a>], schemes: &'a [Entry<'a>]) -> Self {
        Self { keys: Group::trie(groups), groups, schemes }
    }

    /// Another pattern of the same or an earlier rule that covers all that this one covers.
    fn find(&self, entry: &Entry<'_>) -> Option<Redundant> {
        let scheme = format!("{}://*", entry.pattern.scheme());
        let scheme = self
            .schemes
            .binary_search_by(|by| trie::order(&by.key, scheme.as_bytes()))
            .map(|place| &self.schemes[place]);
        let families = [entry.pattern.port_str(), "*"].into_iter().flat_map(|port| {
            let longest = self.keys.find(FamilyKey::of(entry.pattern, port).as_ref());
            successors(longest, |&key| self.keys.shorter_suffix(key))
                .flat_map(|key| self.groups[key].whole.iter().chain(self.groups[key].tried()))
        });
        let by = scheme.into_iter().chain(families).find(|by| {
            by.index != entry.index
                && by.rule <= entry.rule
                && by.pattern.covers_all_of(entry.pattern)
        })?;
        Some(Redundant { pattern: entry.index, covered_by: by.index })
    }
}
