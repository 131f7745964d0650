//! [`Entry`] and [`Entries`]: what the setters take.

use std::borrow::Cow;
use std::marker::PhantomData;

use http::uri::Authority;
use http::{HeaderName, HeaderValue, Method};

use crate::origin::OriginPattern;

/// One entry of a setting. [`build`](crate::PolicyBuilder::build) parses it.
///
/// No program needs to name it. The setters take lists of anything that can be turned into one:
///
/// | setter | entries |
/// | --- | --- |
/// | `allow_origins` | text, [`OriginPattern`], [`HeaderValue`] |
/// | `allow_methods` | text, [`Method`] |
/// | `allow_headers`, `expose_headers` | text, [`HeaderName`] |
/// | `own_hosts` (of the layer) | text, [`Authority`] |
///
/// Text is `&str`, `&String`, `String` or `Cow<str>`; values may be references too. White space
/// around a text is left out.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    /// A value is kept as its text, which is parsed again: one way for all.
    text: String,
    of: PhantomData<T>,
}

impl<T> Entry<T> {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), of: PhantomData }
    }
}

/// A list of entries: everything that can be iterated over and yields what [`Entry`] lists, such as
/// `["PUT", "DELETE"]`, `[Method::PUT]`, `&list_of_strings` or `text.split(',')`.
///
/// A single value is not a list:
///
/// ```compile_fail,E0277
/// tower_cors::Policy::allow_origins("https://app.example.com");
/// ```
///
/// ```compile_fail,E0277
/// tower_cors::Policy::allow_any_origin().allow_methods(http::Method::PUT);
/// ```
///
/// ```compile_fail,E0277
/// struct Any;
/// tower_cors::Policy::allow_any_origin().allow_headers(Any);
/// ```
///
/// And in a list of header names, there are no numbers:
///
/// ```compile_fail,E0277
/// tower_cors::Policy::allow_any_origin().expose_headers([1]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of entries of this setting",
    label = "expected a list of texts, or of `{T}`",
    note = "a list is an array, a `Vec` or an iterator: put a single entry in brackets, `[..]`",
    note = "to allow all, call `allow_any_method()`, `allow_any_header()` or \
            `expose_any_header()`, or start from `Policy::allow_any_origin()`"
)]
pub trait Entries<T> {
    #[doc(hidden)]
    fn into_texts(self) -> Vec<String>;
}

// Without this the compiler would name what the list lacks here, not what the setter takes.
#[diagnostic::do_not_recommend]
impl<T, I> Entries<T> for I
where
    I: IntoIterator<Item: Into<Entry<T>>>,
{
    fn into_texts(self) -> Vec<String> {
        self.into_iter().map(|entry| entry.into().text).collect()
    }
}

macro_rules! entries_from_text {
    ($($value:ty),*) => { $(
        impl From<&str> for Entry<$value> {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<&&str> for Entry<$value> {
            fn from(text: &&str) -> Self {
                Self::new(*text)
            }
        }

        impl From<String> for Entry<$value> {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl From<&String> for Entry<$value> {
            fn from(text: &String) -> Self {
                Self::new(text)
            }
        }

        impl From<Cow<'_, str>> for Entry<$value> {
            fn from(text: Cow<'_, str>) -> Self {
                Self::new(text)
            }
        }

        impl From<$value> for Entry<$value> {
            fn from(value: $value) -> Self {
                Self::new(value.as_str())
            }
        }

        impl From<&$value> for Entry<$value> {
            fn from(value: &$value) -> Self {
                Self::new(value.as_str())
            }
        }
    )* };
}

entries_from_text!(OriginPattern, Method, HeaderName, Authority);

impl From<&HeaderValue> for Entry<OriginPattern> {
    fn from(value: &HeaderValue) -> Self {
        // What is not UTF-8 is not a pattern either, and the mistake quotes it in this form.
        Self::new(String::from_utf8_lossy(value.as_bytes()))
    }
}

impl From<HeaderValue> for Entry<OriginPattern> {
    fn from(value: HeaderValue) -> Self {
        Self::from(&value)
    }
}
