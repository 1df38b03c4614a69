//! Members and what is done to them.

use super::world::{Place, World};
use super::{Ask, Row, check};
use parlor_testkit::{Value, json};

/// For admins and up.
const MODERATORS: [&str; 2] = ["u o o n n Y Y o Y", "u h h n n Y Y h Y"];
/// For the owner.
const OWNER: [&str; 2] = ["u o o n n n Y o Y", "u h h n n n Y h Y"];
/// For administrators of the server.
const SYSTEM: [&str; 2] = ["u h h n n n n h Y", "u h h n n n n h Y"];
/// For nobody.
const NOBODY: [&str; 2] = ["u o o n n n n o n", "u h h n n n n h n"];

fn act(at: &Place, whom: &str, what: &str) -> Ask {
    Ask("POST", at.on(whom, what), json!({}))
}

fn role(at: &Place, whom: &str, role: &str) -> Ask {
    let body: Value = json!({ "role": role });
    Ask("POST", at.on(whom, "role"), body)
}

/// All rows of this file.
pub(super) fn rows() -> Vec<Row> {
    let all = [
        rows_about_members(),
        rows_about_admins(),
        rows_about_the_owner(),
    ];
    all.concat()
}

#[tokio::test]
async fn members() {
    check(World::quiet().await, &rows_about_members()).await;
}

fn rows_about_members() -> Vec<Row> {
    vec![
        Row::ask(
            "kick a member",
            |at, _| act(at, "victim", "kick"),
            MODERATORS,
        ),
        Row::ask(
            "mute a member",
            |at, _| act(at, "victim", "mute"),
            MODERATORS,
        ),
        Row::ask(
            "unmute a member",
            |at, _| act(at, "victim", "unmute"),
            MODERATORS,
        ),
        Row::ask("ban a member", |at, _| act(at, "victim", "ban"), MODERATORS),
        Row::ask("unban", |at, _| act(at, "stranger", "unban"), MODERATORS),
        Row::ask(
            "ban a stranger",
            |at, _| act(at, "stranger", "ban"),
            MODERATORS,
        ),
        Row::ask("promote", |at, _| role(at, "victim", "admin"), OWNER),
        Row::ask(
            "place as before",
            |at, _| role(at, "victim", "member"),
            OWNER,
        ),
    ]
}

#[tokio::test]
async fn admins() {
    check(World::quiet().await, &rows_about_admins()).await;
}

fn rows_about_admins() -> Vec<Row> {
    vec![
        Row::ask("kick an admin", |at, _| act(at, "deputy", "kick"), OWNER),
        Row::ask("mute an admin", |at, _| act(at, "deputy", "mute"), OWNER),
        Row::ask(
            "unmute an admin",
            |at, _| act(at, "deputy", "unmute"),
            OWNER,
        ),
        Row::ask("ban an admin", |at, _| act(at, "deputy", "ban"), OWNER),
        Row::ask(
            "demote an admin",
            |at, _| role(at, "deputy", "member"),
            OWNER,
        ),
    ]
}

#[tokio::test]
async fn the_owner_and_oneself() {
    check(World::quiet().await, &rows_about_the_owner()).await;
}

fn rows_about_the_owner() -> Vec<Row> {
    let hand_over = ["u h h n n n Y h Y", "u h h n n n Y h Y"];
    vec![
        Row::ask("kick the owner", |at, _| act(at, "own", "kick"), SYSTEM),
        Row::ask("mute the owner", |at, _| act(at, "own", "mute"), SYSTEM),
        Row::ask("ban the owner", |at, _| act(at, "own", "ban"), SYSTEM),
        Row::ask(
            "demote the owner",
            |at, _| role(at, "own", "member"),
            SYSTEM,
        ),
        Row::ask(
            "hand the room over",
            |at, _| role(at, "heir", "owner"),
            hand_over,
        ),
        Row::ask("unmute oneself", |at, who| act(at, who, "unmute"), NOBODY),
        Row::ask("promote oneself", promote_oneself, NOBODY),
    ]
}

/// For the owner, whose standing is the highest: to be an admin of their own accord.
fn promote_oneself(at: &Place, who: &str) -> Ask {
    role(at, who, "admin")
}
