//! [`ResponseFuture`]: the layer's own answer, or the inner future with headers to add.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use super::answer::Answer;
use super::options::Options;
use super::snapshot::Snapshot;
use crate::observe::events;
use crate::policy::Policy;
use crate::policy::response_headers::ResponseHeaders;

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
    // There is one of these for every response under way, so what is rare is boxed.
    #[project = StateProj]
    enum State<F: Future, L> {
        /// The inner service was not called. Taken when it is done.
        Answered { answer: Option<Answer> },
        /// The inner service was called, and what to add to its response is known.
        Actual {
            #[pin]
            inner: F,
            headers: ResponseHeaders,
        },
        /// A CORS-preflight request whose policy is being looked up.
        PreflightLater {
            #[pin]
            lookup: L,
            asked: Box<Asked>,
        },
        /// The inner service was called, and the policy is looked up beside it. Both futures stay
        /// where they are to the end, for they are pinned.
        ActualLater {
            #[pin]
            inner: F,
            #[pin]
            lookup: L,
            progress: Box<Progress<F::Output>>,
        },
    }
}

/// What a policy that is being looked up will decide about, and what follows from that.
struct Asked {
    request: Snapshot,
    options: Options,
}

/// What the two futures of an actual request have given so far.
struct Progress<T> {
    asked: Asked,
    headers: Option<ResponseHeaders>,
    output: Option<T>,
}

impl<F: Future, L> ResponseFuture<F, L> {
    pub(crate) fn answered(answer: Answer) -> Self {
        Self { state: State::Answered { answer: Some(answer) } }
    }

    #[inline(always)]
    pub(crate) fn actual(inner: F, headers: ResponseHeaders) -> Self {
        Self { state: State::Actual { inner, headers } }
    }

    /// Without an inner future, the request is a CORS-preflight request.
    pub(crate) fn later(inner: Option<F>, lookup: L, request: Snapshot, options: Options) -> Self {
        let asked = Asked { request, options };
        let state = match inner {
            None => State::PreflightLater { lookup, asked: Box::new(asked) },
            Some(inner) => {
                let progress = Box::new(Progress { asked, headers: None, output: None });
                State::ActualLater { inner, lookup, progress }
            }
        };
        Self { state }
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
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProj::Actual { inner, headers } => poll_actual(inner, headers, cx),
            StateProj::Answered { answer } => {
                let answer = answer.take().expect("a future is not polled after it was ready");
                Poll::Ready(Ok(answer.into_response()))
            }
            StateProj::PreflightLater { lookup, asked } => {
                let policy = ready!(lookup.poll(cx));
                Poll::Ready(Ok(asked.answer(&policy).into_response()))
            }
            StateProj::ActualLater { inner, lookup, progress } => progress.poll(inner, lookup, cx),
        }
    }
}

/// The most frequent state in a function of its own: what the others need on the stack, it does not.
#[inline]
fn poll_actual<F, B, E>(
    inner: Pin<&mut F>,
    headers: &mut ResponseHeaders,
    cx: &mut Context<'_>,
) -> Poll<Result<Response<B>, E>>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    let mut output = ready!(inner.poll(cx));
    match &mut output {
        Ok(response) => apply(headers, response),
        Err(_) if headers.are_for_cors() => events::inner_service_failed(),
        Err(_) => {}
    }
    Poll::Ready(output)
}

#[inline(always)]
fn apply<B>(headers: &mut ResponseHeaders, response: &mut Response<B>) {
    if headers.apply(response.headers_mut()) {
        events::inner_headers_were_removed();
    }
}

impl Asked {
    fn answer(&self, policy: &Policy) -> Answer {
        let decision = self.request.decide(policy);
        self.options.tell(&decision, || self.request.is_own_page);
        self.options.answer(&decision).unwrap_or_else(|| self.options.too_late())
    }

    fn headers(&self, policy: &Policy) -> ResponseHeaders {
        let decision = self.request.decide(policy);
        self.options.tell(&decision, || self.request.is_own_page);
        self.options.response_headers(&decision)
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
        if self.headers.is_none()
            && let Poll::Ready(policy) = lookup.poll(cx)
        {
            self.headers = Some(self.asked.headers(&policy));
        }
        if self.output.is_none()
            && let Poll::Ready(output) = inner.poll(cx)
        {
            self.output = Some(output);
        }
        let known = self.headers.is_some() || matches!(self.output, Some(Err(_)));
        let Some(mut output) = self.output.take_if(|_| known) else { return Poll::Pending };
        match (&mut output, &mut self.headers) {
            (Ok(response), Some(headers)) => apply(headers, response),
            (Err(_), _) if self.asked.request.is_cors() => events::inner_service_failed(),
            _ => {}
        }
        Poll::Ready(output)
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
