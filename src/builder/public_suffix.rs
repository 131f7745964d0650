//! Is a host one below which anybody can register names?

use crate::origin::host;

/// Whether anybody can register names directly below a host, or below every name directly below it.
///
/// The second, because the list has wildcard rules: with `*.kawasaki.jp` in it, every name one
/// label below `kawasaki.jp` is a public suffix, though `kawasaki.jp` is none.
///
/// Not whether a single name somewhere below is a suffix, as `s3.amazonaws.com` is below
/// `amazonaws.com`: who lists `*.amazonaws.com` has to know what else is there, and the list cannot
/// be searched from that end.
///
/// A single label always is one, listed or not, but for `localhost`: what is below that leads back
/// to the browser's own machine.
pub(crate) fn has_strangers_below(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    if host::is_loopback(name) {
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
    fn single_labels_but_localhost() {
        for host in ["com", "com.", "internal", "jp"] {
            assert!(has_strangers_below(host), "{host}");
        }
        for host in ["localhost", "localhost.", "app.localhost", "example.com", "intra.corp"] {
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
