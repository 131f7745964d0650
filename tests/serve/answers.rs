//! What the applications and the page answer.

use serde_json::{Value, json};

use crate::running::{Answer, Serve};

const HTML: &str = "<script>alert(\"'1'\")</script>";

fn start() -> Serve {
    Serve::start(&json!([
        { "path": "/api", "policy": {
            "allow_origins": "https://app.example.com",
            "allow_methods": "PUT",
            "expose_headers": "x-id",
        } },
        { "path": "/api/public", "policy": { "allow_origins": "*" } },
        { "path": "/closed", "policy": {} },
    ]))
}

#[test]
fn applications_answer_with_what_they_were_asked() {
    let serve = start();
    for (path, allowed) in [
        ("/api", "https://app.example.com"),
        ("/api/", "https://app.example.com"),
        ("/api/a/b?c", "https://app.example.com"),
        ("/api/publicity", "https://app.example.com"),
        ("/api/public", "*"),
        ("/api/public/a", "*"),
    ] {
        for method in ["GET", "DELETE", "OPTIONS", "QUERY"] {
            let head = format!("{method} {path}\norigin: https://app.example.com\nx-a: 1\nx-a: 2");
            let answer = serve.ask(&head);
            assert_eq!(answer.status, 200, "{head}");
            assert_eq!(answer.header("access-control-allow-origin"), [allowed], "{head}");
            let echoed = answer.json();
            assert_eq!(echoed["method"], method);
            assert_eq!(echoed["headers"]["origin"], "https://app.example.com");
            assert_eq!(echoed["headers"]["x-a"], "1, 2");
            assert_is_data(&answer);
        }
    }
    let answer = serve.ask("GET /closed\norigin: https://app.example.com");
    assert_eq!(answer.header("access-control-allow-origin"), [""; 0]);
    for path in ["/ap", "/apix", "/.serve", "/.serve/other", "/API"] {
        assert_eq!(serve.ask(&format!("GET {path}")).status, 404, "{path}");
    }
}

#[test]
fn preflights_are_answered_by_the_policy() {
    let serve = start();
    let preflight = "access-control-request-method: PUT";
    let answer = serve.ask(&format!("OPTIONS /api\norigin: https://app.example.com\n{preflight}"));
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-methods"), ["GET, HEAD, POST, PUT"]);
    assert_eq!(serve.ask(&format!("OPTIONS /closed\norigin: null\n{preflight}")).status, 403);
}

#[test]
fn a_query_sets_status_and_headers() {
    let serve = start();
    let answer = serve.ask("GET /api?status=404&header=x-id:7&header=X-ID:%20a%3Ab&other=1");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("x-id"), ["7", "a:b"]);
    assert_is_data(&answer);
    assert_eq!(serve.ask("GET /api?status=204").status, 204);

    for (query, mistake) in [
        ("status=", "\"\" is not a status; write one from 200 to 599"),
        ("status=101", "\"101\" is not a status; write one from 200 to 599"),
        ("status=600", "\"600\" is not a status; write one from 200 to 599"),
        ("header=x-id", "\"x-id\" is not a header; write name:value"),
        ("header=x%20id:1", "\"x id\" is not a header name; write one such as \"x-request-id\""),
        (
            "header=x-id:1%0d%0aset-cookie:a",
            "\"1\\r\\nset-cookie:a\" is not a header value; leave out line breaks and the like",
        ),
        ("header=Content-Type:text/html", "the server itself says content-type; leave it out"),
        (
            "header=x-content-type-options:x",
            "the server itself says x-content-type-options; leave it out",
        ),
        ("header=content-length:1", "the server itself says content-length; leave it out"),
        ("header=transfer-encoding:x", "the server itself says transfer-encoding; leave it out"),
        ("header=connection:x", "the server itself says connection; leave it out"),
        ("header=upgrade:x", "the server itself says upgrade; leave it out"),
    ] {
        let answer = serve.ask(&format!("GET /api?{query}"));
        assert_eq!((answer.status, answer.json()), (400, json!({ "mistake": mistake })), "{query}");
        assert_is_data(&answer);
    }
}

/// What a stranger wrote is never a page.
#[test]
fn html_stays_text() {
    let serve = start();
    let answer = serve.ask(&format!("GET /api?header=x-html:%3Cscript%3E\nx-html: {HTML}"));
    assert_eq!(answer.json()["headers"]["x-html"], HTML);
    assert_eq!(answer.header("x-html"), ["<script>"]);
    assert_is_data(&answer);

    let typed = "%3Cscript%3Ealert(%22'1'%22)%3C/script%3E";
    for (query, status) in [
        (format!("origin={typed}"), 200),
        (format!("headers={typed}"), 400),
        (format!("method={typed}"), 400),
        ("origin=a%0Ab".to_owned(), 400),
        (format!("other={typed}"), 400),
    ] {
        let answer = serve.ask(&format!("GET /.serve/decisions?{query}"));
        assert_eq!(answer.status, status, "{query}: {}", answer.body);
        assert_is_data(&answer);
    }
}

fn assert_is_data(answer: &Answer) {
    assert_eq!(answer.header("content-type"), ["application/json"]);
    assert_eq!(answer.header("x-content-type-options"), ["nosniff"]);
}

#[test]
fn the_page_runs_no_script_but_its_own() {
    let serve = start();
    let page = serve.ask("GET /");
    assert_eq!(page.header("content-type"), ["text/html; charset=utf-8"]);
    for (path, content_type) in
        [("/.serve/page.js", "text/javascript"), ("/.serve/page.css", "text/css")]
    {
        let file = serve.ask(&format!("GET {path}"));
        assert_eq!((file.status, file.header("content-type")), (200, vec![content_type]));
        assert_eq!(file.header("x-content-type-options"), ["nosniff"]);
        assert!(page.body.contains(path), "{path}");
    }
    let [policy] = page.header("content-security-policy")[..] else { panic!("there is one") };
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), ["nosniff"]);
    assert_eq!(page.body.matches("<script").count(), 1);
    let script = serve.ask("GET /.serve/page.js").body;
    assert!(script.contains(".textContent = "), "{script}");
    for parses_html in ["innerHTML", "outerHTML", "HTML(", "write(", "eval(", "setAttribute("] {
        assert!(!script.contains(parses_html), "{parses_html}");
    }
}

#[test]
fn decisions() {
    let serve = start();
    let decided = |query: &str| -> Value {
        let answer = serve.ask(&format!("GET /.serve/decisions?{query}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let covered = "rules[0] covers the origin";
    let no_put = "refused: the method PUT is not allowed [method-not-allowed]";
    let stranger = "refused: no rule allows the origin [origin-not-allowed]";
    assert_eq!(
        decided("origin=https://app.example.com&method=PUT"),
        json!([
            {
                "path": "/api",
                "policy": "https://app.example.com; methods PUT; exposed headers x-id",
                "preflight": {
                    "reason": format!("CORS-preflight request; {covered}"),
                    "headers": [
                        "204 No Content",
                        "access-control-allow-origin: https://app.example.com",
                        "access-control-allow-methods: GET, HEAD, POST, PUT",
                        "vary: origin, access-control-request-method",
                    ],
                },
                "request": {
                    "reason": format!("CORS request; {covered}"),
                    "headers": [
                        "vary: origin",
                        "access-control-allow-origin: https://app.example.com",
                        "access-control-expose-headers: x-id",
                    ],
                },
            },
            {
                "path": "/api/public",
                "policy": "any origin",
                "preflight": {
                    "reason": format!("CORS-preflight request; {covered}; {no_put}"),
                    "headers": [
                        "204 No Content",
                        "access-control-allow-origin: *",
                        "access-control-allow-methods: GET, HEAD, POST",
                    ],
                },
                "request": null,
            },
            {
                "path": "/closed",
                "policy": "no origin",
                "preflight": {
                    "reason": format!("CORS-preflight request; {stranger}"),
                    "headers": ["403 Forbidden"],
                },
                "request": null,
            },
        ]),
    );
    let closed = decided("origin=https://app.example.com")[2]["request"].clone();
    assert_eq!(closed, json!({ "reason": format!("CORS request; {stranger}"), "headers": [] }));

    let first = |query| decided(query)[0].clone();
    assert_eq!(first("")["request"]["reason"], "not a CORS request");
    assert_eq!(first("method=PUT")["preflight"], Value::Null);
    assert_eq!(first("origin=https://app.example.com&method=POST")["preflight"], Value::Null);
    assert_eq!(
        first("origin=https://app.example.com&headers=x-a")["preflight"]["reason"],
        format!(
            "CORS-preflight request; {covered}; refused: the request header x-a is not allowed \
             [header-not-allowed]"
        ),
    );
}

/// As scripts may write methods, and what browsers make of that.
#[test]
fn methods_as_scripts_write_them() {
    let serve = start();
    let asks_first = "CORS-preflight request; rules[0] covers the origin";
    for (method, preflight) in [
        ("post", None),
        ("+Head+", None),
        ("put", Some(asks_first.to_owned())),
        (
            "patch",
            Some(format!(
                "{asks_first}; refused: the method patch is not allowed [method-not-allowed]"
            )),
        ),
    ] {
        let query = format!("origin=https://app.example.com&method={method}");
        let decided = serve.ask(&format!("GET /.serve/decisions?{query}")).json();
        assert_eq!(decided[0]["preflight"]["reason"].as_str(), preflight.as_deref(), "{method}");
    }
}
