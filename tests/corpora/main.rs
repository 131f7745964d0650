//! The corpora in `tests/data`: every case of each, in full, through the public API.
//!
//! They hold what another library was observed to do. Where this crate deliberately does something
//! else, the difference is listed beside the test, with its reason. A difference that is not listed
//! fails the test, and so does a listed one that is no difference (any more).
//!
//! `S4` and so on are rules in `tests/RULES.md`.

mod configs;
mod names;
mod origin_patterns;
mod request_headers;

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tower_cors::{BuildError, ConfigError, Policy};

/// Differences between a corpus and this crate that have one reason.
struct Difference {
    reason: &'static str,
    /// What is compared.
    field: &'static str,
    /// What this crate says, as [`Debug`] writes it.
    here: &'static str,
    cases: &'static [&'static str],
}

/// Compares a corpus with this crate, case by case, and collects what fails.
struct Comparison {
    differences: Vec<&'static Difference>,
    /// The listed differences that were looked at: case and field.
    met: BTreeSet<(String, &'static str)>,
    case: String,
    cases: usize,
    failures: Vec<String>,
}

impl Comparison {
    fn new(differences: impl IntoIterator<Item = &'static Difference>) -> Self {
        Self {
            differences: differences.into_iter().collect(),
            met: BTreeSet::new(),
            case: String::new(),
            cases: 0,
            failures: Vec::new(),
        }
    }

    /// Starts the next case. Its name is what differences list.
    fn case(&mut self, name: impl Into<String>) {
        self.case = name.into();
        self.cases += 1;
    }

    /// Compares one field of the current case.
    fn field<T: Debug + PartialEq>(&mut self, field: &'static str, corpus: &T, here: &T) {
        let case = self.case.as_str();
        let lists = |listed: &&&Difference| listed.field == field && listed.cases.contains(&case);
        let listed = self.differences.iter().find(lists);
        if listed.is_some() {
            self.met.insert((self.case.clone(), field));
        }
        let failure = match listed {
            None if corpus == here => return,
            None => format!("the corpus says {corpus:?}, this crate {here:?}"),
            Some(Difference { reason, .. }) if corpus == here => {
                format!("listed as a difference ({reason}), but both say {here:?}")
            }
            Some(listed) if format!("{here:?}") == listed.here => return,
            Some(listed) => {
                format!("listed with {}, but this crate says {here:?}", listed.here)
            }
        };
        self.failures.push(format!("{case}: {field}: {failure}"));
    }

    /// Panics with all that failed, if anything did.
    fn finish(mut self, expected_cases: usize) {
        for listed in &self.differences {
            for case in listed.cases {
                if !self.met.contains(&((*case).to_owned(), listed.field)) {
                    self.failures
                        .push(format!("{case}: {}: listed, but never compared", listed.field));
                }
            }
        }
        let Self { failures, cases, .. } = self;
        assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
        assert_eq!(cases, expected_cases, "number of cases");
    }
}

fn read<C: DeserializeOwned>(json: &str) -> Vec<C> {
    #[derive(Deserialize)]
    struct Corpus<C> {
        cases: Vec<C>,
    }
    serde_json::from_str::<Corpus<C>>(json).expect("the corpus has the documented form").cases
}

/// The codes of all mistakes, in order; none for a policy.
fn codes(built: &Result<Policy, BuildError>) -> Vec<&'static str> {
    match built {
        Ok(_) => Vec::new(),
        Err(error) => error.mistakes().map(ConfigError::code).collect(),
    }
}

const TWO_IS_THREE: &[Difference] =
    &[Difference { reason: "a test", field: "sum", here: "3", cases: &["one and one"] }];

fn compare_sums(differences: &'static [Difference], corpus: u8, here: u8) {
    let mut comparison = Comparison::new(differences);
    comparison.case("one and one");
    comparison.field("sum", &corpus, &here);
    comparison.finish(1);
}

#[test]
fn a_listed_difference_passes() {
    compare_sums(TWO_IS_THREE, 2, 3);
}

#[test]
#[should_panic(expected = "one and one: sum: the corpus says 2, this crate 3")]
fn a_difference_that_is_not_listed_fails() {
    compare_sums(&[], 2, 3);
}

#[test]
#[should_panic(expected = "one and one: sum: listed as a difference (a test), but both say 2")]
fn a_listed_difference_that_is_none_fails() {
    compare_sums(TWO_IS_THREE, 2, 2);
}

#[test]
#[should_panic(expected = "one and one: sum: listed with 3, but this crate says 4")]
fn another_difference_than_the_listed_one_fails() {
    compare_sums(TWO_IS_THREE, 2, 4);
}

#[test]
#[should_panic(expected = "one and one: sum: listed, but never compared")]
fn a_listed_difference_of_no_case_fails() {
    Comparison::new(TWO_IS_THREE).finish(0);
}
