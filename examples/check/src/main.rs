//! `cors-check`: says whether a page in a browser may request a URL, and if not, why.
//!
//! The requests are real; the browser is the model of `tower_cors::testing`, by the Fetch standard and as
//! three engines are known to differ from it.

use std::io::{Write as _, stderr};
use std::process::ExitCode;

use clap::Parser as _;
use tokio::runtime;

use args::Args;
use client::Client;
use progress::Progress;
use report::Findings;
use server::{Sends, Server};

mod args;
mod audit;
mod behind_cache;
mod client;
mod escape;
mod fresh;
mod notes;
mod progress;
mod report;
mod server;
mod verdict;

fn main() -> ExitCode {
    let args = Args::parse();
    let found = find_out_now(&args);
    let code = found.as_ref().map_or(2, Findings::exit_code);
    // Who closed the output, as `head` does, has seen enough; the exit code is the same.
    let _ = report(&args, &found);
    ExitCode::from(code)
}

fn find_out_now(args: &Args) -> Result<Findings, String> {
    // A server that sends without end keeps its connection busy. The clock is looked at all the same.
    let runtime = runtime::Builder::new_current_thread().enable_all().event_interval(1).build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let found = runtime.block_on(find_out(args));
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    found
}

async fn find_out(args: &Args) -> Result<Findings, String> {
    let client = Client::new(args.cacert.as_deref())?;
    let sends = if args.send { Sends::Everything } else { Sends::Safe };
    let server = Server::new(client, sends, args.timeout);
    let progress = Progress::new();
    if args.audit {
        return audit::audit(args, &server, &progress).await.map(Findings::Audit);
    }
    progress.show(&format!("asking {}", args.url));
    let verdicts = verdict::judge(args, &server).await;
    let mut notes = notes::notes(args, &verdicts);
    let mut behind_cache = None;
    if args.cache {
        progress.show("asking through a cache");
        match behind_cache::try_it(args, &server, &verdicts).await {
            Ok(tried) => behind_cache = Some(tried),
            Err(why_not) => notes.push(why_not),
        }
    }
    Ok(Findings::Check { verdicts, behind_cache, notes })
}

fn report(args: &Args, found: &Result<Findings, String>) -> std::io::Result<()> {
    let mut out = report::paint::standard_output();
    match found {
        Ok(findings) if args.json => report::json::write(&mut out, args, findings),
        Err(error) if args.json => report::json::write_error(&mut out, args, error),
        Ok(Findings::Audit(audit)) => report::audit::write(&mut out, args, audit),
        Ok(Findings::Check { verdicts, behind_cache, notes }) => {
            report::text::write(&mut out, args, verdicts, behind_cache.as_deref(), notes)
        }
        Err(error) => writeln!(stderr(), "cors-check: {}", escape::line(error)),
    }?;
    out.flush()
}
