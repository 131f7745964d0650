//! What is tried in each engine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use http::Version;
use libtest_mimic::Trial;
use serde_json::Value;
use tokio::runtime::Handle;

use crate::browser_cases::places::Places;
use crate::browser_cases::{check, model};
use crate::compare::compare;
use crate::console;
use crate::driver::Driver;
use crate::engines::Engine;
use crate::suite::Listed;
use crate::{demo, leftovers, lock};

/// An engine in this run.
pub(crate) struct Tried {
    pub(crate) engine: &'static Engine,
    driver: Mutex<Driver>,
    runtime: Handle,
    /// Cases that passed over HTTP, and over HTTPS.
    passed: [AtomicUsize; 2],
}

type Run = Box<dyn FnOnce(&Tried) -> Result<(), String> + Send>;

impl Tried {
    pub(crate) fn new(engine: &'static Engine, runtime: &Handle) -> Result<Arc<Self>, String> {
        let driver = Mutex::new(Driver::new(engine, runtime)?);
        let (runtime, passed) = (runtime.clone(), Default::default());
        Ok(Arc::new(Self { engine, driver, runtime, passed }))
    }

    /// All trials of the engine. If it is not installed, they are ignored, unless it is required.
    pub(crate) fn trials(self: &Arc<Self>, cases: &[Listed], is_required: bool) -> Vec<Trial> {
        let missing = self.engine.find().err();
        if let (Some(missing), false) = (&missing, is_required) {
            let Engine { name, packages, .. } = self.engine;
            eprintln!("{name}: ignored, because {missing}: apt-get install {packages}");
        }
        let mut runs: Vec<(String, Run)> = Vec::new();
        for listed in cases.iter().filter(|listed| listed.case.ends_in(self.engine.name)).cloned() {
            let name = listed.name.clone();
            runs.push((name, Box::new(move |tried| tried.run_case(&listed))));
        }
        if !crate::suite::is_of_a_file() {
            runs.push(("demo".to_owned(), Box::new(Self::run_demo)));
            if self.engine.name == "chromium" {
                runs.push(("demo_by_virtual_clock".to_owned(), Box::new(Self::run_demo_by_clock)));
            }
            runs.push(("leaves_no_process".to_owned(), Box::new(Self::check_leftovers)));
        }
        let trial = |(name, run): (String, Run)| {
            let tried = Arc::clone(self);
            Trial::test(format!("{}::{name}", self.engine.name), move || Ok(run(&tried)?))
                .with_ignored_flag(missing.is_some() && !is_required)
        };
        runs.into_iter().map(trial).collect()
    }

    /// How many cases passed, over HTTP and over HTTPS.
    pub(crate) fn passed(&self) -> [usize; 2] {
        self.passed.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// Ends the browser.
    pub(crate) fn close(&self) {
        lock(&self.driver).close();
    }

    /// As the case says, and as the model predicts.
    fn run_case(&self, listed: &Listed) -> Result<(), String> {
        let places = if listed.is_https { lock(&self.driver).https() } else { Places::Http };
        let case = listed.case.read(places)?;
        // First, because what the model does not understand need not be shown to a browser.
        let predicted = model::observe(&case, self.engine.model);
        let predicted = self.runtime.block_on(predicted)?;
        let observed = lock(&self.driver).observe(&case)?;
        check::check_case(&case, self.engine.name, &observed)?;
        console::check(&case, self.engine.name, &observed)?;
        if listed.is_https {
            check::check_version(&observed, Version::HTTP_2)?;
        }
        compare(&case, &predicted, &observed)?;
        self.passed[usize::from(listed.is_https)].fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn run_demo(&self) -> Result<(), String> {
        let said = lock(&self.driver).open_demo()?;
        match said["result"].as_str() {
            Some("ok") => Ok(()),
            _ => Err(format!("the demo's page says:\n{}", text(&said["page"]))),
        }
    }

    fn run_demo_by_clock(&self) -> Result<(), String> {
        demo::check_by_virtual_clock(&self.engine.find()?)
    }

    fn check_leftovers(&self) -> Result<(), String> {
        leftovers::check(self.engine, &self.runtime)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
