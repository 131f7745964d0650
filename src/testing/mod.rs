//! The browser's side of the CORS protocol, as a client for tests.
//!
//! Headers alone do not tell whether a server's CORS is right: browsers decide by a protocol of many
//! steps. Here is that protocol, step by step as the [Fetch standard] has it. A [`Page`] makes requests
//! to a Tower service and gets what its script would get in a browser: an [`Answer`], or an [`Error`]
//! that says at which step it failed, what the server sent and what it would have had to send.
//!
//! There is no network, no browser to install and no waiting: time passes when a test says so. That
//! the model does what browsers do is checked by running the same cases in Chromium, Firefox and
//! WebKit; where these differ from the standard, [`Engine`] has it. The module uses nothing of the rest
//! of this crate, so it judges other CORS layers as well.
//!
//! # Testing an axum application
//!
//! Switch the feature on for tests alone: `cargo add --dev tower-cors --features testing`. Then hand
//! the application, with all its layers, to a page:
//!
//! ```
//! use axum::{Router, routing::put};
//! use tower_cors::testing::{self, CorsFailure, Page, Step};
//! use tower_cors::{CorsLayer, Policy};
//!
//! fn app() -> Router {
//!     let policy = Policy::allow_origins(["https://app.example.com"])
//!         .allow_credentials()
//!         .allow_methods(["PUT"])
//!         .expose_headers(["x-request-id"])
//!         .build()
//!         .expect("a valid policy");
//!     Router::new()
//!         .route("/items/{id}", put(|| async { ([("x-request-id", "7")], "saved") }))
//!         .layer(CorsLayer::new(policy))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), testing::Error> {
//! // In a test, under `#[tokio::test]`:
//! let mut page = Page::at("https://app.example.com", app());
//! let request = || testing::put("https://api.example.com/items/1").credentials_include();
//! let answer = page.fetch(request()).await?;
//! assert_eq!(answer.status(), 200);
//! assert_eq!(answer.header("x-request-id").as_deref(), Some("7"));
//! assert_eq!(answer.text(), "saved");
//!
//! // What went over the wire: one preflight, then the PUT. The next one needs no preflight, for
//! // five seconds.
//! assert_eq!(page.log().methods(), ["OPTIONS", "PUT"]);
//! page.fetch(request()).await?;
//! assert_eq!(page.log().preflights().count(), 1);
//!
//! // And what must not work, does not, and for the right reason.
//! let mut stranger = Page::at("https://evil.example", app());
//! let error = stranger.fetch(request()).await.unwrap_err();
//! assert_eq!(error.step(), &Step::PreflightCorsCheck(CorsFailure::NoAllowOrigin));
//! # Ok(()) }
//! ```
//!
//! # Mistakes that explain themselves
//!
//! A request that should have worked and did not prints why when it is unwrapped, or returned from a
//! test by `?`. Three mistakes that everybody makes once:
//!
//! ## The layer is inside of authentication
//!
//! ```
//! # use axum::{Router, extract::Request, http::StatusCode, middleware::{Next, from_fn}};
//! # use axum::{response::{IntoResponse, Response}, routing::put};
//! # use tower_cors::{CorsLayer, Policy, testing::{self, Page}};
//! async fn authenticate(request: Request, next: Next) -> Response {
//!     match request.headers().get("authorization") {
//!         Some(_) => next.run(request).await,
//!         None => StatusCode::UNAUTHORIZED.into_response(),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), tower_cors::BuildError> {
//! let policy = Policy::allow_origins(["https://app.example.com"])
//!     .allow_methods(["PUT"])
//!     .allow_headers(["authorization"])
//!     .build()?;
//! let app = Router::new()
//!     .route("/items/{id}", put(|| async {}))
//!     .layer(CorsLayer::new(policy))
//!     .layer(from_fn(authenticate)); // the outermost layer is the last one
//!
//! let mut page = Page::at("https://app.example.com", app);
//! let request = testing::put("https://api.example.com/items/1").header("authorization", "Bearer x");
//! let error = page.fetch(request).await.unwrap_err();
//! assert_eq!(error.to_string(), "\
//! PUT https://api.example.com/items/1, from a page at https://app.example.com, was not sent, because its preflight failed.
//! The response has no Access-Control-Allow-Origin.
//!
//!   sent      OPTIONS https://api.example.com/items/1
//!             access-control-request-method: PUT
//!             access-control-request-headers: authorization
//!             origin: https://app.example.com
//!   received  401 Unauthorized
//!   needed    access-control-allow-origin: https://app.example.com
//!
//! A preflight carries no credentials and no Authorization: the CORS layer has to be outside of whatever asks for them.
//!
//! See https://fetch.spec.whatwg.org/#cors-check");
//! # Ok(()) }
//! ```
//!
//! ## The layer is on another router
//!
//! ```
//! # use axum::{Router, routing::put};
//! # use tower_cors::{CorsLayer, Policy, testing::{self, Page}};
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), tower_cors::BuildError> {
//! let policy = Policy::allow_origins(["https://app.example.com"]).allow_methods(["PUT"]).build()?;
//! let items = Router::new().route("/items/{id}", put(|| async {}));
//! let app = Router::new()
//!     .route("/", put(|| async {}))
//!     .layer(CorsLayer::new(policy)) // around the routes so far
//!     .merge(items);
//!
//! let mut page = Page::at("https://app.example.com", app);
//! let error = page.fetch(testing::put("https://api.example.com/items/1")).await.unwrap_err();
//! assert_eq!(error.to_string(), "\
//! PUT https://api.example.com/items/1, from a page at https://app.example.com, was not sent, because its preflight failed.
//! The response has no Access-Control-Allow-Origin.
//!
//!   sent      OPTIONS https://api.example.com/items/1
//!             access-control-request-method: PUT
//!             origin: https://app.example.com
//!   received  405 Method Not Allowed
//!   needed    access-control-allow-origin: https://app.example.com
//!
//! Nothing answered the preflight: there is no CORS layer around this route. It has to be around the finished router.
//!
//! See https://fetch.spec.whatwg.org/#cors-check");
//! # Ok(()) }
//! ```
//!
//! ## An error response is made outside of the layer
//!
//! The page then cannot even see that it was told to wait:
//!
//! ```
//! # use axum::{Router, extract::Request, http::StatusCode, middleware::{Next, from_fn}};
//! # use axum::routing::get;
//! # use tower_cors::{CorsLayer, Policy, testing::{self, Page}};
//! async fn limit_rate(_: Request, _: Next) -> StatusCode {
//!     StatusCode::TOO_MANY_REQUESTS // a busy day
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), tower_cors::BuildError> {
//! let policy = Policy::allow_origins(["https://app.example.com"]).build()?;
//! let app = Router::new()
//!     .route("/items", get(|| async {}))
//!     .layer(CorsLayer::new(policy))
//!     .layer(from_fn(limit_rate));
//!
//! let mut page = Page::at("https://app.example.com", app);
//! let error = page.fetch(testing::get("https://api.example.com/items")).await.unwrap_err();
//! assert_eq!(error.to_string(), "\
//! GET https://api.example.com/items, from a page at https://app.example.com, was sent, but its response is kept from the page.
//! The response has no Access-Control-Allow-Origin.
//!
//!   sent      GET https://api.example.com/items
//!             origin: https://app.example.com
//!   received  429 Too Many Requests
//!   needed    access-control-allow-origin: https://app.example.com
//!
//! A page sees an error response only if that has the headers, too: the CORS layer has to be outside of whatever made this one.
//!
//! See https://fetch.spec.whatwg.org/#cors-check");
//! # Ok(()) }
//! ```
//!
//! ## A refused preflight does not say why
//!
//! A layer that refuses a preflight answers 403 without a word, as strangers are not to learn what is
//! allowed. In the test it may say whether it was the origin, the method or a header, and the message
//! then has it: give the application that is tested a layer that
//! [explains](crate::CorsLayer::explain_refusals) its refusals.
//!
//! # What else a test can try
//!
//! | to see | use |
//! | --- | --- |
//! | requests as `<img>` and `no-cors` scripts make them | [`Request::no_cors`] |
//! | a form that posts to another origin | [`form_post`] |
//! | a beacon, an event stream | [`beacon`], [`event_source`] |
//! | cookies that cross origins | [`Request::credentials_include`]; the page keeps what is set |
//! | a sandboxed frame, with origin `null` | [`Page::sandboxed`] |
//! | two pages of one browser | [`Page::open`] |
//! | what the cache of a CDN, or of a browser, does with `Vary` | [`HttpCache::shared`], [`HttpCache::private`] |
//! | how long a preflight is remembered | [`Page::wait`], [`Engine`] |
//! | an upload with a progress bar | [`Request::upload_listener`] |
//! | whether the protocol said no, or the test is wrong | [`Error::is_network_error`] |
//!
//! A helper that makes pages has a type to name: [`Page`] alone, by [`Page::boxed`].
//!
//! ```
//! # use axum::{Router, routing::get};
//! use tower_cors::testing::{self, Engine, Page};
//! # use tower_cors::{CorsLayer, Policy};
//! # fn app() -> Router {
//! #     let policy = Policy::allow_origins(["https://app.example.com"]).build().unwrap();
//! #     Router::new().route("/", get(|| async {})).layer(CorsLayer::new(policy))
//! # }
//!
//! fn page(origin: &str) -> Page {
//!     Page::at(origin, app()).boxed()
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! // The same in all engines, for both an origin that is allowed and one that is not.
//! for engine in [Engine::Standard, Engine::Chromium, Engine::Firefox, Engine::WebKit] {
//!     for (origin, is_allowed) in [("https://app.example.com", true), ("https://evil.example", false)] {
//!         let outcome = page(origin).engine(engine).fetch(testing::get("https://api.example.com/")).await;
//!         assert_eq!(outcome.is_ok(), is_allowed, "{engine:?} {origin}: {outcome:?}");
//!     }
//! }
//! # }
//! ```
//!
//! # Any service, any body
//!
//! The service takes `http::Request<`[`Body`]`>`. That is what axum's `Router` and every service that
//! is generic over its body can do; [`Body`] shows how to convert it for others. The response's body
//! is any `http_body::Body`. One that the script sees is read to its end, so it has to have one.
//!
//! What a server adds to a request is not there: an axum application that extracts `ConnectInfo` needs
//! axum's `MockConnectInfo` as a layer.
//!
//! # What is stable
//!
//! Names and types follow semantic versioning. What the model predicts follows the standard and the
//! browsers: where these change, or where it was wrong, a minor version may predict otherwise, of
//! [`Engine::Standard`] and of the others; the changelog says so. The words of messages, and which of
//! them give a hint, may change in any version: compare [`Error::step`].
//!
//! # What is left out
//!
//! Service workers, content security policy, mixed content, [Local Network
//! Access](https://wicg.github.io/local-network-access/), HTTP authentication, and whatever else
//! keeps a browser from sending a request without the server having a say in it. Two names are of
//! one site if their last two labels are the same: the model has no list of public suffixes. Header
//! values with control bytes, of which browsers send and take some, cannot be tried, for the crate `http`
//! has no such values.
//!
//! `WebSocket`s and WebTransport go without CORS: a server of those checks `Origin` itself.
//!
//! [Fetch standard]: https://fetch.spec.whatwg.org/

mod body;
mod boxed;
mod cache;
mod clock;
mod cookies;
mod cors_check;
mod engine;
mod error;
mod fetching;
mod hint;
mod initiator;
mod log;
mod message;
mod misuse;
mod modes;
mod network;
mod page;
mod preflight;
mod preflight_cache;
mod prepared;
mod redirects;
mod request;
mod response;
mod safelist;
mod store;
mod url;
mod values;

pub use body::{Body, ResponseBody};
pub use boxed::BoxedService;
pub use cache::HttpCache;
pub use clock::Clock;
pub use cors_check::CorsFailure;
pub use engine::Engine;
pub use error::{Error, RedirectFailure, Step};
pub use log::{Log, Sent};
pub use misuse::Misuse;
pub use modes::{CacheMode, Credentials, Mode, Redirect, ReferrerPolicy};
pub use page::Page;
pub use request::{
    Request, beacon, delete, event_source, form_post, get, head, options, patch, post, put, request,
};
pub use response::{Answer, AnswerKind};
