//! Private chats of two people.

use super::{act, ids, view};
use parlor_testkit::{Server, json};

#[tokio::test]
async fn two_people_have_one_chat_however_often_they_open_it() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let his = bob.socket().await;
    let opened = alice
        .post("/api/rooms/direct", json!({ "user_id": bob.id() }))
        .await
        .expect(200);
    assert_eq!(
        (&opened["kind"], &opened["is_private"]),
        (&json!("direct"), &json!(true))
    );
    assert_eq!(
        (&opened["peer"]["username"], &opened["member_count"]),
        (&json!("bob"), &json!(2))
    );
    let room = opened["id"].as_i64().unwrap();
    let told = his
        .next_where("room_joined", |e| e["room_id"] == room)
        .await;
    assert_eq!(told["room"]["peer"]["username"], "alice");
    let again = bob
        .post("/api/rooms/direct", json!({ "user_id": alice.id() }))
        .await
        .expect(200);
    assert_eq!(
        (&again["id"], &again["peer"]["username"]),
        (&json!(room), &json!("alice"))
    );
    let listed = bob.get("/api/rooms?scope=joined").await.expect(200);
    let chat = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["id"] == room);
    assert_eq!(chat.unwrap()["peer"]["username"], "alice");
}

#[tokio::test]
async fn many_who_open_it_at_once_open_the_same() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let opens = (0..20).map(|n| {
        let (by, to) = if n % 2 == 0 {
            (&alice, &bob)
        } else {
            (&bob, &alice)
        };
        by.post("/api/rooms/direct", json!({ "user_id": to.id() }))
    });
    let mut rooms: Vec<i64> = Vec::new();
    for reply in futures_util::future::join_all(opens).await {
        rooms.push(reply.expect(200)["id"].as_i64().unwrap());
    }
    rooms.dedup();
    assert_eq!(rooms.len(), 1);
    assert_eq!(view(&alice, rooms[0]).await["member_count"], 2);
}

#[tokio::test]
async fn nobody_else_knows_of_it_and_nobody_rules_in_it() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (carol, sys) = (
        server.person("carol").await,
        server.administrator("root").await,
    );
    let opened = alice
        .post("/api/rooms/direct", json!({ "user_id": bob.id() }))
        .await
        .expect(200);
    let room = opened["id"].as_i64().unwrap();
    let path = format!("/api/rooms/{room}");
    for outsider in [&carol, &sys] {
        outsider.get(&path).await.problem(404, "not_found");
        outsider
            .get(&format!("{path}/members"))
            .await
            .problem(404, "not_found");
        outsider
            .put(&path, json!({ "name": "Mine" }))
            .await
            .problem(404, "not_found");
        outsider.delete(&path).await.problem(404, "not_found");
        act(outsider, room, &bob, "kick", json!({}))
            .await
            .problem(404, "not_found");
        outsider
            .post(&format!("{path}/join"), json!({}))
            .await
            .problem(404, "not_found");
        assert!(!ids(&outsider.get("/api/rooms?limit=200").await.expect(200)).contains(&room));
    }
    alice
        .put(&path, json!({ "name": "Ours" }))
        .await
        .problem(403, "forbidden");
    alice.delete(&path).await.problem(403, "forbidden");
    act(&alice, room, &bob, "kick", json!({}))
        .await
        .problem(403, "forbidden");
    act(&alice, room, &bob, "role", json!({ "role": "owner" }))
        .await
        .problem(403, "forbidden");
    alice
        .post(&format!("{path}/leave"), json!({}))
        .await
        .problem(409, "invalid_state");
}

#[tokio::test]
async fn a_chat_needs_somebody_else_with_an_account() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let guest = server.guest("passing by").await;
    let direct = "/api/rooms/direct";
    alice
        .post(direct, json!({ "user_id": alice.id() }))
        .await
        .problem(400, "invalid_field");
    alice
        .post(direct, json!({ "user_id": 999_999 }))
        .await
        .problem(404, "not_found");
    alice
        .post(direct, json!({ "user_id": guest.id() }))
        .await
        .problem(403, "forbidden");
    guest
        .post(direct, json!({ "user_id": alice.id() }))
        .await
        .problem(403, "guest_not_allowed");
    let opened = alice
        .post(direct, json!({ "user_id": bob.id() }))
        .await
        .expect(200);
    let carol = server.person("carol").await;
    carol.delete("/api/auth/me").await.expect(204);
    alice
        .post(direct, json!({ "user_id": carol.id() }))
        .await
        .problem(404, "not_found");

    let socket = alice.socket().await;
    bob.delete("/api/auth/me").await.expect(204);
    let left = socket
        .next_where("user_left", |e| e["room_id"] == opened["id"])
        .await;
    assert_eq!(left["member_count"], 1);
    let kept = view(&alice, opened["id"].as_i64().unwrap()).await;
    assert_eq!(
        kept["peer"]["id"],
        bob.id(),
        "what was said stays, with a tombstone"
    );
}
