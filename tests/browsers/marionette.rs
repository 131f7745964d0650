//! Firefox's console, by [Marionette]: Firefox prints its messages about CORS nowhere.
//!
//! [Marionette]: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::console::Console;

/// A session of Marionette, in the context of the browser itself.
pub(crate) struct Marionette {
    stream: BufReader<TcpStream>,
    /// The number of the last command.
    last: u64,
}

/// How long Firefox may take to answer on a busy machine.
const ANSWER: Duration = Duration::from_secs(30);

impl Marionette {
    /// Connects to the Firefox that has this profile.
    pub(crate) fn connect(profile: &Path) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port(profile)?))?;
        stream.set_read_timeout(Some(ANSWER))?;
        let mut marionette = Self { stream: BufReader::new(stream), last: 0 };
        // Which protocol it speaks.
        marionette.read()?;
        marionette.command("WebDriver:NewSession", &json!({}))?;
        marionette.command("Marionette:SetContext", &json!({ "value": "chrome" }))?;
        Ok(marionette)
    }

    fn run(&mut self, script: &str) -> io::Result<Value> {
        let script = json!({ "script": script, "args": [] });
        Ok(self.command("WebDriver:ExecuteScript", &script)?["value"].take())
    }

    /// `[0, number, name, parameters]`, and the answer `[1, number, error, result]`.
    fn command(&mut self, name: &str, parameters: &Value) -> io::Result<Value> {
        self.last += 1;
        let command = json!([0, self.last, name, parameters]).to_string();
        write!(self.stream.get_mut(), "{}:{command}", command.len())?;
        let mut answer = self.read()?;
        if answer[0] != 1 || answer[1] != self.last || !answer[2].is_null() {
            return Err(io::Error::other(format!("{name}: Firefox answered {answer}")));
        }
        Ok(answer[3].take())
    }

    /// The length, a colon, and so many bytes of JSON.
    fn read(&mut self) -> io::Result<Value> {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length)?;
        let length = str::from_utf8(&length).map_err(io::Error::other)?;
        let length: usize = length.trim_end_matches(':').parse().map_err(io::Error::other)?;
        let mut json = vec![0; length];
        self.stream.read_exact(&mut json)?;
        Ok(serde_json::from_slice(&json)?)
    }
}

/// Where Firefox listens, which may be later than it shows its first page.
fn port(profile: &Path) -> io::Result<u16> {
    let start = Instant::now();
    loop {
        let port = fs::read_to_string(profile.join("MarionetteActivePort"))
            .and_then(|port| port.trim().parse().map_err(io::Error::other));
        if port.is_ok() || start.elapsed() > ANSWER {
            return port;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The messages about CORS: the browser itself says other things there.
const MESSAGES: &str = "
    return Services.console.getMessageArray()
        .filter((message) => message instanceof Ci.nsIScriptError)
        .filter(({ category }) => category.startsWith('CORS'))
        .map(({ errorMessage }) => errorMessage);
";

impl Console for Marionette {
    fn clear(&mut self) -> io::Result<()> {
        self.run("Services.console.reset()")?;
        Ok(())
    }

    fn messages(&mut self) -> io::Result<Vec<String>> {
        Ok(serde_json::from_value(self.run(MESSAGES)?)?)
    }
}
