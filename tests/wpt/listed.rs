//! [`Listed`]: the rows that are known to disagree, by cause.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::Deserialize;

use super::run::Setting;

type Key = (String, String, Setting);

/// What `data/disagreements.json` lists.
pub(crate) struct Listed {
    causes: BTreeMap<Key, String>,
    used: Mutex<BTreeSet<Key>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cause {
    why: String,
    /// By file.
    #[serde(default)]
    rows: BTreeMap<String, Vec<String>>,
    /// By file, of the rows behind the layer.
    #[serde(default)]
    rows_behind_layer: BTreeMap<String, Vec<String>>,
}

impl Listed {
    pub(crate) fn read() -> Self {
        let json = include_str!("data/disagreements.json");
        let mut causes = BTreeMap::new();
        for cause in serde_json::from_str::<Vec<Cause>>(json).unwrap() {
            let by_setting =
                [(Setting::Suite, cause.rows), (Setting::Layer, cause.rows_behind_layer)];
            for (setting, rows) in by_setting {
                for (file, subtests) in rows {
                    for subtest in subtests {
                        let subtest = super::place::fill(&subtest);
                        let key = (file.clone(), subtest, setting);
                        let twice = causes.insert(key, cause.why.clone());
                        assert!(twice.is_none(), "{file} lists a row twice");
                    }
                }
            }
        }
        Self { causes, used: Mutex::default() }
    }

    /// Why a row disagrees, if it is known to.
    pub(crate) fn cause(&self, file: &str, subtest: &str, setting: Setting) -> Option<&str> {
        let key = (file.to_owned(), subtest.to_owned(), setting);
        let cause = self.causes.get(&key)?;
        self.used.lock().unwrap().insert(key);
        Some(cause)
    }

    /// The rows that are listed and did not run.
    pub(crate) fn unused(&self) -> Vec<String> {
        let used = self.used.lock().unwrap();
        let unused = self.causes.keys().filter(|key| !used.contains(*key));
        unused
            .map(|(file, subtest, setting)| format!("{file}{}: {subtest}", setting.suffix()))
            .collect()
    }
}
