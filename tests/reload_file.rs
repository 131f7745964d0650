//! The example `reload`, as a user starts it: edits of its file are taken up, and broken ones are not.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "common/example.rs"]
mod example;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// More than any machine takes to notice a change.
const LIMIT: Duration = Duration::from_secs(30);

/// The program while it runs. It ends when this is dropped.
struct Reload {
    child: Child,
    lines: Receiver<String>,
    address: String,
    directory: TempDir,
}

impl Reload {
    fn start(text: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("cors.toml");
        fs::write(&file, text).unwrap();
        let mut child = Command::new(example::program("reload").unwrap())
            .arg(&file)
            .env("ADDR", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let line = lines.recv_timeout(LIMIT).unwrap();
        let address = line.strip_prefix("listening on http://").unwrap().to_owned();
        Self { child, lines, address, directory }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("cors.toml")
    }

    /// Writes the file as an editor does: beside it, and then into its place.
    fn put_in_place(&self, text: &str) {
        let beside = self.directory.path().join("cors.toml~");
        fs::write(&beside, text).unwrap();
        fs::rename(&beside, self.file()).unwrap();
    }

    fn next_line(&self) -> String {
        self.lines.recv_timeout(LIMIT).unwrap()
    }

    fn hang_up(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    }

    /// Whether pages of an origin may read the server's responses.
    fn allows(&self, origin: &str) -> bool {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: {origin}\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        answer.contains(&format!("access-control-allow-origin: {origin}\r\n"))
    }
}

impl Drop for Reload {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const A: &str = "https://a.example";
const B: &str = "https://b.example";

#[test]
fn an_edit_is_taken_up() {
    let reload = Reload::start("allow_origins = ['https://a.example']");
    assert!(reload.allows(A) && !reload.allows(B));
    fs::write(reload.file(), "allow_origins = ['https://b.example']").unwrap();
    assert_eq!(reload.next_line(), "policy replaced");
    assert!(!reload.allows(A) && reload.allows(B));
    reload.put_in_place("allow_origins = ['https://a.example', 'https://b.example']");
    assert_eq!(reload.next_line(), "policy replaced");
    assert!(reload.allows(A) && reload.allows(B));
}

#[test]
fn a_broken_edit_is_not() {
    let reload = Reload::start("allow_origins = ['https://a.example']");
    let file = reload.file().display().to_string();
    reload.put_in_place("allow_origins = ['https://b.example/']\nallow_methods = ['put']");
    assert_eq!(reload.next_line(), "policy kept");
    assert_eq!(reload.next_line(), format!("{file}: 2 mistakes in the CORS policy:"));
    let mistakes = [reload.next_line(), reload.next_line()];
    assert!(mistakes[0].contains("allow_origins[0]: \"https://b.example/\""), "{mistakes:?}");
    assert!(mistakes[1].contains("allow_methods[0]: \"put\""), "{mistakes:?}");
    assert!(reload.allows(A) && !reload.allows(B));

    reload.put_in_place("allow_origin = ['https://b.example']");
    assert_eq!(reload.next_line(), "policy kept");
    assert!(reload.next_line().starts_with(&file));
    while let Ok(_more_of_the_message) = reload.lines.recv_timeout(Duration::from_millis(300)) {}
    assert!(reload.allows(A));

    fs::remove_file(reload.file()).unwrap();
    assert_eq!(reload.next_line(), "policy kept");
    assert!(reload.next_line().starts_with(&file));
    assert!(reload.allows(A));

    reload.put_in_place("allow_origins = ['https://b.example']");
    assert_eq!(reload.next_line(), "policy replaced");
    assert!(!reload.allows(A) && reload.allows(B));
}

/// Even where nothing has changed, and where changes are not noticed, as on some network drives.
#[test]
fn a_hangup_reads_the_file_again() {
    let reload = Reload::start("allow_origins = ['https://a.example']");
    reload.hang_up();
    assert_eq!(reload.next_line(), "policy replaced");
    assert!(reload.allows(A));
}

#[test]
fn it_does_not_start_with_a_mistake() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("cors.toml");
    fs::write(&file, "allow_origins = ['a.example']").unwrap();
    let mut command = Command::new(example::program("reload").unwrap());
    let output = command.arg(&file).env("ADDR", "127.0.0.1:0").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("allow_origins[0]: \"a.example\" is not an origin pattern"), "{said}");
}
