CREATE TABLE IF NOT EXISTS imported_people (
    name_key VARCHAR(160) NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL
);
