//! Modules depend on one another in one direction: see `DESIGN.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each module names only modules that stand below it. `testing` stands on what is public.
const ORDER: &[&str] = &[
    "testing", "layer", "service", "future", "answer", "source", "decision", "policy", "refusal",
    "error", "request", "origin", "fetch", "switches",
];

#[test]
fn modules_depend_in_one_direction() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for file in rust_files(&src) {
        let module = module_of(file.strip_prefix(&src).unwrap());
        if module == "lib" {
            continue;
        }
        seen += 1;
        let place = position(&module);
        for line in fs::read_to_string(&file).unwrap().lines() {
            let Some(path) = line.trim_start().strip_prefix("use crate::") else { continue };
            let used: String =
                path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // What is not a module is public, named from the root.
            let Some(used_place) = ORDER.iter().position(|module| *module == used) else {
                continue;
            };
            assert!(place <= used_place, "{}: {module} names {used}", file.display());
        }
    }
    assert!(seen > 20, "only {seen} files were found");
}

fn position(module: &str) -> usize {
    ORDER
        .iter()
        .position(|known| *known == module)
        .unwrap_or_else(|| panic!("{module} has no place in the order"))
}

fn module_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
