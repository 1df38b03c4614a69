CREATE TABLE IF NOT EXISTS imported_messages (
    identity VARCHAR(64) NOT NULL PRIMARY KEY,
    message_id BIGINT NOT NULL
);
CREATE INDEX message_reactions_user ON message_reactions (user_id);
