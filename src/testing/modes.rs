//! The settings of a [`Request`](super::Request) that are one of several.

/// A request's [mode](https://fetch.spec.whatwg.org/#concept-request-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// By the CORS protocol.
    #[default]
    Cors,
    /// Without it: the script gets an opaque response, of which it sees nothing.
    NoCors,
    /// To the page's own origin only.
    SameOrigin,
    /// What a [form](super::form_post) does. Scripts cannot say it.
    Navigate,
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

/// A request's [referrer policy](https://w3c.github.io/webappsec-referrer-policy/#referrer-policies).
///
/// It decides about the `Origin` of requests that are not by the CORS protocol. The model sends no
/// `Referer`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReferrerPolicy {
    /// `no-referrer`
    NoReferrer,
    /// `no-referrer-when-downgrade`
    NoReferrerWhenDowngrade,
    /// `same-origin`
    SameOrigin,
    /// `origin`
    Origin,
    /// `strict-origin`
    StrictOrigin,
    /// `origin-when-cross-origin`
    OriginWhenCrossOrigin,
    /// `strict-origin-when-cross-origin`
    #[default]
    StrictOriginWhenCrossOrigin,
    /// `unsafe-url`
    UnsafeUrl,
}
