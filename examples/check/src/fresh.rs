//! [`Fresh`]: URLs that nobody else requests, so that what is tried reaches the server and stays in no
//! cache for others.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use url::Url;

/// Gives each URL a query of its own.
#[derive(Debug)]
pub(crate) struct Fresh {
    run: u128,
    count: Cell<usize>,
}

impl Fresh {
    pub(crate) fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { run: since.as_nanos(), count: Cell::new(0) }
    }

    /// The URL with one more parameter, which it never had before.
    pub(crate) fn url(&self, url: &Url) -> Url {
        let count = self.count.get() + 1;
        self.count.set(count);
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("cors-check", &format!("{:x}-{count}", self.run));
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same() {
        let (fresh, url) = (Fresh::new(), Url::parse("https://a.example/x?y=z").unwrap());
        let (first, second) = (fresh.url(&url), fresh.url(&url));
        assert_ne!(first, second);
        assert!(first.as_str().starts_with("https://a.example/x?y=z&cors-check="), "{first}");
    }
}
