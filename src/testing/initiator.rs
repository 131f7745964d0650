//! [`Initiator`]: what on a page makes a request, and what it says of itself.

use http::HeaderName;
use http::header::{CONTENT_TYPE, HeaderValue};

/// What on a page makes a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Initiator {
    /// `fetch()` or `XMLHttpRequest`.
    #[default]
    Script,
    Font,
    Beacon,
    EventSource,
    Form,
}

impl Initiator {
    /// Whether it lets a script set a header.
    pub(super) fn can_set(self, name: &HeaderName) -> bool {
        match self {
            Self::Script | Self::Font => true,
            Self::Beacon => *name == CONTENT_TYPE,
            // Set by the browser, from what the stream said.
            Self::EventSource => *name == "last-event-id",
            Self::Form => false,
        }
    }

    /// Whether method and headers can be what the server has not agreed to: the [unsafe-request flag].
    ///
    /// [unsafe-request flag]: https://fetch.spec.whatwg.org/#unsafe-request-flag
    pub(super) fn is_unsafe(self) -> bool {
        matches!(self, Self::Script | Self::Beacon)
    }

    /// The value of `Accept`, if the script says none.
    pub(super) fn accept(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::EventSource => "text/event-stream",
            Self::Form => "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            Self::Script | Self::Font | Self::Beacon => "*/*",
        })
    }

    /// The [destination](https://fetch.spec.whatwg.org/#concept-request-destination), as
    /// `Sec-Fetch-Dest` says it.
    pub(super) fn destination(self) -> &'static str {
        match self {
            Self::Font => "font",
            Self::Form => "document",
            Self::Script | Self::Beacon | Self::EventSource => "empty",
        }
    }
}
