//! Processes that end with the tests, whatever becomes of these.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A program and all that it starts: a process group. It ends when this is dropped, and also when
/// this process is killed, for the group's leader reads from a pipe that is then closed.
pub(crate) struct Group {
    leader: Child,
}

/// First politely, so that locks and sockets are removed.
const LEADER: &str = r#"
"$@" &
read -r _
trap "" TERM
kill -TERM 0
sleep 0.3
kill -KILL 0
"#;

impl Group {
    /// Starts a program, of which all that it prints goes into a file.
    pub(crate) fn start(program: &Command, log: &Path) -> io::Result<Self> {
        let log = File::create(log)?;
        Self::spawn(program, log.try_clone()?.into(), log.into())
    }

    /// Starts a program and reads what it prints until `find` has found something.
    pub(crate) fn start_and_find<T: Send + 'static>(
        program: &Command,
        mut find: impl FnMut(&str) -> Option<T> + Send + 'static,
    ) -> io::Result<(Self, T)> {
        let mut group = Self::spawn(program, Stdio::piped(), Stdio::null())?;
        let stdout = group.leader.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (send, receive) = mpsc::channel();
        // Reads on after that, for nobody likes to print into a closed pipe.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(found) = find(&line) {
                    let _ = send.send(found);
                }
            }
        });
        let found = receive.recv_timeout(FIND).map_err(|_| io::ErrorKind::TimedOut)?;
        Ok((group, found))
    }

    fn spawn(program: &Command, stdout: Stdio, stderr: Stdio) -> io::Result<Self> {
        let mut leader = Command::new("sh");
        leader.args(["-c", LEADER, "sh"]).arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => leader.env(name, value),
                None => leader.env_remove(name),
            };
        }
        leader.stdin(Stdio::piped()).stdout(stdout).stderr(stderr);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut leader, 0);
        Ok(Self { leader: leader.spawn()? })
    }

    /// The process that leads it.
    pub(crate) fn id(&self) -> u32 {
        self.leader.id()
    }
}

/// Cargo may have to build what is started.
const FIND: Duration = Duration::from_secs(180);

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.leader.stdin.take());
        // It has killed itself.
        let _ = self.leader.wait();
    }
}
