//! Talking: sending, changing, deleting, reacting, pinning, reading.

mod reading;
mod rights;
mod system;
mod text;

use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{Person, Server, Value, json};
use std::time::Duration;

/// A server with Alice, who owns a public room, and Bob, who is in it.
async fn room_of_two() -> (Server, Person, Person, i64) {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    (server, alice, bob, room)
}

fn id(message: &Value) -> i64 {
    message["id"].as_i64().expect("an id")
}

async fn history(person: &Person, room: i64) -> Vec<Value> {
    let path = format!("/api/rooms/{room}/messages?limit=200");
    let page = person.get(&path).await.expect(200);
    page["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn what_alice_says_bob_hears_and_finds_again() {
    let (_server, alice, bob, room) = room_of_two().await;
    let (hers, his) = (alice.socket().await, bob.socket().await);
    let draft = json!({ "room_id": room, "content": "Hello, 世界 👋", "client_id": "c-1" });
    let ack = hers.emit("send_message", draft).await;
    assert_eq!(ack["ok"], true, "{ack}");
    assert_eq!(ack["duplicate"], false);
    let message = &ack["message"];
    assert_eq!(message["content"], "Hello, 世界 👋");
    assert_eq!(message["client_id"], "c-1");
    assert_eq!(message["user"]["username"], "alice");
    assert_eq!(message["message_type"], "text");
    assert_eq!(message["status"], "sent");

    for socket in [&hers, &his] {
        let event = socket.next("new_message").await;
        assert_eq!(event["room_id"], room);
        assert_eq!(event["seq"], message["seq"]);
        assert_eq!(event["message"], *message);
    }
    let found = bob.get(&format!("/api/messages/{}", id(message))).await;
    assert_eq!(found.expect(200)["content"], "Hello, 世界 👋");
    assert_eq!(history(&bob, room).await.len(), 1);
}

#[tokio::test]
async fn sending_again_stores_nothing_on_any_device_or_after_a_restart() {
    let (server, alice, bob, room) = room_of_two().await;
    let path = format!("/api/rooms/{room}/messages");
    let draft = json!({ "content": "once", "client_id": "same" });
    let first = alice.post(&path, draft.clone()).await.expect(201);
    let phone = alice.another_device().await;
    let again = phone.post(&path, draft.clone()).await.expect(200);
    assert_eq!(again["duplicate"], true);
    assert_eq!(again["message"]["id"], first["message"]["id"]);
    assert_eq!(again["message"]["seq"], first["message"]["seq"]);

    // Another body, another kind, another room: another message, which that id cannot be.
    let other = alice.create_room("Elsewhere").await;
    let elsewhere = format!("/api/rooms/{other}/messages");
    for (path, body) in [
        (&path, json!({ "content": "twice", "client_id": "same" })),
        (
            &path,
            json!({ "content": "once", "client_id": "same", "message_type": "markdown" }),
        ),
        (&elsewhere, draft.clone()),
    ] {
        let refused = alice.post(path, body).await;
        refused.problem(409, "idempotency_conflict");
    }
    // It is the sender's own id: Bob's is another.
    bob.post(&path, draft.clone()).await.expect(201);

    // Also once it was edited or deleted.
    let message = format!("/api/messages/{}", id(&first["message"]));
    alice
        .put(&message, json!({ "content": "edited" }))
        .await
        .expect(200);
    let again = alice.post(&path, draft.clone()).await.expect(200);
    assert_eq!(again["message"]["content"], "edited");
    alice.delete(&message).await.expect(200);
    let again = alice.post(&path, draft.clone()).await.expect(200);
    assert_eq!(
        (
            &again["message"]["is_deleted"],
            &again["message"]["content"]
        ),
        (&json!(true), &json!(""))
    );

    let server = server.restart().await;
    let returning = server.visitor();
    returning.set_token(alice.token());
    let again = returning.post(&path, draft).await.expect(200);
    assert_eq!(again["message"]["id"], first["message"]["id"]);
}

#[tokio::test]
async fn alice_edits_and_deletes_what_she_said_and_thinks_better_of_it() {
    let (_server, alice, bob, room) = room_of_two().await;
    let his = bob.socket().await;
    let said = alice.say(room, "a canary sings").await;
    let path = format!("/api/messages/{}", id(&said));

    let edited = alice
        .put(&path, json!({ "content": "a canary hums" }))
        .await
        .expect(200);
    assert!(edited["edited_at"].is_string());
    let event = his.next("message_updated").await;
    assert_eq!(event["message"]["content"], "a canary hums");
    assert_eq!(event["message"]["seq"], said["seq"], "its place stays");
    assert!(
        event["seq"].as_i64() > said["seq"].as_i64(),
        "the change has its own"
    );

    let answer = bob
        .post(
            &format!("/api/rooms/{room}/messages"),
            json!({ "content": "which?", "reply_to": id(&said) }),
        )
        .await
        .expect(201);
    assert_eq!(answer["message"]["reply_to"]["excerpt"], "a canary hums");
    assert_eq!(answer["message"]["reply_to"]["message_type"], "text");

    let gone = alice.delete(&path).await.expect(200);
    assert_eq!(
        (&gone["is_deleted"], &gone["content"]),
        (&json!(true), &json!(""))
    );
    let event = his.next("message_deleted").await;
    assert_eq!(event["message_id"], said["id"]);
    assert_eq!(event["deleted_by"], alice.id());
    alice.delete(&path).await.expect(200);
    alice
        .put(&path, json!({ "content": "x" }))
        .await
        .problem(409, "invalid_state");
    // Nowhere does the content shine through.
    let all = bob.get(&format!("/api/rooms/{room}/messages")).await;
    assert!(!all.text.contains("canary"), "{}", all.text);
    assert!(!bob.get(&path).await.text.contains("canary"));

    let back = alice
        .post(&format!("{path}/restore"), json!({}))
        .await
        .expect(200);
    assert_eq!(back["content"], "a canary hums");
    let event = his.next("message_updated").await;
    assert_eq!(event["message"], back);
    alice
        .post(&format!("{path}/restore"), json!({}))
        .await
        .problem(409, "invalid_state");
}

#[tokio::test]
async fn what_was_deleted_yesterday_or_by_a_moderator_stays_deleted() {
    let clock = Clock::manual(Timestamp(1_800_000_000_000));
    let server = Server::setup().with_clock(clock).start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    let restore = |message: &Value| format!("/api/messages/{}/restore", id(message));

    let moderated = bob.say(room, "rude").await;
    alice
        .delete(&format!("/api/messages/{}", id(&moderated)))
        .await
        .expect(200);
    bob.post(&restore(&moderated), json!({}))
        .await
        .problem(403, "forbidden");
    alice
        .post(&restore(&moderated), json!({}))
        .await
        .problem(403, "forbidden");

    let own = bob.say(room, "oops").await;
    bob.delete(&format!("/api/messages/{}", id(&own)))
        .await
        .expect(200);
    server.clock().advance(Duration::from_hours(24));
    let bob = bob.another_device().await;
    bob.post(&restore(&own), json!({}))
        .await
        .problem(409, "invalid_state");
}

#[tokio::test]
async fn emoji_gather_under_a_message() {
    let (_server, alice, bob, room) = room_of_two().await;
    let hers = alice.socket().await;
    let said = alice.say(room, "lunch?").await;
    let under = |emoji: &str| format!("/api/messages/{}/reactions/{emoji}", id(&said));

    let message = bob.put(&under("👍🏽"), json!({})).await.expect(200);
    assert_eq!(
        message["reactions"],
        json!([{ "emoji": "👍🏽", "count": 1, "user_ids": [bob.id()] }])
    );
    let event = hers.next("reaction_update").await;
    assert_eq!(event["reactions"], message["reactions"]);
    assert_eq!(
        (&event["user_id"], &event["added"]),
        (&json!(bob.id()), &json!(true))
    );

    let before = event["seq"].as_i64().expect("a seq");
    bob.put(&under("👍🏽"), json!({})).await.expect(200);
    alice.put(&under("👍🏽"), json!({})).await.expect(200);
    let event = hers.next("reaction_update").await;
    assert_eq!(event["seq"], before + 1, "the second time nothing happened");
    assert_eq!(
        event["reactions"][0]["user_ids"],
        json!([bob.id(), alice.id()])
    );

    let left = bob.delete(&under("👍🏽")).await.expect(200);
    assert_eq!(left["reactions"][0]["user_ids"], json!([alice.id()]));
    bob.delete(&under("🎉")).await.expect(200);
    for bad in ["ok", "👍👍", "%20", "%3Cb%3E"] {
        bob.put(&under(bad), json!({}))
            .await
            .problem(400, "invalid_param");
    }
}

#[tokio::test]
async fn a_message_takes_fifty_different_emoji() {
    let (_server, alice, _bob, room) = room_of_two().await;
    let said = alice.say(room, "all of them").await;
    let under = |n: u32| {
        let emoji = char::from_u32(0x1F400 + n).expect("an animal");
        format!("/api/messages/{}/reactions/{emoji}", id(&said))
    };
    for n in 0..50 {
        alice.put(&under(n), json!({})).await.expect(200);
    }
    alice
        .put(&under(50), json!({}))
        .await
        .problem(409, "invalid_state");
    alice.delete(&under(0)).await.expect(200);
    alice.put(&under(50), json!({})).await.expect(200);
}

#[tokio::test]
async fn moderators_pin_and_both_people_of_a_direct_chat() {
    let (_server, alice, bob, room) = room_of_two().await;
    let his = bob.socket().await;
    let (one, two) = (bob.say(room, "one").await, bob.say(room, "two").await);
    let pin = |message: &Value| format!("/api/messages/{}/pin", id(message));
    bob.put(&pin(&one), json!({}))
        .await
        .problem(403, "forbidden");
    for message in [&one, &two, &one] {
        let pinned = alice.put(&pin(message), json!({})).await.expect(200);
        assert!(pinned["pinned_at"].is_string());
    }
    let event = his.next("message_updated").await;
    assert!(event["message"]["pinned_at"].is_string());

    let pins = format!("/api/rooms/{room}/pins");
    let first = bob.get(&format!("{pins}?limit=1")).await.expect(200);
    assert_eq!(first["items"][0]["id"], two["id"]);
    let next = first["next"].as_str().expect("another page");
    let second = bob
        .get(&format!("{pins}?limit=1&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(
        (&second["items"][0]["id"], &second["next"]),
        (&one["id"], &Value::Null)
    );

    alice.delete(&pin(&two)).await.expect(200);
    bob.delete(&format!("/api/messages/{}", id(&one)))
        .await
        .expect(200);
    assert_eq!(bob.get(&pins).await.expect(200)["items"], json!([]));
    alice
        .put(&pin(&one), json!({}))
        .await
        .problem(409, "invalid_state");

    let chat = bob
        .post("/api/rooms/direct", json!({ "user_id": alice.id() }))
        .await;
    let chat = chat.expect(200)["id"].as_i64().expect("an id");
    let said = alice.say(chat, "between us").await;
    bob.put(&pin(&said), json!({})).await.expect(200);
}

#[tokio::test]
async fn a_reply_answers_a_message_of_the_same_room() {
    let (_server, alice, bob, room) = room_of_two().await;
    let other = alice.create_room("Elsewhere").await;
    let (here, there) = (
        bob.say(room, "question").await,
        alice.say(other, "secret plan").await,
    );
    let path = format!("/api/rooms/{room}/messages");
    let reply = |to: i64| json!({ "content": "answer", "reply_to": to });
    let posted = alice.post(&path, reply(id(&here))).await.expect(201);
    assert_eq!(posted["message"]["reply_to"]["id"], here["id"]);
    assert_eq!(posted["message"]["reply_to"]["user"]["username"], "bob");
    for to in [id(&there), 999_999, 0, -1] {
        let refused = alice
            .post(&path, reply(to))
            .await
            .problem(400, "invalid_field");
        assert_eq!(refused["errors"][0]["field"], "reply_to");
        assert!(!refused.to_string().contains("secret plan"));
    }
}

#[tokio::test]
async fn members_are_called_by_name_and_nobody_else() {
    let (server, alice, bob, room) = room_of_two().await;
    let _outsider = server.person("carol").await;
    let zhang = server.person("张三").await;
    zhang.join(room).await;
    let said = alice
        .say(room, "@BOB, @carol and @nobody: 请@张三看一下")
        .await;
    assert_eq!(said["mentions"], json!([bob.id(), zhang.id()]));
    assert!(said.get("mentions_room").is_none());
    let said = alice.say(room, &"@everyone ".repeat(200)).await;
    assert_eq!(said["mentions_room"], true);
    assert!(said.get("mentions").is_none());

    let path = format!("/api/messages/{}", id(&said));
    let edited = alice
        .put(&path, json!({ "content": "only @bob" }))
        .await
        .expect(200);
    assert_eq!(edited["mentions"], json!([bob.id()]));
    assert!(edited.get("mentions_room").is_none());
}

#[tokio::test]
async fn who_talks_too_fast_is_told_when_to_go_on() {
    let server = Server::setup().with_limits().start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Reading circle").await;
    let socket = alice.socket().await;
    let draft = |n: u32| json!({ "room_id": room, "content": format!("{n}") });
    let sent: Vec<_> = (0..30)
        .map(|n| socket.emit_later("send_message", draft(n)))
        .collect();
    let mut refused = 0;
    for ack in sent {
        let ack = ack.await;
        if ack["ok"] == false {
            assert_eq!(ack["error"]["code"], "rate_limited");
            assert!(
                ack["error"]["retry_after_ms"]
                    .as_u64()
                    .is_some_and(|wait| wait > 0)
            );
            refused += 1;
        }
    }
    assert!((1..=10).contains(&refused), "{refused}");
    assert_eq!(history(&alice, room).await.len(), 30 - refused);
}

#[tokio::test]
async fn when_a_room_goes_its_messages_go_with_it() {
    let (server, alice, bob, room) = room_of_two().await;
    let said = alice.say(room, "gone soon").await;
    alice
        .delete(&format!("/api/rooms/{room}"))
        .await
        .expect(204);
    for person in [&alice, &bob] {
        let found = person.get(&format!("/api/messages/{}", id(&said))).await;
        found.problem(404, "not_found");
    }
    let db = server.app().kernel.db.clone();
    let left = async || {
        use parlor::kernel::db::{Sql, args};
        let query = "SELECT COUNT(*) FROM messages WHERE room_id = ?";
        db.read()
            .scalar::<i64>(query, args![room])
            .await
            .expect("a count")
    };
    // It is cleared away behind the scenes, soon.
    let patience = tokio::time::timeout(Duration::from_secs(20), async {
        while left().await != Some(0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    patience.await.expect("the messages are cleared away");
}
