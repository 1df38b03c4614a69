CREATE TABLE IF NOT EXISTS rooms (
    id BIGINT NOT NULL PRIMARY KEY,
    kind SMALLINT NOT NULL,
    name VARCHAR(100) NOT NULL,
    name_fold VARCHAR(400),
    description TEXT NOT NULL,
    is_private BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_by BIGINT,
    owner_id BIGINT,
    created_at BIGINT NOT NULL,
    max_members BIGINT,
    member_count BIGINT NOT NULL,
    key_digest VARCHAR(64),
    key_sealed TEXT,
    direct_low BIGINT,
    direct_high BIGINT
);
CREATE UNIQUE INDEX rooms_name ON rooms (name_fold);
CREATE UNIQUE INDEX rooms_key ON rooms (key_digest);
CREATE INDEX rooms_default ON rooms (is_default);
CREATE UNIQUE INDEX rooms_direct ON rooms (direct_low, direct_high);
CREATE TABLE IF NOT EXISTS room_members (
    room_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role SMALLINT NOT NULL,
    joined_at BIGINT NOT NULL,
    last_read_seq BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX room_members_user ON room_members (user_id, room_id);
CREATE TABLE IF NOT EXISTS room_mutes (
    room_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    muted_until BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX room_mutes_user ON room_mutes (user_id);
CREATE TABLE IF NOT EXISTS room_bans (
    room_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    banned_by BIGINT,
    banned_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX room_bans_user ON room_bans (user_id);
