//! Legal holds.

use super::{DAY, count, id, messages_of, seq, set_terms, setup};
use parlor_testkit::{Person, Server, Value, json};
use std::time::Duration;

async fn place(admin: &Person, whom: Value) -> i64 {
    let mut hold = json!({ "reason": "case 7" });
    hold.as_object_mut()
        .expect("an object")
        .extend(whom.as_object().expect("an object").clone());
    id(&admin.post("/api/admin/holds", hold).await.expect(201))
}

async fn lift(admin: &Person, hold: i64) {
    let lifted = admin.delete(&format!("/api/admin/holds/{hold}")).await;
    assert!(!lifted.expect(200)["lifted_at"].is_null());
}

async fn contents(person: &Person, room: i64) -> Vec<String> {
    let page = person.get(&messages_of(room)).await.expect(200);
    let items = page["items"].as_array().expect("a list").iter();
    items
        .map(|m| m["content"].as_str().expect("a text").to_owned())
        .collect()
}

async fn enforce(server: &Server) {
    server.app().retention.enforce().await.expect("done");
}

#[tokio::test]
async fn of_a_person_who_is_held_nothing_goes_nor_of_what_came_after() {
    let server = setup().start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let admin = server.administrator("admin").await;
    let (room, other) = (
        alice.create_room("Watched").await,
        alice.create_room("Not watched").await,
    );
    bob.join(room).await;
    for (person, text) in [(&alice, "one"), (&bob, "two"), (&alice, "three")] {
        person.say(room, text).await;
    }
    alice.say(other, "elsewhere").await;
    let deleted = bob.say(room, "the canary regrets").await;
    bob.delete(&format!("/api/messages/{}", id(&deleted)))
        .await
        .expect(200);
    let card = bob.get(&format!("/api/rooms/{room}")).await.expect(200);
    let hold = place(&admin, json!({ "user_id": bob.id() })).await;
    // Nobody is told.
    assert_eq!(
        bob.get(&format!("/api/rooms/{room}")).await.expect(200),
        card
    );
    server.clock().advance(DAY * 31);
    let admin = admin.another_device().await;
    let (alice, bob) = (alice.another_device().await, bob.another_device().await);
    set_terms(&admin, json!({ "public_rooms": 30 })).await;
    enforce(&server).await;
    assert_eq!(contents(&alice, room).await, ["two", "three", ""]);
    assert_eq!(contents(&alice, other).await, [""; 0]);
    assert_eq!(count(&server, "deleted_contents").await, 1);
    assert!(!bob.get(&messages_of(room)).await.text.contains("canary"));

    lift(&admin, hold).await;
    enforce(&server).await;
    assert_eq!(contents(&alice, room).await, [""; 0]);
    assert_eq!(count(&server, "deleted_contents").await, 0);
    let again = admin.delete(&format!("/api/admin/holds/{hold}")).await;
    again.problem(409, "invalid_state");
}

#[tokio::test]
async fn a_room_that_is_held_keeps_everything_even_when_it_is_deleted() {
    let server = setup().start().await;
    let (alice, admin) = (
        server.person("alice").await,
        server.administrator("admin").await,
    );
    let (watched, free) = (
        alice.create_room("Held").await,
        alice.create_room("Free").await,
    );
    for room in [watched, free] {
        let said = alice.say(room, "something").await;
        assert!(seq(&said) > 0);
    }
    let hold = place(&admin, json!({ "room_id": watched })).await;
    server.clock().advance(DAY * 31);
    let (alice, admin) = (alice.another_device().await, admin.another_device().await);
    set_terms(&admin, json!({ "public_rooms": 30 })).await;
    enforce(&server).await;
    assert_eq!(contents(&alice, watched).await, ["something"]);
    assert_eq!(contents(&alice, free).await, [""; 0]);

    let listed = admin.get("/api/admin/holds").await.expect(200);
    assert_eq!(listed["items"][0]["room"]["name"], "Held");
    alice
        .delete(&format!("/api/rooms/{watched}"))
        .await
        .expect(204);
    // Another room is cleared away after it, so that it was looked at.
    let later = alice.create_room("Later").await;
    alice.say(later, "gone soon").await;
    alice
        .delete(&format!("/api/rooms/{later}"))
        .await
        .expect(204);
    until(&server, "messages", 1).await;
    let listed = admin.get("/api/admin/holds").await.expect(200);
    assert_eq!(
        listed["items"][0]["room"],
        json!({ "id": watched, "name": "", "kind": null })
    );
    lift(&admin, hold).await;
    until(&server, "messages", 0).await;
    let all = admin.get("/api/admin/holds?with_lifted=true").await;
    let all = all.expect(200);
    assert_eq!(all["items"][0]["id"], hold);
    assert_eq!(all["items"][0]["lifted_by"]["username"], "admin");
    let open = admin.get("/api/admin/holds").await.expect(200);
    assert_eq!(open["items"], json!([]));
}

#[tokio::test]
async fn a_community_that_is_held_keeps_what_is_said_in_its_rooms() {
    let server = setup().start().await;
    let (olga, admin) = (
        server.person("olga").await,
        server.administrator("admin").await,
    );
    let lodge = json!({ "name": "Lodge" });
    let lodge = id(&olga.post("/api/communities", lodge).await.expect(201));
    let room_in = async |name: &str| {
        let room = json!({ "name": name, "community_id": lodge });
        id(&olga.post("/api/rooms", room).await.expect(201))
    };
    let (before, gone) = (room_in("Before").await, room_in("Gone").await);
    let hold = place(&admin, json!({ "room_id": lodge })).await;
    let after = room_in("After").await;
    for room in [lodge, before, gone, after] {
        olga.say(room, "something").await;
    }
    // The last of them is cleared away after the one that is held, so that that was looked at.
    let free = olga.create_room("Free").await;
    olga.say(free, "gone soon").await;
    for room in [gone, free] {
        olga.delete(&format!("/api/rooms/{room}")).await.expect(204);
    }
    until(&server, "messages", 4).await;
    // It is one hold, whatever it reaches, and what it reaches cannot be lifted alone.
    let listed = admin.get("/api/admin/holds").await.expect(200);
    assert_eq!(listed["items"].as_array().expect("a list").len(), 1);
    let alone = admin
        .delete(&format!("/api/admin/holds/{}", hold + 1))
        .await;
    alone.problem(404, "not_found");
    server.clock().advance(DAY * 31);
    let (olga, admin) = (olga.another_device().await, admin.another_device().await);
    let terms = json!({ "public_rooms": 30, "communities": 30 });
    set_terms(&admin, terms).await;
    enforce(&server).await;
    for room in [lodge, before, after] {
        assert_eq!(contents(&olga, room).await, ["something"]);
    }
    assert_eq!(count(&server, "messages").await, 4);

    lift(&admin, hold).await;
    enforce(&server).await;
    until(&server, "messages", 0).await;
}

/// Waits until a table has so many rows: what is cleared away in the background tells nobody.
async fn until(server: &Server, table: &str, rows: i64) {
    let wait = async {
        while count(server, table).await != rows {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(parlor_testkit::PATIENCE, wait).await;
    assert!(in_time.is_ok(), "{table} never had {rows} rows");
}

#[tokio::test]
async fn what_an_account_said_of_somebody_who_is_held_is_kept_where_nobody_looks() {
    let server = setup().start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let admin = server.administrator("admin").await;
    let room = alice.create_room("Watched").await;
    bob.join(room).await;
    let hold = place(&admin, json!({ "user_id": bob.id() })).await;
    bob.delete("/api/auth/me").await.expect(204);
    // To everybody else, bob is as gone as anybody who leaves.
    let found = alice.get("/api/users/search?q=bob").await.expect(200);
    assert_eq!(found["items"], json!([]));
    let login = json!({ "username": "bob", "password": bob.password() });
    server
        .visitor()
        .post("/api/auth/login", login)
        .await
        .problem(401, "bad_credentials");
    let kept = "held_records WHERE part = 'profile' AND body LIKE '%bob@example.org%'";
    assert_eq!(count(&server, kept).await, 1);
    let kept = "held_records WHERE part = 'memberships' AND body LIKE '%Watched%'";
    assert_eq!(count(&server, kept).await, 1);
    let logins = format!("logins WHERE user_id = {} AND succeeded", bob.id());
    assert_eq!(count(&server, &logins).await, 1);
    server.clock().advance(DAY * 100);
    server.app().accounts.sweep().await.expect("done");
    enforce(&server).await;
    assert_eq!(count(&server, &logins).await, 1);

    let admin = admin.another_device().await;
    lift(&admin, hold).await;
    enforce(&server).await;
    assert_eq!(count(&server, "held_records").await, 0);
    assert_eq!(count(&server, &logins).await, 0);
}

#[tokio::test]
async fn an_account_that_nobody_holds_leaves_nothing_behind() {
    let server = setup().start().await;
    let bob = server.person("bob").await;
    bob.delete("/api/auth/me").await.expect(204);
    assert_eq!(count(&server, "held_records").await, 0);
    let logins = format!("logins WHERE user_id = {}", bob.id());
    assert_eq!(count(&server, &logins).await, 0);
}

#[tokio::test]
async fn two_holds_on_one_person_hold_until_both_are_lifted() {
    let server = setup().start().await;
    let (alice, admin) = (
        server.person("alice").await,
        server.administrator("admin").await,
    );
    let room = alice.create_room("Watched").await;
    alice.say(room, "something").await;
    let first = place(&admin, json!({ "user_id": alice.id() })).await;
    let second = place(&admin, json!({ "user_id": alice.id() })).await;
    set_terms(&admin, json!({ "public_rooms": 1 })).await;
    server.clock().advance(DAY + Duration::from_millis(1));
    let (alice, admin) = (alice.another_device().await, admin.another_device().await);
    lift(&admin, second).await;
    enforce(&server).await;
    assert_eq!(contents(&alice, room).await, ["something"]);
    lift(&admin, first).await;
    enforce(&server).await;
    assert_eq!(contents(&alice, room).await, [""; 0]);
}

#[tokio::test]
async fn a_hold_names_somebody_who_exists_and_says_why() {
    let server = setup().start().await;
    let (alice, admin) = (
        server.person("alice").await,
        server.administrator("admin").await,
    );
    let path = "/api/admin/holds";
    for odd in [
        json!({ "reason": "case 7" }),
        json!({ "user_id": alice.id(), "room_id": 1, "reason": "case 7" }),
        json!({ "user_id": alice.id(), "reason": " " }),
        json!({ "user_id": alice.id() }),
    ] {
        admin.post(path, odd).await.problem(400, "invalid_field");
    }
    for nobody in [
        json!({ "user_id": 999_999, "reason": "case 7" }),
        json!({ "room_id": 999_999, "reason": "case 7" }),
    ] {
        admin.post(path, nobody).await.problem(404, "not_found");
    }
    for person in [&alice, &server.guest("passing by").await] {
        let hold = json!({ "user_id": alice.id(), "reason": "case 7" });
        person.post(path, hold).await.problem(403, "forbidden");
        person.get(path).await.problem(403, "forbidden");
    }
}
