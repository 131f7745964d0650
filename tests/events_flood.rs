//! A million refused requests from a million origins: the log and the memory stay within bounds.
//!
//! With `--release`; otherwise a hundred thousand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http::header::ORIGIN;
use http::{HeaderMap, HeaderValue, Request, Response};
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Policy};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

static LINES: AtomicUsize = AtomicUsize::new(0);

/// Counts events, and keeps none.
struct Counter;

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn event(&self, event: &Event<'_>) {
        struct Read;
        impl Visit for Read {
            fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
                let _ = format!("{value:?}");
            }
        }
        event.record(&mut Read);
        LINES.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// What the requests of one thread leave in memory.
fn send(thread: usize, number: usize) -> i64 {
    let policy = Policy::allow_origins(["https://app.example.com"]).build().unwrap();
    let mut service = CorsLayer::new(policy)
        .layer(service_fn(|_: Request<()>| std::future::ready(Ok::<_, ()>(Response::new(())))));
    let mut headers = HeaderMap::new();
    let info = allocation_counter::measure(|| {
        for index in 0..number {
            let origin = format!("https://stranger-{thread}-{index}.test");
            headers.insert(ORIGIN, HeaderValue::try_from(origin).unwrap());
            let mut request = Request::new(());
            std::mem::swap(request.headers_mut(), &mut headers);
            let mut response = std::pin::pin!(service.call(request));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(response.as_mut().poll(&mut context).is_ready());
            headers.clear();
        }
    });
    info.bytes_current
}

#[test]
fn a_million_strangers() {
    const THREADS: usize = 2;
    // In a build for tests, a tenth is enough to wait for.
    const REQUESTS: usize = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
    tracing::subscriber::set_global_default(Counter).unwrap();
    let start = Instant::now();
    let left: i64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || send(thread, REQUESTS / THREADS)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let minutes = 1 + usize::try_from(start.elapsed().as_secs() / 60).unwrap();
    let lines = LINES.load(Ordering::Relaxed);
    assert!((100..=100 * minutes).contains(&lines), "{lines} lines in {:?}", start.elapsed());
    assert!(left < 64 * 1024, "{left} bytes");
    assert!(start.elapsed() < Duration::from_secs(600));
}
