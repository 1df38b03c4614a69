//! `komunikator`, by its classes for `SQLAlchemy`. People are named by their names, and rooms' owners too.

use crate::accounts::take_over::PastPerson;
use crate::imports::ImportError;
use crate::imports::plan::{Brings, Membership, OwnedRoom, Place, Saying, Step, System, Table};
use crate::imports::record::Record;
use crate::rooms::take_over::PastRoom;
use parlor_protocol::messages::MessageType;

pub(super) static SYSTEM: System = System {
    name: "komunikator",
    steps: &[
        Step {
            table: Table {
                name: "users",
                key: &["user_name"],
                needs: &["password"],
                takes: &[],
            },
            brings: Brings::People(person),
        },
        Step {
            table: Table {
                name: "rooms",
                key: &["room_id"],
                needs: &[
                    "room_name",
                    "room_owner",
                    "create_date",
                    "is_private",
                    "access_key",
                ],
                takes: &[],
            },
            brings: Brings::Rooms(room),
        },
        Step {
            table: Table {
                name: "users_room",
                key: &["user_name", "room_id"],
                needs: &[],
                takes: &[],
            },
            brings: Brings::Members("rooms", member),
        },
        Step {
            table: Table {
                name: "chat_history",
                key: &["message_id"],
                needs: &["room_id", "user_name", "message", "message_date"],
                takes: &[],
            },
            brings: Brings::Messages("rooms", message),
        },
    ],
    left: &[],
};

fn person(row: &Record<'_>) -> Result<PastPerson, ImportError> {
    Ok(PastPerson {
        username: row.words("user_name"),
        password_hash: row.text("password"),
        is_active: true,
        ..PastPerson::default()
    })
}

fn room(row: &Record<'_>) -> Result<OwnedRoom, ImportError> {
    let room = PastRoom {
        name: row.words("room_name"),
        is_private: row.flag("is_private")?,
        access_key: row.text("access_key"),
        created_at: row.time("create_date")?,
        ..PastRoom::default()
    };
    Ok((room, row.text("room_owner")))
}

fn member(row: &Record<'_>) -> Result<Membership, ImportError> {
    Ok(Membership {
        room: row.text("room_id"),
        user: row.text("user_name"),
        is_admin: false,
        is_muted: false,
        joined_at: None,
    })
}

fn message(row: &Record<'_>) -> Result<Saying, ImportError> {
    Ok(Saying {
        to: Place::Room(row.text("room_id")),
        author: row.text("user_name"),
        content: row.words("message"),
        kind: MessageType::Text,
        at: row.time("message_date")?,
        edited_at: None,
        is_deleted: false,
    })
}
