//! The HTTP cache between pages and a server.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tower::ServiceBuilder;
use tower_cors::testing::{
    CacheMode, Clock, CorsFailure, Engine, Error, HttpCache, Misuse, Mode, Page, Redirect, Request,
    Sent, Step, delete, form_post, get, head, options, put,
};

use super::{API, PAGE, Server, respond, server};

type Headers = &'static [(&'static str, &'static str)];

/// How often the server is asked if these are requested one second after the other.
async fn asked(
    new: fn(Server) -> HttpCache<Server>,
    headers: Headers,
    requests: &[Request],
) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let service = server(move |request| {
        counter.fetch_add(1, Ordering::SeqCst);
        let known = request.headers().contains_key("if-none-match");
        let status = if known { 304 } else { 200 };
        respond(status, &[&[("access-control-allow-origin", "*")], headers].concat())
    });
    let mut page = Page::at(PAGE, new(service));
    for request in requests {
        let answer = page.fetch(request.clone()).await.unwrap();
        assert_eq!((answer.status(), &*answer.text()), (200, "hello"));
        page.wait(Duration::from_secs(1));
    }
    count.load(Ordering::SeqCst)
}

#[tokio::test]
async fn what_is_kept() {
    let twice = [get(API), get(API)];
    let mode = |cache| [get(API), get(API).cache(cache)];
    let not_into_it = [get(API).cache(CacheMode::NoStore), get(API)];
    let other = "https://api.test/other";
    let in_turn = [get(API), get(other), get(API), get(other)];
    let accept = |value| get(API).header("accept", value);
    let variants = [accept("a"), accept("b"), accept("a"), accept("b")];
    let up_to = |age| [get(PAGE), get(PAGE).header("cache-control", age)];
    let authorized = [(); 2].map(|()| get(PAGE).header("authorization", "a"));
    let table: [(&'static [_], &[Request], usize, usize); 24] = [
        (&[("cache-control", "max-age=60")], &twice, 1, 1),
        (&[("cache-control", "max-age=1")], &twice, 2, 2),
        (&[("cache-control", "private, max-age=60")], &twice, 1, 2),
        (&[("cache-control", "max-age=60, s-maxage=0")], &twice, 1, 2),
        (&[("cache-control", "no-store, max-age=60")], &twice, 2, 2),
        (&[("cache-control", "no-cache, max-age=60"), ("etag", "1")], &twice, 2, 2),
        (&[], &twice, 2, 2),
        (&[("cache-control", "max-age=60")], &mode(CacheMode::NoStore), 2, 2),
        (&[("cache-control", "max-age=60")], &mode(CacheMode::Reload), 2, 2),
        (&[("cache-control", "max-age=60"), ("etag", "1")], &mode(CacheMode::NoCache), 2, 2),
        (&[("cache-control", "max-age=1")], &mode(CacheMode::ForceCache), 1, 1),
        (&[("cache-control", "max-age=60"), ("vary", "*")], &twice, 2, 2),
        (&[("cache-control", "max-age=60")], &not_into_it, 2, 2),
        // Responses for several URLs and several requests, beside each other.
        (&[("cache-control", "max-age=60")], &in_turn, 2, 2),
        (&[("cache-control", "max-age=60"), ("vary", "accept")], &variants, 2, 2),
        (&[("cache-control", "max-age=60")], &variants, 1, 1),
        // RFC 9111, section 5.2.1.1: how old the script lets it be.
        (&[("cache-control", "max-age=60")], &up_to("max-age=0"), 2, 2),
        (&[("cache-control", "max-age=60")], &up_to("max-age=1"), 2, 2),
        (&[("cache-control", "max-age=60")], &up_to("max-age=2"), 1, 1),
        // Section 3.5: what is for one user.
        (&[("cache-control", "max-age=60")], &authorized, 1, 2),
        (&[("cache-control", "max-age=60, public")], &authorized, 1, 1),
        (&[("cache-control", "max-age=60, must-revalidate")], &authorized, 1, 1),
        (&[("cache-control", "max-age=60, s-maxage=60")], &authorized, 1, 1),
        (&[("cache-control", "max-age=60, s-maxage=\"60\""), ("etag", "1")], &twice, 1, 1),
    ];
    for (headers, requests, private, shared) in table {
        assert_eq!(asked(HttpCache::private, headers, requests).await, private, "{headers:?}");
        assert_eq!(asked(HttpCache::shared, headers, requests).await, shared, "{headers:?}");
    }
}

#[tokio::test]
async fn a_condition_of_the_scripts_own_goes_past_the_cache() {
    let conditions =
        ["if-modified-since", "if-none-match", "if-unmodified-since", "if-match", "if-range"];
    for name in conditions {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let service = server(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            respond(200, &[("cache-control", "max-age=60"), ("etag", "\"1\"")])
        });
        let mut page = Page::at(PAGE, HttpCache::private(service));
        page.fetch(get(PAGE)).await.unwrap();
        page.fetch(get(PAGE).header(name, "\"1\"")).await.unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2, "{name}");
        let sent = page.log().iter().next_back().unwrap();
        let no_cache = Some("no-cache");
        assert_eq!((sent.header("cache-control"), sent.header("pragma")), (no_cache, no_cache));
    }
}

/// Page and cache have one time, or the test is wrong.
#[tokio::test]
async fn clocks() {
    let second = Duration::from_secs(1);
    let cache = || HttpCache::shared(server(|_| respond(200, &[("cache-control", "max-age=60")])));
    let misuse = |outcome: Result<_, Error>| {
        let error = outcome.unwrap_err();
        assert_eq!(error.step(), &Step::Request(Misuse::ClocksDiffer));
        assert!(!error.is_network_error() && error.to_string().contains("Page::open"), "{error}");
    };
    // Two browsers with clocks of their own.
    let cache_of_two = cache();
    let mut one = Page::at(PAGE, cache_of_two.clone());
    let mut two = Page::at(PAGE, cache_of_two);
    one.fetch(get(PAGE)).await.unwrap();
    two.fetch(get(PAGE)).await.unwrap();
    one.wait(second);
    misuse(two.fetch(get(PAGE)).await);
    two.wait(second);
    two.fetch(get(PAGE)).await.unwrap();
    // Two pages of one browser.
    let mut one = Page::at(PAGE, cache());
    one.fetch(get(PAGE)).await.unwrap();
    one.wait(second);
    one.open(PAGE).fetch(get(PAGE)).await.unwrap();
    // A clock that the test has.
    let clock = Clock::new();
    let cache = cache().clock(clock.clone());
    clock.advance(second);
    misuse(Page::at(PAGE, cache.clone()).fetch(get(PAGE)).await);
    Page::at(PAGE, cache).clock(clock).fetch(get(PAGE)).await.unwrap();
}

#[test]
fn it_says_which_one_it_is() {
    let debug = format!("{:?}", HttpCache::shared(()));
    assert!(debug.starts_with("HttpCache { is_shared: true"), "{debug}");
}

#[tokio::test]
async fn only_if_cached() {
    let request = || get(PAGE).mode(Mode::SameOrigin).cache(CacheMode::OnlyIfCached);
    let service = server(|_| respond(200, &[("cache-control", "max-age=1")]));
    let mut page = Page::at(PAGE, HttpCache::private(service.clone()));
    let error = page.fetch(request()).await.unwrap_err();
    assert_eq!(error.step(), &Step::NotCached);
    assert!(
        error.to_string().contains("did not come out of a cache.\nNothing is stored"),
        "{error}"
    );
    assert_eq!(error.sent().and_then(Sent::status), None);
    page.fetch(get(PAGE)).await.unwrap();
    // Fresh or not.
    page.wait(Duration::from_secs(2));
    assert_eq!(page.fetch(request()).await.unwrap().text(), "hello");

    // One engine asks the server then.
    let mut page = Page::at(PAGE, HttpCache::private(service.clone())).engine(Engine::WebKit);
    page.fetch(request()).await.unwrap();
    page.wait(Duration::from_secs(2));
    page.fetch(request()).await.unwrap();
    assert_eq!(page.log().len(), 2);

    // What is between page and cache may have errors of its own.
    let between = ServiceBuilder::new()
        .map_err(io::Error::other)
        .service(HttpCache::private(service.clone()));
    let error = Page::at(PAGE, between).fetch(request()).await.unwrap_err();
    assert_eq!(error.step(), &Step::Service);
    assert!(error.to_string().contains("nothing is stored for this request"), "{error}");

    // Where there is no cache, nothing is stored.
    let error = Page::at(PAGE, service).fetch(request()).await.unwrap_err();
    assert_eq!(error.step(), &Step::NotCached);
}

#[tokio::test]
async fn an_unsafe_request_clears_it() {
    // RFC 9111, section 4.4: not a safe one, and not one that failed.
    for (status, request, clears) in [
        (200, put(PAGE), true),
        (302, delete(PAGE).redirect(Redirect::Manual), true),
        (404, put(PAGE), false),
        (500, put(PAGE), false),
        (200, head(PAGE), false),
        (200, options(PAGE), false),
        (200, put("https://app.example/other"), false),
    ] {
        let service = server(move |request| match request.method().as_str() {
            "GET" => respond(200, &[("cache-control", "max-age=60")]),
            _ => respond(status, &[]),
        });
        let mut page = Page::at(PAGE, HttpCache::private(service));
        page.fetch(get(PAGE)).await.unwrap();
        page.fetch(request.clone()).await.unwrap();
        let from_cache = get(PAGE).mode(Mode::SameOrigin).cache(CacheMode::OnlyIfCached);
        assert_eq!(page.fetch(from_cache).await.is_err(), clears, "{status} {request:?}");
    }
}

/// The mistake that the cache is there to show: a response that depends on `Origin`, and does not
/// say so.
#[tokio::test]
async fn without_vary_one_page_gets_what_is_for_another() {
    for (vary, readable) in [("accept", false), ("accept, Origin", true)] {
        let service = server(move |request| {
            let origin = request.headers()["origin"].to_str().unwrap();
            let headers = [("access-control-allow-origin", origin), ("vary", vary)];
            respond(200, &[&headers[..], &[("cache-control", "max-age=60")]].concat())
        });
        let cache = HttpCache::shared(service);
        Page::at(PAGE, cache.clone()).fetch(get(API)).await.unwrap();
        let outcome = Page::at("https://b.example", cache).fetch(get(API)).await;
        assert_eq!(outcome.is_ok(), readable);
        if let Err(error) = outcome {
            let others = CorsFailure::OtherOrigin(PAGE.into());
            assert_eq!(error.step(), &Step::CorsCheck(others));
            assert!(error.to_string().contains("`Vary: Origin` is missing"), "{error}");
        }
    }
}

/// HTTP cache partitions: a browser keeps a cache for each site, and a proxy one for all.
#[tokio::test]
async fn a_browser_has_a_cache_for_each_site() {
    let service = || {
        server(|request| {
            let origin = request.headers().get("origin").map(|origin| origin.to_str().unwrap());
            let headers = [("access-control-allow-origin", origin.unwrap_or("*"))];
            respond(200, &[&headers[..], &[("cache-control", "max-age=60")]].concat())
        })
    };
    let other_site = "https://app.test";
    // A page at `PAGE` asks first; whether the response that is for it is given to a second.
    let table = [
        ("https://other.app.example", true),
        ("https://app.example:8443", true),
        ("http://app.example", false),
        (other_site, false),
        ("data:,x", false),
    ];
    for (new, is_shared) in
        [(HttpCache::private as fn(_) -> _, false), (HttpCache::shared as fn(_) -> _, true)]
    {
        let gets_what_is_for_another = async |first: &mut Page<_>, mut second: Page<_>| {
            first.fetch(get(API)).await.unwrap();
            second.fetch(get(API)).await.is_err()
        };
        for (url, is_same_site) in table {
            let mut first = Page::at(PAGE, new(service()));
            let second = first.open(url);
            let crosses = gets_what_is_for_another(&mut first, second).await;
            assert_eq!(crosses, is_same_site || is_shared, "{url}");
        }
        // A frame is of the site of the page around it.
        let mut first = Page::at(PAGE, new(service()));
        let frame = first.open_sandboxed();
        assert!(gets_what_is_for_another(&mut first, frame).await);
        let frame_elsewhere = first.open(other_site).open_sandboxed();
        assert_eq!(gets_what_is_for_another(&mut first, frame_elsewhere).await, is_shared);
        // What a form leads to is a page of its own site.
        let service = server(|request| match request.method().as_str() {
            "POST" => respond(303, &[("location", API)]),
            _ => respond(200, &[("cache-control", "max-age=60"), ("x-a", "1")]),
        });
        let mut first = Page::at(PAGE, new(service));
        first.fetch(form_post(API, [("a", "1")])).await.unwrap();
        let from_cache = get(API).mode(Mode::SameOrigin).cache(CacheMode::OnlyIfCached);
        first.open(API).fetch(from_cache).await.unwrap();
    }
}

#[tokio::test]
async fn a_304_updates_the_headers() {
    let service = server(|request| {
        if request.headers().contains_key("if-none-match") {
            return respond(304, &[("access-control-allow-origin", "*"), ("etag", "\"1\"")]);
        }
        respond(200, &[("etag", "\"1\""), ("cache-control", "no-cache")])
    });
    let mut page = Page::at(PAGE, HttpCache::private(service));
    page.fetch(get(API)).await.unwrap_err();
    assert_eq!(page.fetch(get(API)).await.unwrap().status(), 200);
    // A condition of the script's own is answered to the script.
    let request = get(PAGE).header("if-none-match", "\"1\"");
    assert_eq!(page.fetch(request).await.unwrap().status(), 304);
}
