//! Private rooms and what opens them.

use super::{act, ids, view};
use parlor_testkit::{Server, json};

#[tokio::test]
async fn a_private_room_opens_by_its_key_alone() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (room, key) = alice.create_private_room("Cabinet").await;
    let (path, join) = (
        format!("/api/rooms/{room}"),
        format!("/api/rooms/{room}/join"),
    );
    bob.get(&path).await.problem(404, "not_found");
    let absent = "/api/rooms/999999/join";
    for body in [json!({}), json!({ "access_key": "wrong-key" })] {
        let (here, nowhere) = (
            bob.post(&join, body.clone()).await,
            bob.post(absent, body).await,
        );
        let (mut here, mut nowhere) = (
            here.problem(404, "not_found"),
            nowhere.problem(404, "not_found"),
        );
        for problem in [&mut here, &mut nowhere] {
            problem.as_object_mut().unwrap().remove("request_id");
        }
        assert_eq!(
            here, nowhere,
            "a wrong key is answered as if there were no room"
        );
    }
    bob.post("/api/rooms/join", json!({ "access_key": "wrong-key" }))
        .await
        .problem(404, "not_found");
    assert!(!ids(&bob.get("/api/rooms?q=cabinet").await.expect(200)).contains(&room));

    let joined = bob
        .post(&join, json!({ "access_key": key }))
        .await
        .expect(200);
    assert_eq!(joined["membership"]["role"], "member");
    let carol = server.person("carol").await;
    let joined = carol
        .post("/api/rooms/join", json!({ "access_key": key }))
        .await
        .expect(200);
    assert_eq!(
        (&joined["id"], &joined["is_private"]),
        (&json!(room), &json!(true))
    );
}

#[tokio::test]
async fn nobody_but_the_owner_ever_sees_the_key() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let sys = server.administrator("root").await;
    let (hers, his) = (alice.socket().await, bob.socket().await);
    let canary = "canary-7391-key";
    let room = json!({ "name": "Vault", "is_private": true, "access_key": canary });
    let room = alice.post("/api/rooms", room).await.expect(201);
    assert_eq!(room["access_key"], canary);
    let room = room["id"].as_i64().unwrap();
    bob.post("/api/rooms/join", json!({ "access_key": canary }))
        .await
        .expect(200);
    act(&alice, room, &bob, "role", json!({ "role": "admin" }))
        .await
        .expect(200);
    bob.put(
        &format!("/api/rooms/{room}"),
        json!({ "description": "dark" }),
    )
    .await
    .expect(200);

    for person in [&bob, &sys] {
        for path in [
            format!("/api/rooms/{room}"),
            format!("/api/rooms/{room}/members"),
            format!("/api/rooms/{room}/bans"),
            "/api/rooms".to_owned(),
        ] {
            let text = person.get(&path).await.text;
            assert!(!text.contains(canary), "{}: {path}: {text}", person.name());
        }
    }
    let list = alice.get("/api/rooms?scope=joined").await.text;
    assert!(!list.contains(canary), "lists never carry it");
    for socket in [&hers, &his] {
        let heard = format!("{:?}", socket.settled_events().await);
        assert!(
            heard.contains("Vault") && !heard.contains(canary),
            "{heard}"
        );
    }
    assert_eq!(view(&alice, room).await["access_key"], canary);
    act(&alice, room, &bob, "role", json!({ "role": "owner" }))
        .await
        .expect(200);
    assert_eq!(view(&bob, room).await["access_key"], canary);
    assert_eq!(
        view(&alice, room).await.get("access_key"),
        None,
        "it went with the room"
    );
}

#[tokio::test]
async fn keys_are_unique_and_can_be_changed() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (room, old) = alice.create_private_room("One").await;
    let path = format!("/api/rooms/{room}");
    let changed = alice
        .put(&path, json!({ "access_key": "open, Sésame" }))
        .await
        .expect(200);
    assert_eq!(changed["access_key"], "open, Sésame");
    bob.post("/api/rooms/join", json!({ "access_key": old }))
        .await
        .problem(404, "not_found");
    let same = json!({ "name": "Two", "is_private": true, "access_key": "open, Sésame" });
    bob.post("/api/rooms", same)
        .await
        .problem(409, "access_key_taken");
    bob.post("/api/rooms/join", json!({ "access_key": "open, Sésame" }))
        .await
        .expect(200);
    bob.put(&path, json!({ "access_key": "another one" }))
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn going_public_drops_the_key_and_going_private_makes_one() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (room, old) = alice.create_private_room("Door").await;
    let path = format!("/api/rooms/{room}");
    let public = alice
        .put(&path, json!({ "is_private": false }))
        .await
        .expect(200);
    assert_eq!(
        (public.get("access_key"), &public["is_private"]),
        (None, &json!(false))
    );
    assert_eq!(bob.get(&path).await.expect(200)["name"], "Door");
    bob.post("/api/rooms/join", json!({ "access_key": old }))
        .await
        .problem(404, "not_found");
    alice
        .put(&path, json!({ "access_key": "some key" }))
        .await
        .problem(400, "invalid_field");

    let private = alice
        .put(&path, json!({ "is_private": true }))
        .await
        .expect(200);
    let new = private["access_key"].as_str().unwrap();
    assert_ne!(new, old);
    bob.get(&path).await.problem(404, "not_found");
    bob.post("/api/rooms/join", json!({ "access_key": new }))
        .await
        .expect(200);
    let hall = ids(&bob.get("/api/rooms").await.expect(200))[0];
    let sys = server.administrator("root").await;
    let private = json!({ "is_private": true });
    sys.put(&format!("/api/rooms/{hall}"), private)
        .await
        .problem(409, "invalid_state");
}

#[tokio::test]
async fn keys_cannot_be_guessed_by_choosing_them() {
    let server = Server::setup().with_limits().start().await;
    let (alice, eve) = (server.person("alice").await, server.person("eve").await);
    let vault = json!({ "name": "Vault", "is_private": true, "access_key": "open sesame" });
    alice.post("/api/rooms", vault).await.expect(201);
    let (own, _) = eve.create_private_room("Own").await;
    let path = format!("/api/rooms/{own}");
    let choose = |key: &str| eve.put(&path, json!({ "access_key": key }));
    choose("open sesame").await.problem(409, "access_key_taken");
    // As many as may be tried at a door, which come back one by one in half a minute each; far fewer than rooms may be
    // changed.
    for guess in 1..40 {
        let reply = choose(&format!("guess {guess}")).await;
        if reply.status == 429 {
            assert!(guess >= 20, "{guess}");
            return;
        }
        reply.expect(200);
    }
    panic!("nothing stopped it");
}
