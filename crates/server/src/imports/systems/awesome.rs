//! `awesome`, by its `CREATE TABLE` statements, the newer where there are two.

use crate::accounts::take_over::PastPerson;
use crate::imports::ImportError;
use crate::imports::plan::{
    Brings, Membership, OwnedRoom, Place, Saying, Step, System, Table, kind_of,
};
use crate::imports::record::Record;
use crate::rooms::take_over::PastRoom;

pub(super) static SYSTEM: System = System {
    name: "awesome",
    steps: &[
        Step {
            table: Table {
                name: "users",
                key: &["id"],
                needs: &["username", "password_hash", "email"],
                takes: &[
                    "nickname",
                    "status",
                    "privacy_policy_accepted_at",
                    "created_at",
                    "updated_at",
                ],
            },
            brings: Brings::People(person),
        },
        Step {
            table: Table {
                name: "rooms",
                key: &["id"],
                needs: &["name"],
                takes: &[
                    "description",
                    "max_members",
                    "is_private",
                    "creator_id",
                    "created_at",
                ],
            },
            brings: Brings::Rooms(room),
        },
        Step {
            table: Table {
                name: "room_members",
                key: &["id"],
                needs: &["room_id", "user_id"],
                takes: &["role", "status", "joined_at"],
            },
            brings: Brings::Members("rooms", room_member),
        },
        Step {
            table: Table {
                name: "communities",
                key: &["id"],
                needs: &["name"],
                takes: &["description", "rules", "created_at"],
            },
            brings: Brings::Rooms(community),
        },
        Step {
            table: Table {
                name: "community_members",
                key: &["id"],
                needs: &["community_id", "user_id"],
                takes: &["role", "joined_at"],
            },
            brings: Brings::Members("communities", community_member),
        },
        Step {
            table: Table {
                name: "messages",
                key: &["id"],
                needs: &["room_id", "user_id", "content", "message_type", "timestamp"],
                takes: &[],
            },
            brings: Brings::Messages("rooms", message),
        },
    ],
    left: &[
        ("files", "there are no files here yet"),
        ("notifications", "they tell of what is past"),
    ],
};

/// Who ran the older server is an ordinary person here: that right is given by who runs this one.
fn person(row: &Record<'_>) -> Result<PastPerson, ImportError> {
    Ok(PastPerson {
        username: row.words("username"),
        nickname: row.text("nickname"),
        email: row.text("email"),
        password_hash: row.text("password_hash"),
        is_active: row.text("status").as_deref() != Some("inactive"),
        created_at: row.time("created_at")?,
        last_seen: row.time("updated_at")?,
        policy_accepted_at: row.time("privacy_policy_accepted_at")?,
        ..PastPerson::default()
    })
}

fn room(row: &Record<'_>) -> Result<OwnedRoom, ImportError> {
    let room = PastRoom {
        name: row.words("name"),
        description: row.words("description"),
        is_private: row.flag("is_private")?,
        created_at: row.time("created_at")?,
        max_members: row.number("max_members")?,
        ..PastRoom::default()
    };
    Ok((room, row.text("creator_id")))
}

/// Nobody owns its communities: their admins run them.
fn community(row: &Record<'_>) -> Result<OwnedRoom, ImportError> {
    let community = PastRoom {
        name: row.words("name"),
        description: row.words("description"),
        rules: Some(row.words("rules")),
        created_at: row.time("created_at")?,
        ..PastRoom::default()
    };
    Ok((community, None))
}

fn room_member(row: &Record<'_>) -> Result<Membership, ImportError> {
    membership(row, "room_id")
}

fn community_member(row: &Record<'_>) -> Result<Membership, ImportError> {
    membership(row, "community_id")
}

fn membership(row: &Record<'_>, room: &str) -> Result<Membership, ImportError> {
    Ok(Membership {
        room: row.text(room),
        user: row.text("user_id"),
        is_admin: row.text("role").as_deref() == Some("admin"),
        is_muted: row.text("status").as_deref() == Some("muted"),
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
        edited_at: None,
        is_deleted: false,
    })
}
