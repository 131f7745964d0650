//! Policies as they are described to people, and requests of pages, at random.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use tower_cors::testing::{self, Credentials, Page};
use tower_cors::{BuildError, Policy, PolicyRules};

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) any_origin: bool,
    pub(crate) origins: Vec<Pattern>,
    pub(crate) null: bool,
    /// A closure that allows this host.
    pub(crate) closure: Option<&'static str>,
    pub(crate) credentials: bool,
    pub(crate) insecure: bool,
    pub(crate) public_suffixes: bool,
    pub(crate) any_method: bool,
    pub(crate) methods: Vec<&'static str>,
    pub(crate) any_header: bool,
    pub(crate) headers: Vec<&'static str>,
    pub(crate) expose_any: bool,
    pub(crate) exposed: Vec<&'static str>,
    pub(crate) max_age: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern {
    pub(crate) scheme: &'static str,
    pub(crate) subdomains: bool,
    pub(crate) host: &'static str,
    pub(crate) port: Port,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Port {
    Any,
    Default,
    Number(u16),
}

/// Where a page is; without a place, in a sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) scheme: &'static str,
    pub(crate) host: &'static str,
    pub(crate) port: Option<u16>,
}

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    /// Name, value, and whether the standard calls it unsafe.
    pub(crate) headers: Vec<(&'static str, &'static str, bool)>,
    pub(crate) credentials: Credentials,
    pub(crate) upload_listener: bool,
}

const HOSTS: [&str; 9] = [
    "a.example",
    "b.a.example",
    "c.b.a.example",
    "xa.example",
    "a.example.evil.test",
    "localhost",
    "app.localhost",
    "127.0.0.1",
    "[::1]",
];

const METHODS: [&str; 12] = [
    "GET", "GET", "HEAD", "POST", "POST", "PUT", "PUT", "DELETE", "patch", "PATCH", "OPTIONS",
    "QUERY",
];

const HEADERS: [(&str, &str, bool); 7] = [
    ("accept", "text/html", false),
    ("content-type", "text/plain", false),
    ("content-type", "application/json", true),
    ("x-a", "1", true),
    ("X-B", "1", true),
    ("authorization", "x", true),
    ("range", "bytes=-1", true),
];

/// A policy that can be built, and what it was built from.
pub(crate) fn policy() -> impl Strategy<Value = (Vec<Rule>, Policy)> {
    vec(rule(), 1..=3).prop_filter_map("a policy with mistakes", |rules| {
        let policy = build(&rules).ok()?;
        Some((rules, policy))
    })
}

pub(crate) fn build(rules: &[Rule]) -> Result<Policy, BuildError> {
    let mut rules = rules.iter().map(settings);
    let first = rules.next().expect("a policy has a rule");
    rules.fold(first, PolicyRules::or).build()
}

fn settings(rule: &Rule) -> PolicyRules {
    macro_rules! rest {
        ($builder:expr) => {{
            let mut builder = $builder
                .allow_methods(&rule.methods)
                .allow_headers(&rule.headers)
                .expose_headers(&rule.exposed);
            if rule.any_method {
                builder = builder.allow_any_method();
            }
            if rule.any_header {
                builder = builder.allow_any_header();
            }
            if rule.expose_any {
                builder = builder.expose_any_header();
            }
            if let Some(max_age) = rule.max_age {
                builder = builder.max_age(Duration::from_secs(max_age));
            }
            PolicyRules::from(builder)
        }};
    }
    if rule.any_origin {
        return rest!(Policy::allow_any_origin());
    }
    let mut builder = Policy::allow_origins(rule.origins.iter().map(ToString::to_string));
    if let Some(allowed) = rule.closure {
        builder = builder.allow_origins_by(move |origin| origin.host() == allowed);
    }
    if rule.null {
        builder = builder.dangerously_allow_null_origin();
    }
    if rule.credentials {
        builder = builder.allow_credentials();
    }
    if rule.insecure {
        builder = builder.dangerously_allow_insecure_origins();
    }
    if rule.public_suffixes {
        builder = builder.dangerously_allow_public_wildcards();
    }
    rest!(builder)
}

fn rule() -> impl Strategy<Value = Rule> {
    let origins = (
        prop::bool::weighted(0.2),
        vec(pattern(), 0..4),
        prop::bool::weighted(0.1),
        option::weighted(0.1, select(&HOSTS)),
    );
    let safety = (any::<bool>(), any::<bool>(), any::<bool>());
    let methods = (
        prop::bool::weighted(0.3),
        subsequence(vec!["PUT", "DELETE", "patch", "PATCH", "GET", "OPTIONS"], 0..=3),
    );
    let headers = (
        prop::bool::weighted(0.3),
        subsequence(vec!["content-type", "X-A", "x-b", "authorization", "range"], 0..=4),
    );
    let exposed = (
        prop::bool::weighted(0.2),
        subsequence(vec!["x-a", "X-B", "content-type", "x-unheard-of"], 0..=3),
    );
    let max_age = option::of(select(&[0, 1, 60, 86_400]));
    (origins, safety, methods, headers, exposed, max_age).prop_map(
        |(origins, safety, methods, headers, exposed, max_age)| {
            let (any_origin, origins, null, closure) = origins;
            let (credentials, insecure, public_suffixes) = safety;
            Rule {
                any_origin,
                origins: if any_origin { Vec::new() } else { origins },
                null: null && !any_origin,
                closure: closure.filter(|_| !any_origin),
                credentials: credentials && !any_origin,
                insecure,
                public_suffixes,
                any_method: methods.0,
                methods: methods.1,
                any_header: headers.0,
                headers: headers.1,
                expose_any: exposed.0,
                exposed: exposed.1,
                max_age,
            }
        },
    )
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let ports = select(&[Port::Any, Port::Default, Port::Number(3000), Port::Number(8443)]);
    let schemes = select(&["https", "https", "http", "tauri"]);
    (schemes, any::<bool>(), select(&HOSTS), ports).prop_map(|(scheme, subdomains, host, port)| {
        let is_name = host.ends_with(|last: char| last.is_ascii_alphabetic());
        Pattern { scheme, subdomains: subdomains && is_name, host, port }
    })
}

/// A place; one in a dozen times the sandbox.
pub(crate) fn place() -> impl Strategy<Value = Option<Place>> {
    let ports = option::of(select(&[3000, 8443, 8444]));
    let place = (select(&["https", "https", "http", "tauri"]), select(&HOSTS), ports)
        .prop_map(|(scheme, host, port)| Place { scheme, host, port });
    option::weighted(0.92, place)
}

/// A policy, and a place that one of its patterns covers more often than chance would have it.
pub(crate) fn policy_and_place() -> impl Strategy<Value = (Vec<Rule>, Policy, Option<Place>)> {
    (policy(), place(), any::<Index>(), prop::bool::weighted(0.7)).prop_map(
        |((rules, policy), place, index, is_covered)| {
            let covered = if is_covered { covered(&rules, place.as_ref(), index) } else { None };
            (rules, policy, covered.or(place))
        },
    )
}

/// A place that one of the patterns covers; where that leaves it open, with this place's port.
pub(crate) fn covered(rules: &[Rule], place: Option<&Place>, index: Index) -> Option<Place> {
    let patterns: Vec<_> = rules.iter().flat_map(|rule| &rule.origins).collect();
    if patterns.is_empty() {
        return None;
    }
    let Pattern { scheme, subdomains, host, port } = *patterns[index.index(patterns.len())];
    let below = || HOSTS.into_iter().find(|name| name.ends_with(&format!(".{host}")));
    let host = if subdomains { below().unwrap_or(host) } else { host };
    let port = match port {
        Port::Any => place.and_then(|place| place.port),
        Port::Default => None,
        Port::Number(port) => Some(port),
    };
    Some(Place { scheme, host, port })
}

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    (
        select(&METHODS),
        prop_oneof![Just(Vec::new()), subsequence(HEADERS.to_vec(), 0..=3)],
        select(&[Credentials::Omit, Credentials::SameOrigin, Credentials::Include]),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(method, headers, credentials, upload_listener)| Asked {
            method,
            // Two values of one header together are another value.
            headers: match &headers[..] {
                [.., (a, ..), (b, ..)] if a == b => headers[..headers.len() - 1].to_vec(),
                [(a, ..), (b, ..), ..] if a == b => headers[1..].to_vec(),
                _ => headers,
            },
            credentials,
            upload_listener,
        })
}

impl Asked {
    pub(crate) fn request(&self, url: &str) -> testing::Request {
        let mut request = testing::request(self.method, url).credentials(self.credentials);
        for (name, value, _) in &self.headers {
            request = request.header(*name, *value);
        }
        if self.upload_listener { request.upload_listener() } else { request }
    }
}

/// The page at a place.
pub(crate) fn page<S>(place: Option<&Place>, service: S) -> Page<S> {
    match place {
        Some(place) => Page::at(place.to_string(), service),
        None => Page::sandboxed(service),
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let labels = if self.subdomains { "*." } else { "" };
        write!(f, "{}://{labels}{}", self.scheme, self.host)?;
        match self.port {
            Port::Any => f.write_str(":*"),
            Port::Default => Ok(()),
            Port::Number(port) => write!(f, ":{port}"),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}
