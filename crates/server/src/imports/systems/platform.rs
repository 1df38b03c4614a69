//! `platform`. Its document names the tables and none of their columns; those that are assumed here stand in
//! `docs/dialects.md`.

use crate::accounts::take_over::PastPerson;
use crate::imports::ImportError;
use crate::imports::plan::{
    Brings, Friendship, Membership, OldId, OwnedRoom, Place, Saying, Standing, Step, System, Table,
    kind_of,
};
use crate::imports::record::Record;
use crate::rooms::take_over::PastRoom;

pub(super) static SYSTEM: System = System {
    name: "platform",
    steps: &[
        Step {
            table: Table {
                name: "users",
                key: &["id"],
                needs: &["username", "password_hash"],
                takes: &["email", "created_at", "last_login"],
            },
            brings: Brings::People(person),
        },
        Step {
            table: Table {
                name: "user_groups",
                key: &["id"],
                needs: &["name", "owner_id"],
                takes: &["description", "created_at"],
            },
            brings: Brings::Rooms(group),
        },
        Step {
            table: Table {
                name: "profiles",
                key: &["user_id"],
                needs: &[],
                takes: &["nickname", "bio", "birthday"],
            },
            brings: Brings::Profiles(profile),
        },
        Step {
            table: Table {
                name: "group_members",
                key: &["group_id", "user_id"],
                needs: &[],
                takes: &["role", "joined_at"],
            },
            brings: Brings::Members("user_groups", member),
        },
        Step {
            table: Table {
                name: "friendships",
                key: &["user_id", "friend_id"],
                needs: &[],
                takes: &["created_at"],
            },
            brings: Brings::Friends(friendship),
        },
        Step {
            table: Table {
                name: "friend_requests",
                key: &["id"],
                needs: &["from_user_id", "to_user_id", "status"],
                takes: &["created_at"],
            },
            brings: Brings::Friends(request),
        },
        Step {
            table: Table {
                name: "messages",
                key: &["id"],
                needs: &[
                    "sender_id",
                    "receiver_id",
                    "group_id",
                    "content",
                    "created_at",
                ],
                takes: &["type"],
            },
            brings: Brings::Messages("user_groups", message),
        },
    ],
    left: &[("login_logs", "they tell of another server")],
};

fn person(row: &Record<'_>) -> Result<PastPerson, ImportError> {
    Ok(PastPerson {
        username: row.words("username"),
        email: row.text("email"),
        password_hash: row.text("password_hash"),
        is_active: true,
        created_at: row.time("created_at")?,
        last_seen: row.time("last_login")?,
        ..PastPerson::default()
    })
}

fn profile(row: &Record<'_>) -> Result<(OldId, PastPerson), ImportError> {
    let profile = PastPerson {
        nickname: row.text("nickname"),
        bio: row.words("bio"),
        birthday: row.day("birthday"),
        ..PastPerson::default()
    };
    Ok((row.id(), profile))
}

/// Its groups are entered by invitation.
fn group(row: &Record<'_>) -> Result<OwnedRoom, ImportError> {
    let group = PastRoom {
        name: row.words("name"),
        description: row.words("description"),
        is_private: true,
        created_at: row.time("created_at")?,
        ..PastRoom::default()
    };
    Ok((group, row.text("owner_id")))
}

fn member(row: &Record<'_>) -> Result<Membership, ImportError> {
    Ok(Membership {
        room: row.text("group_id"),
        user: row.text("user_id"),
        is_admin: matches!(row.text("role").as_deref(), Some("admin" | "owner")),
        is_muted: false,
        joined_at: row.time("joined_at")?,
    })
}

fn friendship(row: &Record<'_>) -> Result<Friendship, ImportError> {
    Ok(Friendship {
        from: row.text("user_id"),
        to: row.text("friend_id"),
        since: row.time("created_at")?,
        is: Standing::Friends,
    })
}

fn request(row: &Record<'_>) -> Result<Friendship, ImportError> {
    Ok(Friendship {
        from: row.text("from_user_id"),
        to: row.text("to_user_id"),
        since: row.time("created_at")?,
        is: match row.text("status").as_deref() {
            Some("pending") => Standing::Asked,
            _ => Standing::Settled,
        },
    })
}

/// To a person or to a group.
fn message(row: &Record<'_>) -> Result<Saying, ImportError> {
    Ok(Saying {
        to: match row.text("receiver_id") {
            Some(person) => Place::Person(person),
            None => Place::Room(row.text("group_id")),
        },
        author: row.text("sender_id"),
        content: row.words("content"),
        kind: kind_of(row.text("type").as_deref()),
        at: row.time("created_at")?,
        edited_at: None,
        is_deleted: false,
    })
}
