//! Colours and progress on a terminal, and nowhere else. `script` is the terminal.

use std::process::Command;

use crate::common::{PAGE, TOOL, check};
use crate::servers::{self, serve};

fn on_terminal(url: &str, args: &str, environment: &[(&str, &str)]) -> String {
    let command = format!("'{TOOL}' '{url}' --origin {PAGE} {args}");
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn colours() {
    let url = serve(servers::right());
    let green = "\x1b[32myes, the page may";
    assert!(on_terminal(&url, "", &[]).contains(green));
    let without = on_terminal(&url, "", &[("NO_COLOR", "1")]);
    assert!(!without.contains(green) && without.contains("yes, the page may"), "{without:?}");
    let piped = check(&url, &[]);
    assert!(!piped.stdout.contains('\x1b') && piped.stderr.is_empty());
}

#[test]
fn progress() {
    let url = serve(servers::right());
    let shown = on_terminal(&url, "--audit", &[]);
    assert!(shown.contains("\r\x1b[K3 of 12: asking as http://app.example.com"), "{shown:?}");
    // It is gone before the report.
    assert!(shown.contains("\r\x1b[K\r\n") || shown.contains("\r\x1b[K\x1b[1mAudit"), "{shown:?}");
}
