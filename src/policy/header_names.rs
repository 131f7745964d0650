//! [`HeaderNames`]: a set of header names.

use http::HeaderName;

/// Header names, sorted and without duplicates; in lower case, as [`HeaderName`] always is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeaderNames(Box<[HeaderName]>);

impl HeaderNames {
    pub(crate) fn as_slice(&self) -> &[HeaderName] {
        &self.0
    }

    /// Whether a name, in any case, is in the set.
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        // Browsers send lower case, which is compared as it is.
        if !name.iter().any(u8::is_ascii_uppercase) {
            return self.0.binary_search_by(|known| known.as_str().as_bytes().cmp(name)).is_ok();
        }
        let in_lower_case = || name.iter().map(u8::to_ascii_lowercase);
        self.0.binary_search_by(|known| known.as_str().bytes().cmp(in_lower_case())).is_ok()
    }
}

impl FromIterator<HeaderName> for HeaderNames {
    fn from_iter<I: IntoIterator<Item = HeaderName>>(names: I) -> Self {
        let mut names = Vec::from_iter(names);
        names.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
        names.dedup();
        Self(names.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        let names =
            HeaderNames::from_iter(["x-b", "accept", "x-b", "x-bc"].map(HeaderName::from_static));
        assert_eq!(names.as_slice(), ["accept", "x-b", "x-bc"]);
        for name in ["accept", "X-B", "x-Bc"] {
            assert!(names.contains(name.as_bytes()), "{name}");
        }
        for name in ["", "x", "x-bcd", "x-a", "acceptx"] {
            assert!(!names.contains(name.as_bytes()), "{name}");
        }
    }
}
