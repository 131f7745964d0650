//! Header names of protocols that pages speak across origins, for
//! [`allow_headers`](crate::PolicyBuilder::allow_headers) and
//! [`expose_headers`](crate::PolicyBuilder::expose_headers).
//!
//! Applications add what is their own: the metadata of a gRPC call, a header for authentication.
//!
//! The lists grow when their protocols do, in minor versions of this crate. A name is never taken away
//! but in a major one.
//!
//! ```
//! use tower_cors::{Policy, presets};
//!
//! let policy = Policy::allow_origins(["https://app.example.com"])
//!     .allow_headers(presets::GRPC_WEB_REQUEST_HEADERS)
//!     .allow_headers(["authorization"])
//!     .expose_headers(presets::GRPC_WEB_RESPONSE_HEADERS)
//!     .build()?;
//! # Ok::<(), tower_cors::BuildError>(())
//! ```

/// What a page sends with a [gRPC-web] call. Calls are `POST`, which is always allowed.
///
/// `x-grpc-web` and `x-user-agent` are what its [JavaScript client] adds to what the protocol says;
/// `grpc-timeout` is a [deadline].
///
/// [gRPC-web]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
/// [JavaScript client]: https://github.com/grpc/grpc-web/blob/master/javascript/net/grpc/web/grpcwebclientbase.js
/// [deadline]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
pub const GRPC_WEB_REQUEST_HEADERS: &[&str] =
    &["content-type", "grpc-timeout", "x-grpc-web", "x-user-agent"];

/// What a page reads of the answer to a [gRPC-web] call that has no message: then the [status] is in
/// headers rather than at the end of the body.
///
/// [gRPC-web]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
/// [status]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
pub const GRPC_WEB_RESPONSE_HEADERS: &[&str] =
    &["grpc-message", "grpc-status", "grpc-status-details-bin"];

/// What a page sends to an MCP server over [Streamable HTTP], in the revisions 2025-03-26 to 2026-07-28,
/// its [authorization] included.
///
/// Until 2025-11-25, sessions end with `DELETE`, which needs
/// [`allow_methods`](crate::PolicyBuilder::allow_methods). Parameters of tools that the server asks for
/// as headers, `Mcp-Param-` and a name, are the server's own.
///
/// # Security
///
/// A server on the visitor's own machine has to refuse pages that it does not know, which CORS alone
/// does not: see [`CorsLayer::own_hosts`](crate::CorsLayer::own_hosts).
///
/// [Streamable HTTP]: https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
/// [authorization]: https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization
pub const MCP_REQUEST_HEADERS: &[&str] = &[
    "authorization",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
];

/// What a page reads of the answers of an MCP server: its session, until revision
/// [2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management),
/// and where to get a token.
pub const MCP_RESPONSE_HEADERS: &[&str] = &["mcp-session-id", "www-authenticate"];

/// What a page sends with an upload by [tus](https://tus.io/protocols/resumable-upload#headers) 1.0.0 and
/// its extensions. `PATCH`, `DELETE` and `OPTIONS`, which pages also send, need
/// [`allow_methods`](crate::PolicyBuilder::allow_methods).
pub const TUS_REQUEST_HEADERS: &[&str] = &[
    "content-type",
    "tus-resumable",
    "upload-checksum",
    "upload-concat",
    "upload-defer-length",
    "upload-length",
    "upload-metadata",
    "upload-offset",
    "x-http-method-override",
];

/// What a page reads of the answers of a [tus](https://tus.io/protocols/resumable-upload#headers) 1.0.0
/// server with its extensions.
pub const TUS_RESPONSE_HEADERS: &[&str] = &[
    "location",
    "tus-checksum-algorithm",
    "tus-extension",
    "tus-max-size",
    "tus-resumable",
    "tus-version",
    "upload-concat",
    "upload-defer-length",
    "upload-expires",
    "upload-length",
    "upload-metadata",
    "upload-offset",
];
