//! Cases that run in Chromium, Firefox and WebKit, against servers whose CORS is this crate's layer.
//!
//! Each case is a trial of its own in each engine. What a script sees and what reaches the servers has
//! to be as the case says, and what the model of [`tower_cors::testing`] predicts of that engine.
//!
//! `BROWSERS=firefox,webkit` narrows. An engine that is not installed has its trials ignored, unless
//! `REQUIRE_BROWSERS=all` says otherwise. `BROWSER_CASES=FILE` takes other cases.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]
#![allow(clippy::print_stderr, reason = "the test harness prints, too")]

#[path = "../common/browser_cases/mod.rs"]
mod browser_cases;
mod compare;
mod console;
mod demo;
mod driver;
mod engines;
#[path = "../common/example.rs"]
mod example;
mod leftovers;
mod marionette;
mod process;
mod report;
mod server;
mod suite;
mod trials;

use std::env;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engines::{ENGINES, Engine};
use libtest_mimic::{Arguments, Conclusion, Trial};
use tokio::runtime::Runtime;
use trials::Tried;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let mut arguments = Arguments::from_args();
    // Trials wait for one another: the engines are what runs side by side.
    arguments.test_threads = arguments.test_threads.or(Some(8));
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    if let Some(waited) = leftovers::wait_to_be_killed(runtime.handle()) {
        return waited.map(|()| ExitCode::FAILURE);
    }
    let cases = suite::cases()?;
    let chosen = named("BROWSERS")?.unwrap_or(ENGINES.iter().collect());
    let required = named("REQUIRE_BROWSERS")?.unwrap_or_default();

    let mut all_tried = Vec::new();
    let mut trials = Vec::new();
    for engine in chosen {
        let tried = Tried::new(engine, runtime.handle())?;
        let is_required = required.iter().any(|required| required.name == engine.name);
        trials.push(tried.trials(&cases, is_required).into_iter());
        all_tried.push(tried);
    }
    let check = Trial::test("tables_are_published", || Ok(report::check_tables()?));
    let is_left_out = report::is_wanted() || suite::is_of_a_file();
    let mut in_turn = vec![check.with_ignored_flag(is_left_out)];
    while trials.iter().any(|trials| trials.len() > 0) {
        in_turn.extend(trials.iter_mut().filter_map(Iterator::next));
    }

    let start = Instant::now();
    let conclusion = libtest_mimic::run(&arguments, in_turn);
    for tried in &all_tried {
        tried.close();
    }
    if report::is_wanted() {
        write_report(&all_tried, &conclusion, start.elapsed())?;
    }
    Ok(conclusion.exit_code())
}

/// The engines that a variable names, if it is set.
fn named(variable: &str) -> Result<Option<Vec<&'static Engine>>, String> {
    let names = env::var(variable).unwrap_or_default();
    let engine = |name: &str| {
        let engine = ENGINES.iter().find(|engine| engine.name == name.trim());
        let known = ENGINES.each_ref().map(|engine| engine.name).join(", ");
        engine.ok_or_else(|| format!("{variable} names {name:?}; it can be all, or of {known}"))
    };
    Ok(match names.as_str() {
        "" => None,
        "all" => Some(ENGINES.iter().collect()),
        names => {
            let mut engines = names.split(',').map(engine).collect::<Result<Vec<_>, _>>()?;
            engines.sort_by_key(|engine| engine.name);
            engines.dedup_by_key(|engine| engine.name);
            Some(engines)
        }
    })
}

fn write_report(
    tried: &[Arc<Tried>],
    conclusion: &Conclusion,
    took: Duration,
) -> Result<(), String> {
    // The check of the page itself is left out then.
    let is_all = tried.len() == ENGINES.len() && !suite::is_of_a_file();
    let is_whole = is_all && conclusion.num_ignored == 1;
    if is_whole && conclusion.num_filtered_out == 0 && !conclusion.has_failed() {
        return report::write(tried, took);
    }
    Err("BROWSERS.md is only written when everything passes in all engines".to_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
