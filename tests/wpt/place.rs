//! The origins of the suite, by the names that the data has for them.

/// Page and servers of the suite have these origins: names and ports are the suite's own.
const PLACES: [(&str, &str); 9] = [
    ("{local}", "http://web-platform.test:8000"),
    ("{port}", "http://web-platform.test:8001"),
    ("{https}", "https://web-platform.test:8443"),
    ("{remote}", "http://www1.web-platform.test:8000"),
    ("{remote2}", "http://www2.web-platform.test:8000"),
    ("{remote_port}", "http://www1.web-platform.test:8001"),
    ("{https_remote}", "https://www1.web-platform.test:8443"),
    ("{other}", "http://not-web-platform.test:8000"),
    ("{https_other}", "https://not-web-platform.test:8443"),
];

/// Replaces the names of places in a text.
pub(crate) fn fill(text: &str) -> String {
    PLACES.iter().fold(text.to_owned(), |text, (name, origin)| text.replace(name, origin))
}
