//! Mangled files: an error each, and nothing else.

use std::fmt::Display;

use tower_cors::PolicyConfig;

use super::{from_json, from_toml, from_yaml};

/// What is wrong, what is read, and what the message says.
type Row = (&'static str, Result<PolicyConfig, String>, &'static str);

fn toml(text: &str) -> Result<PolicyConfig, String> {
    from_toml(text).map_err(|error| error.to_string())
}

fn json(text: &str) -> Result<PolicyConfig, String> {
    from_json(text).map_err(|error| error.to_string())
}

fn yaml(text: &str) -> Result<PolicyConfig, String> {
    from_yaml(text).map_err(|error| error.to_string())
}

#[test]
fn each_is_an_error_with_its_place() {
    let table: &[Row] = &[
        ("cut off within a text", toml("allow_origins = [\"https://a.exa"), "line 1"),
        (
            "cut off within a list",
            json(r#"{"allow_origins": ["https://a.example","#),
            "line 1 column 39",
        ),
        ("no quotation marks", toml("allow_origins = https://a.example"), "line 1, column 17"),
        ("a comma too many", json(r#"{"max_age": 1,}"#), "line 1 column 15"),
        ("a key twice", toml("max_age = 1\nmax_age = 2"), "line 2, column 1"),
        ("a key twice, in YAML", yaml("max_age: 1\nmax_age: 2"), "max_age is there twice"),
        ("JSON where TOML is expected", toml("{\"max_age\": 1}"), "line 1, column 1"),
        ("TOML where JSON is expected", json("max_age = 1"), "line 1 column 1"),
        ("a byte order mark and a NUL", json("\u{feff}{\"max_age\": 1\0}"), "line 1 column 1"),
        ("a merge conflict", toml("<<<<<<< HEAD\nmax_age = 1\n"), "line 1, column 9"),
        ("a tab for indentation", yaml("rules:\n\t- max_age: 1"), "line 2 column 1"),
        ("an unquoted star, YAML's alias", yaml("allow_origins: *"), "line 1 column 16"),
        ("an alias to nothing", yaml("allow_origins: *all"), "unknown anchor"),
        ("two documents", yaml("max_age: 1\n---\nmax_age: 2"), "more than one document"),
        ("a number without end", json(&format!("{{\"max_age\": {}}}", "9".repeat(400))), "line 1"),
        ("a million brackets", json(&"[".repeat(1_000_000)), "line 1"),
        (
            "a million brackets in a value",
            json(&format!("{{\"max_age\": {}", "[".repeat(1_000_000))),
            "line 1",
        ),
    ];
    for (what, read, place) in table {
        let message = read.as_ref().expect_err(what);
        assert!(message.contains(place), "{what}: {message}");
    }
}

/// Cut off anywhere and with any byte changed, a file is read or refused, and what was read is built or
/// refused.
#[test]
fn every_damage_to_a_file() {
    let file = "[[rules]]\nallow_origins = \"*\"\nmax_age = \"3600\"\n[[rules]]\nallow_credentials = true\n";
    let mut damaged = Vec::new();
    for at in 0..file.len() {
        damaged.push(file[..at].to_owned());
        for byte in ["", "\0", "\"", "[", "=", "é", "0", ","] {
            damaged.push(format!("{}{byte}{}", &file[..at], &file[at + 1..]));
        }
    }
    let mut read = 0;
    for text in &damaged {
        match toml(text) {
            Ok(config) => {
                read += 1;
                drop(config.build());
            }
            Err(message) => assert_says_something(&message),
        }
    }
    assert!((1..damaged.len()).contains(&read), "{read} of {}", damaged.len());
}

fn assert_says_something(message: &impl Display) {
    assert!(message.to_string().len() > 10, "{message}");
}
