//! [`Settings`]: what a file says, checked.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::{self, Display};
use std::net::ToSocketAddrs as _;
use std::path::Path;
use std::{
    fs,
    io::{self, ErrorKind},
};

use serde::Deserialize;
use tower_cors::{Policy, PolicyConfig};

use crate::page;

/// Settings of which everything is right.
pub(crate) struct Settings {
    pub(crate) listen: String,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) warnings: Vec<String>,
}

/// A policy, and the path below which it is tried.
#[derive(Clone)]
pub(crate) struct Mount {
    pub(crate) path: String,
    pub(crate) policy: Policy,
}

/// Why a file cannot be used.
pub(crate) enum Mistakes {
    /// It cannot be read at all.
    Unreadable(String),
    Listed(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "default_listen")]
    listen: String,
    mounts: Vec<MountSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MountSettings {
    path: String,
    policy: PolicyConfig,
}

fn default_listen() -> String {
    "127.0.0.1:3000".to_owned()
}

impl Settings {
    /// Of a file whose name ends in `.toml` or `.json`, or with `-`, of standard input.
    pub(crate) fn of_file(name: &Path) -> Result<Self, Mistakes> {
        let of_json = |text: &str| serde_json::from_str(text).map_err(unreadable);
        let parse = match name.extension().and_then(OsStr::to_str) {
            Some("toml") => |text: &str| toml::from_str(text).map_err(unreadable),
            Some("json") => of_json,
            None if name == "-" => of_json,
            _ => {
                let reason = "the name ends neither in .toml nor in .json; rename the file";
                return Err(Mistakes::Unreadable(reason.to_owned()));
            }
        };
        let text =
            if name == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(name) };
        let text = text.map_err(|error| match error.kind() {
            ErrorKind::InvalidData => unreadable("the file is not UTF-8; save it as that"),
            _ => unreadable(error),
        })?;
        // Some editors put a mark in front of UTF-8.
        Self::of(parse(text.strip_prefix('\u{feff}').unwrap_or(&text))?)
    }

    fn of(file: File) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let mut warnings = Vec::new();
        if let Err(error) = file.listen.to_socket_addrs() {
            let listen = &file.listen;
            mistakes.push(format!(
                "listen: {listen:?} is not an address ({error}); write one such as \"127.0.0.1:3000\""
            ));
        }
        if file.mounts.is_empty() {
            mistakes.push("mounts: there is none; add one, with a path and a policy".to_owned());
        }
        let mut mounts: Vec<Mount> = Vec::with_capacity(file.mounts.len());
        let mut paths = BTreeSet::new();
        for (index, MountSettings { path, policy }) in file.mounts.into_iter().enumerate() {
            if let Some(mistake) = path_mistake(&path) {
                mistakes.push(format!("mounts[{index}].path: {mistake}"));
            } else if !paths.insert(path.clone()) {
                mistakes.push(format!(
                    "mounts[{index}].path: {path:?} is there twice; choose another one"
                ));
            }
            match policy.build_with_warnings() {
                Ok((policy, harmless)) => {
                    let harmless = harmless.iter();
                    warnings.extend(
                        harmless.map(|warning| format!("mounts[{index}].policy.{warning}")),
                    );
                    mounts.push(Mount { path, policy });
                }
                Err(error) => {
                    let of_policy = error.mistakes();
                    mistakes.extend(
                        of_policy.map(|mistake| format!("mounts[{index}].policy.{mistake}")),
                    );
                }
            }
        }
        if mistakes.is_empty() {
            Ok(Self { listen: file.listen, mounts, warnings })
        } else {
            Err(Mistakes::Listed(mistakes))
        }
    }
}

fn unreadable(error: impl Display) -> Mistakes {
    Mistakes::Unreadable(error.to_string())
}

/// What is wrong with the path of a mount, and how to fix it.
fn path_mistake(path: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let is_segment =
        |segment: &str| !segment.chars().all(|c| c == '.') && segment.chars().all(is_plain);
    let example = "write one such as \"/api\"";
    let Some(segments) = path.strip_prefix('/') else {
        return Some(format!("{path:?} does not begin with a slash; {example}"));
    };
    if segments.is_empty() {
        Some(format!("\"/\" is the page that explains the policies; {example}"))
    } else if !segments.split('/').all(is_segment) {
        Some(format!(
            "{path:?} has something else in it than letters, digits, \"-\", \".\", \"_\" and \"~\" \
             between single slashes; {example}"
        ))
    } else if segments.split('/').next() == page::FOLDER.strip_prefix('/') {
        Some(format!("{path:?} has what the page needs; {example}"))
    } else {
        None
    }
}

impl Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => f.write_str(error),
            Self::Listed(mistakes) => {
                let plural = if mistakes.len() == 1 { "" } else { "s" };
                write!(f, "{} mistake{plural}:", mistakes.len())?;
                for (index, mistake) in mistakes.iter().enumerate() {
                    write!(f, "\n  {}. {mistake}", index + 1)?;
                }
                Ok(())
            }
        }
    }
}
