//! Where the pages and servers of the cases are.

use super::case::Case;

/// The same names twice: over HTTP on ports of their own, over HTTPS all on one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Places {
    #[default]
    Http,
    /// Names below `localhost`, which browsers resolve themselves.
    Https { port: u16 },
}

/// Origins by the names that the cases have for them.
const ORIGINS: [(&str, &str); 16] = [
    ("page", "http://app.example.test:{P1}"),
    ("page_port2", "http://app.example.test:{P2}"),
    ("page_port80", "http://app.example.test"),
    ("deep", "http://a.b.app.example.test:{P1}"),
    ("apex", "http://example.test:{P1}"),
    ("evil", "http://evil.test:{P1}"),
    ("lookalike_prefix", "http://notexample.test:{P1}"),
    ("lookalike_suffix", "http://app.example.test.evil.test:{P1}"),
    ("lookalike_suffix_port80", "http://app.example.test.evil.test"),
    ("ipv4", "http://127.0.0.1:{P1}"),
    ("ipv6", "http://[::1]:{P1}"),
    ("localhost", "http://localhost:{P1}"),
    ("idn", "http://xn--bcher-kva.example.test:{P1}"),
    ("underscore", "http://my_app.example.test:{P1}"),
    ("trailing_dot", "http://app.localhost.:{P1}"),
    ("uppercase", "http://APP.EXAMPLE.TEST:{P1}"),
];

const PORTS: [(&str, &str); 4] =
    [("{P1}", "8101"), ("{P2}", "8102"), ("{P3}", "8103"), ("{P4}", "8104")];

/// A name over HTTP, and in its place over HTTPS.
const HOSTS: [(&str, &str); 2] =
    [("example.test", "site.localhost"), ("evil.test", "other.localhost")];

impl Places {
    /// The URL of a page by the key of its origin, as it is typed.
    pub(crate) fn page_url(self, key: &str) -> Result<String, String> {
        let known = ORIGINS.iter().find(|(known, _)| *known == key);
        known.map(|(_, url)| self.place(url)).ok_or_else(|| format!("unknown origin {key}"))
    }

    /// The origin of a page by its key, as browsers send it.
    pub(crate) fn origin(self, key: &str) -> Result<String, String> {
        Ok(self.page_url(key)?.to_lowercase())
    }

    /// Puts the id, origins and ports in the place of placeholders.
    pub(crate) fn fill(self, text: &str, id: &str) -> String {
        let text = text.replace("{case}", id);
        let text = ORIGINS.iter().fold(text, |text, (key, url)| {
            text.replace(&format!("{{{key}}}"), &self.place(url).to_lowercase())
        });
        self.place(&text)
    }

    /// The URL of `server/resource`.
    pub(crate) fn url_of(self, to: &str, case: &Case) -> Result<String, String> {
        let (server, _) = to.split_once('/').ok_or_else(|| format!("{to} has no server"))?;
        let host = match case.servers.get(server).and_then(|server| server.host_of.as_deref()) {
            Some(host) => host,
            None if server == "cred" => "api",
            None => server,
        };
        let base = match host {
            "api" => self.place("http://api.example.test:{P3}"),
            "api2" => self.place("http://api2.example.test:{P4}"),
            "page" => self.origin(&case.page_origin.origin)?,
            other => return Err(format!("unknown server {other}")),
        };
        Ok(format!("{base}/c/{}/{to}", case.id))
    }

    fn place(self, text: &str) -> String {
        let Self::Https { port } = self else {
            return PORTS.iter().fold(text.to_owned(), |text, (key, port)| text.replace(key, port));
        };
        let port = port.to_string();
        let text = PORTS.iter().fold(text.to_owned(), |text, (key, _)| text.replace(key, &port));
        let text = HOSTS.iter().fold(text, |text, (http, https)| text.replace(http, https));
        text.replace("http://", "https://")
    }
}
