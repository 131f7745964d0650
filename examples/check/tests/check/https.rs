//! HTTPS: HTTP/2 where the server has it, the certificates of `--cacert`, and a hint without.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::common::check;
use crate::servers;

/// Serves over TLS, and answers with the version that the request came by in `cors-refusal`: a header
/// that the tool prints.
fn serve(protocols: &[&[u8]]) -> (String, NamedTempFile) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("https://localhost:{}/items", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(accept(listener, TlsAcceptor::from(Arc::new(config))));
    });
    let mut pem = NamedTempFile::new().unwrap();
    pem.write_all(cert.pem().as_bytes()).unwrap();
    (url, pem)
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor) {
    let version = async |request: Request, next: Next| {
        let version = format!("{:?}", request.version());
        let host = request.headers().contains_key("host").to_string();
        let mut response = next.run(request).await;
        response
            .headers_mut()
            .insert("cors-refusal", format!("{version} host {host}").parse().unwrap());
        response
    };
    let app = servers::bare().layer(from_fn(version));
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, service) = (acceptor.clone(), TowerToHyperService::new(app.clone()));
        tokio::spawn(async move {
            // A client that does not trust the certificate ends the connection.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let server = auto::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

#[test]
fn trust_and_versions() {
    let (url, pem) = serve(&[b"h2", b"http/1.1"]);
    let pem = pem.path().to_str().unwrap();
    check(&url, &[]).assert_says(2, &["UnknownIssuer", "--cacert FILE"]);
    check(&url, &["--cacert", pem]).assert_says(1, &["cors-refusal: HTTP/2.0 host false"]);
    let (url, pem) = serve(&[b"http/1.1"]);
    let pem = pem.path().to_str().unwrap();
    check(&url, &["--cacert", pem]).assert_says(1, &["cors-refusal: HTTP/1.1 host true"]);
}
