//! Whoever follows a fix literally gets a policy.

use std::net::Ipv4Addr;
use std::time::Duration;

use http::Method;
use tower_cors::{Policy, PolicyRules};

use super::{NOTHING, any_origin, app};

struct Row {
    /// What somebody wrote.
    wrong: fn() -> PolicyRules,
    /// What the message says to do.
    fix: &'static str,
    fixed: fn() -> PolicyRules,
}

const ROWS: &[Row] = &[
    Row {
        wrong: || Policy::allow_origins(["https://app.example.com/"]).into(),
        fix: "write \"https://app.example.com\"",
        fixed: || Policy::allow_origins(["https://app.example.com"]).into(),
    },
    Row {
        wrong: || Policy::allow_origins(["localhost:3000"]).into(),
        fix: "write \"http://localhost:3000\"",
        fixed: || Policy::allow_origins(["http://localhost:3000"]).into(),
    },
    Row {
        wrong: || Policy::allow_origins(["https://app.example.com", ""]).into(),
        fix: "leave it out",
        fixed: || Policy::allow_origins(["https://app.example.com"]).into(),
    },
    Row {
        wrong: || Policy::allow_origins(["http://intranet"]).allow_credentials().into(),
        fix: "serve the page over https:// and list that, or call \
              dangerously_allow_insecure_origins()",
        fixed: || Policy::allow_origins(["https://intranet"]).allow_credentials().into(),
    },
    Row {
        wrong: || Policy::allow_origins(["http://intranet"]).allow_credentials().into(),
        fix: "serve the page over https:// and list that, or call \
              dangerously_allow_insecure_origins()",
        fixed: || {
            Policy::allow_origins(["http://intranet"])
                .allow_credentials()
                .dangerously_allow_insecure_origins()
                .into()
        },
    },
    Row {
        wrong: || Policy::allow_origins(["https://*.com"]).allow_credentials().into(),
        fix: "put a domain of your own behind the \"*\", or call \
              dangerously_allow_public_wildcards()",
        fixed: || Policy::allow_origins(["https://*.example.com"]).allow_credentials().into(),
    },
    Row {
        wrong: || Policy::allow_origins_by(|_| true).allow_credentials().into(),
        fix: "compare the origin with those that you trust, or start from \
              Policy::dangerously_mirror_any_origin() if every page is meant",
        fixed: || Policy::dangerously_mirror_any_origin().allow_credentials().into(),
    },
    Row {
        wrong: || app().dangerously_allow_null_origin().allow_credentials().into(),
        fix: "leave out either this or allow_credentials()",
        fixed: || app().dangerously_allow_null_origin().into(),
    },
    Row {
        wrong: || app().allow_methods(["*"]).into(),
        fix: "to allow all of them, call allow_any_method()",
        fixed: || app().allow_any_method().into(),
    },
    Row {
        wrong: || app().allow_methods(["PUT|DELETE"]).into(),
        fix: "make each name an entry of its own",
        fixed: || app().allow_methods(["PUT", "DELETE"]).into(),
    },
    Row {
        wrong: || app().allow_methods(["'PUT'"]).into(),
        fix: "write \"PUT\"",
        fixed: || app().allow_methods(["PUT"]).into(),
    },
    Row {
        wrong: || app().allow_methods(["put"]).into(),
        fix: "write \"PUT\"",
        fixed: || app().allow_methods(["PUT"]).into(),
    },
    Row {
        wrong: || app().allow_methods(["post"]).into(),
        fix: "leave it out",
        fixed: || app().into(),
    },
    Row {
        wrong: || app().allow_methods([Method::TRACE]).into(),
        fix: "leave it out",
        fixed: || app().into(),
    },
    Row {
        wrong: || app().allow_headers(["Range, Origin"]).into(),
        fix: "make each name an entry of its own",
        fixed: || app().allow_headers(["Range", "X-Origin"]).into(),
    },
    Row {
        wrong: || app().allow_headers(["x-amz-*"]).into(),
        fix: "name each one, or call allow_any_header()",
        fixed: || app().allow_any_header().into(),
    },
    Row {
        wrong: || app().allow_headers(["'content-type'"]).into(),
        fix: "write \"content-type\"",
        fixed: || app().allow_headers(["content-type"]).into(),
    },
    Row {
        wrong: || app().allow_headers([r#"["content-type"]"#]).into(),
        fix: "write \"content-type\"",
        fixed: || app().allow_headers(["content-type"]).into(),
    },
    Row {
        wrong: || app().allow_headers(["^x-request-id$"]).into(),
        fix: "write \"x-request-id\"",
        fixed: || app().allow_headers(["x-request-id"]).into(),
    },
    Row {
        wrong: || app().allow_headers(["Content-Type: application/json"]).into(),
        fix: "write the name alone: \"Content-Type\"",
        fixed: || app().allow_headers(["Content-Type"]).into(),
    },
    Row {
        wrong: || app().allow_headers(["${EXTRA_HEADER}"]).into(),
        fix: "write the value that is meant in place of the variable",
        fixed: || app().allow_headers(["x-extra"]).into(),
    },
    Row {
        wrong: || app().allow_headers(["cookie"]).into(),
        fix: "leave it out",
        fixed: || app().into(),
    },
    Row {
        wrong: || app().expose_headers(["x-request id"]).into(),
        fix: "write one, such as \"x-request-id\", and each as an entry of its own",
        fixed: || app().expose_headers(["x-request-id"]).into(),
    },
    Row {
        wrong: || app().expose_any_header().allow_credentials().into(),
        fix: "name the headers with expose_headers()",
        fixed: || app().expose_headers(["x-request-id"]).allow_credentials().into(),
    },
    Row {
        wrong: || app().max_age(Duration::from_secs(604_800)).into(),
        fix: "write at most 86400 s (Firefox keeps it that long, Chromium 7200 s, WebKit 600 s)",
        fixed: || app().max_age(Duration::from_secs(86_400)).into(),
    },
    Row {
        wrong: || app().max_age(Duration::from_millis(1_500)).into(),
        fix: "round it",
        fixed: || app().max_age(Duration::from_secs(2)).into(),
    },
    Row {
        wrong: || app().max_age(Duration::from_secs(60)).max_age(Duration::from_secs(600)).into(),
        fix: "set only one of them",
        fixed: || app().max_age(Duration::from_secs(600)).into(),
    },
    Row {
        wrong: || Policy::allow_origins(NOTHING).into(),
        fix: "list one, or use Policy::deny_all() if nobody is to be allowed",
        fixed: || app().into(),
    },
    Row {
        wrong: || {
            Policy::allow_origins((100..165).map(|i| format!("https://{i}-*.a.example"))).into()
        },
        fix: "write fewer and wider ones, or use allow_origins_by()",
        fixed: || Policy::allow_origins(["https://1*.a.example"]).into(),
    },
    Row {
        wrong: || Policy::allow_origins(["*"]).into(),
        fix: "start from Policy::allow_any_origin() to allow every origin",
        fixed: || any_origin().into(),
    },
    Row {
        wrong: || Policy::allow_origins(["null"]).into(),
        fix: "list the origins of the pages themselves, or see dangerously_allow_null_origin()",
        fixed: || Policy::dangerously_allow_null_origin().into(),
    },
    Row {
        wrong: || Policy::allow_origins(["http://192.168.0.0/16"]).into(),
        fix: "list each address, or use allow_origins_by() and look at the address there, such as \
              with Ipv4Addr::is_private()",
        fixed: || {
            let is_private = |host: &str| host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_private());
            Policy::allow_origins_by(move |origin| is_private(origin.host())).into()
        },
    },
    Row {
        wrong: || Policy::allow_origins(["moz-extension://*"]).allow_credentials().into(),
        fix: "list the origins that you trust, or call dangerously_allow_public_wildcards()",
        fixed: || {
            Policy::allow_origins(["moz-extension://*"])
                .allow_credentials()
                .dangerously_allow_public_wildcards()
                .into()
        },
    },
    Row {
        wrong: || app().expose_headers(["set-cookie"]).into(),
        fix: "leave it out",
        fixed: || app().into(),
    },
    Row {
        wrong: || any_origin().or(app()),
        fix: "add what it allows to those rules, move it before them, or leave it out",
        fixed: || app().or(any_origin()),
    },
];

#[test]
fn every_fix_builds() {
    for Row { wrong, fix, fixed } in ROWS {
        let error = wrong().build().expect_err(fix);
        let [mistake] = &error.into_iter().collect::<Vec<_>>()[..] else { panic!("{fix}") };
        assert_eq!(mistake.fix(), *fix, "{mistake}");
        let message = format!("{}: {}; {fix}", mistake.place(), mistake.reason());
        assert_eq!(mistake.to_string(), message);
        let (_, warnings) = fixed().build_with_warnings().expect(fix);
        assert_eq!(warnings, [], "{fix}");
        assert!(fixed().build().is_ok(), "{fix}");
    }
}

/// A certificate pasted into a list does not fill a log.
#[test]
fn long_texts_are_quoted_cut() {
    let long = "\u{e4}".repeat(5_000_000);
    let long = long.as_str();
    let built = app()
        .allow_methods([long, "A".repeat(1_000_000).as_str()])
        .allow_headers([long, "sec-".repeat(100_000).as_str(), "a".repeat(1_000_000).as_str()])
        .expose_headers([long, "*".repeat(1_000_000).as_str()])
        .build_with_warnings();
    let error = built.expect_err("it has mistakes");
    assert!(error.mistakes().len() >= 4, "{error}");
    for mistake in error.mistakes() {
        let message = mistake.to_string();
        assert!(message.len() < 1_000, "{} bytes", message.len());
    }
    assert!(error.to_string().contains("\"... (10000000 bytes) is not a method"), "{error}");
}
