//! Which dialects are spoken, and to whom.

use super::together::Signed;
use parlor::kernel::dialect::Dialect;
use parlor_testkit::{Frames, Server, Setup, Socket, Value, json};

#[tokio::test]
async fn a_dialect_that_is_off_is_not_there() {
    let setup = Setup::default().with(|config| config.dialects = vec![Dialect::Must]);
    let server = setup.start().await;
    let must = Signed::in_must(&server, "must").await;
    must.open(&server, "/chat").await;
    let visitor = server.visitor();
    for path in ["/users/login", "/rooms", "/api/login", "/api/room/create"] {
        visitor
            .post(path, json!({}))
            .await
            .problem(404, "not_found");
    }
    let person = server.person("platform").await;
    let answer = person.socket().await.emit("chat", json!({})).await;
    assert_eq!(answer["error"]["code"], "unknown_event");

    let none = Setup::default().with(|config| config.dialects = Vec::new());
    let server = none.start().await;
    let person = server.person("alice").await;
    let auth = json!({ "token": person.token() });
    let refusal = Socket::connect(server.base(), "/chat", auth).await;
    assert!(refusal.is_err());
    let path = "/auth/login";
    server
        .visitor()
        .post(path, json!({}))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn shared_paths_and_events_speak_to_each_in_their_own_way() {
    let server = Server::start().await;
    let native = server.person("native").await;
    let old = Signed::in_komunikator(&server, "old").await;
    let must = Signed::in_must(&server, "must").await;
    assert!(native.get("/api/rooms").await.expect(200)["items"].is_array());
    assert!(must.visitor.get("/api/rooms").await.expect(200)["items"].is_array());
    assert!(old.visitor.get("/api/rooms").await.expect(200)[0]["room_id"].is_i64());
    assert!(native.get("/api/users/online").await.expect(200)["items"].is_array());
    assert_eq!(
        old.visitor.get("/api/users/online").await.expect(200),
        json!([])
    );

    let room = native.create_room("Both").await;
    let (at_native, at_old) = (native.socket().await, old.open(&server, "/").await);
    at_old.emit_only("join", json!({ "user_name": "old", "room_id": room }));
    let joined = json!({ "user_name": "old", "room_id": room });
    assert_eq!(at_old.next("user_joined").await, joined);
    let joined = at_native
        .next_where("user_joined", |it| it["user"]["username"] == "old")
        .await;
    assert!(joined["seq"].is_i64());
    at_old.emit_only("nonsense", json!({}));
    let error = json!({ "message": "There is no such event." });
    assert_eq!(at_old.next("error").await, error);
    at_native.emit_only("nonsense", json!({}));
    assert_eq!(at_native.next("error").await["code"], "unknown_event");
}

/// Where a path, a namespace or a WebSocket is one system's alone, it says how is spoken, whoever's token it is.
#[tokio::test]
async fn what_is_one_systems_alone_speaks_in_its_way_to_everybody() {
    let server = Server::start().await;
    let native = server.person("native").await;
    let old = Signed::in_komunikator(&server, "old").await;
    let room = native.create_room("Both").await;
    let listed = old.visitor.get("/rooms").await.expect(200);
    assert!(listed[0]["max_members"].is_null() && listed[0]["id"].is_i64());
    let refused = native.get("/rooms/0").await.expect(422);
    assert_eq!(refused["detail"][0]["loc"], json!(["path", "room_id"]));
    let auth = json!({ "token": native.token() });
    let at_must = Socket::connect(server.base(), "/chat", auth).await;
    let at_must = at_must.unwrap_or_else(|refusal| panic!("refused: {refusal}"));
    at_must.emit_only("join_room", json!({ "room": room }));
    let said = json!({ "message": "native has joined the room." });
    assert_eq!(at_must.next("room_announcement").await, said);
    let path = format!("/ws/rooms/{room}");
    let token = native.token().expect("one");
    let opened = Frames::open(server.base(), &path, Some(&token)).await;
    let mut frames = opened.unwrap_or_else(|refusal| panic!("refused: {refusal:?}"));
    frames.send(json!({ "text": "Hello" })).await;
    assert_eq!(frames.next().await.expect("a frame")["text"], "Hello");
}

#[tokio::test]
async fn a_token_in_the_address_opens_only_what_knew_no_better() {
    let server = Server::start().await;
    let native = server.person("native").await;
    let old = Signed::in_komunikator(&server, "old").await;
    // Nor does that of one system open another.
    let room = native.create_room("Both").await;
    let awesome = Signed::in_awesome(&server, "awesome").await;
    let join = format!("/rooms/{room}/join");
    awesome.visitor.post(&join, json!({})).await.expect(200);
    for (token, is_let_in) in [(native.token().expect("one"), false), (awesome.token, true)] {
        let path = format!("/ws/rooms/{room}?token={token}");
        let opened = Frames::open(server.base(), &path, None).await;
        assert_eq!(
            opened.err().map(|(status, _)| status),
            (!is_let_in).then_some(401)
        );
    }
    let must = Signed::in_must(&server, "must").await;
    for (token, is_let_in) in [(native.token().expect("one"), false), (must.token, true)] {
        let query = format!("jwt={token}");
        assert_eq!(connects(&server, "/chat", &query).await, is_let_in);
    }
    for (token, is_let_in) in [(native.token().expect("one"), false), (old.token, true)] {
        let query = format!("token={token}");
        assert_eq!(connects(&server, "/", &query).await, is_let_in);
    }
}

/// Whether a namespace lets in who shows nothing but what the address says.
async fn connects(server: &Server, namespace: &str, query: &str) -> bool {
    let visitor = server.visitor();
    let address = format!("/socket.io/?EIO=4&transport=polling&{query}");
    let open = visitor.get(&address).await;
    let opened: Value = serde_json::from_str(&open.text[1..]).expect("JSON");
    let sid = opened["sid"].as_str().expect("a session");
    let path = format!("{address}&sid={sid}");
    let connect = format!("40{namespace},");
    let connect = connect.trim_end_matches("/,").to_owned();
    let connect = visitor.request("POST", &path).body(connect);
    visitor.send(connect).await.expect(200);
    visitor.get(&path).await.text.starts_with("40")
}
