//! Connections: who gets one, what it brings, what a client missed, and when it ends.

mod epoch;
mod own_log;

use parlor::kernel::actor::Actor;
use parlor::kernel::db::{Sql, args};
use parlor_testkit::{PATIENCE, Person, Server, Socket, Value, Visitor, json};
use std::time::Duration;

/// Events that are entries of a room's log.
const ENTRIES: [&str; 7] = [
    "new_message",
    "message_updated",
    "message_deleted",
    "reaction_update",
    "user_joined",
    "user_left",
    "room_updated",
];

fn seqs(events: &[(String, Value)], room: i64) -> Vec<i64> {
    events
        .iter()
        .filter(|(name, event)| ENTRIES.contains(&name.as_str()) && event["room_id"] == room)
        .filter_map(|(_, event)| event["seq"].as_i64())
        .collect()
}

/// The room's entries that a connection got, up to a message, which must be among them.
async fn view_up_to(socket: &Socket, room: i64, message: &Value) -> Vec<i64> {
    let last = &message["seq"];
    let fits = |event: &Value| event["room_id"] == room && event["seq"] == *last;
    socket.next_where("new_message", fits).await;
    let mut seen = seqs(&socket.take_events(), room);
    seen.extend(last.as_i64());
    seen
}

/// Entries from after one message up to another.
fn between(after: &Value, upto: &Value) -> Vec<i64> {
    let seq = |message: &Value| message["seq"].as_i64().unwrap();
    (seq(after) + 1..=seq(upto)).collect()
}

fn names_room(events: &[(String, Value)], room: i64) -> bool {
    events.iter().any(|(_, event)| event["room_id"] == room)
}

/// Two people in a room, with a connection each.
async fn two_in_a_room(server: &Server) -> (Person, Person, i64) {
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let room = alice.create_room("Reading circle").await;
    bob.join(room).await;
    (alice, bob, room)
}

#[tokio::test]
async fn only_own_pages_and_programs_open_connections() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let open = async |origin: Option<&str>| {
        let mut request = visitor.request("GET", "/socket.io/?EIO=4&transport=polling");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        visitor.send(request).await.status
    };
    assert_eq!(open(None).await, 200);
    assert_eq!(open(Some(server.base())).await, 200);
    assert_eq!(open(Some("https://elsewhere.example")).await, 403);
    assert_eq!(open(Some("null")).await, 403);
}

#[tokio::test]
async fn nobody_connects_without_a_token_that_holds() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let refused = json!({ "message": "unauthorized" });
    for auth in [
        json!({}),
        json!({ "token": "" }),
        json!({ "token": "garbage" }),
        json!({ "token": format!("{}x", alice.token().unwrap()) }),
    ] {
        assert_eq!(
            server.visitor().try_socket(auth.clone()).await.err(),
            Some(refused.clone()),
            "{auth}"
        );
    }
    let odd = server
        .visitor()
        .try_socket(json!({ "token": 7 }))
        .await
        .err()
        .unwrap();
    assert_eq!(odd["message"], "invalid_field");
}

#[tokio::test]
async fn a_room_is_heard_by_all_its_members_on_all_their_devices_in_one_order() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let sockets = [alice.socket().await, bob.socket().await, bob.socket().await];
    let first = alice.say(room, "first").await;
    let sends: Vec<_> = (0..40)
        .map(|n| {
            let content = format!("message {n}");
            sockets[n % 2].emit_later(
                "send_message",
                json!({ "room_id": room, "content": content }),
            )
        })
        .collect();
    for send in sends {
        assert_eq!(send.await["ok"], true);
    }
    let last = bob.say(room, "last").await;
    for socket in &sockets {
        let seen = view_up_to(socket, room, &last).await;
        assert_eq!(
            seen,
            (first["seq"].as_i64().unwrap()..=last["seq"].as_i64().unwrap()).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn who_joins_hears_the_room_from_then_on_and_who_leaves_no_longer() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let room = alice.create_room("Reading circle").await;
    let elsewhere = alice.create_room("Elsewhere").await;
    bob.join(elsewhere).await;
    let (at_alice, at_bob) = (alice.socket().await, bob.socket().await);

    let joined = at_bob.emit("join_room", json!({ "room_id": room })).await;
    assert_eq!(
        (&joined["ok"], &joined["room"]["id"]),
        (&json!(true), &json!(room))
    );
    assert_eq!(at_bob.next("room_joined").await["room_id"], room);
    assert_eq!(at_alice.next("user_joined").await["user"]["id"], bob.id());
    alice.say(room, "Welcome").await;
    assert_eq!(
        at_bob.next("new_message").await["message"]["content"],
        "Welcome"
    );

    let again = at_bob.emit("join_room", json!({ "room_id": room })).await;
    assert_eq!(again["ok"], true);
    assert_eq!(at_bob.next("room_joined").await["room"]["id"], room);

    assert_eq!(
        at_bob.emit("leave_room", json!({ "room_id": room })).await["ok"],
        true
    );
    assert_eq!(at_alice.next("user_left").await["reason"], "left");
    at_bob
        .next_where("room_removed", |event| event["room_id"] == room)
        .await;
    drop(at_bob.take_events());
    alice.say(room, "They are gone").await;
    let marker = alice.say(elsewhere, "Still here?").await;
    assert_eq!(
        at_bob.next("new_message").await["message"]["id"],
        marker["id"]
    );
    assert!(!names_room(&at_bob.settled_events().await, room));
}

#[tokio::test]
async fn who_makes_a_room_hears_it_at_once() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (here, there) = (alice.socket().await, alice.socket().await);
    let room = alice.create_room("Reading circle").await;
    alice.say(room, "Anybody?").await;
    for socket in [here, there] {
        assert_eq!(socket.next("new_message").await["room_id"], room);
    }
}

#[tokio::test]
async fn who_is_kicked_or_banned_hears_nothing_more_of_the_room() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let elsewhere = alice.create_room("Elsewhere").await;
    bob.join(elsewhere).await;
    for sanction in ["kick", "ban"] {
        bob.join(room).await;
        let at_bob = bob.socket().await;
        let path = format!("/api/rooms/{room}/members/{}/{sanction}", bob.id());
        assert!(alice.post(&path, json!({})).await.status < 300);
        at_bob
            .next_where("room_removed", |event| event["room_id"] == room)
            .await;
        drop(at_bob.take_events());
        alice.say(room, "Now we are alone").await;
        let marker = alice.say(elsewhere, "You still hear this").await;
        assert_eq!(
            at_bob.next("new_message").await["message"]["id"],
            marker["id"]
        );
        assert!(!names_room(&at_bob.settled_events().await, room));
        let back = bob.resume(json!({ room.to_string(): 0 })).await;
        assert!(!names_room(&back.settled_events().await, room));
    }
}

#[tokio::test]
async fn joining_and_leaving_while_connecting_leaves_a_connection_in_the_right_rooms() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let room = alice.create_room("Reading circle").await;
    let elsewhere = alice.create_room("Elsewhere").await;
    bob.join(elsewhere).await;
    for _ in 0..15 {
        let (at_bob, _) = tokio::join!(bob.socket(), bob.join(room));
        let said = alice.say(room, "Do you hear me?").await;
        at_bob
            .next_where("new_message", |event| event["message"]["id"] == said["id"])
            .await;

        let path = format!("/api/rooms/{room}/leave");
        let (at_bob, left) = tokio::join!(bob.socket(), bob.post(&path, json!({})));
        assert!(left.status < 300);
        let said = alice.say(room, "And now?").await;
        let marker = alice.say(elsewhere, "Here you do").await;
        at_bob
            .next_where("new_message", |event| {
                event["message"]["id"] == marker["id"]
            })
            .await;
        let heard = at_bob.take_events();
        assert!(
            !heard
                .iter()
                .any(|(_, event)| event["message"]["id"] == said["id"])
        );
    }
}

/// Ends within a second of `ended`, as everything does whose session is over.
async fn closes_soon(socket: &Socket) {
    tokio::time::timeout(Duration::from_secs(1), socket.closed())
        .await
        .expect("closed within a second");
}

#[tokio::test]
async fn a_session_that_ends_takes_its_connections_along_and_no_others() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let elsewhere = alice.another_device().await;
    let (here, also_here, there) = (
        alice.socket().await,
        alice.socket().await,
        elsewhere.socket().await,
    );
    assert!(alice.post("/api/auth/logout", json!({})).await.status < 300);
    closes_soon(&here).await;
    closes_soon(&also_here).await;
    assert_eq!(there.emit("ping", json!({})).await["ok"], true);
    assert_eq!(
        server
            .visitor()
            .try_socket(json!({ "token": alice.token() }))
            .await
            .err(),
        Some(json!({ "message": "unauthorized" }))
    );
}

#[tokio::test]
async fn a_new_password_ends_all_other_devices() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let elsewhere = alice.another_device().await;
    let (here, there) = (alice.socket().await, elsewhere.socket().await);
    let change =
        json!({ "old_password": alice.password(), "new_password": "another walk by the sea" });
    assert!(alice.put("/api/auth/change-password", change).await.status < 300);
    closes_soon(&there).await;
    assert_eq!(here.emit("ping", json!({})).await["ok"], true);
}

/// Somebody who runs the server.
async fn administrator(server: &Server) -> Visitor {
    let (name, password) = ("operator".to_owned(), "keys and lamps and ladders");
    let (email, accounts) = ("operator@example.org".to_owned(), &server.app().accounts);
    accounts
        .create_administrator(&Actor::console(), name.clone(), email, password.to_owned())
        .await
        .expect("made");
    let visitor = server.visitor();
    let body = json!({ "username": name, "password": password });
    let signed_in = visitor.post("/api/auth/login", body).await.expect(200);
    visitor.set_token(signed_in["access_token"].as_str().map(str::to_owned));
    visitor
}

#[tokio::test]
async fn who_is_deactivated_or_deleted_is_disconnected() {
    let server = Server::start().await;
    let admin = administrator(&server).await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let (at_alice, at_bob) = (alice.socket().await, bob.socket().await);
    let path = format!("/api/admin/users/{}", alice.id());
    assert!(
        admin
            .put(&path, json!({ "status": "inactive" }))
            .await
            .status
            < 300
    );
    closes_soon(&at_alice).await;
    assert!(bob.delete("/api/auth/me").await.status < 300);
    closes_soon(&at_bob).await;
}

#[tokio::test]
async fn a_session_that_vanishes_from_the_database_is_noticed() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let (at_alice, at_bob) = (alice.socket().await, bob.socket().await);
    let sql = "DELETE FROM sessions WHERE user_id = ?";
    let database = server.app().kernel.db.write();
    database.run(sql, args![alice.id()]).await.unwrap();
    at_alice.closed().await;
    assert_eq!(at_bob.emit("ping", json!({})).await["ok"], true);
}

#[tokio::test]
async fn who_is_given_other_rights_has_them_on_open_connections() {
    let server = Server::start().await;
    let admin = administrator(&server).await;
    let room = server.person("alice").await.create_room("Elsewhere").await;
    let bob = server.person("bob").await;
    let at_bob = bob.socket().await;
    let ask = async || {
        let answer = at_bob
            .emit("get_online_users", json!({ "room_id": room }))
            .await;
        answer["error"]["code"].clone()
    };
    assert_eq!(ask().await, "not_member");
    let path = format!("/api/admin/users/{}", bob.id());
    assert!(admin.put(&path, json!({ "role": "admin" })).await.status < 300);
    let administrators_answer = async { while ask().await != "forbidden" {} };
    tokio::time::timeout(PATIENCE, administrators_answer)
        .await
        .expect("known as an administrator");
}

#[tokio::test]
async fn a_deleted_room_is_gone_for_all_its_members() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let at_bob = bob.socket().await;
    assert!(alice.delete(&format!("/api/rooms/{room}")).await.status < 300);
    let removed = at_bob.next("room_removed").await;
    assert_eq!(
        (&removed["room_id"], &removed["reason"]),
        (&json!(room), &json!("deleted"))
    );
}

#[tokio::test]
async fn what_was_missed_comes_first_and_then_what_is_new() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let seen = alice.say(room, "Are you there?").await;
    for n in 0..450 {
        if n % 50 == 0 {
            let path = format!("/api/messages/{}", seen["id"]);
            alice
                .put(&path, json!({ "content": format!("Edit {n}") }))
                .await
                .expect(200);
        }
        alice.say(room, &format!("missed {n}")).await;
    }
    let at_bob = bob.resume(json!({ room.to_string(): seen["seq"] })).await;
    let last = alice.say(room, "Welcome back").await;
    assert_eq!(
        view_up_to(&at_bob, room, &last).await,
        between(&seen, &last)
    );
}

#[tokio::test]
async fn a_device_that_reconnects_again_and_again_under_load_sees_everything_once() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let first = alice.say(room, "first").await;
    let at_alice = alice.socket().await;
    let mut view = vec![first["seq"].as_i64().unwrap()];
    for round in 0..8 {
        let sends: Vec<_> = (0..60)
            .map(|n| {
                let content = format!("round {round}, message {n}");
                at_alice.emit_later(
                    "send_message",
                    json!({ "room_id": room, "content": content }),
                )
            })
            .collect();
        let at_bob = bob.resume(json!({ room.to_string(): view.last() })).await;
        at_bob.next("new_message").await;
        // Whatever has come by now was seen; the rest is lost with the connection.
        drop(at_bob);
        for send in sends {
            assert_eq!(send.await["ok"], true);
        }
        let at_bob = bob.resume(json!({ room.to_string(): view.last() })).await;
        let last = alice.say(room, "end of round").await;
        view.extend(view_up_to(&at_bob, room, &last).await);
    }
    let dense: Vec<i64> = (view[0]..view[0] + i64::try_from(view.len()).unwrap()).collect();
    assert_eq!(view, dense);
}

#[tokio::test]
async fn who_cannot_be_brought_up_to_date_is_told_to_read_again() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let ahead = bob.resume(json!({ room.to_string(): 1_000_000 })).await;
    assert_eq!(
        ahead.next("resync").await,
        json!({ "rooms": [room], "reason": "reset" })
    );

    let seen = alice.say(room, "the last one they saw").await;
    let at_alice = alice.socket().await;
    let sends: Vec<_> = (0..1_001)
        .map(|n| {
            at_alice.emit_later(
                "send_message",
                json!({ "room_id": room, "content": n.to_string() }),
            )
        })
        .collect();
    for send in sends {
        assert_eq!(send.await["ok"], true);
    }
    let behind = bob.resume(json!({ room.to_string(): seen["seq"] })).await;
    assert_eq!(
        behind.next("resync").await,
        json!({ "rooms": [room], "reason": "too_many" })
    );
    let joined = behind
        .emit(
            "join_room",
            json!({ "room_id": room, "after_seq": seen["seq"] }),
        )
        .await;
    assert_eq!(
        (&joined["ok"], &joined["resync"]),
        (&json!(true), &json!(true))
    );
    let last = alice.say(room, "Live again").await;
    assert_eq!(
        view_up_to(&behind, room, &last).await,
        [last["seq"].as_i64().unwrap()]
    );
}

#[tokio::test]
async fn rooms_that_are_not_ones_own_are_left_out_and_nonsense_is_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let (secret, _) = alice.create_private_room("Secret").await;
    let open = alice.create_room("Open").await;
    alice.say(secret, "canary").await;
    alice.say(open, "canary").await;
    let at_bob = bob
        .resume(json!({ secret.to_string(): 0, open.to_string(): 0, "999999": 0 }))
        .await;
    let heard = at_bob.settled_events().await;
    assert!(
        !names_room(&heard, secret) && !names_room(&heard, open),
        "{heard:?}"
    );

    let many: Value = (1..=5_000)
        .map(|id| (id.to_string(), json!(0)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for resume in [
        json!({ "1": -1 }),
        json!({ "one": 1 }),
        json!([1]),
        json!({ "1": "1" }),
        many,
    ] {
        let auth = json!({ "token": bob.token(), "resume": resume });
        let refused = bob.try_socket(auth).await.err().expect("refused");
        assert_eq!(refused["message"], "invalid_field");
    }
}

#[tokio::test]
async fn joining_with_after_seq_answers_what_was_missed() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let at_bob = bob.socket().await;
    let first = alice.say(room, "one").await;
    alice.say(room, "two").await;
    let path = format!("/api/messages/{}", first["id"]);
    assert!(alice.delete(&path).await.status < 300);
    at_bob.next("message_deleted").await;
    drop(at_bob.take_events());

    let missed = json!({ "room_id": room, "after_seq": first["seq"] });
    let answer = at_bob.emit("join_room", missed).await;
    let seq = first["seq"].as_i64().unwrap();
    assert_eq!(answer["ok"], true);
    assert_eq!(answer["seq"], seq + 2);
    let entries = answer["entries"].as_array().unwrap();
    let short: Vec<_> = entries
        .iter()
        .map(|e| (e["type"].as_str().unwrap(), e["seq"].as_i64().unwrap()))
        .collect();
    assert_eq!(
        short,
        [("new_message", seq + 1), ("message_deleted", seq + 2)]
    );

    for odd in [json!(-1), json!("1"), json!(1.5)] {
        let answer = at_bob
            .emit("join_room", json!({ "room_id": room, "after_seq": odd }))
            .await;
        assert_eq!(answer["error"]["code"], "invalid_field");
    }
    let ahead = at_bob
        .emit(
            "join_room",
            json!({ "room_id": room, "after_seq": 1_000_000 }),
        )
        .await;
    assert_eq!(
        (&ahead["ok"], &ahead["resync"], &ahead["entries"]),
        (&json!(true), &json!(true), &Value::Null)
    );
}

#[tokio::test]
async fn bad_events_are_answered_with_a_code_and_the_connection_stays() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (secret, _) = server
        .person("bob")
        .await
        .create_private_room("Secret")
        .await;
    let socket = alice.socket().await;
    for (event, payload, code) in [
        ("join_room", json!({ "room_id": secret }), "not_found"),
        (
            "join_room",
            json!({ "room_id": secret, "access_key": "a wrong key" }),
            "not_found",
        ),
        ("join_room", json!({ "room_id": 9_999_999 }), "not_found"),
        ("join_room", json!({ "room_id": "one" }), "invalid_field"),
        (
            "join_room",
            json!({ "room_id": 1, "user_id": 1 }),
            "unknown_field",
        ),
        ("join_room", json!({}), "invalid_field"),
        ("join_room", json!([]), "invalid_field"),
        ("typing_start", json!(7), "invalid_field"),
        ("get_online_users", json!(null), "invalid_field"),
        ("no_such_event", json!({}), "unknown_event"),
    ] {
        let answer = socket.emit(event, payload.clone()).await;
        assert_eq!(answer["ok"], false, "{event} {payload}");
        assert_eq!(answer["error"]["code"], code, "{event} {payload}");
        assert!(answer["error"]["message"].is_string());
    }
    socket.send_raw(r#"42["join_room",{"room_id":1},{"room_id":2}]"#);
    assert_eq!(socket.next("error").await["code"], "invalid_field");
    socket.send_raw(r#"42["join_room"]"#);
    assert_eq!(socket.next("error").await["code"], "invalid_field");
    assert_eq!(socket.emit("ping", json!({})).await["ok"], true);
}

#[tokio::test]
async fn who_keeps_sending_events_that_do_not_exist_is_disconnected() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (nuisance, other) = (alice.socket().await, alice.socket().await);
    for _ in 0..20 {
        nuisance.emit_only("no_such_event", json!({}));
    }
    nuisance.closed().await;
    assert_eq!(other.emit("ping", json!({})).await["ok"], true);
}

#[tokio::test]
async fn a_ping_is_answered_with_the_time_whatever_comes_with_it() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let socket = alice.socket().await;
    socket.send_raw(r#"42["ping"]"#);
    let time = socket.next("pong").await["server_time"].clone();
    assert!(time.as_str().unwrap().ends_with('Z'));
    socket.send_raw(r#"42["ping",[1,2],"anything"]"#);
    socket.next("pong").await;
    assert!(socket.emit("ping", json!(7)).await["server_time"].is_string());
}

#[tokio::test]
async fn an_eleventh_connection_of_one_person_is_refused_until_another_ends() {
    let server = Server::setup().with_limits().start().await;
    let alice = server.person("alice").await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(alice.socket().await);
    }
    let auth = json!({ "token": alice.token() });
    let refused = alice.try_socket(auth.clone()).await.err().expect("refused");
    assert_eq!(refused["message"], "rate_limited");
    sockets.pop();
    tokio::time::timeout(PATIENCE, async {
        while alice.try_socket(auth.clone()).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("there is a place again");
}

#[tokio::test]
async fn haste_is_refused_with_a_time_to_wait_and_much_haste_ends_the_connection() {
    let server = Server::setup().with_limits().start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Reading circle").await;
    let socket = alice.socket().await;
    let mut refused = 0;
    for n in 0..25 {
        let answer = socket
            .emit(
                "send_message",
                json!({ "room_id": room, "content": n.to_string() }),
            )
            .await;
        if answer["ok"] == false {
            assert_eq!(answer["error"]["code"], "rate_limited");
            assert!(answer["error"]["retry_after_ms"].as_u64().unwrap() > 0);
            refused += 1;
        }
    }
    assert!((1..=5).contains(&refused), "{refused}");
    for _ in 0..220 {
        socket.emit_only("send_message", json!({ "room_id": room, "content": "!" }));
    }
    socket.closed().await;
}

#[tokio::test]
async fn a_slow_reader_is_told_to_read_again_and_holds_nobody_up() {
    let server = Server::start().await;
    let (alice, bob, room) = two_in_a_room(&server).await;
    let (at_alice, at_bob) = (alice.socket().await, bob.socket().await);
    let first = alice.say(room, "first").await;
    at_bob.next("new_message").await;
    at_bob.stop_reading();
    // More than the network's own buffers hold.
    let content = "字".repeat(4_000);
    for _ in 0..10 {
        let sends: Vec<_> = (0..50)
            .map(|_| {
                at_alice.emit_later(
                    "send_message",
                    json!({ "room_id": room, "content": content }),
                )
            })
            .collect();
        for send in sends {
            assert_eq!(send.await["ok"], true);
        }
    }
    let last = alice.say(room, "last").await;
    assert_eq!(
        view_up_to(&at_alice, room, &last).await.last(),
        last["seq"].as_i64().as_ref()
    );

    at_bob.read_on();
    let resync = at_bob.next("resync").await;
    assert_eq!(resync, json!({ "rooms": [], "reason": "slow_reader" }));
    let mut view = vec![first["seq"].as_i64().unwrap()];
    for seq in seqs(&at_bob.take_events(), room) {
        if Some(&(seq - 1)) == view.last() {
            view.push(seq);
        }
    }
    let back = bob.resume(json!({ room.to_string(): view.last() })).await;
    view.extend(view_up_to(&back, room, &last).await);
    assert_eq!(
        view,
        (view[0]..=last["seq"].as_i64().unwrap()).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_server_that_stops_tells_its_clients() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let devices = [
        alice.socket().await,
        alice.socket().await,
        alice.socket().await,
    ];
    server.stop().await;
    let mut turns = Vec::new();
    for device in &devices {
        let last = device.next("error").await;
        assert_eq!(last["code"], "shutting_down");
        turns.push(last["retry_after_ms"].as_u64().unwrap());
        device.closed().await;
    }
    turns.sort_unstable();
    assert_eq!(turns, [0, 1, 2], "each has a turn of its own");
}
