//! How large a response future is: there is one for every response under way.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use tower_cors::{AtOnce, ResponseFuture};

/// A future of so many words, as an `async` block has it: with no invalid values to make use of.
struct Words<const WORDS: usize, B = ()>([usize; WORDS], PhantomData<B>);

impl<const WORDS: usize, B> Future for Words<WORDS, B> {
    type Output = Result<Response<B>, ()>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}

/// How many bytes are added to a future of so many words.
fn added<const WORDS: usize>() -> usize {
    size_of::<ResponseFuture<Words<WORDS>, AtOnce>>() - size_of::<Words<WORDS>>()
}

/// To futures of 16, 24, 64 and 200 bytes.
#[test]
#[cfg(target_pointer_width = "64")]
fn a_response_future_adds_64_bytes_at_most() {
    let added = [added::<2>(), added::<3>(), added::<8>(), added::<25>()];
    assert!(added.iter().all(|&bytes| bytes <= 64), "{added:?}");
}

/// Nor does what the inner service answers with make it larger: that is never kept inside.
#[test]
fn a_response_future_does_not_hold_the_response() {
    type Small = ResponseFuture<Words<8, ()>, AtOnce>;
    type Large = ResponseFuture<Words<8, [u8; 1024]>, AtOnce>;
    assert_eq!(size_of::<Small>(), size_of::<Large>());
}
