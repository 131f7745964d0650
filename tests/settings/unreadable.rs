//! What is not a setting, and what is not the value of one: told at once, with its place.

use tower_cors::{PolicyConfig, RuleConfig};

use super::{from_json, from_toml, from_yaml};

/// A TOML file, the line and column of the mistake, and the message.
type Row = (&'static str, (usize, usize), &'static str);

#[test]
fn values() {
    let table: &[Row] = &[
        ("max_age = '1h'", (1, 11), "max_age: \"1h\" is not a whole number of seconds; write 3600"),
        ("max_age = 1.5", (1, 11), "max_age: \"1.5\" is not a whole number of seconds; write 2"),
        (
            "max_age = -1",
            (1, 11),
            "max_age: \"-1\" is not a whole number of seconds; write 0 if browsers are not to keep \
             the answer, or leave it out",
        ),
        (
            "max_age = []",
            (1, 11),
            "invalid type: sequence, expected max_age to be a number of seconds, such as 3600",
        ),
        (
            "max_age = true",
            (1, 11),
            "invalid type: boolean `true`, expected max_age to be a number of seconds, such as 3600",
        ),
        (
            "allow_credentials = 'yes'",
            (1, 21),
            "allow_credentials: \"yes\" is neither true nor false; write true",
        ),
        (
            "allow_credentials = 0",
            (1, 21),
            "allow_credentials: \"0\" is neither true nor false; write false",
        ),
        (
            "allow_credentials = 'include'",
            (1, 21),
            "allow_credentials: \"include\" is neither true nor false; write true or false",
        ),
        (
            "allow_credentials = ['true']",
            (1, 21),
            "invalid type: sequence, expected allow_credentials to be true or false",
        ),
        (
            "allow_methods = true",
            (1, 17),
            "invalid type: boolean `true`, expected allow_methods to be a list of texts, or one \
             text with commas in it",
        ),
        (
            "allow_headers = [\n  'x-a',\n  3,\n]",
            (3, 3),
            "invalid type: integer `3`, expected allow_headers[1] to be text, in quotation marks",
        ),
        (
            "[expose_headers]\nx-a = true",
            (1, 1),
            "invalid type: map, expected expose_headers to be a list of texts, or one text with \
             commas in it",
        ),
        (
            "[[rules]]\nallow_origins = '*'\n[[rules]]\nmax_age = '90m'",
            (4, 11),
            "rules[1].max_age: \"90m\" is not a whole number of seconds; write 5400",
        ),
        (
            "rules = ['*']",
            (1, 10),
            "invalid type: string \"*\", expected rules[0] to be the settings of a rule, such as \
             allow_origins, each under its name",
        ),
        (
            "[rules]\nallow_origins = '*'",
            (1, 1),
            "invalid type: map, expected rules to be a list: in TOML, each rule begins with [[rules]]",
        ),
    ];
    check(table);
}

#[test]
fn keys() {
    let table: &[Row] = &[
        ("\nallow_origin = '*'", (2, 1), "\"allow_origin\" is not a setting; write allow_origins"),
        ("rule = []", (1, 1), "\"rule\" is not a setting; write rules"),
        (
            "[[rules]]\n[[rules]]\nallow-methods = 'PUT'",
            (3, 1),
            "rules[1]: \"allow-methods\" is not a setting; write allow_methods",
        ),
        (
            "[[rules]]\nrules = []",
            (2, 1),
            "rules[0]: \"rules\" is not a setting; write one of allow_origins, allow_credentials, \
             allow_methods, allow_headers, expose_headers, max_age",
        ),
        (
            "max_age = 1\nrules = []",
            (2, 1),
            "max_age stands beside rules; move it into one of the rules",
        ),
        (
            // The crate `toml` gives keys by the alphabet.
            "rules = []\nallow_origins = '*'",
            (1, 1),
            "allow_origins stands beside rules; move it into one of the rules",
        ),
        (
            "\"\\u001b[31m\\n<script>\" = 1",
            (1, 1),
            "\"\\u{1b}[31m\\n<script>\" is not a setting; write one of rules, allow_origins, \
             allow_credentials, allow_methods, allow_headers, expose_headers, max_age",
        ),
    ];
    check(table);
}

fn check(table: &[Row]) {
    for (text, (line, column), message) in table {
        let error = match from_toml(text) {
            Err(error) => error,
            Ok(config) => panic!("{text}: {config:?}"),
        };
        assert_eq!(error.message(), *message, "{text}");
        let heading = format!("TOML parse error at line {line}, column {column}\n");
        assert!(error.to_string().starts_with(&heading), "{text}: {error}");
    }
}

/// Where another format says where, it says so, too.
#[test]
fn other_formats() {
    let text = r#"{"rules": [{}, {"max_age": "1 day"}]}"#;
    let message = "rules[1].max_age: \"1 day\" is not a whole number of seconds; write 86400";
    let in_json = from_json::<PolicyConfig>(text).unwrap_err().to_string();
    assert_eq!(in_json, format!("{message} at line 1 column 34"));
    let in_yaml = from_yaml(text).unwrap_err().to_string();
    assert!(in_yaml.contains(message), "{in_yaml}");

    // TOML and YAML find this themselves.
    let text = r#"{"max_age": 1, "max_age": 1}"#;
    let error = from_json::<RuleConfig>(text).unwrap_err().to_string();
    assert_eq!(error, "max_age is there twice; keep one of them at line 1 column 24");

    let error = from_json::<PolicyConfig>("\"*\"").unwrap_err().to_string();
    let expected = "the settings of a policy, such as allow_origins, each under its name";
    assert_eq!(
        error,
        format!("invalid type: string \"*\", expected {expected} at line 1 column 3")
    );

    let error = from_json::<RuleConfig>("[]").unwrap_err().to_string();
    let expected = "the settings of a rule, such as allow_origins, each under its name";
    assert_eq!(error, format!("invalid type: sequence, expected {expected} at line 1 column 2"));
}

/// A file with a long line says no more than its start.
#[test]
fn long_values_are_cut() {
    let long = "é".repeat(100_000);
    for text in [format!("max_age = '{long}'"), format!("allow_credentials = '{long}'")] {
        let message = from_toml(&text).unwrap_err().message().to_owned();
        assert!(
            message.contains(&format!("\"{}\"... (200000 bytes)", "é".repeat(60))),
            "{message}"
        );
        assert!(message.chars().count() < 200, "{message}");
    }
    let message = from_toml(&format!("'{long}' = 1")).unwrap_err().message().to_owned();
    assert!(message.contains("... (200000 bytes) is not a setting"), "{message}");
}
