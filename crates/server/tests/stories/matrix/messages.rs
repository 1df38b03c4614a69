//! What is said in a room.

use super::world::{Place, World};
use super::{Ask, Emit, Row, check};
use parlor_testkit::json;

/// For members.
const READERS: [&str; 2] = ["u o o Y Y Y Y o n", "u h h Y Y Y Y h n"];
/// For members who are not muted.
const WRITERS: [&str; 2] = ["u o o m Y Y Y b o", "u h h m Y Y Y b h"];
/// For members, muted or not.
const TIDY: [&str; 2] = ["u o o Y Y Y Y b o", "u h h Y Y Y Y b h"];
/// For admins and up.
const MODERATORS: [&str; 2] = ["u o o n n Y Y o Y", "u h h n n Y Y h Y"];
/// For nobody.
const NOBODY: [&str; 2] = ["u o o n n n n o n", "u h h n n n n h n"];

/// Something about a message; `victim` is somebody else's.
fn on(at: &Place, whose: &str, method: &'static str, rest: &str) -> Ask {
    let path = format!("/api/messages/{}{rest}", at.said(whose));
    Ask(method, path, json!(null))
}

fn edit(at: &Place, whose: &str) -> Ask {
    let Ask(method, path, _) = on(at, whose, "PUT", "");
    Ask(method, path, json!({ "content": "otherwise" }))
}

fn edit_event(at: &Place, whose: &str) -> Emit {
    let edit = json!({ "message_id": at.said(whose), "content": "otherwise" });
    Emit("edit_message", edit)
}

fn delete_event(at: &Place, whose: &str) -> Emit {
    Emit("delete_message", json!({ "message_id": at.said(whose) }))
}

fn send(at: &Place, who: &str) -> Ask {
    Ask("POST", at.path("/messages"), json!({ "content": who }))
}

fn reply(at: &Place, who: &str) -> Ask {
    let reply = json!({ "content": who, "reply_to": at.said("victim") });
    Ask("POST", at.path("/messages"), reply)
}

fn online(at: &Place, _: &str) -> Ask {
    let path = format!("/api/users/online?room_id={}", at.room);
    Ask("GET", path, json!(null))
}

#[tokio::test]
async fn reading() {
    let mark = |at: &Place, _: &str| Ask("PUT", at.path("/read"), json!({ "seq": 1 }));
    let rows = [
        Row::ask("history", |at, _| at.get("/messages"), READERS),
        Row::ask("pins", |at, _| at.get("/pins"), READERS),
        Row::ask(
            "receipts",
            |at, who| on(at, who, "GET", "/receipts"),
            READERS,
        ),
        Row::ask("who is here", online, READERS)
            .or_emit(|at, _| Emit("get_online_users", json!({ "room_id": at.room }))),
        Row::ask("mark as read", mark, TIDY)
            .or_emit(|at, _| Emit("read", json!({ "room_id": at.room, "seq": 1 }))),
        Row::ask(
            "export",
            |at, _| at.get("/export"),
            ["u h h n n n Y h n"; 2],
        ),
    ];
    check(World::talking().await, &rows.map(Row::harmless)).await;
}

#[tokio::test]
async fn saying() {
    let typing = Row {
        ask: None,
        ..Row::ask("type", send, WRITERS)
            .or_emit(|at, _| Emit("typing_start", json!({ "room_id": at.room })))
    };
    let rows = [
        Row::ask("send", send, WRITERS)
            .or_emit(|at, who| {
                Emit(
                    "send_message",
                    json!({ "room_id": at.room, "content": who }),
                )
            })
            .harmless(),
        Row::ask("reply", reply, WRITERS).harmless(),
        Row::ask(
            "react",
            |at, _| on(at, "victim", "PUT", "/reactions/%F0%9F%91%8D"),
            WRITERS,
        )
        .harmless(),
        typing.harmless(),
        Row::ask("edit one's own", edit, WRITERS)
            .or_emit(edit_event)
            .harmless(),
        Row::ask(
            "delete one's own",
            |at, who| on(at, who, "DELETE", ""),
            TIDY,
        )
        .or_emit(delete_event),
    ];
    check(World::talking().await, &rows).await;
}

#[tokio::test]
async fn what_others_have_said() {
    let rows = [
        Row::ask("edit another's", |at, _| edit(at, "victim"), NOBODY)
            .or_emit(|at, _| edit_event(at, "victim")),
        Row::ask(
            "delete another's",
            |at, _| on(at, "victim", "DELETE", ""),
            MODERATORS,
        )
        .or_emit(|at, _| delete_event(at, "victim")),
        Row::ask("pin", |at, _| on(at, "victim", "PUT", "/pin"), MODERATORS).harmless(),
        Row::ask(
            "unpin",
            |at, _| on(at, "victim", "DELETE", "/pin"),
            MODERATORS,
        )
        .harmless(),
    ];
    check(World::talking().await, &rows).await;
}
