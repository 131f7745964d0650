//! What goes out: `Origin`, cookies, headers that the browser adds, and what scripts may not say.

use tower_cors::testing::{
    CacheMode, Engine, Misuse, Mode, Page, ReferrerPolicy, Request, Step, beacon, delete,
    event_source, form_post, get, head, post, put, request,
};

use super::{API, PAGE, page};

const OWN: (&str, &str) = ("access-control-allow-origin", PAGE);

/// The `Origin` of a request by the page, to its own origin or another.
async fn origin(engine: Engine, request: Request) -> Option<String> {
    let mut page = page(200, &[("access-control-allow-origin", "*")]).engine(engine);
    page.fetch(request).await.unwrap();
    page.log().iter().next().unwrap().header("origin").map(ToOwned::to_owned)
}

#[tokio::test]
async fn origins() {
    let own = || Some(PAGE.to_owned());
    let null = || Some("null".to_owned());
    let insecure = "http://api.test/";
    let policy = |policy| post(API).no_cors().referrer_policy(policy);
    let table = [
        (get(API), own()),
        (head(API), own()),
        (get(PAGE), None),
        (put(PAGE), own()),
        (get(API).no_cors(), None),
        (post(API).no_cors(), own()),
        (post(insecure).no_cors(), null()),
        (post(insecure).no_cors().referrer_policy(ReferrerPolicy::UnsafeUrl), own()),
        (policy(ReferrerPolicy::NoReferrer), null()),
        (policy(ReferrerPolicy::SameOrigin), null()),
        (policy(ReferrerPolicy::UnsafeUrl), own()),
        // By the CORS protocol, the origin is shared whatever the policy says.
        (post(API).referrer_policy(ReferrerPolicy::NoReferrer), own()),
    ];
    for (request, expected) in table {
        assert_eq!(origin(Engine::Standard, request.clone()).await, expected, "{request:?}");
    }
    for hidden in [ReferrerPolicy::NoReferrer, ReferrerPolicy::SameOrigin] {
        assert_eq!(origin(Engine::Chromium, policy(hidden)).await, own());
        assert_eq!(origin(Engine::Firefox, policy(hidden)).await, null());
        assert_eq!(origin(Engine::WebKit, policy(hidden)).await, null());
    }
}

/// S8: which policies hide the origin of a request without CORS: from all other origins, from insecure
/// URLs, or from none.
#[tokio::test]
async fn referrer_policies() {
    use ReferrerPolicy as P;
    let own = || Some(PAGE.to_owned());
    let null = || Some("null".to_owned());
    let insecure = "http://api.test/";
    let downgrade =
        [P::NoReferrerWhenDowngrade, P::StrictOrigin, P::StrictOriginWhenCrossOrigin, P::default()];
    let never = [P::Origin, P::OriginWhenCrossOrigin, P::UnsafeUrl];
    for (policies, secure, to_insecure) in [
        (&[P::NoReferrer, P::SameOrigin][..], null(), null()),
        (&downgrade, own(), null()),
        (&never, own(), own()),
    ] {
        for policy in policies {
            let to = |url| origin(Engine::Standard, post(url).no_cors().referrer_policy(*policy));
            assert_eq!((to(API).await, to(insecure).await), (secure.clone(), to_insecure.clone()));
        }
    }
}

#[tokio::test]
async fn opaque_origins() {
    let allow_null = page(200, &[("access-control-allow-origin", "null")]);
    let mut frame = allow_null.open_sandboxed();
    frame.fetch(get(API)).await.unwrap();
    assert_eq!(frame.log().iter().next().unwrap().header("origin"), Some("null"));
    for url in ["data:text/html,x", "file:///x.html"] {
        assert_eq!(allow_null.open(url).origin(), "null");
    }
    assert_eq!(allow_null.open("tauri://localhost").origin(), "tauri://localhost");
    // The URL standard has no lower case for the hosts of schemes that it does not know.
    let extension = "safari-web-extension://4ED7F644-4C5C-4A6B-9B1E-0C5D2C2B7A11";
    assert_eq!(allow_null.open(extension).origin(), extension);
}

#[tokio::test]
async fn cookies() {
    let table = [
        (get(API), None),
        (get(API).credentials_omit(), None),
        (get(API).credentials_include(), Some("a=1; b=2")),
        (get(API).credentials_include().no_cors(), Some("a=1; b=2")),
    ];
    for (request, expected) in table {
        let set = [OWN, ("set-cookie", "a=1"), ("set-cookie", "b=2; Path=/")];
        let mut page = page(200, &set);
        // Kept, though the page may not read the response.
        page.fetch(get(API).credentials_include()).await.unwrap_err();
        page.fetch(request).await.ok();
        let last = page.log().iter().next_back().unwrap();
        assert_eq!(last.header("cookie"), expected);
    }
    let mut page = page(200, &[("set-cookie", "a=1")]);
    page.fetch(get(PAGE)).await.unwrap();
    page.fetch(get(PAGE)).await.unwrap();
    assert_eq!(page.log().iter().next_back().unwrap().header("cookie"), Some("a=1"));
}

#[tokio::test]
async fn fetch_metadata() {
    let table = [
        (PAGE, PAGE, Some("same-origin")),
        (PAGE, "https://api.app.example/", Some("same-site")),
        (PAGE, API, Some("cross-site")),
        (PAGE, "http://api.test/", None),
        ("http://localhost:3000", "http://localhost:8000/", Some("same-site")),
    ];
    for (at, url, expected) in table {
        let mut page = page(200, &[("access-control-allow-origin", "*")]).open(at);
        page.fetch(get(url)).await.unwrap();
        assert_eq!(page.log().iter().next().unwrap().header("sec-fetch-site"), expected, "{url}");
    }
}

#[tokio::test]
async fn headers_that_scripts_cannot_set_are_dropped() {
    let mut page = page(200, &[OWN]);
    let request = get(API).header("Cookie", "a=1").header("X-HTTP-Method-Override", "TRACE");
    page.fetch(request).await.unwrap();
    assert_eq!(page.log().methods(), ["GET"]);
    let dropped = page.log().iter().next().unwrap().dropped_headers();
    assert_eq!(dropped, ["cookie", "x-http-method-override"]);
    assert_eq!(
        page.log().to_string(),
        "GET https://api.test/ -> 200; cookie was dropped: scripts cannot set it; \
         x-http-method-override was dropped: scripts cannot set it",
    );
}

/// HTTP-network-or-cache fetch: how long the body is, if anybody knows; and what caches on the way are
/// told.
#[tokio::test]
async fn headers_that_the_browser_adds() {
    let cache = |mode| get(PAGE).cache(mode);
    let own = |request: Request| request.header("cache-control", "max-age=9");
    let table = [
        (get(PAGE), [None, None, None]),
        (post(PAGE), [Some("0"), None, None]),
        (put(PAGE), [Some("0"), None, None]),
        (delete(PAGE), [None, None, None]),
        (post(PAGE).text("hello"), [Some("5"), None, None]),
        (post(PAGE).text(""), [Some("0"), None, None]),
        (post(PAGE).stream("hello"), [None, None, None]),
        (cache(CacheMode::ForceCache), [None, None, None]),
        (cache(CacheMode::NoCache), [None, Some("max-age=0"), None]),
        (own(cache(CacheMode::NoCache)), [None, Some("max-age=9"), None]),
        (cache(CacheMode::NoStore), [None, Some("no-cache"), Some("no-cache")]),
        (cache(CacheMode::Reload), [None, Some("no-cache"), Some("no-cache")]),
        (own(cache(CacheMode::Reload)), [None, Some("max-age=9"), Some("no-cache")]),
        (get(PAGE).header("if-match", "1"), [None, Some("no-cache"), Some("no-cache")]),
    ];
    for (request, expected) in table {
        let mut page = page(200, &[]);
        page.fetch(request.clone()).await.unwrap();
        let sent = page.log().actual().next().unwrap();
        let headers = ["content-length", "cache-control", "pragma"].map(|name| sent.header(name));
        assert_eq!(headers, expected, "{request:?}");
    }
}

#[tokio::test]
async fn what_is_in_the_log() {
    let mut page = page(200, &[OWN, ("access-control-allow-methods", "PUT"), ("x-a", "1")]);
    assert!(page.log().is_empty() && page.log().to_string().is_empty());
    page.fetch(put(API)).await.unwrap();
    let log = page.log();
    assert!(!log.is_empty() && log.len() == 2);
    assert_eq!(
        log.to_string(),
        "OPTIONS https://api.test/ (preflight) -> 200\nPUT https://api.test/ -> 200"
    );
    let [preflight, sent] = [log.preflights().next().unwrap(), log.actual().next().unwrap()];
    assert!(preflight.is_preflight() && !sent.is_preflight());
    assert_eq!((sent.method(), sent.url()), (&http::Method::PUT, API));
    assert_eq!(sent.status(), Some(http::StatusCode::OK));
    // All headers of the response, though the script sees few of them.
    assert_eq!(sent.response_headers().unwrap()["x-a"], "1");
    page.clear_log();
    assert!(page.log().is_empty());
}

#[tokio::test]
async fn many_headers_at_once() {
    let mut page = page(200, &[OWN, ("access-control-allow-headers", "x-a, x-b")]);
    let headers = vec![("x-b".to_owned(), "2"), ("x-a".to_owned(), "1")];
    page.fetch(get(API).header("x-b", "1").headers(headers)).await.unwrap();
    let sent = page.log().actual().next().unwrap();
    let values: Vec<_> = sent.headers().get_all("x-b").iter().collect();
    assert_eq!(values, ["1", "2"]);
    assert_eq!(sent.header("x-a"), Some("1"));
    // A log is what a loop can go over.
    for sent in page.log() {
        assert_eq!(sent.url(), API);
    }
}

/// `http` has no header values with control bytes, so the model cannot send them, as browsers do.
#[tokio::test]
async fn control_bytes_are_misuse() {
    let mut page = page(200, &[OWN]);
    let error = page.fetch(get(API).header("accept", "\u{1}")).await.unwrap_err();
    let misuse = Misuse::InvalidHeader("accept".into(), "\u{1}".into());
    assert_eq!(error.step(), &Step::Request(misuse));
    assert!(error.to_string().contains("`accept: \\u{1}` is not a header"), "{error}");
}

#[tokio::test]
async fn misuse() {
    let mut page = page(200, &[]);
    let error = page.fetch(request("TRACK", API)).await.unwrap_err();
    assert_eq!(error.step(), &Step::Request(Misuse::ForbiddenMethod("TRACK".into())));
    assert!(error.sent().is_none() && page.log().is_empty());
    let mut nowhere = Page::at("nowhere", page.get_ref().clone());
    let error = nowhere.fetch(get(API)).await.unwrap_err();
    assert_eq!(error.step(), &Step::Request(Misuse::InvalidPage("nowhere".into())));
    assert!(page.log().is_empty());
}

/// Beside HTTP there is no scheme that a server gets requests of: scheme fetch.
#[tokio::test]
async fn what_is_not_http_is_not_sent() {
    let url = "nothttp://api.test/";
    let mut page = page(200, &[("access-control-allow-origin", "*")]);
    let requests = [
        get(url),
        get(url).no_cors(),
        post(url).no_cors().text("x"),
        put(url),
        get(url).mode(Mode::SameOrigin),
        get(url).for_font(),
        get("ws://api.test/"),
        get("mailto:a@b.test"),
        get("about:blank"),
        get("file:///x").no_cors(),
        event_source(url),
        form_post(url, [("a", "1")]),
    ];
    for request in requests {
        let error = page.fetch(request.clone()).await.unwrap_err();
        assert_eq!(error.step(), &Step::Scheme, "{request:?}");
        assert!(error.is_network_error() && error.sent().is_none(), "{error}");
        assert!(error.needed().is_empty() && error.step().link().ends_with("#scheme-fetch"));
    }
    // Not even by a page of the same origin.
    let mut app = page.open("nothttp://api.test/");
    assert_eq!(app.fetch(get(url)).await.unwrap_err().step(), &Step::Scheme);
    // `sendBeacon()` throws.
    for url in [url, "mailto:a@b.test"] {
        let error = page.fetch(beacon(url).text("x")).await.unwrap_err();
        assert_eq!(error.step(), &Step::Request(Misuse::UrlNotForBeacons(url.into())));
        assert!(!error.is_network_error(), "{error}");
    }
    // What a browser answers itself is nothing to test a server with.
    let error = page.fetch(get("data:,x")).await.unwrap_err();
    assert_eq!(error.step(), &Step::Request(Misuse::InvalidUrl("data:,x".into())));
    assert!(page.log().is_empty() && app.log().is_empty());
}

#[tokio::test]
async fn what_the_mode_does_not_let_out() {
    let mut page = page(200, &[]);
    for request in [
        get(API).mode(Mode::SameOrigin),
        get(API).no_cors().redirect(tower_cors::testing::Redirect::Manual),
    ] {
        let error = page.fetch(request).await.unwrap_err();
        assert_eq!(error.step(), &Step::Mode);
    }
    assert!(page.log().is_empty());
}
