//! What is said in a room.

use super::world::{Place, World};
use super::{Ask, Emit, Row, check};
use parlor::kernel::clock::Clock;
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

fn remind(at: &Place, _: &str) -> Ask {
    let tomorrow = Clock::system().now().plus_millis(86_400_000);
    let draft = json!({ "message_id": at.said("victim"), "remind_at": tomorrow.to_string() });
    Ask("POST", "/api/notifications/reminders".to_owned(), draft)
}

fn follow(at: &Place, _: &str) -> Ask {
    let change = json!({ "rooms": [{ "room_id": at.room, "level": "all" }] });
    Ask("PUT", "/api/notifications/preferences".to_owned(), change)
}

/// All rows of this file.
pub(super) fn rows() -> Vec<Row> {
    let all = [reading_rows(), saying_rows(), rows_about_others()];
    all.concat()
}

fn reading_rows() -> Vec<Row> {
    let mark = |at: &Place, _: &str| Ask("PUT", at.path("/read"), json!({ "seq": 1 }));
    let rows = [
        Row::ask("one message", |at, who| on(at, who, "GET", ""), READERS),
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
        Row::ask("be reminded", remind, READERS),
        Row::ask("follow a room", follow, TIDY),
        Row::ask(
            "export",
            |at, _| at.get("/export"),
            ["u h h n n n Y h n"; 2],
        ),
    ];
    rows.map(Row::harmless).into()
}

#[tokio::test]
async fn reading() {
    check(World::talking().await, &reading_rows()).await;
}

/// Something that there is an event for, and no request.
fn by_event(name: &'static str, emit: fn(&Place, &str) -> Emit, cells: [&'static str; 2]) -> Row {
    Row {
        ask: None,
        ..Row::ask(name, send, cells).or_emit(emit).harmless()
    }
}

fn typing(at: &Place, event: &'static str) -> Emit {
    Emit(event, json!({ "room_id": at.room }))
}

fn saying_rows() -> Vec<Row> {
    vec![
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
        Row::ask(
            "take a reaction away",
            |at, _| on(at, "victim", "DELETE", "/reactions/%F0%9F%91%8D"),
            WRITERS,
        )
        .harmless(),
        by_event("type", |at, _| typing(at, "typing_start"), WRITERS),
        by_event("stop typing", |at, _| typing(at, "typing_stop"), TIDY),
        Row::ask("edit one's own", edit, WRITERS)
            .or_emit(edit_event)
            .harmless(),
        Row::ask(
            "delete one's own",
            |at, who| on(at, who, "DELETE", ""),
            TIDY,
        )
        .or_emit(delete_event),
        Row::ask(
            "restore one's own",
            |at, who| on(at, who, "POST", "/restore"),
            WRITERS,
        )
        .after(|at, who| on(at, who, "DELETE", "")),
    ]
}

#[tokio::test]
async fn saying() {
    check(World::talking().await, &saying_rows()).await;
}

fn rows_about_others() -> Vec<Row> {
    vec![
        Row::ask("edit another's", |at, _| edit(at, "victim"), NOBODY)
            .or_emit(|at, _| edit_event(at, "victim")),
        Row::ask(
            "delete another's",
            |at, _| on(at, "victim", "DELETE", ""),
            MODERATORS,
        )
        .or_emit(|at, _| delete_event(at, "victim")),
        Row::ask(
            "restore another's",
            |at, _| on(at, "victim", "POST", "/restore"),
            NOBODY,
        ),
        Row::ask("pin", |at, _| on(at, "victim", "PUT", "/pin"), MODERATORS).harmless(),
        Row::ask(
            "unpin",
            |at, _| on(at, "victim", "DELETE", "/pin"),
            MODERATORS,
        )
        .harmless(),
    ]
}

#[tokio::test]
async fn what_others_have_said() {
    check(World::talking().await, &rows_about_others()).await;
}
