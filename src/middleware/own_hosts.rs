//! Whether a request is for this server, and from a page of its own.

use http::HeaderName;
use http::header::ORIGIN;

use crate::builder::own_hosts::HostAndPort;
use crate::fetch;
use crate::origin::Origin;
use crate::request::{RequestHead, Single, is_default_port, is_same_host};

pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which a server is reached: few, so they are compared one by one.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnHosts(Box<[HostAndPort]>);

impl OwnHosts {
    pub(crate) fn new(hosts: Box<[HostAndPort]>) -> Self {
        Self(hosts)
    }

    /// Whether a request was sent to one of these names.
    ///
    /// A page can make its own name lead to any address ([DNS rebinding]), so only the name in the
    /// request tells whom it was sent to. `None` and two contradicting names are nobody's.
    ///
    /// [DNS rebinding]: https://en.wikipedia.org/wiki/DNS_rebinding
    pub(crate) fn are_asked(&self, head: RequestHead<'_>) -> bool {
        let Some((host, port)) = head.host_and_port() else { return false };
        self.0.iter().any(|(own, own_port)| {
            let same_port = match *own_port {
                None => is_default_port(port),
                Some(_) => port == *own_port || port.is_none() && is_default_port(*own_port),
            };
            same_port && is_same_host(host, own.as_bytes())
        })
    }

    /// Whether pages of this origin come from one of these names.
    fn include(&self, origin: &Origin<'_>) -> bool {
        let port = origin.port().or(fetch::default_port(origin.scheme().as_bytes()));
        self.0.iter().any(|(own, own_port)| {
            let same_port = own_port.map_or(is_default_port(port), |own| port == Some(own));
            same_port && is_same_host(origin.host().as_bytes(), own.as_bytes())
        })
    }

    /// Whether a browser sent the request from a page of this server's own, or because its user
    /// asked for it.
    ///
    /// [`Sec-Fetch-Site`] says so, and no script can set it. Browsers send it only to hosts that
    /// they deem trustworthy; to others, the origin's host and port have to be those that the
    /// request was sent to. Its scheme may be `http` or `https`: behind a proxy, a server does not
    /// know its own.
    ///
    /// [`Sec-Fetch-Site`]: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
    pub(crate) fn are_asking(&self, head: RequestHead<'_>) -> bool {
        let origin = match Single::of(head.headers, ORIGIN) {
            Single::One(origin) => Origin::parse(origin.as_bytes()),
            Single::Missing | Single::Repeated => None,
        };
        let origin = origin.filter(|origin| matches!(origin.scheme(), "http" | "https"));
        if origin.is_some_and(|origin| self.include(&origin)) {
            return true;
        }
        match Single::of(head.headers, SEC_FETCH_SITE) {
            Single::Missing => {}
            Single::One(site) => return site == "same-origin" || site == "none",
            Single::Repeated => return false,
        }
        let (Some(origin), Some((host, port))) = (origin, head.host_and_port()) else {
            return false;
        };
        let default = fetch::default_port(origin.scheme().as_bytes());
        host.eq_ignore_ascii_case(origin.host().as_bytes())
            && port.or(default) == origin.port().or(default)
    }
}
