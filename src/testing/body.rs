//! [`Body`]: the bytes of a request or response, all there at once.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};

/// The body of a request as the model sends it: complete, in one piece.
///
/// A service that takes another body converts it:
///
/// ```
/// # use http::{Request, Response};
/// use tower::ServiceExt;
/// use tower_cors::testing::{Body, Page};
///
/// # type MyBody = String;
/// # async fn handler(_: Request<MyBody>) -> Result<Response<String>, std::convert::Infallible> { todo!() }
/// let service = tower::service_fn(handler) // takes a `Request<MyBody>`
///     .map_request(|request: Request<Body>| {
///         request.map(|body| MyBody::from_utf8_lossy(&body.into_bytes()).into_owned())
///     });
/// let page = Page::at("https://app.example.com", service);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body(Bytes);

impl Body {
    /// The bytes.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.0)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

/// Reads a body to its end. Trailers are dropped: no script sees them.
pub(super) async fn read<B: http_body::Body>(body: B) -> Result<Bytes, B::Error> {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        if let Ok(mut data) = frame?.into_data() {
            while data.has_remaining() {
                let chunk = data.chunk();
                bytes.extend_from_slice(chunk);
                let read = chunk.len();
                data.advance(read);
            }
        }
    }
    Ok(bytes.into())
}
