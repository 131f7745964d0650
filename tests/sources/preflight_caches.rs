//! What a browser remembers of a policy that has been replaced.

use std::convert::Infallible;
use std::time::Duration;

use http::{Request, Response};
use tower::{Layer, service_fn};
use tower_cors::testing::{self, Body, CorsFailure, Page, Step};
use tower_cors::{CorsLayer, Policy, PolicyBuilder, Reloadable};

const API: &str = "https://api.example/items/1";
const APP: &str = "https://app.example";
const HOUR: Duration = Duration::from_secs(3600);

async fn app(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::default()))
}

/// A page that has just been allowed to `PUT`, for an hour.
async fn allowed_for_an_hour() -> (Reloadable, Page) {
    let policy = Reloadable::new(rule().max_age(HOUR).build().unwrap());
    let service = CorsLayer::new(policy.clone()).layer(service_fn(app));
    let mut page = Page::at(APP, service).boxed();
    page.fetch(testing::put(API)).await.unwrap();
    assert_eq!(page.log().methods(), ["OPTIONS", "PUT"]);
    page.clear_log();
    (policy, page)
}

fn rule() -> PolicyBuilder<tower_cors::MayBeCredentialed> {
    Policy::allow_origins([APP]).allow_methods(["PUT"])
}

#[tokio::test]
async fn what_was_allowed_is_sent_until_it_is_forgotten() {
    let (policy, mut page) = allowed_for_an_hour().await;
    policy.replace(Policy::deny_all());

    page.wait(Duration::from_secs(3599));
    let error = page.fetch(testing::put(API)).await.unwrap_err();
    assert_eq!(page.log().methods(), ["PUT"], "sent without asking");
    assert_eq!(error.step(), &Step::CorsCheck(CorsFailure::NoAllowOrigin), "and not readable");
    page.clear_log();

    page.wait(Duration::from_secs(1));
    let error = page.fetch(testing::put(API)).await.unwrap_err();
    assert_eq!(page.log().methods(), ["OPTIONS"]);
    assert_eq!(error.step(), &Step::PreflightCorsCheck(CorsFailure::NoAllowOrigin));
}

#[tokio::test]
async fn a_method_that_is_taken_away_is_sent_and_its_response_readable() {
    let (policy, mut page) = allowed_for_an_hour().await;
    policy.replace(Policy::allow_origins([APP]).build().unwrap());
    page.fetch(testing::put(API)).await.unwrap();
    assert_eq!(page.log().methods(), ["PUT"]);
}

/// First nothing is remembered any more, then what was remembered is forgotten, then the policy is
/// tightened.
#[tokio::test]
async fn nothing_is_remembered_of_a_policy_without_max_age() {
    let (policy, mut page) = allowed_for_an_hour().await;
    policy.replace(rule().max_age(Duration::ZERO).build().unwrap());
    page.wait(HOUR);
    page.fetch(testing::put(API)).await.unwrap();
    assert_eq!(page.log().methods(), ["OPTIONS", "PUT"]);
    page.clear_log();

    policy.replace(Policy::deny_all());
    page.fetch(testing::put(API)).await.unwrap_err();
    assert_eq!(page.log().methods(), ["OPTIONS"], "asked, and not sent");
}
