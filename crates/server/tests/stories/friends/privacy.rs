//! What people let others do and see.

use super::befriend;
use parlor_testkit::{Person, Reply, Server, Value, json};

const PRIVACY: &str = "/api/auth/privacy";

async fn set(person: &Person, change: Value) -> Value {
    person.put(PRIVACY, change).await.expect(200)
}

async fn open_chat(from: &Person, to: &Person) -> Reply {
    let body = json!({ "user_id": to.id() });
    from.post("/api/rooms/direct", body).await
}

#[tokio::test]
async fn settings_are_ones_own_and_keep_what_is_not_named() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let defaults =
        json!({ "direct_chats": "everyone", "presence": "everyone", "read_receipts": true });
    assert_eq!(alice.get(PRIVACY).await.expect(200), defaults);
    set(&alice, json!({ "presence": "friends" })).await;
    let now = set(&alice, json!({ "read_receipts": false })).await;
    assert_eq!(
        now,
        json!({ "direct_chats": "everyone", "presence": "friends", "read_receipts": false })
    );
    assert_eq!(alice.get(PRIVACY).await.expect(200), now);
    alice
        .put(PRIVACY, json!({ "presence": "some" }))
        .await
        .problem(400, "invalid_field");
    alice
        .put(PRIVACY, json!({ "online": true }))
        .await
        .problem(400, "unknown_field");
}

#[tokio::test]
async fn who_may_begin_a_private_chat_is_everybodys_own_choice() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (carol, dave) = (server.person("carol").await, server.person("dave").await);
    befriend(&alice, &bob).await;
    let old = open_chat(&dave, &alice).await.expect(200)["id"]
        .as_i64()
        .unwrap();
    set(&alice, json!({ "direct_chats": "friends" })).await;
    open_chat(&carol, &alice)
        .await
        .problem(403, "privacy_refused");
    let room = open_chat(&bob, &alice).await.expect(200)["id"]
        .as_i64()
        .unwrap();
    set(&alice, json!({ "direct_chats": "nobody" })).await;
    befriend(&alice, &carol).await;
    open_chat(&carol, &alice)
        .await
        .problem(403, "privacy_refused");
    // What is there goes on, and she may begin one herself.
    bob.say(room, "still here").await;
    dave.say(old, "me too").await;
    let hers = open_chat(&alice, &carol).await.expect(200)["id"]
        .as_i64()
        .unwrap();
    carol.say(hers, "thank you").await;
}

#[tokio::test]
async fn who_hides_being_here_is_seen_by_their_circle_alone() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    carol.join(room).await;
    befriend(&alice, &bob).await;
    let (his, theirs) = (bob.socket().await, carol.socket().await);
    let _hers = alice.socket().await;
    let of_alice = |e: &Value| e["user"]["username"] == "alice";
    for socket in [&his, &theirs] {
        assert_eq!(
            socket.next_where("user_status_update", of_alice).await["is_online"],
            true
        );
    }
    let look = async |person: &Person| {
        let members = person
            .get(&format!("/api/rooms/{room}/members"))
            .await
            .expect(200);
        let profile = person
            .get(&format!("/api/users/{}", alice.id()))
            .await
            .expect(200);
        let online = person.get("/api/users/online").await.expect(200);
        let member = members["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["username"] == "alice");
        let views = [
            member.unwrap()["is_online"] == true,
            profile["is_online"] == true,
            online.to_string().contains("alice"),
        ];
        assert!(views.iter().all(|view| *view == views[0]), "{views:?}");
        views[0]
    };
    assert!(look(&bob).await && look(&carol).await);

    set(&alice, json!({ "presence": "friends" })).await;
    assert_eq!(
        theirs.next_where("user_status_update", of_alice).await["is_online"],
        false
    );
    his.next_where("user_status_update", |e| {
        of_alice(e) && e["is_online"] == true
    })
    .await;
    assert!(look(&bob).await && !look(&carol).await);
    assert!(look(&alice).await, "oneself one always sees");

    set(&alice, json!({ "presence": "nobody" })).await;
    his.next_where("user_status_update", |e| {
        of_alice(e) && e["is_online"] == false
    })
    .await;
    assert!(!look(&bob).await && !look(&carol).await);
    let friend = bob.get("/api/friends").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&friend["is_online"], &friend["last_seen"]),
        (&json!(false), &Value::Null)
    );

    set(&alice, json!({ "presence": "everyone" })).await;
    theirs
        .next_where("user_status_update", |e| {
            of_alice(e) && e["is_online"] == true
        })
        .await;
    assert!(look(&bob).await && look(&carol).await);
}

#[tokio::test]
async fn who_shows_no_read_receipts_has_shown_none() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    let read = async |person: &Person, message: &Value| {
        let path = format!("/api/rooms/{room}/read");
        person
            .put(&path, json!({ "seq": message["seq"] }))
            .await
            .expect(200)
    };
    let seen = async |message: &Value| {
        let id = message["id"].as_i64().unwrap();
        let receipts = alice
            .get(&format!("/api/messages/{id}/receipts"))
            .await
            .expect(200);
        let history = alice
            .get(&format!("/api/rooms/{room}/messages"))
            .await
            .expect(200);
        let mut shown = history["items"].as_array().unwrap().iter();
        let shown = shown.find(|m| m["id"] == id).unwrap();
        let count = receipts["items"].as_array().unwrap().len();
        assert_eq!(shown["status"] == "read", count == 1, "{shown} {receipts}");
        count == 1
    };
    let first = alice.say(room, "one").await;
    read(&bob, &first).await;
    assert!(seen(&first).await);
    set(&bob, json!({ "read_receipts": false })).await;
    assert!(!seen(&first).await);

    let (hers, elsewhere) = (
        alice.socket().await,
        bob.another_device().await.socket().await,
    );
    let second = alice.say(room, "two").await;
    let state = read(&bob, &second).await;
    assert_eq!(state["unread_count"], 0);
    assert_eq!(
        elsewhere.next("read_update").await["seq"],
        second["seq"],
        "on his own devices"
    );
    assert!(!seen(&second).await);
    let heard = hers.settled_events().await;
    assert!(
        heard.iter().all(|(name, _)| name != "read_update"),
        "{heard:?}"
    );

    set(&bob, json!({ "read_receipts": true })).await;
    let third = alice.say(room, "three").await;
    read(&bob, &third).await;
    assert!(seen(&third).await);
    assert_eq!(hers.next("read_update").await["seq"], third["seq"]);
}
