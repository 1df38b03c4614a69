CREATE TABLE IF NOT EXISTS identities (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    provider VARCHAR(64) NOT NULL,
    issuer VARCHAR(255) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    linked_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX identities_subject ON identities (issuer, subject);
CREATE INDEX identities_user ON identities (user_id, id);
CREATE TABLE IF NOT EXISTS sign_in_flows (
    state_digest VARCHAR(64) NOT NULL PRIMARY KEY,
    browser_digest VARCHAR(64) NOT NULL,
    provider VARCHAR(64) NOT NULL,
    purpose VARCHAR(16) NOT NULL,
    user_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    dialect VARCHAR(16) NOT NULL,
    redirect_uri VARCHAR(255) NOT NULL,
    return_to VARCHAR(255) NOT NULL,
    remember BOOLEAN NOT NULL,
    policy_accepted BOOLEAN NOT NULL,
    begun_at BIGINT NOT NULL
);
CREATE INDEX sign_in_flows_begun_at ON sign_in_flows (begun_at);
ALTER TABLE logins ADD COLUMN provider VARCHAR(64);
