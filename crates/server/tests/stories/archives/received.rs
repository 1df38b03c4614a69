//! The export of a room, sent to a running server.

use super::{id, messages_of, taken};
use parlor::archives::import::{Destination, Import};
use parlor_testkit::{Person, Reply, Server, Value, json};

async fn send(person: &Person, room: i64, body: impl Into<Vec<u8>>, kind: &str) -> Reply {
    let path = format!("/api/rooms/{room}/import");
    let request = person.request("POST", &path).header("content-type", kind);
    person.send(request.body(body.into())).await
}

async fn contents(person: &Person, room: i64) -> Vec<Value> {
    let page = person.get(&messages_of(room)).await.expect(200);
    let items = page["items"].as_array().expect("a list").iter();
    items.map(|message| message["content"].clone()).collect()
}

/// What two people said on another server: a line each, the second an answer.
async fn exported() -> String {
    let old = Server::start().await;
    let (alice, bob) = (old.person("alice").await, old.person("bob").await);
    let room = alice.create_room("Parliament").await;
    bob.join(room).await;
    let first = alice.say(room, "order").await;
    let answer = json!({ "content": "order, order", "reply_to": id(&first) });
    bob.post(&messages_of(room), answer).await.expect(201);
    alice.get(&format!("/api/rooms/{room}/export")).await.text
}

/// A server into which that is brought, with a room of bob's in which something was said before.
struct House {
    server: Server,
    admin: Person,
    bob: Person,
    room: i64,
}

impl House {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.administrator("root").await;
        let bob = server.person("bob").await;
        let room = bob.create_room("House").await;
        bob.say(room, "before").await;
        Self {
            server,
            admin,
            bob,
            room,
        }
    }
}

const EXPORT: &str = "application/jsonl";

#[tokio::test]
async fn what_an_export_tells_is_heard_in_the_room_at_once_and_once() {
    let export = exported().await;
    let House {
        server,
        admin,
        bob,
        room,
    } = House::new().await;
    let socket = bob.socket().await;
    let report = send(&admin, room, export.clone(), EXPORT).await.expect(200);
    let count = |name: &str| report[name].as_i64().expect("a number");
    assert_eq!(
        ["messages", "new", "known", "people", "strangers"].map(count),
        [2, 2, 0, 2, 1]
    );
    for words in ["order", "order, order"] {
        let told = socket.next("new_message").await;
        assert_eq!(told["message"]["content"], words);
    }
    let said = bob.get(&messages_of(room)).await.expect(200);
    assert_eq!(said["items"][1]["user"]["username"], "alice");
    assert_eq!(said["items"][2]["user_id"], bob.id());
    assert_eq!(said["items"][2]["reply_to"]["id"], said["items"][1]["id"]);
    let again = send(&admin, room, export, EXPORT).await.expect(200);
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(2)));
    assert_eq!(
        contents(&bob, room).await,
        ["before", "order", "order, order"]
    );
    let log = admin
        .get("/api/admin/audit?action=room_imported")
        .await
        .expect(200);
    let log = log["items"].as_array().expect("a list");
    assert_eq!(log.len(), 2);
    assert_eq!(
        (&log[0]["actor"]["id"], &log[0]["room_id"]),
        (&json!(admin.id()), &json!(room))
    );
    let kept = server.data_dir().join("received");
    assert_eq!(std::fs::read_dir(kept).expect("the folder").count(), 0);
}

#[tokio::test]
async fn what_does_not_hold_changes_nothing() {
    let export = exported().await;
    let House {
        server,
        admin,
        bob,
        room,
    } = House::new().await;
    let broken = format!("{export}{{\"id\": 1}}\n");
    let problem = send(&admin, room, broken, EXPORT)
        .await
        .problem(400, "invalid_field");
    let detail = problem["detail"].as_str().expect("a reason");
    assert!(
        detail.starts_with("line 3: ") && !detail.contains("received"),
        "{detail}"
    );
    // The archive of a person has rooms of its own: it is not taken for an export.
    let archive = taken(&server, &bob).await;
    send(&admin, room, archive, EXPORT)
        .await
        .problem(400, "invalid_field");
    for kind in ["application/json", "application/zip", "text/plain"] {
        let reply = send(&admin, room, export.clone(), kind).await;
        reply.problem(415, "unsupported_media_type");
    }
    send(&bob, room, export.clone(), EXPORT)
        .await
        .problem(403, "forbidden");
    let direct = json!({ "user_id": bob.id() });
    let direct = admin.post("/api/rooms/direct", direct).await.expect(200);
    send(&admin, id(&direct), export.clone(), EXPORT)
        .await
        .problem(403, "forbidden");
    assert_eq!(contents(&bob, room).await, ["before"]);
    let log = admin
        .get("/api/admin/audit?action=room_imported")
        .await
        .expect(200);
    assert_eq!(log["items"], json!([]));

    // A room that is deleted meanwhile takes nothing more.
    bob.delete(&format!("/api/rooms/{room}")).await.expect(204);
    send(&admin, room, export.clone(), EXPORT)
        .await
        .problem(404, "not_found");
    let folder = tempfile::tempdir().expect("a folder");
    let import = Import {
        path: super::file(&folder, "export.jsonl", export.as_bytes()),
        room: Some(Destination::Room(room)),
        is_dry_run: false,
    };
    let refused = server.app().archives.import(import, |_, _| {}).await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn how_far_an_export_is_those_are_told_who_may_bring_one_in() {
    let House {
        server: _server,
        admin,
        bob,
        room,
    } = House::new().await;
    let path = format!("/api/rooms/{room}/import");
    let none = json!({ "stage": "none", "done": 0, "total": 0 });
    assert_eq!(admin.get(&path).await.expect(200), none);
    bob.get(&path).await.problem(403, "forbidden");
}
