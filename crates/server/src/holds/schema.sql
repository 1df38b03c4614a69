CREATE TABLE IF NOT EXISTS legal_holds (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT,
    room_id BIGINT,
    reason TEXT NOT NULL,
    placed_by BIGINT NOT NULL,
    placed_at BIGINT NOT NULL,
    lifted_by BIGINT,
    lifted_at BIGINT
);
CREATE INDEX legal_holds_user ON legal_holds (user_id);
CREATE INDEX legal_holds_room ON legal_holds (room_id);
CREATE TABLE IF NOT EXISTS held_records (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    part VARCHAR(32) NOT NULL,
    body TEXT NOT NULL,
    kept_at BIGINT NOT NULL
);
CREATE INDEX held_records_user ON held_records (user_id);
