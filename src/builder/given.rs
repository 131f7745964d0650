//! [`Given`]: one entry of a setting, as it was given.

use std::borrow::Cow;

use http::{HeaderName, Method};

use crate::origin::OriginPattern;

/// One entry of a setting: a typed value, or text that
/// [`build`](crate::PolicyBuilder::build) is yet to parse.
///
/// It is never named. The setters take anything that yields one of these:
///
/// | setter | entries |
/// | --- | --- |
/// | `allow_origins` | text, [`OriginPattern`] |
/// | `allow_methods` | text, [`Method`] |
/// | `allow_headers`, `expose_headers` | text, [`HeaderName`] |
///
/// Text is `&str`, `&String`, `String` or `Cow<str>`; values may be references too.
#[derive(Clone, Debug)]
pub struct Given<T>(pub(crate) Entry<T>);

#[derive(Clone, Debug)]
pub(crate) enum Entry<T> {
    Text(String),
    Value(T),
}

macro_rules! given {
    ($($value:ty),*) => { $(
        impl From<&str> for Given<$value> {
            fn from(text: &str) -> Self {
                Self(Entry::Text(text.to_owned()))
            }
        }

        impl From<&&str> for Given<$value> {
            fn from(text: &&str) -> Self {
                Self(Entry::Text((*text).to_owned()))
            }
        }

        impl From<String> for Given<$value> {
            fn from(text: String) -> Self {
                Self(Entry::Text(text))
            }
        }

        impl From<&String> for Given<$value> {
            fn from(text: &String) -> Self {
                Self(Entry::Text(text.clone()))
            }
        }

        impl From<Cow<'_, str>> for Given<$value> {
            fn from(text: Cow<'_, str>) -> Self {
                Self(Entry::Text(text.into_owned()))
            }
        }

        impl From<$value> for Given<$value> {
            fn from(value: $value) -> Self {
                Self(Entry::Value(value))
            }
        }

        impl From<&$value> for Given<$value> {
            fn from(value: &$value) -> Self {
                Self(Entry::Value(value.clone()))
            }
        }
    )* };
}

given!(OriginPattern, Method, HeaderName);
