//! [`Server`]: the server that is asked, as the service that a page of the model takes.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use tokio::time::Instant;
use tower_cors::testing::Body;
use tower_service::Service;

use crate::client::{Client, NoAnswer};

/// The server that is asked. Each request goes out once: who makes the same one again, as the pages of
/// different engines do, gets the answer from before, so all judge the same, and no order is placed twice.
///
/// Clones are the same server.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    client: Client,
    sends: Sends,
    timeout: Duration,
    deadline: Option<Instant>,
    known: Arc<Mutex<Vec<(Question, Answer)>>>,
    /// What the next answer sets, which then does not come from the server.
    cookies: Vec<HeaderValue>,
}

/// What may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sends {
    Everything,
    /// Methods by which nobody asks for a change: `GET`, `HEAD` and `OPTIONS`.
    Safe,
}

type Answer = Result<Response<()>, NoAnswer>;

/// What makes requests the same.
#[derive(Debug, PartialEq, Eq)]
struct Question {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Server {
    /// `timeout` is for all that belongs to one request of a page.
    pub(crate) fn new(client: Client, sends: Sends, timeout: Duration) -> Self {
        let (deadline, known, cookies) = (None, Arc::default(), Vec::new());
        Self { client, sends, timeout, deadline, known, cookies }
    }

    /// The server, for one more request and all that belongs to it: the time starts now.
    pub(crate) fn starting_now(&self) -> Self {
        Self { deadline: Some(Instant::now() + self.timeout), ..self.clone() }
    }

    /// Lets the next answer set cookies, and come from here.
    pub(crate) fn set_cookies(&mut self, cookies: Vec<HeaderValue>) {
        self.cookies = cookies;
    }

    /// How many requests went out.
    pub(crate) fn asked(&self) -> usize {
        self.known().len()
    }

    /// The response to a request, from before if there was the same one.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`] says why there is none.
    pub(crate) async fn ask(&self, request: Request<Bytes>) -> Result<Response<()>, NoAnswer> {
        let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if self.sends == Sends::Safe && !is_safe {
            return Err(NoAnswer::NotSent);
        }
        let question = Question {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            body: request.body().clone(),
        };
        if let Some(answer) = self.answer_from_before(&question) {
            return answer;
        }
        let deadline = self.deadline.unwrap_or_else(|| Instant::now() + self.timeout);
        let answer = self.client.ask(request, deadline).await;
        self.known().push((question, answer.clone()));
        answer
    }

    fn answer_from_before(&self, question: &Question) -> Option<Answer> {
        let known = self.known();
        known.iter().find(|(known, _)| known == question).map(|(_, answer)| answer.clone())
    }

    /// Never held over an `await`.
    fn known(&self) -> MutexGuard<'_, Vec<(Question, Answer)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Request<Body>> for Server {
    type Response = Response<Body>;
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NoAnswer>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAnswer>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !self.cookies.is_empty() {
            let mut response = Response::new(Body::default());
            let cookies = self.cookies.drain(..).map(|cookie| (SET_COOKIE, cookie));
            for (name, cookie) in cookies {
                response.headers_mut().append(name, cookie);
            }
            return Box::pin(ready(Ok(response)));
        }
        let server = self.clone();
        Box::pin(async move {
            let response = server.ask(request.map(Body::into_bytes)).await?;
            Ok(response.map(|()| Body::default()))
        })
    }
}
