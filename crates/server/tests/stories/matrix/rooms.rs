//! Seeing, joining, leaving and changing rooms.

use super::world::{Place, World};
use super::{Ask, Emit, Row, check};
use parlor_testkit::json;

/// For everybody with an account, but for the banned; of a private room for members and administrators of the server.
const VISIBLE: [&str; 2] = ["u g Y Y Y Y Y b Y", "u h h Y Y Y Y h Y"];
/// For those who have the key of a private room.
const WITH_KEY: [&str; 2] = ["", "u g Y Y Y Y Y b Y"];
/// For admins and up.
const MODERATORS: [&str; 2] = ["u o o n n Y Y o Y", "u h h n n Y Y h Y"];
/// For members, muted or not.
const MEMBERS: [&str; 2] = ["u o o Y Y Y Y b o", "u h h Y Y Y Y b h"];
/// For administrators of the server.
const SYSTEM: [&str; 2] = ["u o o n n n n o Y", "u h h n n n n h Y"];
/// For the owner.
const OWNER: [&str; 2] = ["u o o n n n Y o Y", "u h h n n n Y h Y"];

fn join(at: &Place, key: &str) -> Ask {
    Ask("POST", at.path("/join"), json!({ "access_key": key }))
}

fn join_event(at: &Place, key: &str) -> Emit {
    Emit(
        "join_room",
        json!({ "room_id": at.room, "access_key": key }),
    )
}

/// All rows of this file.
pub(super) fn rows() -> Vec<Row> {
    [seeing_rows(), inviting_rows(), changing_rows()].concat()
}

#[tokio::test]
async fn seeing_joining_and_leaving() {
    check(World::quiet().await, &seeing_rows()).await;
}

fn seeing_rows() -> Vec<Row> {
    let (keyless, private) = ("u g Y Y Y Y Y b Y", "u h h Y Y Y Y h h");
    let by_key = |at: &Place, _: &str| {
        Ask(
            "POST",
            "/api/rooms/join".to_owned(),
            json!({ "access_key": at.key }),
        )
    };
    vec![
        Row::ask("see the card", |at, _| at.get(""), VISIBLE).harmless(),
        Row::ask(
            "see how long it keeps what is said",
            |at, _| at.get("/retention"),
            VISIBLE,
        )
        .harmless(),
        Row::ask("list the members", |at, _| at.get("/members"), VISIBLE).harmless(),
        Row::ask(
            "join without a key",
            |at, _| Ask("POST", at.path("/join"), json!({})),
            [keyless, private],
        )
        .or_emit(|at, _| Emit("join_room", json!({ "room_id": at.room }))),
        Row::ask(
            "join with a wrong key",
            |at, _| join(at, "wrong key"),
            ["", private],
        )
        .or_emit(|at, _| join_event(at, "wrong key")),
        Row::ask("join with the key", |at, _| join(at, &at.key), WITH_KEY)
            .or_emit(|at, _| join_event(at, &at.key)),
        Row::ask("join by the key alone", by_key, WITH_KEY),
        Row::ask(
            "keep it in a folder",
            |at, _| Ask("PUT", at.path("/shelf"), json!({ "folder": "House" })),
            MEMBERS,
        )
        .harmless(),
        Row::ask(
            "leave",
            |at, _| Ask("POST", at.path("/leave"), json!({})),
            ["u h h Y Y Y c h h"; 2],
        )
        .or_emit(|at, _| Emit("leave_room", json!({ "room_id": at.room }))),
    ]
}

#[tokio::test]
async fn inviting_and_being_invited() {
    check(World::inviting().await, &inviting_rows()).await;
}

fn inviting_rows() -> Vec<Row> {
    let invited = ["u g Y Y Y Y Y b Y"; 2];
    vec![
        Row::ask(
            "list the invitations",
            |at, _| at.get("/invitations"),
            MODERATORS,
        )
        .harmless(),
        Row::ask(
            "invite",
            |at, _| Ask("POST", at.path("/invitations"), json!({})),
            MODERATORS,
        ),
        Row::ask(
            "take an invitation back",
            |at, _| Ask("DELETE", at.invitation(), json!(null)),
            MODERATORS,
        ),
        Row::ask(
            "see what an invitation is to",
            |at, _| Ask("GET", at.invited(""), json!(null)),
            invited,
        )
        .harmless(),
        Row::ask(
            "join by an invitation",
            |at, _| Ask("POST", at.invited("/join"), json!({})),
            invited,
        ),
    ]
}

fn name(at: &Place, who: &str) -> Ask {
    let name = format!("{who} {}", at.room);
    Ask("PUT", at.path(""), json!({ "name": name }))
}

fn privacy(at: &Place, who: &str) -> Ask {
    let key = format!("{who} {}", at.room);
    let private = json!({ "is_private": true, "access_key": key });
    Ask("PUT", at.path(""), private)
}

fn name_and_capacity(at: &Place, who: &str) -> Ask {
    let name = format!("{who}, {}", at.room);
    Ask(
        "PUT",
        at.path(""),
        json!({ "name": name, "max_members": 50 }),
    )
}

#[tokio::test]
async fn changing_and_deleting() {
    check(World::quiet().await, &changing_rows()).await;
}

fn changing_rows() -> Vec<Row> {
    let describe = |at: &Place, who: &str| Ask("PUT", at.path(""), json!({ "description": who }));
    let open = |at: &Place, _: &str| Ask("PUT", at.path(""), json!({ "is_private": false }));
    let size = |at: &Place, _: &str| Ask("PUT", at.path(""), json!({ "max_members": 50 }));
    vec![
        Row::ask("name", name, MODERATORS).harmless(),
        Row::ask("description", describe, MODERATORS).harmless(),
        Row::ask("list the banned", |at, _| at.get("/bans"), MODERATORS).harmless(),
        Row::ask("privacy and key", privacy, OWNER),
        Row::ask("make it public", open, OWNER),
        Row::ask("capacity", size, OWNER).harmless(),
        Row::ask(
            "set how long it keeps what is said",
            |at, _| Ask("PUT", at.path("/retention"), json!({ "days": 30 })),
            OWNER,
        )
        .harmless(),
        Row::ask("name and capacity at once", name_and_capacity, OWNER).harmless(),
        Row::ask(
            "bring in an export",
            |at, _| Ask("POST", at.path("/import"), json!("\n")),
            SYSTEM,
        )
        .harmless(),
        Row::ask("how far an export is", |at, _| at.get("/import"), SYSTEM).harmless(),
        Row::ask(
            "delete",
            |at, _| Ask("DELETE", at.path(""), json!(null)),
            OWNER,
        ),
    ]
}
