//! Clients that break the protocol or a limit: they are closed, with the right code, and nobody else.

use std::time::Duration;

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Frame, Reply, Server, WebSocket, request};

/// Sends bytes after connecting and expects a close code; a bystander stays.
async fn is_closed(bytes: &[u8], code: u16) {
    let mut server = Server::start().await;
    let mut bystander = server.client("bystander").await;
    let mut mallory = server.client("mallory").await;
    mallory.raw(bytes).await;
    assert_eq!(mallory.closed().await, Frame::Close(code), "{bytes:?}");
    for call in [
        "connect bystander",
        "connect mallory",
        "disconnected mallory: protocol violation",
    ] {
        assert_eq!(server.call().await, call);
    }
    assert_eq!(bystander.ask("echo", 1).await, json!([1]));
    assert_eq!(server.transport.stats().violations, 1);
}

fn text(text: &str) -> Vec<u8> {
    masked(0x81, text.as_bytes())
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() < 126);
    let mut frame = vec![
        first,
        0x80 | u8::try_from(payload.len()).unwrap(),
        0,
        0,
        0,
        0,
    ];
    frame.extend_from_slice(payload);
    frame
}

#[tokio::test]
async fn an_event_before_connecting() {
    let server = Server::start().await;
    let mut mallory = server.websocket().await;
    mallory.emit("say", json!({})).await;
    assert_eq!(mallory.closed().await, Frame::Close(1008));
}

#[tokio::test]
async fn an_event_for_a_namespace_that_is_not_connected() {
    is_closed(&text(r#"42/chat,["say"]"#), 1008).await;
}

#[tokio::test]
async fn attachments() {
    is_closed(&text(r#"451-["a",{"_placeholder":true,"num":0}]"#), 1003).await;
    is_closed(&text("451000000-[]"), 1003).await;
    is_closed(&text(r#"450-["a",{"_placeholder":true,"num":3}]"#), 1003).await;
    is_closed(&masked(0x82, b"bytes"), 1003).await;
}

#[tokio::test]
async fn text_that_is_not_utf8() {
    is_closed(&masked(0x81, b"42[\"\xff\"]"), 1007).await;
}

#[tokio::test]
async fn frames_and_messages_beyond_64_kib() {
    is_closed(&[0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1], 1009).await;
    let server = Server::start().await;
    let mut mallory = server.client("mallory").await;
    mallory.frame(0x01, &vec![b'4'; 60_000]).await;
    mallory.frame(0x80, &vec![b'4'; 6_000]).await;
    assert_eq!(mallory.closed().await, Frame::Close(1009));
}

#[tokio::test]
async fn a_message_of_64_kib_is_right() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    let long = "x".repeat(65_000);
    assert_eq!(alice.ask("echo", long.as_str()).await, json!([long]));
}

#[tokio::test]
async fn frames_that_are_not_masked() {
    is_closed(&[0x81, 1, b'3'], 1002).await;
}

#[tokio::test]
async fn truncated_and_unknown_packets() {
    for packet in [
        "", "4", "42[\"a", "42", "42{}", "49", "7", "4é", "0{}", "2", "5",
    ] {
        is_closed(&text(packet), 1008).await;
    }
}

#[tokio::test]
async fn reserved_event_names() {
    for name in [
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener",
    ] {
        is_closed(&text(&format!("42[\"{name}\"]")), 1008).await;
    }
}

#[tokio::test]
async fn acknowledgement_numbers_out_of_range() {
    is_closed(&text(r#"4218446744073709551616["a"]"#), 1008).await;
    is_closed(&text(r#"42-1["a"]"#), 1008).await;
}

#[tokio::test]
async fn pongs_nobody_asked_for_and_deep_json_are_harmless() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    for _ in 0..2_000 {
        alice.send("3").await;
    }
    let deep = format!("42[\"deep\",{}{}]", "[".repeat(10_000), "]".repeat(10_000));
    alice.send(&deep).await;
    assert_eq!(alice.ask("echo", 1).await, json!([1]));
    assert_eq!(server.transport.stats().violations, 0);
}

#[tokio::test]
async fn websocket_pings_are_answered_and_closing_is_returned() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.frame(0x89, b"there?").await;
    assert_eq!(alice.next().await, Frame::Pong(b"there?".to_vec()));
    alice.frame(0x8a, b"unasked").await;
    // A message in fragments, a ping between them.
    alice.frame(0x01, b"421[\"ec").await;
    alice.frame(0x89, b"").await;
    alice.frame(0x80, b"ho\",2]").await;
    assert_eq!(alice.next().await, Frame::Pong(vec![]));
    assert_eq!(alice.text().await, "431[[2]]");
    alice.frame(0x88, &4001u16.to_be_bytes()).await;
    assert_eq!(alice.next().await, Frame::Close(4001));
    assert_eq!(alice.next().await, Frame::End);
    for call in [
        "connect alice",
        "echo alice",
        "disconnected alice: connection closed",
    ] {
        assert_eq!(server.call().await, call);
    }
}

/// Everything is due soon.
fn hasty() -> Config {
    Config {
        ping_interval: Duration::from_millis(100),
        ping_timeout: Duration::from_millis(100),
        connect_timeout: Duration::from_millis(100),
        completion_timeout: Duration::from_millis(100),
        upgrade_timeout: Duration::from_millis(100),
        ..Config::default()
    }
}

#[tokio::test]
async fn who_never_connects_is_closed() {
    let server = Server::with(hasty()).await;
    let mut idler = server.websocket().await;
    assert_eq!(idler.closed().await, Frame::Close(1008));
    assert_eq!(idler.next().await, Frame::End);
    let mut gone = server.client("gone").await;
    gone.send("41").await;
    assert_eq!(gone.closed().await, Frame::Close(1008));
}

#[tokio::test]
async fn who_never_completes_a_message_is_closed() {
    let config = Config {
        completion_timeout: Duration::from_millis(100),
        ..Config::default()
    };
    for part in [
        &masked(0x81, b"42[\"echo\"]")[..7],
        &masked(0x01, b"42[\"echo\""),
    ] {
        let server = Server::with(config.clone()).await;
        let mut mallory = server.client("mallory").await;
        mallory.raw(part).await;
        assert_eq!(mallory.closed().await, Frame::Close(1008));
    }
}

#[tokio::test]
async fn who_answers_no_ping_is_closed() {
    let config = Config {
        ping_interval: Duration::from_millis(50),
        ping_timeout: Duration::from_millis(50),
        ..Config::default()
    };
    let mut server = Server::with(config).await;
    let mut sleeper = server.client("sleeper").await;
    assert_eq!(sleeper.next().await, Frame::Text("2".to_owned()));
    assert_eq!(sleeper.closed().await, Frame::Close(1000));
    assert_eq!(server.call().await, "connect sleeper");
    assert_eq!(server.call().await, "disconnected sleeper: ping timeout");
    assert_eq!(server.transport.stats().ping_timeouts, 1);

    let mut awake = server.client("awake").await;
    for _ in 0..5 {
        assert_eq!(awake.next().await, Frame::Text("2".to_owned()));
        awake.send("3").await;
    }
}

#[tokio::test]
async fn an_address_has_a_limited_number_of_connections() {
    let config = Config {
        max_connections_per_address: Some(2),
        ..Config::default()
    };
    let mut server = Server::with(config).await;
    let first = server.client("first").await;
    let _second = request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await;
    let third = WebSocket::connect(server.address, "EIO=4&transport=websocket", &[]).await;
    let refused = r#"{"code":4,"message":"Forbidden"}"#;
    assert_eq!(third.err(), Some(Reply::new(429, refused)));
    assert_eq!(
        request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await,
        Reply::new(429, refused)
    );

    drop(first);
    assert_eq!(server.call().await, "connect first");
    assert_eq!(server.call().await, "disconnected first: connection closed");
    while server.transport.stats().connections > 1 {
        tokio::task::yield_now().await;
    }
    server.client("another").await;
}
