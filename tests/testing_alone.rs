//! `src/testing` is the judge of this crate, so it uses nothing of it. Here it is a module of another
//! crate: whatever it took from its own would not be found, and this file would not compile.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "in its own crate, all of it is public"
)]
#![allow(clippy::unwrap_used, reason = "its own tests are compiled, too")]

#[path = "../src/testing/mod.rs"]
mod testing;

use std::convert::Infallible;

use http::{Request, Response};
use testing::{Body, CorsFailure, Page, Step, get};

#[tokio::test]
async fn it_works_without_the_rest_of_the_crate() {
    let service = tower::service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(Body::from("hello")))
    });
    let mut page = Page::at("https://app.example", service);
    assert_eq!(page.fetch(get("https://app.example/")).await.unwrap().text(), "hello");
    let error = page.fetch(get("https://api.test/")).await.unwrap_err();
    assert_eq!(error.step(), &Step::CorsCheck(CorsFailure::NoAllowOrigin));
}
