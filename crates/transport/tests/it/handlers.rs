//! How handlers are called.

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Frame, Server, room, said};

#[tokio::test]
async fn events_start_in_order_and_run_side_by_side() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    assert_eq!(server.call().await, "connect alice");
    alice.send(r#"421["wait"]"#).await;
    alice.send(r#"422["echo","not held up"]"#).await;
    assert_eq!(alice.text().await, r#"432[["not held up"]]"#);
    server.gate.open(1);
    assert_eq!(alice.text().await, r#"431["waited"]"#);
    assert_eq!(server.call().await, "wait alice");
    assert_eq!(server.call().await, "echo alice");
}

#[tokio::test]
async fn beyond_the_limit_nothing_more_is_read_until_one_is_done() {
    let mut server = Server::with(Config {
        max_in_flight: 4,
        ..Config::default()
    })
    .await;
    let mut alice = server.client("alice").await;
    assert_eq!(server.call().await, "connect alice");
    for _ in 0..8 {
        alice.emit("wait", json!(null)).await;
    }
    alice.emit("echo", 1).await;
    for _ in 0..4 {
        assert_eq!(server.call().await, "wait alice");
    }
    // Another client gets through, this one does not.
    let mut bob = server.client("bob").await;
    bob.ask("echo", 1).await;
    assert_eq!(server.call().await, "connect bob");
    assert_eq!(server.call().await, "echo bob");
    assert!(server.calls.is_empty());
    server.gate.open(8);
    for _ in 0..4 {
        assert_eq!(server.call().await, "wait alice");
    }
    assert_eq!(server.call().await, "echo alice");
}

#[tokio::test]
async fn the_last_call_for_a_socket_is_disconnected() {
    let mut server = Server::start().await;
    let mut bob = server.client("bob").await;
    bob.ask("join", 1).await;
    let mut alice = server.client("alice").await;
    alice.emit("wait_and_say", "committed").await;
    for call in [
        "connect bob",
        "join bob",
        "connect alice",
        "wait_and_say alice",
    ] {
        assert_eq!(server.call().await, call);
    }
    // She leaves while her event is being handled: it is finished all the same.
    drop(alice);
    server.gate.open(1);
    assert_eq!(bob.said().await, "committed");
    assert_eq!(server.call().await, "disconnected alice: connection closed");
}

#[tokio::test]
async fn a_client_that_leaves_while_it_connects_is_disconnected_in_the_end() {
    let mut server = Server::start().await;
    let mut alice = server.websocket().await;
    alice
        .connect_with("/", json!({"name": "alice", "wait": true, "rooms": [1]}))
        .await;
    assert_eq!(server.call().await, "connect alice");
    assert_eq!(server.hub.group_len(room(1)), 1);
    server.hub.close_group(room(1), "gone meanwhile");
    assert_eq!(server.hub.group_len(room(1)), 0);
    server.gate.open(1);
    assert_eq!(server.call().await, "disconnected alice: gone meanwhile");
    assert_eq!(alice.closed().await, Frame::Close(1000));
}

#[tokio::test]
async fn what_a_group_gets_while_its_member_connects_follows_the_answer() {
    let mut server = Server::start().await;
    let mut alice = server.websocket().await;
    alice
        .connect_with("/", json!({"name": "greeted", "wait": true, "rooms": [1]}))
        .await;
    assert_eq!(server.call().await, "connect greeted");
    for text in ["one", "two", "three"] {
        server.hub.broadcast(room(1), &said(text));
    }
    server.gate.open(1);
    assert!(alice.text().await.starts_with("40{"));
    for text in ["one", "two", "three", "welcome"] {
        assert_eq!(alice.said().await, text);
    }
}

#[tokio::test]
async fn a_panic_in_a_handler_costs_only_its_own_socket() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    let mut bob = server.client("bob").await;
    alice.emit("panic", json!(null)).await;
    assert_eq!(alice.text().await, "41");
    assert_eq!(alice.next().await, Frame::Close(1000));
    for call in [
        "connect alice",
        "connect bob",
        "panic alice",
        "disconnected alice: refused",
    ] {
        assert_eq!(server.call().await, call);
    }
    assert_eq!(bob.ask("echo", 1).await, json!([1]));
}

#[tokio::test]
async fn a_handler_can_send_a_client_away() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.join_namespace("/chat", "alice at chat").await;
    alice.emit("goodbye", json!(null)).await;
    assert_eq!(alice.text().await, "41");
    // The other namespace stays, until it is left, too.
    alice.send(r#"42/chat,1["echo",1]"#).await;
    assert_eq!(alice.text().await, "43/chat,1[[1]]");
    alice.send(r#"42/chat,["goodbye"]"#).await;
    assert_eq!(alice.text().await, "41/chat,");
    assert_eq!(alice.next().await, Frame::Close(1000));
    assert_eq!(alice.next().await, Frame::End);
    for call in [
        "connect alice",
        "connect alice at chat",
        "goodbye alice",
        "disconnected alice: refused",
    ] {
        assert_eq!(server.call().await, call);
    }
}

#[tokio::test]
async fn closing_a_group_ends_its_sockets_at_once() {
    let mut server = Server::start().await;
    let (mut alice, mut bob) = (server.client("alice").await, server.client("bob").await);
    alice.ask("join", 1).await;
    alice.ask("join", 2).await;
    bob.ask("join", 2).await;
    server.hub.broadcast(room(2), &said("before"));
    server.hub.close_group(room(1), "signed out");
    server.hub.broadcast(room(2), &said("after"));
    assert_eq!(alice.said().await, "before");
    assert_eq!(alice.text().await, "41");
    assert_eq!(alice.next().await, Frame::Close(1000));
    assert_eq!(bob.said().await, "before");
    assert_eq!(bob.said().await, "after");
    assert_eq!(server.hub.group_len(room(2)), 1);
    while server.call().await != "disconnected alice: signed out" {}
}
