//! What caches would keep of the server's responses, and whether it says what they depend on.

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderName,
    ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};

use super::access::Visitor;
use super::{Finding, Weakness};
use crate::args::STRANGER;
use crate::client::NoAnswer;

/// A request, and what came back.
struct Tried {
    who: &'static str,
    status: StatusCode,
    headers: HeaderMap,
}

/// Compares responses to the same request with different headers.
///
/// # Errors
///
/// Why the server could not be asked.
pub(super) async fn findings(visitor: &Visitor<'_>) -> Result<Vec<Finding>, NoAnswer> {
    let page =
        HeaderValue::from_str(&visitor.args.origin).unwrap_or(HeaderValue::from_static("null"));
    let allowed = visitor.get("from the page", &[(ORIGIN, page.clone())]).await?;
    let others = [
        visitor.get("without Origin", &[]).await?,
        visitor.get("from another origin", &[(ORIGIN, HeaderValue::from_static(STRANGER))]).await?,
    ];
    let mut findings = Vec::new();
    let with_wildcard: Vec<_> = others
        .iter()
        .chain([&allowed])
        .filter(|tried| tried.is_wildcard_with_credentials())
        .collect();
    if !with_wildcard.is_empty() {
        let evidence = with_wildcard.iter().map(|tried| tried.describe()).collect();
        findings.push(Finding { weakness: Weakness::WildcardWithCredentials, evidence });
    }

    let depends = others.iter().any(|other| other.allow_origin() != allowed.allow_origin());
    let silent: Vec<_> =
        others.iter().chain([&allowed]).filter(|tried| !tried.is_told_apart_by_caches()).collect();
    if depends && !silent.is_empty() {
        let evidence = silent.iter().map(|tried| tried.describe()).collect();
        findings.push(Finding { weakness: Weakness::NoVary, evidence });
    } else if depends {
        let own_vary = (VARY, HeaderValue::from_static("x-cors-check"));
        let tried = visitor.get("from the page, with `Vary`", &[(ORIGIN, page), own_vary]).await?;
        if !tried.is_told_apart_by_caches() {
            let evidence = vec![tried.describe()];
            findings.push(Finding { weakness: Weakness::VaryOfTheRequest, evidence });
        }
    }
    findings.extend(visitor.odd_origin(&allowed).await?);
    Ok(findings)
}

impl Visitor<'_> {
    /// A `GET` with these headers, and those of the arguments.
    async fn get(
        &self,
        who: &'static str,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Result<Tried, NoAnswer> {
        let url = self.fresh.url(&self.args.url);
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = url
            .as_str()
            .split_once('#')
            .map_or(url.as_str(), |(url, _)| url)
            .parse::<Uri>()
            .map_err(|error| NoAnswer::Failed(format!("{url}: {error}")))?;
        let own = self.args.headers.iter().filter_map(|(name, value)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
        });
        for (name, value) in own.chain(headers.iter().cloned()) {
            request.headers_mut().append(name, value);
        }
        let (head, ()) = self.server.starting_now().ask(request).await?.into_parts();
        Ok(Tried { who, status: head.status, headers: head.headers })
    }

    /// Whether the server gets over an `Origin` that is not text.
    async fn odd_origin(&self, allowed: &Tried) -> Result<Option<Finding>, NoAnswer> {
        let Ok(odd) = HeaderValue::from_bytes(b"https://\xff\xfe.invalid") else { return Ok(None) };
        let evidence = match self.get("with an odd Origin", &[(ORIGIN, odd)]).await {
            Err(NoAnswer::Failed(why)) => why,
            Err(why) => return Err(why),
            Ok(tried) if tried.status.is_server_error() && !allowed.status.is_server_error() => {
                tried.describe()
            }
            Ok(_) => return Ok(None),
        };
        Ok(Some(Finding { weakness: Weakness::OddOrigin, evidence: vec![evidence] }))
    }
}

impl Tried {
    fn allow_origin(&self) -> Option<&HeaderValue> {
        self.headers.get(ACCESS_CONTROL_ALLOW_ORIGIN)
    }

    fn is_wildcard_with_credentials(&self) -> bool {
        self.allow_origin().is_some_and(|value| value == "*")
            && self
                .headers
                .get(ACCESS_CONTROL_ALLOW_CREDENTIALS)
                .is_some_and(|value| value == "true")
    }

    /// Whether no cache keeps the response, or each keeps it for its `Origin` alone.
    fn is_told_apart_by_caches(&self) -> bool {
        self.has(VARY, &["origin", "*"]) || self.has(CACHE_CONTROL, &["no-store"])
    }

    fn has(&self, name: HeaderName, elements: &[&str]) -> bool {
        let lines = self.headers.get_all(name);
        let mut found = lines.iter().flat_map(|line| line.as_bytes().split(|&byte| byte == b','));
        found.any(|element| {
            let element = element.trim_ascii();
            elements.iter().any(|wanted| element.eq_ignore_ascii_case(wanted.as_bytes()))
        })
    }

    /// The response, as far as it matters here.
    fn describe(&self) -> String {
        let mut text = format!("GET {}: {}", self.who, self.status);
        for name in [ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_ALLOW_CREDENTIALS, VARY] {
            for value in self.headers.get_all(&name) {
                let value = String::from_utf8_lossy(value.as_bytes());
                // Writing to a string cannot fail.
                let _ = write!(text, ", {name}: {value}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_responses_apart() {
        let table: [(&[(HeaderName, &str)], bool); 8] = [
            (&[], false),
            (&[(VARY, "Origin")], true),
            (&[(VARY, "accept-encoding ,\torigin")], true),
            (&[(VARY, "accept-encoding"), (VARY, "ORIGIN")], true),
            (&[(VARY, "*")], true),
            (&[(VARY, "x-origin, origins")], false),
            (&[(CACHE_CONTROL, "no-cache, No-Store")], true),
            (&[(CACHE_CONTROL, "private, max-age=60")], false),
        ];
        for (lines, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(name, HeaderValue::from_str(value).unwrap());
            }
            let tried = Tried { who: "", status: StatusCode::OK, headers };
            assert_eq!(tried.is_told_apart_by_caches(), expected, "{lines:?}");
        }
    }
}
