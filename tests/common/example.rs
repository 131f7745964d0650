//! Where Cargo puts the examples.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An example as it was built with this test, or as Cargo builds it for the same directory, for a
/// single test can be built without the examples.
pub(crate) fn program(name: &str) -> io::Result<PathBuf> {
    let this = env::current_exe()?;
    let profile = this.parent().and_then(Path::parent).ok_or(io::ErrorKind::NotFound)?;
    let program = profile.join("examples").join(name);
    if !program.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--offline", "--all-features", "--example", name]);
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.arg("--target-dir").arg(profile.parent().unwrap_or(profile));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let built = cargo.output()?;
        if !built.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&built.stderr).into_owned()));
        }
    }
    Ok(program)
}
