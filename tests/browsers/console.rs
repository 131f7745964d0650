//! What browsers say in their consoles. For most people it is all they learn of why a request failed.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tower_cors::testing;

use crate::browser_cases::case::Case;
use crate::browser_cases::check::Observed;
use crate::engines::{Engine, firefox_profile};
use crate::marionette::Marionette;
use crate::process::log_in;

/// The console of a browser that runs.
pub(crate) trait Console: Send {
    /// Forgets what was said until now.
    fn clear(&mut self) -> io::Result<()>;

    /// What was said since, about all pages.
    fn messages(&mut self) -> io::Result<Vec<String>>;
}

/// How long a console may take to say what is expected, on a busy machine.
const MESSAGE: Duration = Duration::from_secs(10);
/// How long it is listened to where nothing is expected.
const SILENCE: Duration = Duration::from_millis(500);

/// What the console has to say at a step, with its placeholders filled.
pub(crate) fn expected(case: &Case, index: usize, engine: &str) -> Result<Vec<String>, String> {
    let step = &case.steps[index];
    let url = case.url_of(&step.fetch)?;
    let messages = step.console.get(engine).into_iter().flatten();
    Ok(messages.map(|message| message.replace("{url}", &url)).collect())
}

/// What the console says about a case, which it does a moment after the script hears of a failure.
pub(crate) fn wait_for(
    console: &mut dyn Console,
    case: &Case,
    expected: &[String],
) -> io::Result<Vec<String>> {
    let start = Instant::now();
    let limit = if expected.is_empty() { SILENCE } else { MESSAGE };
    loop {
        let mut said = console.messages()?;
        said.retain(|message| !names_another(message, case));
        let is_over = if expected.is_empty() { !said.is_empty() } else { said == expected };
        if is_over || start.elapsed() > limit {
            return Ok(said);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The last words on the case before this one may come late. The path of a URL has the case's id.
fn names_another(message: &str, case: &Case) -> bool {
    message.contains("/c/") && !message.contains(&format!("/c/{}/", case.id))
}

/// Whether the console said at every step what it has to say.
///
/// # Errors
///
/// The first step at which it did not, with both texts.
pub(crate) fn check(case: &Case, engine: &str, observed: &[Observed]) -> Result<(), String> {
    for (index, observed) in observed.iter().enumerate() {
        let Some(said) = &observed.console else { continue };
        let expected = expected(case, index, engine)?;
        if *said != expected {
            return Err(format!(
                "step {index} of {}: the console of {engine} says otherwise\nexpected:\n{}got:\n{}",
                case.id,
                lines(&expected),
                lines(said),
            ));
        }
    }
    Ok(())
}

fn lines(messages: &[String]) -> String {
    let mut lines = String::new();
    for message in messages {
        let _ = writeln!(lines, "  {message}");
    }
    if lines.is_empty() { "  (nothing)\n".to_owned() } else { lines }
}

/// The console of an engine that runs, and was started in this directory.
pub(crate) fn open(engine: &Engine, directory: &Path) -> io::Result<Box<dyn Console>> {
    match engine.model {
        testing::Engine::Chromium => of_chromium(directory),
        testing::Engine::Firefox => of_firefox(directory),
        testing::Engine::WebKit => of_webkit(directory),
        other => Err(io::Error::other(format!("{other:?} has no console"))),
    }
}

fn of_chromium(directory: &Path) -> io::Result<Box<dyn Console>> {
    // [1234:1234:1125/084726.123456:INFO:CONSOLE:0] "The text", source: http://page/ (0)
    Printed::open(directory, |line| {
        let (_, said) = line.split_once(":INFO:CONSOLE")?;
        let (_, said) = said.split_once("] \"")?;
        Some(said.rsplit_once("\", source: ")?.0)
    })
}

fn of_webkit(directory: &Path) -> io::Result<Box<dyn Console>> {
    // CONSOLE SECURITY ERROR The text
    Printed::open(directory, |line| {
        let said = line.strip_prefix("CONSOLE ")?;
        Some(said.split_once(" ERROR ")?.1)
    })
}

fn of_firefox(directory: &Path) -> io::Result<Box<dyn Console>> {
    Ok(Box::new(Marionette::connect(&firefox_profile(directory))?))
}

/// A console that the browser prints.
struct Printed {
    log: File,
    /// How much of the log was forgotten.
    forgotten: u64,
    /// The message that a line of the log has.
    message: fn(&str) -> Option<&str>,
}

impl Printed {
    fn open(directory: &Path, message: fn(&str) -> Option<&str>) -> io::Result<Box<dyn Console>> {
        Ok(Box::new(Self { log: File::open(log_in(directory))?, forgotten: 0, message }))
    }

    fn log(&mut self) -> io::Result<String> {
        let mut log = Vec::new();
        self.log.seek(SeekFrom::Start(self.forgotten))?;
        self.log.read_to_end(&mut log)?;
        Ok(String::from_utf8_lossy(&log).into_owned())
    }
}

impl Console for Printed {
    fn clear(&mut self) -> io::Result<()> {
        self.forgotten = self.log.seek(SeekFrom::End(0))?;
        Ok(())
    }

    fn messages(&mut self) -> io::Result<Vec<String>> {
        let log = self.log()?;
        // The last line may not be whole yet.
        let lines = log.rsplit_once('\n').map_or("", |(whole, _)| whole).lines();
        Ok(lines.filter_map(self.message).map(ToOwned::to_owned).collect())
    }
}
