//! Requests that are not `fetch()`: beacons, event streams, forms; and those that outlive their page.

use tower_cors::testing::{
    AnswerKind, Engine, Misuse, Mode, Page, Redirect, ReferrerPolicy, Request, Step, beacon,
    event_source, form_post, get, post,
};

use super::{API, PAGE, Server, page, respond, server};

const OWN: (&str, &str) = ("access-control-allow-origin", PAGE);
const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");
const COOKIE: (&str, &str) = ("set-cookie", "a=1");

/// Some headers of the last request.
fn last<'a>(page: &'a Page<Server>, names: &[&str]) -> Vec<Option<&'a str>> {
    let sent = page.log().into_iter().next_back().unwrap();
    names.iter().map(|name| sent.header(name)).collect()
}

/// A page that has a cookie of the API.
async fn with_cookie(status: u16, headers: &[(&'static str, &'static str)]) -> Page<Server> {
    let mut page = page(status, &[headers, &[COOKIE]].concat());
    page.fetch(get(API).no_cors().credentials_include()).await.unwrap();
    page.clear_log();
    page
}

/// S27: a beacon carries credentials, whatever else it is.
#[tokio::test]
async fn beacons() {
    let mut page = with_cookie(200, &[OWN, CREDENTIALS]).await;
    for body in [beacon(API), beacon(API).text("x"), beacon(API).credentials_omit().text("x")] {
        let answer = page.fetch(body).await.unwrap();
        assert_eq!((answer.kind(), answer.status()), (AnswerKind::Opaque, 0));
        let names = ["origin", "cookie", "sec-fetch-mode", "sec-fetch-dest"];
        let expected = [PAGE, "a=1", "no-cors", "empty"].map(Some);
        assert_eq!(last(&page, &names), expected);
    }
    assert_eq!(page.log().methods(), ["POST", "POST", "POST"]);

    // With another type, by CORS.
    let json = || beacon(API).header("x-a", "1").json("{}");
    let error = page.fetch(json()).await.unwrap_err();
    assert_eq!(error.step(), &Step::HeaderNotAllowed("content-type".into()));
    let allowed = [OWN, CREDENTIALS, ("access-control-allow-headers", "content-type")];
    let mut page = with_cookie(200, &allowed).await;
    assert!(page.fetch(json()).await.unwrap().is_opaque());
    assert_eq!(page.log().methods(), ["OPTIONS", "POST"]);
    let names = ["origin", "cookie", "content-type", "x-a", "sec-fetch-mode"];
    let expected = [Some(PAGE), Some("a=1"), Some("application/json"), None, Some("cors")];
    assert_eq!(last(&page, &names), expected);
    let typed = beacon(API).body("<a/>", Some("application/xml"));
    page.fetch(typed).await.unwrap();
    assert_eq!(last(&page, &["content-type"]), [Some("application/xml")]);
}

#[tokio::test]
async fn at_most_64_kib_outlive_a_page() {
    let text = |length| "a".repeat(length);
    let mut page = page(200, &[OWN, CREDENTIALS, ("access-control-allow-headers", "content-type")]);
    for request in [post(API).keepalive(), beacon(API)] {
        page.fetch(request.clone().text(text(65_536))).await.unwrap();
        let error = page.fetch(request.text(text(65_537))).await.unwrap_err();
        assert_eq!(error.step(), &Step::KeepaliveBody);
        assert!(error.is_network_error() && error.sent().is_none(), "{error}");
    }
    page.fetch(post(API).text(text(65_537))).await.unwrap();
    page.open(PAGE).engine(Engine::Firefox).fetch(beacon(API).text(text(65_537))).await.unwrap();
    page.clear_log();
    // sendBeacon() asks nobody; fetch() has its preflight first.
    page.fetch(beacon(API).json(text(65_537))).await.unwrap_err();
    assert_eq!(page.log().methods(), [] as [&str; 0]);
    page.fetch(post(API).keepalive().json(text(65_537))).await.unwrap_err();
    assert_eq!(page.log().methods(), ["OPTIONS"]);
    let error = page.fetch(post(API).keepalive().stream("x")).await.unwrap_err();
    assert_eq!(error.step(), &Step::Request(Misuse::StreamNotForKeepalive));
}

#[tokio::test]
async fn event_sources() {
    let stream = ("content-type", "text/event-stream; charset=utf-8");
    let mut page = with_cookie(200, &[OWN, CREDENTIALS, stream]).await;
    let names = ["origin", "cookie", "accept", "cache-control", "last-event-id", "x-a"];
    let no_cache = Some("no-cache");
    let accept = Some("text/event-stream");
    let answer = page.fetch(event_source(API)).await.unwrap();
    assert_eq!((answer.kind(), answer.status(), &*answer.text()), (AnswerKind::Cors, 200, ""));
    assert_eq!(last(&page, &names), [Some(PAGE), None, accept, no_cache, None, None]);
    // A browser that reconnects says where it was: without a preflight.
    let request = event_source(API).credentials_include();
    let request = request.headers([("last-event-id", "7"), ("x-a", "1")]).upload_listener();
    page.fetch(request).await.unwrap();
    assert_eq!(last(&page, &names), [Some(PAGE), Some("a=1"), accept, no_cache, Some("7"), None]);
    assert_eq!(page.log().methods(), ["GET", "GET"]);
}

#[tokio::test]
async fn what_is_not_an_event_stream() {
    let stream = ("content-type", "text/event-stream");
    for (status, content_type) in [(204, stream), (200, ("content-type", "text/plain"))] {
        let mut page = page(status, &[OWN, content_type]);
        let error = page.fetch(event_source(API)).await.unwrap_err();
        assert_eq!(error.step(), &Step::NotAnEventStream);
        assert_eq!(error.needed(), ["status 200", "content-type: text/event-stream"]);
    }
    let error = page(200, &[stream]).fetch(event_source(API)).await.unwrap_err();
    assert!(matches!(error.step(), Step::CorsCheck(_)), "{error}");
    page(200, &[stream]).fetch(event_source(PAGE)).await.unwrap();
}

#[tokio::test]
async fn forms() {
    let form = || form_post(API, [("a", "1 ü"), ("b", "&")]);
    let mut page = with_cookie(403, &[("x-a", "1")]).await;
    let answer = page.fetch(form().header("x-a", "1").credentials_omit()).await.unwrap();
    assert_eq!((answer.kind(), answer.status()), (AnswerKind::Navigation, 403));
    assert_eq!((&*answer.text(), answer.header("x-a").as_deref()), ("hello", Some("1")));
    assert_eq!(page.log().methods(), ["POST"]);
    let names = ["origin", "cookie", "content-type", "x-a", "sec-fetch-mode", "sec-fetch-dest"];
    let urlencoded = Some("application/x-www-form-urlencoded");
    let navigate = [Some("navigate"), Some("document")];
    let expected = [&[Some(PAGE), Some("a=1"), urlencoded, None], &navigate[..]].concat();
    assert_eq!(last(&page, &names), expected);
    assert_eq!(last(&page, &["content-length"]), [Some("16")]);

    let plain = form().body("a=1", Some("text/plain"));
    page.fetch(plain).await.unwrap();
    assert_eq!(last(&page, &["content-type"]), [Some("text/plain")]);
    // Resource policies are not for navigations.
    let mut kept_in = super::page(200, &[("cross-origin-resource-policy", "same-origin")]);
    kept_in.fetch(form()).await.unwrap();
}

/// The `Origin` of a form, by the policy of its page.
#[tokio::test]
async fn the_origin_of_a_form() {
    let origin = async |request: Request| {
        // Chromium hides it here, and not from scripts.
        let mut page = page(200, &[]).engine(Engine::Chromium);
        page.fetch(request).await.unwrap();
        page.log().iter().next().unwrap().header("origin").unwrap().to_owned()
    };
    let form = |url| form_post(url, [("a", "1")]);
    assert_eq!(origin(form(API)).await, PAGE);
    assert_eq!(origin(form("http://api.test/")).await, "null");
    for url in [API, PAGE] {
        let policy = |policy| form(url).referrer_policy(policy);
        assert_eq!(origin(policy(ReferrerPolicy::NoReferrer)).await, "null");
        assert_eq!(origin(policy(ReferrerPolicy::UnsafeUrl)).await, PAGE);
        let expected = if url == PAGE { PAGE } else { "null" };
        assert_eq!(origin(policy(ReferrerPolicy::SameOrigin)).await, expected);
    }
}

#[tokio::test]
async fn a_form_follows_redirects() {
    let service = server(|request| match request.uri().path() {
        "/303" => respond(303, &[("location", "https://other.test/")]),
        "/307" => respond(307, &[("location", "https://other.test/")]),
        _ => respond(200, &[]),
    });
    let mut page = Page::at(PAGE, service).engine(Engine::Standard);
    let form = |path: &str| form_post(format!("{API}{path}"), [("a", "1")]);
    let answer = page.fetch(form("303").redirect(Redirect::Error)).await.unwrap();
    assert_eq!(answer.url(), "https://other.test/");
    page.fetch(form("307")).await.unwrap();
    let origins: Vec<_> = page.log().iter().map(|sent| sent.header("origin")).collect();
    assert_eq!(page.log().methods(), ["POST", "GET", "POST", "POST"]);
    assert_eq!(origins, [Some(PAGE), None, Some(PAGE), Some("null")]);
}

#[tokio::test]
async fn scripts_do_not_navigate() {
    let error = page(200, &[]).fetch(post(API).mode(Mode::Navigate)).await.unwrap_err();
    assert_eq!(error.step(), &Step::Request(Misuse::NavigateNotForScripts));
    assert!(error.to_string().contains("testing::form_post"), "{error}");
}
