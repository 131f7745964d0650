//! Runs the tool, as a person at a terminal would.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::process::{Command, Output};

use serde_json::Value;

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The page that the servers of the tests know.
pub(crate) const PAGE: &str = "https://app.example.com";

pub(crate) const TOOL: &str = env!("CARGO_BIN_EXE_cors-check");

/// Runs the tool for a URL and [`PAGE`], without a terminal.
pub(crate) fn check(url: &str, args: &[&str]) -> Ran {
    run(&[&[url, "--origin", PAGE], args].concat())
}

/// Runs the tool with these arguments alone.
pub(crate) fn run(args: &[&str]) -> Ran {
    // A tool that never comes back fails its test.
    let command = &mut Command::new("timeout");
    let output = command.args(["120", TOOL]).args(args).output().unwrap();
    let Output { status, stdout, stderr } = output;
    // Not lossy: what is printed is text.
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: status.code().unwrap(), stdout: text(stdout), stderr: text(stderr) }
}

impl Ran {
    /// The report. Its exit code is that of the process.
    pub(crate) fn json(&self) -> Value {
        let report: Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(report["exit_code"], self.code);
        report
    }

    /// What an audit found.
    pub(crate) fn weaknesses(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["audit"]["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["weakness"].as_str().unwrap().to_owned()).collect()
    }

    /// Whether the texts are in the output.
    #[track_caller]
    pub(crate) fn assert_says(&self, code: i32, texts: &[&str]) {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(self.code, code, "{stdout}{stderr}");
        for text in texts {
            assert!(stdout.contains(text) || stderr.contains(text), "{text:?}: {stdout}{stderr}");
        }
    }
}
