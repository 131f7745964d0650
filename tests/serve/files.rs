//! What the program prints of a file with mistakes, and of one with harmless entries.

use std::process::Command;

use serde_json::json;

use crate::example::program;
use crate::running::{Serve, refused, run};

#[test]
fn ten_mistakes() {
    let file = r#"
listen = "127.0.0.1"

[[mounts]]
path = "/"
[mounts.policy]
allow_origins = ["https://app.example.com/", "app.example.com", "https://*.github.io"]
allow_credentials = true
allow_methods = ["PUT|DELETE"]
expose_headers = ["*"]

[[mounts]]
path = "/api"
[[mounts.policy.rules]]
allow_origins = "*"
allow_credentials = true
[[mounts.policy.rules]]
allow_origins = "http://intranet"
allow_credentials = true
allow_headers = "x-amz-*"
"#;
    let printed = "\
policies.toml: 10 mistakes:
  1. listen: \"127.0.0.1\" is not an address (invalid socket address); write one such as \"127.0.0.1:3000\"
  2. mounts[0].path: \"/\" is the page that explains the policies; write one such as \"/api\"
  3. mounts[0].policy.allow_origins[0]: \"https://app.example.com/\" is not an origin pattern: an origin has no path, not even a slash (at byte 23); write \"https://app.example.com\"
  4. mounts[0].policy.allow_origins[1]: \"app.example.com\" is not an origin pattern: an origin starts with its scheme; write \"https://app.example.com\"
  5. mounts[0].policy.allow_origins[2]: \"https://*.github.io\" with credentials lets anybody who registers a name that it covers act for that name's visitors; put a domain of your own behind the \"*\", or set dangerously_allow_public_wildcards to true
  6. mounts[0].policy.allow_methods[0]: \"PUT|DELETE\" is taken literally, and nobody sends such a method; make each name an entry of its own
  7. mounts[0].policy.expose_headers[0]: with credentials browsers take \"*\" for the name of a header; name the headers with expose_headers
  8. mounts[1].policy.rules[0].allow_credentials: browsers refuse \"*\" for requests with credentials; list the origins that may send credentials, or leave out allow_credentials; to let every page act for its visitors, set dangerously_mirror_any_origin to true in place of \"*\"
  9. mounts[1].policy.rules[1].allow_origins[0]: \"http://intranet\" with credentials lets an attacker on the network act for that origin's visitors; serve the page over https:// and list that, or set dangerously_allow_insecure_origins to true
  10. mounts[1].policy.rules[1].allow_headers[0]: \"x-amz-*\" is taken literally, and nobody sends such a header; name each one, or write \"*\" in allow_headers
";
    assert_eq!(refused("policies.toml", file), (printed.to_owned(), Some(2)));
}

#[test]
fn six_harmless_entries() {
    let serve = Serve::start(&json!([{
        "path": "/api",
        "policy": {
            "allow_origins": ["https://app.example.com", ""],
            "allow_methods": ["GET", "put"],
            "allow_headers": "content-type, cookie",
            "expose_headers": ["content-type"],
            "max_age": "604800",
        },
    }]));
    assert_eq!(
        serve.warnings,
        "\
warning: mounts[0].policy.allow_origins[1]: the entry is empty; leave it out
warning: mounts[0].policy.allow_methods[0]: \"GET\" is always allowed; leave it out
warning: mounts[0].policy.allow_methods[1]: \"put\" never matches, because browsers send this method as \"PUT\"; write \"PUT\"
warning: mounts[0].policy.allow_headers[1]: no browser lets a script set the request header \"cookie\", so none asks for it; leave it out
warning: mounts[0].policy.expose_headers[0]: scripts can always read \"content-type\"; leave it out
warning: mounts[0].policy.max_age: 604800 s is longer than any browser keeps a preflight's answer; write at most 86400 s (Firefox keeps it that long, Chromium 7200 s, WebKit 600 s)
",
    );
}

#[test]
fn what_cannot_be_read() {
    for (name, text, printed) in [
        (
            "a.toml",
            "[[mounts]]\npath = '/a'\n[mounts.policy]\nmax_age = '1h'",
            "a.toml: TOML parse error at line 4, column 11\n  |\n4 | max_age = '1h'\n  |           ^^^^\n\
             max_age: \"1h\" is not a whole number of seconds; write 3600\n\n",
        ),
        (
            "a.json",
            r#"{"mounts": [{"path": "/a", "policy": {"allow_origin": "*"}}]}"#,
            "a.json: \"allow_origin\" is not a setting; write allow_origins at line 1 column 52\n",
        ),
        ("a.json", "", "a.json: EOF while parsing a value at line 1 column 0\n"),
        ("a.json", "{}", "a.json: missing field `mounts` at line 1 column 2\n"),
        (
            "a.json",
            r#"{"mounts": []}"#,
            "a.json: 1 mistake:\n  1. mounts: there is none; add one, with a path and a policy\n",
        ),
        (
            "a.json",
            "\u{feff}{\"mounts\": []}",
            "a.json: 1 mistake:\n  1. mounts: there is none; add one, with a path and a policy\n",
        ),
        ("a.yaml", "", "a.yaml: the name ends neither in .toml nor in .json; rename the file\n"),
    ] {
        assert_eq!(refused(name, text), (printed.to_owned(), Some(2)), "{name} {text}");
    }
    let latin_1 = b"\"M\xfcnchen\"";
    let printed = "a.json: the file is not UTF-8; save it as that\n";
    assert_eq!(refused("a.json", latin_1), (printed.to_owned(), Some(2)));
    let serve = || Command::new(program("serve").unwrap());
    let usage = "usage: serve FILE: .toml, .json, or - for JSON on standard input\n";
    assert_eq!(run(&mut serve()), (usage.to_owned(), Some(2)));
    assert_eq!(run(serve().args(["a.json", "b.json"])), (usage.to_owned(), Some(2)));
    let (printed, code) = run(serve().arg("/there/is/no/such.toml"));
    assert!(printed.starts_with("/there/is/no/such.toml: "), "{printed}");
    assert_eq!(code, Some(2));
}

#[test]
fn paths_of_mounts() {
    for (path, reason) in [
        ("", "does not begin with a slash"),
        ("api", "does not begin with a slash"),
        ("/", "is the page that explains the policies"),
        ("/api/", "between single slashes"),
        ("//api", "between single slashes"),
        ("/a/../b", "between single slashes"),
        ("/{id}", "between single slashes"),
        ("/*", "between single slashes"),
        ("/a b", "between single slashes"),
        ("/a?b", "between single slashes"),
        ("/%61", "between single slashes"),
        ("/.serve", "has what the page needs"),
        ("/.serve/a", "has what the page needs"),
        ("/twice", "is there twice"),
    ] {
        let mount = json!({ "path": path, "policy": { "allow_origins": "*" } });
        let twice = json!({ "path": "/twice", "policy": { "allow_origins": "*" } });
        let file = json!({ "listen": "127.0.0.1:0", "mounts": [twice, mount] }).to_string();
        let (printed, code) = refused("a.json", &file);
        let start = format!("a.json: 1 mistake:\n  1. mounts[1].path: {path:?} ");
        assert!(printed.starts_with(&start) && printed.contains(reason), "{path}: {printed}");
        assert_eq!(code, Some(2), "{path}");
    }
}
