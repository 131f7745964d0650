//! The CORS assertions of [web-platform-tests], the suite that browsers are held to, put to the
//! model of a browser in [`tower_cors::testing`]; and, where a policy can say what the suite's server
//! answers, to a server behind [`tower_cors::CorsLayer`].
//!
//! `data/*.json` has the assertions, one file for each folder of the suite: facts, restated in the
//! notation below, and no line of the suite's code. Each file of the suite names the commit that it was
//! read at. Most of `fetch` is that of 75b487b9ed and 5c46bbe8d0, as `nodejs/node` keeps them; what
//! is not there was read from the suite itself, or from `servo/servo` or `WebKit/WebKit`, which import it.
//!
//! Files that make no requests are left out, such as those about the objects `Headers` and `Response`.
//! A row asserts what the model can say of its subtest. Where the suite's server says by `Expires` how
//! long a response lasts, and that is not what is tested, the row says it by `max-age`: the cache of the
//! model does not look at `Expires`.
//!
//! # A file of the suite
//!
//! `every` has what all rows have in common; `rows` has the subtests, each named as the suite names it.
//! What a row says is merged into `every`, key by key. `not_expressed` says what was left out, how many
//! subtests, and why.
//!
//! A row with `"for": {"$code": [301, 302]}` stands for one row for each value, in which `$code` is
//! replaced; two variables give every combination, and `"$a, $b": [[1, 2], [3, 4]]` goes through two
//! together. `{local}` and the other names in [`place`] are the origins of the suite.
//!
//! # A row
//!
//! - `page`: the URL of the page, `{local}` unless it says otherwise; `null` has an opaque origin.
//! - `policy`: the row runs a second time, with a [`tower_cors::CorsLayer`] of this policy in place of
//!   the CORS headers of the answers, and the same has to come of it.
//! - `steps`: what the page does, in turn. What a row says is merged into each step of it; a row
//!   without `steps` is its own only step.
//!
//! # A step
//!
//! - what is fetched: `to` (a name of `server`, or a URL; `a` unless it says otherwise), `method`,
//!   `headers`, `body`, and so on, as in [`row::Step`]; after `wait` seconds;
//! - `server`: by name, what is at a `url` (its query does not matter): the `answer`, or several in
//!   turn, and the one to a `preflight`, which is the first `answer` unless it says otherwise. In
//!   values of headers, `{origin}` is the request's own `Origin`;
//! - `expect`: what has to come of it: a `kind` of response with its `status`, `headers`, and so on, or
//!   an `error`, which begins with the name of a [`tower_cors::testing::Step`]; `methods` that
//!   reached the servers; headers of the last `preflight` and of the last other request, `sent`. Of a
//!   header, `null` says that there is none, `true` that there is one, and `{"not": ".."}` what it is
//!   not.
//!
//! # Where model and suite disagree
//!
//! `data/disagreements.json` lists the rows, by cause. A row that is listed and agrees fails, and so
//! does one that is listed and does not run.
//!
//! [web-platform-tests]: https://github.com/web-platform-tests/wpt

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]
#![allow(clippy::print_stdout, reason = "the test harness prints, too")]

mod file;
mod judge;
mod listed;
mod place;
mod policy;
mod row;
mod run;
mod server;
mod tally;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use file::File;
use listed::Listed;
use run::Setting;
use tally::Tally;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let listed = Arc::new(Listed::read());
    let tally = Arc::new(Tally::default());
    let mut trials = Vec::new();
    for file in file::read_all() {
        for setting in [Setting::Suite, Setting::Layer] {
            let has_rows = file.rows.iter().any(|row| setting.is_for(row));
            if has_rows || setting == Setting::Suite {
                trials.push(trial(Arc::clone(&file), setting, &listed, &tally));
            }
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.num_filtered_out == 0 && !arguments.list {
        println!("{tally}");
        let unused = listed.unused();
        if !unused.is_empty() {
            println!("listed in disagreements.json, but did not run:\n{}", unused.join("\n"));
            return ExitCode::FAILURE;
        }
    }
    conclusion.exit_code()
}

/// All rows of a file of the suite.
fn trial(file: Arc<File>, setting: Setting, listed: &Arc<Listed>, tally: &Arc<Tally>) -> Trial {
    let (listed, tally) = (Arc::clone(listed), Arc::clone(tally));
    Trial::test(format!("{}{}", file.name, setting.suffix()), move || {
        tally.not_expressed(&file, setting);
        let mut failures = Vec::new();
        for row in file.rows.iter().filter(|row| setting.is_for(row)) {
            let differences = run::run(row, setting);
            let cause = listed.cause(&file.name, &row.subtest, setting);
            tally.row(&file, setting, differences.is_ok(), cause.is_some());
            match (differences, cause) {
                (Ok(()), None) | (Err(_), Some(_)) => {}
                (Ok(()), Some(cause)) => {
                    failures.push(format!("{}\n  agrees, but is listed: {cause}", row.subtest));
                }
                (Err(differences), None) => {
                    failures.push(format!("{}\n{differences}", row.subtest));
                }
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(Failed::from(failures.join("\n\n"))) }
    })
}
