//! The CORS-preflight fetch: when there is one, what it asks, and which answers will do.

use http::StatusCode;
use tower_cors::testing::{
    CorsFailure, Engine, Error, Request, Step, get, patch, post, put, request,
};

use super::{API, PAGE, page, preflighted};

const OWN: (&str, &str) = ("access-control-allow-origin", PAGE);
const ANY: (&str, &str) = ("access-control-allow-origin", "*");
const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");

fn methods(value: &'static str) -> (&'static str, &'static str) {
    ("access-control-allow-methods", value)
}

fn headers(value: &'static str) -> (&'static str, &'static str) {
    ("access-control-allow-headers", value)
}

#[tokio::test]
async fn every_ok_status_will_do_and_no_other() {
    for status in [200, 201, 204, 206, 299] {
        let mut page = preflighted(status, &[OWN, methods("PUT")]);
        page.fetch(put(API)).await.unwrap();
    }
    for status in [300, 301, 302, 304, 400, 403, 404, 500, 503] {
        let mut page = preflighted(status, &[OWN, methods("PUT")]);
        let error = page.fetch(put(API)).await.unwrap_err();
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(error.step(), &Step::PreflightStatus(status));
        assert_eq!(page.log().methods(), ["OPTIONS"]);
    }
}

#[tokio::test]
async fn what_it_asks() {
    let mut page = preflighted(204, &[OWN, methods("PUT"), headers("x-b, x-a, content-type")]);
    let request = put(API).header("X-B", "1").header("x-a", "1").header("accept", "text/html");
    page.fetch(request.json("{}")).await.unwrap();
    let preflight = page.log().iter().next().unwrap();
    let mut sent: Vec<_> = preflight
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    sent.sort();
    assert_eq!(
        sent,
        [
            "accept: */*",
            "access-control-request-headers: content-type,x-a,x-b",
            "access-control-request-method: PUT",
            "host: api.test",
            "origin: https://app.example",
            "sec-fetch-dest: empty",
            "sec-fetch-mode: cors",
            "sec-fetch-site: cross-site",
        ]
    );
}

#[tokio::test]
async fn answers() {
    let lower_patch = || request("patch", API);
    let with = |name: &str| get(API).header(name, "1");
    let include = |name: &str| with(name).credentials_include();
    let method = |name: &str| Some(Step::MethodNotAllowed(name.into()));
    let header = |name: &str| Some(Step::HeaderNotAllowed(name.into()));
    let check = |failure| Some(Step::PreflightCorsCheck(failure));
    let table = [
        (put(API), vec![OWN, methods("PUT")], None),
        (put(API), vec![ANY, methods("get,, PUT")], None),
        (put(API), vec![OWN, methods("put")], method("PUT")),
        (put(API), vec![OWN], method("PUT")),
        (put(API), vec![OWN, methods("PUT/")], Some(Step::PreflightMethods)),
        (put(API), vec![ANY, methods("*")], None),
        (put(API), vec![], check(CorsFailure::NoAllowOrigin)),
        (patch(API), vec![OWN, methods("PATCH")], None),
        (lower_patch(), vec![OWN, methods("PATCH")], method("patch")),
        (put(API).credentials_include(), vec![OWN, CREDENTIALS, methods("PUT")], None),
        (put(API).credentials_include(), vec![OWN, CREDENTIALS, methods("*")], method("PUT")),
        (
            put(API).credentials_include(),
            vec![ANY, CREDENTIALS, methods("PUT")],
            check(CorsFailure::WildcardWithCredentials),
        ),
        (
            put(API).credentials_include(),
            vec![OWN, methods("PUT")],
            check(CorsFailure::NoAllowCredentials),
        ),
        (with("x-a"), vec![OWN, headers("X-A")], None),
        (with("x-a"), vec![OWN, headers("x-b")], header("x-a")),
        (with("x-a"), vec![OWN, headers("x a")], Some(Step::PreflightHeaders)),
        (with("x-a"), vec![OWN, headers("*")], None),
        (include("x-a"), vec![OWN, CREDENTIALS, headers("*")], header("x-a")),
        (with("authorization"), vec![OWN, headers("*")], Some(Step::AuthorizationNotAllowed)),
        (with("authorization"), vec![OWN, headers("*, Authorization")], None),
        (with("authorization"), vec![OWN], header("authorization")),
        (post(API).upload_listener(), vec![OWN], None),
        (post(API).stream("x"), vec![OWN], None),
        (put(API).upload_listener(), vec![OWN, methods("DELETE")], method("PUT")),
        // The standard lets the flag stand in for the list of methods, whatever the method is.
        (put(API).upload_listener(), vec![OWN], None),
    ];
    for (request, answer, expected) in table {
        let what = format!("{request:?}\n{answer:?}");
        let outcome = preflighted(204, &answer).fetch(request).await;
        assert_eq!(outcome.as_ref().err().map(Error::step), expected.as_ref(), "{what}");
    }
}

#[tokio::test]
async fn the_engines_let_a_wildcard_cover_authorization() {
    for engine in [Engine::Chromium, Engine::Firefox, Engine::WebKit] {
        let mut page = preflighted(204, &[OWN, headers("*")]).engine(engine);
        page.fetch(get(API).header("authorization", "1")).await.unwrap();
    }
}

/// S6: the standard lets the preflight of an upload stand in for a list of methods, and no engine does.
#[tokio::test]
async fn the_engines_want_the_method_of_an_upload_listed() {
    for engine in [Engine::Standard, Engine::Chromium, Engine::Firefox, Engine::WebKit] {
        let page = || preflighted(204, &[OWN]).engine(engine);
        let upload = put(API).text("x").upload_listener();
        let error = page().fetch(upload).await.err().map(|error| error.step().clone());
        let expected = (engine != Engine::Standard).then(|| Step::MethodNotAllowed("PUT".into()));
        assert_eq!(error, expected, "{engine:?}");
        page().fetch(post(API).text("x").upload_listener()).await.unwrap();
    }
}

#[tokio::test]
async fn one_does_not_count_an_upload_of_nothing() {
    for engine in [Engine::Standard, Engine::Chromium, Engine::Firefox, Engine::WebKit] {
        let preflights = async |request: Request| {
            let mut page = preflighted(204, &[OWN, methods("PUT")]).engine(engine);
            page.fetch(request.upload_listener()).await.unwrap();
            page.log().preflights().count()
        };
        let of_nothing = usize::from(engine != Engine::Chromium);
        assert_eq!(preflights(post(API)).await, of_nothing, "{engine:?}");
        assert_eq!(preflights(post(API).text("")).await, 1, "{engine:?}");
        assert_eq!(preflights(put(API)).await, 1, "{engine:?}");
    }
}

#[tokio::test]
async fn a_preflight_has_no_credentials_and_keeps_no_cookies() {
    let mut page = page(204, &[OWN, CREDENTIALS, methods("PUT"), ("set-cookie", "a=1")]);
    page.fetch(put(API).credentials_include()).await.unwrap();
    page.fetch(put(API).credentials_include()).await.unwrap();
    let cookies: Vec<_> = page.log().iter().map(|sent| sent.header("cookie")).collect();
    assert_eq!(cookies, [None, None, Some("a=1")]);
}
