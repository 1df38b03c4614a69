//! How long what is said is kept.

mod holds;

use crate::delivery::reader::{Reader, heard_up_to};
use parlor::kernel::clock::Clock;
use parlor::kernel::db::{Sql, args};
use parlor_protocol::Timestamp;
use parlor_testkit::{Person, Server, Setup, Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

fn setup() -> Setup {
    Server::setup().with_clock(Clock::manual(Timestamp(1_800_000_000_000)))
}

fn id(value: &Value) -> i64 {
    value["id"].as_i64().expect("an id")
}

fn seq(value: &Value) -> i64 {
    value["seq"].as_i64().expect("a seq")
}

fn messages_of(room: i64) -> String {
    format!("/api/rooms/{room}/messages")
}

async fn set_terms(admin: &Person, terms: Value) {
    admin.put("/api/admin/retention", terms).await.expect(200);
}

/// How many rows a table has.
async fn count(server: &Server, table: &str) -> i64 {
    let query = format!("SELECT COUNT(*) FROM {table}");
    let count = server.app().kernel.db.read().scalar(&query, args![]).await;
    count.expect("an answer").expect("a number")
}

/// A room of alice's with bob in it, where something was said a month ago and something today.
struct Month {
    server: Server,
    alice: Person,
    bob: Person,
    admin: Person,
    room: i64,
    /// Said a month ago: by alice, and by bob.
    old: [Value; 2],
    /// Said today, the second as an answer to what is old.
    young: [Value; 2],
}

impl Month {
    async fn pass() -> Self {
        let server = setup().start().await;
        let (alice, bob) = (server.person("alice").await, server.person("bob").await);
        let admin = server.administrator("admin").await;
        let room = alice.create_room("Reading circle").await;
        bob.join(room).await;
        let draft = json!({ "content": "the canary sings", "client_id": "c1" });
        let first = alice.post(&messages_of(room), draft).await.expect(201);
        let first = first["message"].clone();
        let second = bob.say(room, "the canary hums").await;
        let about = format!("/api/messages/{}", id(&first));
        bob.put(&format!("{about}/reactions/👍"), json!({}))
            .await
            .expect(200);
        alice
            .put(&format!("{about}/pin"), json!({}))
            .await
            .expect(200);
        server.clock().advance(DAY * 31);
        let (alice, bob) = (alice.another_device().await, bob.another_device().await);
        let admin = admin.another_device().await;
        let third = alice.say(room, "good morning").await;
        let answer = json!({ "content": "was that all?", "reply_to": id(&second) });
        let answer = bob.post(&messages_of(room), answer).await.expect(201);
        // Above what is removed, the log speaks of what is removed.
        let edit = json!({ "content": "the canary sings again" });
        alice.put(&about, edit).await.expect(200);
        bob.delete(&format!("{about}/reactions/👍"))
            .await
            .expect(200);
        Self {
            server,
            alice,
            bob,
            admin,
            room,
            old: [first, second],
            young: [third, answer["message"].clone()],
        }
    }
}

#[tokio::test]
async fn what_is_too_old_is_removed_for_good_and_everybody_hears_of_it() {
    let month = Month::pass().await;
    let (bob, room) = (&month.bob, month.room);
    let mut reader = Reader::snapshot(bob, room).await;
    let socket = bob.socket().await;
    set_terms(&month.admin, json!({ "public_rooms": 30 })).await;
    let removed = socket.next("messages_removed").await;
    assert_eq!(
        removed,
        json!({ "room_id": room, "seq": reader.seq() + 1, "up_to": seq(&month.old[1]) })
    );

    // The law: what was known and the event make what there is now.
    reader.apply(&[("messages_removed".to_owned(), removed)]);
    assert_eq!(reader, Reader::snapshot(bob, room).await);
    let page = bob.get(&messages_of(room)).await.expect(200);
    let items = page["items"].as_array().expect("a list");
    let contents: Vec<&Value> = items.iter().map(|m| &m["content"]).collect();
    assert_eq!(contents, ["good morning", "was that all?"]);
    assert!(items[1].get("reply_to").is_none(), "{}", items[1]);
    assert!(page["next"].is_null());
}

#[tokio::test]
async fn nothing_of_what_was_removed_appears_on_any_path() {
    let month = Month::pass().await;
    let (alice, bob, room) = (&month.alice, &month.bob, month.room);
    set_terms(&month.admin, json!({ "public_rooms": 30 })).await;
    let socket = bob.socket().await;
    let head = seq(&alice.say(room, "still here").await);
    month.server.app().retention.enforce().await.expect("done");
    for old in &month.old {
        let about = format!("/api/messages/{}", id(old));
        bob.get(&about).await.problem(404, "not_found");
        bob.get(&format!("{about}/receipts"))
            .await
            .problem(404, "not_found");
        let answer = json!({ "content": "to nobody", "reply_to": id(old) });
        bob.post(&messages_of(room), answer)
            .await
            .problem(400, "invalid_field");
    }
    let around = seq(&month.old[0]);
    for path in [
        messages_of(room),
        format!("/api/rooms/{room}/messages?around={around}"),
        format!("/api/rooms/{room}/messages?after=0"),
        format!("/api/rooms/{room}/messages?before={}", head + 9),
        format!("/api/rooms/{room}/pins"),
        format!("/api/rooms/{room}"),
        "/api/rooms".to_owned(),
        format!("/api/messages/{}", id(&month.young[1])),
    ] {
        let answer = bob.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(!answer.text.contains("canary"), "{path}: {}", answer.text);
    }
    let export = alice.get(&format!("/api/rooms/{room}/export")).await;
    assert_eq!(export.text.lines().count(), 3, "{}", export.text);
    assert!(!export.text.contains("canary"));

    // Who resumes from before that is told to read afresh; from after it, the log is dense and silent about it.
    let floor = seq(&month.old[1]);
    let late = bob.resume(json!({ room.to_string(): floor - 1 })).await;
    let resync = late.next("resync").await;
    assert_eq!(resync, json!({ "rooms": [room], "reason": "reset" }));
    let joined = socket
        .emit("join_room", json!({ "room_id": room, "after_seq": 1 }))
        .await;
    assert_eq!(joined["resync"], true, "{joined}");
    let ask = json!({ "room_id": room, "after_seq": floor });
    let joined = socket.emit("join_room", ask).await;
    assert!(!joined.to_string().contains("canary"), "{joined}");
    let entries = joined["entries"].as_array().expect("entries");
    let seqs: Vec<i64> = entries.iter().map(seq).collect();
    let last = seq(&joined);
    assert_eq!(seqs, (floor + 1..=last).collect::<Vec<_>>());
    let told = entries.iter().filter(|e| e["type"] == "messages_removed");
    let told: Vec<i64> = told.filter_map(|e| e["up_to"].as_i64()).collect();
    // The pin that was set, the reaction and the edit that came later, and the removal itself.
    assert!(told.len() >= 3, "{entries:?}");
    assert!(told.iter().all(|up_to| *up_to >= floor), "{told:?}");

    // And as events.
    let device = bob.resume(json!({ room.to_string(): floor })).await;
    let live = heard_up_to(&device, room, last).await;
    assert!(!format!("{live:?}").contains("canary"), "{live:?}");
    for table in ["message_pins", "message_reactions"] {
        assert_eq!(count(&month.server, table).await, 0, "{table}");
    }
    assert_eq!(count(&month.server, "messages").await, 3);
}

#[tokio::test]
async fn what_was_removed_is_not_stored_again_by_sending_it_again() {
    let month = Month::pass().await;
    let (alice, room) = (&month.alice, month.room);
    set_terms(&month.admin, json!({ "public_rooms": 30 })).await;
    month.server.app().retention.enforce().await.expect("done");
    let draft = json!({ "content": "the canary sings", "client_id": "c1" });
    let again = alice.post(&messages_of(room), draft.clone()).await;
    let again = again.expect(200);
    assert_eq!(again["duplicate"], true);
    let message = &again["message"];
    assert_eq!(message["id"], month.old[0]["id"]);
    assert_eq!(
        (&message["is_deleted"], &message["content"]),
        (&json!(true), &json!(""))
    );
    let elsewhere = alice.create_room("Elsewhere").await;
    alice
        .post(&messages_of(elsewhere), draft)
        .await
        .problem(409, "idempotency_conflict");
}

#[tokio::test]
async fn after_a_restart_it_is_still_known_what_was_sent() {
    let Month {
        server,
        admin,
        alice,
        room,
        old,
        ..
    } = Month::pass().await;
    set_terms(&admin, json!({ "public_rooms": 30 })).await;
    server.app().retention.enforce().await.expect("done");
    let server = server.restart().await;
    let device = server.visitor();
    device.set_token(alice.token());
    let draft = json!({ "content": "the canary sings", "client_id": "c1" });
    let again = device.post(&messages_of(room), draft).await.expect(200);
    assert_eq!(again["message"]["id"], old[0]["id"]);
}

#[tokio::test]
async fn numbers_go_on_when_everything_is_removed() {
    let month = Month::pass().await;
    let (bob, room) = (&month.bob, month.room);
    month.server.clock().advance(DAY * 40);
    let (bob, admin) = (
        bob.another_device().await,
        month.admin.another_device().await,
    );
    let before = bob.get(&format!("/api/rooms/{room}")).await.expect(200);
    assert_eq!(before["membership"]["unread_count"], 2, "{before}");
    set_terms(&admin, json!({ "public_rooms": 7 })).await;
    month.server.app().retention.enforce().await.expect("done");
    let room_now = bob.get(&format!("/api/rooms/{room}")).await.expect(200);
    assert_eq!(room_now["membership"]["unread_count"], 0, "{room_now}");
    assert_eq!(
        room_now["membership"]["last_read_seq"],
        before["membership"]["last_read_seq"]
    );
    let page = bob.get(&messages_of(room)).await.expect(200);
    assert_eq!(page["items"], json!([]));
    let head = seq(&json!({ "seq": room_now["last_seq"] }));
    assert!(head > seq(&json!({ "seq": before["last_seq"] })));
    assert_eq!(seq(&bob.say(room, "a new leaf").await), head + 1);
    bob.put(&format!("/api/rooms/{room}/read"), json!({ "seq": head }))
        .await
        .expect(200);
}

#[tokio::test]
async fn much_goes_a_stretch_at_a_time_and_people_talk_meanwhile() {
    let server = setup().start().await;
    let (alice, admin) = (
        server.person("alice").await,
        server.administrator("admin").await,
    );
    let room = alice.create_room("Market").await;
    let socket = alice.socket().await;
    let said = (0..450).map(|n| {
        let draft = json!({ "room_id": room, "content": format!("canary {n}") });
        socket.emit_later("send_message", draft)
    });
    let said = futures_util::future::join_all(said.collect::<Vec<_>>()).await;
    let last = said.iter().map(|ack| seq(&ack["message"])).max();
    server.clock().advance(DAY * 2);
    let (alice, admin) = (alice.another_device().await, admin.another_device().await);
    let mut reader = Reader::empty(room);
    let socket = alice.socket().await;
    set_terms(&admin, json!({ "public_rooms": 1 })).await;
    let talk = async {
        for n in 0..20 {
            alice.say(room, &format!("now {n}")).await;
        }
    };
    let done = socket.next_where("messages_removed", |e| e["up_to"].as_i64() == last);
    let (done, ()) = tokio::join!(done, talk);
    assert!(seq(&done) > last.expect("a seq"));
    // What is left is what a client has that followed from the beginning.
    let page = alice.get(&format!("{}?limit=200", messages_of(room))).await;
    assert!(!page.text.contains("canary"), "{}", page.text);
    assert_eq!(page.expect(200)["items"].as_array().map(Vec::len), Some(20));
    let ask = json!({ "room_id": room, "after_seq": last });
    let joined = socket.emit("join_room", ask).await;
    let entries = joined["entries"].as_array().expect("entries").iter();
    let named = entries.map(|e| (e["type"].as_str().expect("a name").to_owned(), e.clone()));
    let named: Vec<_> = named.collect();
    let removals = named.iter().filter(|(name, _)| name == "messages_removed");
    assert_eq!(removals.count(), 3, "200, 200 and 50");
    reader.start_at(last.expect("a seq"));
    reader.apply(&named);
    assert_eq!(reader, Reader::snapshot(&alice, room).await);
}

#[tokio::test]
async fn a_room_keeps_for_as_long_as_its_owner_says_and_never_longer_than_the_server() {
    let server = setup().start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let admin = server.administrator("admin").await;
    let terms = admin.get("/api/admin/retention").await.expect(200);
    let for_ever =
        json!({ "public_rooms": 0, "private_rooms": 0, "direct_chats": 0, "communities": 0 });
    assert_eq!(terms, for_ever);
    let room = alice.create_room("Short memory").await;
    let other = alice.create_room("Long memory").await;
    bob.join(room).await;
    let of = |room: i64| format!("/api/rooms/{room}/retention");
    let socket = bob.socket().await;
    let set = alice.put(&of(room), json!({ "days": 7 })).await.expect(200);
    let seven = json!({ "days": 7, "server_days": 0, "days_in_force": 7 });
    assert_eq!(set, seven);
    let updated = socket.next("room_updated").await;
    assert_eq!(updated["room"]["retention_days"], 7);
    assert_eq!(bob.get(&of(room)).await.expect(200), seven);

    set_terms(&admin, json!({ "public_rooms": 5 })).await;
    let both = json!({ "days": 7, "server_days": 5, "days_in_force": 5 });
    assert_eq!(bob.get(&of(room)).await.expect(200), both);
    alice
        .put(&of(room), json!({ "days": 6 }))
        .await
        .problem(400, "invalid_field");
    set_terms(&admin, json!({ "public_rooms": 0, "direct_chats": 3 })).await;

    alice.say(room, "short").await;
    alice.say(other, "long").await;
    let direct = json!({ "user_id": bob.id() });
    let direct = alice.post("/api/rooms/direct", direct).await.expect(200);
    alice.say(id(&direct), "between us").await;
    alice
        .put(&of(id(&direct)), json!({ "days": 1 }))
        .await
        .problem(403, "forbidden");
    // Of what was said in the direct chat, in the room with a term of its own, and in the one without.
    let left = async || {
        server.app().retention.enforce().await.expect("done");
        count(&server, "messages").await
    };
    assert_eq!(left().await, 3);
    server.clock().advance(DAY * 4);
    assert_eq!(left().await, 2);
    server.clock().advance(DAY * 4);
    assert_eq!(left().await, 1);
    server.clock().advance(DAY * 400);
    assert_eq!(left().await, 1);
    let alice = alice.another_device().await;
    let page = alice.get(&messages_of(other)).await.expect(200);
    assert_eq!(page["items"][0]["content"], "long");

    for odd in [
        json!({ "days": -1 }),
        json!({ "days": 36_501 }),
        json!({ "days": "7" }),
        json!({}),
    ] {
        alice
            .put(&of(room), odd)
            .await
            .problem(400, "invalid_field");
    }
    let admin = admin.another_device().await;
    for odd in [
        json!({ "public_rooms": -1 }),
        json!({ "direct_chats": 1.5 }),
        json!({ "communities": 99_999 }),
    ] {
        let answer = admin.put("/api/admin/retention", odd).await;
        answer.problem(400, "invalid_field");
    }
    let odd = json!({ "for_ever": true });
    let answer = admin.put("/api/admin/retention", odd).await;
    answer.problem(400, "unknown_field");
}

#[tokio::test]
async fn what_was_deleted_can_be_restored_for_as_long_as_the_server_is_set_and_is_then_erased() {
    let server = setup()
        .with(|config| config.messages_restore_window = Duration::from_mins(5))
        .start()
        .await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Second thoughts").await;
    let said = alice.say(room, "the canary regrets").await;
    let about = format!("/api/messages/{}", id(&said));
    alice
        .put(&format!("{about}/reactions/👍"), json!({}))
        .await
        .expect(200);
    let retention = &server.app().retention;
    alice.delete(&about).await.expect(200);
    server.clock().advance(Duration::from_mins(4));
    assert_eq!(retention.enforce().await.expect("done").contents, 0);
    let restore = format!("{about}/restore");
    let back = alice.post(&restore, json!({})).await.expect(200);
    assert_eq!(back["content"], "the canary regrets");
    alice.delete(&about).await.expect(200);
    server.clock().advance(Duration::from_mins(5));
    alice
        .post(&restore, json!({}))
        .await
        .problem(409, "invalid_state");
    assert_eq!(retention.enforce().await.expect("done").contents, 1);
    for table in ["deleted_contents", "message_reactions"] {
        assert_eq!(count(&server, table).await, 0, "{table}");
    }
    // The place remains.
    let place = alice.get(&about).await.expect(200);
    assert_eq!(
        (&place["is_deleted"], &place["content"]),
        (&json!(true), &json!(""))
    );
}
