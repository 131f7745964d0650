//! `Vary` is merged: nothing of the inner service's is lost, and nothing is there twice.

use tower_cors::Policy;
use tower_cors::Refusal::OriginNotAllowed;

use crate::common::{ACAO, Lines, ORIGIN, VARY};
use crate::table::Expected::{Actual, ActualRefused, NotCors};
use crate::table::{check, row};

const APP: &str = "https://app.example";

/// Lines of the inner service's `Vary`, and whether `origin` has to be added to them.
const TABLE: &[(&str, &[&str], bool)] = &[
    ("S21: none", &[], true),
    ("S21: another name", &["Accept-Encoding"], true),
    ("S21: several names", &["accept-encoding, accept-language"], true),
    ("S21: several lines", &["accept-encoding", "accept-language"], true),
    ("S21: it is there", &["Origin"], false),
    ("S21: in any case", &["oRIGIn"], false),
    ("S21: in a list", &["accept-encoding, Origin, cookie"], false),
    ("S21: in a list without white space", &["cookie,origin"], false),
    ("S21: in a list with tabs", &["cookie\t,\torigin\t"], false),
    ("S21: on the second line", &["Accept-Encoding", "Origin"], false),
    ("S21: a wildcard", &["*"], false),
    ("S21: a wildcard in a list", &["accept-encoding, *"], false),
    ("S21: a wildcard on the second line", &["accept-encoding", "*"], false),
    ("S21: an empty line", &[""], true),
    ("S21: empty elements", &[" , ,"], true),
    ("S21: a longer name", &["origin-agent-cluster"], true),
    ("S21: a name that ends so", &["x-origin"], true),
    ("S21: two words", &["origin x"], true),
    ("S21: a quoted name", &["\"origin\""], true),
    ("S21: not UTF-8", &["\u{ff}", "accept\u{e4}"], true),
    ("S21: the same twice already", &["origin", "origin"], false),
    ("S21: a list that is covered, and more", &["origin", "accept-encoding"], false),
];

#[test]
fn vary_is_merged_on_every_response() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    for (name, lines, added) in TABLE {
        let inner: Vec<_> = lines.iter().map(|line| (VARY, *line)).collect();
        let added = added.then_some((VARY, ORIGIN));
        let merged: Vec<_> = inner.iter().copied().chain(added).collect();
        let shared: Vec<_> = merged.iter().copied().chain([(ACAO, APP)]).collect();
        let other: Lines<'_> = &[(ORIGIN, "https://other.example")];
        let refused = ActualRefused(OriginNotAllowed);
        check(
            &policy,
            &[
                row(name, "GET", &[(ORIGIN, APP)], 200, Actual(0), &shared).inner(200, &inner),
                row(name, "GET", other, 404, refused, &merged).inner(404, &inner),
                row(name, "GET", &[], 304, NotCors, &merged).inner(304, &inner),
            ],
        );
    }
}

/// A `Vary` of the request is none of the response.
#[test]
fn the_requests_own_vary_does_not_matter() {
    let policy = Policy::allow_origins([APP]).build().unwrap();
    let request = &[(ORIGIN, APP), (VARY, "origin, x"), (VARY, "*")];
    let shared = &[(ACAO, APP), (VARY, ORIGIN)];
    check(&policy, &[row("S21", "GET", request, 200, Actual(0), shared)]);
}
