CREATE TABLE IF NOT EXISTS announcements (
    id BIGINT NOT NULL PRIMARY KEY,
    title VARCHAR(100) NOT NULL,
    content TEXT NOT NULL,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX announcements_withdrawn_at ON announcements (withdrawn_at, id);
CREATE TABLE IF NOT EXISTS announcement_dismissals (
    announcement_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    dismissed_at BIGINT NOT NULL,
    PRIMARY KEY (announcement_id, user_id)
);
CREATE INDEX announcement_dismissals_user ON announcement_dismissals (user_id);
