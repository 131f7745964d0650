//! What a script sees of a response.

use tower_cors::testing::{AnswerKind, Engine, Step, get};

use super::{API, PAGE, page};

const OWN: (&str, &str) = ("access-control-allow-origin", PAGE);

#[tokio::test]
async fn exposed_headers() {
    let include = || get(API).credentials_include();
    let table: [(_, &[&'static str], &[&str]); 8] = [
        (get(API), &[], &["content-type"]),
        (get(API), &["X-A"], &["content-type", "x-a"]),
        (get(API), &["x-a", "x-b,"], &["content-type", "x-a", "x-b"]),
        (get(API), &["x-a, x b"], &["content-type"]),
        (get(API), &["*"], &["access-control-expose-headers", "content-type", "x-a", "x-b"]),
        (get(API), &["set-cookie"], &["content-type"]),
        (include(), &["*"], &["content-type"]),
        (include(), &["*, x-b"], &["content-type", "x-b"]),
    ];
    let interesting = ["access-control-expose-headers", "content-type", "set-cookie", "x-a", "x-b"];
    for (request, exposed, expected) in table {
        let mut headers = vec![
            OWN,
            ("access-control-allow-credentials", "true"),
            ("content-type", "text/plain"),
            ("set-cookie", "a=1"),
            ("x-a", "1"),
            ("x-b", "2"),
        ];
        headers.extend(exposed.iter().map(|value| ("access-control-expose-headers", *value)));
        let answer = page(200, &headers).fetch(request).await.unwrap();
        let seen = interesting.into_iter().filter(|name| answer.header(name).is_some());
        assert_eq!(seen.collect::<Vec<_>>(), expected, "{exposed:?}");
    }
}

#[tokio::test]
async fn lines_are_combined() {
    let headers = [OWN, ("access-control-expose-headers", "x-a"), ("x-a", "1"), ("x-a", "2")];
    let answer = page(200, &headers).fetch(get(API)).await.unwrap();
    assert_eq!(answer.header("X-A").as_deref(), Some("1, 2"));
    assert_eq!(answer.headers().get_all("x-a").iter().count(), 2);
    assert_eq!((answer.bytes(), answer.text()), (&"hello".into(), "hello".into()));
    assert!(!answer.is_opaque() && !answer.was_redirected());
}

#[tokio::test]
async fn every_status_is_shared() {
    for status in [200, 204, 304, 400, 401, 404, 500, 599] {
        let answer = page(status, &[OWN]).fetch(get(API)).await.unwrap();
        assert_eq!((answer.kind(), answer.status()), (AnswerKind::Cors, status));
    }
    let texts = [(200, "OK"), (404, "Not Found"), (599, "")];
    for (status, text) in texts {
        assert_eq!(page(status, &[OWN]).fetch(get(API)).await.unwrap().status_text(), text);
    }
    let opaque = page(200, &[]).fetch(get(API).no_cors()).await.unwrap();
    assert_eq!(opaque.status_text(), "");
}

#[tokio::test]
async fn to_the_page_itself_nothing_but_cookies_is_hidden() {
    let mut page = page(200, &[("x-a", "1"), ("set-cookie", "a=1")]);
    let answer = page.fetch(get(PAGE)).await.unwrap();
    assert_eq!(answer.kind(), AnswerKind::Basic);
    assert_eq!(answer.header("x-a").as_deref(), Some("1"));
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn opaque_responses_and_their_resource_policy() {
    let policy = |value| ("cross-origin-resource-policy", value);
    let table = [
        (PAGE, policy("cross-origin"), true),
        (PAGE, policy("same-site"), false),
        (PAGE, policy("same-origin"), false),
        (PAGE, ("x-a", "1"), true),
        ("https://app.api.test", policy("same-site"), true),
        ("https://app.api.test", policy("same-origin"), false),
    ];
    for (at, header, allowed) in table {
        let mut page = page(404, &[header]).open(at);
        match page.fetch(get(API).no_cors()).await {
            Ok(answer) => {
                assert!(allowed && answer.is_opaque(), "{at} {header:?}");
                assert_eq!((answer.status(), answer.text().len(), answer.url()), (0, 0, ""));
            }
            Err(error) => {
                assert!(!allowed, "{error}");
                assert_eq!(error.step(), &Step::ResourcePolicy);
            }
        }
        // It has no say in requests by the CORS protocol.
        super::page(200, &[OWN, header]).fetch(get(API)).await.unwrap();
    }
}

/// S25: of one site may be two schemes, but what came securely is not for an insecure page.
#[tokio::test]
async fn the_resource_policy_same_site_and_schemes() {
    let table = [
        ("https://app.api.test", "https://api.test/", true),
        ("http://app.api.test", "http://api.test/", true),
        ("https://app.api.test", "http://api.test/", true),
        ("http://app.api.test", "https://api.test/", false),
        ("https://app.other.test", "http://api.test/", false),
    ];
    for (at, url, allowed) in table {
        let mut page = page(200, &[("cross-origin-resource-policy", "same-site")]).open(at);
        let outcome = page.fetch(get(url).no_cors()).await;
        assert_eq!(outcome.is_ok(), allowed, "{at} {url}");
    }
    let mut frame = page(200, &[("cross-origin-resource-policy", "same-site")]).open_sandboxed();
    frame.fetch(get(API).no_cors()).await.unwrap_err();
}

#[tokio::test]
async fn fonts_come_without_cors_in_one() {
    let kept_in = ("cross-origin-resource-policy", "same-origin");
    let cookie = ("set-cookie", "a=1");
    for engine in [Engine::Standard, Engine::Chromium, Engine::Firefox, Engine::WebKit] {
        let by_cors = engine != Engine::WebKit;
        let mut denied = page(200, &[]).engine(engine);
        assert_eq!(denied.fetch(get(API).for_font()).await.is_err(), by_cors, "{engine:?}");
        let mut kept = page(200, &[OWN, kept_in]).engine(engine);
        assert_eq!(kept.fetch(get(API).for_font()).await.is_ok(), by_cors, "{engine:?}");

        let mut page = page(200, &[OWN, ("access-control-allow-credentials", "true"), cookie]);
        page.fetch(get(API).credentials_include()).await.unwrap();
        let mut page = page.engine(engine);
        page.clear_log();
        assert_eq!(page.fetch(get(API).for_font()).await.unwrap().status(), 200);
        let sent = page.log().iter().next().unwrap();
        let expected = if by_cors { (Some(PAGE), None) } else { (None, Some("a=1")) };
        assert_eq!((sent.header("origin"), sent.header("cookie")), expected, "{engine:?}");
    }
}
