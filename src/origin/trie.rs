//! A read-only set of keys, searched from the end of a text.
//!
//! A Patricia trie over the keys' bytes in reverse, half a byte at a time. A node looks at one
//! position of the text and nothing is compared on the way down; the one key that can match is
//! compared at the end. So a search reads each byte of the text at most twice to descend and a few
//! times to compare, whatever the number of keys and however they were chosen: there is no hash to
//! collide.

use std::cmp::Ordering;

/// The set. An *exact key* equals the text. A *suffix key* starts with a dot, and the text ends with
/// it.
#[derive(Clone, Debug, Default)]
pub(super) struct Trie {
    /// All keys, one after the other, in the order of their reversed bytes.
    text: Box<[u8]>,
    /// Where each key ends in `text`.
    ends: Box<[usize]>,
    nodes: Box<[Node]>,
    /// The children of all nodes, those of one node side by side. The first is the root; there is
    /// none in an empty trie.
    children: Box<[Child]>,
    /// For each key the longest suffix key that it ends with. Empty without suffix keys.
    shorter_suffixes: Box<[Option<usize>]>,
}

#[derive(Clone, Debug)]
struct Node {
    /// Which symbols its children stand for, one bit a symbol.
    symbols: u32,
    /// Where its children start.
    first_child: usize,
    /// The position, in half bytes from the end of the text, whose symbol chooses among them.
    position: usize,
}

/// The index of a node, or of a key where only one is left: the lowest bit tells.
#[derive(Clone, Copy, Debug)]
struct Child(usize);

enum Target {
    Node(usize),
    Key(usize),
}

impl Trie {
    /// Compiles keys that are sorted by [`order`] and hold no key twice.
    pub(super) fn new(keys: &[&[u8]]) -> Self {
        debug_assert!(keys.is_sorted_by(|a, b| order(a, b).is_lt()));
        let mut nodes = Vec::new();
        let mut children = Vec::from_iter((!keys.is_empty()).then_some(Child(0)));
        // Ranges of keys that agree up to a position, and the child that is to lead to them.
        let mut work = Vec::from_iter((!keys.is_empty()).then_some((0..keys.len(), 0, 0)));
        while let Some((range, agreed, child)) = work.pop() {
            if range.len() == 1 {
                children[child] = Child::key(range.start);
                continue;
            }
            children[child] = Child::node(nodes.len());
            let position = common_half_bytes(keys[range.start], keys[range.end - 1], agreed);
            let first_child = children.len();
            let mut symbols = 0;
            let mut start = range.start;
            while start < range.end {
                let symbol = key_symbol(keys[start], position);
                let same = keys[start..range.end]
                    .partition_point(|key| key_symbol(key, position) == symbol);
                symbols |= symbol;
                work.push((start..start + same, position, children.len()));
                children.push(Child(0));
                start += same;
            }
            nodes.push(Node { symbols, first_child, position });
        }
        Self {
            text: keys.concat().into(),
            ends: keys
                .iter()
                .scan(0, |end, key| {
                    *end += key.len();
                    Some(*end)
                })
                .collect(),
            nodes: nodes.into(),
            children: children.into(),
            shorter_suffixes: shorter_suffixes(keys),
        }
    }

    pub(super) fn key(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }

    /// The longest key that the text equals or ends with.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        let mut suffix = None;
        let mut child = *self.children.first()?;
        let reached = loop {
            match child.target() {
                Target::Key(key) => break Some(key),
                Target::Node(node) => {
                    let node = &self.nodes[node];
                    if let Some(Target::Key(key)) = self.child(node, SUFFIX).map(Child::target) {
                        suffix = Some(key);
                    }
                    match self.child(node, symbol(text, node.position)) {
                        Some(next) => child = next,
                        None => break None,
                    }
                }
            }
        };
        if let Some(key) = reached {
            if self.key(key) == text {
                return Some(key);
            }
            if is_suffix(self.key(key)) {
                suffix = Some(key);
            }
        }
        // Every suffix key that the text ends with was met on the way down, and is this one or an
        // end of it.
        let common = common_end(text, self.key(suffix?));
        while self.key(suffix?).len() > common {
            suffix = self.shorter_suffix(suffix?);
        }
        suffix
    }

    /// The longest suffix key that this key ends with, other than itself.
    pub(super) fn shorter_suffix(&self, key: usize) -> Option<usize> {
        self.shorter_suffixes.get(key).copied().flatten()
    }

    fn child(&self, node: &Node, symbol: u32) -> Option<Child> {
        if node.symbols & symbol == 0 {
            return None;
        }
        let rank = (node.symbols & (symbol - 1)).count_ones() as usize;
        self.children.get(node.first_child + rank).copied()
    }
}

/// The order in which [`Trie::new`] takes keys: by their bytes from the end.
pub(super) fn order(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().rev().cmp(b.iter().rev())
}

impl Child {
    fn node(index: usize) -> Self {
        Self(index << 1)
    }

    fn key(index: usize) -> Self {
        Self(index << 1 | 1)
    }

    fn target(self) -> Target {
        if self.0 & 1 == 0 { Target::Node(self.0 >> 1) } else { Target::Key(self.0 >> 1) }
    }
}

fn is_suffix(key: &[u8]) -> bool {
    key.starts_with(b".")
}

/// For each key the longest suffix key that it ends with. In the keys' order, such keys come first.
fn shorter_suffixes(keys: &[&[u8]]) -> Box<[Option<usize>]> {
    if !keys.iter().any(|key| is_suffix(key)) {
        return Box::default();
    }
    let mut ends: Vec<usize> = Vec::new();
    keys.iter()
        .enumerate()
        .map(|(index, key)| {
            while ends.last().is_some_and(|&end| !key.ends_with(keys[end])) {
                ends.pop();
            }
            let shorter = ends.last().copied();
            if is_suffix(key) {
                ends.push(index);
            }
            shorter
        })
        .collect()
}

/// The number of bytes in which both end alike. Eight at a time, for hosts are long.
fn common_end(a: &[u8], b: &[u8]) -> usize {
    let words = a.as_rchunks::<8>().1.iter().rev().zip(b.as_rchunks::<8>().1.iter().rev());
    let agreed = 8 * words.take_while(|(a, b)| a == b).count();
    let bytes = without_end(a, agreed).iter().rev().zip(without_end(b, agreed).iter().rev());
    agreed + bytes.take_while(|(a, b)| a == b).count()
}

/// The number of half bytes in which both end alike, the first `agreed` of which are known.
fn common_half_bytes(a: &[u8], b: &[u8], agreed: usize) -> usize {
    let bytes = agreed / 2;
    let common = bytes + common_end(without_end(a, bytes), without_end(b, bytes));
    2 * common + usize::from(symbol(a, 2 * common) == symbol(b, 2 * common))
}

/// The text without its last `count` bytes.
fn without_end(text: &[u8], count: usize) -> &[u8] {
    &text[..text.len() - count]
}

/// What a node branches on: half a byte, the beginning of the text, or the point from which on a
/// suffix key takes any byte. Each is one bit of [`Node::symbols`].
const BEGINNING: u32 = 1;
const SUFFIX: u32 = 1 << 1;
const FIRST_HALF_BYTE: u32 = 1 << 2;

fn symbol(text: &[u8], position: usize) -> u32 {
    // Before its beginning, the subtraction leads beyond its end.
    match text.get(text.len().wrapping_sub(position / 2 + 1)) {
        Some(byte) if position.is_multiple_of(2) => FIRST_HALF_BYTE << (byte >> 4),
        Some(byte) => FIRST_HALF_BYTE << (byte & 0xf),
        None => BEGINNING,
    }
}

fn key_symbol(key: &[u8], position: usize) -> u32 {
    if position == 2 * key.len() && is_suffix(key) { SUFFIX } else { symbol(key, position) }
}
