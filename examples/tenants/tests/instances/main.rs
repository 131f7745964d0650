//! Two instances over one database, as a user starts them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]
#![allow(clippy::print_stdout, reason = "what was skipped and what was measured is said")]

mod instance;
mod many;
mod postgres;

use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use instance::{Instance, TOKEN};
use postgres::Postgres;
use tempfile::TempDir;

const RED: &str = "api.red.example";
const RED_PAGE: &str = "https://www.red.example";

/// Within what time every instance takes up a change, as `README.md` says.
const STATED: Duration = Duration::from_secs(2);

/// Within what time an instance has heard of its own change, and forgotten the tenant once more.
const FORGOTTEN: Duration = Duration::from_millis(1_500);

/// Waits until an instance allows a page of a tenant, or does not. Returns how long that took.
#[track_caller]
fn wait_until(instance: &Instance, is_allowed: bool, limit: Duration) -> Duration {
    let start = Instant::now();
    while instance.allows(RED, RED_PAGE) != is_allowed {
        assert!(start.elapsed() < limit, "not {is_allowed} after {:?}", start.elapsed());
        sleep(Duration::from_millis(20));
    }
    start.elapsed()
}

/// A tenant's origins are set on one instance, and hold on both.
fn changes_are_taken_up(database: &str) {
    let [one, other] = [Instance::start(database), Instance::start(database)];
    for instance in [&one, &other] {
        assert!(!instance.allows(RED, RED_PAGE), "an unknown host");
    }
    assert_eq!(one.set_origins(RED, &[RED_PAGE]).0, 204);
    assert!(one.allows(RED, RED_PAGE), "at once where it was set");
    let added = wait_until(&other, true, STATED);
    assert!(!other.allows("api.blue.example", RED_PAGE), "for this tenant alone");
    assert_eq!(one.set_origins(RED, &["https://new.red.example"]).0, 204);
    assert!(!one.allows(RED, RED_PAGE));
    let removed = wait_until(&other, false, STATED);
    assert!(other.allows(RED, "https://new.red.example"));
    println!("taken up by the other instance: added after {added:?}, removed after {removed:?}");
}

#[test]
fn changes_are_taken_up_with_sqlite() {
    let directory = TempDir::new().unwrap();
    changes_are_taken_up(&sqlite(&directory));
}

#[test]
fn changes_are_taken_up_with_postgresql() {
    let Some(postgres) = Postgres::start() else { return };
    changes_are_taken_up(&postgres.url());
}

#[test]
fn mistakes_come_back_all_at_once() {
    let directory = TempDir::new().unwrap();
    let instance = Instance::start(&sqlite(&directory));
    let (status, said) = instance.set_origins(RED, &["https://a.example/", "*", "b.example"]);
    assert_eq!(status, 422);
    assert!(said.starts_with("3 mistakes in the CORS policy:"), "{said}");
    assert!(said.contains("write \"https://a.example\""), "{said}");
    for host in ["API.red.example", "*.red.example", "red.example:8443", "a.example%2Fb"] {
        assert_eq!(instance.set_origins(host, &[RED_PAGE]).0, 422, "{host}");
    }
    let many: Vec<_> = (0..1_001).map(|i| format!("https://a{i}.example")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(instance.set_origins(RED, &many).0, 422);
    assert_eq!(instance.set_origins(RED, &many[1..]).0, 204);
    assert!(instance.allows(RED, many[1_000]));
}

#[test]
fn only_who_has_the_token_administers() {
    let directory = TempDir::new().unwrap();
    let instance = Instance::start(&sqlite(&directory));
    for credentials in ["", "Bearer ", "Bearer wrong", &format!("Basic {TOKEN}"), TOKEN] {
        let headers = format!("authorization: {credentials}");
        let (status, _) = instance.administer("GET", "/counts", &headers, "");
        assert_eq!(status, 401, "{credentials}");
    }
    let (status, answer) = instance.administer(
        "OPTIONS",
        "/counts",
        "origin: https://evil.example\r\naccess-control-request-method: PUT",
        "",
    );
    assert_eq!(status, 401);
    assert!(!answer.contains("access-control-"), "{answer}");
    let no_token =
        Instance::command(&sqlite(&directory)).env_remove("ADMIN_TOKEN").output().unwrap();
    assert!(String::from_utf8_lossy(&no_token.stderr).contains("ADMIN_TOKEN is not set"));
    let open =
        Instance::command(&sqlite(&directory)).env("ADMIN_ADDR", "0.0.0.0:0").output().unwrap();
    assert!(String::from_utf8_lossy(&open.stderr).contains("can be reached from elsewhere"));
}

/// Whoever asks for many hosts makes no tenant's policy go.
#[test]
fn unknown_hosts_evict_no_tenant() {
    let directory = TempDir::new().unwrap();
    let instance = Instance::start(&sqlite(&directory));
    assert_eq!(instance.set_origins(RED, &[RED_PAGE]).0, 204);
    sleep(FORGOTTEN);
    assert!(instance.allows(RED, RED_PAGE));
    let before = instance.counts();
    for i in 0..100 {
        assert!(!instance.allows(&format!("unknown-{i}.example"), RED_PAGE));
        assert!(!instance.allows("unknown.example", RED_PAGE));
    }
    assert!(instance.allows(RED, RED_PAGE));
    let after = instance.counts();
    assert_eq!(after.lookups - before.lookups, 101, "one for each host that is new");
    assert_eq!((after.known, after.unknown), (1, 101));
}

/// While the database is away, requests are answered, policies that are known hold, and nobody else
/// is allowed; when it is back, so is everything.
#[test]
fn the_database_goes_and_comes_back() {
    let Some(mut postgres) = Postgres::start() else { return };
    let instance = Instance::start(&postgres.url());
    assert_eq!(instance.set_origins(RED, &[RED_PAGE]).0, 204);
    assert_eq!(instance.set_origins("api.blue.example", &["https://www.blue.example"]).0, 204);
    sleep(FORGOTTEN);
    assert!(instance.allows(RED, RED_PAGE));

    postgres.stop();
    let start = Instant::now();
    assert!(instance.allows(RED, RED_PAGE), "known");
    assert!(!instance.allows("api.blue.example", "https://www.blue.example"), "not known yet");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(instance.set_origins(RED, &[]).0, 503);
    assert!(instance.allows(RED, RED_PAGE), "nothing was changed");

    postgres.start_again();
    let start = Instant::now();
    while !instance.allows("api.blue.example", "https://www.blue.example") {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        sleep(Duration::from_millis(50));
    }
    assert_eq!(instance.set_origins(RED, &[]).0, 204);
    wait_until(&instance, false, STATED);
}

/// Many requests for one tenant wait for one lookup, and none of them longer than half a second.
#[test]
fn a_slow_database_is_asked_once_for_many_requests() {
    let Some(postgres) = Postgres::start() else { return };
    let instance = Instance::start(&postgres.url());
    assert_eq!(instance.set_origins(RED, &[RED_PAGE]).0, 204);
    sleep(FORGOTTEN);
    let before = instance.counts().lookups;
    let lock = postgres.lock();
    let allowed = thread::scope(|scope| {
        let asks = |_| scope.spawn(|| instance.allows(RED, RED_PAGE));
        let all: Vec<_> = (0..50).map(asks).collect();
        sleep(Duration::from_millis(200));
        drop(lock);
        all.into_iter().filter_map(|one| one.join().ok()).filter(|is_allowed| *is_allowed).count()
    });
    let lookups = instance.counts().lookups - before;
    println!("{allowed} of 50 pages were allowed, by {lookups} lookups");
    // On a machine that stalls, some wait too long, and the next one looks again.
    assert!(allowed > 0 && lookups <= 5, "{allowed}, {lookups}");

    let lock = postgres.lock();
    let start = Instant::now();
    assert!(!instance.allows("api.blue.example", RED_PAGE), "nobody knows");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    drop(lock);
    assert_eq!(instance.set_origins("api.blue.example", &[RED_PAGE]).0, 204);
    assert!(instance.allows("api.blue.example", RED_PAGE));
}

fn sqlite(directory: &TempDir) -> String {
    format!("sqlite://{}?mode=rwc", directory.path().join("tenants.db").display())
}
