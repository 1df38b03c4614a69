//! Keeping somebody away: what they can no longer do, and what no longer reaches whom.

use super::{REQUESTS, ask, befriend, block, ids};
use parlor_testkit::{Person, Reply, Server, Value, json};

async fn open_chat(from: &Person, to: &Person) -> Reply {
    let body = json!({ "user_id": to.id() });
    from.post("/api/rooms/direct", body).await
}

async fn try_to_say(person: &Person, room: i64) -> Reply {
    let path = format!("/api/rooms/{room}/messages");
    person.post(&path, json!({ "content": "canary" })).await
}

#[tokio::test]
async fn the_blocked_are_no_friends_and_ask_in_vain() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    befriend(&alice, &bob).await;
    ask(&carol, &alice).await;
    let (hers, his) = (alice.socket().await, bob.socket().await);
    for person in [&bob, &carol] {
        let blocked = block(&alice, person).await;
        assert_eq!(blocked["id"], person.id());
        assert_eq!(block(&alice, person).await, blocked, "twice is once");
        let told = hers.next("block_update").await;
        assert_eq!(
            (&told["user"]["id"], &told["blocked_at"]),
            (&json!(person.id()), &blocked["blocked_at"])
        );
    }
    assert_eq!(his.next("friend_removed").await["user_id"], alice.id());
    assert_eq!(ids(&alice, "/api/blocks").await, [bob.id(), carol.id()]);
    assert!(ids(&alice, "/api/friends").await.is_empty());
    assert!(ids(&carol, REQUESTS).await.is_empty());
    for (from, to) in [(&bob, &alice), (&alice, &bob)] {
        let asked = from.post(REQUESTS, json!({ "user_id": to.id() })).await;
        asked.problem(403, "blocked");
        open_chat(from, to).await.problem(403, "blocked");
    }
    // The other is not told, and knows of no list.
    assert!(ids(&bob, "/api/blocks").await.is_empty());
    let events = his.settled_events().await;
    assert!(
        events.iter().all(|(name, _)| name != "block_update"),
        "{events:?}"
    );

    let path = format!("/api/blocks/{}", bob.id());
    alice.delete(&path).await.expect(204);
    alice.delete(&path).await.expect(204);
    assert_eq!(hers.next("block_update").await["blocked_at"], Value::Null);
    ask(&bob, &alice).await;
    open_chat(&bob, &alice).await.expect(200);
}

#[tokio::test]
async fn nothing_is_written_in_the_chat_of_two_who_keep_apart() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = open_chat(&alice, &bob).await.expect(200)["id"]
        .as_i64()
        .unwrap();
    let said = bob.say(room, "hello").await["id"].as_i64().unwrap();
    block(&alice, &bob).await;
    let (hers, his) = (alice.socket().await, bob.socket().await);
    let message = format!("/api/messages/{said}");
    for person in [&alice, &bob] {
        try_to_say(person, room).await.problem(403, "blocked");
        let react = format!("{message}/reactions/%F0%9F%91%8D");
        person.put(&react, json!({})).await.problem(403, "blocked");
        person
            .put(&format!("{message}/pin"), json!({}))
            .await
            .problem(403, "blocked");
        // What was said can still be read.
        let history = person
            .get(&format!("/api/rooms/{room}/messages"))
            .await
            .expect(200);
        assert!(history.to_string().contains("hello"));
    }
    bob.put(&message, json!({ "content": "canary" }))
        .await
        .problem(403, "blocked");
    for (event, payload) in [
        (
            "send_message",
            json!({ "room_id": room, "content": "canary" }),
        ),
        (
            "edit_message",
            json!({ "message_id": said, "content": "canary" }),
        ),
        ("typing_start", json!({ "room_id": room })),
    ] {
        let ack = his.emit(event, payload).await;
        assert_eq!(ack["error"]["code"], "blocked", "{event}: {ack}");
    }
    let heard = json!(hers.settled_events().await).to_string();
    assert!(
        !heard.contains("canary") && !heard.contains("typing"),
        "{heard}"
    );
    // The muted may take back what they said, and so may the blocked.
    bob.delete(&message).await.expect(200);
    alice
        .delete(&format!("/api/blocks/{}", bob.id()))
        .await
        .expect(204);
    bob.say(room, "again").await;
    hers.next("new_message").await;
}

#[tokio::test]
async fn the_blocked_call_nobody_and_are_not_counted() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    carol.join(room).await;
    block(&alice, &bob).await;
    let said = bob.say(room, "@alice and @carol, look").await;
    assert_eq!(said["mentions"], json!([carol.id()]));
    bob.say(room, "@room too").await;
    carol.say(room, "@alice hello").await;
    let path = format!("/api/rooms/{room}");
    let own = alice.get(&path).await.expect(200)["membership"].clone();
    assert_eq!(
        (&own["unread_count"], &own["mention_count"]),
        (&json!(1), &json!(1))
    );
    let edit = json!({ "content": "@alice, I said" });
    let id = said["id"].as_i64().unwrap();
    let edited = bob
        .put(&format!("/api/messages/{id}"), edit)
        .await
        .expect(200);
    assert!(
        !edited
            .to_string()
            .contains(&format!("\"mentions\":[{}]", alice.id())),
        "{edited}"
    );
    alice
        .delete(&format!("/api/blocks/{}", bob.id()))
        .await
        .expect(204);
    let own = alice.get(&path).await.expect(200)["membership"].clone();
    assert_eq!(own["unread_count"], 3);
}

#[tokio::test]
async fn the_blocked_do_not_see_whether_one_is_here() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    let his = bob.socket().await;
    let hers = alice.socket().await;
    let of_alice = |e: &Value| e["user"]["username"] == "alice";
    assert_eq!(
        his.next_where("user_status_update", of_alice).await["is_online"],
        true
    );
    block(&alice, &bob).await;
    assert_eq!(
        his.next_where("user_status_update", of_alice).await["is_online"],
        false
    );
    let seen = [
        bob.get(&format!("/api/users/{}", alice.id())).await,
        bob.get("/api/users/search?q=alice").await,
        bob.get("/api/users/online").await,
        bob.get(&format!("/api/rooms/{room}/members")).await,
    ];
    for reply in seen {
        let list = reply.expect(200);
        let items = list["items"].as_array().cloned().unwrap_or(vec![list]);
        for person in items.iter().filter(|p| p["username"] == "alice") {
            assert_eq!(
                (
                    &person["is_online"],
                    &person["last_seen"],
                    &person["online_since"]
                ),
                (&json!(false), &Value::Null, &Value::Null)
            );
        }
    }
    let asked = his.emit("get_online_users", json!({})).await;
    assert!(!asked.to_string().contains("alice"), "{asked}");
    drop(hers);
    let _again = alice.another_device().await.socket().await;
    alice
        .delete(&format!("/api/blocks/{}", bob.id()))
        .await
        .expect(204);
    // The first that is heard again is that she is here now.
    assert_eq!(
        his.next_where("user_status_update", of_alice).await["is_online"],
        true
    );
}
