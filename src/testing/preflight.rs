//! The [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch): what is asked,
//! and whether the answer allows it.

use std::collections::BTreeSet;
use std::time::Duration;

use http::StatusCode;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue,
};

use super::cors_check::cors_check;
use super::engine::Engine;
use super::error::Step;
use super::modes::Credentials;
use super::preflight_cache::DEFAULT_MAX_AGE;
use super::safelist;
use super::values;

/// What a preflight asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// The [byte-serialized request origin].
    ///
    /// [byte-serialized request origin]: https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin
    pub(super) origin: &'a str,
    pub(super) credentials: Credentials,
    pub(super) method: &'a str,
    pub(super) unsafe_names: &'a BTreeSet<String>,
    pub(super) use_cors_preflight: bool,
    pub(super) engine: Engine,
}

/// What the answer allows, and for how long.
#[derive(Debug)]
pub(super) struct Permission {
    pub(super) methods: Vec<String>,
    pub(super) headers: Vec<String>,
    pub(super) max_age: Duration,
}

impl Question<'_> {
    /// Steps 1 to 5: the headers of the CORS-preflight request, but for `Origin` and `Host`.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        // Methods and header names are tokens, which are header values.
        headers.extend(
            HeaderValue::from_str(self.method)
                .ok()
                .map(|method| (ACCESS_CONTROL_REQUEST_METHOD, method)),
        );
        // Joined by a bare comma, as browsers do.
        let names: Vec<_> = self.unsafe_names.iter().map(String::as_str).collect();
        let names = names.join(",");
        if !names.is_empty() {
            headers.extend(
                HeaderValue::from_str(&names)
                    .ok()
                    .map(|names| (ACCESS_CONTROL_REQUEST_HEADERS, names)),
            );
        }
        headers
    }

    /// Step 7: whether the answer allows what is asked for.
    pub(super) fn judge(&self, status: StatusCode, answer: &HeaderMap) -> Result<Permission, Step> {
        let include = self.credentials == Credentials::Include;
        cors_check(self.origin, self.credentials, answer).map_err(Step::PreflightCorsCheck)?;
        if !status.is_success() {
            return Err(Step::PreflightStatus(status));
        }
        // 7.1 to 7.3
        let mut methods = values::tokens(answer, ACCESS_CONTROL_ALLOW_METHODS)
            .map_err(|_| Step::PreflightMethods)?;
        let headers = values::tokens(answer, ACCESS_CONTROL_ALLOW_HEADERS)
            .map_err(|_| Step::PreflightHeaders)?;
        // 7.4
        if !answer.contains_key(ACCESS_CONTROL_ALLOW_METHODS)
            && self.use_cors_preflight
            && self.engine.takes_a_preflight_for_an_allowed_method()
        {
            methods.push(self.method.to_owned());
        }
        // 7.5: methods are compared with case
        let has_wildcard = |list: &[String]| !include && list.iter().any(|name| name == "*");
        if !methods.iter().any(|method| method == self.method)
            && !safelist::is_safelisted_method(self.method)
            && !has_wildcard(&methods)
        {
            return Err(Step::MethodNotAllowed(self.method.to_owned()));
        }
        // 7.6 and 7.7: header names without
        for name in self.unsafe_names {
            if headers.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)) {
                continue;
            }
            if !has_wildcard(&headers) {
                return Err(Step::HeaderNotAllowed(name.clone()));
            }
            if name == "authorization" && !self.engine.wildcard_covers_authorization() {
                return Err(Step::AuthorizationNotAllowed);
            }
        }
        // 7.8 to 7.10
        let max_age = self.max_age(answer).min(self.engine.max_age_limit());
        Ok(Permission { methods, headers, max_age })
    }

    fn max_age(&self, answer: &HeaderMap) -> Duration {
        match values::get(answer, ACCESS_CONTROL_MAX_AGE) {
            None => DEFAULT_MAX_AGE,
            Some(seconds)
                if seconds.is_empty() || seconds.bytes().any(|byte| !byte.is_ascii_digit()) =>
            {
                self.engine.max_age_of(&seconds)
            }
            // Only a number that is too large fails to parse now.
            Some(seconds) => Duration::from_secs(seconds.parse().unwrap_or(u64::MAX)),
        }
    }
}
