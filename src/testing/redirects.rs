//! [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#http-redirect-fetch): the next hop of a request.

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE,
};
use http::{Method, StatusCode};

use super::error::RedirectFailure;
use super::fetching::{Fetching, Tainting};
use super::modes::Mode;
use super::url::Url;

impl<S> Fetching<'_, S> {
    pub(super) fn url(&self) -> &Url {
        &self.urls[self.urls.len() - 1]
    }

    /// [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#http-redirect-fetch)
    pub(super) fn redirect(
        &mut self,
        status: StatusCode,
        location: &str,
    ) -> Result<(), RedirectFailure> {
        let next = self.url().join(location, self.network.browser.engine).filter(Url::is_http);
        let next = next.ok_or_else(|| RedirectFailure::Location(location.to_owned()))?;
        if self.urls.len() > 20 {
            return Err(RedirectFailure::TooMany);
        }
        let crosses = !self.origin.is_same(&next.origin());
        let by_cors = self.request.settings.mode == Mode::Cors && crosses;
        let blocks_all = self.network.browser.engine.blocks_all_redirects_with_userinfo();
        if next.has_userinfo() && (by_cors || self.tainting == Tainting::Cors || blocks_all) {
            return Err(RedirectFailure::Userinfo(location.to_owned()));
        }
        let request = &mut self.request;
        if status != StatusCode::SEE_OTHER && request.body.is_some() && request.streamed {
            return Err(RedirectFailure::StreamedBody);
        }
        let turns_into_get = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => request.method == Method::POST,
            StatusCode::SEE_OTHER => !matches!(request.method, Method::GET | Method::HEAD),
            _ => false,
        };
        if turns_into_get {
            request.method = Method::GET;
            request.body = None;
            // https://fetch.spec.whatwg.org/#request-body-header-name
            for name in [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE] {
                request.headers.remove(name);
            }
        }
        if !self.url().origin().is_same(&next.origin()) {
            let dropped = self.request.headers.remove(AUTHORIZATION).is_some();
            let asks = self.network.browser.engine.asks_for_dropped_authorization();
            self.dropped_authorization = dropped && asks;
        }
        self.urls.push(next);
        Ok(())
    }

    /// [Serializes the request's origin]: `null` once a hop went from one foreign origin to
    /// another.
    ///
    /// [Serializes the request's origin]: https://fetch.spec.whatwg.org/#serializing-a-request-origin
    pub(super) fn serialized_origin(&self) -> String {
        let is_tainted = self.urls.windows(2).any(|hop| {
            let [last, url] = hop else { return false };
            let last = last.origin();
            !url.origin().is_same(&last) && !self.origin.is_same(&last)
        });
        if is_tainted { "null".to_owned() } else { self.origin.to_string() }
    }
}

/// <https://fetch.spec.whatwg.org/#redirect-status>
pub(super) fn is_redirect_status(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
