//! [`PolicyOf`]: the policy that should allow what a server of the suite allows.

use std::time::Duration;

use serde::Deserialize;
use tower_cors::{CorsLayer, Policy, PolicyBuilder};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PolicyOf {
    /// Any, unless it names them.
    origins: Option<Vec<String>>,
    null_origin: bool,
    credentials: bool,
    /// `*` is any.
    methods: Vec<String>,
    headers: Vec<String>,
    expose: Vec<String>,
    max_age: Option<u64>,
}

impl PolicyOf {
    pub(crate) fn layer(&self) -> CorsLayer {
        let policy = match &self.origins {
            None => self.apply(Policy::allow_any_origin()).build(),
            Some(origins) => {
                let mut builder = self.apply(Policy::allow_origins(origins));
                if self.null_origin {
                    builder = builder.dangerously_allow_null_origin();
                }
                if self.credentials {
                    builder = builder.allow_credentials().dangerously_allow_insecure_origins();
                }
                builder.build()
            }
        };
        CorsLayer::new(policy.unwrap())
    }

    fn apply<K>(&self, mut builder: PolicyBuilder<K>) -> PolicyBuilder<K> {
        builder = match self.methods.as_slice() {
            [any] if any == "*" => builder.allow_any_method(),
            methods => builder.allow_methods(methods.iter().map(String::as_str)),
        };
        builder = match self.headers.as_slice() {
            [any] if any == "*" => builder.allow_any_header(),
            names => builder.allow_headers(names.iter().map(String::as_str)),
        };
        builder = match self.expose.as_slice() {
            [any] if any == "*" => builder.expose_any_header(),
            names => builder.expose_headers(names.iter().map(String::as_str)),
        };
        match self.max_age {
            Some(seconds) => builder.max_age(Duration::from_secs(seconds)),
            None => builder,
        }
    }
}
