//! The servers of all origins, on loopback: a proxy that plays every server over HTTP, so that names
//! and ports need neither to resolve nor to be free, and one server for HTTPS.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, mpsc};

use axum::body::Body;
use axum::response::{Html, IntoResponse as _};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Collected};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tower::ServiceExt as _;
use tower_cors::testing;

use crate::browser_cases::site::Site;
use crate::{demo, lock};

/// What one engine's requests reach.
pub(crate) struct Server {
    pub(crate) proxy_port: u16,
    pub(crate) https_port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The servers of the case that runs, by its id.
    case: Mutex<Option<(String, Site)>>,
    pages: Mutex<Option<Arc<Pages>>>,
    /// Ports that requests are handed on to.
    forwarded: Mutex<Vec<u16>>,
}

/// The pages of a browser, of which one at a time waits for a job.
struct Pages {
    said: mpsc::Sender<Value>,
    jobs: tokio::sync::Mutex<tokio::sync::mpsc::Receiver<Value>>,
}

/// The other end of a browser's pages.
pub(crate) struct Talk {
    pub(crate) said: mpsc::Receiver<Value>,
    jobs: tokio::sync::mpsc::Sender<Value>,
}

impl Talk {
    pub(crate) fn give(&self, job: Value) -> Result<(), String> {
        self.jobs.try_send(job).map_err(|error| format!("the page waits for no job: {error}"))
    }
}

/// Paths of pages, on every server. All others are those of cases.
pub(crate) const PAGES: &str = "/pages";

impl Server {
    pub(crate) async fn start() -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let https = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (proxy_port, https_port) = (proxy.local_addr()?.port(), https.local_addr()?.port());
        let acceptor = acceptor().map_err(io::Error::other)?;

        let proxied = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = proxy.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&proxied)));
            }
        });
        let encrypted = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = https.accept().await {
                let (acceptor, shared) = (acceptor.clone(), Arc::clone(&encrypted));
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, shared).await;
                    }
                });
            }
        });
        Ok(Self { proxy_port, https_port, shared })
    }

    /// Answers the requests of a case from now on.
    pub(crate) fn serve_case(&self, id: &str, site: Site) {
        *lock(&self.shared.case) = Some((id.to_owned(), site));
    }

    /// Hands requests for these ports on to them.
    pub(crate) fn forward(&self, ports: &[u16]) {
        *lock(&self.shared.forwarded) = ports.to_vec();
    }

    /// Talks to the pages of a browser that is to be started.
    pub(crate) fn talk(&self) -> Talk {
        let (said, receive_said) = mpsc::channel();
        // A page waits for one job at a time.
        let (jobs, receive_jobs) = tokio::sync::mpsc::channel(1);
        let pages = Pages { said, jobs: receive_jobs.into() };
        *lock(&self.shared.pages) = Some(Arc::new(pages));
        Talk { said: receive_said, jobs }
    }
}

/// HTTP/2 for all browsers, for all of them can.
fn acceptor() -> Result<TlsAcceptor, rustls::Error> {
    let certificate =
        CertificateDer::from(&include_bytes!("../data/browser/tls-certificate.der")[..]);
    let key = PrivatePkcs8KeyDer::from(&include_bytes!("../data/browser/tls-key.der")[..]);
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(respond(request, &shared).await) }
    });
    // Browsers close connections as they like.
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(request: Request<Incoming>, shared: &Shared) -> Response<Body> {
    let path = request.uri().path().to_owned();
    if request.method() == Method::CONNECT {
        // Browsers try to reach their makers.
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(file) = path.strip_prefix(PAGES) {
        return respond_to_page(file, request, shared).await;
    }
    if let Some(id) = path.strip_prefix("/c/").and_then(|rest| rest.split('/').next()) {
        let site = lock(&shared.case).clone();
        if let Some((_, site)) = site.filter(|(running, _)| running == id) {
            return respond_in_case(request, site).await;
        }
    }
    let forwarded = lock(&shared.forwarded).clone();
    match request.uri().port_u16().filter(|port| forwarded.contains(port)) {
        Some(port) => demo::forward(request, port).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn respond_to_page(
    file: &str,
    request: Request<Incoming>,
    shared: &Shared,
) -> Response<Body> {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    let script = |source: &'static str| ([(CONTENT_TYPE, SCRIPT)], source).into_response();
    let mut response = match file {
        "/page" => Html(include_str!("page/page.html")).into_response(),
        "/frame" => Html(include_str!("page/frame.html")).into_response(),
        "/page.js" => script(include_str!("page/page.js")),
        "/steps.js" => script(include_str!("page/steps.js")),
        "/next" => next_job(request, shared).await,
        _ => StatusCode::NOT_FOUND.into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}

/// Takes what a page says, and answers when there is something to do.
async fn next_job(request: Request<Incoming>, shared: &Shared) -> Response<Body> {
    let pages = lock(&shared.pages).clone();
    let said = collect(request.into_body()).await;
    let said = serde_json::from_slice(&said);
    let (Some(pages), Ok(said)) = (pages, said) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let _ = pages.said.send(said);
    match pages.jobs.lock().await.recv().await {
        Some(job) => axum::Json(job).into_response(),
        None => StatusCode::GONE.into_response(),
    }
}

/// As the request would have come without a proxy, where it came through one.
async fn respond_in_case(request: Request<Incoming>, site: Site) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().cloned();
    parts.uri = path.map_or_else(Uri::default, Uri::from);
    let body = testing::Body::from(collect(body).await);
    let Ok(response) = site.oneshot(Request::from_parts(parts, body)).await;
    response
}

async fn collect(body: Incoming) -> Bytes {
    body.collect().await.map(Collected::to_bytes).unwrap_or_default()
}
