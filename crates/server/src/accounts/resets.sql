CREATE TABLE IF NOT EXISTS password_resets (
    user_id BIGINT NOT NULL PRIMARY KEY,
    digest VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX password_resets_digest ON password_resets (digest);
CREATE INDEX password_resets_expires_at ON password_resets (expires_at);
