//! What is measured, shared by the benches: the cases, and the peers that each is run with.

mod by_hand;
#[path = "../../tests/wire/mod.rs"]
pub(crate) mod wire;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tower::{Layer, Service, ServiceExt};
use tower_cors::{CorsLayer, Policy, PolicyBuilder};

use by_hand::{AnyByHand, ByHand};

/// The origins of the smallest policy. Of every larger one, the second is the last.
pub(crate) const LISTED: [&str; 2] = ["https://admin.example.com", "https://app.example.com"];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers of origins, from few to many.
pub(crate) const NUMBERS: [usize; 7] = [1, 2, 10, 100, 1_000, 10_000, 100_000];

/// What answers a request.
pub(crate) trait Peer:
    Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone
{
}

impl<S> Peer for S where S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone
{}

/// The application: no CORS. An `OPTIONS` request has nothing but its status in the answer, which
/// is the least that whoever answers a preflight has to do.
#[derive(Clone, Copy)]
pub(crate) struct Bare;

impl Service<Request<()>> for Bare {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let mut response = Response::new(());
        if *request.method() == Method::OPTIONS {
            *response.status_mut() = StatusCode::NO_CONTENT;
        } else {
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
        }
        ready(Ok(response))
    }
}

/// Which origins a peer allows.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "not every bench has a case for each")]
pub(crate) enum Origins {
    Any,
    /// That many.
    Listed(usize),
    /// That many `*.` patterns.
    Wildcard(usize),
    /// That many patterns with a `*` inside a label, each below a host of its own.
    PartOfLabel(usize),
    /// That many below one host.
    PartOfLabelBelowOneHost(usize),
    /// As many below one host as can agree with a host in all but that it has a dot too many.
    PartOfLabelTooLate,
    /// Patterns made to look like what adversaries send.
    LookAlike,
}

/// What the rule of a policy has besides its origins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settings {
    None,
    /// All that a rule can have, each by name.
    All,
    /// Any request header with credentials, so that the names that were asked for are sent back.
    AnyHeader,
}

/// One thing to measure.
pub(crate) struct Case {
    /// A `key=value` path.
    pub(crate) name: String,
    pub(crate) origins: Origins,
    pub(crate) settings: Settings,
    /// What is switched on in our layer.
    switch: fn(CorsLayer) -> CorsLayer,
    /// Whether every request has a clone of the service.
    pub(crate) cloned: bool,
    /// Whether the layer is that of a `Router`, which clones services as well.
    in_axum: bool,
    /// Whether `Access-Control-Allow-Origin` is in the response.
    pub(crate) allowed: bool,
    pub(crate) adversarial: bool,
    method: Method,
    lines: Vec<(&'static str, String)>,
}

fn routed(router: Router) -> impl Peer {
    let router =
        ServiceExt::<Request<Body>>::map_response(router, |response| response.map(drop::<Body>));
    router.map_request(|request: Request<()>| request.map(|()| Body::empty()))
}

/// What is done with each peer in turn.
pub(crate) trait Measure {
    fn measure(&mut self, case: &Case, peer: &'static str, service: impl Peer);
}

impl Case {
    fn new(name: String, origins: Origins, lines: &[(&'static str, &str)], allowed: bool) -> Self {
        let preflight = lines.iter().any(|(name, _)| *name == "access-control-request-method");
        let method = if preflight { Method::OPTIONS } else { Method::GET };
        let lines = lines.iter().map(|&(name, value)| (name, value.to_owned()));
        let lines = browser_lines().chain(lines).collect();
        Self {
            name,
            origins,
            settings: Settings::All,
            switch: |layer| layer,
            cloned: false,
            in_axum: false,
            allowed,
            adversarial: false,
            method,
            lines,
        }
    }

    pub(crate) fn request(&self) -> Request<()> {
        wire::request(&self.method, self.lines.iter().map(|(name, value)| (*name, &**value)))
    }

    /// Runs the case with every peer that can do it.
    pub(crate) fn run(&self, measure: &mut impl Measure) {
        if self.in_axum {
            let router = || Router::new().route("/", get(|| async { "hello" }));
            measure.measure(self, "bare", routed(router()));
            measure.measure(self, "ours", routed(router().layer(CorsLayer::new(self.policy()))));
            if let Some(layer) = self.tower_http() {
                measure.measure(self, "tower-http", routed(router().layer(layer)));
            }
            return;
        }
        let ours = (self.switch)(CorsLayer::new(self.policy())).layer(Bare);
        self.check(ours.clone());
        measure.measure(self, "bare", Bare);
        measure.measure(self, "ours", ours);
        let all_settings = self.settings == Settings::All;
        match self.origins {
            Origins::Any => measure.measure(self, "hand", AnyByHand { inner: Bare, all_settings }),
            Origins::Listed(2) if !self.adversarial => {
                let by_hand = ByHand { inner: Bare, all_settings };
                self.check(by_hand.clone());
                measure.measure(self, "hand", by_hand);
            }
            _ => {}
        }
        if let Some(layer) = self.tower_http() {
            let theirs = layer.layer(Bare);
            // It answers a refused method or header with the headers that allow the origin.
            measure.measure(self, "tower-http", theirs);
        }
    }

    pub(crate) fn policy(&self) -> Policy {
        self.origins.policy_of(&self.origins.listed(), self.settings)
    }

    /// `None` where it has nothing of the kind.
    pub(crate) fn tower_http(&self) -> Option<tower_http::cors::CorsLayer> {
        self.origins.tower_http_of(&self.origins.listed(), self.settings)
    }

    fn check(&self, mut service: impl Peer) {
        let response = wire::call(&mut service, self.request());
        let allowed = response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed, self.allowed, "{}", self.name);
    }
}

impl Origins {
    /// The patterns.
    pub(crate) fn listed(self) -> Vec<String> {
        match self {
            Self::Any => vec![],
            Self::Listed(1) => vec![LISTED[1].to_owned()],
            Self::Listed(number) => {
                let (first, last) = (LISTED[0].to_owned(), LISTED[1].to_owned());
                let tenants = (2..number).map(|i| format!("https://tenant-{i}.example.com"));
                [first].into_iter().chain(tenants).chain([last]).collect()
            }
            Self::Wildcard(number) => {
                // Not below one that is listed, too: those would be left out.
                let others = (1..number).map(|i| format!("https://*.example-{i}.com"));
                others.chain(["https://*.example.com".to_owned()]).collect()
            }
            Self::PartOfLabel(number) => {
                let others = (1..number).map(|i| format!("https://a*p.example-{i}.com"));
                others.chain(["https://a*p.example.com".to_owned()]).collect()
            }
            Self::PartOfLabelBelowOneHost(number) => {
                let others = (1..number).map(|i| format!("https://a*-{i}.example.com"));
                others.chain(["https://a*p.example.com".to_owned()]).collect()
            }
            Self::PartOfLabelTooLate => (1..MOST_IN_LABEL)
                .map(|i| ("a".repeat(i), "b".repeat(MOST_IN_LABEL - i)))
                .map(|(before, after)| format!("https://{before}*{after}.example.com"))
                .collect(),
            Self::LookAlike => look_alikes(),
        }
    }

    /// A policy of these patterns, which [`Self::listed`] gave.
    pub(crate) fn policy_of(self, listed: &[String], settings: Settings) -> Policy {
        fn with_settings<O>(rule: PolicyBuilder<O>) -> PolicyBuilder<O> {
            rule.allow_methods([Method::PUT, Method::DELETE])
                .allow_headers([AUTHORIZATION, CONTENT_TYPE])
                .expose_headers([REQUEST_ID])
                .max_age(Duration::from_secs(3600))
        }
        let listed = || Policy::allow_origins(listed);
        let built = match (self, settings) {
            (Self::Any, Settings::All) => with_settings(Policy::allow_any_origin()).build(),
            (Self::Any, _) => Policy::allow_any_origin().build(),
            (_, Settings::All) => with_settings(listed().allow_credentials()).build(),
            (_, Settings::None) => listed().build(),
            (_, Settings::AnyHeader) => listed().allow_credentials().allow_any_header().build(),
        };
        built.expect("a policy without mistakes")
    }

    /// `None` where it has nothing of the kind.
    pub(crate) fn tower_http_of(
        self,
        listed: &[String],
        settings: Settings,
    ) -> Option<tower_http::cors::CorsLayer> {
        let layer = tower_http::cors::CorsLayer::new();
        let layer = match settings {
            Settings::None => layer,
            Settings::All => layer
                .allow_methods([Method::PUT, Method::DELETE])
                .allow_headers([AUTHORIZATION, CONTENT_TYPE])
                .expose_headers([REQUEST_ID])
                .allow_credentials(self != Self::Any)
                .max_age(Duration::from_secs(3600)),
            Settings::AnyHeader => layer
                .allow_headers(tower_http::cors::AllowHeaders::mirror_request())
                .allow_credentials(true),
        };
        match self {
            Self::Any => Some(layer.allow_origin(tower_http::cors::Any)),
            Self::Listed(_) => {
                let origins = listed.iter().map(HeaderValue::try_from);
                let origins: Vec<_> = origins.collect::<Result<_, _>>().expect("header values");
                Some(layer.allow_origin(origins))
            }
            Self::Wildcard(_)
            | Self::PartOfLabel(_)
            | Self::PartOfLabelBelowOneHost(_)
            | Self::PartOfLabelTooLate
            | Self::LookAlike => None,
        }
    }
}

const PREFLIGHT: [(&str, &str); 3] = [
    ("origin", LISTED[1]),
    ("access-control-request-method", "PUT"),
    ("access-control-request-headers", "authorization,content-type"),
];

/// The requests that servers see every day, against policies with that many origins.
pub(crate) fn common(numbers: &[usize], settings: Settings) -> Vec<Case> {
    let all_settings = settings == Settings::All;
    let of_rule = if all_settings { "all" } else { "none" };
    let refused = ("origin", "https://app.example.net");
    let post = ("access-control-request-method", "POST");
    let asked = if all_settings { &PREFLIGHT[1..] } else { &[post][..] };
    let preflight = |origin| [&[origin], asked].concat();
    let requests = [
        ("request=actual/outcome=allowed", PREFLIGHT[..1].to_vec(), true),
        ("request=actual/outcome=refused", vec![refused], false),
        ("request=no-origin", vec![], false),
        ("request=preflight/outcome=allowed", preflight(PREFLIGHT[0]), true),
        ("request=preflight/outcome=refused", preflight(refused), false),
    ];
    let case = |(kind, lines, allowed): &(&str, Vec<_>, bool), origins, number| {
        let name = format!("{kind}/settings={of_rule}/origins={number}");
        Case { settings, ..Case::new(name, origins, lines, *allowed) }
    };
    let mut cases = Vec::new();
    for number in numbers {
        let all = requests.iter();
        cases.extend(all.map(|one| case(one, Origins::Listed(*number), number.to_string())));
    }
    cases.push(case(&requests[0], Origins::Any, "any".to_owned()));
    cases
}

/// The most frequent of them: an actual request from an allowed origin.
pub(crate) fn allowed(number: usize, settings: Settings) -> Case {
    common(&[number], settings).swap_remove(0)
}

/// In axum, with a handler in place of the bare service.
pub(crate) fn in_axum(number: usize, settings: Settings) -> Case {
    let case = allowed(number, settings);
    Case { in_axum: true, name: format!("{}/service=axum", case.name), ..case }
}

/// As in servers that clone the service for every request.
pub(crate) fn cloned(number: usize, settings: Settings) -> Case {
    let case = allowed(number, settings);
    Case { cloned: true, name: format!("{}/service=cloned", case.name), ..case }
}

/// One `*.` pattern that covers the origin, among others that do not.
pub(crate) fn wildcard(number: usize) -> Case {
    let name = format!("request=actual/outcome=allowed/wildcards={number}");
    Case::new(name, Origins::Wildcard(number), &PREFLIGHT[..1], true)
}

/// One pattern with a `*` inside a label that covers the origin, among others that do not: below a
/// host of its own each, and as many as there can be below the origin's.
#[allow(dead_code, reason = "only instructions are counted for these")]
pub(crate) fn parts_of_labels() -> [Case; 2] {
    let case = |name: &str, origins| {
        let name = format!("request=actual/outcome=allowed/{name}");
        Case::new(name, origins, &PREFLIGHT[..1], true)
    };
    [
        case("parts-of-labels=100000", Origins::PartOfLabel(100_000)),
        case("parts-of-labels-below-one-host=64", Origins::PartOfLabelBelowOneHost(64)),
    ]
}

/// Requests made to cost as much as they can.
pub(crate) fn adversarial() -> Vec<Case> {
    const KIB: usize = 1024;
    let long = LABEL_61;
    let asked = [
        ("asked=commas-64k", vec![",".repeat(64 * KIB)]),
        ("asked=commas-4k", vec![",".repeat(4 * KIB)]),
        ("asked=spaces-64k", vec![" ".repeat(64 * KIB)]),
        ("asked=spaces-4k", vec![" ".repeat(4 * KIB)]),
        ("asked=one-name-64k", vec!["content-type,".repeat(64 * KIB / 13)]),
        ("asked=one-name-4k", vec!["content-type,".repeat(4 * KIB / 13)]),
        ("asked=short-names-4k", vec!["a,".repeat(2 * KIB)]),
        ("asked=lines-1024", vec![String::new(); KIB]),
        ("asked=lines-64", vec![String::new(); 64]),
    ];
    let preflight = |what: &str, (name, values): &(&str, Vec<String>)| {
        let asked = values.iter().map(|value| ("access-control-request-headers", value.as_str()));
        let lines: Vec<_> = PREFLIGHT[..2].iter().copied().chain(asked).collect();
        Case::new(format!("adversarial/{name}{what}"), Origins::Listed(2), &lines, true)
    };
    let mut cases: Vec<_> = asked.iter().map(|asked| preflight("", asked)).collect();
    // Whether names are read at all depends on who wants to know them.
    for asked in asked.iter().filter(|(name, _)| !name.contains("64k") && !name.contains("1024")) {
        let settings = Settings::AnyHeader;
        cases.push(Case { settings, ..preflight("/allowed=any-header", asked) });
        let switch = CorsLayer::explain_refusals;
        cases.push(Case { switch, ..preflight("/switch=explain", asked) });
        let switch = |layer: CorsLayer| layer.on_decision(|to| drop(black_box(to.refusal())));
        cases.push(Case { switch, ..preflight("/switch=listener", asked) });
    }
    let (many_a, many_b) = ("a".repeat(63), "b".repeat(63));
    let origins = [
        ("origin=4k", format!("https://{}", "a".repeat(4 * KIB)), Origins::Listed(2)),
        ("origin=126-labels", format!("https://{}a", "a.".repeat(126)), Origins::LookAlike),
        ("origin=250-bytes", format!("https://c{long}.{long}.{long}.{long}"), Origins::LookAlike),
        (
            "origin=dot-in-label",
            format!("https://{many_a}.{many_b}.example.com"),
            Origins::PartOfLabelTooLate,
        ),
    ];
    cases.extend(origins.into_iter().map(|(name, origin, origins)| {
        Case::new(format!("adversarial/{name}"), origins, &[("origin", &origin)], false)
    }));
    cases.into_iter().map(|case| Case { adversarial: true, ..case }).collect()
}

/// What a label has room for beside a wildcard.
const MOST_IN_LABEL: usize = 62;

const LABEL_61: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// For every number of labels a pattern that agrees in all but its first, and two of 250 bytes.
fn look_alikes() -> Vec<String> {
    let labels = "a.".repeat(126);
    let long = LABEL_61;
    (1..126)
        .map(|depth| format!("https://*.b.{}a", &labels[..2 * depth - 2]))
        .chain(["", "b"].map(|first| format!("https://*.{first}{long}.{long}.{long}.{long}")))
        .collect()
}

/// What a browser sends with every request.
fn browser_lines() -> impl Iterator<Item = (&'static str, String)> {
    [
        ("host", "api.example.com"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "*/*"),
        ("accept-language", "en-GB,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("referer", "https://app.example.com/"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-site", "same-site"),
        ("connection", "keep-alive"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into_iter()
}
