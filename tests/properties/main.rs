//! What holds for every policy and every request, tried with random ones.
//!
//! `PROPTEST_CASES` sets how many. Seeds of failures are kept beside the files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod caches;
mod cost;
mod described;
mod listing;
mod plain_english;
mod readable;
mod stacking;
mod switches;
mod untouched;

use std::convert::Infallible;

use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{Request, Response};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};
use tower_cors::testing::Body;

fn config() -> Config {
    let seeds = FileFailurePersistence::WithSource("seeds");
    Config {
        failure_persistence: Some(Box::new(seeds)),
        // Random policies often have mistakes; that is no reason to stop early.
        max_local_rejects: u32::MAX,
        ..Config::default()
    }
}

/// A byte that a header value may have.
fn value_byte() -> impl Strategy<Value = u8> {
    prop_oneof![Just(b'\t'), b' '..=b'~', 0x80..=0xffu8]
}

/// The models' futures are never pending for long: nothing here waits for anything.
fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// An application whose responses have a header of each sort.
async fn app(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let response = Response::builder()
        .header(CONTENT_TYPE, "text/plain")
        .header(SET_COOKIE, "a=1")
        .header("x-a", "1")
        .header("x-b", "2");
    Ok(response.body(Body::from("hello")).unwrap())
}
