//! What the log gets, through [`tracing`], under the target `tower_cors`.
//!
//! | level | when | how often |
//! | --- | --- | --- |
//! | `INFO` | a CORS request is refused, unless it comes from a page of the server's own | the same origin and reason once a minute, with a count; a hundred lines a minute in all |
//! | `DEBUG` | each decision | always |
//! | `WARN` | the inner service's own `Access-Control-*` headers were removed | once |
//! | `WARN` | the inner service ended in an error on a CORS request | once |
//!
//! "Once", and the hundred lines, are of the whole process.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use http::HeaderValue;
use http::header::ACCESS_CONTROL_REQUEST_METHOD;
use tracing::level_filters::LevelFilter;
use tracing::{Level, debug, event_enabled, info, warn};

use super::escaped::Escaped;
use super::rate::{Line, Rate};
use crate::policy::decision::Decision;
use crate::policy::refusal::Refusal;
use crate::request::RequestKind;

const TARGET: &str = "tower_cors";

/// Whether anybody wants to know of anything that a request can lead to. Where nobody does, it is all
/// that a request pays.
#[inline(always)]
pub(crate) fn are_wanted() -> bool {
    LevelFilter::current() >= LevelFilter::WARN && some_are_wanted()
}

#[cold]
fn some_are_wanted() -> bool {
    decisions_are_wanted() || errors_are_wanted()
}

pub(crate) fn decisions_are_wanted() -> bool {
    event_enabled!(target: TARGET, Level::INFO) || event_enabled!(target: TARGET, Level::DEBUG)
}

/// A decision was made.
pub(crate) fn decided(decision: &Decision<'_>, is_own_page: impl FnOnce() -> bool) {
    if decisions_are_wanted() {
        tell(decision, is_own_page());
    }
}

fn tell(decision: &Decision<'_>, is_own_page: bool) {
    let refusal = decision.refusal();
    tell_of_decision(decision, refusal.as_ref());
    let Some(refusal) = refusal else { return };
    if (decision.is_rejected() || !is_own_page)
        && event_enabled!(target: TARGET, Level::INFO)
        && let Some(line) = line(decision, &refusal)
    {
        tell_of_refusal(decision, &refusal, &line);
    }
}

fn tell_of_decision(decision: &Decision<'_>, refusal: Option<&Refusal>) {
    debug!(
        target: TARGET,
        kind = kind(decision),
        method = %Escaped(decision.method().as_str().as_bytes()),
        origin = %origin(decision),
        rule = decision.rule(),
        code = refusal.map(Refusal::code),
        "decided",
    );
}

fn tell_of_refusal(decision: &Decision<'_>, refusal: &Refusal, line: &Line) {
    let method = match refusal {
        Refusal::MethodNotAllowed(method) => Some(method.as_str().as_bytes()),
        Refusal::InvalidMethod => {
            decision.headers().get(ACCESS_CONTROL_REQUEST_METHOD).map(HeaderValue::as_bytes)
        }
        _ => None,
    };
    let header = match refusal {
        Refusal::HeaderNotAllowed(name) => Some(name.as_str()),
        _ => None,
    };
    info!(
        target: TARGET,
        code = refusal.code(),
        kind = kind(decision),
        origin = %origin(decision),
        method = method.map(|method| tracing::field::display(Escaped(method))),
        header,
        nearest = decision.nearest_miss().map(tracing::field::display),
        count = line.count,
        unsaid = (line.unsaid > 0).then_some(line.unsaid),
        "refused: {refusal}",
    );
}

fn kind(decision: &Decision<'_>) -> &'static str {
    match decision.kind() {
        RequestKind::NotCors => "not-cors",
        RequestKind::Cors => "cors",
        RequestKind::CorsPreflight => "cors-preflight",
    }
}

fn origin<'a>(decision: &Decision<'a>) -> Escaped<'a> {
    Escaped(decision.origin().map_or(&b""[..], HeaderValue::as_bytes))
}

/// Whether a refusal is to be told now. Nobody waits for the answer: who comes while another one asks
/// is counted, and told of with a later line.
fn line(decision: &Decision<'_>, refusal: &Refusal) -> Option<Line> {
    static RATE: Mutex<Option<Rate>> = Mutex::new(None);
    static CAME_BETWEEN: AtomicU64 = AtomicU64::new(0);
    let Ok(mut rate) = RATE.try_lock() else {
        CAME_BETWEEN.fetch_add(1, Ordering::Relaxed);
        return None;
    };
    let rate = rate.get_or_insert_with(Rate::new);
    rate.add_unsaid(CAME_BETWEEN.swap(0, Ordering::Relaxed));
    rate.line((refusal.code(), decision.origin()), Instant::now())
}

/// The inner service's response had `Access-Control-*` headers, which were removed.
#[cold]
pub(crate) fn inner_headers_were_removed() {
    static SAID: AtomicBool = AtomicBool::new(false);
    if event_enabled!(target: TARGET, Level::WARN) && !SAID.swap(true, Ordering::Relaxed) {
        warn!(
            target: TARGET,
            "removed Access-Control-* headers that the service inside the CORS layer had set: is CORS \
             configured twice? Keep one of the two; `keep_inner_headers()` keeps the service's",
        );
    }
}

/// Whether anybody wants to know that an inner service ends in an error.
pub(crate) fn errors_are_wanted() -> bool {
    event_enabled!(target: TARGET, Level::WARN)
}

/// The inner service ended in an error on a CORS request.
#[cold]
pub(crate) fn inner_service_failed() {
    static SAID: AtomicBool = AtomicBool::new(false);
    if errors_are_wanted() && !SAID.swap(true, Ordering::Relaxed) {
        warn!(
            target: TARGET,
            "the service inside the CORS layer ended in an error on a CORS request, so there is no \
             response to add headers to: the browser will call this a CORS error. Turn errors into \
             responses inside the layer",
        );
    }
}
