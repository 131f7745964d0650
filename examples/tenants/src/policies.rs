//! [`Policies`]: the tenants' policies, compiled on first use, and kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;
use tokio::time::{sleep, timeout};
use tower_cors::{BuildError, Policy};

use crate::store::Store;

/// How many tenants' policies are kept, and how many hosts that are no tenant's.
const MAX_KNOWN: u64 = 10_000;
const MAX_UNKNOWN: u64 = 10_000;

/// How many origins a tenant may have.
pub(crate) const MAX_ORIGINS: usize = 1_000;

/// How long a request waits for the database.
const LOOKUP_LIMIT: Duration = Duration::from_millis(500);

#[derive(Clone)]
pub(crate) struct Policies(Arc<Inner>);

struct Inner {
    store: Store,
    known: Cache<String, Policy>,
    /// Apart, so that whoever asks for many hosts evicts no tenant.
    unknown: Cache<String, ()>,
    lookups: AtomicU64,
}

enum Missing {
    /// The host is no tenant's.
    Unknown,
    /// What the database said, or that it said nothing.
    Failed(String),
}

impl Policies {
    pub(crate) fn new(store: Store, time_to_live: Duration) -> Self {
        let known = Cache::builder().max_capacity(MAX_KNOWN).time_to_live(time_to_live).build();
        let unknown = Cache::builder().max_capacity(MAX_UNKNOWN).time_to_live(time_to_live).build();
        Self(Arc::new(Inner { store, known, unknown, lookups: AtomicU64::new(0) }))
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// The policy of a tenant. For a host that is no tenant's, and while the database is away, one
    /// that allows nobody.
    pub(crate) async fn of(&self, host: &str) -> Policy {
        if self.0.unknown.get(host).await.is_some() {
            return Policy::deny_all();
        }
        // Whoever asks for the same tenant meanwhile waits for the same lookup. Errors are not kept.
        let found = self.0.known.try_get_with_by_ref(host, self.look_up(host));
        let missing = match timeout(LOOKUP_LIMIT, found).await {
            Ok(Ok(policy)) => return policy,
            Ok(Err(missing)) => missing,
            Err(_) => Arc::new(Missing::Failed("no answer in time".to_owned())),
        };
        match &*missing {
            Missing::Unknown => self.0.unknown.insert(host.to_owned(), ()).await,
            Missing::Failed(why) => eprintln!("looking up {host:?}: {why}"),
        }
        Policy::deny_all()
    }

    async fn look_up(&self, host: &str) -> Result<Policy, Missing> {
        self.0.lookups.fetch_add(1, Ordering::Relaxed);
        let origins = self.0.store.origins_of(host).await;
        let origins = origins.map_err(|error| Missing::Failed(error.to_string()))?;
        policy(&origins.ok_or(Missing::Unknown)?)
            .map_err(|error| Missing::Failed(error.to_string()))
    }

    /// Forgets what is known of a host, for it has changed.
    pub(crate) async fn changed(&self, host: &str) {
        self.forget(host).await;
        // A lookup that read what was there before may end only now. It ends in time, or not at all.
        let (policies, host) = (self.clone(), host.to_owned());
        tokio::spawn(async move {
            sleep(LOOKUP_LIMIT).await;
            policies.forget(&host).await;
        });
    }

    async fn forget(&self, host: &str) {
        self.0.known.invalidate(host).await;
        self.0.unknown.invalidate(host).await;
    }

    /// Forgets everything, for something may have changed unnoticed.
    pub(crate) fn forget_all(&self) {
        self.0.known.invalidate_all();
        self.0.unknown.invalidate_all();
    }

    /// How many lookups there were, and how many policies and unknown hosts are kept.
    pub(crate) async fn counts(&self) -> [u64; 3] {
        self.0.known.run_pending_tasks().await;
        self.0.unknown.run_pending_tasks().await;
        let lookups = self.0.lookups.load(Ordering::Relaxed);
        [lookups, self.0.known.entry_count(), self.0.unknown.entry_count()]
    }
}

/// The policy of a tenant with these origins. Everything else is the API's, for all tenants alike.
pub(crate) fn policy(origins: &[String]) -> Result<Policy, BuildError> {
    if origins.is_empty() {
        return Ok(Policy::deny_all());
    }
    Policy::allow_origins(origins)
        .allow_methods(["PUT"])
        .allow_headers(["authorization", "content-type"])
        // What is taken away is asked for again within a minute.
        .max_age(Duration::from_secs(60))
        .build()
}
