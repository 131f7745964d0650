//! The page that says what was run and where engines differ: `BROWSERS.md`.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::browser_cases::places::Places;
use crate::engines::ENGINES;
use crate::suite::FILES;
use crate::trials::Tried;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/BROWSERS.md");

/// Whether the page is to be written, which makes sense after a run of everything.
pub(crate) fn is_wanted() -> bool {
    env::var_os("WRITE_BROWSERS_PAGE").is_some()
}

/// Writes the page.
pub(crate) fn write(all_tried: &[Arc<Tried>], took: Duration) -> Result<(), String> {
    let day =
        Command::new("date").args(["-u", "+%F"]).output().map_err(|error| error.to_string())?;
    let day = String::from_utf8_lossy(&day.stdout).trim().to_owned();
    let mut rows = String::new();
    for tried in all_tried {
        let engine = tried.engine;
        let version = engine.version(&engine.find()?).map_err(|error| error.to_string())?;
        let [http, https] = tried.passed();
        let _ = writeln!(rows, "| {} | {version} | {http} | {https} | as expected |", engine.title);
    }
    let page = TEMPLATE
        .replace("{day}", &day)
        .replace("{cores}", &thread::available_parallelism().map_or(1, usize::from).to_string())
        .replace("{seconds}", &took.as_secs().to_string())
        .replace("{rows}", &rows)
        .replace("{consoles}", &consoles()?)
        .replace("{differences}", &differences()?);
    fs::write(FILE, page).map_err(|error| format!("{FILE}: {error}"))
}

/// The tables are made from the cases, so they have to be made again when these change.
pub(crate) fn check_tables() -> Result<(), String> {
    let page = fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
    for table in [consoles()?, differences()?] {
        if !page.contains(&table) {
            return Err(format!("BROWSERS.md does not have this table; write it anew:\n{table}"));
        }
    }
    Ok(())
}

fn consoles() -> Result<String, String> {
    let mut table =
        "| case | Chromium | Firefox | WebKit |\n| --- | --- | --- | --- |\n".to_owned();
    for json in FILES {
        for case in cases(json)? {
            for step in case["steps"].as_array().into_iter().flatten() {
                if let Some(console) = step.get("console") {
                    write_console(&mut table, &case, console);
                }
            }
        }
    }
    Ok(table)
}

fn write_console(table: &mut String, case: &Value, console: &Value) {
    write_title(table, case);
    for engine in &ENGINES {
        let message = console[engine.name][0].as_str().map(|message| {
            let message = Places::Http.fill(message, case["id"].as_str().unwrap_or_default());
            format!("`{}`", reason(&message))
        });
        let _ = write!(table, " {} |", message.as_deref().unwrap_or("nothing"));
    }
    table.push('\n');
}

/// A message without what all of its engine begin with.
fn reason(message: &str) -> &str {
    let of_chromium = message.split_once(" has been blocked by CORS policy: ");
    let of_firefox = || message.find("(Reason: ").map(|start| &message[start..]);
    of_chromium.map(|(_, reason)| reason).or_else(of_firefox).unwrap_or(message)
}

fn differences() -> Result<String, String> {
    let mut table = "| case | the standard | Chromium | Firefox | WebKit |\n".to_owned();
    table.push_str("| --- | --- | --- | --- | --- |\n");
    for json in FILES {
        for case in cases(json)? {
            for (step, engines) in case["engines"].as_object().into_iter().flatten() {
                let step: usize = step.parse().map_err(|_| format!("step {step}"))?;
                write_row(&mut table, &case, &case["steps"][step]["expected"], engines);
            }
            if let Some(reasons) = case["not_in"].as_object() {
                write_not_in(&mut table, &case, reasons);
            }
        }
    }
    Ok(table)
}

fn cases(json: &str) -> Result<Vec<Value>, String> {
    let mut corpus: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Ok(corpus["cases"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

/// A case that cannot run in an engine.
fn write_not_in(table: &mut String, case: &Value, reasons: &Map<String, Value>) {
    write_title(table, case);
    table.push_str(" as its title says |");
    for engine in &ENGINES {
        let reason = reasons.get(engine.name).and_then(Value::as_str).unwrap_or("the same");
        let _ = write!(table, " {reason} |");
    }
    table.push('\n');
}

fn write_title(table: &mut String, case: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('|', "\\|");
    let _ = write!(table, "| {} (`{}`) |", text(&case["title"]), text(&case["id"]));
}

fn write_row(table: &mut String, case: &Value, standard: &Value, engines: &Value) {
    write_title(table, case);
    let deviations = engines.as_object().into_iter().flat_map(Map::values);
    let fields: BTreeSet<_> = deviations.filter_map(Value::as_object).flat_map(Map::keys).collect();
    let sides = [None].into_iter().chain(ENGINES.iter().map(|engine| engines.get(engine.name)));
    for (column, deviation) in sides.enumerate() {
        if column > 0 && deviation.is_none() {
            table.push_str(" the same |");
            continue;
        }
        let phrases = fields.iter().filter_map(|field| {
            let value = deviation.and_then(|fields| fields.get(field)).or(standard.get(field));
            phrase(field, value?)
        });
        let phrases: Vec<_> = phrases.collect();
        let _ = write!(table, " {} |", phrases.join(", "));
    }
    table.push('\n');
}

/// What an expectation says, in a few words.
fn phrase(field: &str, value: &Value) -> Option<String> {
    let of_resource = |what: &str| {
        let of = |(resource, value): (&String, &Value)| format!("{what} {value} at {resource}");
        let all: Vec<_> = value.as_object().into_iter().flatten().map(of).collect();
        all.join(", ").replace("\"{page}\"", "the page's").replace('"', "`")
    };
    Some(match (field, value.as_bool()) {
        ("readable", Some(true)) => "readable".to_owned(),
        ("readable" | "opaque", Some(false)) => "blocked".to_owned(),
        ("preflight", Some(true)) => "a preflight".to_owned(),
        ("preflight", Some(false)) => "no preflight".to_owned(),
        ("opaque", Some(true)) => "opaque".to_owned(),
        ("actual_sent", Some(true)) => "sent".to_owned(),
        ("actual_sent", Some(false)) => "not sent".to_owned(),
        ("final", _) => format!("at `{}`", value.as_str()?),
        ("acrh", _) => format!("asked for `{}`", value.as_str()?),
        ("cookies_sent", Some(true)) => "with the cookie".to_owned(),
        ("cookies_sent", Some(false)) => "without the cookie".to_owned(),
        ("origin_header", _) => match value.as_str() {
            Some("{page}") => "`Origin` is the page's".to_owned(),
            Some(origin) => format!("`Origin: {origin}`"),
            None => "no `Origin`".to_owned(),
        },
        ("preflights", _) => of_resource("preflights:"),
        ("origins_seen", _) => of_resource("`Origin`"),
        ("acrh_seen", _) => of_resource("asked for"),
        _ => format!("{field}: {value}"),
    })
}

const TEMPLATE: &str = "\
# In real browsers

`tests/browsers` runs pages in Chromium, Firefox and WebKit against servers whose CORS is this crate's
layer, on axum and on hyper alone. Of each case it checks what a script can read, which requests
reached the servers, with which headers and cookies, and that all of it is what the model of
`tower_cors::testing` predicts of that engine. Some cases check what the console says, too, and some
have a stranger's name lead to the server (DNS rebinding), with `own_hosts` and without. This page was
written by such a run.

| engine | version | cases over HTTP | over HTTPS | the demo's page |
| --- | --- | --- | --- | --- |
{rows}
Every case passed, on {day}, in {seconds} seconds, on {cores} cores.

## What the consoles say

A script does not learn why its request failed; people learn it from the console. These are the first
messages, without the words that all messages of an engine begin with (`Access to fetch at ... has been
blocked by CORS policy:`, `Cross-Origin Request Blocked: ...`). `tests/data/browser-cases-console.json`
has all messages in full. The page is at `http://app.example.test:8101`, or, where no rule covers it, at
`http://evil.test:8101`. No console shows the header `cors-refusal`, which `explain_refusals` adds. But
that switch also answers such a page's preflight with 204, and only then does WebKit name the origin.

{consoles}
## Where engines differ

From the standard, and from one another. The cases expect it, so a difference that is gone makes them
fail, and `tower_cors::testing::Engine` has it. Where the server's headers cannot come from this
crate, the case has a server that sets them itself.

{differences}
Beyond these, browsers cap how long they keep a preflight, whatever `Access-Control-Max-Age` says:
Chromium for two hours, Firefox for a day, WebKit for ten minutes. That was observed, too, but takes
too long for this run.

## How it is run

```sh
apt-get install chromium firefox-esr libwebkit2gtk-4.1-0 xvfb # Debian 12
cargo test --all-features --test browsers
```

An engine that is not installed has its cases ignored; with `REQUIRE_BROWSERS=all` they fail.
`BROWSERS=firefox` runs one engine, `BROWSER_CASES=FILE` runs other cases of the form of
`tests/data/browser-cases.json`, and `WRITE_BROWSERS_PAGE=1` writes this page.

Each engine is started once and goes from page to page. The page asks its own server what to do, so no
WebDriver is needed. Over HTTP, the browser takes a server of the tests for its proxy: names and ports
such as `http://my_app.example.test` or `http://[::1]:8101` then need neither a resolver nor to be
free, and nothing leaves the machine. Over HTTPS (HTTP/2, a certificate that the browsers are told to
accept) the names are below `localhost`. Chromium and WebKit print what their consoles say; Firefox's is
read through Marionette.
";
