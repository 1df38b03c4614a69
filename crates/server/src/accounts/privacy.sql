CREATE TABLE IF NOT EXISTS account_privacy (
    user_id BIGINT NOT NULL PRIMARY KEY,
    direct_chats SMALLINT NOT NULL,
    presence SMALLINT NOT NULL,
    read_receipts BOOLEAN NOT NULL
);
