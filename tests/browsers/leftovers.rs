//! Nothing of a browser is left, whatever ends the tests.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::panic;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::driver::Driver;
use crate::engines::{ENGINES, Engine};
use crate::process::{Process, processes};

/// Set in a copy of this program that is going to be killed: which engine it starts.
const TO_BE_KILLED: &str = "TOWER_CORS_BROWSER_OF_A_KILLED_RUN";

/// What the copy says as soon as its browser has opened a page, before the browser's directory.
const OPEN: &str = "opened a page in ";

pub(crate) fn check(engine: &'static Engine, runtime: &Handle) -> Result<(), String> {
    let of_normal_run = {
        let driver = open(engine, runtime)?;
        family(&driver.leaders(), driver.directory())
    };
    all_ended("a normal run", &of_normal_run)?;

    let runtime = runtime.clone();
    let panicking = thread::spawn(move || {
        let driver = open(engine, &runtime)?;
        let family = family(&driver.leaders(), driver.directory());
        // As a panic does, without its message.
        panic::resume_unwind(Box::new(family));
    });
    let of_failing_run = match panicking.join() {
        Ok(result) => return result,
        Err(payload) => *payload.downcast::<BTreeSet<Process>>().map_err(|_| "another panic")?,
    };
    all_ended("a failing run", &of_failing_run)?;

    kill_run(engine)
}

/// In a copy of this program: starts a browser, says so, and waits to be killed.
pub(crate) fn wait_to_be_killed(runtime: &Handle) -> Option<Result<(), String>> {
    let name = env::var(TO_BE_KILLED).ok()?;
    let engine = ENGINES.iter().find(|engine| engine.name == name)?;
    Some(open(engine, runtime).map(|driver| {
        let directory = driver.directory().map(Path::display);
        eprintln!("{OPEN}{}", directory.expect("an open browser"));
        thread::sleep(Duration::from_secs(120));
    }))
}

fn open(engine: &'static Engine, runtime: &Handle) -> Result<Driver, String> {
    let mut driver = Driver::new(engine, runtime)?;
    driver.open("http://app.example.test", "/pages/page")?;
    Ok(driver)
}

fn kill_run(engine: &Engine) -> Result<(), String> {
    let cannot = |error| format!("cannot run this program again: {error}");
    let mut copy = Command::new(env::current_exe().map_err(cannot)?)
        .env(TO_BE_KILLED, engine.name)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let mut lines = BufReader::new(copy.stderr.take().ok_or("no pipe")?).lines();
    let directory = lines.find_map(|line| Some(line.ok()?.strip_prefix(OPEN)?.to_owned()));
    let family = family(&[copy.id()], directory.as_ref().map(Path::new));
    copy.kill().map_err(cannot)?;
    copy.wait().map_err(cannot)?;
    let directory = directory.ok_or("the copy of this program did not open a page")?;
    all_ended("a killed run", &family)?;
    if Path::new(&directory).exists() {
        return Err(format!("a killed run left {directory} behind"));
    }
    Ok(())
}

fn all_ended(of: &str, family: &BTreeSet<Process>) -> Result<(), String> {
    // A shell and a browser at least.
    if family.len() < 2 {
        return Err(format!("{of} started {family:?}"));
    }
    let start = Instant::now();
    loop {
        let all = processes().into_iter().map(|(process, _)| process).collect::<BTreeSet<_>>();
        let left: Vec<_> = family.intersection(&all).collect();
        if left.is_empty() {
            return Ok(());
        }
        if start.elapsed() > Duration::from_secs(10) {
            return Err(format!("{of} left {left:?} of {} processes behind", family.len()));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The processes with these numbers, and all that these have started. A crash handler leaves its group
/// and its parents, but has their environment, in which the browser's directory is named.
fn family(roots: &[u32], directory: Option<&Path>) -> BTreeSet<Process> {
    let processes = processes();
    let mut numbers: BTreeSet<u32> = roots.iter().copied().collect();
    let here = processes.iter().map(|((number, _), _)| *number);
    numbers
        .extend(here.filter(|number| directory.is_some_and(|at| has_in_environment(*number, at))));
    loop {
        let is_tied = |ties: &[u32; 3]| ties.iter().any(|tie| numbers.contains(tie));
        let tied = processes.iter().filter(|(_, ties)| is_tied(ties));
        let tied: Vec<_> = tied.map(|((number, _), _)| *number).collect();
        let before = numbers.len();
        numbers.extend(tied);
        if numbers.len() == before {
            break;
        }
    }
    let is_one = |process: &Process| numbers.contains(&process.0);
    processes.into_iter().map(|(process, _)| process).filter(is_one).collect()
}

fn has_in_environment(process: u32, directory: &Path) -> bool {
    let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
    String::from_utf8_lossy(&environment).contains(&*directory.to_string_lossy())
}
