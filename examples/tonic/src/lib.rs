//! A gRPC service that pages of another origin call by gRPC-web, as `tonic-web` speaks it.

mod page;
mod service;

pub use page::{page, page_html};
pub use service::{layers, policy, routes, serve};
