//! Tries policies before they are deployed: `cargo run --example serve --all-features -- FILE`.
//!
//! The file is TOML or JSON, by its name; `-` is JSON on standard input:
//!
//! ```toml
//! listen = "127.0.0.1:3000"
//!
//! [[mounts]]
//! path = "/api"
//! [mounts.policy]
//! allow_origins = "https://app.example.com, http://localhost:*"
//! allow_methods = ["PUT"]
//! ```
//!
//! Below each path is an application that answers with what it was asked, behind a layer with that
//! policy. `?status=N` is answered with that status, and `?header=name:value`, as often as you like,
//! adds a header to the response. The page at `/` says what each policy decides about a request.
//!
//! Port 0 is any free one. Warnings are printed. With mistakes, all of them are printed, and the
//! program ends with 2.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

#[path = "serve/echo.rs"]
mod echo;
#[path = "serve/page.rs"]
mod page;
#[path = "serve/settings.rs"]
mod settings;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;
use tower_cors::CorsLayer;

use settings::Settings;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [file] = &arguments[..] else {
        eprintln!("usage: serve FILE: .toml, .json, or - for JSON on standard input");
        return ExitCode::from(2);
    };
    let settings = match Settings::of_file(file) {
        Ok(settings) => settings,
        Err(mistakes) => {
            eprintln!("{}: {mistakes}", file.display());
            return ExitCode::from(2);
        }
    };
    for warning in &settings.warnings {
        eprintln!("warning: {warning}");
    }
    match serve(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: Settings) -> std::io::Result<()> {
    let listener = TcpListener::bind(&*settings.listen).await?;
    let mut app = page::router(&settings.mounts);
    for mount in settings.mounts {
        let echo = Router::new().fallback(echo::echo).layer(CorsLayer::new(mount.policy));
        app = app.nest_service(&mount.path, echo);
    }
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
