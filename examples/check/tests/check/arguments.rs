//! Arguments that are wrong, and servers that are not there: exit code 2, and what to do.

use std::net::TcpListener;

use crate::common::{PAGE, check, run};

#[test]
fn wrong_arguments() {
    let url = "https://api.example.com/";
    let table: [(&[&str], &str); 15] = [
        (&[url], "--origin <ORIGIN>"),
        (&["api.example.com", "--origin", PAGE], "Is https://api.example.com/ meant?"),
        (&["localhost:3000", "--origin", PAGE], "Is http://localhost:3000 meant?"),
        (&["wss://api.example.com", "--origin", PAGE], "WebSocket"),
        (&["http://a b/", "--origin", PAGE], "not a URL"),
        (&[url, "--origin", "app.example.com"], "Is https://app.example.com meant?"),
        (&[url, "--origin", "localhost:3000"], "Is https://localhost:3000 meant?"),
        (&[url, "--origin", PAGE, "--method", "trace"], "no script can use this method"),
        (&[url, "--origin", PAGE, "--method", "a b"], "it is not a method"),
        (&[url, "--origin", PAGE, "--header", "x-a"], "the colon is missing"),
        (&[url, "--origin", PAGE, "--header", "x a: b"], "not a header name"),
        (&[url, "--origin", PAGE, "--cookie", "x"], "the name is missing"),
        (&[url, "--origin", PAGE, "--audit", "--allows", "*.example.com"], "scheme"),
        (&[url, "--origin", PAGE, "--audit", "--send"], "cannot be used with"),
        (&[url, "--origin", PAGE, "--timeout", "0"], "0.1 to 3600"),
    ];
    for (args, text) in table {
        run(args).assert_says(2, &[text]);
    }
}

/// What no page can do, the model says.
#[test]
fn impossible_requests() {
    let url = "http://127.0.0.1:9/";
    check(url, &["--method", "GET", "--body", "json"])
        .assert_says(2, &["not possible", "GET and HEAD have no body"]);
    check("http://user:password@127.0.0.1:9/", &[]).assert_says(2, &["user name or password"]);
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    check(&url, &[]).assert_says(2, &["not known: no answer", "Connection refused"]);
    check(&url, &["--audit"]).assert_says(2, &["cors-check: ", "Connection refused"]);
    let report = check(&url, &["--audit", "--json"]).json();
    assert!(report["error"].as_str().unwrap().contains("Connection refused"));
    check("http://nowhere.invalid/", &[]).assert_says(2, &["not known: no answer"]);
}

#[test]
fn certificates_that_are_none() {
    let url = "https://127.0.0.1:9/";
    check(url, &["--cacert", "/nowhere.pem"]).assert_says(2, &["--cacert /nowhere.pem"]);
    check(url, &["--cacert", "/dev/null"]).assert_says(2, &["there is no certificate in it"]);
}
