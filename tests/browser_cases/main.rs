//! Cases that were observed in Chromium, Firefox and WebKit, run through the model of a browser and
//! this crate's layer: under the standard, and as each engine, with the differences that are
//! recorded for it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/browser_cases/mod.rs"]
mod browser_cases;

use std::fmt::Write as _;

use browser_cases::case::Case;
use browser_cases::places::Places;
use browser_cases::{check, model};
use tower_cors::testing::Engine;

const CASES: &str = include_str!("../data/browser-cases.json");

/// Where pages and servers are, and what happens there.
const FILES: [(Places, &str); 3] = [
    (Places::Http, CASES),
    (Places::Http, include_str!("../data/browser-cases-more.json")),
    (Places::Https { port: 8443 }, include_str!("../data/browser-cases-https.json")),
];

/// Cases that cannot be run, for this reason. One that can be run after all fails the test.
const NOT_EXPRESSIBLE: &[(&str, &str)] = &[];

const ENGINES: [(&str, Engine); 4] = [
    ("standard", Engine::Standard),
    ("chromium", Engine::Chromium),
    ("firefox", Engine::Firefox),
    ("webkit", Engine::WebKit),
];

#[tokio::test]
async fn all_cases_in_all_engines() {
    let mut failures = String::new();
    let (mut passed, mut listed) = (0, 0);
    let cases = FILES.iter().flat_map(|(places, json)| {
        let cases = browser_cases::read(json).unwrap();
        cases.into_iter().map(|(id, case)| (*places, id, case))
    });
    for (places, id, case) in cases {
        let case = match case {
            Ok(case) => case,
            Err(error) => {
                writeln!(failures, "{id}: {error}").unwrap();
                continue;
            }
        };
        let reason = NOT_EXPRESSIBLE.iter().find(|(id, _)| *id == case.id);
        listed += usize::from(reason.is_some());
        for (name, engine) in ENGINES {
            match (run(&case, places, name, engine).await, reason) {
                (Ok(()), None) => passed += 1,
                (Err(_), Some(_)) => {}
                (Ok(()), Some((_, reason))) => {
                    writeln!(failures, "{} ({name}) passes, but is listed: {reason}", case.id)
                        .unwrap();
                }
                (Err(why), None) => {
                    writeln!(failures, "{} ({name}): {why}\n", case.id).unwrap();
                }
            }
        }
    }
    assert_eq!(listed, NOT_EXPRESSIBLE.len(), "a listed case is not in the file");
    assert!(failures.is_empty(), "{passed} passed\n{failures}");
    assert_eq!(passed, 4 * (169 - NOT_EXPRESSIBLE.len()));
}

async fn run(case: &Case, places: Places, name: &str, engine: Engine) -> Result<(), String> {
    let observed = model::observe(case, places, engine).await?;
    check::check_case(case, places, name, &observed)
}

/// What is not understood must fail, or the file could say what nobody checks.
#[test]
fn an_unknown_key_is_an_error() {
    let corpus: serde_json::Value = serde_json::from_str(CASES).unwrap();
    let case = &corpus["cases"][0];
    assert!(serde_json::from_value::<Case>(case.clone()).is_ok());
    for pointer in
        ["", "/page_origin", "/policy", "/steps/0", "/steps/0/fetch", "/steps/0/expected"]
    {
        let mut case = case.clone();
        case.pointer_mut(pointer).unwrap()["unheard_of"] = true.into();
        let error = serde_json::from_value::<Case>(case).unwrap_err();
        assert!(error.to_string().contains("unheard_of"), "{pointer}: {error}");
    }
    for key in ["app", "servers"] {
        let mut case = case.clone();
        case[key] = serde_json::json!({ "r": { "unheard_of": true } });
        assert!(serde_json::from_value::<Case>(case).is_err(), "{key}");
    }
}
