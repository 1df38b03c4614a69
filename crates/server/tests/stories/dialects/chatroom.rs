//! `chatroom` is the native interface: its paths and events answer as its document names them.

use parlor_testkit::{Server, json};

#[tokio::test]
async fn chatrooms_paths_are_the_native_ones() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let login = json!({ "username": "alice", "password": alice.password() });
    alice.post("/api/auth/login", login).await.expect(200);
    assert_eq!(
        alice.get("/api/auth/check").await.expect(200)["authenticated"],
        true
    );
    assert_eq!(
        alice.get("/api/auth/me").await.expect(200)["username"],
        "alice"
    );
    let change = json!({ "bio": "Hello" });
    alice.put("/api/auth/profile", change).await.expect(200);

    let names = alice.get("/api/rooms").await.expect(200);
    let names: Vec<_> = names["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["name"])
        .collect();
    assert_eq!(names, ["大厅", "技术讨论", "随便聊聊"]);
    let room = alice.create_room("Reading").await;
    let path = format!("/api/rooms/{room}");
    assert_eq!(alice.get(&path).await.expect(200)["name"], "Reading");
    let bob = server.person("bob").await;
    bob.join(room).await;
    let members = bob.get(&format!("{path}/members")).await.expect(200);
    assert_eq!(members["items"][0]["is_admin"], true);
    let message = bob.say(room, "Helo").await;
    let one = format!("/api/messages/{}", message["id"]);
    let edited = bob
        .put(&one, json!({ "content": "Hello" }))
        .await
        .expect(200);
    assert!(edited["edited_at"].is_string());
    assert_eq!(bob.delete(&one).await.expect(200)["is_deleted"], true);
    let history = bob.get(&format!("{path}/messages")).await.expect(200);
    assert_eq!(history["items"][0]["message_type"], "text");
    bob.get("/api/users/online").await.expect(200);
    bob.post(&format!("{path}/leave"), json!({}))
        .await
        .expect(204);
    let passwords = json!({ "old_password": alice.password(), "new_password": "another walk" });
    alice
        .put("/api/auth/change-password", passwords)
        .await
        .expect(204);
    alice.post("/api/auth/logout", json!({})).await.expect(204);
}

#[tokio::test]
async fn chatrooms_events_are_the_native_ones() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Reading").await;
    let at_alice = alice.socket().await;
    let at_bob = bob.socket().await;
    at_alice
        .next_where("user_status_update", |it| it["user"]["username"] == "bob")
        .await;
    at_bob.emit_only("join_room", json!({ "room_id": room }));
    at_bob.next("room_joined").await;
    at_alice.next("user_joined").await;
    at_bob.emit_only("typing_start", json!({ "room_id": room }));
    assert_eq!(at_alice.next("typing_update").await["typing"], true);
    at_bob.emit_only("typing_stop", json!({ "room_id": room }));
    assert_eq!(at_alice.next("typing_update").await["typing"], false);
    let message = json!({ "room_id": room, "content": "Hello" });
    at_bob.emit_only("send_message", message);
    assert_eq!(
        at_alice.next("new_message").await["message"]["content"],
        "Hello"
    );
    at_bob.emit_only("get_online_users", json!({ "room_id": room }));
    let online = at_bob.next("online_users_update").await;
    assert_eq!(online["users"].as_array().unwrap().len(), 2);
    at_bob.emit_only("ping", json!({}));
    assert!(at_bob.next("pong").await["server_time"].is_string());
    at_bob.emit_only("send_message", json!({ "room_id": room, "content": "" }));
    assert_eq!(at_bob.next("error").await["code"], "empty_message");
    at_bob.emit_only("leave_room", json!({ "room_id": room }));
    assert_eq!(at_alice.next("user_left").await["user"]["username"], "bob");
    at_bob.close();
    at_alice
        .next_where("user_status_update", |it| it["is_online"] == false)
        .await;
}
