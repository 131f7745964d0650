//! Whether the page may, and what is said about it.

use http::Method;
use tower_http::cors::CorsLayer;

use crate::common::{PAGE, check, run};
use crate::servers::{self, Got, Handwritten, echo, serve};

const PUT: [&str; 2] = ["--method", "PUT"];

#[test]
fn a_right_server() {
    let url = serve(servers::right());
    check(&url, &["--credentials"]).assert_says(
        0,
        &[
            "a page at https://app.example.com, with credentials\n",
            "the standard  yes, the page may",
            "WebKit        yes, the page may",
            "The page gets the response: 200 OK.",
            "can read  cache-control, content-length, content-type, x-total",
        ],
    );
    let stranger = run(&[&url, "--origin", "https://evil.example"]);
    stranger.assert_says(1, &["no, the page may not", "varies by Origin"]);
    run(&[&url, "--origin", "null"]).assert_says(1, &["a page with an opaque origin"]);
}

/// What the README shows is what comes out.
#[test]
fn the_session_of_the_readme() {
    let readme = include_str!("../../README.md");
    let url = serve(servers::as_the_example());
    let url = url.replace("127.0.0.1", "localhost").replace("/items", "/");
    for args in ["--method DELETE", "--method PUT --send", "--audit --allows http://localhost:*"] {
        let args: Vec<_> = args.split(' ').collect();
        let ran = run(&[&[&*url, "--origin", "http://localhost:5173"], &args[..]].concat());
        let shown = ran.stdout.replace(&url, "http://localhost:3000/");
        assert!(readme.contains(&shown), "{shown}");
    }
}

#[test]
fn mistakes_explain_themselves() {
    let bare = serve(servers::bare());
    check(&bare, &[]).assert_says(1, &["there is no CORS layer around this route"]);
    let inside = serve(servers::inside_authentication());
    let authorized = ["--header", "authorization: Bearer x", "--method", "PUT"];
    check(&inside, &authorized).assert_says(1, &["401 Unauthorized", "has to be outside"]);
    let other = serve(servers::on_another_router());
    check(&other, &PUT).assert_says(1, &["405 Method Not Allowed", "around the finished router"]);
}

/// Reports end up in logs.
#[test]
fn secrets_are_not_shown() {
    let url = serve(servers::limited_outside());
    for form in [&["--json"][..], &[]] {
        let ran = check(&url, &[&["--header", "Authorization: Bearer secret"], form].concat());
        ran.assert_says(1, &["429 Too Many Requests", "authorization: (not shown)"]);
        assert!(!ran.stdout.contains("secret"), "{}", ran.stdout);
    }
}

/// `*` is not for credentials, and by the standard not for `Authorization`; engines differ there.
#[test]
fn where_engines_differ() {
    let url = serve(servers::of_tower_http(CorsLayer::permissive()));
    check(&url, &[]).assert_says(0, &[]);
    check(&url, &["--credentials"]).assert_says(1, &["which is not for credentials mode"]);
    check(&url, &["--header", "authorization: Bearer x"]).assert_says(
        1,
        &[
            "the standard  no, the page may not",
            "Chromium      yes, the page may",
            "the standard:\n",
            "Chromium, Firefox, WebKit:\n",
            "access-control-allow-headers: *, authorization",
        ],
    );
}

#[test]
fn nothing_is_changed_unless_told() {
    let got = Got::default();
    let url = serve(got.around(servers::right()));
    let put = ["--method", "put"];
    check(&url, &put)
        .assert_says(0, &["PUT http", "yes, by the preflight", "Judgement ends here", "--send"]);
    assert_eq!(got.methods(), [Method::OPTIONS]);
    check(&url, &["--body", "json", "--send"]).assert_says(0, &["yes, the page may"]);
    // Once, for all engines together.
    assert_eq!(got.methods(), [Method::OPTIONS, Method::OPTIONS, Method::POST]);
    // Without a preflight there is nothing to ask.
    check(&url, &["--method", "POST"])
        .assert_says(2, &["not known: not sent", "without a preflight"]);
    assert_eq!(got.methods().len(), 3);
    check(&url, &["--data", "x", "--upload-listener"]).assert_says(0, &["yes, by the preflight"]);
}

/// A method in lower case, and a header that is not in the list.
#[test]
fn what_the_lists_lack() {
    let url = serve(servers::right());
    check(&url, &["--method", "patch"]).assert_says(1, &["Methods are case-sensitive"]);
    check(&url, &["--header", "x-trace: 1"]).assert_says(
        1,
        &["does not allow the header x-trace", "access-control-allow-headers: x-trace"],
    );
    check(&url, &["--header", "cookie: a=b"]).assert_says(0, &["--cookie gives the browser one"]);
}

#[test]
fn cookies() {
    let url = serve(servers::right());
    check(&url, &["--cookie", "session=1"])
        .assert_says(0, &["Chromium:\n", "cookies   none was sent", "cookies   session\n"]);
    let crossing = check(&url, &["--cookie", "session=secret; SameSite=None; Secure"]);
    crossing.assert_says(0, &["cookies   session\n"]);
    assert!(!crossing.stdout.contains("none was sent") && !crossing.stdout.contains("secret"));
}

#[test]
fn behind_a_cache() {
    let varies = serve(servers::right());
    check(&varies, &["--cache"]).assert_says(
        0,
        &[
            "after a page of another origin: yes",
            "after somebody without Origin, such as an <img>: yes",
        ],
    );
    let by_list = Handwritten::by_text(|origin| echo(origin, |text| text == PAGE));
    let silent = serve(Handwritten { varies: |_| None, ..by_list }.app());
    check(&silent, &[]).assert_says(0, &[]);
    check(&silent, &["--cache"]).assert_says(
        1,
        &[
            "the standard  yes",
            "after a page of another origin: no",
            "what was meant for the other. The response has no Access-Control-Allow-Origin.",
            "needed    vary: Origin",
        ],
    );
    let public = serve(servers::of_tower_http(CorsLayer::permissive()));
    check(&public, &["--cache"]).assert_says(0, &["The response came out of the cache."]);
    let ran = check(&varies, &["--cache", "--method", "PUT"]);
    ran.assert_says(0, &["--cache says nothing about PUT"]);
    let stranger = run(&[&varies, "--origin", "https://evil.example", "--cache"]);
    stranger.assert_says(1, &["The page may not even without a cache"]);
}

#[test]
fn the_server_s_own_errors_are_not_cors() {
    let url = serve(servers::right()).replace("/items", "/nothing");
    check(&url, &[]).assert_says(0, &["404 Not Found", "CORS is not in its way"]);
}

#[test]
fn json() {
    let url = serve(servers::right());
    let ran = check(&url, &["--json", "--method", "PATCH", "--cache"]);
    let report = ran.json();
    assert_eq!((&report["url"], &report["origin"]), (&url.into(), &PAGE.into()));
    assert_eq!(report["method"], "PATCH");
    let engines = report["engines"].as_array().unwrap();
    let names: Vec<_> = engines.iter().map(|engine| engine["engine"].as_str().unwrap()).collect();
    assert_eq!(names, ["standard", "chromium", "firefox", "webkit"]);
    for engine in engines {
        assert_eq!(engine["outcome"], "may-not");
        assert_eq!(engine["step"], "method-not-allowed");
        assert_eq!(engine["needed"][0], "access-control-allow-methods: PATCH");
        assert_eq!(engine["requests"][0]["method"], "OPTIONS");
        assert_eq!(engine["requests"][0]["preflight"], true);
        assert_eq!(engine["requests"][0]["status"], 204);
    }
    assert_eq!(ran.code, 1);
}

/// Pages of applications have origins, too.
#[test]
fn origins_of_other_schemes() {
    let app = Handwritten::by_text(|origin| echo(origin, |text| text == "tauri://localhost")).app();
    let url = serve(app);
    run(&[&url, "--origin", "tauri://localhost"]).assert_says(0, &[]);
    run(&[&url, "--origin", &url]).assert_says(0, &["of the same origin"]);
}
