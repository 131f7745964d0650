//! [`Verdict`]: whether the page may, by the standard or in an engine.

use std::error::Error as StdError;

use tower_cors::testing::{self, Answer, Engine, Error, Page, Sent, Step};

use crate::args::Args;
use crate::client::NoAnswer;
use crate::server::Server;

/// By which rules is judged, and how they are called.
pub(crate) const ENGINES: [(Engine, &str); 4] = [
    (Engine::Standard, "the standard"),
    (Engine::Chromium, "Chromium"),
    (Engine::Firefox, "Firefox"),
    (Engine::WebKit, "WebKit"),
];

/// Whether the page may, by the standard or in an engine.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) engine: &'static str,
    pub(crate) outcome: Outcome,
    /// What went out, and what did not because of [`NoAnswer::NotSent`].
    pub(crate) requests: Vec<Sent>,
}

/// What comes of a page's request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The page gets the response.
    May(Answer),
    /// The preflight allows the request. It was not sent, so nobody knows about its response.
    PreflightAllows,
    /// The request was not sent, and goes without a preflight: there was nothing to ask.
    NotAsked,
    /// The page gets no response, or its request is not even sent.
    MayNot(Error),
    /// The server could not be asked.
    NoAnswer(NoAnswer),
    /// No page can make this request.
    Impossible(Error),
}

/// What outcomes come down to, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Conclusion {
    May,
    Unknown,
    MayNot,
}

/// The page's request, judged by the standard and in each engine.
pub(crate) async fn judge(args: &Args, server: &Server) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (engine, name) in ENGINES {
        let mut page = args.page(server.starting_now()).engine(engine);
        give_cookies(&page, args).await;
        let result = page.fetch(args.request()).await;
        let outcome = Outcome::of(result, page.log().preflights().count() > 0);
        let requests = page.log().iter().cloned().collect();
        verdicts.push(Verdict { engine: name, outcome, requests });
    }
    verdicts
}

/// Lets the browser have the cookies: as if the server had set them on a page of its own.
async fn give_cookies(page: &Page<Server>, args: &Args) {
    if args.cookies.is_empty() {
        return;
    }
    let mut own_page = page.open(args.url.as_str());
    own_page.get_mut().set_cookies(args.cookies.clone());
    // It answers itself, so it cannot fail.
    let _ = own_page.fetch(testing::get(args.url.as_str())).await;
}

impl Outcome {
    pub(crate) fn of(result: Result<Answer, Error>, was_preflighted: bool) -> Self {
        let error = match result {
            Ok(answer) => return Self::May(answer),
            Err(error) => error,
        };
        match (error.step(), no_answer(&error)) {
            (Step::Request(_), _) => Self::Impossible(error),
            (_, Some(NoAnswer::NotSent)) if was_preflighted => Self::PreflightAllows,
            (_, Some(NoAnswer::NotSent)) => Self::NotAsked,
            (_, Some(why)) => Self::NoAnswer(why.clone()),
            (_, None) => Self::MayNot(error),
        }
    }

    pub(crate) fn conclusion(&self) -> Conclusion {
        match self {
            Self::May(_) | Self::PreflightAllows => Conclusion::May,
            Self::MayNot(_) => Conclusion::MayNot,
            Self::NotAsked | Self::NoAnswer(_) | Self::Impossible(_) => Conclusion::Unknown,
        }
    }
}

/// Why the server gave no response, if that is what failed.
pub(crate) fn no_answer(error: &Error) -> Option<&NoAnswer> {
    error.source()?.downcast_ref()
}
