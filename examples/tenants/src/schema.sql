CREATE TABLE IF NOT EXISTS tenants (
    host TEXT PRIMARY KEY,
    -- A JSON array of origin patterns.
    origins TEXT NOT NULL,
    -- Grows with every change.
    version BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS tenants_by_version ON tenants (version);
