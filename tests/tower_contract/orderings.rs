//! A policy that is looked up: every order in which the lookup and the handler can end, the future can
//! be polled, and the client can go.

use std::task::Poll;

use crate::common::{ACAM, ACAO, ACRM, ORIGIN, PREFLIGHT_VARY, VARY};
use crate::common::{all_lines, get, preflight, response, sorted};
use crate::under_way::{UnderWay, Wrong, start_closure};
use crate::{APP, policy};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Poll,
    LookupEnds,
    HandlerEnds,
    HandlerFails,
    ClientGoes,
}

use Event::{ClientGoes, HandlerEnds, HandlerFails, LookupEnds, Poll as Polled};

/// All sequences of so many events: each end comes once at most, and nothing after the client has gone.
fn sequences(length: usize) -> Vec<Vec<Event>> {
    let mut all = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..length {
        longest = longest.iter().flat_map(|sequence| longer(sequence)).collect();
        all.extend_from_slice(&longest);
    }
    all
}

fn longer(sequence: &[Event]) -> Vec<Vec<Event>> {
    let has = |event| sequence.contains(&event);
    let handler_is_over = has(HandlerEnds) || has(HandlerFails);
    let can_follow = |event: &Event| match event {
        Polled | ClientGoes => true,
        LookupEnds => !has(LookupEnds),
        HandlerEnds | HandlerFails => !handler_is_over,
    };
    if has(ClientGoes) {
        return Vec::new();
    }
    let next = [Polled, LookupEnds, HandlerEnds, HandlerFails, ClientGoes].into_iter();
    next.filter(can_follow).map(|event| [sequence, &[event]].concat()).collect()
}

/// Runs the events until the future is ready or dropped, and compares each step with what it should
/// be. Gates panic if they are polled after they were ready, so that is seen, too.
fn run(is_preflight: bool, events: &[Event]) {
    let lines = &[(ORIGIN, APP), (ACRM, "PUT")];
    let request = if is_preflight { preflight(lines) } else { get(lines) };
    let UnderWay { task, lookup, inner, called } = start_closure(request);
    assert_eq!(called.borrow().len(), usize::from(!is_preflight), "{events:?}");
    let mut task = Some(task);
    for (i, event) in events.iter().enumerate() {
        let so_far = &events[..=i];
        let has = |event| so_far.contains(&event);
        match event {
            LookupEnds => lookup.open(policy()),
            HandlerEnds => inner.open(Ok(response(200, &[]))),
            HandlerFails => inner.open(Err(Wrong(Box::new(7)))),
            ClientGoes => {
                drop(task.take());
                assert!(lookup.is_dropped() && (is_preflight || inner.is_dropped()), "{events:?}");
                return;
            }
            Polled => {
                let is_ready = if is_preflight {
                    has(LookupEnds)
                } else {
                    has(HandlerFails) || has(HandlerEnds) && has(LookupEnds)
                };
                let polled = task.as_mut().expect("it is there until it is ready").poll();
                assert_eq!(polled.is_ready(), is_ready, "{so_far:?}");
                let Poll::Ready(output) = polled else { continue };
                let vary = if is_preflight { PREFLIGHT_VARY } else { ORIGIN };
                let methods = is_preflight.then_some((ACAM, "GET, HEAD, POST, PUT"));
                let expected: Vec<_> =
                    [(ACAO, APP), (VARY, vary)].into_iter().chain(methods).collect();
                match output {
                    Ok(response) => {
                        assert_eq!(all_lines(response.headers()), sorted(&expected), "{so_far:?}");
                    }
                    Err(Wrong(error)) => assert!(has(HandlerFails) && *error == 7, "{so_far:?}"),
                }
                drop(task.take());
                assert!(lookup.is_dropped() && (is_preflight || inner.is_dropped()), "{events:?}");
                return;
            }
        }
    }
}

#[test]
fn every_order() {
    let all = sequences(6);
    assert!(all.len() > 300, "{}", all.len());
    for events in &all {
        run(false, events);
        run(true, events);
    }
}
