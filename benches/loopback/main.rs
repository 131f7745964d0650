//! The layers in a real server: axum on hyper, over loopback and kept-alive connections, under
//! `wrk`. One core serves, another one asks. `cargo bench --bench loopback -- ROUNDS SECONDS`

#![expect(clippy::print_stdout, reason = "a report is what it is for")]

mod server;

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use server::ORIGIN;

const SERVERS: [(&str, usize); 5] =
    [("bare", 0), ("tower-http", 1), ("ours", 1), ("tower-http", 1_000), ("ours", 1_000)];

const CONNECTIONS: &str = "32";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", peer, number] => server::serve(peer, number.parse()?),
        [] => compare(9, 3),
        [rounds, seconds] => compare(rounds.parse()?, seconds.parse()?),
        _ => Err("arguments: ROUNDS SECONDS".into()),
    }
}

/// In turn, so that whatever else the machine does meets all of them.
fn compare(rounds: u32, seconds: u32) -> Result<(), Box<dyn Error>> {
    if let Err(error) = Command::new("wrk").arg("--version").output() {
        println!("# requests over loopback: skipped, because wrk cannot be run: {error}");
        return Ok(());
    }
    let pinned = can_pin();
    println!("# wrk, {CONNECTIONS} connections, {seconds} s a run, pinned to cores: {pinned}");
    for round in 1..=rounds {
        for (peer, number) in SERVERS {
            let (mut server, address) = start(peer, number, pinned)?;
            let figures = check(address, peer).and_then(|()| load(address, seconds, pinned));
            server.kill()?;
            server.wait()?;
            println!("part=http/peer={peer}/origins={number} round={round} {}", figures?);
        }
    }
    Ok(())
}

fn can_pin() -> bool {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores > 1 && Command::new("taskset").arg("--version").output().is_ok()
}

/// A command that runs on this core only.
fn on_core(core: &str, program: &str, pinned: bool) -> Command {
    if !pinned {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", core, program]);
    command
}

fn start(peer: &str, number: usize, pinned: bool) -> Result<(Child, SocketAddr), Box<dyn Error>> {
    let this = std::env::current_exe()?;
    let mut server = on_core("0", &this.to_string_lossy(), pinned)
        .args(["serve", peer, &number.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    Ok((server, line.trim().parse()?))
}

/// The response is what it is to be: with CORS headers, or without.
fn check(address: SocketAddr, peer: &str) -> Result<(), Box<dyn Error>> {
    let mut connection = TcpStream::connect(address)?;
    write!(
        connection,
        "GET / HTTP/1.1\r\nhost: a\r\norigin: {ORIGIN}\r\nconnection: close\r\n\r\n"
    )?;
    let mut response = String::new();
    connection.read_to_string(&mut response)?;
    let allowed = response.contains(&format!("access-control-allow-origin: {ORIGIN}"));
    if allowed == (peer == "bare") {
        return Err(format!("{peer} answered {response:?}").into());
    }
    Ok(())
}

fn load(address: SocketAddr, seconds: u32, pinned: bool) -> Result<String, Box<dyn Error>> {
    let run = on_core("1", "wrk", pinned)
        .args(["--threads", "1", "--connections", CONNECTIONS, "--latency"])
        .args(["--duration", &format!("{seconds}s"), "--header", &format!("Origin: {ORIGIN}")])
        .args([
            "--script",
            concat!(env!("CARGO_MANIFEST_DIR"), "/benches/loopback/percentiles.lua"),
        ])
        .arg(format!("http://{address}/"))
        .output()?;
    let report = String::from_utf8(run.stdout)?;
    let figures = report.lines().find_map(|line| line.strip_prefix("@ "));
    figures.map(str::to_owned).ok_or_else(|| format!("wrk: {report}").into())
}
