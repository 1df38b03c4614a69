//! Connecting, speaking and leaving by WebSocket.

use serde_json::json;

use crate::support::{Frame, Reply, Server, WebSocket, request};

#[tokio::test]
async fn alice_connects_speaks_and_leaves() {
    let mut server = Server::start().await;
    let mut alice = server.websocket().await;
    alice.connect_with("/", json!({"name": "alice"})).await;
    let answer = alice.text().await;
    let answer: serde_json::Value =
        serde_json::from_str(answer.strip_prefix("40").unwrap()).unwrap();
    assert!(answer["sid"].as_str().unwrap().len() >= 20);
    assert_eq!(server.call().await, "connect alice");

    assert_eq!(
        alice.ask("echo", json!({"text": "你好"})).await,
        json!([{"text": "你好"}])
    );
    assert_eq!(server.call().await, "echo alice");

    alice.send("41").await;
    assert_eq!(server.call().await, "disconnected alice: left");
    // She may come back on the same connection.
    alice.join_namespace("/", "alice").await;
    assert_eq!(server.call().await, "connect alice");

    drop(alice);
    assert_eq!(server.call().await, "disconnected alice: connection closed");
}

#[tokio::test]
async fn the_opening_packet_says_the_terms() {
    let server = Server::start().await;
    let mut client = WebSocket::connect(server.address, "EIO=4&transport=websocket", &[])
        .await
        .unwrap();
    let open: serde_json::Value =
        serde_json::from_str(client.text().await.strip_prefix('0').unwrap()).unwrap();
    assert_eq!(open["sid"].as_str().unwrap().len(), 20);
    assert_eq!(open["upgrades"], json!([]));
    assert_eq!(open["pingInterval"], 25_000);
    assert_eq!(open["pingTimeout"], 20_000);
    assert_eq!(open["maxPayload"], 65_536);
}

#[tokio::test]
async fn namespaces_are_kept_apart_on_one_connection() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.join_namespace("/chat", "alice at chat").await;
    assert_eq!(server.call().await, "connect alice");
    assert_eq!(server.call().await, "connect alice at chat");
    alice.send(r#"42/chat,["join",1]"#).await;
    alice
        .send(r#"42/chat,7["say",{"room":1,"text":"hi"}]"#)
        .await;
    assert_eq!(alice.text().await, r#"42/chat,["said","hi"]"#);
    assert_eq!(alice.text().await, r#"43/chat,7["said"]"#);
    assert_eq!(
        alice
            .ask("say", json!({"room": 1, "text": "nobody hears"}))
            .await,
        "said"
    );
    alice.send("41/chat,").await;
    assert_eq!(alice.ask("echo", 1).await, json!([1]));
}

#[tokio::test]
async fn who_may_not_connect_is_told_why_and_sent_away() {
    let mut server = Server::start().await;
    let mut stranger = server.websocket().await;
    stranger.send("40").await;
    assert_eq!(
        stranger.text().await,
        r#"44{"message":"unauthorized","data":{"code":401}}"#
    );
    assert_eq!(stranger.next().await, Frame::Close(1000));
    assert_eq!(server.call().await, "refuse");
}

#[tokio::test]
async fn an_unknown_namespace_is_refused_and_the_others_stay() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.send("40/admin,").await;
    assert_eq!(
        alice.text().await,
        r#"44/admin,{"message":"Invalid namespace"}"#
    );
    assert_eq!(alice.ask("echo", 1).await, json!([1]));
}

#[tokio::test]
async fn connecting_twice_is_refused_and_runs_no_handler_twice() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice
        .connect_with("/", json!({"name": "alice again"}))
        .await;
    assert_eq!(alice.text().await, r#"44{"message":"Already connected"}"#);
    assert_eq!(alice.ask("echo", 1).await, json!([1]));
    assert_eq!(server.call().await, "connect alice");
    assert_eq!(server.call().await, "echo alice");
}

#[tokio::test]
async fn events_sent_behind_a_pending_connect_wait_for_it() {
    let mut server = Server::start().await;
    let mut alice = server.websocket().await;
    alice
        .connect_with("/", json!({"name": "alice", "wait": true}))
        .await;
    alice.emit("echo", 1).await;
    assert_eq!(server.call().await, "connect alice");
    server.gate.open(1);
    assert_eq!(server.call().await, "echo alice");
}

#[tokio::test]
async fn the_request_tells_who_comes_from_where() {
    let server = Server::start().await;
    let query = "EIO=4&transport=websocket&name=%E5%BC%A0+%E4%B8%89";
    let mut client = WebSocket::connect(server.address, query, &["Origin: http://here"])
        .await
        .unwrap();
    client.text().await;
    client.send("40").await;
    assert!(client.text().await.starts_with("40{"));
}

#[tokio::test]
async fn a_foreign_origin_is_refused_before_anything_exists() {
    let server = Server::start().await;
    let foreign = ["Origin: http://evil.example"];
    let refused = Reply::new(403, r#"{"code":4,"message":"Forbidden"}"#);
    let answer = WebSocket::connect(server.address, "EIO=4&transport=websocket", &foreign).await;
    assert_eq!(answer.err(), Some(Reply::new(403, &refused.body)));
    assert_eq!(
        request(
            server.address,
            "GET",
            "EIO=4&transport=polling",
            &foreign,
            b""
        )
        .await,
        refused
    );
    assert_eq!(server.transport.stats().opened, 0);
    assert_eq!(server.transport.stats().refused, 2);
}

#[tokio::test]
async fn requests_that_make_no_sense_get_engine_io_errors() {
    let server = Server::start().await;
    let cases = [
        (
            "GET",
            "EIO=4",
            r#"{"code":0,"message":"Transport unknown"}"#,
        ),
        (
            "GET",
            "EIO=4&transport=carrier-pigeon",
            r#"{"code":0,"message":"Transport unknown"}"#,
        ),
        (
            "GET",
            "EIO=3&transport=polling",
            r#"{"code":5,"message":"Unsupported protocol version"}"#,
        ),
        (
            "GET",
            "transport=websocket",
            r#"{"code":5,"message":"Unsupported protocol version"}"#,
        ),
        (
            "POST",
            "EIO=4&transport=polling",
            r#"{"code":2,"message":"Bad handshake method"}"#,
        ),
        (
            "GET",
            "EIO=4&transport=websocket",
            r#"{"code":3,"message":"Bad request"}"#,
        ),
        (
            "GET",
            "EIO=4&transport=polling&sid=forged",
            r#"{"code":1,"message":"Session ID unknown"}"#,
        ),
        (
            "POST",
            "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA",
            r#"{"code":1,"message":"Session ID unknown"}"#,
        ),
        (
            "GET",
            "EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA",
            r#"{"code":1,"message":"Session ID unknown"}"#,
        ),
    ];
    for (method, query, body) in cases {
        assert_eq!(
            request(server.address, method, query, &[], b"").await,
            Reply::new(400, body),
            "{method} {query}"
        );
    }
    assert_eq!(
        request(server.address, "PUT", "EIO=4&transport=polling", &[], b"")
            .await
            .status,
        405
    );
    assert_eq!(server.transport.stats().opened, 0);
}
