//! What documents say about the crate is still so. Nothing else would notice when it is not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const MANIFEST: &str = include_str!("../Cargo.toml");
const README: &str = include_str!("../README.md");
const CRATE_DOCS: &str = include_str!("../src/lib.rs");
const RULES: &str = include_str!("RULES.md");

/// What follows a heading, up to the next one, of which only the start is given.
fn section<'a>(document: &'a str, heading: &str, next_heading: &str) -> &'a str {
    let (_, rest) = document
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("there is no line {heading:?}"));
    rest.split(&format!("\n{next_heading}")).next().unwrap()
}

/// Of each line with this prefix, what stands between it and the first `end`.
fn items<'a>(text: &'a str, prefix: &str, end: &str) -> BTreeSet<&'a str> {
    let item = |line: &'a str| Some(line.strip_prefix(prefix)?.split_once(end)?.0);
    text.lines().filter_map(item).collect()
}

/// The features of `Cargo.toml`. `default` is none: it says which of the others are.
fn features() -> BTreeSet<&'static str> {
    let mut features = items(section(MANIFEST, "[features]", "["), "", " = ");
    // A comment may have an equals sign in it.
    features.retain(|name| !name.starts_with('#') && *name != "default");
    features
}

/// The rules that a text cites. Code counts as well: nothing in it has such a name.
fn citations(text: &str) -> BTreeSet<&str> {
    let is_rule = |word: &&str| {
        word.strip_prefix('S').is_some_and(|number| {
            matches!(number.len(), 1..=2) && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(is_rule).collect()
}

/// The programs in a directory and those below it.
fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_readme_names_the_minimum_supported_rust_version() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    let sentence = format!("The minimum supported Rust version is {version}.\n");
    assert!(README.contains(&sentence), "README.md does not say: {sentence}");
}

#[test]
fn both_lists_of_features_are_complete() {
    let in_readme = items(section(README, "## Features", "## "), "| `", "`");
    assert_eq!(in_readme, features(), "README.md, then Cargo.toml");

    let in_crate_docs = items(section(CRATE_DOCS, "//! # Features", "//! # "), "//! - `", "`");
    assert_eq!(in_crate_docs, features(), "src/lib.rs, then Cargo.toml");
}

#[test]
fn every_rule_that_a_test_cites_is_listed() {
    let listed = items(RULES, "| S", " |");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for file in rust_files(&tests) {
        let text = fs::read_to_string(&file).unwrap();
        for rule in citations(&text) {
            assert!(listed.contains(&rule[1..]), "{}: {rule} is not in RULES.md", file.display());
        }
    }
}

/// Otherwise the test above could pass because it finds nothing.
#[test]
fn citations_are_found() {
    let text = r#""S7: a port" (S30, S31) /// S2: `S4`."#;
    assert_eq!(citations(text), BTreeSet::from(["S2", "S30", "S31", "S4", "S7"]));
    assert_eq!(citations("S S100 CSS3 S3x S_1 s1 Sa"), BTreeSet::new());
}

/// Which modules each module may name: the arrows of `DESIGN.md`, which all point down.
const ARROWS: &[(&str, &[&str])] = &[
    ("testing", &[]),
    ("guide", &[]),
    ("middleware", &["builder", "observe", "source", "policy", "request", "origin", "fetch"]),
    ("source", &["policy", "request"]),
    ("builder", &["policy", "config", "request", "origin", "fetch"]),
    ("observe", &["policy", "config", "request", "origin"]),
    ("policy", &["config", "request", "origin", "fetch"]),
    ("config", &[]),
    ("presets", &[]),
    ("request", &["origin", "fetch"]),
    ("origin", &["fetch"]),
    ("fetch", &[]),
];

#[test]
fn modules_depend_in_one_direction() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = BTreeSet::new();
    for file in rust_files(&src) {
        let module = module_of(file.strip_prefix(&src).unwrap());
        if module == "lib" {
            continue;
        }
        let (name, may_name) = ARROWS
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{module} has no place in the order"));
        seen.insert(name);
        for named in modules_named_in(&fs::read_to_string(&file).unwrap()) {
            let allowed = named == module || may_name.contains(&named.as_str());
            assert!(allowed, "{}: {module} names {named}", file.display());
        }
    }
    assert_eq!(seen.len(), ARROWS.len(), "modules of the list that are not there");
}

/// A list of arrows that has a circle would allow one in the code.
#[test]
fn arrows_point_down() {
    for (place, (module, may_name)) in ARROWS.iter().enumerate() {
        for named in *may_name {
            let below = ARROWS[place + 1..].iter().any(|(lower, _)| lower == named);
            assert!(below, "{named} does not stand below {module}");
        }
    }
}

/// What code names as `crate::name`, in lower case: a module, or a function of the root. Comments
/// may name what they like.
fn modules_named_in(code: &str) -> BTreeSet<String> {
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|path| path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .filter(|name: &String| name.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter(|name| name != "test_cases")
        .collect()
}

#[test]
fn named_modules_are_found() {
    let code =
        "use crate::a::B;\n    crate::b::c(crate::d::e); // crate::f\n/// crate::g\ncrate::T";
    assert_eq!(modules_named_in(code), BTreeSet::from(["a", "b", "d", "f"].map(String::from)));
}

fn module_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}
