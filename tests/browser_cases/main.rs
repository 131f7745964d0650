//! Cases that were observed in Chromium, Firefox and WebKit, run through the model of a browser and
//! this crate's layer: under the standard, and as each engine, with the differences that are
//! recorded for it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod case;
mod check;
mod site;
mod step;

use std::fmt::Write as _;

use case::Case;
use tower_cors::testing::Engine;

/// Cases that cannot be run, for this reason. One that can be run after all fails the test.
const NOT_EXPRESSIBLE: &[(&str, &str)] = &[];

const ENGINES: [(&str, Engine); 4] = [
    ("standard", Engine::Standard),
    ("chromium", Engine::Chromium),
    ("firefox", Engine::Firefox),
    ("webkit", Engine::WebKit),
];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    /// Prose about the cases.
    #[serde(rename = "meta")]
    _meta: serde_json::Value,
    cases: Vec<serde_json::Value>,
}

#[tokio::test]
async fn all_cases_in_all_engines() {
    let corpus: Corpus = serde_json::from_str(include_str!("../data/browser-cases.json")).unwrap();
    let mut failures = String::new();
    let (mut passed, mut listed) = (0, 0);
    for value in corpus.cases {
        let case: Case = match serde_json::from_value(value.clone()) {
            Ok(case) => case,
            Err(error) => {
                writeln!(failures, "{}: {error}", value["id"]).unwrap();
                continue;
            }
        };
        let reason = NOT_EXPRESSIBLE.iter().find(|(id, _)| *id == case.id);
        listed += usize::from(reason.is_some());
        for (name, engine) in ENGINES {
            match (step::run(&case, name, engine).await, reason) {
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
    assert_eq!(passed, 4 * (111 - NOT_EXPRESSIBLE.len()));
}

/// What is not understood must fail, or the file could say what nobody checks.
#[test]
fn an_unknown_key_is_an_error() {
    let corpus: Corpus = serde_json::from_str(include_str!("../data/browser-cases.json")).unwrap();
    let case = &corpus.cases[0];
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
