//! How the three engines are found and started.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tower_cors::testing;

use crate::process::Group;

/// An engine, on Linux.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// The model of it.
    pub(crate) model: testing::Engine,
    /// What Debian calls it.
    pub(crate) packages: &'static str,
    programs: &'static [&'static str],
    start: fn(&Start<'_>) -> io::Result<Vec<Group>>,
}

/// What it takes to start one.
pub(crate) struct Start<'a> {
    pub(crate) program: &'a Path,
    /// An empty directory for all that it writes.
    pub(crate) directory: &'a Path,
    /// Where the proxy listens.
    pub(crate) proxy: u16,
    /// Where the server for HTTPS listens.
    pub(crate) https: u16,
    pub(crate) url: &'a str,
}

pub(crate) const ENGINES: [Engine; 3] = [
    Engine {
        name: "chromium",
        title: "Chromium",
        model: testing::Engine::Chromium,
        packages: "chromium",
        programs: &["chromium", "chromium-browser", "google-chrome"],
        start: start_chromium,
    },
    Engine {
        name: "firefox",
        title: "Firefox",
        model: testing::Engine::Firefox,
        packages: "firefox-esr",
        programs: &["firefox-esr", "firefox"],
        start: start_firefox,
    },
    Engine {
        name: "webkit",
        title: "WebKitGTK",
        model: testing::Engine::WebKit,
        packages: "libwebkit2gtk-4.1-0 xvfb",
        programs: &["MiniBrowser"],
        start: start_webkit,
    },
];

/// Names that lead to the server for HTTPS. All others lead to the proxy.
const HTTPS_NAMES: [&str; 2] = ["site.localhost", "other.localhost"];

/// Of the certificate for these names.
const FINGERPRINT: &str = "CB:25:EE:02:94:CC:8B:84:D2:59:53:51:38:82:69:21:EB:90:61:D0:94:BD:50:E9:85:C4:BB:43:0E:74:21:5F";

impl Engine {
    /// The program.
    ///
    /// # Errors
    ///
    /// What is not installed.
    pub(crate) fn find(&self) -> Result<PathBuf, String> {
        if !cfg!(target_os = "linux") {
            return Err("browsers are started on Linux only".to_owned());
        }
        let program = self.programs.iter().find_map(|name| find(name));
        let program = program.ok_or_else(|| format!("{} is not installed", self.programs[0]))?;
        if self.name == "webkit" && find("Xvfb").is_none() {
            return Err("Xvfb is not installed".to_owned());
        }
        Ok(program)
    }

    /// Starts the engine with a page. It ends when the groups are dropped.
    pub(crate) fn start(&self, start: &Start<'_>) -> io::Result<Vec<Group>> {
        (self.start)(start)
    }

    /// What it says of its version.
    pub(crate) fn version(&self, program: &Path) -> io::Result<String> {
        let mut command = Command::new(program);
        command.arg("--version");
        // It asks for a display before it looks at its arguments.
        let display = if self.name == "webkit" { Some(start_display()?) } else { None };
        if let Some((_, number)) = &display {
            command.env("DISPLAY", format!(":{number}"));
        }
        let said = String::from_utf8_lossy(&command.output()?.stdout).trim().to_owned();
        let version = said.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        version.map(ToOwned::to_owned).ok_or_else(|| io::Error::other(format!("{said:?}")))
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let in_path = env::split_paths(&path).map(|directory| directory.join(name));
    // Debian keeps it among WebKit's libraries.
    let libraries = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let in_libraries = libraries.map(|entry| entry.path().join("webkit2gtk-4.1").join(name));
    in_path.chain(in_libraries).find(|path| path.is_file())
}

fn start_chromium(start: &Start<'_>) -> io::Result<Vec<Group>> {
    // Debian's default blocks the cookies of third parties.
    let preferences = json!({ "profile": { "cookie_controls_mode": 0 } });
    let profile = start.directory.join("profile");
    fs::create_dir_all(profile.join("Default"))?;
    fs::write(profile.join("Default/Preferences"), preferences.to_string())?;
    let mut command = chromium(start.program, start.directory);
    command
        // Pages that wait for a job are in the background for it.
        .args(["--disable-background-timer-throttling", "--disable-renderer-backgrounding"])
        .arg("--ignore-certificate-errors")
        // What the console says, among other things.
        .args(["--enable-logging=stderr", "--v=0"])
        .arg(format!("--proxy-server=127.0.0.1:{}", start.proxy))
        .arg(format!(
            "--proxy-bypass-list=<-loopback>;{}",
            HTTPS_NAMES.map(|name| format!("*{name}")).join(";")
        ))
        .arg(start.url);
    Ok(vec![Group::start(&command, start.directory)?])
}

/// Prints the page as it is when its clock has come to a time. The clock does not wait for what happens
/// outside of the page's process. No other engine has such a clock.
pub(crate) fn chromium_at(program: &Path, directory: &Path, ms: u32, url: &str) -> Command {
    let mut command = chromium(program, directory);
    command.arg(format!("--virtual-time-budget={ms}")).args(["--dump-dom", url]);
    command
}

fn chromium(program: &Path, directory: &Path) -> Command {
    let mut command = command(program, directory);
    command
        // Its sandbox does not start as root, and its pages are ours.
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"])
        .args(["--disable-dev-shm-usage", "--disable-crash-reporter", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", directory.join("profile").display()));
    command
}

fn start_firefox(start: &Start<'_>) -> io::Result<Vec<Group>> {
    let preferences = [
        ("network.proxy.type", json!(1)),
        ("network.proxy.http", json!("127.0.0.1")),
        ("network.proxy.http_port", json!(start.proxy)),
        ("network.proxy.ssl", json!("127.0.0.1")),
        ("network.proxy.ssl_port", json!(start.proxy)),
        (
            "network.proxy.no_proxies_on",
            json!(HTTPS_NAMES.map(|name| format!("{name},.{name}")).join(",")),
        ),
        ("network.proxy.allow_hijacking_localhost", json!(true)),
        // No name is looked up: those that do not go to the proxy are of this machine.
        ("network.dns.disabled", json!(true)),
        // The console is read by Marionette. What else it sets would make this another browser.
        ("marionette.port", json!(0)),
        ("remote.prefs.recommended", json!(false)),
        ("browser.aboutwelcome.enabled", json!(false)),
        ("browser.shell.checkDefaultBrowser", json!(false)),
        ("datareporting.policy.dataSubmissionEnabled", json!(false)),
        ("toolkit.telemetry.enabled", json!(false)),
        ("network.captive-portal-service.enabled", json!(false)),
        ("network.connectivity-service.enabled", json!(false)),
        ("services.settings.server", json!("data:,#remote-settings-dummy/v1")),
        ("app.normandy.enabled", json!(false)),
        ("extensions.update.enabled", json!(false)),
        ("browser.safebrowsing.malware.enabled", json!(false)),
        ("browser.safebrowsing.phishing.enabled", json!(false)),
    ];
    let profile = firefox_profile(start.directory);
    fs::create_dir_all(&profile)?;
    let mut user = String::new();
    for (name, value) in preferences {
        let _ = writeln!(user, "user_pref(\"{name}\", {value});");
    }
    fs::write(profile.join("user.js"), user)?;

    // As if somebody had clicked on "Accept the risk and continue" at each of them.
    let mut accepted = "# PSM Certificate Override Settings file\n".to_owned();
    for name in CERTIFICATE_NAMES {
        let host = format!("{name}:{}", start.https);
        let _ = writeln!(accepted, "{host}:\tOID.2.16.840.1.101.3.4.2.1\t{FINGERPRINT}\t");
    }
    fs::write(profile.join("cert_override.txt"), accepted)?;

    let mut command = command(start.program, start.directory);
    command.args(["--marionette", "--remote-allow-system-access"]);
    command.args(["--headless", "--no-remote", "--profile"]).arg(&profile).arg(start.url);
    command.env("MOZ_CRASHREPORTER_DISABLE", "1");
    Ok(vec![Group::start(&command, start.directory)?])
}

/// Where Firefox keeps its files.
pub(crate) fn firefox_profile(directory: &Path) -> PathBuf {
    directory.join("profile")
}

const CERTIFICATE_NAMES: [&str; 7] = [
    "site.localhost",
    "app.site.localhost",
    "a.b.app.site.localhost",
    "api.site.localhost",
    "api2.site.localhost",
    "other.localhost",
    "app.site.localhost.other.localhost",
];

fn start_webkit(start: &Start<'_>) -> io::Result<Vec<Group>> {
    let (display, number) = start_display()?;
    let mut command = command(start.program, start.directory);
    command
        .env("DISPLAY", format!(":{number}"))
        .env("GDK_BACKEND", "x11")
        .env("NO_AT_BRIDGE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .arg("--enable-write-console-messages-to-stdout=true")
        .arg("--ignore-tls-errors")
        // The default blocks the cookies of third parties.
        .arg("--cookies-policy=always")
        .arg(format!("--proxy=http://127.0.0.1:{}", start.proxy))
        .args(HTTPS_NAMES.map(|name| format!("--ignore-host=*.{name}")))
        .args(HTTPS_NAMES.map(|name| format!("--ignore-host={name}")))
        .arg(start.url);
    // The browser ends before its display does.
    Ok(vec![Group::start(&command, start.directory)?, display])
}

/// A display that nobody sees, and its number.
fn start_display() -> io::Result<(Group, u32)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]);
    Group::start_and_find(&command, |line| line.parse().ok())
}

/// Nothing is written outside of the directory, and no other process is asked for settings.
fn command(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    for name in ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(name, directory);
    }
    // Else a message bus is started for each browser, and stays.
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    command
}
