ALTER TABLE rooms ADD COLUMN home_id BIGINT;
ALTER TABLE rooms ADD COLUMN rules TEXT;
CREATE INDEX rooms_home ON rooms (home_id, id);
CREATE TABLE IF NOT EXISTS room_invitations (
    id BIGINT NOT NULL PRIMARY KEY,
    room_id BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    max_uses BIGINT,
    uses BIGINT NOT NULL
);
CREATE UNIQUE INDEX room_invitations_digest ON room_invitations (digest);
CREATE INDEX room_invitations_room ON room_invitations (room_id, id);
