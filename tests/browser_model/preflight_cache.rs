//! How long, and for what, the answer to a preflight is remembered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tower_cors::testing::{Engine, Mode, Page, Request, delete, get, post, put};

use super::{API, PAGE, Server, preflighted, respond, server};

const ENGINES: [Engine; 4] = [Engine::Standard, Engine::Chromium, Engine::Firefox, Engine::WebKit];

/// A page, and how often it preflights.
fn counting(headers: &[(&'static str, &'static str)], engine: Engine) -> Page<Server> {
    let own = [("access-control-allow-origin", PAGE), ("access-control-allow-credentials", "true")];
    preflighted(204, &[&own, headers].concat()).engine(engine)
}

const PUT: (&str, &str) = ("access-control-allow-methods", "PUT");

fn max_age(value: &'static str) -> (&'static str, &'static str) {
    ("access-control-max-age", value)
}

async fn preflights(page: &mut Page<Server>, request: Request) -> usize {
    page.clear_log();
    page.fetch(request).await.unwrap();
    page.log().preflights().count()
}

/// Up to which second the second request needs no preflight; `None` if it always does.
async fn kept_for(engine: Engine, headers: &[(&'static str, &'static str)]) -> Option<u64> {
    let mut kept = None;
    for seconds in [0, 1, 4, 5, 6, 9, 10, 599, 600, 7199, 7200, 86_399, 86_400, 100_000] {
        let mut page = counting(headers, engine);
        assert_eq!(preflights(&mut page, put(API)).await, 1);
        page.wait(Duration::from_secs(seconds));
        if preflights(&mut page, put(API)).await == 0 {
            kept = Some(seconds);
        }
    }
    kept
}

#[tokio::test]
async fn max_ages() {
    use Engine::{Chromium, Firefox, Standard, WebKit};
    for engine in ENGINES {
        assert_eq!(kept_for(engine, &[PUT]).await, Some(4), "{engine:?}: 5 s by default");
        assert_eq!(kept_for(engine, &[PUT, max_age("0")]).await, None, "{engine:?}");
        assert_eq!(kept_for(engine, &[PUT, max_age("10")]).await, Some(9), "{engine:?}");
    }
    let capped = [
        (Standard, Some(100_000)),
        (Chromium, Some(7199)),
        (Firefox, Some(86_399)),
        (WebKit, Some(599)),
    ];
    for (engine, kept) in capped {
        for huge in ["999999", "100000000000000000000"] {
            assert_eq!(kept_for(engine, &[PUT, max_age(huge)]).await, kept, "{engine:?} {huge}");
        }
    }
    for (engine, kept) in [(Standard, Some(4)), (Chromium, None), (Firefox, None), (WebKit, None)] {
        assert_eq!(kept_for(engine, &[PUT, max_age("-1")]).await, kept, "{engine:?}");
    }
    for (engine, kept) in [(Standard, Some(4)), (Firefox, None)] {
        for odd in ["600,600", "1.5", "x"] {
            assert_eq!(kept_for(engine, &[PUT, max_age(odd)]).await, kept, "{engine:?} {odd}");
        }
        let twice = [PUT, max_age("600"), max_age("600")];
        assert_eq!(kept_for(engine, &twice).await, kept, "{engine:?}");
    }
}

/// S20: for Firefox, too, an empty one says nothing.
#[tokio::test]
async fn an_empty_max_age() {
    for engine in ENGINES {
        assert_eq!(kept_for(engine, &[PUT, max_age("")]).await, Some(4), "{engine:?}");
    }
}

#[tokio::test]
async fn what_an_entry_is_for() {
    let allowed = [
        ("access-control-allow-methods", "PUT, DELETE"),
        ("access-control-allow-headers", "x-a, X-B"),
    ];
    let table = [
        (put(API), 0),
        (delete(API), 0),
        (put(API).header("x-b", "1"), 0),
        (get(API).header("x-a", "1"), 0),
        (put("https://api.test/?query"), 1),
        (put("https://api.test/other"), 1),
        (put(API).credentials_include(), 1),
        // With the flag, the method has to be in the cache even if it is safelisted.
        (post(API).text("x").upload_listener(), 1),
    ];
    for engine in ENGINES {
        for (request, expected) in &table {
            let mut page = counting(&allowed, engine);
            assert_eq!(preflights(&mut page, put(API)).await, 1);
            let counted = preflights(&mut page, request.clone()).await;
            assert_eq!(counted, *expected, "{engine:?} {request:?}");
        }
    }
}

#[tokio::test]
async fn other_pages_of_the_browser_have_entries_of_their_own() {
    let mut page = counting(&[PUT], Engine::Standard);
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    assert_eq!(preflights(&mut page.open(PAGE), put(API)).await, 0);
    let mut other = page.open("https://other.example");
    other.fetch(put(API)).await.unwrap_err();
    assert_eq!(other.log().preflights().count(), 1);
}

/// S19: the network partition key. Sandboxed frames have one serialized origin, and the sites of the
/// pages around them.
#[tokio::test]
async fn frames_of_another_site_have_entries_of_their_own() {
    let put_fails = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&put_fails);
    let service = server(move |request| {
        let origin =
            if request.method() == "PUT" && fails.load(Ordering::SeqCst) { "" } else { "null" };
        respond(200, &[("access-control-allow-origin", origin), PUT])
    });
    let page = Page::at(PAGE, service);
    let mut frame = page.open_sandboxed();
    assert_eq!(preflights(&mut frame, put(API)).await, 1);
    assert_eq!(preflights(&mut page.open_sandboxed(), put(API)).await, 0);
    let same_site = page.open("https://other.app.example");
    assert_eq!(preflights(&mut same_site.open_sandboxed(), put(API)).await, 0);
    let mut elsewhere = page.open("https://app.test").open_sandboxed();
    assert_eq!(preflights(&mut elsewhere, put(API)).await, 1);
    // A failure clears the entries of its own site.
    put_fails.store(true, Ordering::SeqCst);
    elsewhere.fetch(put(API)).await.unwrap_err();
    put_fails.store(false, Ordering::SeqCst);
    assert_eq!(preflights(&mut frame, put(API)).await, 0);
    assert_eq!(preflights(&mut elsewhere, put(API)).await, 1);
}

/// S19: the last answer says for how long, of all that it allows; of the rest, an earlier one.
#[tokio::test]
async fn a_later_answer_counts() {
    // What the first answer allows, for 60 s; what is requested 1 s after a second answer, which allows
    // PUT and x-b for 1 s; and whether there is a preflight then.
    let table = [
        ("PUT, DELETE", put(API), 1),
        ("PUT, DELETE", delete(API), 0),
        ("*", put(API), 1),
        // The entry for `*` is the one that it found for PUT.
        ("*", delete(API), 1),
        ("DELETE", delete(API), 0),
    ];
    for (methods, request, expected) in table {
        let service = server(move |request| {
            let is_second = request
                .headers()
                .get("access-control-request-headers")
                .is_some_and(|names| names == "x-b");
            let own = ("access-control-allow-origin", PAGE);
            if is_second {
                respond(200, &[own, PUT, ("access-control-allow-headers", "x-b"), max_age("1")])
            } else {
                respond(200, &[own, ("access-control-allow-methods", methods), max_age("60")])
            }
        });
        let mut page = Page::at(PAGE, service);
        let first = if methods == "DELETE" { delete(API) } else { put(API) };
        assert_eq!(preflights(&mut page, first).await, 1);
        assert_eq!(preflights(&mut page, put(API).header("x-b", "1")).await, 1);
        page.wait(Duration::from_secs(1));
        assert_eq!(preflights(&mut page, request.clone()).await, expected, "{methods} {request:?}");
    }
}

#[tokio::test]
async fn wildcards_are_kept_but_by_firefox() {
    let any = [("access-control-allow-methods", "*"), ("access-control-allow-headers", "*")];
    for engine in ENGINES {
        let again = usize::from(engine == Engine::Firefox);
        let mut page = counting(&any, engine);
        assert_eq!(preflights(&mut page, put(API).header("x-a", "1")).await, 1);
        assert_eq!(preflights(&mut page, put(API).header("x-a", "2")).await, 0);
        assert_eq!(preflights(&mut page, delete(API)).await, again, "{engine:?}");
        assert_eq!(preflights(&mut page, put(API).header("x-b", "1")).await, again, "{engine:?}");
    }
    // By the standard `*` is not for this header, in the cache either.
    let mut page = counting(&any, Engine::Standard);
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    page.fetch(put(API).header("authorization", "1")).await.unwrap_err();
}

#[tokio::test]
async fn an_entry_with_credentials_serves_requests_without_but_in_firefox() {
    for engine in ENGINES {
        let again = usize::from(engine == Engine::Firefox);
        let mut page = counting(&[PUT], engine);
        assert_eq!(preflights(&mut page, put(API).credentials_include()).await, 1);
        assert_eq!(preflights(&mut page, put(API).credentials_include()).await, 0);
        assert_eq!(preflights(&mut page, put(API)).await, again, "{engine:?}");
    }
}

/// S19: what is kept for one URL does not go when another is added.
#[tokio::test]
async fn entries_of_several_urls() {
    let mut page = counting(&[PUT], Engine::Standard);
    let other = || put("https://api.test/other");
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    assert_eq!(preflights(&mut page, other()).await, 1);
    assert_eq!(preflights(&mut page, put(API)).await, 0);
    assert_eq!(preflights(&mut page, other()).await, 0);
}

/// S19: each entry is for requests without credentials or for those with, and only the latter can
/// stand in for the former.
#[tokio::test]
async fn credentials_are_a_part_of_the_key() {
    for engine in ENGINES {
        let mut page = counting(&[PUT], engine);
        assert_eq!(preflights(&mut page, put(API)).await, 1);
        assert_eq!(preflights(&mut page, put(API).credentials_include()).await, 1, "{engine:?}");
        // Now there is one of each, and both count.
        assert_eq!(preflights(&mut page, put(API)).await, 0, "{engine:?}");
        assert_eq!(preflights(&mut page, put(API).credentials_include()).await, 0, "{engine:?}");
    }
}

/// S19: an answer to a preflight that fails, a response that fails, and a redirect that fails: each
/// clears what was kept for its origin and URL.
#[tokio::test]
async fn every_failure_clears() {
    let failing = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&failing);
    let service = server(move |request| {
        let own = [("access-control-allow-origin", PAGE), PUT];
        match fails.load(Ordering::SeqCst) {
            true if request.method() == http::Method::PUT => respond(200, &[]),
            true => respond(500, &own),
            false => respond(200, &own),
        }
    });
    // By the response: the preflight is in the cache.
    let mut page = Page::at(PAGE, service);
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    failing.store(true, Ordering::SeqCst);
    page.fetch(put(API)).await.unwrap_err();
    failing.store(false, Ordering::SeqCst);
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    assert_eq!(preflights(&mut page, put(API)).await, 0);
    // By the preflight, which is for another method.
    failing.store(true, Ordering::SeqCst);
    page.fetch(delete(API)).await.unwrap_err();
    // A request that needs no preflight clears nothing.
    failing.store(false, Ordering::SeqCst);
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    page.fetch(get(API).mode(Mode::SameOrigin)).await.unwrap_err();
    page.fetch(get(API).credentials_include()).await.unwrap_err();
    assert_eq!(preflights(&mut page, put(API)).await, 0);
    // Pages of other origins keep theirs.
    let mut other = page.open("https://other.example");
    other.fetch(put(API)).await.unwrap_err();
    assert_eq!(preflights(&mut page, put(API)).await, 0);
}

/// S20: what an answer says again, it says anew: for longer or for less long.
#[tokio::test]
async fn a_new_answer_shortens_what_it_says_again() {
    let age = Arc::new(AtomicBool::new(false));
    let is_second = Arc::clone(&age);
    let service = server(move |request| {
        let age = if is_second.load(Ordering::SeqCst) { "2" } else { "600" };
        let methods = if request.uri().path() == "/any" { "*" } else { "PUT" };
        let allowed = [
            ("access-control-allow-methods", methods),
            ("access-control-allow-headers", "x-a"),
            ("access-control-allow-origin", PAGE),
            ("access-control-max-age", age),
        ];
        respond(200, &allowed)
    });
    let mut page = Page::at(PAGE, service);
    for url in [API, "https://api.test/any"] {
        age.store(false, Ordering::SeqCst);
        assert_eq!(preflights(&mut page, put(url)).await, 1);
        age.store(true, Ordering::SeqCst);
        // Asks again, because the flag needs a method that is not in the cache.
        let listened = || get(url).upload_listener();
        let again = usize::from(url == API);
        assert_eq!(preflights(&mut page, listened()).await, again);
        page.wait(Duration::from_secs(3));
        assert_eq!(preflights(&mut page, put(url)).await, again, "{url}");
    }
}

/// S19: an answer that names a method while `*` is kept prolongs the `*`.
#[tokio::test]
async fn a_name_prolongs_a_wildcard() {
    let second = Arc::new(AtomicBool::new(false));
    let is_second = Arc::clone(&second);
    let service = server(move |_| {
        let own = ("access-control-allow-origin", PAGE);
        let is_second = is_second.load(Ordering::SeqCst);
        let (methods, headers, age) =
            if is_second { ("PUT", "x-a", "600") } else { ("*", "x-b", "2") };
        let lists =
            [("access-control-allow-methods", methods), ("access-control-allow-headers", headers)];
        respond(200, &[&[own, ("access-control-max-age", age)], &lists[..]].concat())
    });
    let mut page = Page::at(PAGE, service);
    assert_eq!(preflights(&mut page, delete(API)).await, 1);
    second.store(true, Ordering::SeqCst);
    assert_eq!(preflights(&mut page, put(API).header("x-a", "1")).await, 1);
    page.wait(Duration::from_secs(3));
    assert_eq!(preflights(&mut page, delete(API)).await, 0);
}

#[tokio::test]
async fn a_failure_clears_the_entries_of_its_url() {
    let mut page = counting(&[PUT], Engine::Standard);
    let other = || put("https://api.test/other");
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    assert_eq!(preflights(&mut page, other()).await, 1);
    page.fetch(delete(API)).await.unwrap_err();
    assert_eq!(preflights(&mut page, other()).await, 0);
    assert_eq!(preflights(&mut page, put(API)).await, 1);
}

#[tokio::test]
async fn a_new_answer_prolongs_what_it_says_again() {
    let mut page = counting(&[PUT, ("access-control-allow-headers", "x-a")], Engine::Standard);
    assert_eq!(preflights(&mut page, put(API)).await, 1);
    page.wait(Duration::from_secs(4));
    // Not in the cache, so the preflight is made again, with the same answer.
    assert_eq!(preflights(&mut page, get(API).upload_listener()).await, 1);
    page.wait(Duration::from_secs(4));
    assert_eq!(preflights(&mut page, put(API).header("x-a", "1")).await, 0);
}
