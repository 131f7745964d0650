//! `Vary` is merged: nothing of the inner service's is lost, and nothing is there twice. Which names
//! are in it follows from the source, the policy, the switches and the kind of request.

use std::collections::BTreeSet;

use http::HeaderName;
use tower_cors::Refusal::OriginNotAllowed;
use tower_cors::{AtOnce, CorsLayer, Lookup, Policy, PolicySource, PreflightStatus, RequestHead};

use crate::common::{ACAO, ACRM, Lines, ORIGIN, VARY, request, send};
use crate::table::Expected::{Actual, ActualRefused, NotCors};
use crate::table::{check, row};

const APP: &str = "https://app.example";

/// Lines of the inner service's `Vary`, and whether `origin` has to be added to them.
const TABLE: &[(&str, &[&str], bool)] = &[
    ("S21: none", &[], true),
    ("S21: another name", &["Accept-Encoding"], true),
    ("S21: several names", &["accept-encoding, accept-language"], true),
    ("S21: several lines", &["accept-encoding", "accept-language"], true),
    ("S21: it is there", &["Origin"], false),
    ("S21: in any case", &["oRIGIn"], false),
    ("S21: in a list", &["accept-encoding, Origin, cookie"], false),
    ("S21: in a list without white space", &["cookie,origin"], false),
    ("S21: in a list with tabs", &["cookie\t,\torigin\t"], false),
    ("S21: on the second line", &["Accept-Encoding", "Origin"], false),
    ("S21: a wildcard", &["*"], false),
    ("S21: a wildcard in a list", &["accept-encoding, *"], false),
    ("S21: a wildcard on the second line", &["accept-encoding", "*"], false),
    ("S21: an empty line", &[""], true),
    ("S21: empty elements", &[" , ,"], true),
    ("S21: a longer name", &["origin-agent-cluster"], true),
    ("S21: a name that ends so", &["x-origin"], true),
    ("S21: two words", &["origin x"], true),
    ("S21: a quoted name", &["\"origin\""], true),
    ("S21: not UTF-8", &["\u{ff}", "accept\u{e4}"], true),
    ("S21: the same twice already", &["origin", "origin"], false),
    ("S21: a list that is covered, and more", &["origin", "accept-encoding"], false),
];

#[test]
fn vary_is_merged_on_every_response() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    for (name, lines, added) in TABLE {
        let inner: Vec<_> = lines.iter().map(|line| (VARY, *line)).collect();
        let added = added.then_some((VARY, ORIGIN));
        let merged: Vec<_> = inner.iter().copied().chain(added).collect();
        let shared: Vec<_> = merged.iter().copied().chain([(ACAO, APP)]).collect();
        let other: Lines<'_> = &[(ORIGIN, "https://other.example")];
        let refused = ActualRefused(OriginNotAllowed);
        check(
            &policy,
            &[
                row(name, "GET", &[(ORIGIN, APP)], 200, Actual(0), &shared).inner(200, &inner),
                row(name, "GET", other, 404, refused, &merged).inner(404, &inner),
                row(name, "GET", &[], 304, NotCors, &merged).inner(304, &inner),
            ],
        );
    }
}

/// A `Vary` of the request is none of the response.
#[test]
fn the_requests_own_vary_does_not_matter() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    let request = &[(ORIGIN, APP), (VARY, "origin, x"), (VARY, "*")];
    let shared = &[(ACAO, APP), (VARY, ORIGIN)];
    check(&policy, &[row("S21", "GET", request, 200, Actual(0), shared)]);
}

/// A source that is not fixed, and says that it reads a header.
#[derive(Clone)]
struct Chooses(Policy, [HeaderName; 1]);

impl PolicySource for Chooses {
    type Future = AtOnce;

    fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, AtOnce> {
        Lookup::now(&self.0)
    }

    fn vary(&self) -> &[HeaderName] {
        &self.1
    }
}

/// The names in the `Vary` of the response to a request without `Origin`, and of that to a preflight
/// from a stranger, in any order.
fn varies<P>(layer: &CorsLayer<P>) -> [String; 2]
where
    P: PolicySource<Future = AtOnce> + Clone,
{
    let names = |method, lines| {
        let exchange = send(layer, request(method, "/", lines));
        let lines = exchange.lines().into_iter().filter(|(name, _)| name == VARY);
        let lines: Vec<_> = lines.map(|(_, names)| names).collect();
        let mut names: Vec<_> = lines.iter().flat_map(|names| names.split(", ")).collect();
        names.sort_unstable();
        names.join(" ")
    };
    [names("GET", &[]), names("OPTIONS", &[(ORIGIN, "https://stranger.example"), (ACRM, "PUT")])]
}

#[test]
fn by_policy_and_switch() {
    let listed = || Policy::allow_origins([APP]);
    let any = Policy::allow_any_origin().build().unwrap();
    let policies = [
        ("any origin", any),
        ("nobody", Policy::deny_all()),
        ("a list", listed().build().unwrap()),
        ("rules", listed().or(Policy::allow_any_origin()).build().unwrap()),
        ("echoes", listed().allow_credentials().allow_any_header().build().unwrap()),
    ];
    // What is added for the policy alone, then for the switch.
    let of_policy = [
        ("any origin", ["", ""]),
        ("nobody", ["", ""]),
        ("a list", ["origin", "access-control-request-method origin"]),
        ("rules", ["origin", "access-control-request-method origin"]),
        (
            "echoes",
            ["origin", "access-control-request-headers access-control-request-method origin"],
        ),
    ];
    for ((name, policy), (_, expected)) in policies.iter().zip(of_policy) {
        let layer = || CorsLayer::new(policy.clone());
        assert_eq!(varies(&layer()), expected, "{name}");
        assert_eq!(varies(&CorsLayer::new(policy.clone().leak())), expected, "{name}, leaked");
        assert_eq!(varies(&layer().preflight_status(PreflightStatus::Ok)), expected, "{name}, 200");
        let listens = layer().on_decision(|_| {});
        assert_eq!(varies(&listens), expected, "{name}, with a listener");

        let with = |more: [&str; 2]| {
            let union = |names: &str, more: &str| {
                let names: BTreeSet<_> = names.split(' ').chain(more.split(' ')).collect();
                names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
            };
            [union(expected[0], more[0]), union(expected[1], more[1])]
        };
        let asked = "access-control-request-method origin";
        let kept = with(["origin", asked]);
        assert_eq!(varies(&layer().keep_inner_headers()), kept, "{name}, keep_inner_headers");
        let explained = with(["origin", &format!("access-control-request-headers {asked}")]);
        assert_eq!(varies(&layer().explain_refusals()), explained, "{name}, explain_refusals");
        let rejects = with(["origin sec-fetch-site", &format!("{asked} sec-fetch-site")]);
        let layer = layer().reject_disallowed_origins();
        assert_eq!(varies(&layer), rejects, "{name}, reject_disallowed_origins");

        let chooses = Chooses(policy.clone(), [HeaderName::from_static("x-tenant")]);
        let of_source = with(["origin x-tenant", &format!("{asked} x-tenant")]);
        assert_eq!(varies(&CorsLayer::new(chooses)), of_source, "{name}, from a source");
    }
}

/// As if the layer was not there; but where the policy was chosen, another request may get another.
#[test]
fn under_a_disabled_policy() {
    let layer = || CorsLayer::new(Policy::disabled());
    for layer in [
        layer(),
        layer().explain_refusals(),
        layer().keep_inner_headers(),
        layer().reject_disallowed_origins(),
        layer().own_hosts(["localhost"]).unwrap(),
    ] {
        assert_eq!(varies(&layer), ["", ""], "{layer:?}");
    }
    let chooses = Chooses(Policy::disabled(), [HeaderName::from_static("x-tenant")]);
    assert_eq!(varies(&CorsLayer::new(chooses)), ["origin x-tenant", "origin x-tenant"]);
}
