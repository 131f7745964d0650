//! Futures that a test opens by hand.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// A future that is ready when its [`Key`] opens it. It panics when it is polled after that.
pub(crate) struct Gate<T>(Arc<Mutex<State<T>>>);

/// Opens a [`Gate`], and sees what becomes of it.
pub(crate) struct Key<T>(Arc<Mutex<State<T>>>);

struct State<T> {
    value: Option<T>,
    waker: Option<Waker>,
    polls: usize,
    passed: bool,
    dropped: bool,
}

pub(crate) fn gate<T>() -> (Key<T>, Gate<T>) {
    let state = State { value: None, waker: None, polls: 0, passed: false, dropped: false };
    let state = Arc::new(Mutex::new(state));
    (Key(Arc::clone(&state)), Gate(state))
}

impl<T> Key<T> {
    pub(crate) fn open(&self, value: T) {
        let mut state = self.0.lock().unwrap();
        state.value = Some(value);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    /// How often the future was polled.
    pub(crate) fn polls(&self) -> usize {
        self.0.lock().unwrap().polls
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.0.lock().unwrap().dropped
    }
}

impl<T> Future for Gate<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let mut state = self.0.lock().unwrap();
        assert!(!state.passed, "polled after it was ready");
        state.polls += 1;
        let Some(value) = state.value.take() else {
            state.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        state.passed = true;
        Poll::Ready(value)
    }
}

impl<T> Drop for Gate<T> {
    fn drop(&mut self) {
        // A test that failed has poisoned it, and should say only why it failed.
        if let Ok(mut state) = self.0.lock() {
            state.dropped = true;
        }
    }
}
