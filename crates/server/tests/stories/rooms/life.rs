//! From the first start of a server to the end of a room.

use super::{act, appoint, ids, names, view};
use parlor_testkit::{Server, json};

const DEFAULTS: [&str; 3] = ["大厅", "技术讨论", "随便聊聊"];

#[tokio::test]
async fn a_new_server_has_three_rooms_that_everybody_joins() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let socket = alice.socket().await;
    let rooms = alice.get("/api/rooms?scope=joined").await.expect(200);
    assert_eq!(names(&rooms), DEFAULTS);
    let hall = &rooms["items"][0];
    assert_eq!(hall["is_default"], true);
    assert_eq!(hall["owner_id"], json!(null));
    assert_eq!(hall["membership"]["role"], "member");
    assert_eq!(hall["membership"]["unread_count"], 0);

    let guest = server.guest("passing by").await;
    let joined = socket.next_where("user_joined", |e| e["user"]["id"] == guest.id());
    let joined = joined.await;
    assert_eq!(joined["member_count"], 2);
    assert_eq!(joined["user"]["is_guest"], true);
    let theirs = guest.get("/api/rooms?scope=joined").await.expect(200);
    assert_eq!(names(&theirs), DEFAULTS);

    let sys = server.administrator("root").await;
    let hall = ids(&rooms)[0];
    act(&sys, hall, &guest, "mute", json!({})).await.expect(200);
    act(&alice, hall, &guest, "kick", json!({}))
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_default_room_that_was_deleted_stays_deleted() {
    let server = Server::start().await;
    let sys = server.administrator("root").await;
    let rooms = sys.get("/api/rooms").await.expect(200);
    let gone = ids(&rooms)[1];
    sys.delete(&format!("/api/rooms/{gone}")).await.expect(204);
    let server = server.restart().await;
    let alice = server.person("alice").await;
    let rooms = alice.get("/api/rooms?scope=joined").await.expect(200);
    assert_eq!(names(&rooms), ["大厅", "随便聊聊"]);
}

#[tokio::test]
async fn somebody_makes_a_room_and_others_find_and_join_it() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (hers, his) = (alice.socket().await, bob.socket().await);
    let room =
        json!({ "name": " Reading  Circle ", "description": "Books\nand more", "max_members": 10 });
    let room = alice.post("/api/rooms", room).await.expect(201);
    assert_eq!(room["name"], "Reading  Circle");
    assert_eq!(room["kind"], "room");
    assert_eq!(
        (&room["max_members"], &room["capacity"]),
        (&json!(10), &json!(10))
    );
    assert_eq!(room["owner_id"], alice.id());
    assert_eq!(room["membership"]["role"], "owner");
    assert_eq!(room["member_count"], 1);
    let id = room["id"].as_i64().unwrap();
    let told = hers.next_where("room_joined", |e| e["room_id"] == id).await;
    assert_eq!(told["room"]["name"], "Reading  Circle");
    assert_eq!(told["seq"], room["last_seq"]);

    let found = bob
        .get("/api/rooms?scope=public&q=READING")
        .await
        .expect(200);
    assert_eq!(ids(&found), [id]);
    assert_eq!(found["items"][0]["membership"], json!(null));
    assert_eq!(bob.join(id).await["membership"]["role"], "member");
    let joined = hers.next_where("user_joined", |e| {
        e["room_id"] == id && e["user"]["id"] == bob.id()
    });
    let joined = joined.await;
    assert_eq!(joined["member_count"], 2);
    assert_eq!(
        his.next_where("room_joined", |e| e["room_id"] == id).await["seq"],
        joined["seq"]
    );
    assert_eq!(
        bob.join(id).await["member_count"],
        2,
        "joining twice changes nothing"
    );

    bob.post(&format!("/api/rooms/{id}/leave"), json!({}))
        .await
        .expect(204);
    let left = hers.next_where("user_left", |e| e["room_id"] == id).await;
    assert_eq!(
        (&left["reason"], &left["user"]["id"]),
        (&json!("left"), &json!(bob.id()))
    );
    let removed = his.next_where("room_removed", |e| e["room_id"] == id).await;
    assert_eq!(removed["reason"], "left");
    bob.post(&format!("/api/rooms/{id}/leave"), json!({}))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn leaving_by_socket_is_the_same_as_leaving() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Garden").await;
    bob.join(room).await;
    let socket = bob.socket().await;
    let answer = socket.emit("leave_room", json!({ "room_id": room })).await;
    assert_eq!(answer, json!({ "ok": true }));
    assert_eq!(socket.next("room_removed").await["room_id"], room);
    let again = socket.emit("leave_room", json!({ "room_id": room })).await;
    assert_eq!(again["error"]["code"], "not_found");
    let odd = socket
        .emit(
            "leave_room",
            json!({ "room_id": room, "user_id": alice.id() }),
        )
        .await;
    assert_eq!(odd["error"]["code"], "unknown_field");
    assert_eq!(view(&alice, room).await["member_count"], 1);
}

#[tokio::test]
async fn names_are_unique_ignoring_case_and_form() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Straße 1").await;
    for same in ["straße 1", "STRASSE 1", "Ｓtraße １", " straße 1 "] {
        alice
            .post("/api/rooms", json!({ "name": same }))
            .await
            .problem(409, "name_taken");
    }
    let other = alice.create_room("Straße 2").await;
    let path = format!("/api/rooms/{other}");
    alice
        .put(&path, json!({ "name": "STRAßE 1" }))
        .await
        .problem(409, "name_taken");
    assert_eq!(
        alice
            .put(&path, json!({ "name": "STRAßE 2" }))
            .await
            .expect(200)["name"],
        "STRAßE 2"
    );
    alice
        .delete(&format!("/api/rooms/{room}"))
        .await
        .expect(204);
    alice
        .post("/api/rooms", json!({ "name": "strasse 1" }))
        .await
        .expect(201);
    alice
        .post("/api/rooms", json!({ "name": "大厅" }))
        .await
        .problem(409, "name_taken");
}

#[tokio::test]
async fn two_who_want_one_name_at_once_get_one_room() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let tries = (0..8).map(|_| alice.post("/api/rooms", json!({ "name": "Only one" })));
    let mut statuses: Vec<u16> = Vec::new();
    for reply in futures_util::future::join_all(tries).await {
        statuses.push(reply.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn a_hundred_want_the_last_place() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice
        .post("/api/rooms", json!({ "name": "Small", "max_members": 2 }))
        .await;
    let room = room.expect(201)["id"].as_i64().unwrap();
    let mut people = Vec::new();
    for n in 0..100 {
        people.push(server.person(&format!("person{n}")).await);
    }
    let path = format!("/api/rooms/{room}/join");
    let joins = people.iter().map(|person| person.post(&path, json!({})));
    let replies = futures_util::future::join_all(joins).await;
    let (inside, outside): (Vec<_>, Vec<_>) = replies.into_iter().partition(|r| r.status == 200);
    assert_eq!(inside.len(), 1);
    assert_eq!(outside.len(), 99);
    for reply in outside {
        reply.problem(409, "room_full");
    }
    let room = view(&alice, room).await;
    assert_eq!(room["member_count"], 2);
    let head = room["last_seq"].as_i64().unwrap();
    assert_eq!(
        head, 3,
        "made, joined, joined: those who were refused left no trace"
    );
}

#[tokio::test]
async fn lists_are_paged() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let mut made = Vec::new();
    for n in 0..7 {
        made.push(alice.create_room(&format!("Shelf {n}")).await);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/rooms?scope=public&q=shelf&limit=3{cursor}");
        let page = bob.get(&path).await.expect(200);
        seen.extend(ids(&page));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
        let elsewhere = format!("/api/rooms?scope=joined&q=shelf&limit=3{cursor}");
        bob.get(&elsewhere).await.problem(400, "invalid_cursor");
        alice
            .get(&path.replace("limit=3", &format!("limit=3{cursor}")))
            .await;
    }
    assert_eq!(seen, made);
    let literal = bob.get("/api/rooms?q=%25_").await.expect(200);
    assert_eq!(names(&literal), Vec::<&str>::new(), "wildcards are letters");
    let han = bob.get("/api/rooms?q=%E8%81%8A").await.expect(200);
    assert_eq!(names(&han), ["随便聊聊"]);
}

#[tokio::test]
async fn members_are_listed_by_standing() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Choir").await;
    let mut others = Vec::new();
    for name in ["bob", "carol", "dave", "erin"] {
        let person = server.person(name).await;
        person.join(room).await;
        others.push(person);
    }
    appoint(&alice, room, &others[2], "admin").await;
    let _here = others[0].socket().await;
    let path = format!("/api/rooms/{room}/members");
    let first = others[0].get(&format!("{path}?limit=2")).await.expect(200);
    assert_eq!(ids(&first), [alice.id(), others[2].id()]);
    assert_eq!(first["items"][0]["role"], "owner");
    assert_eq!(first["items"][1]["is_admin"], true);
    let next = first["next"].as_str().unwrap();
    let rest = others[0]
        .get(&format!("{path}?limit=3&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(ids(&rest), [others[0].id(), others[1].id(), others[3].id()]);
    assert_eq!(rest["next"], json!(null));
    assert_eq!(rest["items"][0]["is_online"], true);
    assert_eq!(rest["items"][1]["is_online"], false);
}

#[tokio::test]
async fn an_owner_hands_over_before_leaving() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Workshop").await;
    bob.join(room).await;
    let (hers, leave) = (alice.socket().await, format!("/api/rooms/{room}/leave"));
    alice
        .post(&leave, json!({}))
        .await
        .problem(409, "owner_must_stay");
    appoint(&alice, room, &bob, "owner").await;
    let former = hers.next("room_updated").await;
    assert_eq!(
        former["change"],
        json!({ "type": "role", "user_id": alice.id(), "role": "admin" })
    );
    let new = hers.next("room_updated").await;
    assert_eq!(
        new["change"],
        json!({ "type": "role", "user_id": bob.id(), "role": "owner" })
    );
    assert_eq!(new["room"]["owner_id"], bob.id());
    assert_eq!(view(&alice, room).await["membership"]["role"], "admin");
    alice.post(&leave, json!({})).await.expect(204);
    bob.post(&leave, json!({}))
        .await
        .problem(409, "owner_must_stay");
}

#[tokio::test]
async fn a_deleted_room_is_gone_for_everybody() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Ephemeral").await;
    bob.join(room).await;
    let (hers, his) = (alice.socket().await, bob.socket().await);
    alice
        .delete(&format!("/api/rooms/{room}"))
        .await
        .expect(204);
    for socket in [&hers, &his] {
        let removed = socket.next("room_removed").await;
        assert_eq!(
            (&removed["room_id"], &removed["reason"]),
            (&json!(room), &json!("deleted"))
        );
    }
    for person in [&alice, &bob] {
        person
            .get(&format!("/api/rooms/{room}"))
            .await
            .problem(404, "not_found");
        let joined = person.get("/api/rooms?scope=joined").await.expect(200);
        assert!(!ids(&joined).contains(&room));
    }
    alice
        .delete(&format!("/api/rooms/{room}"))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn who_deletes_their_account_leaves_and_what_they_owned_passes_on() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (bob, carol, dave) = (
        server.person("bob").await,
        server.person("carol").await,
        server.person("dave").await,
    );
    let (with_admin, with_member) = (
        alice.create_room("One").await,
        alice.create_room("Two").await,
    );
    let alone = alice.create_room("Three").await;
    for person in [&bob, &carol, &dave] {
        person.join(with_admin).await;
    }
    appoint(&alice, with_admin, &carol, "admin").await;
    dave.join(with_member).await;
    bob.join(with_member).await;
    let socket = bob.socket().await;
    alice.delete("/api/auth/me").await.expect(204);

    let left = socket
        .next_where("user_left", |e| e["room_id"] == with_admin)
        .await;
    assert_eq!(
        (&left["reason"], &left["user"]["id"]),
        (&json!("deleted"), &json!(alice.id()))
    );
    assert_eq!(view(&bob, with_admin).await["owner_id"], carol.id());
    assert_eq!(
        view(&carol, with_admin).await["membership"]["role"],
        "owner"
    );
    assert_eq!(view(&bob, with_member).await["owner_id"], dave.id());
    bob.get(&format!("/api/rooms/{alone}"))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn rooms_outlive_a_restart() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (room, key) = alice.create_private_room("Archive").await;
    bob.post("/api/rooms/join", json!({ "access_key": key }))
        .await
        .expect(200);
    appoint(&alice, room, &bob, "admin").await;
    let (before, tokens) = (view(&bob, room).await, (alice.token(), bob.token()));
    let server = server.restart().await;
    let again = server.visitor();
    again.set_token(tokens.1);
    assert_eq!(
        again.get(&format!("/api/rooms/{room}")).await.expect(200),
        before
    );
    again.set_token(tokens.0);
    let room = again.get(&format!("/api/rooms/{room}")).await.expect(200);
    assert_eq!(room["access_key"], key);
}
