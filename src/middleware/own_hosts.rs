//! Whether a request is for this server, and from a page of its own.

use http::HeaderName;
use http::header::{HOST, ORIGIN};

use crate::builder::own_hosts::HostAndPort;
use crate::fetch;
use crate::origin::{Origin, split_port};
use crate::request::{RequestHead, Single};

pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which a server is reached: few, so they are compared one by one.
#[derive(Clone, Debug)]
pub(crate) struct OwnHosts(Box<[HostAndPort]>);

impl OwnHosts {
    pub(crate) fn new(hosts: Box<[HostAndPort]>) -> Self {
        Self(hosts)
    }

    /// These names, and others.
    pub(crate) fn and(&self, others: Self) -> Self {
        Self(self.0.iter().cloned().chain(others.0).collect())
    }

    /// Whether a request was sent to one of these names.
    ///
    /// A page can make its own name lead to any address ([DNS rebinding]), so only the name in the
    /// request tells whom it was sent to. No name, and two that differ, are nobody's.
    ///
    /// [DNS rebinding]: https://en.wikipedia.org/wiki/DNS_rebinding
    pub(crate) fn have_target_of(&self, head: RequestHead<'_>) -> bool {
        target(head).is_some_and(|(host, port)| self.contain(host, port))
    }

    /// Whether the page with this origin comes from one of these names.
    fn have_page(&self, origin: &Origin<'_>) -> bool {
        self.contain(origin.host().as_bytes(), port_of(origin))
    }

    fn contain(&self, host: &[u8], port: Option<u16>) -> bool {
        self.0.iter().any(|(own, own_port)| {
            let is_same_port = match own_port {
                Some(_) => port == *own_port || port.is_none() && is_default(*own_port),
                None => is_default(port),
            };
            is_same_port && is_same_host(host, own.as_bytes())
        })
    }
}

/// Whether a browser sent the request from a page of this server's own, or because its user asked
/// for it.
///
/// [`Sec-Fetch-Site`] says so, and no script can set it. Browsers send it only to hosts that they
/// deem trustworthy; to others, the origin's host and port have to be those that the request was sent
/// to. Its scheme may be `http` or `https`: behind a proxy, a server does not know its own.
///
/// [`Sec-Fetch-Site`]: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
pub(crate) fn is_from_own_page(head: RequestHead<'_>, own_hosts: Option<&OwnHosts>) -> bool {
    let origin = match Single::of(head.headers, ORIGIN) {
        Single::One(origin) => Origin::parse(origin.as_bytes()),
        Single::Missing | Single::Repeated => None,
    };
    let origin = origin.filter(|origin| matches!(origin.scheme(), "http" | "https"));
    if let (Some(origin), Some(hosts)) = (origin, own_hosts)
        && hosts.have_page(&origin)
    {
        return true;
    }
    match Single::of(head.headers, SEC_FETCH_SITE) {
        Single::Missing => {}
        Single::One(site) => return site == "same-origin" || site == "none",
        Single::Repeated => return false,
    }
    let (Some(origin), Some((host, port))) = (origin, target(head)) else { return false };
    let default = fetch::default_port(origin.scheme().as_bytes());
    host.eq_ignore_ascii_case(origin.host().as_bytes()) && port.or(default) == port_of(&origin)
}

fn port_of(origin: &Origin<'_>) -> Option<u16> {
    origin.port().or(fetch::default_port(origin.scheme().as_bytes()))
}

/// The host that a request was sent to, and its port if it is named: the authority of the target,
/// which HTTP/2 and requests to proxies have, or else `Host`. `None` if there is no such host, or two
/// that differ.
fn target(head: RequestHead<'_>) -> Option<(&[u8], Option<u16>)> {
    let authority = head.uri.authority().map(|authority| authority.as_str().as_bytes());
    let host = match Single::of(head.headers, HOST) {
        Single::Missing => None,
        Single::One(host) => Some(host.as_bytes()),
        Single::Repeated => return None,
    };
    let (name, port) = split_port(authority.or(host)?)?;
    let (other_name, other_port) = split_port(host.or(authority)?)?;
    let is_same_port = port == other_port
        || port.is_none() && is_default(other_port)
        || other_port.is_none() && is_default(port);
    (is_same_host(name, other_name) && is_same_port).then_some((name, port))
}

/// Whether a port is what `http` or `https` leave out.
fn is_default(port: Option<u16>) -> bool {
    matches!(port, None | Some(80 | 443))
}

/// Names are the same in any case, and with the root's dot behind them.
fn is_same_host(one: &[u8], other: &[u8]) -> bool {
    fn without_dot(name: &[u8]) -> &[u8] {
        name.strip_suffix(b".").unwrap_or(name)
    }
    without_dot(one).eq_ignore_ascii_case(without_dot(other))
}
