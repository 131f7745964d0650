//! What a cache between browser and server would do, such as that of a CDN: whether it gives the page
//! what was meant for somebody else.

use tower_cors::testing::{self, HttpCache, Page};

use crate::args::{Args, STRANGER};
use crate::fresh::Fresh;
use crate::server::Server;
use crate::verdict::{Conclusion, Outcome, Verdict};

/// The page's request through a cache that somebody else asked before.
#[derive(Debug)]
pub(crate) struct BehindCache {
    pub(crate) before: Before,
    pub(crate) outcome: Outcome,
    /// Whether the response came out of the cache, and the server was not asked.
    pub(crate) is_from_cache: bool,
}

/// Who asked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// A page of another origin.
    Stranger,
    /// Whoever sends no `Origin`: an `<img>`, a crawler.
    NoOrigin,
}

/// Tries the page's request through a shared cache, each time with a new URL: what is between here and
/// the server stores nothing that others request.
///
/// # Errors
///
/// Why there is nothing to try.
pub(crate) async fn try_it(
    args: &Args,
    server: &Server,
    without_cache: &[Verdict],
) -> Result<Vec<BehindCache>, String> {
    let method = args.method();
    if method != "GET" {
        return Err(format!(
            "Caches keep responses to GET, so --cache says nothing about {method}."
        ));
    }
    if without_cache.iter().any(|verdict| verdict.outcome.conclusion() != Conclusion::May) {
        return Err("The page may not even without a cache, so none was tried.".to_owned());
    }
    let fresh = Fresh::new();
    let mut tried = Vec::new();
    for before in [Before::Stranger, Before::NoOrigin] {
        let url = fresh.url(&args.url);
        let cache = HttpCache::shared(server.starting_now());
        let mut other = Page::at(STRANGER, cache.clone());
        let request = testing::get(url.as_str()).credentials(args.credentials());
        let request = if before == Before::NoOrigin { request.no_cors() } else { request };
        // What the other one gets does not matter.
        let _ = other.fetch(request).await;

        let asked_before = server.asked();
        let mut page = args.page(cache);
        let result = page.fetch(args.request_to(&url)).await;
        let preflights = page.log().preflights().count();
        let outcome = Outcome::of(result, preflights > 0);
        let is_from_cache = server.asked() == asked_before + preflights;
        tried.push(BehindCache { before, outcome, is_from_cache });
    }
    Ok(tried)
}
