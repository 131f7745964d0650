//! The [CORS-preflight cache](https://fetch.spec.whatwg.org/#cors-preflight-cache).

use std::collections::BTreeSet;
use std::time::Duration;

use super::engine::Engine;
use super::modes::Credentials;

/// How long an answer without a usable `Access-Control-Max-Age` is kept.
pub(super) const DEFAULT_MAX_AGE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct PreflightCache {
    entries: Vec<Entry>,
}

/// A [cache entry](https://fetch.spec.whatwg.org/#concept-cache).
#[derive(Debug)]
struct Entry {
    /// The network partition key.
    site: String,
    origin: String,
    url: String,
    credentials: bool,
    what: What,
    expires: Duration,
}

/// What an entry allows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// `*` or a method.
    Method(String),
    /// `*` or a header name, in lower case.
    Header(String),
}

/// The request that asks the cache.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker<'a> {
    /// That of the top-level page.
    pub(super) site: &'a str,
    pub(super) origin: &'a str,
    pub(super) url: &'a str,
    pub(super) credentials: Credentials,
    pub(super) method: &'a str,
    pub(super) unsafe_names: &'a BTreeSet<String>,
    pub(super) engine: Engine,
    pub(super) now: Duration,
}

impl PreflightCache {
    /// Whether there is a [method cache entry match].
    ///
    /// [method cache entry match]: https://fetch.spec.whatwg.org/#concept-cache-match-method
    pub(super) fn allows_method(&self, asker: Asker<'_>) -> bool {
        self.matching(asker).any(|entry| match &entry.what {
            What::Method(method) => method == asker.method || method == "*",
            What::Header(_) => false,
        })
    }

    /// Whether there is a [header-name cache entry match].
    ///
    /// [header-name cache entry match]: https://fetch.spec.whatwg.org/#concept-cache-match-header
    pub(super) fn allows_header(&self, asker: Asker<'_>, name: &str) -> bool {
        let wildcard_counts =
            name != "authorization" || asker.engine.wildcard_covers_authorization();
        self.matching(asker).any(|entry| match &entry.what {
            What::Method(_) => false,
            What::Header(allowed) => allowed == name || allowed == "*" && wildcard_counts,
        })
    }

    /// Keeps what the answer to a preflight allows.
    pub(super) fn store(
        &mut self,
        asker: Asker<'_>,
        methods: &[String],
        headers: &[String],
        max_age: Duration,
    ) {
        let keeps = |name: &String| name != "*" || asker.engine.keeps_wildcards();
        let mut allowed: Vec<_> =
            methods.iter().filter(|name| keeps(name)).cloned().map(What::Method).collect();
        allowed.extend(
            headers.iter().filter(|name| keeps(name)).map(|name| What::Header(name.to_lowercase())),
        );
        if methods.iter().any(|name| !keeps(name)) {
            allowed.push(What::Method(asker.method.to_owned()));
        }
        if headers.iter().any(|name| !keeps(name)) {
            allowed.extend(asker.unsafe_names.iter().cloned().map(What::Header));
        }
        let expires = asker.now.saturating_add(max_age);
        for what in allowed {
            let mut matching = self.entries.iter_mut().filter(|entry| {
                entry.matches(asker) && (entry.what == what || entry.what == what.wildcard())
            });
            if let Some(entry) = matching.next() {
                entry.expires = expires;
                matching.for_each(|entry| entry.expires = expires);
            } else {
                self.entries.push(Entry {
                    site: asker.site.to_owned(),
                    origin: asker.origin.to_owned(),
                    url: asker.url.to_owned(),
                    credentials: asker.credentials == Credentials::Include,
                    what,
                    expires,
                });
            }
        }
    }

    /// [Clears](https://fetch.spec.whatwg.org/#concept-cache-clear) the entries of a site, an origin and
    /// a URL.
    pub(super) fn clear(&mut self, site: &str, origin: &str, url: &str) {
        self.entries
            .retain(|entry| entry.site != site || entry.origin != origin || entry.url != url);
    }

    fn matching<'a>(&'a self, asker: Asker<'a>) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.matches(asker))
    }
}

impl Entry {
    /// Whether there is a [cache entry match](https://fetch.spec.whatwg.org/#concept-cache-match).
    fn matches(&self, asker: Asker<'_>) -> bool {
        let include = asker.credentials == Credentials::Include;
        self.site == asker.site
            && self.origin == asker.origin
            && self.url == asker.url
            && (self.credentials == include
                || self.credentials && asker.engine.credentialed_entries_serve_anonymous_requests())
            && asker.now < self.expires
    }
}

impl What {
    fn wildcard(&self) -> Self {
        match self {
            Self::Method(_) => Self::Method("*".to_owned()),
            Self::Header(_) => Self::Header("*".to_owned()),
        }
    }
}
