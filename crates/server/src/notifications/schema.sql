CREATE TABLE IF NOT EXISTS notifications (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    cause VARCHAR(64) NOT NULL,
    actor_id BIGINT,
    room_id BIGINT,
    message_id BIGINT,
    seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE UNIQUE INDEX notifications_cause ON notifications (user_id, cause);
CREATE INDEX notifications_user ON notifications (user_id, id);
CREATE INDEX notifications_room ON notifications (room_id, user_id);
CREATE INDEX notifications_message ON notifications (message_id);
CREATE INDEX notifications_created_at ON notifications (created_at);
CREATE TABLE IF NOT EXISTS notification_types (
    user_id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    in_app BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, kind)
);
CREATE TABLE IF NOT EXISTS notification_rooms (
    user_id BIGINT NOT NULL,
    room_id BIGINT NOT NULL,
    level SMALLINT NOT NULL,
    PRIMARY KEY (user_id, room_id)
);
CREATE INDEX notification_rooms_room ON notification_rooms (room_id, level);
CREATE TABLE IF NOT EXISTS notification_reminders (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    room_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    remind_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX notification_reminders_user ON notification_reminders (user_id, id);
CREATE INDEX notification_reminders_due ON notification_reminders (remind_at, id);
CREATE INDEX notification_reminders_room ON notification_reminders (room_id);
