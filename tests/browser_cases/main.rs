//! Cases that were observed in Chromium, Firefox and WebKit, run through the model of a browser and
//! this crate's layer: under the standard, and as each engine, with the differences that are
//! recorded for it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/browser_cases/mod.rs"]
mod browser_cases;

use std::fmt::Write as _;

use browser_cases::places::Places;
use browser_cases::read::{ENGINES, Unread, read};
use browser_cases::{check, model};
use serde_json::{Value, json};
use tower_cors::testing::Engine;

const CASES: &str = include_str!("../data/browser-cases.json");

/// Where pages and servers are, and what happens there.
const FILES: [(Places, &str); 4] = [
    (Places::Http, CASES),
    (Places::Http, include_str!("../data/browser-cases-more.json")),
    (Places::Http, include_str!("../data/browser-cases-console.json")),
    (Places::Https { port: 8443 }, include_str!("../data/browser-cases-https.json")),
];

#[tokio::test]
async fn all_cases_in_all_engines() {
    let mut failures = String::new();
    let mut passed = 0;
    for (places, json) in FILES {
        for unread in read(json).unwrap() {
            let engines = [("standard", Engine::Standard)].into_iter().chain(ENGINES);
            for (name, engine) in engines.filter(|(name, _)| unread.ends_in(name)) {
                match run(&unread, places, name, engine).await {
                    Ok(()) => passed += 1,
                    Err(why) => writeln!(failures, "{} ({name}): {why}\n", unread.id).unwrap(),
                }
            }
        }
    }
    assert!(failures.is_empty(), "{passed} passed\n{failures}");
    // One of them does not run in one of them.
    assert_eq!(passed, 4 * 226 - 1);
}

async fn run(unread: &Unread, places: Places, name: &str, engine: Engine) -> Result<(), String> {
    let case = unread.read(places)?;
    let observed = model::observe(&case, engine).await?;
    check::check_case(&case, name, &observed)
}

/// What is not understood must fail, or a file could say what nobody checks.
#[test]
fn what_is_not_understood_is_refused() {
    let corpus: Value = serde_json::from_str(CASES).unwrap();
    let case = &corpus["cases"][0];
    let read_one = |case: Value| {
        let json = json!({ "cases": [case] }).to_string();
        read(&json).and_then(|cases| cases[0].read(Places::Http))
    };
    assert!(read_one(case.clone()).is_ok());

    let unknown_key = json!({ "unheard_of": true });
    let rows = [
        ("", unknown_key.clone(), "unheard_of"),
        ("/page_origin", unknown_key.clone(), "unheard_of"),
        ("/policy", unknown_key.clone(), "unheard_of"),
        ("/steps/0", unknown_key.clone(), "unheard_of"),
        ("/steps/0/fetch", unknown_key.clone(), "unheard_of"),
        ("/steps/0/expected", unknown_key.clone(), "unheard_of"),
        ("", json!({ "app": { "r": unknown_key } }), "unheard_of"),
        ("", json!({ "servers": { "r": { "unheard_of": 1 } } }), "unheard_of"),
        ("", json!({ "engines": { "7": {} } }), "no step 7"),
        ("", json!({ "engines": { "0": { "chrome": {} } } }), "chrome is none of"),
        ("", json!({ "engines": { "0": { "webkit": { "redable": true } } } }), "redable"),
        ("", json!({ "not_in": { "chrome": "why" } }), "chrome is none of"),
        ("", json!({ "layer": { "own_host": [] } }), "own_host"),
        ("/steps/0", json!({ "console": { "chrome": [] } }), "chrome is none of"),
        ("", json!({ "steps": [] }), "no steps"),
        ("/steps/0/fetch", json!({ "to": "apj/r" }), "apj/r is of no server"),
        ("/steps/0/fetch", json!({ "via": "img", "method": "PUT" }), "Img cannot make"),
        ("/steps/0/expected", json!({ "not_requested": ["r"] }), "r is of no server"),
        ("/steps/0/expected", json!({ "preflight": "cache-ok" }), "neither a boolean nor"),
        ("/steps/0/expected", json!({ "forbidden_request_headers": ["x y"] }), "no header name"),
        ("", json!({ "app": { "r": { "status": 1000 } } }), "1000 is no status"),
        ("", json!({ "app": { "r": { "headers": { "x": "\n" } } } }), "no header value"),
    ];
    for (pointer, fields, message) in rows {
        let mut case = case.clone();
        for (name, value) in fields.as_object().unwrap() {
            case.pointer_mut(pointer).unwrap()[name] = value.clone();
        }
        let error = read_one(case).unwrap_err();
        assert!(error.contains(message), "{pointer} {fields}: {error}");
    }

    let twice = json!({ "cases": [case, case] }).to_string();
    assert!(read(&twice).unwrap_err().contains("two cases"));
}
