//! The rows of the tables, and what is checked of each.

use http::Request;
use tower_cors::{CorsLayer, Decision, Outcome, Policy, Refusal, RequestKind};

use crate::common::{self, Exchange, INNER, Lines, all_lines, exchange, sorted};

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
#[derive(Debug)]
pub(crate) enum Expected {
    /// The inner service answers, for the policy is disabled.
    Untouched(RequestKind),
    /// The inner service answers; the request is no CORS request.
    NotCors,
    /// The inner service answers; the rule with this index allows the request.
    Actual(usize),
    /// The inner service answers; no rule allows the request.
    ActualRefused(Refusal),
    /// The layer answers a request that is not a CORS-preflight request.
    Rejected(Refusal),
    /// The layer answers; the rule with this index allows the request.
    Preflight(usize),
    /// The layer answers; no rule allows the request.
    PreflightRefused(Refusal),
    /// As `PreflightRefused`, and says why.
    Explained(Refusal),
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
pub(crate) fn check(policy: &Policy, rows: &[Row<'_>]) {
    check_layer(&CorsLayer::new(policy.clone()), policy, rows);
    for row in rows {
        let (decision, name) = (decide(policy, row), row.name);
        let headers = decision.preflight_headers();
        let layer_answers = headers.is_some();
        assert_eq!(layer_answers, !row.expected.reaches_inner(), "{name}: who answers");
        let headers = headers.unwrap_or_else(|| {
            let mut headers = common::header_map(row.inner.1);
            decision.apply_to(&mut headers);
            headers
        });
        assert_eq!(all_lines(&headers), sorted(row.response), "{name}: headers by the decision");
    }
}

/// Checks rows against the service of a layer whose switches may make its answers others than those
/// that follow from the policy alone.
pub(crate) fn check_layer(layer: &CorsLayer, policy: &Policy, rows: &[Row<'_>]) {
    for row in rows {
        let name = row.name;
        let (status, headers) = row.inner;
        let exchange = exchange(layer, row.request(), common::response(status, headers));
        check_exchange(row, &exchange);
        let decision = decide(policy, row);
        assert_eq!(decision.kind(), row.expected.kind(), "{name}: kind");
        assert_eq!(decision.outcome(), row.expected.outcome(), "{name}: outcome");
        let allowed = matches!(row.expected.outcome(), Outcome::Allowed { .. });
        assert_eq!(decision.is_allowed(), allowed, "{name}: whether it is allowed");
        assert_eq!(decision.refusal(), row.expected.refusal(), "{name}: why it is refused");
    }
}

fn check_exchange(row: &Row<'_>, exchange: &Exchange) {
    let Exchange { response, seen } = exchange;
    let name = row.name;
    assert_eq!(exchange.lines(), sorted(row.response), "{name}: headers");
    assert_eq!(response.status(), row.status, "{name}: status");
    assert_eq!(seen.is_some(), row.expected.reaches_inner(), "{name}: who answers");
    let body = if row.expected.reaches_inner() { INNER } else { "" };
    assert_eq!(*response.body(), body, "{name}: body");
    if let Some(seen) = seen {
        assert_eq!(seen.method(), row.method, "{name}: the method that is passed on");
        assert_eq!(seen.uri(), row.uri, "{name}: the target that is passed on");
        assert_eq!(all_lines(seen.headers()), sorted(row.request), "{name}: the headers passed on");
    }
    let explained = match &row.expected {
        Expected::Explained(refusal) => Some(refusal),
        _ => None,
    };
    assert_eq!(response.extensions().get(), explained, "{name}: the refusal beside the response");
}

fn decide(policy: &Policy, row: &Row<'_>) -> Decision {
    let request = row.request();
    policy.decide(request.method(), request.headers())
}

impl Expected {
    fn reaches_inner(&self) -> bool {
        match self {
            Self::Untouched(_) | Self::NotCors | Self::Actual(_) | Self::ActualRefused(_) => true,
            Self::Rejected(_)
            | Self::Preflight(_)
            | Self::PreflightRefused(_)
            | Self::Explained(_) => false,
        }
    }

    fn kind(&self) -> RequestKind {
        match self {
            Self::Untouched(kind) => *kind,
            Self::NotCors => RequestKind::NotCors,
            Self::Actual(_) | Self::ActualRefused(_) | Self::Rejected(_) => RequestKind::Cors,
            Self::Preflight(_) | Self::PreflightRefused(_) | Self::Explained(_) => {
                RequestKind::CorsPreflight
            }
        }
    }

    fn outcome(&self) -> Outcome<'_> {
        match self {
            Self::Untouched(_) => Outcome::Untouched,
            Self::NotCors => Outcome::NotCors,
            Self::Actual(rule) | Self::Preflight(rule) => Outcome::Allowed { rule: *rule },
            Self::ActualRefused(refusal)
            | Self::Rejected(refusal)
            | Self::PreflightRefused(refusal)
            | Self::Explained(refusal) => Outcome::Refused(refusal),
        }
    }

    fn refusal(&self) -> Option<&Refusal> {
        match self.outcome() {
            Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}
