//! The browser's side of the CORS protocol, as a client for tests.

mod body;
mod cache;
mod clock;
mod cookies;
mod cors_check;
mod engine;
mod error;
mod fetching;
mod log;
mod message;
mod network;
mod page;
mod preflight;
mod preflight_cache;
mod request;
mod response;
mod safelist;
mod store;
mod url;
mod values;

pub use body::Body;
pub use cache::HttpCache;
pub use clock::Clock;
pub use cors_check::CorsFailure;
pub use engine::Engine;
pub use error::{Error, RedirectFailure, Step};
pub use log::{Log, Sent};
pub use page::Page;
pub use request::{
    CacheMode, Credentials, Misuse, Mode, Redirect, ReferrerPolicy, Request, delete, get, head,
    options, patch, post, put, request,
};
pub use response::{Answer, AnswerKind};
