//! What keeps browsers from a request, or from asking for permission, beside the CORS protocol.

use tower_cors::testing::{Page, Sent};
use url::{Host, Url};

use crate::args::Args;
use crate::verdict::Verdict;

/// What else the page's developer has to know.
pub(crate) fn notes(args: &Args, verdicts: &[Verdict]) -> Vec<String> {
    let mut notes = Vec::new();
    if Page::at(args.url.as_str(), ()).origin() == args.origin {
        notes.push("Page and URL are of the same origin, so CORS does not matter here.".to_owned());
    }
    if args.origin.starts_with("https:") && args.url.scheme() == "http" && !is_loopback(&args.url) {
        notes.push(
            "Browsers also block this as mixed content: a page at https:// requests http://."
                .to_owned(),
        );
    }
    if is_local(&args.url) && !Url::parse(&args.origin).is_ok_and(|page| is_local(&page)) {
        notes.push(
            "The URL is on a local machine or network, and the page is not. Chromium also asks the \
             visitor for permission (Local Network Access)."
                .to_owned(),
        );
    }
    let mut dropped: Vec<_> = verdicts
        .iter()
        .flat_map(|verdict| &verdict.requests)
        .flat_map(Sent::dropped_headers)
        .collect();
    dropped.sort_by_key(|name| name.as_str());
    dropped.dedup();
    for name in dropped {
        let instead = match name.as_str() {
            "cookie" => ": --cookie gives the browser one",
            "origin" => ": --origin says it",
            _ => "",
        };
        notes.push(format!("No script can set the header {name}, so it was left out{instead}."));
    }
    notes
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// <https://wicg.github.io/local-network-access/#ip-address-space>, and names that lead there.
pub(crate) fn is_local(url: &Url) -> bool {
    let is_private = match url.host() {
        Some(Host::Domain(name)) => name.rsplit_once('.').is_some_and(|(_, last)| last == "local"),
        Some(Host::Ipv4(address)) => address.is_private() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        None => false,
    };
    is_private || is_loopback(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let table = [
            ("http://localhost:3000", true, true),
            ("http://app.localhost", true, true),
            ("http://127.0.0.2", true, true),
            ("http://[::1]", true, true),
            ("http://192.168.0.1", false, true),
            ("http://[fd00::1]", false, true),
            ("http://printer.local", false, true),
            ("http://93.184.215.14", false, false),
            ("https://localhost.example.com", false, false),
        ];
        for (url, loopback, local) in table {
            let parsed = Url::parse(url).unwrap();
            assert_eq!((is_loopback(&parsed), is_local(&parsed)), (loopback, local), "{url}");
        }
    }
}
