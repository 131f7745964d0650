//! How large a response future is: there is one for every response under way.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use tower_cors::{AtOnce, Cors, Policy, ResponseFuture};

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

/// To futures of 16 and 24 bytes, beside which an answer is large, and of 64, 120 and 200.
#[test]
#[cfg(target_pointer_width = "64")]
fn a_response_future_adds_96_bytes_at_most_and_64_to_a_large_one() {
    let small = [added::<2>(), added::<3>(), added::<8>()];
    assert!(small.iter().all(|&bytes| bytes <= 96), "{small:?}");
    let large = [added::<8>(), added::<15>(), added::<25>()];
    assert!(large.iter().all(|&bytes| bytes <= 64), "{large:?}");
}

/// axum clones a service for each request, so there is little of it.
#[test]
#[cfg(target_pointer_width = "64")]
fn a_service_adds_40_bytes_at_most() {
    let added = [
        size_of::<Cors<()>>(),
        size_of::<Cors<(), &'static Policy>>(),
        #[cfg(feature = "reload")]
        size_of::<Cors<(), tower_cors::Reloadable>>(),
    ];
    assert!(added.iter().all(|&bytes| bytes <= 40), "{added:?}");
}

/// Nor does what the inner service answers with make it larger: that is never kept inside.
#[test]
fn a_response_future_does_not_hold_the_response() {
    type Small = ResponseFuture<Words<8, ()>, AtOnce>;
    type Large = ResponseFuture<Words<8, [u8; 1024]>, AtOnce>;
    assert_eq!(size_of::<Small>(), size_of::<Large>());
}
