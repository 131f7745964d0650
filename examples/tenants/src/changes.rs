//! How an instance learns what another one has changed: PostgreSQL tells it, SQLite is asked.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::time::sleep;

use crate::policies::Policies;
use crate::store::{CHANNEL, Store};

/// How often SQLite is asked, and how soon a connection that was lost is tried again.
const PAUSE: Duration = Duration::from_millis(500);

pub(crate) async fn follow(store: Store, policies: Policies) {
    match store.postgres_url() {
        Some(url) => loop {
            if let Err(error) = listen(url, &policies).await {
                eprintln!("listening for changes: {error}");
            }
            sleep(PAUSE).await;
        },
        None => poll(&store, &policies).await,
    }
}

/// Until the connection is lost.
async fn listen(url: &str, policies: &Policies) -> Result<(), sqlx::Error> {
    // One of its own, which is tried again soon.
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(2 * PAUSE);
    let mut listener = PgListener::connect_with(&pool.connect_lazy(url)?).await?;
    listener.listen(CHANNEL).await?;
    // Nobody has listened until now.
    policies.forget_all();
    while let Some(change) = listener.try_recv().await? {
        policies.changed(change.payload()).await;
    }
    Ok(())
}

async fn poll(store: &Store, policies: &Policies) {
    let mut known = None;
    loop {
        match look(store, policies, known).await {
            Ok(version) => known = Some(version),
            Err(error) => eprintln!("looking for changes: {error}"),
        }
        sleep(PAUSE).await;
    }
}

/// Up to which version everything is known.
async fn look(store: &Store, policies: &Policies, known: Option<i64>) -> Result<i64, sqlx::Error> {
    let Some(known) = known else {
        let version = store.version().await?;
        // Nobody has looked until now.
        policies.forget_all();
        return Ok(version);
    };
    let (hosts, version) = store.changed_since(known).await?;
    for host in hosts {
        policies.changed(&host).await;
    }
    Ok(version)
}
