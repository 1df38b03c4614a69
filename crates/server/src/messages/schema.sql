CREATE TABLE IF NOT EXISTS messages (
    id BIGINT NOT NULL PRIMARY KEY,
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    sender_id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    content TEXT NOT NULL,
    client_id VARCHAR(64),
    digest BIGINT NOT NULL,
    reply_to BIGINT,
    file_id BIGINT,
    mentions_room BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    deleted_at BIGINT,
    deleted_by BIGINT
);
CREATE UNIQUE INDEX messages_place ON messages (room_id, seq);
CREATE UNIQUE INDEX messages_client ON messages (sender_id, client_id);
CREATE TABLE IF NOT EXISTS message_mentions (
    message_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (message_id, user_id)
);
CREATE TABLE IF NOT EXISTS message_reactions (
    message_id BIGINT NOT NULL,
    emoji VARCHAR(32) NOT NULL,
    user_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
);
CREATE TABLE IF NOT EXISTS message_pins (
    message_id BIGINT NOT NULL PRIMARY KEY,
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    pinned_by BIGINT NOT NULL,
    pinned_at BIGINT NOT NULL
);
CREATE INDEX message_pins_room ON message_pins (room_id, seq);
CREATE TABLE IF NOT EXISTS deleted_contents (
    message_id BIGINT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    deleted_at BIGINT NOT NULL
);
CREATE INDEX deleted_contents_at ON deleted_contents (deleted_at);
