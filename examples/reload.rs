//! A server whose policy follows a file: `cargo run --example reload --all-features -- FILE`.
//!
//! The file is TOML, with the settings of a [`PolicyConfig`]:
//!
//! ```toml
//! allow_origins = ["https://app.example.com", "http://localhost:*"]
//! allow_methods = ["PUT"]
//! max_age = 600
//! ```
//!
//! When it has changed, and on SIGHUP, it is read again. With a mistake in it, the old policy stays, and
//! all mistakes are printed. `ADDR` is where the server listens; with port 0, at any free port.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::sleep;
use tower_cors::{CorsLayer, Policy, PolicyConfig, Reloadable};

/// An editor writes a file in several steps. It is read when there was none for so long.
const QUIET: Duration = Duration::from_millis(50);

/// Why the file is read again.
enum Cause {
    FileChanged,
    /// SIGHUP.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no such signals"))]
    Asked,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [file] = &arguments[..] else {
        eprintln!("usage: reload FILE: TOML, with the settings of a policy");
        return ExitCode::from(2);
    };
    match serve(file).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(file: &Path) -> Result<(), Box<dyn Error>> {
    let text = read(file)?;
    let policy = Reloadable::new(parse(file, &text)?);

    let (causes, received) = channel(8);
    #[cfg(unix)]
    forward_hangups(causes.clone())?;
    let watcher = watch(file, causes)?;

    let addr = env::var("ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&addr).await?;
    println!("listening on http://{}", listener.local_addr()?);

    let app = Router::new()
        .route("/", get(|| async { "hello\n" }).put(|body: String| async { body }))
        .layer(CorsLayer::new(policy.clone()));
    tokio::spawn(follow(file.to_owned(), text, received, policy));
    axum::serve(listener, app).await?;
    drop(watcher);
    Ok(())
}

/// Replaces the policy for as long as the program runs.
async fn follow(file: PathBuf, mut known: String, mut causes: Receiver<Cause>, policy: Reloadable) {
    while let Some(cause) = causes.recv().await {
        let mut is_asked = matches!(cause, Cause::Asked);
        sleep(QUIET).await;
        while let Ok(cause) = causes.try_recv() {
            is_asked |= matches!(cause, Cause::Asked);
        }
        let text = read(&file);
        if !is_asked && text.as_ref().is_ok_and(|text| *text == known) {
            continue;
        }
        match text.and_then(|text| {
            known = text;
            parse(&file, &known)
        }) {
            Ok(new) => {
                policy.replace(new);
                println!("policy replaced");
            }
            Err(mistakes) => println!("policy kept\n{mistakes}"),
        }
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn parse(file: &Path, text: &str) -> Result<Policy, String> {
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let settings: PolicyConfig = toml::from_str(text).map_err(|error| in_file(&error))?;
    settings.build().map_err(|mistakes| in_file(&mistakes))
}

/// Watches the directory, not the file: editors put a new file in its place, and Kubernetes changes a
/// link beside it.
fn watch(file: &Path, causes: Sender<Cause>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // That the file is read is an event, too. If there is no room, a cause is waiting already.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            let _ = causes.try_send(Cause::FileChanged);
        }
    })?;
    let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
    watcher.watch(directory.unwrap_or(Path::new(".")), RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

#[cfg(unix)]
fn forward_hangups(causes: Sender<Cause>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut hangups = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() && causes.send(Cause::Asked).await.is_ok() {}
    });
    Ok(())
}
