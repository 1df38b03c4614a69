//! Connections: who gets one, what it brings, what a client missed, and when it ends.

use parlor::kernel::db::{Sql, args};
use parlor_testkit::{PATIENCE, Person, Server, Socket, Visitor, json};
use std::time::Duration;

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
        .create_administrator(name.clone(), email, password.to_owned())
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
async fn a_server_that_stops_tells_its_clients() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let socket = alice.socket().await;
    server.stop().await;
    assert_eq!(socket.next("error").await["code"], "shutting_down");
    socket.closed().await;
}
