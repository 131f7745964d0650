//! The service, and the layers around it.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::{self, Server};
use tonic::{Code, Request, Status};
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tonic_types::{ErrorDetails, StatusExt as _};
use tonic_web::GrpcWebLayer;
use tower_cors::{BuildError, CorsLayer, Policy, presets};
use tower_layer::Stack;

/// What pages of an origin need to call the service. Calls are `POST`, which is always allowed.
///
/// # Errors
///
/// The origin is not a pattern.
pub fn policy(origin: &str) -> Result<Policy, BuildError> {
    Policy::allow_origins([origin])
        .allow_headers(presets::GRPC_WEB_REQUEST_HEADERS)
        .expose_headers(presets::GRPC_WEB_RESPONSE_HEADERS)
        .max_age(Duration::from_secs(3600))
        .build()
}

/// CORS around gRPC-web, which knows no preflights.
#[must_use]
pub fn layers(policy: Policy) -> Stack<GrpcWebLayer, CorsLayer> {
    Stack::new(GrpcWebLayer::new(), CorsLayer::new(policy))
}

/// gRPC's own health service: it has a message, and an error without one.
#[must_use]
pub fn routes() -> Routes {
    let service = HealthService::from_health_reporter(HealthReporter::new());
    let service = HealthServer::with_interceptor(service, require_deadline);
    Routes::new(service)
}

/// Refuses with details, so that there is an error that has some.
fn require_deadline(request: Request<()>) -> Result<Request<()>, Status> {
    const DEADLINE: &str = "grpc-timeout";
    if request.metadata().contains_key(DEADLINE) {
        return Ok(request);
    }
    let details = ErrorDetails::with_bad_request_violation(DEADLINE, "is missing");
    Err(Status::with_error_details(Code::InvalidArgument, "a call needs a deadline", details))
}

/// Serves until an error ends it.
///
/// # Errors
///
/// Those of the server.
pub async fn serve(listener: TcpListener, policy: Policy) -> Result<(), transport::Error> {
    Server::builder()
        .accept_http1(true) // without TLS, browsers speak nothing else
        .layer(layers(policy))
        .add_routes(routes())
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await
}
