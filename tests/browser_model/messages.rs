//! What a failure says: word for word, because people read it.

use std::error::Error as _;
use std::io;

use tower::service_fn;
use tower_cors::testing::{
    Body, CorsFailure, Engine, Error, Misuse, Page, RedirectFailure, Request, Step, get, post, put,
    request,
};

use super::{API, PAGE, is_preflight, page, preflighted, respond, server};

const OWN: (&str, &str) = ("access-control-allow-origin", PAGE);

async fn message(mut page: Page<super::Server>, request: Request) -> String {
    page.fetch(request).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_method_in_lower_case() {
    let page = preflighted(204, &[OWN, ("access-control-allow-methods", "PATCH")]);
    assert_eq!(message(page, request("patch", API)).await, "\
patch https://api.test/, from a page at https://app.example, was not sent, because its preflight failed.
Access-Control-Allow-Methods does not allow the method patch.

  sent      OPTIONS https://api.test/
            access-control-request-method: patch
            origin: https://app.example
  received  204 No Content
            access-control-allow-origin: https://app.example
            access-control-allow-methods: PATCH
  needed    access-control-allow-methods: patch

Methods are case-sensitive, and browsers put only DELETE, GET, HEAD, OPTIONS, POST and PUT into upper case.

See https://fetch.spec.whatwg.org/#cors-preflight-fetch");
}

#[tokio::test]
async fn a_wildcard_with_credentials() {
    let page = page(200, &[("access-control-allow-origin", "*"), ("vary", "accept")]);
    assert_eq!(message(page, get(API).credentials_include()).await, "\
GET https://api.test/, from a page at https://app.example, was sent, but its response is kept from the page.
Access-Control-Allow-Origin is `*`, which is not for credentials mode `include`.

  sent      GET https://api.test/
            origin: https://app.example
  received  200 OK
            access-control-allow-origin: *
            vary: accept
  needed    access-control-allow-origin: https://app.example
            access-control-allow-credentials: true

See https://fetch.spec.whatwg.org/#cors-check");
}

#[tokio::test]
async fn nothing_was_sent() {
    assert_eq!(
        message(page(200, &[]), request("TRACE", API)).await,
        "\
TRACE https://api.test/, from a page at https://app.example, was not sent.
Scripts cannot use the method TRACE.

See https://fetch.spec.whatwg.org/#dom-request"
    );
}

/// The sentence that says what is wrong, and the one that says what may be behind it.
#[tokio::test]
async fn reasons_and_hints() {
    let origin = |value| [("access-control-allow-origin", value)];
    let table: Vec<(Page<super::Server>, Request, &str, &str)> = vec![
        (page(200, &[]), get(API), "has no Access-Control-Allow-Origin", "no CORS layer around"),
        (page(500, &[]), get(API), "has no Access-Control-Allow-Origin", "sees an error response"),
        (page(401, &[]), put(API), "has no Access-Control-Allow-Origin", "carries no credentials"),
        (page(404, &[]), put(API), "has no Access-Control-Allow-Origin", "Nothing answered"),
        (page(403, &[]), put(API), "has no Access-Control-Allow-Origin", "refuses a preflight"),
        (page(301, &[]), put(API), "has no Access-Control-Allow-Origin", "was redirected"),
        (page(200, &[]), put(API), "has no Access-Control-Allow-Origin", "no CORS layer around"),
        (
            page(200, &origin("https://app.example/")),
            get(API),
            "not the origin of the request",
            "no slash",
        ),
        (
            page(200, &origin("https://b.example")),
            get(API),
            "not the origin of the request",
            "Vary: Origin",
        ),
        (page(200, &origin("a, b")), get(API), "has to have one value", "Two parts of the server"),
        (
            page(200, &origin(PAGE)),
            get(API).credentials_include(),
            "has no Access-Control-Allow-Credentials",
            "",
        ),
        (
            page(200, &[OWN, ("access-control-allow-credentials", "TRUE")]),
            get(API).credentials_include(),
            "nothing but `true` counts",
            "",
        ),
        (preflighted(500, &[OWN]), put(API), "500 Internal Server Error", "from 200 to 299"),
        (
            preflighted(204, &[OWN, ("access-control-allow-headers", "*")]),
            get(API).header("authorization", "x"),
            "does not name authorization",
            "*, authorization",
        ),
        (
            preflighted(204, &[OWN, ("access-control-allow-headers", "*")]),
            get(API).header("authorization", "x"),
            "does not name authorization",
            "let `*` cover it all the same",
        ),
        (
            page(200, &[]),
            get("nothttp://api.test/"),
            "was not sent.\nThe scheme of its URL is neither `http` nor `https`.",
            "",
        ),
        (
            preflighted(204, &[OWN]),
            post(API).json("{}"),
            "does not allow the header content-type",
            "access-control-allow-headers: content-type",
        ),
    ];
    for (mut page, request, reason, hint) in table {
        let error = page.fetch(request).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(reason) && text.contains(hint), "{reason}; {hint}\n{text}");
        assert_eq!(format!("{error:?}"), text);
        assert!(text.contains(error.step().link()));
    }
}

/// P19: the page is where it is, and to allow `null` is no advice.
#[tokio::test]
async fn a_redirect_from_stranger_to_stranger() {
    let service = server(|request| {
        let own = ("access-control-allow-origin", PAGE);
        let credentials = ("access-control-allow-credentials", "true");
        match request.uri().host() {
            Some("api.test") => {
                respond(302, &[own, credentials, ("location", "https://cdn.test/")])
            }
            _ => respond(200, &[own]),
        }
    });
    let mut page = Page::at(PAGE, service);
    let error = page.fetch(get(API)).await.unwrap_err();
    assert_eq!(error.to_string(), "\
GET https://cdn.test/ (redirected from https://api.test/), from a page at https://app.example, was sent, but its response is kept from the page.
Access-Control-Allow-Origin is \"https://app.example\", which is not the origin of the request.

  sent      GET https://cdn.test/
            origin: null
  received  200 OK
            access-control-allow-origin: https://app.example
  needed    access-control-allow-origin: *

The redirect led from one foreign origin to another, which makes the origin of the request `null`. Everybody can have that one, so it is not for a list of origins: allow any origin there, or let the page request the last URL itself.

See https://fetch.spec.whatwg.org/#cors-check");
    let error = page.fetch(get(API).credentials_include()).await.unwrap_err();
    assert_eq!(error.needed(), [] as [&str; 0]);
    assert!(error.to_string().contains("do without credentials and allow any origin"), "{error}");
}

#[tokio::test]
async fn a_page_with_an_opaque_origin() {
    let mut frame = page(200, &[OWN]).open_sandboxed();
    for (request, needed, hint) in [
        (
            get(API),
            &["access-control-allow-origin: *"][..],
            "only a policy for any origin covers it",
        ),
        (get(API).credentials_include(), &[], "request without credentials"),
    ] {
        let error = frame.fetch(request).await.unwrap_err();
        assert_eq!(error.needed(), needed);
        assert!(error.to_string().contains(hint), "{error}");
        assert!(error.to_string().contains("/, from a page with an opaque origin, was"), "{error}");
    }
}

/// P17: a layer is inside of another one, which removes what it says.
#[tokio::test]
async fn a_layer_around_a_layer() {
    for status in [200, 404] {
        let page = page(status, &[("vary", "accept, Origin")]);
        let text = message(page, get(API)).await;
        assert!(text.contains("the outermost decides: it removes"), "{text}");
    }
    let preflight = message(page(200, &[("vary", "origin")]), put(API)).await;
    assert!(preflight.contains("the outermost decides"), "{preflight}");
    let refused = message(page(403, &[("vary", "origin")]), put(API)).await;
    assert!(refused.contains("the outermost answers"), "{refused}");
}

/// P18: what answers is not the CORS layer, or one with a policy that lists nothing.
#[tokio::test]
async fn a_preflight_that_reached_the_application() {
    for request in [post(API).json("{}"), put(API)] {
        let text = message(preflighted(200, &[OWN]), request).await;
        assert!(text.contains("the preflight reached the application"), "{text}");
    }
    for list in ["access-control-allow-methods", "access-control-allow-headers"] {
        let text = message(preflighted(200, &[OWN, (list, "x-a")]), put(API)).await;
        assert!(!text.contains("reached the application"), "{text}");
    }
}

/// One engine does not hide the origin from preflights there.
#[tokio::test]
async fn the_origin_is_the_one_that_was_sent() {
    let service = |second: &'static [(&str, &str)]| {
        server(move |request| {
            let own =
                [("access-control-allow-origin", PAGE), ("access-control-allow-methods", "PUT")];
            match request.uri().host() {
                Some("api.test") if is_preflight(request) => respond(204, &own),
                Some("api.test") => {
                    respond(307, &[&own[..], &[("location", "https://other.test/")]].concat())
                }
                _ => respond(200, second),
            }
        })
    };
    let allowed = &[OWN, ("access-control-allow-methods", "PUT")];
    for (engine, second, is_preflight, origin) in [
        (Engine::Standard, &[][..], true, "null"),
        (Engine::Firefox, &[], true, PAGE),
        (Engine::Firefox, allowed, false, "null"),
    ] {
        let mut page = Page::at(PAGE, service(second)).engine(engine);
        let error = page.fetch(put(API)).await.unwrap_err();
        assert_eq!(error.step().is_preflight(), is_preflight, "{error}");
        assert_eq!(error.sent().unwrap().header("origin"), Some(origin));
        let needed = if origin == "null" { "*" } else { PAGE };
        assert_eq!(error.needed(), [format!("access-control-allow-origin: {needed}")]);
        assert!(error.to_string().contains(&format!("from a page at {PAGE},")), "{error}");
    }
}

/// What a failed assertion prints.
#[tokio::test]
async fn a_page_says_where_it_is_and_what_it_sent() {
    let mut page = page(200, &[OWN]).engine(Engine::Firefox);
    page.fetch(get(API)).await.unwrap();
    let debug = format!("{page:?}");
    let start = "Page { origin: \"https://app.example\", engine: Firefox, log: Log([Sent {";
    assert!(debug.starts_with(start) && debug.contains("api.test"), "{debug}");
}

/// Text of the server's cannot play a part in the message.
#[tokio::test]
async fn what_the_server_sends_is_escaped() {
    let text =
        message(page(200, &[("access-control-allow-origin", "a\tb\u{85}c")]), get(API)).await;
    assert!(!text.contains(['\t', '\u{85}']), "{text:?}");
}

#[test]
fn every_step_has_its_place_in_a_standard() {
    let misuse = Misuse::BodyNotAllowed;
    let cors = CorsFailure::NoAllowOrigin;
    let places: [(&str, &[Step]); 10] = [
        ("dom-request", &[Step::Request(misuse)]),
        ("scheme-fetch", &[Step::Scheme]),
        ("main-fetch", &[Step::Mode]),
        ("cors-check", &[Step::PreflightCorsCheck(cors.clone()), Step::CorsCheck(cors)]),
        ("cross-origin-resource-policy-header", &[Step::ResourcePolicy]),
        ("http-redirect-fetch", &[Step::Redirect(RedirectFailure::TooMany)]),
        ("sse-processing-model", &[Step::NotAnEventStream]),
        ("http-network-or-cache-fetch", &[Step::NotCached, Step::KeepaliveBody]),
        ("http-network-fetch", &[Step::Service, Step::Body]),
        ("cors-preflight-fetch", &[Step::PreflightMethods, Step::AuthorizationNotAllowed]),
    ];
    for (anchor, steps) in places {
        for step in steps {
            let (_, linked) = step.link().split_once('#').unwrap();
            assert_eq!(linked, anchor, "{step:?}");
        }
    }
}

#[tokio::test]
async fn the_error_of_a_service_is_the_source() {
    let broken = service_fn(|_: http::Request<Body>| async {
        Err::<http::Response<Body>, _>(io::Error::other("out of order"))
    });
    let error = Page::at(PAGE, broken).fetch(get(API)).await.unwrap_err();
    assert_eq!(error.step(), &Step::Service);
    assert_eq!(error.source().unwrap().to_string(), "out of order");
    let sent = error.sent().unwrap();
    assert!(sent.status().is_none() && sent.response_headers().is_none());
    let first = "was sent, but gave no response.\nThe service returned an error and no response.\n";
    assert!(error.to_string().contains(first), "{error}");
    assert!(error.to_string().contains("\nout of order\n"), "{error}");
    let error = page(200, &[]).fetch(get(API)).await.unwrap_err();
    assert!(error.source().is_none());
}

#[test]
fn an_error_can_be_returned_from_anywhere() {
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error>();
}
