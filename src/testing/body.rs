//! [`Body`]: the bytes of a request, all there at once. [`ResponseBody`]: those of a response, as they
//! come.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
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

/// The body of a response of any service: what an [`HttpCache`](super::HttpCache) gives on.
pub struct ResponseBody(Pin<Box<dyn AnyBody>>);

/// The error of a body or service of any type.
pub(super) type BoxError = Box<dyn StdError + Send + Sync>;

type AnyFrame = Option<Result<Frame<Bytes>, BoxError>>;

/// An `http_body::Body`, whatever its data and errors are.
trait AnyBody: Send {
    fn poll_any_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<AnyFrame>;
    fn is_at_end(&self) -> bool;
    fn size(&self) -> SizeHint;
}

impl<B> AnyBody for B
where
    B: http_body::Body + Send,
    B::Error: Into<BoxError>,
{
    fn poll_any_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<AnyFrame> {
        let as_bytes = |mut data: B::Data| data.copy_to_bytes(data.remaining());
        self.poll_frame(cx)
            .map(|frame| frame.map(|frame| Ok(frame.map_err(Into::into)?.map_data(as_bytes))))
    }

    fn is_at_end(&self) -> bool {
        self.is_end_stream()
    }

    fn size(&self) -> SizeHint {
        self.size_hint()
    }
}

impl ResponseBody {
    pub(super) fn new<B>(body: B) -> Self
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Box::pin(body))
    }
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<AnyFrame> {
        self.0.as_mut().poll_any_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_at_end()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size()
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResponseBody").finish_non_exhaustive()
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
