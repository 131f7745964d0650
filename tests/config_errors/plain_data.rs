//! Settings as plain data: they mean what the setters mean, and mistakes are told by their keys.

use tower_cors::{Policy, PolicyConfig, PolicyRules, RuleConfig};

use super::{Built, any_origin, app, codes, config, keys, mistakes, texts};

fn rule(change: fn(&mut RuleConfig)) -> PolicyConfig {
    let mut rule = keys(["https://a.example"]);
    change(&mut rule);
    config([rule])
}

#[test]
fn keys_mean_what_setters_mean() {
    type Row = (fn(&mut RuleConfig), fn() -> PolicyRules);
    let table: &[Row] = &[
        (|_| (), || app().into()),
        (|rule| rule.allow_origins = texts(["*"]), || any_origin().into()),
        (|rule| rule.allow_origins = texts([" * "]), || any_origin().into()),
        // Any origin covers more than the two.
        (
            |rule| {
                rule.allow_origins = texts(["*"]);
                rule.dangerously_mirror_any_origin = true;
                rule.dangerously_allow_null_origin = true;
            },
            || any_origin().into(),
        ),
        (
            |rule| {
                rule.allow_origins.clear();
                rule.dangerously_mirror_any_origin = true;
                rule.allow_credentials = true;
            },
            || Policy::dangerously_mirror_any_origin().allow_credentials().into(),
        ),
        (
            |rule| {
                rule.allow_origins.clear();
                rule.dangerously_allow_null_origin = true;
            },
            || Policy::dangerously_allow_null_origin().into(),
        ),
        (
            |rule| {
                rule.allow_origins = texts(["http://*.com"]);
                rule.allow_credentials = true;
                rule.dangerously_allow_insecure_origins = true;
                rule.dangerously_allow_public_wildcards = true;
            },
            || {
                Policy::allow_origins(["http://*.com"])
                    .allow_credentials()
                    .dangerously_allow_insecure_origins()
                    .dangerously_allow_public_wildcards()
                    .into()
            },
        ),
        (|rule| rule.allow_methods = texts(["*"]), || app().allow_any_method().into()),
        (|rule| rule.allow_methods = texts(["PUT"]), || app().allow_methods(["PUT"]).into()),
        (|rule| rule.allow_headers = texts(["x-a", "*"]), || app().allow_any_header().into()),
        (|rule| rule.allow_headers = texts(["X-A"]), || app().allow_headers(["x-a"]).into()),
        (|rule| rule.expose_headers = texts(["*", "x-a"]), || app().expose_any_header().into()),
        (|rule| rule.expose_headers = texts(["x-a"]), || app().expose_headers(["x-a"]).into()),
        (
            |rule| rule.max_age = Some(60),
            || app().max_age(std::time::Duration::from_secs(60)).into(),
        ),
    ];
    for (change, setters) in table {
        let config = rule(*change);
        let built = config.build();
        assert_eq!(built, setters().build(), "{config}");
        let policy = built.unwrap_or_else(|error| panic!("{config}: {error}"));
        let read_back = policy.config().expect("it is not disabled");
        assert_eq!(read_back.build().as_ref(), Ok(&policy), "{config}");
    }
}

/// The settings, the code, and the message.
type Mistake = (fn(&mut RuleConfig), &'static str, &'static str);

#[test]
fn mistakes_are_told_by_their_keys() {
    let table: &[Mistake] = &[
        (
            |rule| rule.allow_origins = texts(["https://a.example", "*"]),
            "wildcard-among-others",
            "allow_origins[1]: \"*\" stands for all, and here it stands beside others; leave out the \
             \"*\", or everything else",
        ),
        (
            |rule| rule.allow_methods = texts(["*", "PUT"]),
            "wildcard-among-others",
            "allow_methods[0]: \"*\" stands for all, and here it stands beside others; leave out the \
             \"*\", or everything else",
        ),
        (
            |rule| {
                rule.allow_origins = texts(["*"]);
                rule.allow_credentials = true;
            },
            "any-origin-with-credentials",
            "allow_credentials: browsers refuse \"*\" for requests with credentials; list the \
             origins that may send credentials, or leave out allow_credentials; to let every page \
             act for its visitors, set dangerously_mirror_any_origin to true in place of \"*\"",
        ),
        (
            |rule| {
                rule.allow_origins = texts(["http://a.example"]);
                rule.allow_credentials = true;
            },
            "insecure-origin-with-credentials",
            "allow_origins[0]: \"http://a.example\" with credentials lets an attacker on the network \
             act for that origin's visitors; serve the page over https:// and list that, or set \
             dangerously_allow_insecure_origins to true",
        ),
        (
            |rule| {
                rule.allow_credentials = true;
                rule.dangerously_allow_null_origin = true;
            },
            "null-origin-with-credentials",
            "dangerously_allow_null_origin: any page can open a frame whose origin is null, and so \
             act for its visitors; leave out either this or allow_credentials",
        ),
        (
            |rule| {
                rule.allow_credentials = true;
                rule.expose_headers = texts(["x-a", "*"]);
            },
            "expose-any-with-credentials",
            "expose_headers[1]: with credentials browsers take \"*\" for the name of a header; name \
             the headers with expose_headers",
        ),
        (
            |rule| rule.allow_headers = texts(["x-amz-*"]),
            "implausible-header-name",
            "allow_headers[0]: \"x-amz-*\" is taken literally, and nobody sends such a header; name \
             each one, or write \"*\" in allow_headers",
        ),
    ];
    for (change, code, message) in table {
        let built = rule(*change).build();
        let [mistake] = mistakes(&built)[..] else { panic!("{code}: {built:?}") };
        assert_eq!(mistake.code(), *code);
        assert_eq!(mistake.to_string(), *message);
    }
}

/// An origin beside `*` is one, right or wrong.
#[test]
fn both_mistakes_beside_a_wildcard() {
    let built = config([keys(["b.example/", "*"])]).build();
    assert_eq!(codes(&built), ["invalid-origin", "wildcard-among-others"]);
}

#[test]
fn places_are_paths() {
    let mut second = keys(["https://b.example", "https://b.example/"]);
    second.allow_methods = texts(["TRACE"]);
    let built = config([keys(["https://a.example"]), second]).build();
    let places: Vec<_> =
        mistakes(&built).into_iter().map(|mistake| mistake.place().to_string()).collect();
    assert_eq!(places, ["rules[1].allow_origins[1]", "rules[1].allow_methods[0]"]);
}

/// A closure cannot be written down, so what was read back from a policy with one is not all.
#[test]
fn closures_are_not_lost_silently() {
    let policy = app().allow_origins_by(|_| false).or(any_origin()).build();
    let policy = policy.unwrap_or_else(|error| panic!("{error}"));
    let read_back = policy.config().expect("it is not disabled");
    assert_eq!(read_back.rules[0].closures(), 1);
    assert_eq!(read_back.rules[1].closures(), 0);
    assert_eq!(codes(&read_back.build()), ["closures-read-back"]);
    let with_warnings = read_back.build_with_warnings().map(|(policy, _)| policy);
    assert_eq!(codes(&with_warnings), ["closures-read-back"]);
}

/// Settings read back can be changed and built again.
#[test]
fn rules_can_be_added_to_what_was_read_back() {
    let extended: Built = {
        let policy = app().allow_credentials().build().expect("it has no mistake");
        let mut config = policy.config().expect("it is not disabled").clone();
        config.rules.push(keys(["*"]));
        config.build()
    };
    assert_eq!(extended, app().allow_credentials().or(any_origin()).build());
}
