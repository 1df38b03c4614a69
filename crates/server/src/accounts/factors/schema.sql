CREATE TABLE IF NOT EXISTS account_totp (
    user_id BIGINT NOT NULL PRIMARY KEY,
    secret_sealed VARCHAR(255),
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL,
    pending_sealed VARCHAR(255)
);
CREATE TABLE IF NOT EXISTS account_recovery_codes (
    user_id BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    PRIMARY KEY (user_id, digest)
);
ALTER TABLE sessions ADD COLUMN proved_at BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE logins ADD COLUMN factor VARCHAR(16);
