//! Through real HTTP/1.1 and HTTP/2, on the loopback interface.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../common/mod.rs"]
mod common;

#[cfg(feature = "reload")]
mod reload;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Frame, Incoming};
use hyper::{client, server};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tower::{Layer, service_fn};
use tower_cors::{CorsLayer, Policy, PolicySource};

use common::gate::{Gate, Key, gate};
use common::{
    ACAC, ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, INNER, Lines, ORIGIN, PREFLIGHT_VARY, VARY,
    all_lines, header_map, sorted,
};

type BoxBody = UnsyncBoxBody<Bytes, Infallible>;

#[derive(Clone, Copy, Debug)]
enum Protocol {
    Http1,
    /// With names as in `Access-Control-Request-Method`, in both directions.
    Http1TitleCase,
    /// With prior knowledge.
    Http2,
}

const PROTOCOLS: [Protocol; 3] = [Protocol::Http1, Protocol::Http1TitleCase, Protocol::Http2];

/// A client and a server that have one connection.
struct Connection {
    client: Client,
    address: SocketAddr,
    protocol: Protocol,
    tasks: [JoinHandle<hyper::Result<()>>; 2],
}

enum Client {
    Http1(client::conn::http1::SendRequest<Empty<Bytes>>),
    Http2(client::conn::http2::SendRequest<Empty<Bytes>>),
}

impl Connection {
    /// Serves what `handler` answers, behind the layer.
    async fn open<P, H>(protocol: Protocol, layer: CorsLayer<P>, handler: H) -> Self
    where
        P: PolicySource<Future: Send> + Clone + Send + 'static,
        H: Fn(Request<Incoming>) -> Response<BoxBody> + Clone + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = layer.layer(service_fn(move |request| {
            std::future::ready(Ok::<_, Infallible>(handler(request)))
        }));
        let service = TowerToHyperService::new(service);
        let serve = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = TokioIo::new(stream);
            if let Protocol::Http2 = protocol {
                let server = server::conn::http2::Builder::new(TokioExecutor::new());
                return server.serve_connection(stream, service).await;
            }
            let title_case = matches!(protocol, Protocol::Http1TitleCase);
            let mut server = server::conn::http1::Builder::new();
            server.title_case_headers(title_case).serve_connection(stream, service).await
        });
        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        let (client, drive) = if let Protocol::Http2 = protocol {
            let (client, connection) =
                client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
            (Client::Http2(client), tokio::spawn(connection))
        } else {
            let title_case = matches!(protocol, Protocol::Http1TitleCase);
            let mut builder = client::conn::http1::Builder::new();
            let (client, connection) =
                builder.title_case_headers(title_case).handshake(stream).await.unwrap();
            (Client::Http1(client), tokio::spawn(connection))
        };
        Self { client, address, protocol, tasks: [serve, drive] }
    }

    async fn send(&mut self, method: &str, lines: Lines<'_>) -> Response<Incoming> {
        let address = self.address;
        // HTTP/2 has the authority in the target, HTTP/1.1 in `Host`.
        let (uri, host) = match self.protocol {
            Protocol::Http2 => (format!("http://{address}/"), None),
            _ => ("/".to_owned(), Some(address.to_string().try_into().unwrap())),
        };
        let mut request = Request::builder().method(method).uri(uri).body(Empty::new()).unwrap();
        *request.headers_mut() = header_map(lines);
        request.headers_mut().extend(host.map(|host| (http::header::HOST, host)));
        match &mut self.client {
            Client::Http1(client) => client.send_request(request).await.unwrap(),
            Client::Http2(client) => client.send_request(request).await.unwrap(),
        }
    }

    /// Closes the connection, and waits until both of its ends are done.
    async fn close(self) {
        drop(self.client);
        for task in self.tasks {
            timeout(Duration::from_secs(60), task).await.unwrap().unwrap().unwrap();
        }
    }
}

fn layer() -> CorsLayer {
    let policy = Policy::allow_origins([APP])
        .allow_credentials()
        .allow_methods(["PUT"])
        .allow_headers(["x-token"])
        .expose_headers(["x-request-id"]);
    CorsLayer::new(policy.build().unwrap())
}

const APP: &str = "https://app.example";

fn hello(_: Request<Incoming>) -> Response<BoxBody> {
    Response::new(UnsyncBoxBody::new(INNER.to_owned()))
}

/// All header lines but those that the server adds of its own.
fn lines(response: &Response<Incoming>) -> Vec<(String, String)> {
    let mut lines = all_lines(response.headers());
    lines.retain(|(name, _)| name != "date");
    lines
}

async fn text(response: Response<Incoming>) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

/// All on one connection, so that a response with a wrong length would be noticed by the next one.
#[tokio::test]
async fn one_request_after_the_other() {
    for protocol in PROTOCOLS {
        let mut connection = Connection::open(protocol, layer(), hello).await;
        let length = ("content-length", "22");
        // In HTTP/2 the end of the stream says as much.
        let no_body = match protocol {
            Protocol::Http2 => None,
            _ => Some(("content-length", "0")),
        };
        let vary_alone: Vec<_> = [(VARY, PREFLIGHT_VARY)].into_iter().chain(no_body).collect();
        for _ in 0..2 {
            let ask = &[(ORIGIN, APP), (ACRM, "PUT"), (ACRH, "x-token")];
            let allowed = connection.send("OPTIONS", ask).await;
            assert_eq!(allowed.status(), 204, "{protocol:?}");
            let expected = &[
                (ACAO, APP),
                (ACAC, "true"),
                (ACAM, "GET, HEAD, POST, PUT"),
                (ACAH, "x-token"),
                (VARY, PREFLIGHT_VARY),
            ];
            // Neither `content-length` nor `transfer-encoding`: a 204 has no body to measure.
            assert_eq!(lines(&allowed), sorted(expected), "{protocol:?}");
            assert!(allowed.body().is_end_stream() && text(allowed).await.is_empty());

            let actual = connection.send("PUT", &[(ORIGIN, APP)]).await;
            assert_eq!(actual.status(), 200, "{protocol:?}");
            let expected =
                &[(ACAO, APP), (ACAC, "true"), (ACEH, "x-request-id"), (VARY, ORIGIN), length];
            assert_eq!(lines(&actual), sorted(expected), "{protocol:?}");
            assert_eq!(text(actual).await, INNER);

            let stranger = "https://stranger.example";
            let refused = connection.send("OPTIONS", &[(ORIGIN, stranger), (ACRM, "PUT")]).await;
            assert_eq!(refused.status(), 403, "{protocol:?}");
            assert_eq!(lines(&refused), sorted(&vary_alone), "{protocol:?}");
            assert!(text(refused).await.is_empty());

            let other = connection.send("OPTIONS", &[(ORIGIN, APP)]).await;
            assert_eq!(other.status(), 200, "{protocol:?}: a bare OPTIONS");
            assert_eq!(text(other).await, INNER);

            let not_cors = connection.send("GET", &[]).await;
            assert_eq!(lines(&not_cors), sorted(&[(VARY, ORIGIN), length]), "{protocol:?}");
            assert_eq!(text(not_cors).await, INNER);
        }
        connection.close().await;
    }
}

/// Header lines that are split on the way, or are nothing that a browser sends.
#[tokio::test]
async fn odd_lines() {
    for protocol in PROTOCOLS {
        let mut connection = Connection::open(protocol, layer(), hello).await;
        for (request, status) in [
            (&[(ORIGIN, APP), (ACRM, "PUT"), (ACRH, "X-Token"), (ACRH, ", x-token")][..], 204),
            (&[(ORIGIN, APP), (ACRM, "PUT"), (ACRM, "PUT")], 204),
            (&[(ORIGIN, APP), (ORIGIN, APP), (ACRM, "PUT")], 403),
            (&[(ORIGIN, "https://app.example\u{ff}"), (ACRM, "PUT")], 403),
            (&[(ORIGIN, ""), (ACRM, "PUT")], 403),
            (&[(ORIGIN, APP), (ACRM, "")], 204),
        ] {
            let response = connection.send("OPTIONS", request).await;
            assert_eq!(response.status(), status, "{protocol:?}: {request:?}");
            assert_eq!(response.headers().contains_key(ACAO), status == 204);
            assert!(text(response).await.is_empty());
        }
        connection.close().await;
    }
}

/// Data that is sent when the test says so.
struct Stream {
    data: VecDeque<Gate<Bytes>>,
    trailers: bool,
}

impl Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(gate) = self.data.front_mut() else {
            let trailers = std::mem::take(&mut self.trailers);
            let trailers = trailers.then(|| Frame::trailers(header_map(&[("x-checksum", "1")])));
            return Poll::Ready(trailers.map(Ok));
        };
        let data = ready!(Pin::new(gate).poll(cx));
        self.data.pop_front();
        Poll::Ready(Some(Ok(Frame::data(data))))
    }
}

/// The first part arrives before the second is made.
#[tokio::test]
async fn a_streaming_body() {
    for protocol in PROTOCOLS {
        let (keys, gates): (Vec<Key<Bytes>>, VecDeque<_>) =
            ["one", "two"].map(|_| gate()).into_iter().unzip();
        let gates = std::sync::Arc::new(std::sync::Mutex::new(Some(gates)));
        let handler = move |_: Request<Incoming>| {
            let data = gates.lock().unwrap().take().unwrap();
            Response::new(UnsyncBoxBody::new(Stream { data, trailers: true }))
        };
        let mut connection = Connection::open(protocol, layer(), handler).await;
        let mut response = connection.send("GET", &[(ORIGIN, APP)]).await;
        assert_eq!(response.headers()[ACAO], APP);
        for (key, data) in keys.iter().zip(["one", "two"]) {
            key.open(data.into());
            let frame = response.frame().await.unwrap().unwrap();
            assert_eq!(frame.into_data().unwrap(), data, "{protocol:?}");
        }
        let trailers = response.frame().await.map(|frame| frame.unwrap().into_trailers().unwrap());
        // HTTP/1.1 drops trailers that the request did not ask for.
        let expected =
            matches!(protocol, Protocol::Http2).then(|| header_map(&[("x-checksum", "1")]));
        assert_eq!(trailers, expected, "{protocol:?}");
        drop(response);
        connection.close().await;
    }
}

/// The server's own origin is told by `Host` or by the target's authority, whichever there is.
#[tokio::test]
async fn requests_of_disallowed_origins_are_rejected_but_not_the_servers_own() {
    for protocol in PROTOCOLS {
        let layer = layer().reject_disallowed_origins();
        let mut connection = Connection::open(protocol, layer, hello).await;
        let own = format!("http://{}", connection.address);
        let (another_port, _) = own.rsplit_once(':').unwrap();
        for (origin, status) in [
            (APP, 200),
            (&own, 200),
            ("https://evil.example", 403),
            (another_port, 403),
            ("null", 403),
        ] {
            let response = connection.send("POST", &[(ORIGIN, origin)]).await;
            assert_eq!(response.status(), status, "{protocol:?}: {origin}");
            assert_eq!(response.headers().contains_key(ACAO), origin == APP);
            let body = if status == 200 { INNER } else { "" };
            assert_eq!(text(response).await, body);
        }
        connection.close().await;
    }
}
