CREATE TABLE IF NOT EXISTS accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    username VARCHAR(64) NOT NULL,
    name_key VARCHAR(160) NOT NULL,
    name_skeleton VARCHAR(160) NOT NULL,
    nickname VARCHAR(64),
    nickname_key VARCHAR(160) NOT NULL,
    email VARCHAR(254),
    email_key VARCHAR(254),
    password_hash VARCHAR(255),
    bio TEXT NOT NULL,
    birthday VARCHAR(10),
    language VARCHAR(16),
    system_role VARCHAR(16) NOT NULL,
    status VARCHAR(16) NOT NULL,
    is_guest BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen BIGINT,
    privacy_accepted_at BIGINT
);
CREATE UNIQUE INDEX accounts_name_key ON accounts (name_key);
CREATE UNIQUE INDEX accounts_name_skeleton ON accounts (name_skeleton);
CREATE UNIQUE INDEX accounts_email_key ON accounts (email_key);
CREATE INDEX accounts_last_seen ON accounts (last_seen);
CREATE INDEX accounts_standing ON accounts (is_guest, status, system_role);
CREATE TABLE IF NOT EXISTS sessions (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    cookie_digest VARCHAR(64),
    refresh_nonce VARCHAR(64) NOT NULL,
    generation BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    user_agent VARCHAR(200) NOT NULL,
    address VARCHAR(45) NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sessions_cookie_digest ON sessions (cookie_digest);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_ends_at ON sessions (ends_at);
CREATE INDEX sessions_last_used_at ON sessions (last_used_at);
CREATE TABLE IF NOT EXISTS logins (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT,
    succeeded BOOLEAN NOT NULL,
    user_agent VARCHAR(200) NOT NULL,
    address VARCHAR(45) NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX logins_user ON logins (user_id, at, id);
CREATE INDEX logins_at ON logins (at, id);
