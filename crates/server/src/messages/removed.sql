CREATE TABLE IF NOT EXISTS removed_messages (
    sender_id BIGINT NOT NULL,
    client_id VARCHAR(64) NOT NULL,
    id BIGINT NOT NULL,
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (sender_id, client_id)
);
CREATE INDEX removed_messages_room ON removed_messages (room_id);
