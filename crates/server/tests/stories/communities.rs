//! Communities: people with rooms of their own.

mod invitations;
pub(crate) mod rights;

use parlor_testkit::{Person, Reply, Server, Socket, Value, json};

/// Founds a community and answers its id.
async fn found(owner: &Person, body: Value) -> i64 {
    let community = owner.post("/api/communities", body).await.expect(201);
    community["id"].as_i64().unwrap()
}

async fn enter(person: &Person, community: i64, body: Value) -> Reply {
    let path = format!("/api/communities/{community}/join");
    person.post(&path, body).await
}

/// Makes a room in a community and answers its id and its key.
async fn room_in(admin: &Person, community: i64, name: &str, is_private: bool) -> (i64, String) {
    let body = json!({ "name": name, "is_private": is_private, "community_id": community });
    let room = admin.post("/api/rooms", body).await.expect(201);
    assert_eq!(room["community_id"], community);
    let key = room["access_key"].as_str().unwrap_or_default().to_owned();
    (room["id"].as_i64().unwrap(), key)
}

async fn act(by: &Person, community: i64, whom: &Person, what: &str, body: Value) -> Reply {
    let path = format!("/api/communities/{community}/members/{}/{what}", whom.id());
    by.post(&path, body).await
}

/// The ids in a list.
async fn ids(person: &Person, path: &str) -> Vec<i64> {
    let list = person.get(path).await.expect(200);
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_i64().unwrap()).collect()
}

/// The rooms of which a connection hears that they are gone, and why.
async fn removed(socket: &Socket, count: usize) -> Vec<(i64, String)> {
    let mut rooms = Vec::new();
    for _ in 0..count {
        let event = socket.next("room_removed").await;
        let reason = event["reason"].as_str().unwrap().to_owned();
        rooms.push((event["room_id"].as_i64().unwrap(), reason));
    }
    rooms
}

#[tokio::test]
async fn who_accepts_the_rules_is_in_until_they_leave() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let body = json!({
        "name": "Riverside library", "description": "Books", "rules": "Be kind.", "max_members": 2,
    });
    let id = found(&alice, body).await;
    let path = format!("/api/communities/{id}");
    let seen = bob.get(&path).await.expect(200);
    assert_eq!(
        (
            &seen["kind"],
            &seen["rules"],
            &seen["max_members"],
            &seen["capacity"]
        ),
        (
            &json!("community"),
            &json!("Be kind."),
            &json!(2),
            &json!(2)
        )
    );
    assert_eq!(seen["membership"], Value::Null);
    assert_eq!(ids(&bob, "/api/communities?q=riverside").await, [id]);
    assert!(ids(&bob, "/api/communities?scope=joined").await.is_empty());
    // It is found among communities, and not among rooms.
    assert!(
        !ids(&bob, "/api/rooms?scope=public&limit=200")
            .await
            .contains(&id)
    );

    enter(&bob, id, json!({}))
        .await
        .problem(400, "rules_not_accepted");
    bob.post(&format!("/api/rooms/{id}/join"), json!({}))
        .await
        .problem(400, "rules_not_accepted");
    let accepted = json!({ "accept_rules": true });
    let joined = enter(&bob, id, accepted.clone()).await.expect(200);
    assert_eq!(joined["membership"]["role"], "member");
    enter(&bob, id, json!({})).await.expect(200);
    let carol = server.person("carol").await;
    enter(&carol, id, accepted.clone())
        .await
        .problem(409, "room_full");
    assert_eq!(
        ids(&bob, &format!("{path}/members")).await,
        [alice.id(), bob.id()]
    );
    assert_eq!(
        ids(&bob, &format!("/api/users/{}/communities", bob.id())).await,
        [id]
    );
    let others = format!("/api/users/{}/communities", alice.id());
    bob.get(&others).await.problem(404, "not_found");

    let left = bob.post(&format!("{path}/leave"), json!({})).await;
    left.expect(204);
    enter(&carol, id, accepted).await.expect(200);
    // The last who decides stays.
    let stays = alice.post(&format!("{path}/leave"), json!({})).await;
    stays.problem(409, "owner_must_stay");
    // A room is no community.
    let room = alice.create_room("Kitchen").await;
    alice
        .get(&format!("/api/communities/{room}"))
        .await
        .problem(404, "not_found");
    let name = json!({ "name": "riverside LIBRARY" });
    bob.post("/api/communities", name)
        .await
        .problem(409, "name_taken");
}

#[tokio::test]
async fn its_admins_announce_and_everybody_hears() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let id = found(&alice, json!({ "name": "Library" })).await;
    enter(&bob, id, json!({})).await.expect(200);
    let his = bob.socket().await;
    alice.say(id, "Open on Sunday").await;
    assert_eq!(
        his.next("new_message").await["message"]["content"],
        "Open on Sunday"
    );
    let path = format!("/api/rooms/{id}/messages");
    let body = json!({ "content": "canary" });
    bob.post(&path, body.clone())
        .await
        .problem(403, "forbidden");
    let ack = his
        .emit(
            "send_message",
            json!({ "room_id": id, "content": "canary" }),
        )
        .await;
    assert_eq!(ack["error"]["code"], "forbidden");
    act(&alice, id, &bob, "role", json!({ "role": "admin" }))
        .await
        .expect(200);
    bob.post(&path, body).await.expect(201);
    // What its admins change, everybody hears.
    let changed = json!({ "rules": "No smoking.", "description": "Quiet" });
    bob.put(&format!("/api/communities/{id}"), changed)
        .await
        .expect(200);
    let told = his
        .next_where("room_updated", |e| e["change"]["type"] == "settings")
        .await;
    assert_eq!(told["room"]["rules"], "No smoking.");
    let key = json!({ "access_key": "a long key" });
    alice
        .put(&format!("/api/communities/{id}"), key)
        .await
        .problem(400, "invalid_field");
    let room = alice.create_room("Kitchen").await;
    let rules = json!({ "rules": "None" });
    alice
        .put(&format!("/api/rooms/{room}"), rules)
        .await
        .problem(400, "invalid_field");
}

#[tokio::test]
async fn its_rooms_are_for_its_people() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    let id = found(&alice, json!({ "name": "Library" })).await;
    enter(&bob, id, json!({})).await.expect(200);
    let (open, _) = room_in(&alice, id, "Poetry", false).await;
    let (shut, key) = room_in(&alice, id, "Board", true).await;
    let inside = format!("/api/rooms?community_id={id}");
    assert_eq!(ids(&bob, &inside).await, [open]);
    carol.get(&inside).await.problem(403, "not_member");
    for (room, with) in [(open, json!({})), (shut, json!({ "access_key": key }))] {
        let path = format!("/api/rooms/{room}");
        carol.get(&path).await.problem(404, "not_found");
        carol
            .post(&format!("{path}/join"), with)
            .await
            .problem(404, "not_found");
        assert!(!ids(&carol, "/api/rooms?limit=200").await.contains(&room));
    }
    let by_key = carol
        .post("/api/rooms/join", json!({ "access_key": key }))
        .await;
    by_key.problem(404, "not_found");
    bob.join(open).await;
    let with = json!({ "access_key": key });
    bob.post(&format!("/api/rooms/{shut}/join"), with)
        .await
        .expect(200);
    assert_eq!(ids(&bob, &inside).await, [open, shut]);
    let joined = ids(&bob, "/api/rooms?scope=joined&limit=200").await;
    assert!(
        [id, open, shut].iter().all(|room| joined.contains(room)),
        "{joined:?}"
    );
    // Only its admins make rooms in it.
    let body = json!({ "name": "Mine", "community_id": id });
    bob.post("/api/rooms", body.clone())
        .await
        .problem(403, "forbidden");
    carol
        .post("/api/rooms", body)
        .await
        .problem(403, "not_member");
    let kitchen = alice.create_room("Kitchen").await;
    let body = json!({ "name": "Mine", "community_id": kitchen });
    alice
        .post("/api/rooms", body)
        .await
        .problem(404, "not_found");
}

/// After somebody is sent out nothing of the community or its rooms is to be had on any path.
#[tokio::test]
async fn who_is_sent_out_is_out_of_all_its_rooms() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let id = found(&alice, json!({ "name": "Library", "is_private": true })).await;
    let invitation = alice
        .post(&format!("/api/rooms/{id}/invitations"), json!({}))
        .await;
    let code = invitation.expect(201)["code"].clone();
    let (open, _) = room_in(&alice, id, "Poetry", false).await;
    let (shut, key) = room_in(&alice, id, "Board", true).await;
    let come_in = async || {
        enter(&bob, id, json!({ "invitation": code }))
            .await
            .expect(200);
        bob.join(open).await;
        let with = json!({ "access_key": key });
        bob.post(&format!("/api/rooms/{shut}/join"), with)
            .await
            .expect(200);
    };
    come_in().await;
    let said = bob.say(open, "first").await["id"].as_i64().unwrap();
    let his = bob.socket().await;
    for how in ["kick", "ban"] {
        act(&alice, id, &bob, how, json!({})).await.expect(204);
        let reason = if how == "kick" { "kicked" } else { "banned" };
        let rooms = [open, shut, id].map(|room| (room, reason.to_owned()));
        assert_eq!(removed(&his, 3).await, rooms);
        drop(his.take_events());
        for room in [id, open, shut] {
            alice.say(room, "canary").await;
            alice
                .put(
                    &format!("/api/rooms/{room}"),
                    json!({ "description": "canary" }),
                )
                .await
                .expect(200);
        }
        let mut heard = Vec::new();
        for path in [
            "/api/rooms?limit=200".to_owned(),
            "/api/communities?limit=200".to_owned(),
            format!("/api/users/{}/communities", bob.id()),
        ] {
            heard.push(bob.get(&path).await.expect(200));
        }
        for room in [id, open, shut] {
            for rest in [
                "",
                "/members",
                "/messages",
                "/pins",
                "/export",
                "/invitations",
            ] {
                let reply = bob.get(&format!("/api/rooms/{room}{rest}")).await;
                assert_eq!(reply.status, 404, "{how} {room}{rest}: {}", reply.text);
            }
        }
        bob.get(&format!("/api/messages/{said}/receipts"))
            .await
            .problem(404, "not_found");
        let resumed = bob
            .resume(json!({ id.to_string(): 0, open.to_string(): 0, shut.to_string(): 0 }))
            .await;
        heard.push(json!(resumed.settled_events().await));
        heard.push(json!(his.settled_events().await));
        let heard = json!(heard).to_string();
        assert!(!heard.contains("canary"), "{how}: {heard}");
        if how == "kick" {
            come_in().await;
            his.next_where("room_joined", |e| e["room_id"] == shut)
                .await;
        }
    }
    enter(&bob, id, json!({ "invitation": code }))
        .await
        .problem(403, "banned");
    act(&alice, id, &bob, "unban", json!({})).await.expect(204);
    come_in().await;
}

#[tokio::test]
async fn who_owned_a_room_of_it_passes_it_on_and_the_end_is_everybodys() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    let id = found(&alice, json!({ "name": "Library" })).await;
    for person in [&bob, &carol] {
        enter(person, id, json!({})).await.expect(200);
    }
    act(&alice, id, &bob, "role", json!({ "role": "admin" }))
        .await
        .expect(200);
    let (room, _) = room_in(&bob, id, "Poetry", false).await;
    let (empty, _) = room_in(&bob, id, "Prose", false).await;
    carol.join(room).await;
    let theirs = carol.socket().await;
    bob.delete("/api/auth/me").await.expect(204);
    let left = theirs
        .next_where("user_left", |e| e["room_id"] == room)
        .await;
    assert_eq!(
        (&left["reason"], &left["member_count"]),
        (&json!("deleted"), &json!(1))
    );
    let view = carol.get(&format!("/api/rooms/{room}")).await.expect(200);
    assert_eq!(view["owner_id"], carol.id());
    // Nobody is in this one, and the admins of the community look after it.
    let view = alice.get(&format!("/api/rooms/{empty}")).await.expect(200);
    assert_eq!(
        (&view["member_count"], &view["owner_id"]),
        (&json!(0), &Value::Null)
    );

    carol
        .delete(&format!("/api/communities/{id}"))
        .await
        .problem(403, "forbidden");
    alice
        .delete(&format!("/api/communities/{id}"))
        .await
        .expect(204);
    let rooms = [room, id].map(|room| (room, "deleted".to_owned()));
    assert_eq!(removed(&theirs, 2).await, rooms);
    for path in [
        format!("/api/communities/{id}"),
        format!("/api/rooms/{empty}"),
    ] {
        alice.get(&path).await.problem(404, "not_found");
    }
}

/// The law: what one knew of one's rooms, and what one has heard since, is what one would be told now.
#[tokio::test]
async fn a_snapshot_and_the_events_since_are_a_fresh_snapshot() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let id = found(&alice, json!({ "name": "Library" })).await;
    let (open, _) = room_in(&alice, id, "Poetry", false).await;
    let socket = bob.socket().await;
    let fresh = async || {
        let place = bob.get("/api/auth/me").await.expect(200)["user_seq"]
            .as_i64()
            .unwrap();
        let rooms = bob
            .get("/api/rooms?scope=joined&limit=200")
            .await
            .expect(200);
        let card = |room: &Value| {
            (
                room["id"].as_i64().unwrap(),
                json!([room["name"], room["rules"], room["community_id"]]),
            )
        };
        let rooms = rooms["items"].as_array().unwrap().iter().map(card);
        (place, rooms.collect::<std::collections::BTreeMap<_, _>>())
    };
    let (mut place, mut known) = fresh().await;
    for step in 0..5 {
        match step {
            0 | 3 => {
                enter(&bob, id, json!({})).await.expect(200);
                bob.join(open).await;
            }
            1 => {
                let change = json!({ "name": "Reading room", "rules": "" });
                alice
                    .put(&format!("/api/communities/{id}"), change)
                    .await
                    .expect(200);
            }
            2 => drop(act(&alice, id, &bob, "kick", json!({})).await.expect(204)),
            _ => drop(
                alice
                    .delete(&format!("/api/communities/{id}"))
                    .await
                    .expect(204),
            ),
        }
        let (upto, now) = fresh().await;
        let mut updated = step != 1;
        while place < upto || !updated {
            for (name, event) in socket.settled_events().await {
                let card =
                    |room: &Value| json!([room["name"], room["rules"], room["community_id"]]);
                let room = event["room_id"].as_i64();
                match (name.as_str(), room) {
                    ("room_joined", Some(room)) => drop(known.insert(room, card(&event["room"]))),
                    ("room_removed", Some(room)) => drop(known.remove(&room)),
                    ("room_updated", Some(room)) => {
                        updated = true;
                        known.insert(room, card(&event["room"]));
                    }
                    _ => {}
                }
                place = event["user_seq"].as_i64().unwrap_or(place);
            }
        }
        assert_eq!(known, now, "after step {step}");
    }
}
