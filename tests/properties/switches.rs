//! 5. What is set on a layer, and how its policy is held or found, gives no page more or less than the
//!    policy says: answers differ in status, in `Vary` and in explanations.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, Request, Response};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::testing::{Answer, Body, Page};
use tower_cors::{
    CorsLayer, Lookup, Policy, PolicySource, PreflightStatus, Reloadable, RequestHead, RequestKind,
    policy_fn, policy_future_fn,
};

use crate::described::{Asked, Place, asked, page, policy_and_place};
use crate::plain_english::rule_for;
use crate::{app, block_on, config};

const HOST: &str = "api.test";
const URL: &str = "https://api.test/items";

/// How a layer comes by its policy.
#[derive(Clone, Copy, Debug)]
enum Source {
    Owned,
    Leaked,
    Shared,
    Replaced,
    Chosen,
    LookedUp,
    Either,
}

const SOURCES: [Source; 7] = [
    Source::Owned,
    Source::Leaked,
    Source::Shared,
    Source::Replaced,
    Source::Chosen,
    Source::LookedUp,
    Source::Either,
];

async fn takes_time(policy: Policy) -> Policy {
    tokio::task::yield_now().await;
    policy
}

/// A source that knows some answers, and looks others up.
#[derive(Clone)]
struct Cached(Policy);

impl PolicySource for Cached {
    type Future = Pin<Box<dyn Future<Output = Policy> + Send>>;

    fn policy<'a>(&'a self, head: RequestHead<'_>) -> Lookup<'a, Self::Future> {
        if head.kind() == RequestKind::CorsPreflight {
            return Lookup::now(&self.0);
        }
        Lookup::Later(Box::pin(takes_time(self.0.clone())))
    }
}

#[derive(Clone, Copy, Debug)]
struct Switches {
    ok: bool,
    explains: bool,
    listens: bool,
}

impl Switches {
    const NONE: Self = Self { ok: false, explains: false, listens: false };

    fn set<P>(self, mut layer: CorsLayer<P>) -> CorsLayer<P> {
        if self.ok {
            layer = layer.preflight_status(PreflightStatus::Ok);
        }
        if self.explains {
            layer = layer.explain_refusals();
        }
        if self.listens {
            layer = layer.on_decision(|decision| drop(decision.refusal()));
        }
        layer
    }
}

fn switches() -> impl Strategy<Value = Switches> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(ok, explains, listens)| Switches {
        ok,
        explains,
        listens,
    })
}

/// A page in front of an application behind a layer.
fn open(place: Option<&Place>, policy: Policy, source: Source, switches: Switches) -> Page {
    fn behind<P>(place: Option<&Place>, source: P, switches: Switches) -> Page
    where
        P: PolicySource<Future: Send> + Clone + Send + 'static,
    {
        let layer = switches.set(CorsLayer::new(source));
        page(place, layer.layer(service_fn(app))).boxed()
    }
    match source {
        Source::Owned => behind(place, policy, switches),
        Source::Leaked => behind(place, policy.leak(), switches),
        Source::Shared => behind(place, Arc::new(policy), switches),
        Source::Replaced => {
            let source = Reloadable::new(Policy::deny_all());
            source.replace(policy);
            behind(place, source, switches)
        }
        Source::Chosen => {
            let choose = move |head: RequestHead<'_>| match head.uri.host() {
                Some(HOST) => policy.clone(),
                _ => Policy::deny_all(),
            };
            behind(place, policy_fn(choose), switches)
        }
        Source::LookedUp => {
            let look_up = move |_: RequestHead<'_>| takes_time(policy.clone());
            behind(place, policy_future_fn(look_up), switches)
        }
        Source::Either => behind(place, Cached(policy), switches),
    }
}

fn without_vary(answer: &Answer) -> HeaderMap {
    let mut headers = answer.headers().clone();
    headers.remove(VARY);
    headers
}

/// What a page gets of its requests, and which of them were sent.
fn seen(mut page: Page, all: &[Asked]) -> (Vec<Result<HeaderMap, String>>, Vec<String>) {
    let answers = all.iter().map(|asked| {
        let answer = block_on(page.fetch(asked.request(URL)));
        answer.map(|answer| without_vary(&answer)).map_err(|error| format!("{:?}", error.step()))
    });
    let answers = answers.collect();
    (answers, page.log().methods().into_iter().map(ToOwned::to_owned).collect())
}

/// How many requests were answered by the application.
fn reached(page: &Page) -> usize {
    page.log().actual().filter(|sent| sent.status().is_some_and(|status| status == 200)).count()
}

/// The lines of a response about sharing it.
fn access_control(headers: &HeaderMap) -> Vec<(HeaderName, Vec<u8>)> {
    let lines = headers.iter().filter(|(name, _)| name.as_str().starts_with("access-control-"));
    let mut lines: Vec<_> =
        lines.map(|(name, value)| (name.clone(), value.as_bytes().to_vec())).collect();
    lines.sort_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
    lines
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_page_may_the_same(
        (_, policy, place) in policy_and_place(),
        all in prop::collection::vec(asked(), 1..4),
        source in select(&SOURCES),
        switches in switches(),
    ) {
        let place = place.as_ref();
        let expected = seen(open(place, policy.clone(), Source::Owned, Switches::NONE), &all);
        prop_assert_eq!(seen(open(place, policy, source, switches), &all), expected);
    }

    /// Whoever may read anything still reaches the application, and so does the server's own page.
    #[test]
    fn rejecting_only_takes_away(
        (rules, policy, place) in policy_and_place(),
        all in prop::collection::vec(asked(), 1..4),
        is_own in prop::bool::weighted(0.2),
        knows_its_hosts in any::<bool>(),
    ) {
        let own = is_own.then_some(Place { scheme: "https", host: HOST, port: None });
        let place = own.or(place);
        let layer = CorsLayer::new(policy.clone()).reject_disallowed_origins();
        let layer = if knows_its_hosts { layer.own_hosts([HOST]).unwrap() } else { layer };
        let mut rejecting = page(place.as_ref(), layer.layer(service_fn(app))).boxed();
        let mut open = open(place.as_ref(), policy, Source::Owned, Switches::NONE);
        for asked in all {
            let expected = block_on(open.fetch(asked.request(URL)));
            let answer = block_on(rejecting.fetch(asked.request(URL)));
            prop_assert_eq!(
                answer.map(|answer| without_vary(&answer)).ok(),
                expected.map(|answer| without_vary(&answer)).ok()
            );
        }
        let is_strange = !is_own && rule_for(&rules, place.as_ref()).is_none();
        prop_assert_eq!(reached(&rejecting), if is_strange { 0 } else { reached(&open) });
    }

    #[test]
    fn what_the_application_says_is_kept_or_replaced_as_a_whole(
        (_, policy, place) in policy_and_place(),
        inner_origin in option::of(select(&["*", "null", "https://inner.example"])),
        has_credentials in any::<bool>(),
        exposed in option::of(Just("x-inner")),
    ) {
        let respond = move |_: Request<Body>| async move {
            let inner = [
                (ACCESS_CONTROL_ALLOW_ORIGIN, inner_origin),
                (ACCESS_CONTROL_ALLOW_CREDENTIALS, has_credentials.then_some("true")),
                (ACCESS_CONTROL_EXPOSE_HEADERS, exposed),
            ];
            let mut response = Response::new(Body::default());
            for (name, value) in inner {
                let value = value.map(|value| value.parse().unwrap());
                response.headers_mut().extend(value.map(|value| (name, value)));
            }
            Ok::<_, Infallible>(response)
        };
        let request = || {
            let origin = place.as_ref().map_or("null".to_owned(), ToString::to_string);
            Request::builder().uri(URL).header(ORIGIN, origin).body(Body::default()).unwrap()
        };
        let send = |layer: CorsLayer| {
            let service = layer.layer(service_fn(respond));
            let Ok(response) = block_on(service.oneshot(request()));
            access_control(response.headers())
        };
        let Ok(inner) = block_on(respond(request()));
        let expected = match inner_origin {
            Some(_) => access_control(inner.headers()),
            None => send(CorsLayer::new(policy.clone())),
        };
        prop_assert_eq!(send(CorsLayer::new(policy).keep_inner_headers()), expected);
    }
}
