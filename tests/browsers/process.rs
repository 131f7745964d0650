//! Processes that end with the tests, whatever becomes of these.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A program and all that it starts: a process group. It ends when this is dropped, and also when
/// this process is killed, for the group's leader reads from a pipe that is then closed.
pub(crate) struct Group {
    leader: Child,
    /// What it prints, if it is not read.
    log: Option<PathBuf>,
}

/// Says when the program ends by itself. Ends it politely first, so that it removes its locks and
/// sockets; who is about to end may still write into the directory, which is then not empty.
const LEADER: &str = r#"
{ "$@" 2>&1; echo "(ended with status $?)"; } &
read -r _
trap "" TERM
kill -TERM 0
sleep 0.3
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    [ -n "$REMOVED_AT_THE_END" ] || break
    rm -rf "$REMOVED_AT_THE_END" && break
    sleep 0.1
done
kill -KILL 0
"#;

const ENDED: &str = "(ended with status ";

impl Group {
    /// Starts a program, of which all that it prints goes into a file of the directory. That is
    /// removed at the end.
    pub(crate) fn start(program: &Command, directory: &Path) -> io::Result<Self> {
        let log = log_in(directory);
        let stdout = File::create(&log)?;
        Ok(Self { leader: spawn(program, stdout.into(), directory)?, log: Some(log) })
    }

    /// Starts a program and reads what it prints until `find` has found something.
    pub(crate) fn start_and_find<T: Send + 'static>(
        program: &Command,
        mut find: impl FnMut(&str) -> Option<T> + Send + 'static,
    ) -> io::Result<(Self, T)> {
        let mut leader = spawn(program, Stdio::piped(), Path::new(""))?;
        let stdout = leader.stdout.take();
        let group = Self { leader, log: None };
        let (send, receive) = mpsc::channel();
        // Reads on after that, for nobody likes to print into a closed pipe.
        thread::spawn(move || {
            let mut printed = String::new();
            for line in stdout.into_iter().flat_map(|pipe| BufReader::new(pipe).lines()).flatten() {
                printed.extend([line.as_str(), "\n"]);
                if let Some(found) = find(&line) {
                    let _ = send.send(Ok(found));
                } else if line.starts_with(ENDED) {
                    let _ = send.send(Err(io::Error::other(std::mem::take(&mut printed))));
                }
            }
        });
        let found = receive.recv_timeout(FIND).map_err(|_| io::ErrorKind::TimedOut)??;
        Ok((group, found))
    }

    /// The process that leads it.
    pub(crate) fn id(&self) -> u32 {
        self.leader.id()
    }

    /// What the program printed, if it has ended by itself.
    pub(crate) fn ended(&self) -> Option<String> {
        let printed = fs::read(self.log.as_ref()?).unwrap_or_default();
        let printed = String::from_utf8_lossy(&printed);
        printed.contains(ENDED).then(|| printed.into_owned())
    }
}

/// The file that a program of this directory prints into.
pub(crate) fn log_in(directory: &Path) -> PathBuf {
    directory.join("log")
}

fn spawn(program: &Command, stdout: Stdio, removed: &Path) -> io::Result<Child> {
    let mut leader = Command::new("sh");
    leader.args(["-c", LEADER, "sh"]).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => leader.env(name, value),
            None => leader.env_remove(name),
        };
    }
    leader.env("REMOVED_AT_THE_END", removed);
    leader.stdin(Stdio::piped()).stdout(stdout).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut leader, 0);
    leader.spawn()
}

/// Cargo may have to build what is started.
const FIND: Duration = Duration::from_secs(180);

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.leader.stdin.take());
        // It has killed itself, and all the others, who take a moment to be gone.
        let _ = self.leader.wait();
        let group = self.leader.id();
        let is_left = || processes().iter().any(|(_, [_, its_group, _])| *its_group == group);
        let start = Instant::now();
        while is_left() && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A process, by its number and when it was started, for numbers are used again.
pub(crate) type Process = (u32, String);

/// All that run, with parent, process group and session.
pub(crate) fn processes() -> Vec<(Process, [u32; 3])> {
    let directories = fs::read_dir("/proc").into_iter().flatten().flatten();
    let process = |directory: fs::DirEntry| {
        let number = directory.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(directory.path().join("stat")).ok()?;
        // After the name, which can have anything in it.
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let tie = |index: usize| fields.get(index)?.parse().ok();
        let is_zombie = fields.first() == Some(&"Z");
        let started = (*fields.get(19)?).to_owned();
        (!is_zombie).then_some(((number, started), [tie(1)?, tie(2)?, tie(3)?]))
    };
    directories.filter_map(process).collect()
}
