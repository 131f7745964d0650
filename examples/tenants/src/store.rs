//! [`Store`]: the tenants' origins, in SQLite or PostgreSQL.

use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Error, Row};

#[derive(Clone)]
pub(crate) struct Store {
    pool: AnyPool,
    url: String,
}

/// What a PostgreSQL server calls changes of tenants.
pub(crate) const CHANNEL: &str = "tenants";

/// How long a query waits for a connection. Kept short: requests wait with it.
const ACQUIRE_LIMIT: Duration = Duration::from_millis(400);

impl Store {
    pub(crate) async fn open(url: &str) -> Result<Self, Error> {
        install_default_drivers();
        let options = AnyPoolOptions::new().max_connections(8).acquire_timeout(ACQUIRE_LIMIT);
        let store = Self { pool: options.connect(url).await?, url: url.to_owned() };
        let created = sqlx::raw_sql(include_str!("schema.sql")).execute(&store.pool).await;
        // Two instances that start at once may both try. One of them fails, and finds the table there.
        if let Err(error) = created {
            store.origins_of("").await.map_err(|_| error)?;
        }
        Ok(store)
    }

    /// The server's URL, where there is a server that tells of changes.
    pub(crate) fn postgres_url(&self) -> Option<&str> {
        self.url.starts_with("postgres").then_some(&*self.url)
    }

    /// `None` for a host that is no tenant's.
    pub(crate) async fn origins_of(&self, host: &str) -> Result<Option<Vec<String>>, Error> {
        let query =
            sqlx::query("SELECT origins FROM tenants WHERE host = $1").bind(host.to_owned());
        let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
        let json: String = row.try_get("origins")?;
        serde_json::from_str(&json).map(Some).map_err(|error| Error::Decode(Box::new(error)))
    }

    /// Sets a tenant's origins, and tells other instances.
    pub(crate) async fn set_origins(&self, host: &str, origins: &[String]) -> Result<(), Error> {
        let json = serde_json::Value::from(origins).to_string();
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO tenants (host, origins, version)
             VALUES ($1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM tenants))
             ON CONFLICT (host) DO UPDATE SET origins = excluded.origins, version = excluded.version",
        )
        .bind(host.to_owned())
        .bind(json)
        .execute(&mut *transaction)
        .await?;
        if self.postgres_url().is_some() {
            // A type that the driver for any database knows, and not that of `pg_notify`.
            sqlx::query("SELECT 1 FROM (SELECT pg_notify($1, $2)) AS told")
                .bind(CHANNEL.to_owned())
                .bind(host.to_owned())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// The newest version.
    pub(crate) async fn version(&self) -> Result<i64, Error> {
        let query = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM tenants";
        sqlx::query(query).fetch_one(&self.pool).await?.try_get("version")
    }

    /// The hosts that have changed since a version, and the newest version. For SQLite: it has one
    /// writer at a time, so a version that is seen is never followed by a smaller one.
    pub(crate) async fn changed_since(&self, version: i64) -> Result<(Vec<String>, i64), Error> {
        let query = "SELECT host, version FROM tenants WHERE version > $1 ORDER BY version";
        let rows = sqlx::query(query).bind(version).fetch_all(&self.pool).await?;
        let newest = rows.last().map_or(Ok(version), |row| row.try_get("version"))?;
        let hosts = rows.iter().map(|row| row.try_get("host")).collect::<Result<_, _>>()?;
        Ok((hosts, newest))
    }
}
