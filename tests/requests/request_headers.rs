//! `Access-Control-Request-Headers` against a list of names.

use http::{HeaderName, header};
use tower_cors::Policy;
use tower_cors::Refusal::{HeaderNotAllowed, HeadersTooLong, InvalidHeaders};

use crate::common::{
    ACAH, ACAM, ACAO, ACRH, ACRM, Lines, ORIGIN, PREFLIGHT_VARY, SAFELISTED, VARY,
};
use crate::table::Expected::{Preflight, PreflightWithout};
use crate::table::{check, row};

const APP: &str = "https://app.example";

fn policy() -> Policy {
    Policy::allow_origins([APP])
        .allow_headers(["x-b", "x-a", "Content-Type"])
        .allow_headers([header::AUTHORIZATION])
        .build()
        .unwrap()
}

/// The answer to an allowed preflight: the whole list, whatever was asked for.
const ALLOWED: Lines<'_> = &[
    (ACAO, APP),
    (ACAM, SAFELISTED),
    (ACAH, "authorization, content-type, x-a, x-b"),
    (VARY, PREFLIGHT_VARY),
];

fn ask<'a>(lines: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let lines = lines.iter().map(|line| (ACRH, *line));
    [(ORIGIN, APP), (ACRM, "POST")].into_iter().chain(lines).collect()
}

#[test]
fn lists_that_are_allowed() {
    let spaces = " ".repeat(4093);
    let tabs = "\t".repeat(4093);
    let commas = ",".repeat(4093);
    let (spaces, tabs) = (format!("{spaces}x-a"), format!("x-a{tabs}"));
    let half = format!("x-b{}", ",".repeat(2045));
    let table: &[(&str, &[&str])] = &[
        ("S5: none", &[]),
        ("S5: one", &["x-a"]),
        ("S5: as browsers send it", &["authorization,content-type,x-a,x-b"]),
        ("S5: any order", &["x-b,authorization,x-a"]),
        ("S5: any case", &["X-A,AuthorizatioN,CONTENT-TYPE"]),
        ("S5: the same twice", &["x-a,x-a,X-A"]),
        ("S5: optional white space", &["x-a, x-b\t,\t \tcontent-type"]),
        ("S5: white space at the ends", &["  x-a,x-b\t"]),
        ("S5: empty", &[""]),
        ("S5: white space only", &[" \t "]),
        ("S5: empty elements", &[",x-a,, ,x-b,"]),
        ("S5: several lines", &["x-a", "x-b"]),
        ("S5: several lines, some empty", &["", "x-a,", "", ",X-B", ""]),
        ("limit: 4096 bytes, spaces", &[&spaces]),
        ("limit: 4096 bytes, tabs", &[&tabs]),
        ("limit: 4096 bytes, commas", &[&commas, "x-a"]),
        ("limit: 4096 bytes, two lines", &[&half, &half]),
        ("limit: 64 lines", &["x-a"; 64]),
        ("limit: 64 empty lines", &[""; 64]),
    ];
    for (name, lines) in table {
        check(&policy(), &[row(name, "OPTIONS", &ask(lines), 204, Preflight(0), ALLOWED)]);
    }
}

#[test]
fn lists_that_are_refused() {
    let unlisted = |name: &'static str| HeaderNotAllowed(HeaderName::from_static(name));
    let spaces = " ".repeat(4094) + "x-a";
    let commas = ",".repeat(4097);
    let half = format!("x-b{}", ",".repeat(2045));
    let long_name = "a".repeat(4096);
    let table: &[(&str, &[&str], _)] = &[
        ("S5, S11: not listed", &["x-c"], unlisted("x-c")),
        ("S5, S11: the first that is not listed", &["x-a,x-d,x-c"], unlisted("x-d")),
        ("S5, S11: on the second line", &["x-a", "x-c"], unlisted("x-c")),
        ("S5, S11: upper case", &["X-C"], unlisted("x-c")),
        ("S5: a longer name", &["x-ab"], unlisted("x-ab")),
        ("S5: a shorter name", &["x-"], unlisted("x-")),
        ("S14: safelisted by name, unsafe by value", &["accept"], unlisted("accept")),
        ("S15: a forbidden one", &["cookie"], unlisted("cookie")),
        ("S11: * is a name like any other", &["*"], unlisted("*")),
        ("S5: white space within", &["x-a x-b"], InvalidHeaders),
        ("S5: another delimiter", &["x-a;x-b"], InvalidHeaders),
        ("S5: quoted", &["\"x-a\""], InvalidHeaders),
        ("S5: not ASCII", &["x-\u{e4}"], InvalidHeaders),
        ("S5: not UTF-8", &["x-a,\u{ff}"], InvalidHeaders),
        ("S5: malformed on the second line", &["x-a", "x b"], InvalidHeaders),
        ("limit: 4097 bytes, spaces", &[&spaces], HeadersTooLong),
        ("limit: 4097 bytes, commas", &[&commas], HeadersTooLong),
        ("limit: 4097 bytes, three lines", &[&half, &half, ","], HeadersTooLong),
        ("limit: 4096 bytes of one name", &[&long_name], {
            HeaderNotAllowed(HeaderName::try_from(&long_name).unwrap())
        }),
        ("limit: 65 lines", &["x-a"; 65], HeadersTooLong),
        ("limit: 65 empty lines", &[""; 65], HeadersTooLong),
    ];
    for (name, lines, refusal) in table {
        let expected = PreflightWithout(0, refusal.clone());
        check(&policy(), &[row(name, "OPTIONS", &ask(lines), 204, expected, ALLOWED)]);
    }
}

#[test]
fn no_names_are_listed() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    let answer = &[(ACAO, APP), (ACAM, SAFELISTED), (VARY, PREFLIGHT_VARY)];
    let refused = PreflightWithout(0, HeaderNotAllowed(HeaderName::from_static("x-a")));
    check(
        &policy,
        &[
            row("S6: no line", "OPTIONS", &ask(&[]), 204, Preflight(0), answer),
            row("S5: an empty line", "OPTIONS", &ask(&[""]), 204, Preflight(0), answer),
            row("S5: empty elements", "OPTIONS", &ask(&[" , ,"]), 204, Preflight(0), answer),
            row("S5, S11: a name", "OPTIONS", &ask(&["x-a"]), 204, refused, answer),
        ],
    );
}
