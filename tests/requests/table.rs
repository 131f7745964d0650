//! The rows of the tables, and what is checked of each.

use std::sync::{Arc, Mutex};

use http::{Request, Response, StatusCode};
use tower_cors::{CorsLayer, Decision, Policy, Refusal, RequestKind};

use crate::common::{self, INNER, Lines, all_lines, exchange, sorted};

/// One request, and what comes of it.
pub(crate) struct Row<'a> {
    name: &'a str,
    method: &'a str,
    uri: &'a str,
    request: Lines<'a>,
    /// What the inner service answers, if it is asked.
    inner: (u16, Lines<'a>),
    status: u16,
    expected: Expected,
    /// The headers of the response, all of them.
    response: Lines<'a>,
}

/// What is decided about a request, and who answers it.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// The inner service answers, for the policy is disabled.
    Untouched(RequestKind),
    /// The inner service answers; the request is not a CORS request.
    NotCors,
    /// The inner service answers; the rule with this index covers the origin.
    Actual(usize),
    /// The inner service answers; no rule covers the origin.
    ActualRefused(Refusal),
    /// The layer answers a request of this kind that is not for the inner service.
    Rejected(RequestKind, Refusal),
    /// The layer answers; the rule with this index covers the origin and allows what is asked for.
    Preflight(usize),
    /// The layer answers; the rule covers the origin, but does not allow what is asked for.
    PreflightWithout(usize, Refusal),
    /// The layer answers; no rule covers the origin.
    PreflightRefused(Refusal),
}

pub(crate) fn row<'a>(
    name: &'a str,
    method: &'a str,
    request: Lines<'a>,
    status: u16,
    expected: Expected,
    response: Lines<'a>,
) -> Row<'a> {
    Row { name, method, uri: "/", request, inner: (200, &[]), status, expected, response }
}

impl<'a> Row<'a> {
    pub(crate) fn uri(self, uri: &'a str) -> Self {
        Self { uri, ..self }
    }

    pub(crate) fn inner(self, status: u16, response: Lines<'a>) -> Self {
        Self { inner: (status, response), ..self }
    }

    fn request(&self) -> Request<()> {
        common::request(self.method, self.uri, self.request)
    }
}

/// Checks rows against a service, and against what [`Policy::decide`] says without one.
#[track_caller]
pub(crate) fn check(policy: &Policy, rows: &[Row<'_>]) {
    check_layer(&CorsLayer::new(policy.clone()), rows);
    check_layer(&CorsLayer::new(policy.clone().leak()), rows);
    for row in rows {
        let (request, name) = (row.request(), row.name);
        let decision = policy.decide(request.method(), request.headers());
        assert_eq!(Told::by(&decision), row.expected.told(), "{name}: the decision");
        let answer = decision.preflight_response::<&'static str>();
        let layer_answers = answer.is_some();
        assert_eq!(layer_answers, !row.expected.reaches_inner(), "{name}: who answers");
        let response = answer.unwrap_or_else(|| {
            let mut response = common::response(row.inner.0, row.inner.1);
            decision.response_headers().apply_to(response.headers_mut());
            response
        });
        check_response(row, &response);
    }
}

/// Checks rows against the service of a layer, and what its listener is told.
#[track_caller]
pub(crate) fn check_layer<P>(layer: &CorsLayer<P>, rows: &[Row<'_>])
where
    P: tower_cors::PolicySource + Clone,
{
    for row in rows {
        let name = row.name;
        let (status, headers) = row.inner;
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&told);
        let listening = layer.clone().on_decision(move |decision| {
            listener.lock().unwrap().push(Told::by(decision));
        });
        // A layer on which nothing is set has steps of its own, and a listener is something.
        for layer in [layer, &listening] {
            let exchange = exchange(layer, row.request(), common::response(status, headers));
            check_response(row, &exchange.response);
            check_seen(row, exchange.seen.as_ref());
        }
        assert_eq!(*told.lock().unwrap(), [row.expected.told()], "{name}: what a listener is told");
    }
}

/// Whether the inner service got the request, as it was sent.
#[track_caller]
fn check_seen(row: &Row<'_>, seen: Option<&Request<()>>) {
    let name = row.name;
    assert_eq!(seen.is_some(), row.expected.reaches_inner(), "{name}: who answers");
    if let Some(seen) = seen {
        assert_eq!(seen.method(), row.method, "{name}: the method that is passed on");
        assert_eq!(seen.uri(), row.uri, "{name}: the target that is passed on");
        assert_eq!(all_lines(seen.headers()), sorted(row.request), "{name}: the headers passed on");
    }
}

#[track_caller]
fn check_response(row: &Row<'_>, response: &Response<&'static str>) {
    let name = row.name;
    assert_eq!(all_lines(response.headers()), sorted(row.response), "{name}: headers");
    assert_eq!(response.status(), StatusCode::from_u16(row.status).unwrap(), "{name}: status");
    let body = if row.expected.reaches_inner() { INNER } else { "" };
    assert_eq!(*response.body(), body, "{name}: body");
}

/// What a decision says.
#[derive(Debug, PartialEq)]
struct Told {
    kind: RequestKind,
    rule: Option<usize>,
    refusal: Option<Refusal>,
}

impl Told {
    fn by(decision: &Decision<'_>) -> Self {
        Self { kind: decision.kind(), rule: decision.rule(), refusal: decision.refusal() }
    }
}

impl Expected {
    fn reaches_inner(&self) -> bool {
        match self {
            Self::Untouched(_) | Self::NotCors | Self::Actual(_) | Self::ActualRefused(_) => true,
            Self::Rejected(..)
            | Self::Preflight(_)
            | Self::PreflightWithout(..)
            | Self::PreflightRefused(_) => false,
        }
    }

    fn told(&self) -> Told {
        let (kind, rule, refusal) = match self {
            Self::Untouched(kind) => (*kind, None, None),
            Self::NotCors => (RequestKind::NotCors, None, None),
            Self::Actual(rule) => (RequestKind::Cors, Some(*rule), None),
            Self::ActualRefused(refusal) => (RequestKind::Cors, None, Some(refusal)),
            Self::Rejected(kind, refusal) => (*kind, None, Some(refusal)),
            Self::Preflight(rule) => (RequestKind::CorsPreflight, Some(*rule), None),
            Self::PreflightWithout(rule, refusal) => {
                (RequestKind::CorsPreflight, Some(*rule), Some(refusal))
            }
            Self::PreflightRefused(refusal) => (RequestKind::CorsPreflight, None, Some(refusal)),
        };
        Told { kind, rule, refusal: refusal.cloned() }
    }
}
