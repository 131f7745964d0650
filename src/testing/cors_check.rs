//! The [CORS check](https://fetch.spec.whatwg.org/#cors-check).

use http::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap};

use super::modes::Credentials;
use super::values::get;

/// Why a response fails the [CORS check](https://fetch.spec.whatwg.org/#cors-check).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorsFailure {
    /// It has no `Access-Control-Allow-Origin`.
    NoAllowOrigin,
    /// It has several values of it, so none counts.
    SeveralAllowOrigins(String),
    /// It says `*`, which a request with credentials mode `include` does not accept.
    WildcardWithCredentials,
    /// It allows another origin than the page's.
    OtherOrigin(String),
    /// It has no `Access-Control-Allow-Credentials`, and the credentials mode is `include`.
    NoAllowCredentials,
    /// `Access-Control-Allow-Credentials` is not exactly `true`.
    NotTrue(String),
}

/// `origin` is the [byte-serialized request origin].
///
/// [byte-serialized request origin]: https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin
pub(super) fn cors_check(
    origin: &str,
    credentials: Credentials,
    response: &HeaderMap,
) -> Result<(), CorsFailure> {
    let include = credentials == Credentials::Include;
    match get(response, ACCESS_CONTROL_ALLOW_ORIGIN) {
        None => return Err(CorsFailure::NoAllowOrigin),
        Some(allowed) if allowed == "*" && !include => return Ok(()),
        Some(allowed) if allowed == "*" => return Err(CorsFailure::WildcardWithCredentials),
        Some(allowed) if allowed == origin => {}
        Some(allowed) if allowed.contains(',') => {
            return Err(CorsFailure::SeveralAllowOrigins(allowed));
        }
        Some(allowed) => return Err(CorsFailure::OtherOrigin(allowed)),
    }
    match get(response, ACCESS_CONTROL_ALLOW_CREDENTIALS) {
        _ if !include => Ok(()),
        None => Err(CorsFailure::NoAllowCredentials),
        Some(allowed) if allowed == "true" => Ok(()),
        Some(allowed) => Err(CorsFailure::NotTrue(allowed)),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn outcomes() {
        use CorsFailure as F;
        use Credentials::{Include, Omit, SameOrigin};
        let page = "https://a.example";
        let (one, two) = ([page], [page, page]);
        let other = |allowed: &str| Err(F::OtherOrigin(allowed.into()));
        let several = |allowed: &str| Err(F::SeveralAllowOrigins(allowed.into()));
        let table: Vec<(&str, Credentials, &[&str], &[&str], _)> = vec![
            ("none", Omit, &[], &[], Err(F::NoAllowOrigin)),
            ("*", Omit, &["*"], &[], Ok(())),
            ("* by default", SameOrigin, &["*"], &["true"], Ok(())),
            ("* with credentials", Include, &["*"], &["true"], Err(F::WildcardWithCredentials)),
            ("exact", SameOrigin, &one, &[], Ok(())),
            ("white space around", Omit, &[" https://a.example\t"], &[], Ok(())),
            ("slash", Omit, &["https://a.example/"], &[], other("https://a.example/")),
            ("capital", Omit, &["https://A.example"], &[], other("https://A.example")),
            ("null", Omit, &["null"], &[], other("null")),
            ("empty", Omit, &[""], &[], other("")),
            ("twice", Omit, &two, &[], several("https://a.example, https://a.example")),
            ("list", Omit, &["https://a.example, *"], &[], several("https://a.example, *")),
            ("no ACAC", Include, &one, &[], Err(F::NoAllowCredentials)),
            ("ACAC", Include, &one, &["true"], Ok(())),
            ("ACAC capital", Include, &one, &["True"], Err(F::NotTrue("True".into()))),
            ("ACAC twice", Include, &one, &["true", "true"], Err(F::NotTrue("true, true".into()))),
        ];
        for (what, credentials, allow_origin, allow_credentials, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, lines) in [
                (ACCESS_CONTROL_ALLOW_ORIGIN, allow_origin),
                (ACCESS_CONTROL_ALLOW_CREDENTIALS, allow_credentials),
            ] {
                for line in lines {
                    headers.append(&name, HeaderValue::from_str(line).unwrap());
                }
            }
            assert_eq!(cors_check(page, credentials, &headers), expected, "{what}");
        }
    }
}
