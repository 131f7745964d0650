//! Runs cases in a browser, one after the other, in one page after the other.

use std::io;
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::browser_cases::app::EventStreams;
use crate::browser_cases::case::{Case, Fetch, Frame};
use crate::browser_cases::check::{self, Observed, Script};
use crate::browser_cases::places::Places;
use crate::browser_cases::site::{self, Record};
use crate::console::{self, Console};
use crate::demo::Demo;
use crate::engines::{Engine, Start};
use crate::lock;
use crate::process::Group;
use crate::server::{PAGES, Server, Talk};

/// One engine, its servers, and its browser as soon as there is something to do.
pub(crate) struct Driver {
    engine: &'static Engine,
    server: Server,
    browser: Option<Browser>,
}

struct Browser {
    /// Dropped first: the directory is theirs.
    groups: Vec<Group>,
    talk: Talk,
    /// The origin of the page that is shown.
    origin: String,
    /// From the first step on that says what it has to say.
    console: Option<Box<dyn Console>>,
    directory: TempDir,
}

/// How long a browser may take to start on a busy machine.
const START: Duration = Duration::from_secs(90);
/// How long a page may take to open, and a step to run, for which it has a shorter limit itself.
const ANSWER: Duration = Duration::from_secs(30);

impl Driver {
    pub(crate) fn new(engine: &'static Engine, runtime: &Handle) -> Result<Self, String> {
        let server = runtime.block_on(Server::start()).map_err(|error| error.to_string())?;
        Ok(Self { engine, server, browser: None })
    }

    pub(crate) fn https(&self) -> Places {
        Places::Https { port: self.server.https_port }
    }

    /// The processes that lead those of the browser.
    pub(crate) fn leaders(&self) -> Vec<u32> {
        self.browser.iter().flat_map(|browser| &browser.groups).map(Group::id).collect()
    }

    /// Where the browser writes.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.browser.as_ref().map(|browser| browser.directory.path())
    }

    /// Ends the browser.
    pub(crate) fn close(&mut self) {
        self.browser = None;
    }

    /// Runs the steps of a case.
    pub(crate) fn observe(&mut self, case: &Case) -> Result<Vec<Observed>, String> {
        let observed = self.run(case);
        if observed.is_err() {
            // Nobody knows what its page is doing.
            self.close();
        }
        observed
    }

    fn run(&mut self, case: &Case) -> Result<Vec<Observed>, String> {
        let record = Record::default();
        let site = site::build(case, EventStreams::StayOpen, &record)?;
        self.server.serve_case(&case.id, site);
        let page = case.places.page_url(&case.page_origin.origin)?;
        if self.browser.as_ref().is_none_or(|browser| browser.origin != page) {
            self.open(&page, &format!("{PAGES}/page"))?;
        }
        let mut observed = Vec::new();
        for (index, step) in case.steps.iter().enumerate() {
            if let Some(wait) = step.fetch.wait_before_ms {
                thread::sleep(Duration::from_millis(wait));
            }
            lock(&record).clear();
            let has_console = step.console.contains_key(self.engine.name);
            if has_console {
                self.with_console(|console| console.clear())?;
            }
            let job = json!({
                "is_first": index == 0,
                "step": step_for_page(&step.fetch, case)?,
                "frame": frame_for_page(&step.fetch, case)?,
            });
            let script = self.ask(job)?;
            let script: Script = serde_json::from_value(script)
                .map_err(|error| format!("the page said: {error}"))?;
            let mut seen = self.wait_for_silence(case, index, &script, &record);
            if has_console {
                let expected = console::expected(case, index, self.engine.name)?;
                let said =
                    self.with_console(|console| console::wait_for(console, case, &expected))?;
                seen.console = Some(said);
            }
            observed.push(seen);
        }
        Ok(observed)
    }

    fn with_console<T>(
        &mut self,
        run: impl FnOnce(&mut dyn Console) -> io::Result<T>,
    ) -> Result<T, String> {
        let browser = self.browser.as_mut().ok_or("there is no page")?;
        let run = || {
            let console = match browser.console.take() {
                Some(console) => console,
                None => console::open(self.engine, browser.directory.path())?,
            };
            run(&mut **browser.console.insert(console))
        };
        run().map_err(|error| format!("cannot read the console of {}: {error}", self.engine.name))
    }

    /// A script does not hear when a beacon arrives, so what is expected gets some time to happen,
    /// and what is not expected, too.
    fn wait_for_silence(
        &self,
        case: &Case,
        index: usize,
        script: &Script,
        record: &Record,
    ) -> Observed {
        let observe =
            || Observed { script: script.clone(), reached: lock(record).clone(), console: None };
        if case.steps[index].fetch.via.is_silent() {
            thread::sleep(Duration::from_millis(300));
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(3)
                && check::check_step(case, index, self.engine.name, &observe()).is_err()
            {
                thread::sleep(Duration::from_millis(50));
            }
        }
        observe()
    }

    /// Opens the demo's page, and returns what it says at its end.
    pub(crate) fn open_demo(&mut self) -> Result<Value, String> {
        let demo = Demo::start().map_err(|error| format!("cannot start the demo: {error}"))?;
        self.server.forward(&demo.ports);
        let said = self.open(&demo.page(), "/");
        if said.is_err() {
            self.close();
        }
        said
    }

    /// Shows a page of an origin, and returns the first that it says.
    pub(crate) fn open(&mut self, origin: &str, path: &str) -> Result<Value, String> {
        let url = format!("{origin}{path}");
        let said = match &self.browser {
            None => self.start(&url)?,
            Some(browser) => {
                browser.talk.give(json!({ "go": url }))?;
                self.hear(ANSWER)?
            }
        };
        // The origin as the browser has it may be spelt otherwise.
        if said["hello"].as_str() != Some(&origin.to_lowercase()) {
            return Err(format!("the page at {origin} said {said}"));
        }
        if let Some(browser) = &mut self.browser {
            origin.clone_into(&mut browser.origin);
        }
        Ok(said)
    }

    fn start(&mut self, url: &str) -> Result<Value, String> {
        let program = self.engine.find()?;
        let cannot = |error| format!("cannot start {}: {error}", self.engine.name);
        let directory = tempfile::Builder::new().prefix("tower-cors-").tempdir().map_err(cannot)?;
        let talk = self.server.talk();
        let start = Start {
            program: &program,
            directory: directory.path(),
            proxy: self.server.proxy_port,
            https: self.server.https_port,
            url,
        };
        let groups = self.engine.start(&start).map_err(cannot)?;
        self.browser =
            Some(Browser { groups, talk, origin: String::new(), console: None, directory });
        self.hear(START)
            .map_err(|error| format!("{} did not open {url}: {error}", self.engine.name))
    }

    /// Gives the page something to do, and waits for what comes of it.
    fn ask(&self, job: Value) -> Result<Value, String> {
        self.browser.as_ref().ok_or("there is no page")?.talk.give(job)?;
        let mut said = self.hear(ANSWER)?;
        match said.get("failure") {
            Some(failure) => Err(format!("the page could not run it: {failure}")),
            None => Ok(said["result"].take()),
        }
    }

    /// What the page says next.
    fn hear(&self, limit: Duration) -> Result<Value, String> {
        let browser = self.browser.as_ref().ok_or("there is no page")?;
        let start = Instant::now();
        loop {
            match browser.talk.said.recv_timeout(Duration::from_millis(200)) {
                Ok(said) => return Ok(said),
                Err(RecvTimeoutError::Disconnected) => return Err("the server is gone".to_owned()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Some(printed) = browser.groups.iter().find_map(Group::ended) {
                return Err(format!("the browser ended; it printed:\n{printed}"));
            }
            if start.elapsed() > limit {
                return Err(format!("no answer within {limit:?}"));
            }
        }
    }
}

fn step_for_page(fetch: &Fetch, case: &Case) -> Result<Value, String> {
    Ok(json!({
        "via": fetch.via,
        "url": case.url_of(fetch)?,
        "method": fetch.method,
        "headers": fetch.headers,
        "credentials": fetch.credentials,
        "mode": fetch.mode,
        "body": fetch.body,
        "redirect": fetch.redirect,
        "cache": fetch.cache,
        "keepalive": fetch.keepalive,
        "referrer_policy": fetch.referrer_policy,
    }))
}

/// The frame that a step runs in, if any. Without a URL it is one of a `data:` URL.
fn frame_for_page(fetch: &Fetch, case: &Case) -> Result<Value, String> {
    let url = |key: &str| Ok::<_, String>(format!("{}{PAGES}/frame", case.places.page_url(key)?));
    let own = &case.page_origin.origin;
    Ok(match (&fetch.from_frame, case.page_origin.frame) {
        (Some(key), _) => json!({ "key": key, "url": url(key)?, "sandbox": null }),
        (None, None) => Value::Null,
        (None, Some(Frame::Sandbox)) => {
            json!({ "key": "sandbox", "url": url(own)?, "sandbox": "allow-scripts" })
        }
        (None, Some(Frame::SandboxSameOrigin)) => {
            json!({ "key": "sandbox", "url": url(own)?, "sandbox": "allow-scripts allow-same-origin" })
        }
        (None, Some(Frame::Data)) => json!({ "key": "data", "url": null, "sandbox": null }),
    })
}
