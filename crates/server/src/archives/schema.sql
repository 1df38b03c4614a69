CREATE TABLE IF NOT EXISTS archives (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    status VARCHAR(16) NOT NULL,
    file VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    bytes BIGINT,
    expires_at BIGINT
);
CREATE UNIQUE INDEX archives_user ON archives (user_id);
