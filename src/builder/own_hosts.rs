//! Checks the names under which a server is reached:
//! [`CorsLayer::own_hosts`](crate::CorsLayer::own_hosts).

use std::net::Ipv6Addr;

use super::error::{BuildError, ConfigError};
use super::mistake::ConfigErrorKind as Kind;
use super::place::Place;
use crate::origin::{OriginPattern, OriginPatternErrorKind, split_port};

/// A host and, if it is named, a port.
pub(crate) type HostAndPort = (Box<str>, Option<u16>);

/// All hosts, or all mistakes.
pub(crate) fn check_own_hosts(texts: &[String]) -> Result<Box<[HostAndPort]>, BuildError> {
    let (mut hosts, mut mistakes) = (Vec::new(), Vec::new());
    for (entry, text) in texts.iter().enumerate() {
        let place = Place::of_entry("own_hosts", entry);
        match host_and_port(text.trim()) {
            Ok(host) => hosts.push(host),
            Err(kind) => mistakes.push(ConfigError::new(place, kind)),
        }
    }
    if texts.is_empty() {
        mistakes.push(ConfigError::new(Place::of_setter("own_hosts"), Kind::NoHosts));
    }
    BuildError::if_any(mistakes)?;
    Ok(hosts.into())
}

/// A host is what stands behind `http://` in a pattern for one origin, and may have any port.
fn host_and_port(text: &str) -> Result<HostAndPort, Kind> {
    let invalid = |reason, corrected: Option<&str>| {
        let corrected = corrected.filter(|text| host_and_port(text).is_ok()).map(str::to_owned);
        Kind::InvalidHost { input: text.to_owned(), reason, corrected }
    };
    if text.is_empty() {
        return Err(Kind::EmptyEntry);
    }
    if let Some((_, rest)) = text.split_once("://") {
        return Err(invalid("a host is named without a scheme", Some(rest.trim_end_matches('/'))));
    }
    if matches!(text, "*" | "0.0.0.0" | "[::]" | "::")
        || text.starts_with("0.0.0.0:")
        || text.starts_with("[::]:")
    {
        return Err(invalid("it stands for any host, and browsers do not send it as one", None));
    }
    if text.contains([',', ' ']) {
        return Err(invalid("it is more than one host", None));
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        // Whether the last group is a port, nobody can tell.
        return Err(invalid("an IPv6 address stands in brackets, and a port behind them", None));
    }
    let (host, port) = match split_port(text.as_bytes()) {
        // What is the default port of a pattern's scheme is a port like any other here.
        Some((host, Some(port))) => (&text[..host.len()], Some(port)),
        _ => (text, None),
    };
    match format!("http://{host}").parse::<OriginPattern>() {
        Ok(pattern) if pattern.is_single() && pattern.port().is_none() => {
            Ok((pattern.host().into(), port))
        }
        Ok(_) => Err(invalid("a host is named in full, without a wildcard", None)),
        Err(error) => {
            let corrected = error.corrected().map(|origin| {
                let host = origin.trim_start_matches("http://");
                port.map_or(host.to_owned(), |port| format!("{host}:{port}"))
            });
            let reason = match error.kind() {
                OriginPatternErrorKind::Path => "a host has no path, not even a slash",
                _ => error.reason(),
            };
            Err(invalid(reason, corrected.as_deref()))
        }
    }
}
