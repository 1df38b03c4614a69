CREATE TABLE IF NOT EXISTS friendships (
    user_id BIGINT NOT NULL,
    friend_id BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (user_id, friend_id)
);
CREATE TABLE IF NOT EXISTS friend_requests (
    id BIGINT NOT NULL PRIMARY KEY,
    from_id BIGINT NOT NULL,
    to_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX friend_requests_pair ON friend_requests (from_id, to_id);
CREATE INDEX friend_requests_to ON friend_requests (to_id, id);
CREATE TABLE IF NOT EXISTS blocks (
    user_id BIGINT NOT NULL,
    blocked_id BIGINT NOT NULL,
    blocked_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, blocked_id)
);
CREATE INDEX blocks_blocked ON blocks (blocked_id);
