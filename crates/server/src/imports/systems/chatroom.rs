//! `chatroom`, by the models that its document lists. It does not name the tables: they are called as `Flask-SQLAlchemy`
//! calls them, after the classes.

use crate::accounts::take_over::PastPerson;
use crate::imports::ImportError;
use crate::imports::plan::{
    Brings, Membership, OwnedRoom, Place, Saying, Step, System, Table, kind_of,
};
use crate::imports::record::Record;
use crate::rooms::take_over::PastRoom;

pub(super) static SYSTEM: System = System {
    name: "chatroom",
    steps: &[
        Step {
            table: Table {
                name: "user",
                key: &["id"],
                needs: &["username", "email", "password_hash"],
                takes: &["last_seen", "created_at"],
            },
            brings: Brings::People(person),
        },
        Step {
            table: Table {
                name: "room",
                key: &["id"],
                needs: &["name", "is_private", "created_by"],
                takes: &["description", "created_at"],
            },
            brings: Brings::Rooms(room),
        },
        Step {
            table: Table {
                name: "room_membership",
                key: &["id"],
                needs: &["user_id", "room_id"],
                takes: &["joined_at", "is_admin"],
            },
            brings: Brings::Members("room", member),
        },
        Step {
            table: Table {
                name: "message",
                key: &["id"],
                needs: &["content", "user_id", "room_id", "timestamp"],
                takes: &["message_type", "edited_at", "is_deleted"],
            },
            brings: Brings::Messages("room", message),
        },
    ],
    left: &[],
};

fn person(row: &Record<'_>) -> Result<PastPerson, ImportError> {
    Ok(PastPerson {
        username: row.words("username"),
        email: row.text("email"),
        password_hash: row.text("password_hash"),
        is_active: true,
        created_at: row.time("created_at")?,
        last_seen: row.time("last_seen")?,
        ..PastPerson::default()
    })
}

/// The rooms that it begins with are those that this server begins with.
fn room(row: &Record<'_>) -> Result<OwnedRoom, ImportError> {
    let is_private = row.flag("is_private")?;
    let room = PastRoom {
        name: row.words("name"),
        description: row.words("description"),
        is_private,
        created_at: row.time("created_at")?,
        may_be_default: !is_private,
        ..PastRoom::default()
    };
    Ok((room, row.text("created_by")))
}

fn member(row: &Record<'_>) -> Result<Membership, ImportError> {
    Ok(Membership {
        room: row.text("room_id"),
        user: row.text("user_id"),
        is_admin: row.flag("is_admin")?,
        is_muted: false,
        joined_at: row.time("joined_at")?,
    })
}

fn message(row: &Record<'_>) -> Result<Saying, ImportError> {
    Ok(Saying {
        to: Place::Room(row.text("room_id")),
        author: row.text("user_id"),
        content: row.words("content"),
        kind: kind_of(row.text("message_type").as_deref()),
        at: row.time("timestamp")?,
        edited_at: row.time("edited_at")?,
        is_deleted: row.flag("is_deleted")?,
    })
}
