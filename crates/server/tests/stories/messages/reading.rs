//! History, read marks, what is unread, export.

use super::{history, id, room_of_two};
use futures_util::StreamExt as _;
use parlor::kernel::db::{Sql, args};
use parlor_testkit::{Person, Server, Value, json};

fn contents(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a list");
    items
        .iter()
        .map(|m| m["content"].as_str().expect("a text"))
        .collect()
}

async fn page(person: &Person, room: i64, query: &str) -> Value {
    let path = format!("/api/rooms/{room}/messages?{query}");
    person.get(&path).await.expect(200)
}

#[tokio::test]
async fn history_is_read_in_pages_both_ways() {
    let (_server, alice, bob, room) = room_of_two().await;
    let mut seqs = Vec::new();
    for n in 1..=7 {
        seqs.push(
            alice.say(room, &n.to_string()).await["seq"]
                .as_i64()
                .unwrap(),
        );
    }
    let newest = page(&bob, room, "limit=3").await;
    assert_eq!(contents(&newest), ["5", "6", "7"]);
    assert_eq!(newest["last_seq"], seqs[6]);
    let next = newest["next"].as_str().expect("older ones");
    let older = page(&bob, room, &format!("limit=3&cursor={next}")).await;
    assert_eq!(contents(&older), ["2", "3", "4"]);
    let next = older["next"].as_str().expect("older ones");
    let oldest = page(&bob, room, &format!("limit=3&cursor={next}")).await;
    assert_eq!(
        (contents(&oldest), &oldest["next"]),
        (vec!["1"], &Value::Null)
    );

    let before = page(&bob, room, &format!("limit=2&before={}", seqs[4])).await;
    assert_eq!(contents(&before), ["3", "4"]);
    let after = page(&bob, room, &format!("limit=2&after={}", seqs[4])).await;
    assert_eq!(
        (contents(&after), &after["next"]),
        (vec!["6", "7"], &Value::Null)
    );
    let after = page(&bob, room, "limit=2&after=0").await;
    assert_eq!(contents(&after), ["1", "2"]);
    let next = after["next"].as_str().expect("newer ones");
    let newer = page(&bob, room, &format!("limit=2&cursor={next}")).await;
    assert_eq!(contents(&newer), ["3", "4"]);
    let around = page(&bob, room, &format!("limit=3&around={}", seqs[3])).await;
    assert_eq!(contents(&around), ["3", "4", "5"]);
    let next = around["next"].as_str().expect("newer ones");
    let newer = page(&bob, room, &format!("limit=3&cursor={next}")).await;
    assert_eq!(contents(&newer), ["6", "7"]);
    let around = page(&bob, room, &format!("limit=200&around={}", seqs[6])).await;
    assert_eq!(
        (around["items"].as_array().unwrap().len(), &around["next"]),
        (7, &Value::Null)
    );
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let (_server, alice, bob, room) = room_of_two().await;
    let other = alice.create_room("Elsewhere").await;
    for n in 0..3 {
        alice.say(room, &n.to_string()).await;
        alice.say(other, &n.to_string()).await;
    }
    let path = format!("/api/rooms/{room}/messages");
    for query in [
        "limit=0",
        "limit=-1",
        "limit=NaN",
        "limit=1000000000",
        "limit=201",
        "limit=",
        "before=-1",
        "after=x",
        "around=1e3",
        "before=9223372036854775808",
        "before=1&after=1",
        "page=2",
    ] {
        let refused = bob.get(&format!("{path}?{query}")).await;
        refused.problem(400, "invalid_param");
    }
    let foreign = page(&alice, other, "limit=1").await;
    let foreign = foreign["next"].as_str().expect("a cursor");
    let own = page(&alice, room, "limit=1").await;
    let own = own["next"].as_str().expect("a cursor");
    let forged = format!("{}A", &own[..own.len() - 1]);
    for cursor in [foreign, "LTE", "x", "", forged.as_str()] {
        let refused = bob.get(&format!("{path}?cursor={cursor}")).await;
        refused.problem(400, "invalid_cursor");
    }
    page(&bob, room, &format!("cursor={own}")).await;
}

#[tokio::test]
async fn read_marks_move_forward_on_all_devices() {
    let (_server, alice, bob, room) = room_of_two().await;
    let phone = bob.another_device().await;
    let (hers, his) = (alice.socket().await, phone.socket().await);
    let view = format!("/api/rooms/{room}");
    let first = alice.say(room, "one").await;
    let second = alice.say(room, "two, @bob").await;
    bob.say(room, "mine").await;
    let membership = bob.get(&view).await.expect(200)["membership"].clone();
    assert_eq!(
        (&membership["unread_count"], &membership["mention_count"]),
        (&json!(2), &json!(1))
    );

    let read = format!("/api/rooms/{room}/read");
    let state = bob
        .put(&read, json!({ "seq": first["seq"] }))
        .await
        .expect(200);
    assert_eq!(
        (&state["unread_count"], &state["mention_count"]),
        (&json!(1), &json!(1))
    );
    for socket in [&hers, &his] {
        let event = socket.next("read_update").await;
        assert_eq!(
            (&event["user_id"], &event["seq"]),
            (&json!(bob.id()), &first["seq"])
        );
    }
    let ack = his
        .emit("read", json!({ "room_id": room, "seq": second["seq"] }))
        .await;
    assert_eq!(
        (&ack["ok"], &ack["unread_count"]),
        (&json!(true), &json!(0))
    );
    let lower = bob
        .put(&read, json!({ "seq": first["seq"] }))
        .await
        .expect(200);
    assert_eq!(lower["last_read_seq"], second["seq"], "never back");
    let membership = bob.get(&view).await.expect(200)["membership"].clone();
    assert_eq!(
        (&membership["last_read_seq"], &membership["unread_count"]),
        (&second["seq"], &json!(0))
    );

    for seq in [
        json!(-1),
        json!(1_000),
        json!(i64::MAX),
        json!("1"),
        json!(1.5),
    ] {
        bob.put(&read, json!({ "seq": seq }))
            .await
            .problem(400, "invalid_field");
    }
    hers.next("read_update").await;
    let others = hers.settled_events().await;
    assert!(
        others.iter().all(|(name, _)| name != "read_update"),
        "{others:?}"
    );
}

#[tokio::test]
async fn a_message_is_sent_then_delivered_then_read() {
    let (server, alice, bob, room) = room_of_two().await;
    let said = alice.say(room, "are you there?").await;
    let status = async || {
        let message = alice
            .get(&format!("/api/messages/{}", id(&said)))
            .await
            .expect(200);
        message["status"].as_str().unwrap().to_owned()
    };
    let hers = alice.socket().await;
    assert_eq!(
        status().await,
        "sent",
        "the author's own devices do not count"
    );
    let receipts = format!("/api/messages/{}/receipts", id(&said));
    assert_eq!(alice.get(&receipts).await.expect(200)["items"], json!([]));
    let his = bob.socket().await;
    his.settled_events().await;
    assert_eq!(status().await, "delivered");
    his.emit("read", json!({ "room_id": room, "seq": said["seq"] }))
        .await;
    hers.next("read_update").await;
    assert_eq!(status().await, "read");
    let found = alice.get(&receipts).await.expect(200);
    assert_eq!(found["items"][0]["user"]["username"], "bob");
    assert_eq!(found["items"][0]["last_read_seq"], said["seq"]);
    assert!(found["items"][0]["read_at"].is_string());
    drop(server);
}

/// People whose accounts nobody uses, in the room that everybody joins.
async fn a_crowd(server: &Server, people: i64) -> i64 {
    let database = server.app().kernel.db.write();
    let hall = "SELECT MIN(id) FROM rooms";
    let hall: i64 = database.scalar(hall, args![]).await.unwrap().unwrap();
    let account = "INSERT INTO accounts (id, username, name_key, name_skeleton, nickname_key, bio, system_role, \
                   status, is_guest, created_at) VALUES (?, ?, ?, ?, '', '', 'user', 'active', ?, 0)";
    let member = "INSERT INTO room_members (room_id, user_id, role, joined_at, last_read_seq) VALUES (?, ?, 0, 0, 0)";
    for id in 1_000_000..1_000_000 + people {
        let name = format!("nobody{id}");
        let values = args![id, name.clone(), name.clone(), name, false];
        database.run(account, values).await.unwrap();
        database.run(member, args![hall, id]).await.unwrap();
    }
    hall
}

#[tokio::test]
async fn in_a_crowd_a_message_gets_as_far_as_among_few() {
    let server = Server::start().await;
    let hall = a_crowd(&server, 150).await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let said = alice.say(hall, "is anybody there?").await;
    let path = format!("/api/messages/{}", id(&said));
    let status = async || alice.get(&path).await.expect(200)["status"].clone();
    let _hers = alice.socket().await;
    assert_eq!(status().await, "sent");
    let see = async |person: i64, at: Option<i64>| {
        let see = "UPDATE accounts SET last_seen = ? WHERE id = ?";
        let database = server.app().kernel.db.write();
        database.run(see, args![at, person]).await.unwrap();
    };
    see(1_000_007, Some(i64::from(i32::MAX) * 1000)).await;
    assert_eq!(status().await, "delivered");
    see(1_000_007, None).await;
    assert_eq!(status().await, "sent");
    let his = bob.socket().await;
    his.settled_events().await;
    assert_eq!(status().await, "delivered");
    let read = json!({ "room_id": hall, "seq": said["seq"] });
    assert_eq!(his.emit("read", read).await["ok"], true);
    assert_eq!(status().await, "read");
}

#[tokio::test]
async fn deleted_messages_and_ones_own_are_not_unread() {
    let (_server, alice, bob, room) = room_of_two().await;
    let said = alice.say(room, "@all listen").await;
    alice.say(room, "never mind").await;
    let unread = async |person: &Person| {
        let view = person.get(&format!("/api/rooms/{room}")).await.expect(200);
        let own = &view["membership"];
        (
            own["unread_count"].as_i64().unwrap(),
            own["mention_count"].as_i64().unwrap(),
        )
    };
    assert_eq!((unread(&bob).await, unread(&alice).await), ((2, 1), (0, 0)));
    alice
        .delete(&format!("/api/messages/{}", id(&said)))
        .await
        .expect(200);
    assert_eq!(unread(&bob).await, (1, 0));
    let list = bob.get("/api/rooms?scope=joined").await.expect(200);
    let listed = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["id"] == room);
    assert_eq!(listed.expect("listed")["membership"]["unread_count"], 1);
}

#[tokio::test]
async fn who_joins_later_has_nothing_to_catch_up_with() {
    let (server, alice, _bob, room) = room_of_two().await;
    alice.say(room, "old news").await;
    let carol = server.person("carol").await;
    let view = carol.join(room).await;
    assert_eq!(view["membership"]["unread_count"], 0);
    alice.say(room, "welcome").await;
    let view = carol.get(&format!("/api/rooms/{room}")).await.expect(200);
    assert_eq!(view["membership"]["unread_count"], 1);
}

#[tokio::test]
async fn the_owner_takes_the_whole_history_along() {
    let (server, alice, bob, room) = room_of_two().await;
    let socket = alice.socket().await;
    let sent: Vec<_> = (0..450)
        .map(|n| {
            socket.emit_later(
                "send_message",
                json!({ "room_id": room, "content": format!("line\n{n}") }),
            )
        })
        .collect();
    for ack in sent {
        ack.await;
    }
    let secret = bob.say(room, "canary").await;
    bob.delete(&format!("/api/messages/{}", id(&secret)))
        .await
        .expect(200);
    let export = alice.get(&format!("/api/rooms/{room}/export")).await;
    assert_eq!(export.status, 200);
    assert_eq!(export.header("content-type"), Some("application/jsonl"));
    let lines: Vec<Value> = export
        .text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(lines.len(), 451);
    for (n, line) in lines.iter().take(450).enumerate() {
        assert_eq!(line["content"], format!("line\n{n}"));
    }
    assert_eq!(lines[450]["is_deleted"], true);
    assert!(!export.text.contains("canary"));
    let newest = history(&alice, room).await;
    assert_eq!(lines[251..], newest);

    // Whoever signs out half-way gets no more of it.
    let app = server.app();
    let token = alice.token().unwrap();
    let actor = app.accounts.authenticate_token(&token).await.unwrap();
    let begun = app.messages.export(&actor, room).await.unwrap();
    let mut pages = begun.into_data_stream();
    assert!(pages.next().await.unwrap().is_ok());
    alice.post("/api/auth/logout", json!({})).await.expect(204);
    assert!(pages.next().await.unwrap().is_err());
}

#[tokio::test]
async fn alice_sees_how_much_she_has_said() {
    let (_server, alice, _bob, room) = room_of_two().await;
    for n in 0..3 {
        alice.say(room, &n.to_string()).await;
    }
    alice.create_private_room("Attic").await;
    let stats = alice.get("/api/users/me/stats").await.expect(200);
    assert_eq!(stats["messages_sent"], 3);
    assert_eq!(
        (&stats["public_rooms_owned"], &stats["private_rooms_owned"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(stats["private_rooms_joined"], 1);
}
