//! Connections that are not bare TCP streams, as over TLS, behave the same.

use std::time::Duration;

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Frame, Server, room, said};

#[tokio::test]
async fn alice_connects_speaks_and_leaves() {
    let mut server = Server::wrapped(Config::default()).await;
    let mut alice = server.client("alice").await;
    let long = "x".repeat(50_000);
    assert_eq!(alice.ask("echo", long.as_str()).await, json!([long]));
    assert_eq!(alice.ask("join", 1).await, "joined");
    for n in 0..100 {
        server.hub.broadcast(room(1), &said(n));
    }
    for n in 0..100 {
        assert_eq!(alice.said().await, n);
    }
    alice.frame(0x88, &1000u16.to_be_bytes()).await;
    assert_eq!(alice.next().await, Frame::Close(1000));
    assert_eq!(alice.next().await, Frame::End);
    for call in [
        "connect alice",
        "echo alice",
        "join alice",
        "disconnected alice: connection closed",
    ] {
        assert_eq!(server.call().await, call);
    }
}

#[tokio::test]
async fn limits_hold() {
    let config = Config {
        completion_timeout: Duration::from_millis(100),
        ..Config::default()
    };
    let server = Server::wrapped(config).await;
    let mut mallory = server.client("mallory").await;
    mallory.raw(&[0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1]).await;
    assert_eq!(mallory.closed().await, Frame::Close(1009));
    let mut late = server.client("late").await;
    late.raw(&[0x81]).await;
    assert_eq!(late.closed().await, Frame::Close(1008));
}
