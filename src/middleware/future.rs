//! [`ResponseFuture`]: the answer to a preflight, or the inner future with headers to add.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, HeaderValue, Response};
use pin_project_lite::pin_project;

use super::answer::Answer;
use super::switches::{Switches, Vary};
use crate::policy::grant::{Grant, Granted};
use crate::policy::{Policy, RuleIndex, actual};
use crate::request::{Lines, PreflightRequest};

pin_project! {
    /// The future of [`Cors`](crate::Cors): of an inner future `F` and, for a
    /// [`PolicySource`](crate::PolicySource) that takes its time, a lookup `L`.
    ///
    /// It is `Send` when `F`, its output and `L` are. Dropping it drops both futures.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F: Future, L> {
        #[pin]
        state: State<F, L>,
    }
}

pin_project! {
    // There is one of these for every response under way. So what is rare is boxed, and what
    // `Actual` holds lies flat, for its small fields to share one word: 64 bytes beside `F`.
    #[project = StateProj]
    enum State<F: Future, L> {
        /// The inner service was not called. Taken when it is done.
        Answered { answer: Option<Answer>, vary: Vary },
        PreflightLater {
            #[pin]
            lookup: L,
            request: Box<(HeaderMap, Switches)>,
            vary: Vary,
        },
        /// The inner service was called, and what to add to its response is known.
        Actual {
            #[pin]
            inner: F,
            policy: Policy,
            grant: Option<Grant>,
            rule: RuleIndex,
            keep_inner_headers: bool,
            vary: Vary,
        },
        /// It was called, and the policy is looked up beside it. Both futures stay where they are
        /// to the end, for they are pinned.
        ActualLater {
            #[pin]
            inner: F,
            #[pin]
            lookup: L,
            progress: Box<Progress<F::Output>>,
            keep_inner_headers: bool,
            vary: Vary,
        },
    }
}

/// An actual request whose policy is being looked up: what the policy will look at, and what the
/// two futures have given so far.
struct Progress<T> {
    origin: Lines<HeaderValue>,
    policy: Option<Policy>,
    output: Option<T>,
}

impl<F: Future, L> ResponseFuture<F, L> {
    pub(crate) fn answered(answer: Answer, vary: Vary) -> Self {
        Self { state: State::Answered { answer: Some(answer), vary } }
    }

    pub(crate) fn preflight_later(
        lookup: L,
        request: HeaderMap,
        switches: Switches,
        vary: Vary,
    ) -> Self {
        let request = Box::new((request, switches));
        Self { state: State::PreflightLater { lookup, request, vary } }
    }

    pub(crate) fn actual(
        inner: F,
        policy: Policy,
        allowed: Option<Granted>,
        switches: Switches,
        vary: Vary,
    ) -> Self {
        let Switches { keep_inner_headers, .. } = switches;
        let (rule, grant) = allowed.unzip();
        let rule = rule.unwrap_or_default();
        Self { state: State::Actual { inner, policy, grant, rule, keep_inner_headers, vary } }
    }

    pub(crate) fn actual_later(
        inner: F,
        lookup: L,
        origin: Lines<HeaderValue>,
        switches: Switches,
        vary: Vary,
    ) -> Self {
        let Switches { keep_inner_headers, .. } = switches;
        let progress = Box::new(Progress { origin, policy: None, output: None });
        Self { state: State::ActualLater { inner, lookup, progress, keep_inner_headers, vary } }
    }
}

impl<F, L, B, E> Future for ResponseFuture<F, L>
where
    F: Future<Output = Result<Response<B>, E>>,
    L: Future<Output = Policy>,
    B: Default,
{
    type Output = Result<Response<B>, E>;

    /// # Panics
    ///
    /// If it is polled again after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (mut output, vary) = match self.project().state.project() {
            StateProj::Answered { answer, vary } => {
                let answer = answer.take().expect("a future is not polled after it was ready");
                (Ok(answer.into_response()), vary)
            }
            StateProj::PreflightLater { lookup, request, vary } => {
                let policy = ready!(lookup.poll(cx));
                let (headers, switches) = &**request;
                let answer = Answer::to_preflight(policy, PreflightRequest::of(headers), *switches);
                (Ok(answer.into_response()), vary)
            }
            StateProj::Actual { inner, policy, grant, rule, keep_inner_headers, vary } => {
                let mut output = ready!(inner.poll(cx));
                if let Ok(response) = &mut output {
                    let allowed = grant.take().map(|grant| (*rule, grant));
                    policy.finish(allowed, *keep_inner_headers, response.headers_mut());
                }
                (output, vary)
            }
            StateProj::ActualLater { inner, lookup, progress, keep_inner_headers, vary } => {
                let mut output = ready!(progress.poll(inner, lookup, cx));
                if let (Ok(response), Some(policy)) = (&mut output, progress.policy.take()) {
                    let compiled = policy.compiled();
                    let allowed = compiled.and_then(|all| all.grant(progress.origin.as_ref()));
                    policy.finish(allowed, *keep_inner_headers, response.headers_mut());
                }
                (output, vary)
            }
        };
        if let (Ok(response), Some(names)) = (&mut output, vary) {
            let headers = response.headers_mut();
            // Without them a cache would serve one tenant's response to another.
            if !names.iter().all(|name| actual::add_vary(headers, name)) {
                actual::remove_access_control(headers);
            }
        }
        Poll::Ready(output)
    }
}

impl<B, E> Progress<Result<Response<B>, E>> {
    /// Ready with the inner service's response when the policy is known, too. An error needs none.
    fn poll<F, L>(
        &mut self,
        inner: Pin<&mut F>,
        lookup: Pin<&mut L>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Response<B>, E>>
    where
        F: Future<Output = Result<Response<B>, E>>,
        L: Future<Output = Policy>,
    {
        if self.policy.is_none()
            && let Poll::Ready(policy) = lookup.poll(cx)
        {
            self.policy = Some(policy);
        }
        if self.output.is_none()
            && let Poll::Ready(output) = inner.poll(cx)
        {
            self.output = Some(output);
        }
        let known = self.policy.is_some() || matches!(self.output, Some(Err(_)));
        match self.output.take_if(|_| known) {
            Some(output) => Poll::Ready(output),
            None => Poll::Pending,
        }
    }
}

impl<F: Future, L> fmt::Debug for ResponseFuture<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Answered { .. } => "Answered",
            State::PreflightLater { .. } => "PreflightLater",
            State::Actual { .. } => "Actual",
            State::ActualLater { .. } => "ActualLater",
        };
        write!(f, "ResponseFuture::{state}")
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::Ready;

    use super::*;
    use crate::source::AtOnce;

    #[test]
    fn it_is_at_most_64_bytes_larger_than_the_inner_future() {
        type Boxed = Pin<Box<dyn Future<Output = ()>>>;
        type Large = Ready<Result<Response<[u64; 100]>, Infallible>>;
        assert!(size_of::<ResponseFuture<Boxed, AtOnce>>() <= size_of::<Boxed>() + 64);
        assert!(size_of::<ResponseFuture<Large, AtOnce>>() <= size_of::<Large>() + 64);
    }
}
