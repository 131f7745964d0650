//! [`Tally`]: how many rows each folder has, and what comes of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use super::file::File;
use super::run::Setting;

#[derive(Default)]
pub(crate) struct Tally(Mutex<BTreeMap<String, Counts>>);

#[derive(Clone, Copy, Default)]
struct Counts {
    rows: usize,
    agree: usize,
    listed: usize,
    not_expressed: usize,
    behind_layer: usize,
}

impl Tally {
    pub(crate) fn row(&self, file: &File, setting: Setting, agrees: bool, is_listed: bool) {
        self.count(file, |counts| match setting {
            Setting::Suite => {
                counts.rows += 1;
                counts.agree += usize::from(agrees);
                counts.listed += usize::from(is_listed);
            }
            Setting::Layer => counts.behind_layer += 1,
        });
    }

    pub(crate) fn not_expressed(&self, file: &File, setting: Setting) {
        if setting == Setting::Suite {
            self.count(file, |counts| counts.not_expressed += file.not_expressed);
        }
    }

    fn count(&self, file: &File, count: impl FnOnce(&mut Counts)) {
        count(self.0.lock().unwrap().entry(file.folder().to_owned()).or_default());
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:36} {:>5} {:>6} {:>6} {:>14} {:>13}",
            "folder", "rows", "agree", "listed", "not expressed", "behind layer"
        )?;
        let mut sum = Counts::default();
        for (folder, counts) in &*self.0.lock().unwrap() {
            writeln!(f, "{folder:36} {counts}")?;
            sum.add(*counts);
        }
        writeln!(f, "{:36} {sum}", "all")
    }
}

impl Counts {
    fn add(&mut self, more: Self) {
        self.rows += more.rows;
        self.agree += more.agree;
        self.listed += more.listed;
        self.not_expressed += more.not_expressed;
        self.behind_layer += more.behind_layer;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, agree, listed, not_expressed, behind_layer } = self;
        write!(f, "{rows:5} {agree:6} {listed:6} {not_expressed:14} {behind_layer:13}")
    }
}
