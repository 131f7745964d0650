//! [`Postgres`]: a PostgreSQL server for one test.

use std::env;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// It is stopped when this is dropped.
pub(crate) struct Postgres {
    directory: TempDir,
    port: u16,
    is_up: bool,
}

/// It ends with the connection.
pub(crate) struct Lock {
    _connection: PgConnection,
    _runtime: Runtime,
}

impl Postgres {
    /// `None` where PostgreSQL is not installed, unless `REQUIRE_POSTGRES` is set.
    pub(crate) fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut postgres = Self { directory: TempDir::new().unwrap(), port, is_up: false };
        let is_installed = Path::new("/usr/lib/postgresql").exists();
        if !is_installed && env::var_os("REQUIRE_POSTGRES").is_none() {
            println!("skipped: PostgreSQL is not installed");
            return None;
        }
        postgres.start_again();
        Some(postgres)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://tenants@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn start_again(&mut self) {
        self.run("start");
        self.is_up = true;
    }

    /// Keeps every lookup waiting until what it returns is dropped.
    pub(crate) fn lock(&self) -> Lock {
        let runtime = Runtime::new().unwrap();
        let connection = runtime.block_on(async {
            let mut connection = PgConnection::connect(&self.url()).await.unwrap();
            let lock = "BEGIN; LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE";
            sqlx::raw_sql(lock).execute(&mut connection).await.unwrap();
            connection
        });
        Lock { _connection: connection, _runtime: runtime }
    }

    pub(crate) fn stop(&mut self) {
        self.run("stop");
        self.is_up = false;
    }

    fn run(&self, action: &str) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/postgres");
        let mut command = Command::new(script);
        command.arg(action).arg(self.directory.path()).arg(self.port.to_string());
        // A server would keep a pipe open, and so the test waiting.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "postgres {action}: {status}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.is_up {
            self.stop();
        }
    }
}
