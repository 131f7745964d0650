//! The tool against nginx, with three configurations as people publish them. Where nginx is missing,
//! they are ignored, and the reason is printed; with `REQUIRE_NGINX` set they fail.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]
#![allow(clippy::print_stderr, reason = "why tests are ignored has to be seen")]

#[path = "../common/mod.rs"]
mod common;

use std::env;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::thread;
use std::time::Duration;

use common::check;
use libtest_mimic::{Arguments, Trial};
use tempfile::TempDir;

fn main() -> ExitCode {
    let nginx = find_nginx();
    let is_ignored = nginx.is_none() && env::var_os("REQUIRE_NGINX").is_none();
    if is_ignored {
        eprintln!("ignored, because nginx is missing: apt-get install nginx-light");
    }
    let nginx = nginx.unwrap_or_else(|| "nginx".into());
    let trial = |name: &'static str, test: fn(&Nginx)| {
        let nginx = nginx.clone();
        let run = move || {
            test(&Nginx::start(&nginx, name));
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(is_ignored)
    };
    let trials = vec![
        trial("open_to_everybody", open_to_everybody),
        trial("sends_back_the_origin", sends_back_the_origin),
        trial("regular_expression", regular_expression),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// `*` for everybody, with a branch for each method: the configuration that is copied most.
fn open_to_everybody(nginx: &Nginx) {
    check(&nginx.url("/"), &[]).assert_says(0, &["yes, the page may", "200 OK"]);
    check(&nginx.url("/"), &["--method", "PUT"])
        .assert_says(1, &["does not allow the method PUT", "access-control-allow-methods: PUT"]);
    check(&nginx.url("/"), &["--credentials"]).assert_says(1, &["which is not for credentials"]);
    // Without `always`, `add_header` is for responses that are no errors.
    check(&nginx.url("/nothing"), &[]).assert_says(1, &["A page sees an error response only if"]);
    check(&nginx.url("/"), &["--audit"]).assert_says(0, &["Nothing was found."]);
}

/// `$http_origin`, "to make credentials work".
fn sends_back_the_origin(nginx: &Nginx) {
    check(&nginx.url("/"), &["--credentials", "--body", "json"]).assert_says(0, &[]);
    let ran = check(&nginx.url("/"), &["--audit", "--json"]);
    assert_eq!(ran.weaknesses(), ["any-origin", "null-origin", "no-vary"]);
    check(&nginx.url("/"), &["--audit"]).assert_says(1, &["Vary: Origin", "CVE-2017-20146"]);
}

/// A `map` with a regular expression that begins where it should, and does not end.
fn regular_expression(nginx: &Nginx) {
    check(&nginx.url("/"), &[]).assert_says(0, &[]);
    let allows = ["--allows", "https://*.example.com", "--allows", "http://*.example.com"];
    let ran = check(&nginx.url("/"), &[&["--audit", "--json"], &allows[..]].concat());
    assert_eq!(ran.weaknesses(), ["prefix-match", "beside-wildcard", "no-vary"]);
}

/// A running nginx, with all that it writes in a directory of its own.
struct Nginx {
    process: Child,
    port: u16,
    _directory: TempDir,
}

impl Nginx {
    /// Starts it with the configuration of this name, on a free port.
    fn start(nginx: &Path, name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = fs::read_to_string(root.join(name).with_extension("conf")).unwrap();
        let frame = fs::read_to_string(root.join("frame.conf")).unwrap();
        let config = frame.replace("SERVER", &server).replace("PORT", &port.to_string());
        fs::write(directory.path().join("nginx.conf"), config).unwrap();
        fs::write(directory.path().join("index.html"), "chairs").unwrap();
        let mut process = Command::new(nginx)
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(directory.path())
            .spawn()
            .unwrap();
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Self { process, port, _directory: directory };
            }
            if let Some(status) = process.try_wait().unwrap() {
                panic!("nginx ended: {status}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        process.kill().unwrap();
        panic!("nginx does not listen");
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Debian has it where only `root` looks.
fn find_nginx() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let directories = env::split_paths(&path).chain(["/usr/sbin".into()]);
    directories.map(|directory| directory.join("nginx")).find(|nginx| nginx.is_file())
}
