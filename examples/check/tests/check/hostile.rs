//! Servers that mean harm: nothing of them reaches the terminal raw, and none of them is waited for.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{Ran, check};
use crate::servers::{self, serve};

/// Answers each connection by hand: one request, whose text is in lower case.
fn serve_raw(answer: impl Fn(&mut TcpStream, &str) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/items", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                // The head of a request without a body fits into one read.
                let mut request = [0; 8192];
                let length = stream.read(&mut request).unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
                answer(&mut stream, &request);
            });
        }
    });
    url
}

/// What moves a terminal, as bytes of header values: C1 controls, alone and in UTF-8, marks of direction,
/// joiners, and as much text as fills a screen.
const HARMFUL: [&[u8]; 5] = [
    b"\x9b2J\x9b31m",
    b"\xc2\x9b2J",
    b"\xe2\x80\xae\xe2\x81\xa6",
    b"\xe2\x80\x8b\xef\xbb\xbf",
    &[b'a'; 4000],
];

fn is_plain_char(char: char) -> bool {
    matches!(char, ' '..='~' | '…') || char.is_alphanumeric()
}

/// Whether all of the output shows as what it is.
#[track_caller]
fn is_plain(ran: &Ran) {
    let Ran { stdout, stderr, .. } = ran;
    let printed = stdout.chars().chain(stderr.chars());
    let odd: Vec<_> = printed.filter(|char| *char != '\n' && !is_plain_char(*char)).collect();
    assert!(odd.is_empty(), "{odd:?} in {stdout:?}");
    let longest = stdout.lines().map(str::len).max().unwrap_or_default();
    assert!(stdout.starts_with('{') || longest < 600, "a line of {longest} bytes");
    // 21 requests, four times, is the most that JSON lists.
    assert!(stdout.len() < 60_000, "{} bytes", stdout.len());
}

#[test]
fn headers_that_move_the_terminal() {
    for harmful in HARMFUL {
        let url = serve_raw(move |stream, _| {
            let mut answer = b"HTTP/1.1 302 \x9b31mOK\r\nconnection: close\r\n".to_vec();
            let names =
                ["access-control-allow-origin", "access-control-allow-methods", "vary", "location"];
            for name in names.into_iter().chain(["cors-refusal", "x-own", "set-cookie"]) {
                answer.extend([name.as_bytes(), b": ", harmful, b"\r\n"].concat());
            }
            answer.extend([b"\r\n", harmful, b"\x1b]0;title\x07\x1b[2J"].concat());
            let _ = stream.write_all(&answer);
        });
        for args in [
            &["--json"][..],
            &[],
            &["--method", "PUT"],
            &["--cache", "--credentials"],
            &["--audit"],
            &["--audit", "--json"],
        ] {
            let ran = check(&url, args);
            is_plain(&ran);
            assert_eq!(
                ran.code,
                1 - i32::from(args.contains(&"--audit")),
                "{args:?} {}",
                ran.stdout
            );
        }
    }
}

/// The same in what is allowed: names that the page sees, and where a redirect leads.
#[test]
fn responses_that_move_the_terminal() {
    for harmful in HARMFUL {
        let url = serve_raw(move |stream, _| {
            let head =
                b"HTTP/1.1 302 Found\r\naccess-control-allow-origin: *\r\nconnection: close\r\n";
            let location = [b"location: /", harmful, b"\r\n\r\n"].concat();
            let _ = stream.write_all(&[&head[..], &location].concat());
        });
        for args in [&[][..], &["--json"], &["--audit"]] {
            is_plain(&check(&url, args));
        }
    }
}

/// What an audit found is shown as evidence.
#[test]
fn evidence_that_moves_the_terminal() {
    for harmful in HARMFUL {
        let url = serve_raw(move |stream, request| {
            let allowed = if request.contains("origin: ") { harmful } else { b"*" };
            let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\naccess-control-allow-origin: ";
            let _ = stream
                .write_all(&[&head[..], allowed, b"\r\nvary: ", harmful, b"\r\n\r\n"].concat());
        });
        let ran = check(&url, &["--audit"]);
        is_plain(&ran);
        ran.assert_says(1, &["no-vary", "found     GET from the page"]);
        let ran = check(&url, &["--audit", "--json"]);
        is_plain(&ran);
        // Once read by a machine, it may be shown, too.
        let report = ran.json();
        let evidence = report["audit"]["findings"][0]["evidence"].as_array().unwrap();
        assert!(evidence.iter().all(|line| line.as_str().unwrap().chars().all(is_plain_char)));
    }
}

/// Escape sequences in header values are not HTTP, so there is no response; those in a body are not printed.
#[test]
fn escape_sequences() {
    let in_headers = serve_raw(|stream, _| {
        let answer = b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: \x1b[2J\r\n\r\n";
        let _ = stream.write_all(answer);
    });
    let ran = check(&in_headers, &[]);
    is_plain(&ran);
    ran.assert_says(2, &["no answer", "invalid HTTP header"]);
    let in_body = serve_raw(|stream, _| {
        let head =
            b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(&[&head[..], b"\x1b[2J\x1b]0;title\x07"].concat());
    });
    let ran = check(&in_body, &[]);
    is_plain(&ran);
    ran.assert_says(0, &[]);
}

/// Runs the tool, which has to come back in time. The machine may be busy.
#[track_caller]
fn in_time(url: &str, args: &[&str]) -> Ran {
    let start = Instant::now();
    let ran = check(url, &[&["--timeout", "1"], args].concat());
    let took = start.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");
    ran
}

#[test]
fn a_server_that_never_answers() {
    let url = serve_raw(|_, _| thread::sleep(Duration::from_secs(600)));
    for args in [&[][..], &["--method", "PUT"], &["--cache"]] {
        in_time(&url, args).assert_says(2, &["No answer came in time", "--timeout"]);
    }
    in_time(&url, &["--audit"]).assert_says(2, &["cors-check: No answer came in time"]);
}

/// It answers the page, and nobody else.
#[test]
fn a_server_that_falls_silent() {
    let url = serve_raw(|stream, request| {
        if !request.contains("origin: https://app.example.com\r\n") {
            thread::sleep(Duration::from_secs(600));
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(answer);
    });
    let gives_up = "the server answers no more, after 2 origins: No answer came in time";
    in_time(&url, &["--audit"]).assert_says(2, &[gives_up]);
}

/// An event stream, on which nothing happens.
#[test]
fn a_body_that_falls_silent() {
    let url = serve_raw(|stream, _| {
        let head = b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n\r\n: welcome\n\n";
        let _ = stream.write_all(head);
        thread::sleep(Duration::from_secs(600));
    });
    in_time(&url, &[]).assert_says(0, &["200 OK"]);
}

#[test]
fn what_does_not_end() {
    let head = b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n";
    let without_end = move |first: &'static [u8], then: &'static [u8]| {
        serve_raw(move |stream, _| {
            let mut next = stream.write_all(first);
            while next.is_ok() {
                next = stream.write_all(then);
            }
        })
    };
    let body =
        without_end(b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n\r\n", &[b'a'; 4096]);
    in_time(&body, &[]).assert_says(0, &["200 OK"]);
    let headers = without_end(head, b"x-header: more of them\r\n");
    in_time(&headers, &[]).assert_says(2, &["no answer"]);
    let informed = without_end(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
    in_time(&informed, &[]).assert_says(2, &["no answer"]);
    let redirects = serve(servers::redirects_without_end());
    in_time(&redirects, &[]).assert_says(1, &["redirected more than 20 times"]);
    in_time(&redirects, &["--audit"]).assert_says(0, &["Nothing was found."]);
}

/// Each hop is in time, and all together are not.
#[test]
fn redirects_that_take_their_time() {
    let url = serve_raw(|stream, _| {
        thread::sleep(Duration::from_millis(300));
        let now = Instant::now();
        let location = format!("location: /{now:?}\r\n").replace(' ', "");
        let head = "HTTP/1.1 302 Found\r\naccess-control-allow-origin: *\r\nconnection: close\r\n";
        let _ = stream.write_all(format!("{head}{location}\r\n").as_bytes());
    });
    in_time(&url, &[]).assert_says(2, &["No answer came in time"]);
}
