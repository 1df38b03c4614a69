CREATE TABLE IF NOT EXISTS audit_entries (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    source VARCHAR(8) NOT NULL,
    actor_id BIGINT,
    action VARCHAR(32) NOT NULL,
    subject VARCHAR(16) NOT NULL,
    subject_id BIGINT,
    room_id BIGINT,
    facts TEXT NOT NULL,
    address VARCHAR(45),
    request_id VARCHAR(32)
);
CREATE INDEX audit_entries_at ON audit_entries (at);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, seq);
CREATE INDEX audit_entries_action ON audit_entries (action, seq);
CREATE INDEX audit_entries_subject ON audit_entries (subject, subject_id, seq);
CREATE INDEX audit_entries_room ON audit_entries (room_id, seq);
