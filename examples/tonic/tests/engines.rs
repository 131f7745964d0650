//! The page, in Chromium, Firefox and WebKit, calling the service over the network.
//!
//! An engine that is not installed has its trial ignored, unless `REQUIRE_BROWSERS=all` says otherwise.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[expect(dead_code, reason = "the browsers' own test needs more of it")]
#[path = "../../../tests/browsers/engines.rs"]
mod engines;
#[expect(dead_code, reason = "the browsers' own test needs more of it")]
#[path = "../../../tests/browsers/process.rs"]
mod process;

use std::error::Error;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;
use std::{env, io};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::{get, post};
use engines::{ENGINES, Engine, Start};
use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower_cors::Policy;
use tower_cors_tonic::{page, page_html, policy, serve};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(1));
    let is_required = env::var("REQUIRE_BROWSERS").is_ok_and(|required| required == "all");
    let trial = |engine: &'static Engine| {
        let is_ignored = !is_required && engine.find().is_err();
        Trial::test(engine.name, move || Ok(run(engine).map_err(|error| error.to_string())?))
            .with_ignored_flag(is_ignored)
    };
    libtest_mimic::run(&arguments, ENGINES.iter().map(trial).collect()).exit_code()
}

/// The page and the service are of two origins and two sites. Engines do without a proxy for these
/// names.
const PAGE_HOST: &str = "site.localhost";
const SERVICE_HOST: &str = "other.localhost";

fn run(engine: &'static Engine) -> Result<(), Box<dyn Error>> {
    let with_presets = outcomes(engine, |origin| Ok(policy(origin)?))?;
    let expected = json!({
        "the server": {
            "isServing": true, "status": "0", "message": "", "hasDetails": false,
        },
        "a service that it does not have": {
            "isServing": false, "status": "5", "message": "service not registered",
            "hasDetails": false,
        },
        "a call without a deadline": {
            "isServing": false, "status": "3", "message": "a call needs a deadline",
            "hasDetails": true,
        },
    });
    assert_eq!(with_presets, expected);

    let without = outcomes(engine, |origin| Ok(Policy::allow_origins([origin]).build()?))?;
    let refused = json!({ "error": "TypeError" });
    let expected = json!({
        "the server": refused,
        "a service that it does not have": refused,
        "a call without a deadline": refused,
    });
    assert_eq!(without, expected);
    Ok(())
}

/// What the page shows, if the service has a policy for the page's origin.
fn outcomes(
    engine: &Engine,
    policy: impl FnOnce(&str) -> Result<Policy, Box<dyn Error>>,
) -> Result<Value, Box<dyn Error>> {
    let runtime = Runtime::new()?;
    let (service, service_port) = runtime.block_on(listen())?;
    let (listener, page_port) = runtime.block_on(listen())?;
    let page_origin = format!("http://{PAGE_HOST}:{page_port}");
    runtime.spawn(serve(service, policy(&page_origin)?));
    let (said, hear) = mpsc::channel();
    let page = reporting_page(&format!("http://{SERVICE_HOST}:{service_port}"), said);
    runtime.spawn(async move { axum::serve(listener, page).await });

    let directory = tempfile::Builder::new().prefix("tower-cors-").tempdir()?;
    let _groups = engine.start(&Start {
        program: &engine.find()?,
        directory: directory.path(),
        // Nobody listens there: only the browser's makers are asked for by it.
        proxy: 9,
        https: 9,
        url: &format!("{page_origin}/reporting"),
    })?;
    Ok(serde_json::from_str(&hear.recv_timeout(START)?)?)
}

/// How long a browser may take to start on a busy machine.
const START: Duration = Duration::from_secs(90);

async fn listen() -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// The page, with a script that says what came out.
fn reporting_page(service: &str, said: mpsc::Sender<String>) -> Router {
    let reporter = "<script src=\"/reporter.js\" type=\"module\"></script>";
    let html = format!("<script>{ON_ERROR}</script>{}{reporter}", page_html(service));
    let reporter = ([(CONTENT_TYPE, "text/javascript")], REPORTER);
    let hear = async move |outcomes: String| drop(said.send(outcomes));
    page(service)
        .route("/reporting", get(async move || Html(html)))
        .route("/reporter.js", get(async move || reporter))
        .route("/said", post(hear))
}

/// A script that cannot run says why, rather than nothing.
const ON_ERROR: &str = "
const say = (text) => fetch('/said', { method: 'POST', body: JSON.stringify(text) });
addEventListener('error', (event) => say(event.message));
addEventListener('unhandledrejection', (event) => say(String(event.reason)));";

const REPORTER: &str = "\
import { outcomes } from '/page.js';
outcomes.then(say);";
