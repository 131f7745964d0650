//! The demo, as a user starts it, and its page in a browser. The page's own table says whether all is
//! as expected.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use axum::body::Body;
use axum::response::IntoResponse as _;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Collected};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::engines::chromium_at;
use crate::example::program;
use crate::process::Group;

/// The demo while it runs.
pub(crate) struct Demo {
    pub(crate) ports: [u16; 3],
    _group: Group,
}

impl Demo {
    pub(crate) fn start() -> io::Result<Self> {
        let mut command = Command::new(program("demo")?);
        for variable in ["PAGE_ADDR", "OTHER_ADDR", "API_ADDR"] {
            command.env(variable, "127.0.0.1:0");
        }
        let mut ports = Vec::new();
        let (group, ports) = Group::start_and_find(&command, move |line| {
            // Three lines, in this order, each before an address: "Open http://127.0.0.1:PORT/ ..."
            let before = ["Open ", "The page is also at ", "The page calls the API at "];
            ports.extend(before.iter().find_map(|before| port(line.strip_prefix(before))));
            ports.as_slice().try_into().ok()
        })?;
        Ok(Self { ports, _group: group })
    }

    pub(crate) fn page(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[0])
    }
}

/// Whether the page comes to its result by a clock that is faster than the network, as it has to for
/// screenshots.
///
/// # Errors
///
/// What it says of itself instead.
pub(crate) fn check_by_virtual_clock(chromium: &Path) -> Result<(), String> {
    const SUMMARY: &str = "<p id=\"summary\"";
    let cannot = |error: io::Error| error.to_string();
    let demo = Demo::start().map_err(cannot)?;
    let directory = tempfile::tempdir().map_err(cannot)?;
    let command = chromium_at(chromium, directory.path(), 5_000, &demo.page());
    let find = |line: &str| line.contains(SUMMARY).then(|| line.trim().to_owned());
    let (_group, summary) = Group::start_and_find(&command, find).map_err(cannot)?;
    if summary.contains("class=\"ok\"") { Ok(()) } else { Err(summary) }
}

fn port(line: Option<&str>) -> Option<u16> {
    let digits = line?.strip_prefix("http://127.0.0.1:")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Hands a request on, as a proxy does. The page gets a script that says how it ended.
pub(crate) async fn forward(request: Request<Incoming>, port: u16) -> Response<Body> {
    let is_page = request.uri().path() == "/";
    match exchange(request, port).await {
        Ok(response) if is_page => with_reporter(response).await,
        Ok(response) => response.map(Body::new),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

async fn exchange(
    mut request: Request<Incoming>,
    port: u16,
) -> Result<Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

async fn with_reporter(response: Response<Incoming>) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let page = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let page = [&page, &b"<script type=module>"[..], REPORTER, b"</script>"].concat();
    let content_type = parts.headers.get(CONTENT_TYPE).cloned();
    let mut response = (parts.status, page).into_response();
    response.headers_mut().extend(content_type.map(|value| (CONTENT_TYPE, value)));
    response
}

const REPORTER: &[u8] = include_bytes!("page/demo.js");
