CREATE TABLE IF NOT EXISTS imports (
    origin VARCHAR(16) NOT NULL,
    label VARCHAR(64) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    begun_at BIGINT NOT NULL,
    PRIMARY KEY (origin, label)
);
CREATE TABLE IF NOT EXISTS import_steps (
    origin VARCHAR(16) NOT NULL,
    label VARCHAR(64) NOT NULL,
    step VARCHAR(64) NOT NULL,
    place TEXT NOT NULL,
    done BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    PRIMARY KEY (origin, label, step)
);
CREATE TABLE IF NOT EXISTS import_ids (
    origin VARCHAR(16) NOT NULL,
    label VARCHAR(64) NOT NULL,
    step VARCHAR(64) NOT NULL,
    old_id VARCHAR(160) NOT NULL,
    new_id BIGINT NOT NULL,
    PRIMARY KEY (origin, label, step, old_id)
);
CREATE TABLE IF NOT EXISTS import_notes (
    id BIGINT NOT NULL PRIMARY KEY,
    origin VARCHAR(16) NOT NULL,
    label VARCHAR(64) NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX import_notes_import ON import_notes (origin, label, id);
