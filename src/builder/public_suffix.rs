//! Can strangers have an origin that a pattern covers?

use crate::origin::{OriginPattern, host};

/// Whether anybody can have an origin that a pattern with a wildcard covers, by registering a name
/// or by publishing an extension.
pub(super) fn strangers_can_have(pattern: &OriginPattern) -> bool {
    let covers_names = pattern.covers_subdomains() || pattern.covers_part_of_label();
    pattern.covers_any_host() || covers_names && has_strangers_below(pattern.host())
}

/// Names that nobody can register ([RFC 6761], [RFC 8375], and ICANN's reservation of `internal`),
/// though they are single labels, or stand in the list. Not `local`: anybody in the same network
/// can claim a name below it.
///
/// [RFC 6761]: https://www.rfc-editor.org/rfc/rfc6761
/// [RFC 8375]: https://www.rfc-editor.org/rfc/rfc8375
const NOT_REGISTRABLE: [&str; 3] = ["home.arpa", "internal", "test"];

/// Whether anybody can register names directly below a host, or below every name directly below it.
///
/// The second, because the list has wildcard rules: with `*.kawasaki.jp` in it, every name one
/// label below `kawasaki.jp` is a public suffix, though `kawasaki.jp` itself is not.
///
/// Not whether a single name somewhere below is a suffix, as `s3.amazonaws.com` is below
/// `amazonaws.com`: who lists `*.amazonaws.com` has to know what else is there, and the list cannot
/// be searched from that end.
///
/// A single label always is one, listed or not, except `localhost`, whose names lead back to the
/// browser's own machine, and the names that nobody can register.
fn has_strangers_below(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    if host::is_loopback(name) || NOT_REGISTRABLE.contains(&name) {
        return false;
    }
    !name.contains('.') || is_listed(name)
}

#[cfg(feature = "public-suffix")]
fn is_listed(name: &str) -> bool {
    // No rule of the list names this label, so only a wildcard rule can cover it.
    const ANY_LABEL: &str = "tower-cors";
    let is_suffix = |name: &str| psl2::lookup(name).is_none_or(|found| found.is_public_suffix());
    is_suffix(name) || is_suffix(&format!("{ANY_LABEL}.{name}"))
}

#[cfg(not(feature = "public-suffix"))]
fn is_listed(_name: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_labels_that_anybody_can_register() {
        for host in ["com", "com.", "local", "jp"] {
            assert!(has_strangers_below(host), "{host}");
        }
        for host in [
            "localhost",
            "localhost.",
            "app.localhost",
            "example.com",
            "intra.corp",
            "internal",
            "internal.",
            "app.internal",
            "test",
            "home.arpa",
            "pi.home.arpa",
        ] {
            assert!(!has_strangers_below(host), "{host}");
        }
    }

    #[cfg(feature = "public-suffix")]
    #[test]
    fn the_list() {
        for host in ["co.uk", "co.uk.", "github.io", "kawasaki.jp", "other.kawasaki.jp", "ck"] {
            assert!(has_strangers_below(host), "{host}");
        }
        for host in ["city.kawasaki.jp", "www.ck", "example.co.uk", "me.github.io"] {
            assert!(!has_strangers_below(host), "{host}");
        }
    }
}
