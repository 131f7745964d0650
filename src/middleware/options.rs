//! [`Options`]: what is set on the layer rather than in the policy, and what follows from it for one
//! request.

use std::fmt;
use std::sync::Arc;

use http::header::ORIGIN;
use http::{HeaderName, StatusCode};

use super::answer::Answer;
use super::own_hosts::{OwnHosts, SEC_FETCH_SITE, is_from_own_page};
use crate::observe::events;
use crate::policy::decision::{Decision, Rejection};
use crate::policy::response_headers::{ResponseHeaders, SourceVary};
use crate::policy::vary::PREFLIGHT_NAMES;
use crate::request::RequestHead;
use crate::source::PolicySource;

/// The options of a layer. A service and each clone of it have a copy, so there is nothing in it that
/// cores would have to count together unless a listener or names for `Vary` are set.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches are independent of one another")]
pub(crate) struct Options {
    /// Whether there are none: the source is fixed, and nothing is set.
    are_none: bool,
    /// Whether every request has the same policy.
    source_is_fixed: bool,
    pub(super) preflight_status: PreflightStatus,
    pub(super) explain_refusals: bool,
    pub(super) keep_inner_headers: bool,
    reject_disallowed_origins: bool,
    own_hosts: Option<Arc<OwnHosts>>,
    /// What responses depend on beside `Origin`, because the source or a switch reads it.
    vary: SourceVary,
    listeners: Option<Arc<Listeners>>,
}

#[derive(Clone, Default)]
struct Listeners(Vec<Arc<Listener>>);

type Listener = dyn Fn(&Decision<'_>) + Send + Sync;

/// The status of the answer to a preflight from an origin that a rule covers. Browsers take [any ok
/// status](https://fetch.spec.whatwg.org/#ok-status).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreflightStatus {
    /// 204 No Content.
    #[default]
    NoContent,
    /// 200 OK, for old clients that stumble over 204.
    Ok,
}

/// Those of a layer with a fixed source on which nothing is set.
pub(crate) static NONE: Options = Options {
    are_none: true,
    source_is_fixed: true,
    preflight_status: PreflightStatus::NoContent,
    explain_refusals: false,
    keep_inner_headers: false,
    reject_disallowed_origins: false,
    own_hosts: None,
    vary: None,
    listeners: None,
};

impl Options {
    pub(crate) fn of(source: &impl PolicySource) -> Self {
        let mut options = NONE.clone();
        // One that reads the request is not fixed, whatever it says.
        options.source_is_fixed = source.is_fixed() && source.vary().is_empty();
        options.are_none = options.source_is_fixed;
        options.vary_by(source.vary());
        options
    }

    #[inline(always)]
    pub(crate) fn are_none(&self) -> bool {
        self.are_none
    }

    /// The one way to set something.
    pub(super) fn change(&mut self) -> &mut Self {
        self.are_none = false;
        self
    }

    pub(super) fn reject_disallowed_origins(&mut self) {
        self.change().reject_disallowed_origins = true;
        self.vary_by(&[SEC_FETCH_SITE]);
    }

    pub(crate) fn set_own_hosts(&mut self, hosts: OwnHosts) {
        self.reject_disallowed_origins();
        self.own_hosts = Some(Arc::new(match self.own_hosts.take() {
            Some(known) => known.and(hosts),
            None => hosts,
        }));
    }

    pub(crate) fn add_listener(&mut self, listener: Arc<Listener>) {
        Arc::make_mut(self.change().listeners.get_or_insert_default()).0.push(listener);
    }

    /// Adds names to those that every response depends on.
    fn vary_by(&mut self, names: &[HeaderName]) {
        let mut all = self.vary.as_deref().cloned().unwrap_or_default();
        for name in names {
            // `Origin` is in `Vary` wherever one of these is.
            if *name != ORIGIN && !all.contains(name) {
                all.push(name.clone());
            }
        }
        self.vary = (!all.is_empty()).then(|| Arc::new(all));
    }

    /// Adds to what the policy decided a reason to reject the request, if there is one.
    #[inline(always)]
    pub(crate) fn judge<'a>(&self, head: RequestHead<'_>, decision: Decision<'a>) -> Decision<'a> {
        if self.reject_disallowed_origins
            && let Some(rejection) = self.rejection(head, &decision)
        {
            return decision.rejected(rejection);
        }
        decision
    }

    fn rejection(&self, head: RequestHead<'_>, decision: &Decision<'_>) -> Option<Rejection> {
        // The layer is as good as not there. Of a source that chooses, one request may have got here by
        // the very name that this is about, so `own_hosts` still holds.
        if self.source_is_fixed && decision.is_disabled() {
            return None;
        }
        if self.own_hosts.as_deref().is_some_and(|hosts| !hosts.have_target_of(head)) {
            return Some(Rejection::ForeignHost);
        }
        let is_foreign = decision.is_foreign() && !decision.is_preflight();
        (is_foreign && !self.is_own_page(head)).then_some(Rejection::ForeignPage)
    }

    /// Whether a request comes from a page of the server's own.
    pub(crate) fn is_own_page(&self, head: RequestHead<'_>) -> bool {
        is_from_own_page(head, self.own_hosts.as_deref())
    }

    /// Tells who wants to know.
    pub(crate) fn tell(&self, decision: &Decision<'_>, is_own_page: impl FnOnce() -> bool) {
        events::decided(decision, is_own_page);
        if let Some(listeners) = &self.listeners {
            listeners.tell(decision);
        }
    }

    /// The layer's own answer: to a rejected request, and to a CORS-preflight request.
    #[inline(always)]
    pub(crate) fn answer(&self, decision: &Decision<'_>) -> Option<Answer> {
        let (status, headers) = decision.answer()?;
        let mut answer = Answer::new(status, headers);
        if self.explain_refusals
            && let Some(refusal) = decision.refusal()
        {
            answer.explain(&refusal, decision);
        }
        answer.set_ok(self.preflight_status.into());
        self.add_vary(&mut answer, decision.is_preflight());
        Some(answer)
    }

    /// The answer to a preflight whose policy turned out to be disabled after it was too late to ask
    /// the inner service.
    pub(crate) fn too_late(&self) -> Answer {
        let mut answer = Answer::forbidden();
        self.add_vary(&mut answer, true);
        answer
    }

    /// Adds to `Vary` what does not follow from the policy.
    fn add_vary(&self, answer: &mut Answer, is_preflight: bool) {
        if self.depends_on_request() {
            let asked = match (is_preflight, self.explain_refusals) {
                (false, _) => 1,
                (true, false) => 2,
                (true, true) => 3,
            };
            let names = self.vary.iter().flat_map(|names| names.iter());
            answer.vary_by(PREFLIGHT_NAMES[..asked].iter().chain(names));
        }
    }

    /// What the decision adds to the inner service's response.
    pub(crate) fn response_headers(&self, decision: &Decision<'_>) -> ResponseHeaders {
        let mut headers = decision.response_headers();
        if self.depends_on_request() {
            self.add_to(&mut headers, decision);
        }
        if events::errors_are_wanted() && decision.is_cors() && !decision.is_disabled() {
            headers.note_cors();
        }
        headers
    }

    fn add_to(&self, headers: &mut ResponseHeaders, decision: &Decision<'_>) {
        if self.source_is_fixed && decision.is_disabled() {
            return; // as if the layer was not there
        }
        headers.vary_by_origin_and(&self.vary);
        if self.keep_inner_headers {
            headers.keep_inner();
        }
        if self.explain_refusals
            && let Some(refusal) = decision.refusal()
        {
            headers.explain(refusal);
        }
    }

    /// Whether the source or a switch makes responses depend on the request where the policy alone
    /// does not.
    #[inline(always)]
    fn depends_on_request(&self) -> bool {
        !self.source_is_fixed
            || self.explain_refusals
            || self.keep_inner_headers
            || self.reject_disallowed_origins
    }
}

impl Listeners {
    #[cold]
    fn tell(&self, decision: &Decision<'_>) {
        for listener in &self.0 {
            listener(decision);
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.0.len())
    }
}

impl From<PreflightStatus> for StatusCode {
    fn from(status: PreflightStatus) -> Self {
        match status {
            PreflightStatus::NoContent => Self::NO_CONTENT,
            PreflightStatus::Ok => Self::OK,
        }
    }
}
