//! Any method and any request header: `*` without credentials, an echo with them.

use http::Method;
use tower_cors::Policy;
use tower_cors::Refusal::{
    self, HeadersTooLong, InvalidHeaders, InvalidMethod, MethodNotAllowed, OriginNotAllowed,
};

use crate::common::{
    ACAC, ACAH, ACAM, ACAO, ACRH, ACRM, COMMON, ECHOING_VARY, Lines, ORIGIN, PREFLIGHT_VARY,
    SAFELISTED, VARY,
};
use crate::table::Expected::{Preflight, PreflightRefused, PreflightWithout};
use crate::table::{check, row};

const APP: &str = "https://app.example";
const REFUSED: Lines<'_> = &[(VARY, ECHOING_VARY)];

fn ask<'a>(method: &'a str, lines: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let lines = lines.iter().map(|line| (ACRH, *line));
    [(ORIGIN, APP), (ACRM, method)].into_iter().chain(lines).collect()
}

fn not_allowed(method: &str) -> Refusal {
    MethodNotAllowed(Method::from_bytes(method.as_bytes()).unwrap())
}

#[test]
fn without_credentials() {
    let policy = Policy::allow_origins([APP]).allow_any_method().allow_any_header().build();
    let policy = policy.unwrap();
    let answer = &[(ACAO, APP), (ACAM, "*"), (ACAH, "*, authorization"), (VARY, PREFLIGHT_VARY)];
    let table: &[(&str, &str, &[&str])] = &[
        ("S11: a method", "DELETE", &[]),
        ("S4: in any case", "patch", &[]),
        ("S11: safelisted", "GET", &[]),
        ("S11: method and headers", "PUT", &["x-a,x-b"]),
        ("S12: authorization", "PUT", &["authorization"]),
        ("S15: a method of the name *", "*", &[]),
        // What is asked for makes no difference to the answer, so nobody reads it.
        ("S5: malformed", "PUT", &["x a,\u{ff}"]),
        ("limit: more lines than are read", "PUT", &["x-a"; 65]),
    ];
    for (name, method, lines) in table {
        check(&policy, &[row(name, "OPTIONS", &ask(method, lines), 204, Preflight(0), answer)]);
    }
    // Nor does the method. Scripts cannot use the forbidden ones, whatever an answer says.
    let too_long = "A".repeat(65);
    for (name, method) in [
        ("S15: TRACE", "TRACE"),
        ("S15: connect", "connect"),
        ("S4: empty", ""),
        ("S4: a list", "GET, PUT"),
        ("S4: not ASCII", "\u{e4}"),
        ("limit: 65 bytes", &too_long),
    ] {
        check(&policy, &[row(name, "OPTIONS", &ask(method, &[]), 204, Preflight(0), answer)]);
    }
}

#[test]
fn names_beside_the_wildcard() {
    let policy = Policy::allow_origins([APP])
        .allow_any_header()
        .allow_headers(["x-a", "authorization"])
        .build()
        .unwrap();
    let answer =
        &[(ACAO, APP), (ACAM, SAFELISTED), (ACAH, "*, authorization"), (VARY, PREFLIGHT_VARY)];
    for lines in [&[][..], &["authorization"], &["x-b"]] {
        check(&policy, &[row("S12", "OPTIONS", &ask("GET", lines), 204, Preflight(0), answer)]);
    }
}

/// A name, the method and the lines of headers that are asked for, and what comes of it.
type Malformed<'a> = (&'a str, &'a str, &'a [&'a str], Refusal, Option<&'a str>);

#[test]
fn with_credentials() {
    let policy = Policy::allow_origins([APP])
        .allow_credentials()
        .allow_any_method()
        .allow_methods(["PUT"])
        .allow_any_header()
        .allow_headers(["authorization", "x-a"])
        .build()
        .unwrap();
    let many_lines = ["x-a"; 64];
    let many_names = ["x-a"; 64].join(",");
    let longest = "x".repeat(4096);
    let longest_method = "A".repeat(64);
    let too_long_method = "A".repeat(65);
    let spread: &[&str] = &["x-b,X-A", "", " x-c"];
    let table: &[(&str, &str, &[&str], Option<&str>)] = &[
        ("S10: a common method", "DELETE", &[], None),
        ("S10: a method in lower case", "patch", &[], None),
        ("S10: another method", "QUERY", &[], None),
        ("S10: a safelisted one", "GET", &[], None),
        ("S10: a name", "PUT", &["x-a"], Some("x-a")),
        ("S10, S12: authorization", "PUT", &["authorization"], Some("authorization")),
        ("S10: none that is not asked for", "PUT", &["x-z"], Some("x-z")),
        ("S5: order is kept", "PUT", &["x-b,x-a"], Some("x-b,x-a")),
        ("S5: lower case", "PUT", &["X-Token,CONTENT-TYPE"], Some("x-token,content-type")),
        ("S5: white space goes", "PUT", &[" x-a ,\tx-b"], Some("x-a,x-b")),
        ("S5: empty elements go", "PUT", &[",x-a,,x-b,"], Some("x-a,x-b")),
        ("S5: lines are joined", "PUT", spread, Some("x-b,x-a,x-c")),
        ("S5: nothing but empty elements", "PUT", &[" ,, "], None),
        ("S5: an empty line", "PUT", &[""], None),
        ("S10: * as a name, which it is", "PUT", &["*"], Some("*")),
        ("limit: 64 lines", "PUT", &many_lines, Some(&many_names)),
        ("limit: 4096 bytes", "PUT", &[&longest], Some(&longest)),
        ("limit: a method of 64 bytes", &longest_method, &[], None),
    ];
    for (name, method, lines, echoed) in table {
        let echoed = echoed.map(|names| (ACAH, names));
        let methods = match *method {
            "GET" | "PUT" | "DELETE" => COMMON.to_owned(),
            method => format!("{COMMON}, {method}"),
        };
        let fixed = [(ACAO, APP), (ACAC, "true"), (ACAM, &methods), (VARY, ECHOING_VARY)];
        let answer: Vec<_> = fixed.into_iter().chain(echoed).collect();
        check(&policy, &[row(name, "OPTIONS", &ask(method, lines), 204, Preflight(0), &answer)]);
    }
    // What is malformed is left out of the echo, and so is what is over the limits.
    let table: &[Malformed<'_>] = &[
        ("S5: white space within", "PUT", &["x-a,x b"], InvalidHeaders, Some("x-a")),
        ("S5: another delimiter", "PUT", &["x-a;x-b"], InvalidHeaders, None),
        ("S5: the second line", "PUT", &["x-a", "(x)"], InvalidHeaders, Some("x-a")),
        ("S5: not ASCII", "PUT", &["x-\u{e4}"], InvalidHeaders, None),
        ("limit: 65 lines", "PUT", &["x-a"; 65], HeadersTooLong, None),
        ("limit: 4097 bytes", "PUT", &[&longest, ","], HeadersTooLong, None),
        ("S15: forbidden", "TRACE", &["x-a"], not_allowed("TRACE"), Some("x-a")),
        ("S4: no method", "", &["x-a"], InvalidMethod, Some("x-a")),
        ("S4: two methods", "PUT,GET", &[], InvalidMethod, None),
        ("limit: a method of 65 bytes", &too_long_method, &[], InvalidMethod, None),
    ];
    for (name, method, lines, refusal, echoed) in table {
        let echoed = echoed.map(|names| (ACAH, names));
        let fixed = [(ACAO, APP), (ACAC, "true"), (ACAM, COMMON), (VARY, ECHOING_VARY)];
        let answer: Vec<_> = fixed.into_iter().chain(echoed).collect();
        let expected = PreflightWithout(0, refusal.clone());
        check(&policy, &[row(name, "OPTIONS", &ask(method, lines), 204, expected, &answer)]);
    }
    let two = &[(ORIGIN, APP), (ACRM, "PUT"), (ACRM, "PUT")];
    let answer = &[(ACAO, APP), (ACAC, "true"), (ACAM, COMMON), (VARY, ECHOING_VARY)];
    let expected = PreflightWithout(0, InvalidMethod);
    check(&policy, &[row("S4: two lines", "OPTIONS", two, 204, expected, answer)]);
    let evil = &[(ORIGIN, "https://evil.example"), (ACRM, "PUT"), (ACRH, "x-a")];
    let expected = PreflightRefused(OriginNotAllowed);
    check(&policy, &[row("S10: no echo for others", "OPTIONS", evil, 403, expected, REFUSED)]);
}

/// Only one of the two is any: the other is the list as ever.
#[test]
fn with_credentials_any_method_or_any_header() {
    let (origin, credentials) = ((ACAO, APP), (ACAC, "true"));
    let any_method = Policy::allow_origins([APP])
        .allow_credentials()
        .allow_any_method()
        .allow_headers(["x-b", "x-a"])
        .build()
        .unwrap();
    let methods = (ACAM, COMMON);
    let answer = &[origin, credentials, methods, (ACAH, "x-a, x-b"), (VARY, PREFLIGHT_VARY)];
    let request = ask("PUT", &["x-b"]);
    check(&any_method, &[row("S10", "OPTIONS", &request, 204, Preflight(0), answer)]);
    let any_header = Policy::allow_origins([APP])
        .allow_credentials()
        .allow_methods(["PUT", "DELETE"])
        .allow_any_header()
        .build()
        .unwrap();
    let methods = (ACAM, "GET, HEAD, POST, DELETE, PUT");
    let answer = &[origin, credentials, methods, (ACAH, "x-c"), (VARY, ECHOING_VARY)];
    let request = ask("PUT", &["X-C"]);
    check(&any_header, &[row("S10", "OPTIONS", &request, 204, Preflight(0), answer)]);
    let expected = PreflightWithout(0, not_allowed("PATCH"));
    let request = ask("PATCH", &["X-C"]);
    check(&any_header, &[row("S10, S11", "OPTIONS", &request, 204, expected, answer)]);
}
