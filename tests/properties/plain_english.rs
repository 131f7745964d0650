//! What a policy permits, as a person would read it. It shares no code with the crate.

use tower_cors::testing::Credentials;

use crate::described::{Asked, Pattern, Place, Port, Rule};

/// The first rule that covers the page governs it.
pub(crate) fn rule_for<'a>(rules: &'a [Rule], place: Option<&Place>) -> Option<&'a Rule> {
    rules.iter().find(|rule| {
        rule.any_origin
            || match place {
                None => rule.null,
                Some(place) => {
                    rule.origins.iter().any(|pattern| covers(pattern, place))
                        || rule.closure == Some(place.host)
                }
            }
    })
}

/// `*.` stands for one label or more, `:*` for any port.
pub(crate) fn covers(pattern: &Pattern, place: &Place) -> bool {
    let port = match pattern.port {
        Port::Any => true,
        Port::Default => place.port.is_none(),
        Port::Number(port) => place.port == Some(port),
    };
    let below = place.host.len() > pattern.host.len()
        && place.host.ends_with(&format!(".{}", pattern.host));
    let host = if pattern.subdomains { below } else { place.host == pattern.host };
    pattern.scheme == place.scheme && host && port
}

/// Whether the page may read the answer to the request.
pub(crate) fn may_read(rules: &[Rule], place: Option<&Place>, asked: &Asked) -> bool {
    let Some(rule) = rule_for(rules, place) else { return false };
    let credentials = asked.credentials != Credentials::Include || rule.credentials;
    let method = ["GET", "HEAD", "POST"].contains(&asked.method)
        || rule.any_method
        || rule.methods.contains(&asked.method);
    let headers = asked.headers.iter().filter(|(.., is_unsafe)| *is_unsafe).all(|(name, ..)| {
        let listed = rule.headers.iter().any(|listed| listed.eq_ignore_ascii_case(name));
        listed || rule.any_header
    });
    credentials && method && headers
}

/// Whether the page sees this header of an answer that it may read.
pub(crate) fn may_see(rule: &Rule, name: &str) -> bool {
    let always = ["cache-control", "content-language", "content-length", "content-type"];
    let listed = rule.exposed.iter().any(|exposed| exposed.eq_ignore_ascii_case(name));
    name != "set-cookie" && (always.contains(&name) || rule.expose_any || listed)
}
