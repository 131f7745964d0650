//! A read-only set of keys, searched from the end of a text.
//!
//! A Patricia trie over the keys' bytes in reverse. A node looks at one position of the text and
//! nothing is compared on the way down; the one key that can match is compared at the end. So a
//! search reads each byte of the text at most once to descend and a few times to compare, whatever
//! the number of keys and however they were chosen: there is no hash to collide.

use std::cmp::Ordering;

/// The set. A key is *complete* and equals the text, or starts with a dot, is *open*, and is the
/// end of the text.
#[derive(Debug, Default)]
pub(super) struct Trie {
    /// All keys, one after the other, in the order of their reversed bytes.
    text: Box<[u8]>,
    /// Where each key ends in `text`.
    ends: Box<[usize]>,
    nodes: Box<[Node]>,
    /// The children of all nodes, those of one node side by side. The first is the root; there is
    /// none in an empty trie.
    children: Box<[Child]>,
    /// For each key the longest open key that it ends with. Empty when no key is open.
    wider: Box<[Option<usize>]>,
}

#[derive(Debug)]
struct Node {
    /// Which symbols its children stand for, one bit a symbol.
    symbols: u64,
    /// Where its children start.
    first_child: usize,
    /// The position, from the end of the text, whose symbol chooses among them.
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
    pub(super) fn new(keys: &[impl AsRef<[u8]>]) -> Self {
        debug_assert!(keys.is_sorted_by(|a, b| order(a.as_ref(), b.as_ref()).is_lt()));
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
            let first = keys[range.start].as_ref();
            let last = keys[range.end - 1].as_ref();
            let position = agreed + common_end(until(first, agreed), until(last, agreed));
            let first_child = children.len();
            let mut symbols = 0;
            let mut start = range.start;
            while start < range.end {
                let symbol = key_symbol(keys[start].as_ref(), position);
                let same = keys[start..range.end]
                    .partition_point(|key| key_symbol(key.as_ref(), position) == symbol);
                symbols |= symbol;
                work.push((start..start + same, position, children.len()));
                children.push(Child(0));
                start += same;
            }
            nodes.push(Node { symbols, first_child, position });
        }
        Self {
            text: keys.iter().flat_map(AsRef::as_ref).copied().collect(),
            ends: keys
                .iter()
                .scan(0, |end, key| {
                    *end += key.as_ref().len();
                    Some(*end)
                })
                .collect(),
            nodes: nodes.into(),
            children: children.into(),
            wider: wider(keys),
        }
    }

    pub(super) fn key(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }

    /// The longest key that covers the text.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        let mut open = None;
        let mut child = *self.children.first()?;
        let reached = loop {
            match child.target() {
                Target::Key(key) => break Some(key),
                Target::Node(node) => {
                    let node = &self.nodes[node];
                    if let Some(Target::Key(key)) = self.child(node, OPEN).map(Child::target) {
                        open = Some(key);
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
            if is_open(self.key(key)) {
                open = Some(key);
            }
        }
        // Every open key that covers the text was met on the way down, and is this one or an end
        // of it.
        let common = common_end(text, self.key(open?));
        while self.key(open?).len() > common {
            open = self.wider(open?);
        }
        open
    }

    /// The longest open key that this key ends with, other than itself.
    pub(super) fn wider(&self, key: usize) -> Option<usize> {
        self.wider.get(key).copied().flatten()
    }

    fn child(&self, node: &Node, symbol: u64) -> Option<Child> {
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

fn is_open(key: &[u8]) -> bool {
    key.starts_with(b".")
}

/// For each key the longest open key that it ends with. In the keys' order, such keys come first.
fn wider(keys: &[impl AsRef<[u8]>]) -> Box<[Option<usize>]> {
    if !keys.iter().any(|key| is_open(key.as_ref())) {
        return Box::default();
    }
    let mut ends: Vec<usize> = Vec::new();
    keys.iter()
        .enumerate()
        .map(|(index, key)| {
            while ends.last().is_some_and(|&end| !key.as_ref().ends_with(keys[end].as_ref())) {
                ends.pop();
            }
            let wider = ends.last().copied();
            if is_open(key.as_ref()) {
                ends.push(index);
            }
            wider
        })
        .collect()
}

/// The number of bytes in which both end alike. Eight at a time, for hosts are long.
fn common_end(a: &[u8], b: &[u8]) -> usize {
    let words = a.as_rchunks::<8>().1.iter().rev().zip(b.as_rchunks::<8>().1.iter().rev());
    let agreed = 8 * words.take_while(|(a, b)| a == b).count();
    let bytes = until(a, agreed).iter().rev().zip(until(b, agreed).iter().rev());
    agreed + bytes.take_while(|(a, b)| a == b).count()
}

/// The text without its last `position` bytes.
fn until(text: &[u8], position: usize) -> &[u8] {
    &text[..text.len() - position]
}

/// What a node branches on: a byte, the beginning of the text, or the point from which on an open
/// key takes any byte. Each is one bit of [`Node::symbols`].
const BEGINNING: u64 = 1;
const OPEN: u64 = 1 << 1;
const NO_KEY_HAS_IT: u64 = 1 << 63;

/// The symbols of the bytes that keys are made of, in the bytes' order.
const SYMBOLS: [u64; 256] = {
    let mut symbols = [NO_KEY_HAS_IT; 256];
    let bytes = b"\0*+-./0123456789:[]_abcdefghijklmnopqrstuvwxyz";
    let mut symbol = OPEN;
    let mut i = 0;
    while i < bytes.len() {
        symbol <<= 1;
        symbols[bytes[i] as usize] = symbol;
        i += 1;
    }
    symbols
};

fn symbol(text: &[u8], position: usize) -> u64 {
    // Before its beginning, the subtraction leads beyond its end.
    match text.get(text.len().wrapping_sub(position + 1)) {
        Some(byte) => SYMBOLS[usize::from(*byte)],
        None => BEGINNING,
    }
}

fn key_symbol(key: &[u8], position: usize) -> u64 {
    if position == key.len() && is_open(key) { OPEN } else { symbol(key, position) }
}
