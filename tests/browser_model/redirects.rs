//! Redirects: the origin's tainting, what is dropped on the way, and what ends it.

use tower_cors::testing::{
    AnswerKind, Engine, Page, Redirect, RedirectFailure, Request, Step, get, post, put,
};

use super::{API, PAGE, Server, is_preflight, respond, server};

/// `/301?https://x/` redirects there by 301; all allow whatever is asked.
fn redirecting() -> Page<Server> {
    let answer = |request: &http::Request<_>| {
        let origin = request.headers().get("origin").map(|origin| origin.to_str().unwrap());
        let allow = [
            ("access-control-allow-origin", origin.unwrap_or("*")),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "PUT"),
            ("access-control-allow-headers", "authorization, content-type, x-a"),
        ];
        let status = request.uri().path()[1..].parse().unwrap_or(200);
        match request.uri().query() {
            Some(location) if !is_preflight(request) => {
                respond(status, &[&allow[..], &[("location", location)]].concat())
            }
            _ => respond(if status == 200 { 200 } else { 204 }, &allow),
        }
    };
    Page::at(PAGE, server(answer))
}

/// The origins that the hops of a request say.
async fn origins(request: Request) -> Vec<Option<String>> {
    let mut page = redirecting();
    page.fetch(request).await.unwrap();
    page.log().iter().map(|sent| sent.header("origin").map(ToOwned::to_owned)).collect()
}

#[tokio::test]
async fn tainting() {
    let own = || Some(PAGE.to_owned());
    let null = || Some("null".to_owned());
    let table = [
        (format!("{API}302?/x"), vec![own(), own()]),
        (format!("{API}302?https://other.test/"), vec![own(), null()]),
        (format!("{API}302?{PAGE}/"), vec![own(), null()]),
        (format!("{PAGE}/302?{API}"), vec![None, own()]),
        (format!("{PAGE}/302?/x"), vec![None, None]),
        (format!("{PAGE}/302?{API}302?/x"), vec![None, own(), own()]),
        (
            format!("{PAGE}/302?{API}302?https://other.test/302?/x"),
            vec![None, own(), null(), null()],
        ),
    ];
    for (url, expected) in table {
        assert_eq!(origins(get(&url)).await, expected, "{url}");
    }
}

#[tokio::test]
async fn methods_and_bodies() {
    let table = [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (302, "PUT", "PUT"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
    ];
    for (status, method, then) in table {
        let mut page = redirecting();
        let request = tower_cors::testing::request(method, format!("{API}{status}?/x"));
        let request = if method == "HEAD" { request } else { request.text("hello") };
        let answer = page.fetch(request).await.unwrap();
        assert!(answer.was_redirected());
        assert_eq!(answer.url(), "https://api.test/x");
        let last = page.log().iter().next_back().unwrap();
        assert_eq!(last.method().as_str(), then, "{status} {method}");
        assert_eq!(last.header("content-type").is_some(), !matches!(then, "GET" | "HEAD"));
    }
}

#[tokio::test]
async fn a_preflighted_request_is_preflighted_again_for_the_new_url() {
    let mut page = redirecting();
    page.fetch(put(format!("{API}307?/x"))).await.unwrap();
    assert_eq!(page.log().methods(), ["OPTIONS", "PUT", "OPTIONS", "PUT"]);
}

#[tokio::test]
async fn what_became_a_get_is_preflighted_by_some() {
    for engine in [Engine::Standard, Engine::Chromium, Engine::Firefox, Engine::WebKit] {
        let mut page = redirecting().engine(engine);
        page.fetch(put(format!("{API}303?/x"))).await.unwrap();
        let expected: &[_] = match engine {
            Engine::Firefox | Engine::WebKit => &["OPTIONS", "PUT", "OPTIONS", "GET"],
            _ => &["OPTIONS", "PUT", "GET"],
        };
        assert_eq!(page.log().methods(), expected, "{engine:?}");
    }
}

/// S23: one engine still asks for it.
#[tokio::test]
async fn authorization_is_dropped_at_another_origin() {
    let engines = [Engine::Standard, Engine::Chromium, Engine::Firefox, Engine::WebKit];
    let locations = [("/x", true), ("https://other.test/", false)];
    let hops = engines.into_iter().flat_map(|engine| locations.map(|hop| (engine, hop)));
    for (engine, (location, kept)) in hops {
        let mut page = redirecting().engine(engine);
        let request = get(format!("{API}307?{location}")).header("authorization", "a");
        page.fetch(request.header("x-a", "1")).await.unwrap();
        let last = page.log().iter().next_back().unwrap();
        assert_eq!(last.header("authorization").is_some(), kept);
        assert_eq!(last.header("x-a"), Some("1"));
        let preflight = page.log().preflights().last().unwrap();
        let asked = preflight.header("access-control-request-headers");
        let asks = kept || engine == Engine::WebKit;
        assert_eq!(asked, Some(if asks { "authorization,x-a" } else { "x-a" }), "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_not_followed() {
    let failure = |request: Request| async {
        let error = redirecting().fetch(request).await.unwrap_err();
        match error.step() {
            Step::Redirect(failure) => failure.clone(),
            step => panic!("{step:?}"),
        }
    };
    let userinfo = "https://u:p@api.test/x";
    assert_eq!(
        failure(get(format!("{API}302?{userinfo}"))).await,
        RedirectFailure::Userinfo(userinfo.into())
    );
    // Where the URL is of another origin than the page, or the response was.
    for from in [PAGE, "https://api.test"] {
        for to in ["https://u:p@api.test/x", "https://u:p@app.example/x"] {
            let outcome = redirecting().fetch(get(format!("{from}/302?{to}"))).await;
            assert_eq!(outcome.is_ok(), from == PAGE && to.contains("@app.example"), "{from} {to}");
        }
    }
    assert_eq!(
        failure(get(format!("{API}302?ftp://api.test/"))).await,
        RedirectFailure::Location("ftp://api.test/".into())
    );
    let request = get(format!("{API}302?/x")).redirect(Redirect::Error);
    assert_eq!(failure(request).await, RedirectFailure::Mode);
    let request = post(format!("{API}307?/x")).stream("x");
    assert_eq!(failure(request).await, RedirectFailure::StreamedBody);
    redirecting().fetch(post(format!("{API}303?/x")).stream("x")).await.unwrap();
}

#[tokio::test]
async fn user_information_without_cors_is_blocked_by_one() {
    let within = || get(format!("{PAGE}/302?https://u:p@app.example/x"));
    let opaque = || get(format!("{API}302?https://u:p@other.test/x")).no_cors();
    for engine in [Engine::Standard, Engine::Firefox, Engine::WebKit] {
        let mut page = redirecting().engine(engine);
        assert_eq!(page.fetch(within()).await.unwrap().url(), "https://u:p@app.example/x");
        assert!(page.fetch(opaque()).await.unwrap().is_opaque());
        // It is the script's to see, not the server's.
        assert!(page.log().iter().all(|sent| !sent.url().starts_with("https://u:")));
    }
    for request in [within(), opaque()] {
        let mut page = redirecting().engine(Engine::Chromium);
        let error = page.fetch(request).await.unwrap_err();
        assert!(matches!(error.step(), Step::Redirect(RedirectFailure::Userinfo(_))), "{error}");
    }
}

/// As the URL standard parses it; bytes outside of ASCII are percent-encoded as they are.
#[tokio::test]
async fn locations_are_percent_encoded() {
    let table: [(&[u8], &str); 6] = [
        (b"/a b", "https://api.test/a%20b"),
        ("/ü?ü".as_bytes(), "https://api.test/%C3%BC?%C3%BC"),
        (b"/\xff", "https://api.test/%FF"),
        (b"/%c3%bc", "https://api.test/%c3%bc"),
        (b"\\x\\..\\y", "https://api.test/y"),
        ("https://bücher.test".as_bytes(), "https://xn--bcher-kva.test/"),
    ];
    for (location, url) in table {
        let service = server(move |request| {
            let mut response = respond(200, &[("access-control-allow-origin", "*")]);
            if request.uri().path() == "/" && request.uri().host() == Some("api.test") {
                *response.status_mut() = http::StatusCode::FOUND;
                let location = http::HeaderValue::from_bytes(location).unwrap();
                response.headers_mut().insert("location", location);
            }
            response
        });
        let mut page = Page::at(PAGE, service);
        assert_eq!(page.fetch(get(API)).await.unwrap().url(), url);
        assert_eq!(page.log().iter().next_back().unwrap().url(), url);
    }
}

#[tokio::test]
async fn at_most_20() {
    let chain = |hops: usize| {
        Page::at(
            PAGE,
            server(move |request| {
                let hop: usize = request.uri().path()[1..].parse().unwrap();
                let location = format!("/{}", hop + 1);
                let headers = [("access-control-allow-origin", "*"), ("location", &location)];
                respond(if hop < hops { 302 } else { 200 }, &headers)
            }),
        )
    };
    chain(20).fetch(get(format!("{API}0"))).await.unwrap();
    let error = chain(21).fetch(get(format!("{API}0"))).await.unwrap_err();
    assert_eq!(error.step(), &Step::Redirect(RedirectFailure::TooMany));
}

#[tokio::test]
async fn by_hand() {
    let mut page = redirecting();
    let request = get(format!("{API}302?/x")).redirect(Redirect::Manual);
    let answer = page.fetch(request).await.unwrap();
    assert_eq!(answer.kind(), AnswerKind::OpaqueRedirect);
    assert_eq!((answer.status(), answer.headers().len()), (0, 0));
    assert_eq!(page.log().len(), 1);
}

#[tokio::test]
async fn without_a_location_it_is_a_response_like_any_other() {
    let mut page = super::page(302, &[("access-control-allow-origin", "*")]);
    assert_eq!(page.fetch(get(API)).await.unwrap().status(), 302);
}
