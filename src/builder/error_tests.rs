use std::time::Duration;

use super::*;
use crate::builder::mistake::ConfigErrorKind as Kind;
use crate::{
    CorsLayer, MayBeCredentialed, Policy, PolicyBuilder, PolicyConfig, RuleConfig, Uncredentialed,
};

/// The mistakes of a layer's own hosts.
fn hosts(hosts: &[&str]) -> Built {
    let policy = Policy::deny_all();
    CorsLayer::new(policy.clone()).own_hosts(hosts).map(|_| (policy, Vec::new()))
}

type Built = Result<(Policy, Vec<ConfigError>), BuildError>;

/// The table in the documentation of [`ConfigError`] prints what is printed.
#[test]
fn the_table_of_mistakes() {
    let row = |mistake: ConfigError| {
        let harmless = if mistake.is_harmless() { "yes" } else { "no" };
        let message = mistake.to_string().replace('|', "\\|");
        format!("| `{}` | `{message}` | {harmless} |\n", mistake.code())
    };
    let head = "| code | for example | harmless |\n| --- | --- | --- |\n".to_owned();
    let table = head + &one_of_each_kind().into_iter().map(row).collect::<String>();
    assert!(include_str!("mistakes.md") == table, "mistakes.md is to be:\n{table}");
}

macro_rules! kinds {
    ($($kind:pat => $build:expr,)*) => {
        fn one_of_each_kind() -> Vec<ConfigError> {
            vec![$({
                let mistake = only_mistake($build);
                assert!(matches!(mistake.kind(), $kind), "{mistake:?}");
                mistake
            }),*]
        }

        /// Does not compile while a kind has no row.
        const _: fn(&Kind) = |kind| match kind {
            $($kind => {})*
        };
    };
}

kinds! {
    Kind::InvalidOrigin { .. } => list(["https://a.example/"]).build_with_warnings(),
    Kind::EmptyEntry => list(["https://a.example", ""]).build_with_warnings(),
    Kind::WildcardAmongOthers => keys(|rule| rule.allow_methods = texts(["*", "PUT"])),
    Kind::Wildcard { .. } => any().allow_headers(["*"]).build_with_warnings(),
    Kind::NoOrigins => keys(|rule| rule.allow_origins.clear()),
    Kind::NoRules => PolicyConfig::default().build_with_warnings(),
    Kind::ClosuresReadBack { .. } => {
        Policy::allow_origins_by(|_| false).build().unwrap().config().unwrap().build_with_warnings()
    },
    Kind::AnyOriginWithCredentials => keys(|rule| {
        rule.allow_origins = texts(["*"]);
        rule.allow_credentials = true;
    }),
    Kind::InsecureOriginWithCredentials { .. } => {
        list(["http://a.example"]).allow_credentials().build_with_warnings()
    },
    Kind::PublicWildcardWithCredentials { .. } => {
        list(["https://*.com"]).allow_credentials().build_with_warnings()
    },
    Kind::TooManyPartsOfLabels { .. } => {
        let origins = (0..65).map(|number| format!("https://{number}-*.a.example"));
        Policy::allow_origins(origins).build_with_warnings()
    },
    Kind::NullOriginWithCredentials => {
        Policy::dangerously_allow_null_origin().allow_credentials().build_with_warnings()
    },
    Kind::ClosureAllowsAnyOrigin => {
        Policy::allow_origins_by(|_| true).allow_credentials().build_with_warnings()
    },
    Kind::InvalidMethod { .. } => any().allow_methods(["PUT, DELETE"]).build_with_warnings(),
    Kind::ImplausibleMethod { .. } => any().allow_methods(["$METHOD"]).build_with_warnings(),
    Kind::ForbiddenMethod { .. } => any().allow_methods(["TRACE"]).build_with_warnings(),
    Kind::UnnormalizedMethod { .. } => any().allow_methods(["put"]).build_with_warnings(),
    Kind::LowerCaseMethod { .. } => any().allow_methods(["patch"]).build_with_warnings(),
    Kind::SafelistedMethod { .. } => any().allow_methods(["GET"]).build_with_warnings(),
    Kind::InvalidHeaderName { .. } => any().allow_headers(["x-a: 1"]).build_with_warnings(),
    Kind::ImplausibleHeaderName { .. } => any().expose_headers(["x-amz-*"]).build_with_warnings(),
    Kind::ForbiddenRequestHeader { .. } => any().allow_headers(["cookie"]).build_with_warnings(),
    Kind::MisplacedRequestHeader { .. } => {
        any().allow_headers(["access-control-allow-origin"]).build_with_warnings()
    },
    Kind::ForbiddenResponseHeader { .. } => {
        any().expose_headers(["set-cookie"]).build_with_warnings()
    },
    Kind::MisplacedResponseHeader { .. } => any().expose_headers(["origin"]).build_with_warnings(),
    Kind::SafelistedResponseHeader { .. } => {
        any().expose_headers(["content-type"]).build_with_warnings()
    },
    Kind::ExposeAnyWithCredentials => {
        list(["https://a.example"]).allow_credentials().expose_any_header().build_with_warnings()
    },
    Kind::MaxAgeTooLong { .. } => keys(|rule| rule.max_age = Some(604_800)),
    Kind::MaxAgeNotWholeSeconds { .. } => {
        any().max_age(Duration::from_millis(1_500)).build_with_warnings()
    },
    Kind::MaxAgeConflict { .. } => {
        let (first, second) = (Duration::from_secs(60), Duration::from_secs(600));
        any().max_age(first).max_age(second).build_with_warnings()
    },
    Kind::InvalidHost { .. } => hosts(&["http://localhost:3000/"]),
    Kind::NoHosts => hosts(&[]),
    Kind::UnreachableRule => {
        list(["https://*.a.example"]).or(list(["https://b.a.example"])).build_with_warnings()
    },
    Kind::UnreachableOrigin { .. } => {
        let second = list(["https://b.a.example", "https://b.example"]);
        list(["https://*.a.example"]).or(second).build_with_warnings()
    },
}

fn only_mistake(built: Built) -> ConfigError {
    let mistakes: Vec<_> = match built {
        Ok((_, warnings)) => warnings,
        Err(error) => error.into_iter().collect(),
    };
    let [mistake] = mistakes.try_into().expect("it is one mistake");
    mistake
}

fn any() -> PolicyBuilder<Uncredentialed> {
    Policy::allow_any_origin()
}

fn list<const N: usize>(origins: [&str; N]) -> PolicyBuilder<MayBeCredentialed> {
    Policy::allow_origins(origins)
}

/// The settings of one rule as plain data.
fn keys(change: fn(&mut RuleConfig)) -> Built {
    let mut rule =
        RuleConfig { allow_origins: texts(["https://a.example"]), ..RuleConfig::default() };
    change(&mut rule);
    PolicyConfig { rules: vec![rule] }.build_with_warnings()
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}
