//! Databases as older systems left them: people, rooms, and as many messages as are wanted.

use parlor::kernel::db::{Db, Sql, Value};
use std::path::Path;

/// What everybody's password is.
pub(super) const PASSWORD: &str = "a long walk by the river";
/// Its hashes, as Werkzeug makes them (with less work than it does by default).
pub(super) const HASHES: [&str; 2] = [
    "pbkdf2:sha256:1000$Qk3yZ8sWv1Lm0aBc$6d2a70850be4c8c1722a85278507a8f544570cdd00651b0c696153ffcefdbdde",
    "scrypt:1024:8:1$Qk3yZ8sWv1Lm0aBc$4af1b818f8e90642a8a3551352b2d35081242d5af801a1f2aa0e69566bf54e302c3dadd36bd947c53ab5eac2bc8a3920d13794d171c60e2f93f8ebe5bf098716",
];
/// How many there are of each.
pub(super) const PEOPLE: usize = 50;
pub(super) const ROOMS: usize = 20;
/// When the first message was said; each comes a second after the one before.
const BEGIN: i64 = 1_704_067_200;

/// An older system's tables, and what stands in them.
pub(super) struct Old {
    /// Its name.
    pub(super) system: &'static str,
    /// What its database is made with.
    pub(super) tables: &'static [&'static str],
    /// A row for each person, room, member, friendship and message.
    pub(super) person: fn(usize) -> (&'static str, Vec<Value>),
    pub(super) room: fn(usize) -> (&'static str, Vec<Value>),
    pub(super) member: fn(usize, usize, usize) -> (&'static str, Vec<Value>),
    pub(super) message: fn(usize) -> (&'static str, Vec<Value>),
}

/// Somebody's name.
pub(super) fn name(person: usize) -> String {
    format!("person{person}")
}

/// A room's name.
pub(super) fn room_name(room: usize) -> String {
    format!("Room {room}")
}

/// Who said a message, and in which room; the first person is in all of them.
pub(super) fn author(message: usize) -> usize {
    message * 7 % PEOPLE
}

pub(super) fn place(message: usize) -> usize {
    message * 3 % ROOMS
}

pub(super) fn text(message: usize) -> String {
    format!("message {message}, 第{message}条")
}

/// When a message was said, as this server tells it.
pub(super) fn told_time(message: usize) -> String {
    let seconds = BEGIN + i64::try_from(message).unwrap();
    let time = parlor_testkit::json!(parlor_protocol::Timestamp(seconds * 1_000));
    time.as_str().unwrap().to_owned()
}

/// The same, as databases write it.
fn time(message: usize) -> String {
    told_time(message).replace('T', " ").replace(".000Z", "")
}

fn id(number: usize) -> Value {
    i64::try_from(number + 1).unwrap().into()
}

fn hash(person: usize) -> Value {
    HASHES[person % 2].into()
}

/// Fills a database.
pub(super) async fn fill(address: &str, old: &Old, messages: usize) {
    let db = Db::connect(address, true).await.unwrap();
    for statement in old.tables {
        db.write().run(statement, []).await.unwrap();
    }
    insert(&db, (0..PEOPLE).map(old.person)).await;
    insert(&db, (0..ROOMS).map(old.room)).await;
    // Everybody is in a few rooms, and the first in all.
    let pairs = (0..PEOPLE).flat_map(|user| (0..ROOMS).map(move |room| (user, room)));
    let pairs = pairs.filter(|(user, room)| *user == 0 || (user + room) % 4 == 0);
    let members = pairs
        .enumerate()
        .map(|(n, (user, room))| (old.member)(n, user, room));
    insert(&db, members).await;
    insert(&db, (0..messages).map(old.message)).await;
    if address.starts_with("sqlite") {
        // As those systems keep theirs.
        db.write()
            .run("PRAGMA wal_checkpoint(TRUNCATE)", [])
            .await
            .unwrap();
    }
}

/// Inserts rows, many at a time. Those that go to different tables come one after the other.
async fn insert(db: &Db, rows: impl Iterator<Item = (&'static str, Vec<Value>)>) {
    let rows: Vec<_> = rows.collect();
    for chunk in rows.chunks(500) {
        let (into, first) = &chunk[0];
        let row = format!("({})", vec!["?"; first.len()].join(", "));
        let all = vec![row; chunk.len()].join(", ");
        let values = chunk.iter().flat_map(|(_, values)| values.clone());
        let statement = format!("INSERT INTO {into} VALUES {all}");
        db.write()
            .run(&statement, values.collect::<Vec<_>>())
            .await
            .unwrap();
    }
}

/// The address of a new, empty database for an older system: SQLite, or MySQL where the stories run on it and the
/// system did.
pub(super) async fn home(folder: &Path, old: &Old) -> String {
    let on_mysql = ["platform", "komunikator"].contains(&old.system);
    let fresh = parlor_testkit::fresh_database(folder).await;
    if on_mysql && fresh.starts_with("mysql:") {
        return fresh;
    }
    format!("sqlite:{}", folder.join("old.db").display())
}

pub(super) const MUST: Old = Old {
    system: "must",
    tables: &[
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR, email VARCHAR, password_hash VARCHAR, \
         avatar VARCHAR, birthday DATETIME, last_updated DATETIME, online BOOLEAN)",
        "CREATE TABLE rooms (id INTEGER PRIMARY KEY, name VARCHAR, description VARCHAR, capacity INTEGER, \
         last_updated DATETIME)",
        "CREATE TABLE user_rooms (user_id INTEGER NOT NULL, room_id INTEGER NOT NULL, PRIMARY KEY (user_id, room_id))",
        "CREATE TABLE friendships (user_id1 INTEGER PRIMARY KEY, user_id2 INTEGER)",
        "CREATE TABLE meetings (id INTEGER PRIMARY KEY, title VARCHAR)",
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, content VARCHAR, sent_time DATETIME, user_id INTEGER, \
         room_id INTEGER)",
        "INSERT INTO friendships VALUES (1, 2), (3, 4)",
        "INSERT INTO meetings VALUES (1, 'Monday')",
    ],
    person: |n| {
        let email = format!("{}@example.org", name(n));
        let values = vec![id(n), name(n).into(), email.into(), hash(n)];
        ("users (id, username, email, password_hash)", values)
    },
    room: |n| ("rooms (id, name)", vec![id(n), room_name(n).into()]),
    member: |_, user, room| ("user_rooms (user_id, room_id)", vec![id(user), id(room)]),
    message: |n| {
        let (by, to) = (id(author(n)), id(place(n)));
        let values = vec![id(n), text(n).into(), time(n).into(), by, to];
        (
            "messages (id, content, sent_time, user_id, room_id)",
            values,
        )
    },
};

pub(super) const CHATROOM: Old = Old {
    system: "chatroom",
    tables: &[
        "CREATE TABLE user (id INTEGER PRIMARY KEY, username VARCHAR(80) UNIQUE, email VARCHAR(120) UNIQUE, \
         password_hash VARCHAR(255), avatar_url VARCHAR(255), is_online BOOLEAN, last_seen DATETIME, created_at DATETIME)",
        "CREATE TABLE room (id INTEGER PRIMARY KEY, name VARCHAR(100) UNIQUE, description TEXT, is_private BOOLEAN, \
         created_by INTEGER, created_at DATETIME)",
        "CREATE TABLE room_membership (id INTEGER PRIMARY KEY, user_id INTEGER, room_id INTEGER, joined_at DATETIME, \
         is_admin BOOLEAN)",
        "CREATE TABLE message (id INTEGER PRIMARY KEY, content TEXT, message_type VARCHAR(20), user_id INTEGER, \
         room_id INTEGER, timestamp DATETIME, edited_at DATETIME, is_deleted BOOLEAN)",
    ],
    person: |n| {
        let email = format!("{}@example.org", name(n));
        let at = "2023-05-06 07:08:09.123456".into();
        let values = vec![id(n), name(n).into(), email.into(), hash(n), at];
        (
            "user (id, username, email, password_hash, created_at)",
            values,
        )
    },
    room: |n| {
        let values = vec![id(n), room_name(n).into(), (n % 3 == 0).into(), id(0)];
        ("room (id, name, is_private, created_by)", values)
    },
    member: |n, user, room| {
        let values = vec![id(n), id(user), id(room), (user == 1).into()];
        ("room_membership (id, user_id, room_id, is_admin)", values)
    },
    message: |n| {
        let (by, to) = (id(author(n)), id(place(n)));
        let values = vec![
            id(n),
            text(n).into(),
            "text".into(),
            by,
            to,
            time(n).into(),
            false.into(),
        ];
        (
            "message (id, content, message_type, user_id, room_id, timestamp, is_deleted)",
            values,
        )
    },
};

pub(super) const AWESOME: Old = Old {
    system: "awesome",
    tables: &[
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(50) UNIQUE NOT NULL, password_hash VARCHAR(255) \
         NOT NULL, email VARCHAR(100) UNIQUE NOT NULL, avatar_url VARCHAR(255), nickname VARCHAR(50), role VARCHAR(8), \
         provider VARCHAR(50), provider_id VARCHAR(100), status VARCHAR(8), privacy_policy_accepted_at TIMESTAMP, \
         created_at TIMESTAMP, updated_at TIMESTAMP)",
        "CREATE TABLE rooms (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL, description TEXT, max_members INT, \
         is_private BOOLEAN, creator_id INT, status VARCHAR(8), created_at TIMESTAMP, updated_at TIMESTAMP)",
        "CREATE TABLE room_members (id INTEGER PRIMARY KEY, room_id INT, user_id INT, role VARCHAR(8), \
         status VARCHAR(8), joined_at TIMESTAMP)",
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, room_id INT, user_id INT, content TEXT, \
         message_type VARCHAR(8) NOT NULL, status VARCHAR(9), timestamp TIMESTAMP)",
        "CREATE TABLE files (id INTEGER PRIMARY KEY, user_id INT, file_url VARCHAR(255))",
        "CREATE TABLE communities (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL, description TEXT, rules TEXT, \
         created_at TIMESTAMP)",
        "CREATE TABLE community_members (id INTEGER PRIMARY KEY, community_id INT, user_id INT, role VARCHAR(8), \
         joined_at TIMESTAMP)",
        "CREATE TABLE notifications (id INTEGER PRIMARY KEY, user_id INT, content TEXT)",
        "INSERT INTO communities VALUES (1, 'Gardeners', 'All that grows', 'Be kind.', '2024-01-01 00:00:00')",
        "INSERT INTO community_members VALUES (1, 1, 1, 'admin', '2024-01-01 00:00:00'), (2, 1, 2, 'member', NULL)",
        "INSERT INTO files VALUES (1, 1, 'http://example.com/a.pdf')",
    ],
    person: |n| {
        let email = format!("{}@example.org", name(n));
        let values = vec![id(n), name(n).into(), hash(n), email.into(), "Nick".into()];
        (
            "users (id, username, password_hash, email, nickname)",
            values,
        )
    },
    room: |n| {
        let values = vec![
            id(n),
            room_name(n).into(),
            100.into(),
            (n % 3 == 0).into(),
            id(0),
        ];
        (
            "rooms (id, name, max_members, is_private, creator_id)",
            values,
        )
    },
    member: |n, user, room| {
        let role = if user == 1 { "admin" } else { "member" };
        let status = if user == 2 { "muted" } else { "active" };
        let values = vec![id(n), id(room), id(user), role.into(), status.into()];
        ("room_members (id, room_id, user_id, role, status)", values)
    },
    message: |n| {
        let (by, to) = (id(author(n)), id(place(n)));
        let values = vec![id(n), to, by, text(n).into(), "text".into(), time(n).into()];
        (
            "messages (id, room_id, user_id, content, message_type, timestamp)",
            values,
        )
    },
};

pub(super) const PLATFORM: Old = Old {
    system: "platform",
    tables: &[
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(80), email VARCHAR(120), password_hash VARCHAR(255), \
         created_at DATETIME)",
        "CREATE TABLE profiles (user_id INTEGER PRIMARY KEY, nickname VARCHAR(80), bio TEXT)",
        "CREATE TABLE user_groups (id INTEGER PRIMARY KEY, name VARCHAR(100), description TEXT, owner_id INTEGER, \
         created_at DATETIME)",
        "CREATE TABLE group_members (group_id INTEGER, user_id INTEGER, role VARCHAR(20), joined_at DATETIME, \
         PRIMARY KEY (group_id, user_id))",
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER, receiver_id INTEGER, group_id INTEGER, \
         content TEXT, type VARCHAR(20), created_at DATETIME)",
        "CREATE TABLE login_logs (id INTEGER PRIMARY KEY, user_id INTEGER)",
        "CREATE TABLE friendships (user_id INTEGER, friend_id INTEGER, created_at DATETIME, \
         PRIMARY KEY (user_id, friend_id))",
        "CREATE TABLE friend_requests (id INTEGER PRIMARY KEY, from_user_id INTEGER, to_user_id INTEGER, \
         status VARCHAR(20), created_at DATETIME)",
        "INSERT INTO profiles VALUES (1, 'The first', 'Hello')",
        "INSERT INTO friendships VALUES (1, 2, '2024-01-01 00:00:00'), (2, 1, '2024-01-01 00:00:00')",
        "INSERT INTO friend_requests VALUES (1, 3, 1, 'pending', '2024-01-01 00:00:00'), \
         (2, 4, 1, 'declined', '2024-01-01 00:00:00')",
    ],
    person: |n| {
        let email = format!("{}@example.org", name(n));
        let values = vec![id(n), name(n).into(), email.into(), hash(n)];
        ("users (id, username, email, password_hash)", values)
    },
    room: |n| {
        let values = vec![id(n), room_name(n).into(), id(0)];
        ("user_groups (id, name, owner_id)", values)
    },
    member: |_, user, room| {
        let role = if user == 1 { "admin" } else { "member" };
        let values = vec![id(room), id(user), role.into()];
        ("group_members (group_id, user_id, role)", values)
    },
    message: |n| {
        let (by, to) = (id(author(n)), id(place(n)));
        let values = vec![id(n), by, to, text(n).into(), "text".into(), time(n).into()];
        (
            "messages (id, sender_id, group_id, content, type, created_at)",
            values,
        )
    },
};

pub(super) const KOMUNIKATOR: Old = Old {
    system: "komunikator",
    tables: &[
        "CREATE TABLE users (user_name VARCHAR(48) PRIMARY KEY, password VARCHAR(200) NOT NULL)",
        "CREATE TABLE rooms (room_id INTEGER PRIMARY KEY, room_name VARCHAR(64) NOT NULL, room_owner VARCHAR(48) NOT NULL, \
         create_date DATETIME NOT NULL, is_private BOOLEAN NOT NULL, access_key VARCHAR(64) UNIQUE)",
        "CREATE TABLE users_room (user_name VARCHAR(48), room_id INTEGER, PRIMARY KEY (user_name, room_id))",
        "CREATE TABLE chat_history (message_id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL, \
         user_name VARCHAR(48) NOT NULL, message VARCHAR(1000) NOT NULL, message_date DATETIME NOT NULL)",
    ],
    person: |n| ("users (user_name, password)", vec![name(n).into(), hash(n)]),
    room: |n| {
        let is_private = n % 3 == 0;
        let key = is_private.then(|| format!("key of {n}"));
        let at = "2023-05-06 07:08:09".into();
        let values = vec![
            id(n),
            room_name(n).into(),
            name(0).into(),
            at,
            is_private.into(),
            key.into(),
        ];
        (
            "rooms (room_id, room_name, room_owner, create_date, is_private, access_key)",
            values,
        )
    },
    member: |_, user, room| {
        (
            "users_room (user_name, room_id)",
            vec![name(user).into(), id(room)],
        )
    },
    message: |n| {
        let (by, to) = (name(author(n)), id(place(n)));
        let values = vec![id(n), to, by.into(), text(n).into(), time(n).into()];
        (
            "chat_history (message_id, room_id, user_name, message, message_date)",
            values,
        )
    },
};
