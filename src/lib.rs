//! CORS middleware for everything that speaks [Tower](tower_service): axum, hyper, tonic.
//!
//! A [`Policy`] says which pages may read a service's responses. It is compiled once, and decides
//! about a request in time that grows with the length of its `Origin` header, not with the number
//! of origins. A [`CorsLayer`] wraps a service and acts on what the policy decides.
//!
//! ```
//! use axum::{Router, http::Method, routing::get};
//! use tower_cors::{CorsLayer, Policy};
//!
//! let policy = Policy::allow_origins(["https://app.example.com", "http://localhost:*"])
//!     .allow_methods([Method::PUT, Method::DELETE])
//!     .allow_headers(["content-type"])
//!     .build()?;
//!
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "hello" }))
//!     .layer(CorsLayer::new(policy));
//! # Ok::<(), tower_cors::BuildError>(())
//! ```
//!
//! # What happens to a request
//!
//! | request | in the words of [Fetch] | what happens |
//! | --- | --- | --- |
//! | without `Origin` | no CORS request | the service answers |
//! | `OPTIONS` with `Origin` and `Access-Control-Request-Method` | [CORS-preflight request] | the layer answers |
//! | any other with `Origin` | [CORS request]; in prose, *actual request* | the service answers |
//!
//! If a rule covers its origin, a preflight is answered 204, with *all* the methods and headers that
//! the rule allows, whatever it asks for. The browser compares; its console names the method or
//! header that is missing, and it need not ask again for each. Other preflights get a bare 403. The
//! service's responses, errors of every status included, get the headers that let the page read
//! them if its origin is allowed, and lose whatever `Access-Control-*` headers they had. `Vary`
//! gets `Origin`, unless every response is the same.
//!
//! # Where the layer goes
//!
//! Around everything: see [`CorsLayer`]. What answers outside of it, such as authentication, a rate
//! limit or a proxy, refuses preflights, and hides its error responses from pages.
//!
//! # What CORS is not
//!
//! It is no access control. It loosens the browser's rule that pages may not read other origins'
//! responses, and does nothing else: requests are sent and processed without it, too. Authorise
//! each of them. [`CorsLayer::own_hosts`] is for servers on the visitor's own machine or network.
//!
//! Browsers do not apply it to [WebSockets](https://websockets.spec.whatwg.org/): there, check the
//! `Origin` of the handshake with [`Policy::allows_origin`].
//!
//! It also has no part in [Local Network Access](https://wicg.github.io/local-network-access/),
//! by which browsers keep pages from servers on the visitor's network, or ask the visitor for
//! permission. The headers of its predecessor, Private Network Access, are not offered: no browser
//! sends or reads them.
//!
//! # Features
//!
//! - `public-suffix` (default): refuses wildcards over a [public suffix](https://publicsuffix.org/),
//!   such as `https://*.co.uk`, with credentials. Without it, only over a single label.
//! - `tracing` (default): tells the log which requests are refused, and why. See
//!   [`Refusal`](Refusal#in-the-log).
//! - `serde`: reads [`PolicyConfig`] from TOML, JSON, YAML and environment variables, and writes it.
//! - `testing`: the browser's side of the protocol, as a client for tests: would a browser let my
//!   page do this?
//!
//! [Fetch]: https://fetch.spec.whatwg.org/#http-cors-protocol
//! [CORS request]: https://fetch.spec.whatwg.org/#cors-request
//! [CORS-preflight request]: https://fetch.spec.whatwg.org/#cors-preflight-request

mod builder;
mod config;
mod fetch;
#[cfg(any(doc, doctest))]
pub mod guide;
mod middleware;
mod observe;
mod origin;
mod policy;
pub mod presets;
mod request;
mod source;
#[cfg(feature = "testing")]
pub mod testing;

pub use builder::entry::{Entries, Entry};
pub use builder::error::{BuildError, ConfigError};
pub use builder::mistake::ConfigErrorKind;
pub use builder::place::Place;
pub use builder::rules::PolicyRules;
pub use builder::{MayAllowCredentials, MayBeCredentialed, PolicyBuilder, Uncredentialed};
pub use config::{PolicyConfig, RuleConfig};
pub use middleware::future::ResponseFuture;
pub use middleware::layer::CorsLayer;
pub use middleware::options::PreflightStatus;
pub use middleware::service::Cors;
pub use observe::nearest_miss::{NearestMiss, NearestMissKind};
pub use origin::{Origin, OriginPattern, OriginPatternError, OriginPatternErrorKind};
pub use policy::decision::Decision;
pub use policy::refusal::Refusal;
pub use policy::response_headers::ResponseHeaders;
pub use policy::{Policy, RedundantOrigin};
pub use request::{RequestHead, RequestKind};
pub use source::{AtOnce, Lookup, PolicyRef, PolicySource};

/// The program in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// How many cases a property is tried with, unless `PROPTEST_CASES` says otherwise.
#[cfg(test)]
fn test_cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1000)
}
