//! Which dialects are spoken, and to whom.

use super::together::Signed;
use parlor::kernel::dialect::Dialect;
use parlor_testkit::{Server, Setup, Socket, Value, json};

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

#[tokio::test]
async fn a_token_in_the_address_opens_only_what_knew_no_better() {
    let server = Server::start().await;
    let native = server.person("native").await;
    let old = Signed::in_komunikator(&server, "old").await;
    let address = |token: &str| format!("/socket.io/?EIO=4&transport=polling&token={token}");
    for (token, is_let_in) in [(native.token().expect("one"), false), (old.token, true)] {
        let visitor = server.visitor();
        let open = visitor.get(&address(&token)).await;
        let opened: Value = serde_json::from_str(&open.text[1..]).expect("JSON");
        let sid = opened["sid"].as_str().expect("a session");
        let path = format!("{}&sid={sid}", address(&token));
        let connect = visitor.request("POST", &path).body("40");
        visitor.send(connect).await.expect(200);
        let answer = visitor.get(&path).await.text;
        assert_eq!(answer.starts_with("40"), is_let_in, "{answer}");
    }
}
