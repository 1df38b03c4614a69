CREATE TABLE IF NOT EXISTS figures_rooms (
    room_id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX figures_rooms_messages ON figures_rooms (messages, room_id);
CREATE INDEX figures_rooms_last_at ON figures_rooms (last_at, room_id);
CREATE TABLE IF NOT EXISTS figures_hours (
    hour BIGINT NOT NULL PRIMARY KEY,
    messages BIGINT NOT NULL,
    people BIGINT NOT NULL,
    connections BIGINT NOT NULL,
    delivery TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS figures_days (
    day BIGINT NOT NULL PRIMARY KEY,
    active BIGINT NOT NULL,
    accounts BIGINT NOT NULL,
    rooms BIGINT NOT NULL,
    communities BIGINT NOT NULL,
    bytes BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS figures_storage (
    family VARCHAR(32) NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL,
    measured_at BIGINT NOT NULL
);
