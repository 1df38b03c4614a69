//! Bringing archives and exports in.

use super::{file, id, messages_of, taken};
use parlor::archives::import::{Destination, Import, ImportError};
use parlor_protocol::archives::ImportReport;
use parlor_testkit::{Person, Server, Value, json};
use std::path::{Path, PathBuf};

/// Brings a file in.
pub(super) async fn bring(server: &Server, path: &Path, room: Option<&str>) -> ImportReport {
    try_bring(server, path, room).await.expect("brought in")
}

pub(super) async fn try_bring(
    server: &Server,
    path: &Path,
    room: Option<&str>,
) -> Result<ImportReport, ImportError> {
    let import = import(path, room, false);
    server.app().archives.import(import, |_, _| {}).await
}

fn import(path: &Path, room: Option<&str>, is_dry_run: bool) -> Import {
    Import {
        path: path.to_owned(),
        room: room.map(|name| Destination::Named(name.to_owned())),
        is_dry_run,
    }
}

/// A room's export as a file: alice's words, bob's answer with a reaction, something pinned, edited and deleted.
async fn exported(server: &Server, folder: &tempfile::TempDir) -> (PathBuf, Person, i64) {
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Parliament").await;
    bob.join(room).await;
    let first = alice.say(room, "order, @bob").await;
    let answer = json!({ "content": "order", "reply_to": id(&first) });
    let answer = bob.post(&messages_of(room), answer).await.expect(201);
    let about = |message: &Value, what: &str| format!("/api/messages/{}{what}", id(message));
    let answer = &answer["message"];
    alice
        .put(&about(answer, "/reactions/👍"), json!({}))
        .await
        .expect(200);
    alice
        .put(&about(&first, "/pin"), json!({}))
        .await
        .expect(200);
    let edit = json!({ "content": "order, order" });
    bob.put(&about(answer, ""), edit).await.expect(200);
    let gone = bob.say(room, "the canary regrets").await;
    bob.delete(&about(&gone, "")).await.expect(200);
    let export = alice.get(&format!("/api/rooms/{room}/export")).await;
    assert!(!export.text.contains("canary"));
    let path = file(folder, "room.jsonl", export.text.as_bytes());
    (path, alice, room)
}

async fn history(person: &Person, room: i64) -> Vec<Value> {
    let page = person.get(&messages_of(room)).await.expect(200);
    page["items"].as_array().expect("a list").clone()
}

/// The room of this name, for an administrator who joins it to read.
async fn enter(server: &Server, name: &str) -> (Person, i64) {
    let admin = server.administrator("chronicler").await;
    let rooms = &server.app().rooms;
    let room = rooms.named_room(name).await.expect("an answer");
    let room = room.expect("the room");
    let card = rooms.card(room).await.expect("an answer").expect("a card");
    assert!(card.is_private && card.member_count == 0, "{card:?}");
    // Made public for the moment: nobody has its key.
    let open = json!({ "is_private": false });
    admin
        .put(&format!("/api/rooms/{room}"), open)
        .await
        .expect(200);
    admin.join(room).await;
    (admin, room)
}

#[tokio::test]
async fn the_export_of_a_room_is_brought_into_a_new_server_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = Server::start().await;
    let (path, alice, room) = exported(&old, &folder).await;
    let new = Server::start().await;
    // Bob is here already, alice is not.
    new.person("bob").await;
    let dry = import(&path, Some("Parliament"), true);
    let dry = new.app().archives.import(dry, |_, _| {}).await;
    let dry = dry.expect("checked");
    assert_eq!((dry.messages, dry.new, dry.deleted), (3, 2, 1));
    assert_eq!((dry.people, dry.strangers), (2, 1));
    let nothing = new.app().rooms.named_room("Parliament").await;
    assert_eq!(nothing.expect("an answer"), None);

    let report = bring(&new, &path, Some("Parliament")).await;
    assert_eq!((report.messages, report.new, report.known), (3, 2, 0));
    assert_eq!(
        (report.deleted, report.refused, report.strangers),
        (1, 0, 1)
    );
    for _ in 0..2 {
        let again = bring(&new, &path, Some("Parliament")).await;
        assert_eq!((again.new, again.known, again.strangers), (0, 2, 0));
    }

    let (reader, place) = enter(&new, "Parliament").await;
    let (was, is) = (history(&alice, room).await, history(&reader, place).await);
    assert_eq!(is.len(), 2);
    for (was, is) in was.iter().zip(&is) {
        for same in ["content", "message_type", "timestamp", "edited_at"] {
            assert_eq!(was[same], is[same], "{same}");
        }
        assert_eq!(was["user"]["username"], is["user"]["username"]);
    }
    assert_eq!(is[1]["reply_to"]["id"], is[0]["id"]);
    assert_eq!(is[1]["reactions"][0]["emoji"], "👍");
    assert_eq!(is[1]["reactions"][0]["user_ids"], json!([is[0]["user_id"]]));
    assert_eq!(is[0]["pinned_at"], was[0]["pinned_at"]);
    assert_eq!(is[0]["mentions"], json!([is[1]["user_id"]]));
    // A placeholder lets nobody in.
    let login = json!({ "username": "alice", "password": alice.password() });
    let refused = new.visitor().post("/api/auth/login", login).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
}

#[tokio::test]
async fn where_it_came_from_nothing_is_brought_in_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start().await;
    let (path, alice, room) = exported(&server, &folder).await;
    let before = history(&alice, room).await;
    let report = bring(&server, &path, Some("Parliament")).await;
    assert_eq!((report.new, report.known, report.strangers), (0, 2, 0));
    assert_eq!(history(&alice, room).await, before);
    // An archive of alice's and the export know the same messages.
    let archive = file(&folder, "alice.zip", &taken(&server, &alice).await);
    let report = bring(&server, &archive, None).await;
    assert_eq!((report.new, report.known), (0, 1));
    let new = Server::start().await;
    bring(&new, &path, Some("Parliament")).await;
    let report = bring(&new, &archive, None).await;
    assert_eq!((report.new, report.known), (0, 1));
}

#[tokio::test]
async fn a_persons_archive_goes_into_rooms_of_the_same_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = Server::start().await;
    let (alice, bob) = (old.person("alice").await, old.person("bob").await);
    let (public, (secret, _)) = (
        alice.create_room("Parliament").await,
        alice.create_private_room("Cabinet").await,
    );
    let direct = json!({ "user_id": bob.id() });
    let direct = alice.post("/api/rooms/direct", direct).await.expect(200);
    for n in 0..205 {
        alice.say(public, &format!("speech {n}")).await;
    }
    alice.say(secret, "the plan").await;
    alice.say(id(&direct), "between us").await;
    let path = file(&folder, "alice.zip", &taken(&old, &alice).await);

    let new = Server::start().await;
    let her = new.person("alice").await;
    let carol = new.person("carol").await;
    let there = carol.create_room("Parliament").await;
    carol.say(there, "welcome").await;
    let report = bring(&new, &path, None).await;
    assert_eq!((report.messages, report.new), (207, 207));
    assert_eq!((report.people, report.strangers), (1, 0));
    let said = history(&carol, there).await;
    assert_eq!(said.last().expect("a message")["content"], "speech 204");
    assert_eq!(said.last().expect("a message")["user_id"], her.id());
    // What was private is hers alone, and between two people stays what was.
    let rooms = her.get("/api/rooms?scope=joined").await.expect(200);
    let rooms = rooms["items"].as_array().expect("a list");
    let cabinet = rooms.iter().find(|room| room["name"] == "Cabinet");
    let cabinet = cabinet.expect("the private room");
    assert_eq!(cabinet["is_private"], true);
    assert_eq!(history(&her, id(cabinet)).await[0]["content"], "the plan");
    let chat = rooms.iter().find(|room| room["kind"] == "direct");
    let chat = chat.expect("the chat");
    assert_eq!(chat["peer"]["username"], "bob");
    assert_eq!(history(&her, id(chat)).await[0]["content"], "between us");
    let again = bring(&new, &path, None).await;
    assert_eq!((again.new, again.known), (0, 207));
}

#[tokio::test]
async fn what_was_private_does_not_go_into_a_public_room_of_the_same_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = Server::start().await;
    let alice = old.person("alice").await;
    let (secret, _) = alice.create_private_room("Cabinet").await;
    alice.say(secret, "the canary plans").await;
    let path = file(&folder, "alice.zip", &taken(&old, &alice).await);
    for others in ["public", "private"] {
        let new = Server::start().await;
        let (her, mallory) = (new.person("alice").await, new.person("mallory").await);
        let trap = json!({ "name": "Cabinet", "is_private": others == "private" });
        let trap = mallory.post("/api/rooms", trap).await.expect(201);
        assert_eq!(bring(&new, &path, None).await.new, 1);
        assert_eq!(history(&mallory, id(&trap)).await, [Value::Null; 0]);
        let rooms = her.get("/api/rooms?scope=joined").await.expect(200);
        let name = format!("{secret} of alice");
        let rooms = rooms["items"].as_array().expect("a list");
        let own = rooms.iter().find(|room| room["name"] == *name);
        let own = own.expect("a room of her own");
        assert_eq!(
            history(&her, id(own)).await[0]["content"],
            "the canary plans"
        );
        assert_eq!(bring(&new, &path, None).await.known, 1);
    }
}

#[tokio::test]
async fn what_was_interrupted_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = Server::start().await;
    let alice = old.person("alice").await;
    let room = alice.create_room("Long").await;
    for n in 0..5 {
        alice.say(room, &format!("line {n}")).await;
    }
    let export = alice.get(&format!("/api/rooms/{room}/export")).await.text;
    // As if it had ended in the middle.
    let half: Vec<&str> = export.lines().take(2).collect();
    let half = file(&folder, "half.jsonl", half.join("\n").as_bytes());
    let whole = file(&folder, "whole.jsonl", export.as_bytes());
    let new = Server::start().await;
    assert_eq!(bring(&new, &half, Some("Long")).await.new, 2);
    let rest = bring(&new, &whole, Some("Long")).await;
    assert_eq!((rest.new, rest.known), (3, 2));
    let (reader, place) = enter(&new, "Long").await;
    let said = history(&reader, place).await;
    let said: Vec<&Value> = said.iter().map(|m| &m["content"]).collect();
    assert_eq!(said, ["line 0", "line 1", "line 2", "line 3", "line 4"]);
}
