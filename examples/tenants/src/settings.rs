//! [`Settings`]: what the environment says.

use std::env::{self, VarError};
use std::net::SocketAddr;
use std::time::Duration;

pub(crate) struct Settings {
    pub(crate) database_url: String,
    pub(crate) addr: SocketAddr,
    pub(crate) admin_addr: SocketAddr,
    pub(crate) admin_token: String,
    /// How long a policy is kept if nobody says that it has changed.
    pub(crate) time_to_live: Duration,
}

const MIN_TOKEN_BYTES: usize = 16;

impl Settings {
    pub(crate) fn from_env() -> Result<Self, String> {
        let admin_token = variable("ADMIN_TOKEN", None)?;
        if admin_token.len() < MIN_TOKEN_BYTES {
            return Err(format!(
                "ADMIN_TOKEN: write at least {MIN_TOKEN_BYTES} bytes that nobody can guess"
            ));
        }
        let admin_addr: SocketAddr =
            parsed("ADMIN_ADDR", "127.0.0.1:3001", "an address and a port")?;
        if !admin_addr.ip().is_loopback() {
            return Err(format!(
                "ADMIN_ADDR: {admin_addr} can be reached from elsewhere; write an address such as 127.0.0.1:3001"
            ));
        }
        Ok(Self {
            database_url: variable("DATABASE_URL", Some("sqlite://tenants.db?mode=rwc"))?,
            addr: parsed("ADDR", "127.0.0.1:3000", "an address and a port")?,
            admin_addr,
            admin_token,
            time_to_live: Duration::from_secs(parsed("TIME_TO_LIVE", "60", "a number of seconds")?),
        })
    }
}

fn variable(name: &str, default: Option<&str>) -> Result<String, String> {
    match (env::var(name), default) {
        (Ok(value), _) => Ok(value),
        (Err(VarError::NotPresent), Some(default)) => Ok(default.to_owned()),
        (Err(VarError::NotPresent), None) => Err(format!("{name} is not set, and has no default")),
        (Err(VarError::NotUnicode(_)), _) => Err(format!("{name} is not UTF-8")),
    }
}

fn parsed<T: std::str::FromStr>(name: &str, default: &str, what: &str) -> Result<T, String> {
    let text = variable(name, Some(default))?;
    text.parse().map_err(|_| format!("{name}: {text:?} is not {what}; write one such as {default}"))
}
