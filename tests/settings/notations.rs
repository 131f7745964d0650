//! One policy in every notation.

use std::collections::HashMap;
use std::time::Duration;

use config::{Config, Environment};
use figment::providers::Env;
use figment::{Figment, Jail};
use tower_cors::{Policy, PolicyConfig, RuleConfig};

use super::{from_json, from_toml, from_yaml, texts};

/// The policy of one rule, as a program writes it.
fn in_rust() -> Policy {
    Policy::allow_origins(["https://app.example.com", "http://localhost:*"])
        .allow_credentials()
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type"])
        .expose_headers(["x-request-id", "etag"])
        .max_age(Duration::from_secs(3600))
        .build()
        .unwrap()
}

#[test]
fn plain_data() {
    let mut rule = RuleConfig::default();
    rule.allow_origins = texts(["https://app.example.com", "http://localhost:*"]);
    rule.allow_credentials = true;
    rule.allow_methods = texts(["PUT", "DELETE"]);
    rule.allow_headers = texts(["content-type"]);
    rule.expose_headers = texts(["x-request-id", "etag"]);
    rule.max_age = Some(3600);
    assert_eq!(PolicyConfig::from(rule).build(), Ok(in_rust()));
}

#[test]
fn toml() {
    for text in [
        r#"
            allow_origins = ["https://app.example.com", "http://localhost:*"]
            allow_credentials = true
            allow_methods = ["PUT", "DELETE"]
            allow_headers = ["content-type"]
            expose_headers = ["x-request-id", "etag"]
            max_age = 3600
        "#,
        r#"
            [[rules]]
            max_age = "3600"
            expose_headers = "x-request-id etag"
            allow_headers = "Content-Type"
            allow_methods = " PUT,DELETE "
            allow_credentials = "True"
            allow_origins = """
                https://app.example.com
                http://localhost:*
            """
        "#,
    ] {
        assert_eq!(from_toml(text).unwrap().build(), Ok(in_rust()), "{text}");
    }
}

#[test]
fn json() {
    let text = r#"{
        "allow_origins": ["https://app.example.com", "http://localhost:*"],
        "allow_credentials": true,
        "allow_methods": "PUT, DELETE",
        "allow_headers": "content-type",
        "expose_headers": ["x-request-id", "etag"],
        "max_age": 3600,
        "dangerously_allow_null_origin": null
    }"#;
    assert_eq!(from_json::<PolicyConfig>(text).unwrap().build(), Ok(in_rust()));
    let value: serde_json::Value = from_json(text).unwrap();
    let config: PolicyConfig = serde_json::from_value(value).unwrap();
    assert_eq!(config.build(), Ok(in_rust()));
}

#[test]
fn yaml() {
    let text = "
        rules:
        - allow_origins:
          - https://app.example.com
          - http://localhost:*
          allow_credentials: true
          allow_methods: [PUT, DELETE]
          allow_headers: content-type
          expose_headers: x-request-id, etag
          max_age: 3600
          dangerously_allow_insecure_origins:
    ";
    assert_eq!(from_yaml(text).unwrap().build(), Ok(in_rust()));
}

const VARIABLES: [(&str, &str); 6] = [
    ("CORS_ALLOW_ORIGINS", "https://app.example.com, http://localhost:*"),
    ("CORS_ALLOW_CREDENTIALS", "true"),
    ("CORS_ALLOW_METHODS", "PUT DELETE"),
    ("CORS_ALLOW_HEADERS", "content-type"),
    ("CORS_EXPOSE_HEADERS", "x-request-id,etag"),
    ("CORS_MAX_AGE", "3600"),
];

#[test]
#[expect(clippy::result_large_err, reason = "it is figment's own")]
fn variables_by_figment() {
    let by_figment = |variables: &[(&str, &str)]| {
        let mut read = None;
        Jail::expect_with(|jail| {
            for (name, value) in variables {
                jail.set_env(name, value);
            }
            read = Some(Figment::from(Env::prefixed("CORS_")).extract::<PolicyConfig>());
            Ok(())
        });
        read.unwrap().map_err(|error| error.to_string())
    };
    assert_eq!(by_figment(&VARIABLES).unwrap().build(), Ok(in_rust()));
    assert_eq!(by_figment(&[]).unwrap(), PolicyConfig::default());
    let star = by_figment(&[("CORS_ALLOW_ORIGINS", "*"), ("CORS_MAX_AGE", "")]).unwrap();
    assert_eq!(star, RuleConfig::from("*").into());
    let nobody = by_figment(&[("CORS_ALLOW_ORIGINS", "")]).unwrap();
    assert_eq!(nobody, RuleConfig::from("").into());
    let error = by_figment(&[("CORS_ALLOW_ORIGIN", "*")]).unwrap_err();
    assert!(error.contains("\"allow_origin\" is not a setting; write allow_origins"), "{error}");
}

#[test]
fn variables_by_config() {
    let by_config = |variables: &[(&str, &str)], parses: bool| {
        let variables: HashMap<_, _> =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let source = Environment::with_prefix("CORS").source(Some(variables)).try_parsing(parses);
        Config::builder().add_source(source).build()?.try_deserialize::<PolicyConfig>()
    };
    for parses in [false, true] {
        assert_eq!(by_config(&VARIABLES, parses).unwrap().build(), Ok(in_rust()));
        assert_eq!(by_config(&[], parses).unwrap(), PolicyConfig::default());
        let star = by_config(&[("CORS_ALLOW_ORIGINS", "*"), ("CORS_MAX_AGE", "")], parses);
        assert_eq!(star.unwrap(), RuleConfig::from("*").into());
    }
}

/// As a field of what a program reads, among its other settings.
#[test]
fn beside_other_settings() {
    #[derive(serde::Deserialize)]
    struct Settings {
        listen: String,
        #[serde(default)]
        cors: PolicyConfig,
        admin: Option<RuleConfig>,
    }
    let settings: Settings =
        toml::from_str("listen = 'x'\n[cors]\nallow_origins = '*'\n[admin]\nmax_age = 1").unwrap();
    assert_eq!(settings.listen, "x");
    assert_eq!(settings.cors, RuleConfig::from("*").into());
    assert_eq!(settings.admin.unwrap().max_age, Some(1));
    assert_eq!(toml::from_str::<Settings>("listen = 'x'").unwrap().cors, PolicyConfig::default());
}
