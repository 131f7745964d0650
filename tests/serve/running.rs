//! The program, run on a file, and requests to it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::example::program;

/// What the program says of a file that it cannot use, and what it ends with.
pub(crate) fn refused(name: &str, text: impl AsRef<[u8]>) -> (String, Option<i32>) {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join(name), text).unwrap();
    run(Command::new(program("serve").unwrap()).arg(name).current_dir(&directory))
}

pub(crate) fn run(serve: &mut Command) -> (String, Option<i32>) {
    let output = serve.stdin(Stdio::null()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

/// The program while it runs. It ends when this is dropped.
pub(crate) struct Serve {
    child: Child,
    address: String,
    /// What it printed before it was ready.
    pub(crate) warnings: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Serve {
    /// With JSON on standard input, and any free port.
    pub(crate) fn start(mounts: &Value) -> Self {
        let directory = TempDir::new().unwrap();
        let stderr = directory.path().join("stderr");
        let mut child = Command::new(program("serve").unwrap())
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        let settings = json!({ "listen": "127.0.0.1:0", "mounts": mounts }).to_string();
        child.stdin.take().unwrap().write_all(settings.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let warnings = fs::read_to_string(stderr).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line}{warnings}")).to_owned();
        Self { child, address, warnings }
    }

    /// Sends a request. `head` is its first line without the version, and its headers.
    pub(crate) fn ask(&self, head: &str) -> Answer {
        let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
        let headers = headers.replace('\n', "\r\n");
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    /// The lines of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(named, _)| *named == name).map(|(_, value)| value).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
