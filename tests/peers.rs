//! This crate beside tower-http's `cors`: for policies that both can express, a page gets the same
//! from both, but for the differences listed here.
//!
//! Every combination of policy, application, page and request is tried. A difference that is not
//! listed fails the test, and so does a listed one that is none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use tower::util::BoxCloneService;
use tower::{Layer, service_fn};
use tower_cors::testing::{self, Body, HttpCache, Page};
use tower_cors::{CorsLayer, Policy};
use tower_http::cors::{self as peer, CorsLayer as PeerLayer};

/// A difference that is known, and when it shows.
struct Difference {
    what: &'static str,
    why: &'static str,
    shows: fn(&Scenario) -> bool,
}

const DIFFERENCES: [Difference; 6] = [
    Difference {
        what: "an OPTIONS request of a script's own never reaches the application",
        why: "tower-http answers every OPTIONS; only those with Origin and \
              Access-Control-Request-Method are preflights",
        shows: |scenario| {
            let Scenario { policy, page, request, .. } = scenario;
            *request == Asked::Options
                && (*page == Visitor::SameOrigin
                    || policy.covers(*page) && policy.permits(*request))
        },
    },
    Difference {
        what: "an origin that the layer does not allow reads what the application or an inner layer \
               allows",
        why: "tower-http leaves Access-Control-Allow-Origin of the inner service there when it has \
              none of its own to say",
        shows: |scenario| {
            let Scenario { policy, app, page, request } = scenario;
            let inner_allows = match app {
                App::Plain | App::NotFound => false,
                App::AllowsStranger => *page == Visitor::Stranger,
                App::InnerLayer => true,
            };
            let needs_no_preflight =
                matches!(request, Asked::Get | Asked::PostText | Asked::AfterNoCors);
            inner_allows && needs_no_preflight && page.is_cross_origin() && !policy.covers(*page)
        },
    },
    Difference {
        what: "an origin that the layer does not allow reads with credentials what the application \
               allows it to read without",
        why: "tower-http sends Access-Control-Allow-Credentials to every origin",
        shows: |scenario| {
            let Scenario { policy, app, page, request } = scenario;
            *app == App::AllowsStranger
                && *page == Visitor::Stranger
                && *request == Asked::GetWithCredentials
                && policy.credentials
        },
    },
    Difference {
        what: "a page sees headers that the inner layer exposes",
        why: "tower-http leaves Access-Control-Expose-Headers of the inner service there when it \
              exposes none itself",
        shows: |scenario| {
            let Scenario { policy, app, page, request } = scenario;
            *app == App::InnerLayer
                && policy.exposed.is_empty()
                && !policy.expose_any
                && page.is_cross_origin()
                && policy.covers(*page)
                && policy.permits(*request)
                && !request.has_credentials()
                && *request != Asked::NoCors
        },
    },
    Difference {
        what: "a page sends Authorization where any header is allowed without credentials",
        why: "tower-http says `*`, which by the standard does not cover it; we name it as well",
        shows: |scenario| {
            let Scenario { policy, page, request, .. } = scenario;
            *request == Asked::GetWithAuthorization
                && policy.any_header
                && !policy.credentials
                && page.is_cross_origin()
                && policy.covers(*page)
        },
    },
    Difference {
        what: "the second upload with a listener needs no preflight of its own",
        why: "browsers keep the methods that an answer names, and tower-http names those alone that \
              are listed; we name POST as well",
        shows: |scenario| {
            let Scenario { policy, page, request, .. } = scenario;
            *request == Asked::Upload
                && !policy.any_method
                && !policy.methods.is_empty()
                && policy.max_age != Some(Duration::ZERO)
                && page.is_cross_origin()
                && policy.covers(*page)
        },
    },
];

#[derive(Clone, Debug)]
struct Scenario {
    policy: Described,
    app: App,
    page: Visitor,
    request: Asked,
}

/// What both crates can say.
#[derive(Clone, Debug, Default)]
struct Described {
    any_origin: bool,
    credentials: bool,
    any_method: bool,
    methods: Vec<Method>,
    any_header: bool,
    headers: Vec<HeaderName>,
    expose_any: bool,
    exposed: Vec<HeaderName>,
    max_age: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum App {
    Plain,
    /// Whose responses are errors.
    NotFound,
    /// Which sets a header of the CORS protocol of its own.
    AllowsStranger,
    /// In a layer of the same crate that allows and exposes everything.
    InnerLayer,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Visitor {
    Listed,
    ListedToo,
    Stranger,
    Sandboxed,
    SameOrigin,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Asked {
    Get,
    GetWithCredentials,
    GetWithHeader,
    GetWithAuthorization,
    PostText,
    PostJson,
    Upload,
    Put,
    PutWithCredentials,
    PutWithHeaderAndCredentials,
    LowerCasePatch,
    Options,
    NoCors,
    AfterNoCors,
}

const APPS: [App; 4] = [App::Plain, App::NotFound, App::AllowsStranger, App::InnerLayer];

const VISITORS: [Visitor; 5] = [
    Visitor::Listed,
    Visitor::ListedToo,
    Visitor::Stranger,
    Visitor::Sandboxed,
    Visitor::SameOrigin,
];

const REQUESTS: [Asked; 14] = [
    Asked::Get,
    Asked::GetWithCredentials,
    Asked::GetWithHeader,
    Asked::GetWithAuthorization,
    Asked::PostText,
    Asked::PostJson,
    Asked::Upload,
    Asked::Put,
    Asked::PutWithCredentials,
    Asked::PutWithHeaderAndCredentials,
    Asked::LowerCasePatch,
    Asked::Options,
    Asked::NoCors,
    Asked::AfterNoCors,
];

const LISTED: [&str; 2] = ["https://a.example", "https://b.example:8443"];
const API: &str = "https://api.test/items";

const X_A: HeaderName = HeaderName::from_static("x-a");

fn policies() -> Vec<Described> {
    let any = Described { any_origin: true, ..Described::default() };
    let all = Described { any_method: true, any_header: true, ..Described::default() };
    let some = Described {
        methods: vec![Method::PUT, Method::OPTIONS],
        headers: vec![http::header::CONTENT_TYPE, X_A],
        exposed: vec![X_A],
        ..Described::default()
    };
    vec![
        Described::default(),
        any.clone(),
        some.clone(),
        all.clone(),
        Described { any_origin: true, ..some.clone() },
        Described { any_origin: true, expose_any: true, ..all.clone() },
        Described { credentials: true, ..Described::default() },
        Described { credentials: true, ..some.clone() },
        Described { credentials: true, ..all },
        Described { max_age: Some(Duration::ZERO), ..some.clone() },
        Described { max_age: Some(Duration::from_secs(60)), ..some.clone() },
        Described { headers: vec![http::header::AUTHORIZATION], ..some },
        Described { expose_any: true, ..any },
    ]
}

/// What a page gets, and what the application sees of it.
#[derive(Debug, PartialEq)]
struct Verdict {
    readable: Vec<Option<BTreeSet<String>>>,
    sent: Vec<String>,
    reached: Vec<String>,
}

#[tokio::test]
async fn pages_get_the_same_from_both() {
    let mut failures = String::new();
    let mut shown = [0; DIFFERENCES.len()];
    let mut agreed = 0;
    for policy in policies() {
        for app in APPS {
            for page in VISITORS {
                for request in REQUESTS {
                    let scenario = Scenario { policy: policy.clone(), app, page, request };
                    let ours = verdict(&scenario, policy.ours(), false).await;
                    let theirs = verdict(&scenario, policy.theirs(), true).await;
                    let known: Vec<_> = (0..DIFFERENCES.len())
                        .filter(|index| (DIFFERENCES[*index].shows)(&scenario))
                        .collect();
                    for index in &known {
                        shown[*index] += 1;
                    }
                    agreed += usize::from(ours == theirs);
                    if (ours == theirs) == known.is_empty() {
                        continue;
                    }
                    writeln!(failures, "{scenario:?}\n  ours   {ours:?}\n  theirs {theirs:?}")
                        .unwrap();
                    for index in known {
                        let Difference { what, why, .. } = DIFFERENCES[index];
                        writeln!(failures, "  but it was to differ: {what}: {why}").unwrap();
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(shown.iter().all(|times| *times > 0), "a difference never shows: {shown:?}");
    assert!(agreed > 3000, "{agreed}");
}

async fn verdict(scenario: &Scenario, layer: Wrap, is_peer: bool) -> Verdict {
    let reached = Arc::new(Mutex::new(Vec::new()));
    let app = app(scenario.app, Arc::clone(&reached));
    let app = match scenario.app {
        App::InnerLayer if is_peer => BoxCloneService::new(
            PeerLayer::new().allow_origin(peer::Any).expose_headers(peer::Any).layer(app),
        ),
        App::InnerLayer => {
            let policy = Policy::allow_any_origin().expose_any_header().build().unwrap();
            BoxCloneService::new(CorsLayer::new(policy).layer(app))
        }
        _ => app,
    };
    let service = HttpCache::private(layer(app));
    let mut page = match scenario.page {
        Visitor::Listed => Page::at(LISTED[0], service),
        Visitor::ListedToo => Page::at(LISTED[1], service),
        Visitor::Stranger => Page::at("https://stranger.test", service),
        Visitor::Sandboxed => Page::sandboxed(service),
        Visitor::SameOrigin => Page::at(API, service),
    };
    let mut readable = Vec::new();
    for request in scenario.request.requests() {
        let answer = page.fetch(request).await.ok().filter(|answer| !answer.is_opaque());
        let seen = ["x-a", "x-b", "content-type"];
        readable.push(answer.map(|answer| {
            let names = seen.iter().filter(|name| answer.header(name).is_some());
            names.map(ToString::to_string).collect()
        }));
    }
    let sent = page.log().methods().into_iter().map(ToOwned::to_owned).collect();
    let reached = reached.lock().unwrap().clone();
    Verdict { readable, sent, reached }
}

type Inner = BoxCloneService<Request<Body>, Response<Body>, Infallible>;

/// A layer of one of the crates.
type Wrap = Box<dyn FnOnce(Inner) -> Inner>;

fn app(kind: App, reached: Arc<Mutex<Vec<String>>>) -> Inner {
    BoxCloneService::new(service_fn(move |request: Request<Body>| {
        reached.lock().unwrap().push(request.method().to_string());
        let mut response = Response::new(Body::from("hello"));
        let headers = response.headers_mut();
        for (name, value) in [("content-type", "text/plain"), ("x-a", "1"), ("x-b", "2")] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
        if kind == App::AllowsStranger {
            let stranger = HeaderValue::from_static("https://stranger.test");
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, stranger);
        }
        if kind == App::NotFound {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        async { Ok(response) }
    }))
}

impl Described {
    fn covers(&self, page: Visitor) -> bool {
        self.any_origin || matches!(page, Visitor::Listed | Visitor::ListedToo)
    }

    fn permits(&self, request: Asked) -> bool {
        let header = |name: &HeaderName| self.any_header || self.headers.contains(name);
        let put = self.any_method || self.methods.contains(&Method::PUT);
        match request {
            Asked::Get | Asked::PostText | Asked::Upload | Asked::NoCors | Asked::AfterNoCors => {
                true
            }
            Asked::GetWithCredentials => self.credentials,
            Asked::GetWithHeader => header(&X_A),
            Asked::GetWithAuthorization => header(&http::header::AUTHORIZATION),
            Asked::PostJson => header(&http::header::CONTENT_TYPE),
            Asked::Put => put,
            Asked::PutWithCredentials => put && self.credentials,
            Asked::PutWithHeaderAndCredentials => put && header(&X_A) && self.credentials,
            Asked::LowerCasePatch => self.any_method,
            Asked::Options => self.any_method || self.methods.contains(&Method::OPTIONS),
        }
    }

    fn ours(&self) -> Wrap {
        macro_rules! rest {
            ($builder:expr) => {{
                let mut builder = $builder
                    .allow_methods(&self.methods)
                    .allow_headers(&self.headers)
                    .expose_headers(&self.exposed);
                if self.any_method {
                    builder = builder.allow_any_method();
                }
                if self.any_header {
                    builder = builder.allow_any_header();
                }
                if self.expose_any {
                    builder = builder.expose_any_header();
                }
                if let Some(max_age) = self.max_age {
                    builder = builder.max_age(max_age);
                }
                builder.build().unwrap()
            }};
        }
        let policy = match (self.any_origin, self.credentials) {
            (true, _) => rest!(Policy::allow_any_origin()),
            (false, true) => rest!(Policy::allow_origins(LISTED).allow_credentials()),
            (false, false) => rest!(Policy::allow_origins(LISTED)),
        };
        Box::new(move |app| BoxCloneService::new(CorsLayer::new(policy).layer(app)))
    }

    fn theirs(&self) -> Wrap {
        let mut layer = PeerLayer::new()
            .allow_methods(self.methods.clone())
            .allow_headers(self.headers.clone())
            .expose_headers(self.exposed.clone())
            .allow_credentials(self.credentials);
        layer = if self.any_origin {
            layer.allow_origin(peer::Any)
        } else {
            layer.allow_origin(LISTED.map(HeaderValue::from_static))
        };
        // What "any" means with credentials in this crate.
        layer = match (self.any_method, self.credentials) {
            (true, true) => layer.allow_methods(peer::AllowMethods::mirror_request()),
            (true, false) => layer.allow_methods(peer::Any),
            (false, _) => layer,
        };
        layer = match (self.any_header, self.credentials) {
            (true, true) => layer.allow_headers(peer::AllowHeaders::mirror_request()),
            (true, false) => layer.allow_headers(peer::Any),
            (false, _) => layer,
        };
        if self.expose_any {
            layer = layer.expose_headers(peer::Any);
        }
        if let Some(max_age) = self.max_age {
            layer = layer.max_age(max_age);
        }
        Box::new(move |app| BoxCloneService::new(layer.layer(app)))
    }
}

impl Visitor {
    fn is_cross_origin(self) -> bool {
        self != Self::SameOrigin
    }
}

impl Asked {
    fn has_credentials(self) -> bool {
        use Asked::{GetWithCredentials, PutWithCredentials, PutWithHeaderAndCredentials};
        matches!(self, GetWithCredentials | PutWithCredentials | PutWithHeaderAndCredentials)
    }

    /// Twice, for what the first teaches the browser.
    fn requests(self) -> [testing::Request; 2] {
        let request = match self {
            Self::Get => testing::get(API),
            Self::GetWithCredentials => testing::get(API).credentials_include(),
            Self::GetWithHeader => testing::get(API).header("x-a", "1"),
            Self::GetWithAuthorization => testing::get(API).header("authorization", "Bearer a"),
            Self::PostText => testing::post(API).text("hello"),
            Self::PostJson => testing::post(API).json("{}"),
            Self::Upload => testing::post(API).text("hello").upload_listener(),
            Self::Put => testing::put(API),
            Self::PutWithCredentials => testing::put(API).credentials_include(),
            Self::PutWithHeaderAndCredentials => {
                testing::put(API).header("x-a", "1").credentials_include()
            }
            Self::LowerCasePatch => testing::request("patch", API),
            Self::Options => testing::options(API),
            Self::NoCors => testing::get(API).no_cors(),
            Self::AfterNoCors => return [testing::get(API).no_cors(), testing::get(API)],
        };
        [request.clone(), request]
    }
}
