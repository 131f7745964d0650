//! [`Client`]: the network. HTTP/1.1 and, where TLS agrees on it, HTTP/2, as browsers do.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, USER_AGENT};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::escape;

/// How much of a body is read, and for how long, so that the connection can be used again. No verdict
/// depends on a body.
const DRAINED_BYTES: usize = 64 * 1024;
const DRAINED_FOR: Duration = Duration::from_millis(200);

/// The longest head of a response over HTTP/1.1, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;

/// Makes requests, one by one. It follows no redirect, keeps no cookie and no response.
#[derive(Clone, Debug)]
pub(crate) struct Client(legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// Why there is no response. Its text is safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The request may change something, and nobody said that it should be sent.
    NotSent,
    /// None came in time.
    TooLate,
    /// The connection failed, or what came over it was not HTTP.
    Failed(String),
}

impl Client {
    /// A client that trusts the roots of the system, and the certificates in a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has no certificate in it.
    pub(crate) fn new(cacert: Option<&Path>) -> Result<Self, String> {
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots(cacert)?)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .build();
        let mut client = legacy::Client::builder(TokioExecutor::new());
        // One size for all reads: a server that sends without end would make them long.
        client.http1_read_buf_exact_size(LONGEST_HEAD);
        Ok(Self(client.build(connector)))
    }

    /// The head of the response to a request.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`] says why there is none.
    pub(crate) async fn ask(
        &self,
        request: Request<Bytes>,
        deadline: Instant,
    ) -> Result<Response<()>, NoAnswer> {
        let mut request = request.map(Full::new);
        let headers = request.headers_mut();
        // The connection knows the host, and HTTP/2 has another place for it.
        headers.remove(HOST);
        let own_name = HeaderValue::from_static(concat!("cors-check/", env!("CARGO_PKG_VERSION")));
        headers.entry(USER_AGENT).or_insert(own_name);
        let response = timeout_at(deadline, self.0.request(request))
            .await
            .map_err(|_| NoAnswer::TooLate)?
            .map_err(|error| NoAnswer::Failed(explain(&error)))?;
        let (head, body) = response.into_parts();
        // A body that does not end, or breaks off, changes nothing.
        let _ = timeout(DRAINED_FOR, drain(body)).await;
        Ok(Response::from_parts(head, ()))
    }
}

async fn drain(body: Incoming) {
    let mut body = pin!(body);
    let mut left = DRAINED_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        if length >= left {
            return;
        }
        left -= length;
    }
}

fn roots(cacert: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    // A system may have certificates that nobody can parse. If it has no good ones, HTTPS says so.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let Some(path) = cacert else { return Ok(roots) };
    let unusable = |why: &dyn fmt::Display| format!("--cacert {}: {why}", path.display());
    let mut count = 0;
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))? {
        roots
            .add(certificate.map_err(|error| unusable(&error))?)
            .map_err(|error| unusable(&error))?;
        count += 1;
    }
    if count == 0 {
        return Err(unusable(&"there is no certificate in it (-----BEGIN CERTIFICATE-----)"));
    }
    Ok(roots)
}

/// An error with all that is behind it, in one line, and what to do about it where that is known.
fn explain(error: &(dyn StdError + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let part = error.to_string();
        // Some say what is behind them, too.
        if parts.last().is_none_or(|last| !last.contains(&part)) {
            parts.push(part);
        }
        next = error.source();
    }
    // The first one says only at which step of the client it was.
    let parts = if parts.len() > 1 { &parts[1..] } else { &parts[..] };
    let mut text = escape::line(&parts.join(": "));
    if text.contains("UnknownIssuer") {
        text.push_str(". If the certificate is one of your own, name it by --cacert FILE");
    }
    text
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent => f.write_str("It was not sent, for it may change something: --send"),
            Self::TooLate => f.write_str("No answer came in time: --timeout says how long to wait"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

impl StdError for NoAnswer {}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug)]
    struct Step(&'static str, Option<Box<dyn StdError>>);

    impl fmt::Display for Step {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl StdError for Step {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            self.1.as_deref()
        }
    }

    #[test]
    fn errors_in_one_safe_line() {
        let at_the_bottom = io::Error::other("odd\x1b[2J\nline");
        let twice = Step("wrapped: odd\x1b[2J\nline", Some(Box::new(at_the_bottom)));
        let error = Step("client error", Some(Box::new(twice)));
        assert_eq!(explain(&error), r"wrapped: odd\u{1b}[2J\nline");
        assert_eq!(explain(&Step("alone", None)), "alone");
        assert!(explain(&Step("UnknownIssuer", None)).ends_with("--cacert FILE"));
    }
}
