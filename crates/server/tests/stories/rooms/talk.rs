//! What standing in a room means for those who talk in it.

use super::{act, company, kick, view};
use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{Server, Socket, json};
use std::time::Duration;

/// The room events that have come to a connection by now.
async fn room_events(socket: &Socket) -> Vec<String> {
    let events = socket.settled_events().await.into_iter();
    let of_rooms = events.filter(|(_, event)| event.get("room_id").is_some());
    of_rooms
        .map(|(name, event)| format!("{name} {event}"))
        .collect()
}

#[tokio::test]
async fn who_is_kicked_hears_no_more_and_may_come_again() {
    let server = Server::start().await;
    let (room, alice, bob, carol) = company(&server, "Square").await;
    let (his, theirs) = (bob.socket().await, carol.socket().await);
    kick(&alice, room, &bob).await;
    let left = theirs.next("user_left").await;
    assert_eq!(
        (&left["reason"], &left["user"]["id"]),
        (&json!("kicked"), &json!(bob.id()))
    );
    let removed = his.next("room_removed").await;
    assert_eq!(
        (&removed["reason"], &removed["seq"]),
        (&json!("kicked"), &left["seq"])
    );
    his.settled_events().await;
    carol
        .put(&format!("/api/rooms/{room}"), json!({ "name": "X" }))
        .await
        .problem(403, "forbidden");
    alice
        .put(&format!("/api/rooms/{room}"), json!({ "name": "Circus" }))
        .await
        .expect(200);
    assert_eq!(theirs.next("room_updated").await["room"]["name"], "Circus");
    assert_eq!(
        room_events(&his).await,
        Vec::<String>::new(),
        "nothing arrives after a kick"
    );
    bob.get(&format!("/api/rooms/{room}/messages"))
        .await
        .problem(403, "not_member");
    bob.join(room).await;
    alice
        .put(&format!("/api/rooms/{room}"), json!({ "name": "Fair" }))
        .await
        .expect(200);
    assert_eq!(his.next("room_updated").await["room"]["name"], "Fair");
    act(
        &alice,
        room,
        &server.person("dave").await,
        "kick",
        json!({}),
    )
    .await
    .problem(404, "not_found");
}

#[tokio::test]
async fn a_mute_ends_by_itself_and_not_by_leaving() {
    let start = Timestamp(1_790_000_000_000);
    let server = Server::setup()
        .with_clock(Clock::manual(start))
        .start()
        .await;
    let (room, alice, bob, carol) = company(&server, "Stage").await;
    let theirs = carol.socket().await;
    let until = start.plus_millis(60_000).to_string();
    let muted = act(&alice, room, &bob, "mute", json!({ "until": until }))
        .await
        .expect(200);
    assert_eq!(muted["muted_until"], until);
    let change = theirs.next("room_updated").await["change"].clone();
    assert_eq!(
        change,
        json!({ "type": "mute", "user_id": bob.id(), "muted_until": until })
    );
    let say = json!({ "content": "hello" });
    let path = format!("/api/rooms/{room}/messages");
    bob.post(&path, say.clone()).await.problem(403, "muted");
    bob.post(&format!("/api/rooms/{room}/leave"), json!({}))
        .await
        .expect(204);
    assert_eq!(bob.join(room).await["membership"]["muted_until"], until);
    let change = theirs.next("room_updated").await["change"].clone();
    assert_eq!(change["muted_until"], until, "the others' lists say so too");
    bob.post(&path, say.clone()).await.problem(403, "muted");

    server.clock().advance(Duration::from_mins(1));
    bob.post(&path, say.clone()).await.expect(201);
    assert_eq!(
        view(&bob, room).await["membership"]["muted_until"],
        json!(null)
    );

    let muted = act(&alice, room, &bob, "mute", json!({})).await.expect(200);
    assert_eq!(muted["muted_until"], "9999-12-31T23:59:59.999Z");
    bob.post(&path, say.clone()).await.problem(403, "muted");
    act(&bob, room, &bob, "unmute", json!({}))
        .await
        .problem(403, "forbidden");
    let unmuted = act(&alice, room, &bob, "unmute", json!({}))
        .await
        .expect(200);
    assert_eq!(unmuted["muted_until"], json!(null));
    bob.post(&path, say).await.expect(201);
    let past = json!({ "until": start.to_string() });
    act(&alice, room, &bob, "mute", past)
        .await
        .problem(400, "invalid_field");
}

#[tokio::test]
async fn s18_s20_a_socket_is_refused_like_a_request() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (room, key) = alice.create_private_room("Sealed").await;
    let socket = bob.socket().await;
    let refused = socket.emit("join_room", json!({ "room_id": room })).await;
    assert_eq!(refused["error"]["code"], "not_found");
    let refused = socket
        .emit(
            "join_room",
            json!({ "room_id": room, "access_key": "wrong" }),
        )
        .await;
    assert_eq!(refused["error"]["code"], "not_found");
    let send = json!({ "room_id": room, "content": "let me in" });
    assert_eq!(
        socket.emit("send_message", send.clone()).await["error"]["code"],
        "not_found"
    );
    let joined = socket
        .emit("join_room", json!({ "room_id": room, "access_key": key }))
        .await;
    assert_eq!(joined["ok"], true);
    assert_eq!(socket.emit("send_message", send.clone()).await["ok"], true);
    act(&alice, room, &bob, "mute", json!({})).await.expect(200);
    assert_eq!(
        socket.emit("send_message", send.clone()).await["error"]["code"],
        "muted"
    );
    kick(&alice, room, &bob).await;
    assert_eq!(
        socket.emit("send_message", send).await["error"]["code"],
        "not_found"
    );
}
