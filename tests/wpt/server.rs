//! [`Server`]: all servers of a row, which answer as its data says.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, ORIGIN};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use http_body::Frame;
use tower::Service;

use super::row::{Answer, Place};

/// Clones are the same servers.
#[derive(Clone, Default)]
pub(crate) struct Server(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    places: BTreeMap<String, Place>,
    /// How many requests a place has answered.
    answered: BTreeMap<String, usize>,
    /// Whether a layer says what CORS headers say.
    is_behind_layer: bool,
}

impl Server {
    pub(crate) fn new(is_behind_layer: bool) -> Self {
        Self(Arc::new(Mutex::new(State { is_behind_layer, ..State::default() })))
    }

    /// What is where from now on.
    pub(crate) fn play(&self, places: &BTreeMap<String, Place>) {
        let mut state = self.0.lock().unwrap();
        state.places.clone_from(places);
        state.answered.clear();
    }
}

impl<B> Service<Request<B>> for Server {
    type Response = Response<Body>;
    type Error = String;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let request = request.map(drop);
        ready(self.0.lock().unwrap().respond(&request))
    }
}

impl State {
    fn respond(&mut self, request: &Request<()>) -> Result<Response<Body>, String> {
        let url = request.uri().to_string();
        let here = |place: &&Place| without_query(&place.url) == without_query(&url);
        let place = self.places.values().find(here);
        let place = place.ok_or_else(|| format!("no server has {url}"))?;
        let answers = place.answer.as_slice();
        let answer = match &place.preflight {
            Some(preflight) if is_preflight(request) => preflight,
            None if is_preflight(request) => &answers[0],
            _ => {
                let answered = self.answered.entry(place.url.clone()).or_default();
                let turn = *answered;
                *answered += 1;
                let mut turns = answers.iter().flat_map(|answer| vec![answer; answer.times]);
                turns.nth(turn).or(answers.last()).ok_or("no answer")?
            }
        };
        self.response(answer, request)
    }

    fn response(&self, answer: &Answer, request: &Request<()>) -> Result<Response<Body>, String> {
        let mut headers = HeaderMap::new();
        for (name, lines) in &answer.headers {
            let is_cors = name.starts_with("access-control-");
            for line in lines.as_slice().iter().filter(|_| !(is_cors && self.is_behind_layer)) {
                let value = match (line.as_str(), request.headers().get(ORIGIN)) {
                    ("{origin}", None) => continue,
                    ("{origin}", Some(origin)) => origin.clone(),
                    (line, _) => HeaderValue::from_bytes(line.as_bytes())
                        .map_err(|error| format!("{name}: {line:?}: {error}"))?,
                };
                let name = name.parse::<HeaderName>().map_err(|error| error.to_string())?;
                headers.append(name, value);
            }
        }
        let has_body = request.method() != Method::HEAD && !matches!(answer.status, 204 | 304);
        let bytes = Some(answer.body.clone().into()).filter(|_| has_body);
        let mut response = Response::new(Body { bytes, endless: answer.endless });
        *response.status_mut() = answer.status.try_into().map_err(|_| "not a status")?;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

pub(crate) fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// What is there at once, and an end if it has one.
#[derive(Default)]
pub(crate) struct Body {
    bytes: Option<Bytes>,
    endless: bool,
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        match self.bytes.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None if self.endless => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}
