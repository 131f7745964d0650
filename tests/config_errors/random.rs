//! Random policies, from few origins and names so that they overlap.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tower_cors::{Policy, PolicyBuilder, PolicyRules};

/// The settings of one rule that lists origins.
#[derive(Clone, Debug)]
pub(crate) struct RandomRule {
    pub(crate) origins: Vec<String>,
    pub(crate) null: bool,
    credentials: bool,
    methods: Vec<&'static str>,
    headers: Vec<&'static str>,
    exposed: Vec<&'static str>,
    /// Any method, any request header, any response header.
    any: [bool; 3],
    max_age: Option<u64>,
}

const METHODS: &[&str] = &["DELETE", "GET", "OPTIONS", "PATCH", "PUT", "patch"];
const HEADERS: &[&str] = &["Authorization", "X-A", "authorization", "content-type", "x-a", "x-b"];
const EXPOSED: &[&str] = &["Content-Type", "X-A", "etag", "x-a", "x-b"];

/// In URL's parts, for most of the combinations of them say something about one another.
pub(crate) fn pattern() -> impl Strategy<Value = String> {
    let hosts = ["a.example", "b.a.example", "c.b.a.example", "ba.example"];
    let parts = (
        select(&["https://", "http://"][..]),
        select(&["", "*."][..]),
        select(hosts.to_vec()),
        select(&["", ":8080", ":*"][..]),
    );
    parts.prop_map(|(scheme, subdomains, host, port)| format!("{scheme}{subdomains}{host}{port}"))
}

fn rule() -> impl Strategy<Value = RandomRule> {
    let names = |all: &'static [&'static str]| subsequence(all, 0..=all.len());
    let switches = (any::<bool>(), any::<bool>(), any::<[bool; 3]>());
    let lists = (names(METHODS), names(HEADERS), names(EXPOSED));
    let max_age = prop_oneof![Just(None), Just(Some(0)), Just(Some(86_400))];
    (proptest::collection::vec(pattern(), 0..5), switches, lists, max_age).prop_map(
        |(origins, (null, credentials, any), (methods, headers, exposed), max_age)| {
            // A rule that allows no origin is a mistake, and so is `null` with credentials.
            let null = null || origins.is_empty();
            let credentials = credentials && !null;
            let any = [any[0], any[1], any[2] && !credentials];
            RandomRule { origins, null, credentials, methods, headers, exposed, any, max_age }
        },
    )
}

pub(crate) fn rules() -> impl Strategy<Value = Vec<RandomRule>> {
    proptest::collection::vec(rule(), 1..4)
}

impl RandomRule {
    pub(crate) fn builder(&self) -> PolicyRules {
        let mut builder = Policy::allow_origins(&self.origins);
        if self.null {
            builder = builder.dangerously_allow_null_origin();
        }
        if self.credentials {
            builder = builder.allow_credentials().dangerously_allow_insecure_origins();
        }
        self.with_names(builder).into()
    }

    fn with_names<O>(&self, mut builder: PolicyBuilder<O>) -> PolicyBuilder<O> {
        builder = builder
            .allow_methods(&self.methods)
            .allow_headers(&self.headers)
            .expose_headers(&self.exposed);
        if self.any[0] {
            builder = builder.allow_any_method();
        }
        if self.any[1] {
            builder = builder.allow_any_header();
        }
        if self.any[2] {
            builder = builder.expose_any_header();
        }
        match self.max_age {
            Some(seconds) => builder.max_age(Duration::from_secs(seconds)),
            None => builder,
        }
    }

    /// The same settings in another order.
    pub(crate) fn reversed(mut self) -> Self {
        self.origins.reverse();
        self.methods.reverse();
        self.headers.reverse();
        self.exposed.reverse();
        self
    }
}

/// One policy of several rules.
pub(crate) fn join(rules: impl IntoIterator<Item = PolicyRules>) -> PolicyRules {
    rules.into_iter().reduce(PolicyRules::or).expect("there is a rule")
}
