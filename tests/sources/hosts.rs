//! The host of a request, which is what most sources choose by.

use http::Request;
use tower_cors::RequestHead;

/// A target, lines of `Host`, and the host.
const ROWS: [(&str, &str, &[&str], Option<&str>); 20] = [
    ("HTTP/1.1", "/", &["api.example"], Some("api.example")),
    ("HTTP/1.1 with a port", "/", &["api.example:8443"], Some("api.example")),
    ("HTTP/2", "https://api.example/", &[], Some("api.example")),
    ("HTTP/2 with a port", "https://api.example:8443/", &[], Some("api.example")),
    ("to a proxy", "http://api.example/", &["api.example"], Some("api.example")),
    (
        "with and without a default port",
        "http://api.example:80/",
        &["api.example"],
        Some("api.example"),
    ),
    ("in another case", "/", &["API.example"], Some("API.example")),
    (
        "target and Host in another case",
        "http://api.example/",
        &["API.Example"],
        Some("api.example"),
    ),
    ("with the root's dot", "/", &["api.example."], Some("api.example.")),
    ("IPv6", "/", &["[::1]:3000"], Some("[::1]")),
    ("asterisk-form", "*", &["api.example"], Some("api.example")),
    ("none", "/", &[], None),
    ("empty", "/", &[""], None),
    ("a port alone", "/", &[":80"], None),
    ("no number for a port", "/", &["api.example:"], None),
    ("too large a port", "/", &["api.example:65536"], None),
    ("user info", "http://a@api.example/", &[], None),
    ("twice", "/", &["api.example", "api.example"], None),
    ("two that differ", "http://api.example/", &["b.example"], None),
    ("two ports that differ", "http://api.example/", &["api.example:8443"], None),
];

#[test]
fn the_host_that_a_request_was_sent_to() {
    for (name, target, hosts, expected) in ROWS {
        let mut request = Request::builder().uri(target);
        for host in hosts {
            request = request.header("host", *host);
        }
        let request = request.body(()).unwrap();
        assert_eq!(RequestHead::of(&request).host(), expected, "{name}");
    }
    let not_text = http::HeaderValue::from_bytes(b"\xff.example").unwrap();
    let request = Request::builder().header("host", not_text).body(()).unwrap();
    assert_eq!(RequestHead::of(&request).host(), None);
}
