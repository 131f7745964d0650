//! The middleware: [`CorsLayer`](layer::CorsLayer) makes [`Cors`](service::Cors), whose future is
//! [`ResponseFuture`](future::ResponseFuture).

mod answer;
pub(crate) mod future;
pub(crate) mod layer;
pub(crate) mod options;
mod own_hosts;
pub(crate) mod service;
mod snapshot;
