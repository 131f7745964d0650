//! Where Cargo puts the examples.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The example of which this test is, up to date: `cargo test --test ..` does not build examples, and
/// an older one may still be there.
pub(crate) fn program(name: &str) -> io::Result<PathBuf> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let this = env::current_exe()?;
    let profile = this.parent().and_then(Path::parent).ok_or(io::ErrorKind::NotFound)?;
    BUILT.get_or_init(|| build(name, profile)).clone().map_err(io::Error::other)?;
    Ok(profile.join("examples").join(name))
}

fn build(name: &str, profile: &Path) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline", "--all-features", "--example", name]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.arg("--target-dir").arg(profile.parent().unwrap_or(profile));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    // Cargo tells a test about its package. Build scripts look at that, so what they made would be
    // made again, now and by the next `cargo test`.
    let is_of_package = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.starts_with(prefix))
    };
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_of_package) {
            cargo.env_remove(name);
        }
    }
    let built = cargo.output().map_err(|error| error.to_string())?;
    if built.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&built.stderr).into_owned())
}
