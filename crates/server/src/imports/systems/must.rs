//! `must`, by its models for `SQLAlchemy`.

use crate::accounts::take_over::PastPerson;
use crate::imports::ImportError;
use crate::imports::plan::{
    Brings, Friendship, Membership, OwnedRoom, Place, Saying, Standing, Step, System, Table,
};
use crate::imports::record::Record;
use crate::rooms::take_over::PastRoom;
use parlor_protocol::messages::MessageType;

pub(super) static SYSTEM: System = System {
    name: "must",
    steps: &[
        Step {
            table: Table {
                name: "users",
                key: &["id"],
                needs: &["username", "password_hash"],
                takes: &["email", "birthday", "last_updated"],
            },
            brings: Brings::People(person),
        },
        Step {
            table: Table {
                name: "rooms",
                key: &["id"],
                needs: &["name"],
                takes: &["description", "capacity", "last_updated"],
            },
            brings: Brings::Rooms(room),
        },
        Step {
            table: Table {
                name: "user_rooms",
                key: &["user_id", "room_id"],
                needs: &[],
                takes: &[],
            },
            brings: Brings::Members("rooms", member),
        },
        Step {
            table: Table {
                name: "friendships",
                key: &["user_id1"],
                needs: &["user_id2"],
                takes: &[],
            },
            brings: Brings::Friends(friendship),
        },
        Step {
            table: Table {
                name: "messages",
                key: &["id"],
                needs: &["content", "sent_time", "user_id", "room_id"],
                takes: &[],
            },
            brings: Brings::Messages("rooms", message),
        },
    ],
    left: &[("meetings", "there are no planned meetings here yet")],
};

fn person(row: &Record<'_>) -> Result<PastPerson, ImportError> {
    Ok(PastPerson {
        username: row.words("username"),
        email: row.text("email"),
        password_hash: row.text("password_hash"),
        birthday: row.day("birthday"),
        is_active: true,
        last_seen: row.time("last_updated")?,
        ..PastPerson::default()
    })
}

/// Its rooms are open to everybody, and nobody owns them.
fn room(row: &Record<'_>) -> Result<OwnedRoom, ImportError> {
    let room = PastRoom {
        name: row.words("name"),
        description: row.words("description"),
        max_members: row.number("capacity")?,
        ..PastRoom::default()
    };
    Ok((room, None))
}

fn member(row: &Record<'_>) -> Result<Membership, ImportError> {
    Ok(Membership {
        room: row.text("room_id"),
        user: row.text("user_id"),
        is_admin: false,
        is_muted: false,
        joined_at: None,
    })
}

fn friendship(row: &Record<'_>) -> Result<Friendship, ImportError> {
    Ok(Friendship {
        from: row.text("user_id1"),
        to: row.text("user_id2"),
        since: None,
        is: Standing::Friends,
    })
}

fn message(row: &Record<'_>) -> Result<Saying, ImportError> {
    Ok(Saying {
        to: Place::Room(row.text("room_id")),
        author: row.text("user_id"),
        content: row.words("content"),
        kind: MessageType::Text,
        at: row.time("sent_time")?,
        edited_at: None,
        is_deleted: false,
    })
}
