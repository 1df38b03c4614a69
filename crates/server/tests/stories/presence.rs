//! Who is here, and who is typing.

use parlor_testkit::{PATIENCE, Person, Server, Socket, Value, json};

/// Somebody's coming or going, as another sees it.
async fn status_of(socket: &Socket, person: &Person) -> bool {
    let of = |event: &Value| event["user"]["id"] == person.id();
    let update = socket.next_where("user_status_update", of).await;
    update["is_online"].as_bool().unwrap()
}

async fn online(asker: &Person, query: &str) -> Vec<i64> {
    let page = asker
        .get(&format!("/api/users/online{query}"))
        .await
        .expect(200);
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|user| user["id"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn people_come_with_their_first_device_and_go_with_their_last() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let at_alice = alice.socket().await;
    let first = bob.socket().await;
    assert!(status_of(&at_alice, &bob).await);
    let second = bob.socket().await;
    first.close();
    first.closed().await;
    second.emit("ping", json!({})).await;
    second.close();
    let update = at_alice.next("user_status_update").await;
    assert_eq!(update["user"]["id"], bob.id());
    assert_eq!(update["is_online"], false, "one coming, one going");
    // When they were last seen is written down soon after it is told.
    let path = format!("/api/users/{}", bob.id());
    let written = async {
        loop {
            let profile = alice.get(&path).await.expect(200);
            assert_eq!(profile["is_online"], false);
            if profile["last_seen"] == update["last_seen"] {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, written)
        .await
        .expect("the profile says the same");
}

#[tokio::test]
async fn a_quick_reconnect_is_not_seen() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let carol = server.person("carol").await;
    let at_alice = alice.socket().await;
    let before = bob.socket().await;
    assert!(status_of(&at_alice, &bob).await);
    before.close();
    before.closed().await;
    let after = bob.socket().await;
    // A whole coming and going of somebody else, begun later, is over by then.
    let at_carol = carol.socket().await;
    at_carol.close();
    assert!(status_of(&at_alice, &carol).await);
    assert!(!status_of(&at_alice, &carol).await);
    let seen = at_alice.settled_events().await;
    assert!(
        !seen
            .iter()
            .any(|(_, event)| event["user"]["id"] == bob.id()),
        "{seen:?}"
    );
    assert_eq!(after.emit("ping", json!({})).await["ok"], true);
}

#[tokio::test]
async fn comings_and_goings_are_told_to_those_who_share_a_room() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let hermit = server.person("hermit").await;
    let rooms = hermit.get("/api/rooms?scope=joined").await.expect(200);
    for room in rooms["items"].as_array().unwrap() {
        let path = format!("/api/rooms/{}/leave", room["id"]);
        assert!(hermit.post(&path, json!({})).await.status < 300);
    }
    let (at_alice, at_hermit) = (alice.socket().await, hermit.socket().await);
    let at_bob = bob.socket().await;
    assert!(status_of(&at_alice, &bob).await);
    at_bob.close();
    assert!(!status_of(&at_alice, &bob).await);
    let seen = at_hermit.settled_events().await;
    assert!(
        !seen.iter().any(|(name, _)| name == "user_status_update"),
        "{seen:?}"
    );
    let heard = at_alice.settled_events().await;
    assert!(
        !heard
            .iter()
            .any(|(_, event)| event["user"]["id"] == hermit.id())
    );
}

#[tokio::test]
async fn whoever_asks_is_told_who_is_here() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let carol = server.person("carol").await;
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    let (at_alice, _at_bob, _at_carol) = (
        alice.socket().await,
        bob.socket().await,
        carol.socket().await,
    );
    let everybody = [alice.id(), bob.id(), carol.id()];
    assert_eq!(online(&alice, "").await, everybody);
    assert_eq!(
        online(&bob, &format!("?room_id={room}")).await,
        everybody[..2]
    );
    let page = alice.get("/api/users/online?limit=2").await.expect(200);
    let next = page["next"].as_str().unwrap();
    assert_eq!(
        online(&alice, &format!("?limit=2&cursor={next}")).await,
        [carol.id()]
    );

    let asked = json!({ "room_id": room });
    let answer = at_alice.emit("get_online_users", asked).await;
    let ids: Vec<_> = answer["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["id"].clone())
        .collect();
    assert_eq!(ids, [json!(alice.id()), json!(bob.id())]);
    let event = at_alice.next("online_users_update").await;
    assert_eq!(
        (&event["room_id"], &event["users"]),
        (&json!(room), &answer["users"])
    );
    at_alice.send_raw(r#"42["get_online_users"]"#);
    let event = at_alice.next("online_users_update").await;
    assert_eq!(event["users"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn who_is_in_a_room_is_told_to_its_members_alone() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let open = alice.create_room("Open").await;
    let (secret, _) = alice.create_private_room("Secret").await;
    let ask = async |room: i64| bob.get(&format!("/api/users/online?room_id={room}")).await;
    ask(open).await.problem(403, "not_member");
    ask(secret).await.problem(404, "not_found");
    ask(9_999_999).await.problem(404, "not_found");
    bob.get("/api/users/online?room_id=0")
        .await
        .problem(400, "invalid_param");
    bob.get("/api/users/online?cursor=made-up")
        .await
        .problem(400, "invalid_cursor");
    server
        .visitor()
        .get("/api/users/online")
        .await
        .problem(401, "unauthorized");
    let at_bob = bob.socket().await;
    let answer = at_bob
        .emit("get_online_users", json!({ "room_id": secret }))
        .await;
    assert_eq!(answer["error"]["code"], "not_found");
}

/// A room with two people and a connection of each.
async fn two_who_talk(server: &Server) -> (Person, Person, i64) {
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    (alice, bob, room)
}

/// The next change of who types.
async fn typing(socket: &Socket) -> (i64, bool) {
    let update = socket.next("typing_update").await;
    (
        update["user"]["id"].as_i64().unwrap(),
        update["typing"].as_bool().unwrap(),
    )
}

#[tokio::test]
async fn typing_is_seen_by_the_others_until_it_ends() {
    let server = Server::start().await;
    let (alice, bob, room) = two_who_talk(&server).await;
    let (at_alice, also_at_alice, at_bob) = (
        alice.socket().await,
        alice.socket().await,
        bob.socket().await,
    );
    let here = json!({ "room_id": room });
    let (began, ended) = ((alice.id(), true), (alice.id(), false));

    assert_eq!(
        at_alice.emit("typing_start", here.clone()).await,
        json!({ "ok": true })
    );
    assert_eq!(typing(&at_bob).await, began);
    at_alice.emit("typing_stop", here.clone()).await;
    assert_eq!(typing(&at_bob).await, ended);

    at_alice.emit("typing_start", here.clone()).await;
    assert_eq!(typing(&at_bob).await, began);
    alice.say(room, "There").await;
    assert_eq!(typing(&at_bob).await, ended);

    at_alice.emit("typing_start", here.clone()).await;
    assert_eq!(typing(&at_bob).await, began);
    at_alice.close();
    assert_eq!(typing(&at_bob).await, ended);

    also_at_alice.emit("typing_start", here).await;
    assert_eq!(typing(&at_bob).await, began);
    assert_eq!(typing(&at_bob).await, ended, "by itself, after a while");
    let own = also_at_alice.settled_events().await;
    assert!(
        !own.iter().any(|(name, _)| name == "typing_update"),
        "{own:?}"
    );
}

#[tokio::test]
async fn who_leaves_or_is_sent_out_types_no_more() {
    let server = Server::start().await;
    let (alice, bob, room) = two_who_talk(&server).await;
    let (at_alice, at_bob) = (alice.socket().await, bob.socket().await);
    at_bob
        .emit("typing_start", json!({ "room_id": room }))
        .await;
    assert_eq!(typing(&at_alice).await, (bob.id(), true));
    let path = format!("/api/rooms/{room}/members/{}/kick", bob.id());
    assert!(alice.post(&path, json!({})).await.status < 300);
    assert_eq!(typing(&at_alice).await, (bob.id(), false));
}

#[tokio::test]
async fn only_who_may_speak_types() {
    let server = Server::start().await;
    let (alice, bob, room) = two_who_talk(&server).await;
    let carol = server.person("carol").await;
    let (secret, _) = alice.create_private_room("Secret").await;
    let path = format!("/api/rooms/{room}/members/{}/mute", bob.id());
    assert!(alice.post(&path, json!({})).await.status < 300);
    let (at_bob, at_carol) = (bob.socket().await, carol.socket().await);
    for (socket, room, code) in [
        (&at_bob, room, "muted"),
        (&at_carol, room, "not_member"),
        (&at_carol, secret, "not_found"),
        (&at_carol, 9_999_999, "not_found"),
    ] {
        let answer = socket
            .emit("typing_start", json!({ "room_id": room }))
            .await;
        assert_eq!(answer["error"]["code"], code);
    }
}
