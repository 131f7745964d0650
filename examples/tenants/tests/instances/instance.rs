//! [`Instance`]: the program while it runs, and requests to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

pub(crate) const TOKEN: &str = "a token that nobody guesses";

/// It ends when this is dropped.
pub(crate) struct Instance {
    child: Child,
    pub(crate) api: String,
    admin: String,
}

/// What it counts.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) lookups: u64,
    pub(crate) known: u64,
    pub(crate) unknown: u64,
}

impl Instance {
    pub(crate) fn command(database: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tower-cors-tenants"));
        command.env("DATABASE_URL", database).env("ADMIN_TOKEN", TOKEN);
        command.env("ADDR", "127.0.0.1:0").env("ADMIN_ADDR", "127.0.0.1:0");
        command
    }

    pub(crate) fn start(database: &str) -> Self {
        let mut child = Self::command(database).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut address = |before: &str| {
            let line = lines.next().expect("it starts");
            line.strip_prefix(before).unwrap_or_else(|| panic!("{line}")).to_owned()
        };
        let api = address("listening on http://");
        let admin = address("administered on http://");
        Self { child, api, admin }
    }

    /// The process, for whoever measures it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether a page may read the response of a tenant's API, and send it a `PUT`.
    pub(crate) fn allows(&self, host: &str, page: &str) -> bool {
        let allow_origin = format!("access-control-allow-origin: {page}\r\n");
        let origin = format!("origin: {page}");
        let asked = format!("{origin}\r\naccess-control-request-method: PUT");
        loop {
            let (_, preflight) = exchange(&self.api, "OPTIONS", "/", host, &asked, "");
            let (status, actual) = exchange(&self.api, "PUT", "/", host, &origin, "x");
            assert_eq!(status, 200, "the API answers: {actual}");
            let allows = [preflight, actual].map(|head| head.contains(&allow_origin));
            // A change may come between the two, but no second one.
            if allows[0] == allows[1] {
                return allows[0];
            }
        }
    }

    pub(crate) fn set_origins(&self, host: &str, origins: &[&str]) -> (u16, String) {
        let path = format!("/tenants/{host}/origins");
        let headers = format!("authorization: Bearer {TOKEN}\r\ncontent-type: application/json");
        let (status, answer) = self.administer("PUT", &path, &headers, &format!("{origins:?}"));
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    pub(crate) fn counts(&self) -> Counts {
        let headers = format!("authorization: Bearer {TOKEN}");
        let (_, answer) = self.administer("GET", "/counts", &headers, "");
        let count = |name: &str| {
            let mut lines = answer.lines().filter_map(|line| line.strip_prefix(name));
            lines.next().and_then(|count| count.strip_prefix(": ")?.parse().ok()).unwrap()
        };
        Counts { lookups: count("lookups"), known: count("known"), unknown: count("unknown") }
    }

    /// The status, and all of the answer.
    pub(crate) fn administer(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> (u16, String) {
        exchange(&self.admin, method, path, "localhost", headers, body)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn exchange(
    address: &str,
    method: &str,
    path: &str,
    host: &str,
    headers: &str,
    body: &str,
) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
    write!(stream, "{head}content-length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{answer}")), answer)
}
