//! 100,000 tenants, of which 1,000 are asked for most of the time, beside one fixed policy. Run with
//! `cargo test -p tower-cors-tenants --release -- --ignored --nocapture`.

#![allow(clippy::cast_precision_loss, reason = "of counts of requests")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use tower_cors::{CorsLayer, Policy};

use crate::instance::Instance;
use crate::sqlite;

const TENANTS: u64 = 100_000;
const HOT: u64 = 1_000;
/// Of a hundred requests, how many are for a hot tenant.
const HOT_PERCENT: u64 = 99;
const CLIENTS: u64 = 4;
const REQUESTS_OF_EACH: u64 = 25_000;

#[test]
#[ignore = "it measures"]
fn many_tenants_beside_a_fixed_policy() {
    let directory = tempfile::TempDir::new().unwrap();
    let database = sqlite(&directory);
    drop(Instance::start(&database)); // makes the table
    fill(&database);
    let instance = Instance::start(&database);
    println!("memory at the start: {}", resident(instance.id()));
    let cold = latencies(&instance.api, false);
    let lookups = instance.counts().lookups;
    let warm = latencies(&instance.api, false);
    let counts = instance.counts();
    let hit_rate =
        |lookups: u64| 100. * (1. - lookups as f64 / (CLIENTS * REQUESTS_OF_EACH) as f64);
    println!("cold: {}, hits {:.2} %", quantiles(cold), hit_rate(lookups));
    println!("warm: {}, hits {:.2} %", quantiles(warm), hit_rate(counts.lookups - lookups));
    println!("memory: {}, {} policies kept", resident(instance.id()), counts.known);
    println!("fixed policy: {}", quantiles(latencies(&fixed(), true)));
}

fn fill(database: &str) {
    let insert = format!(
        "INSERT INTO tenants
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {TENANTS} - 1)
         SELECT 'api.t' || i || '.example', '[\"https://t' || i || '.example\"]', i + 1 FROM n"
    );
    runtime().block_on(async {
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(database).await.unwrap();
        sqlx::raw_sql(&insert).execute(&pool).await.unwrap();
    });
}

/// The address of a server in this process with one policy.
fn fixed() -> String {
    let policy = Policy::allow_origins(["https://t0.example"]).build().unwrap();
    let app = Router::new().route("/", get(|| async { "hello\n" })).layer(CorsLayer::new(policy));
    let (tell, address) = std::sync::mpsc::channel();
    thread::spawn(move || {
        runtime().block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap().to_string()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address.recv().unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// How long each request took, over connections that are kept. Every one has to be allowed.
fn latencies(address: &str, is_fixed: bool) -> Vec<Duration> {
    let client = |seed: u64| {
        let mut random = seed;
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let one = |_| {
            let tenant = if is_fixed { 0 } else { tenant(&mut random) };
            let request = format!(
                "GET / HTTP/1.1\r\nhost: api.t{tenant}.example\r\norigin: https://t{tenant}.example\r\n\r\n"
            );
            let start = Instant::now();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"hello\n") {
                let mut buffer = [0; 1024];
                let length = stream.read(&mut buffer).unwrap();
                answer.extend_from_slice(&buffer[..length]);
            }
            let took = start.elapsed();
            let allowed = format!("access-control-allow-origin: https://t{tenant}.example\r\n");
            assert!(String::from_utf8_lossy(&answer).contains(&allowed), "{tenant}");
            took
        };
        (0..REQUESTS_OF_EACH).map(one).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|i| scope.spawn(move || client(i + 1))).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

/// Numbers that are the same in every run (xorshift).
fn tenant(random: &mut u64) -> u64 {
    let mut next = || {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        *random >> 16
    };
    let is_hot = next() % 100 < HOT_PERCENT;
    next() % if is_hot { HOT } else { TENANTS }
}

fn quantiles(mut all: Vec<Duration>) -> String {
    all.sort_unstable();
    let at = |percent: usize| all[(all.len() - 1) * percent / 100];
    format!("{} requests, p50 {:?}, p99 {:?}", all.len(), at(50), at(99))
}

fn resident(process: u32) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap_or("unknown").trim().to_owned()
}
