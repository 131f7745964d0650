//! Futures under way: tasks that are polled by hand, and requests whose policy is being looked up.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use http::{HeaderName, Request, Response};
use tower::{Layer, Service};
use tower_cors::{
    CorsLayer, Lookup, Policy, PolicySource, RequestHead, ResponseFuture, policy_future_fn,
};

use crate::common::gate::{Gate, Key, gate};

/// A future with a waker that counts.
pub(crate) struct Task<F: Future> {
    future: Pin<Box<F>>,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<F: Future> Task<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future: Box::pin(future), wakes: Arc::default() }
    }

    pub(crate) fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// How often it was woken.
    pub(crate) fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::SeqCst)
    }

    /// The same future in another task.
    pub(crate) fn moved(self) -> Self {
        Self { future: self.future, wakes: Arc::default() }
    }

    pub(crate) fn debug(&self) -> String
    where
        F: std::fmt::Debug,
    {
        format!("{:?}", self.future)
    }

    /// Polls it for the last time.
    pub(crate) fn finish(mut self) -> F::Output {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("the future is not ready"),
        }
    }
}

/// An error that can be told from all others by its address, and cannot be copied.
#[derive(Debug)]
pub(crate) struct Wrong(pub(crate) Box<u8>);

pub(crate) type Answer = Result<Response<&'static str>, Wrong>;

/// An inner service whose responses are gates. Not `Clone`.
pub(crate) struct Gated {
    next: Option<Gate<Answer>>,
    called: Rc<RefCell<Vec<Request<()>>>>,
}

impl Service<Request<()>> for Gated {
    type Response = Response<&'static str>;
    type Error = Wrong;
    type Future = Gate<Answer>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Wrong>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Gate<Answer> {
        self.called.borrow_mut().push(request);
        self.next.take().expect("the inner service is called once")
    }
}

/// A policy source whose only lookup is a gate.
#[derive(Clone)]
pub(crate) struct Asks {
    lookup: OneLookup,
    vary: &'static [HeaderName],
}

impl PolicySource for Asks {
    type Future = Gate<Policy>;

    fn policy<'a>(&'a self, _: RequestHead<'_>) -> Lookup<'a, Gate<Policy>> {
        Lookup::Later(next(&self.lookup))
    }

    fn vary(&self) -> &[HeaderName] {
        self.vary
    }
}

/// A request whose policy and whose response are both under way.
pub(crate) struct UnderWay {
    pub(crate) task: Task<ResponseFuture<Gate<Answer>, Gate<Policy>>>,
    pub(crate) lookup: Key<Policy>,
    pub(crate) inner: Key<Answer>,
    /// The requests that the inner service got.
    pub(crate) called: Rc<RefCell<Vec<Request<()>>>>,
}

/// Starts a request through a layer that is made from the source.
pub(crate) fn start(
    request: Request<()>,
    vary: &'static [HeaderName],
    layer: impl FnOnce(CorsLayer<Asks>) -> CorsLayer<Asks>,
) -> UnderWay {
    start_from(request, |lookup| layer(CorsLayer::new(Asks { lookup, vary })))
}

/// Starts a request through a layer whose source is a closure.
pub(crate) fn start_closure(request: Request<()>) -> UnderWay {
    start_from(request, |lookup| {
        CorsLayer::new(policy_future_fn(move |_: RequestHead<'_>| next(&lookup)))
    })
}

/// The lookup that a source gives away once.
type OneLookup = Rc<RefCell<Option<Gate<Policy>>>>;

fn next(lookup: &OneLookup) -> Gate<Policy> {
    lookup.take().expect("one request, one lookup")
}

fn start_from<P>(request: Request<()>, layer: impl FnOnce(OneLookup) -> CorsLayer<P>) -> UnderWay
where
    P: PolicySource<Future = Gate<Policy>> + Clone,
{
    let (lookup, lookup_gate) = gate();
    let (inner, inner_gate) = gate();
    let called = Rc::default();
    let service = Gated { next: Some(inner_gate), called: Rc::clone(&called) };
    let mut service = layer(Rc::new(RefCell::new(Some(lookup_gate)))).layer(service);
    let task = Task::new(service.call(request));
    UnderWay { task, lookup, inner, called }
}
