//! Which cases run.

use std::env;
use std::fs;

use crate::browser_cases::read::{Unread, read};

/// A case, and how it runs.
#[derive(Clone)]
pub(crate) struct Listed {
    /// The name of its trial.
    pub(crate) name: String,
    pub(crate) case: Unread,
    pub(crate) is_https: bool,
}

const OBSERVED: &str = include_str!("../data/browser-cases.json");
const MORE: &str = include_str!("../data/browser-cases-more.json");
const CONSOLES: &str = include_str!("../data/browser-cases-console.json");
const HTTPS: &str = include_str!("../data/browser-cases-https.json");

/// All files of cases.
pub(crate) const FILES: [&str; 4] = [OBSERVED, MORE, CONSOLES, HTTPS];

/// Cases that run over HTTPS, too: a few of each kind.
const CORE: [&str; 31] = [
    "A02-exact-origin-get",
    "A10-subdomain-pattern-deep",
    "A13-exact-not-suffix-extended",
    "N01-sandboxed-iframe-allowlist",
    "N02-sandboxed-iframe-any",
    "N04-data-url-iframe-allowlist",
    "P05-post-multipart",
    "P16-method-chicken",
    "P21-authorization",
    "P25-xhr-upload-listener",
    "P28-no-cors-no-preflight",
    "F01-method-denied",
    "F02-header-denied",
    "F06-any-method",
    "F13-disallowed-origin-preflight",
    "F14-app-rejects-options",
    "F20-actual-status-500",
    "C04-default-mode-no-cookie",
    "C08-preflight-without-cookie",
    "C14-eventsource-with-credentials",
    "R03-exposed-any-anonymous",
    "R05-exposed-list-credentialed",
    "K01-cached",
    "K02-max-age-zero",
    "D01-api-to-api",
    "D02-api-to-other-api-list",
    "D09-preflighted-redirect-301",
    "V05-revalidation-304",
    "O03-img-use-credentials",
    "O07-font",
    "O13-worker-fetch",
];

/// The cases of the file that `BROWSER_CASES` names, or those of this project. Those of one page are
/// neighbours, so that a browser shows each page once.
pub(crate) fn cases() -> Result<Vec<Listed>, String> {
    let mut cases = if let Ok(file) = env::var("BROWSER_CASES") {
        let json = fs::read_to_string(&file).map_err(|error| error.to_string());
        let cases = json.and_then(|json| listed(&json, "", false));
        cases.map_err(|error| format!("BROWSER_CASES={file}: {error}"))?
    } else {
        let mut core = listed(OBSERVED, "https::", true)?;
        core.retain(|listed| CORE.iter().any(|id| listed.name.ends_with(id)));
        if core.len() < CORE.len() {
            return Err("a case that is to run over HTTPS, too, is not in the file".to_owned());
        }
        let http = [OBSERVED, MORE, CONSOLES].map(|json| listed(json, "", false));
        let http = http.into_iter().collect::<Result<Vec<_>, _>>()?;
        [http.concat(), core, listed(HTTPS, "https::", true)?].concat()
    };
    cases.sort_by_cached_key(|listed| (listed.is_https, listed.case.page().to_owned()));
    Ok(cases)
}

/// Whether the cases are not this project's.
pub(crate) fn is_of_a_file() -> bool {
    env::var_os("BROWSER_CASES").is_some()
}

fn listed(json: &str, prefix: &str, is_https: bool) -> Result<Vec<Listed>, String> {
    let listed = |case: Unread| Listed { name: format!("{prefix}{}", case.id), case, is_https };
    Ok(read(json)?.into_iter().map(listed).collect())
}
