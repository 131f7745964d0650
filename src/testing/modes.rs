//! The settings of a [`Request`](super::Request) that are one of several.

/// A request's [mode](https://fetch.spec.whatwg.org/#concept-request-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// By the CORS protocol.
    #[default]
    Cors,
    /// Without it: the script gets an opaque response, of which it sees nothing.
    NoCors,
    /// To the page's own origin only.
    SameOrigin,
}

/// A request's [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// None.
    Omit,
    /// To the page's own origin.
    #[default]
    SameOrigin,
    /// To every origin.
    Include,
}

/// A request's [redirect mode](https://fetch.spec.whatwg.org/#concept-request-redirect-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Redirect {
    /// Follows redirects.
    #[default]
    Follow,
    /// Fails at a redirect.
    Error,
    /// Gives the script an opaque redirect.
    Manual,
}

/// A request's [cache mode](https://fetch.spec.whatwg.org/#concept-request-cache-mode). It says
/// something to an [`HttpCache`](super::HttpCache) only: a page has no cache of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CacheMode {
    /// From the cache what is fresh there.
    #[default]
    Default,
    /// Past the cache, and not into it.
    NoStore,
    /// Past the cache, but into it.
    Reload,
    /// From the cache what the server says is still good.
    NoCache,
    /// From the cache what is there, fresh or not.
    ForceCache,
    /// From the cache, or a network error. With [`Mode::SameOrigin`] only.
    OnlyIfCached,
}

/// A request's [referrer policy](https://w3c.github.io/webappsec-referrer-policy/): of it the model
/// knows what it does to the `Origin` of `no-cors` requests. It sends no `Referer`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReferrerPolicy {
    /// `strict-origin-when-cross-origin`, the default; also for `strict-origin` and
    /// `no-referrer-when-downgrade`, which mean the same for `Origin`.
    #[default]
    StrictOrigin,
    /// `no-referrer`
    NoReferrer,
    /// `same-origin`
    SameOrigin,
    /// `origin`, `origin-when-cross-origin`, `unsafe-url`
    UnsafeUrl,
}
