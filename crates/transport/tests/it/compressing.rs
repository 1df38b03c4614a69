//! Clients that take compressed messages.

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Frame, Server, WebSocket, compressed, request, room, said};

const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
const ANSWER: &str = "sec-websocket-extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n";

/// A server that compresses what has a hundred bytes.
async fn server() -> Server {
    Server::with(Config {
        compress: Some(100),
        ..Config::default()
    })
    .await
}

/// A client that offers compression.
async fn offering(server: &Server) -> WebSocket {
    let query = "EIO=4&transport=websocket";
    let mut client = WebSocket::connect(server.address, query, &[OFFER])
        .await
        .unwrap();
    assert!(client.text().await.starts_with("0{"));
    client.join_namespace("/", "alice").await;
    client
}

#[tokio::test]
async fn a_broadcast_is_compressed_for_those_who_asked_for_it() {
    let server = server().await;
    let mut alice = offering(&server).await;
    assert!(alice.head.to_lowercase().contains(ANSWER), "{}", alice.head);
    let mut bob = server.client("bob").await;
    for client in [&mut alice, &mut bob] {
        client.ask("join", 1).await;
    }
    let long = "It goes without saying. ".repeat(50);
    let texts = ["short", &long, "again short", &long, &long];
    for text in texts {
        server.hub.broadcast(room(1), &said(text));
    }
    for text in texts {
        assert_eq!(alice.said().await, json!(text));
        assert_eq!(bob.said().await, json!(text));
    }
    assert_eq!((alice.compressed, bob.compressed), (3, 0));
    // What is for one alone, too.
    assert_eq!(alice.ask("echo", long.as_str()).await, json!([long]));
    assert_eq!(alice.compressed, 4);
}

#[tokio::test]
async fn what_a_client_compresses_is_understood_also_in_fragments() {
    let server = server().await;
    let mut alice = offering(&server).await;
    let message = compressed("421[\"echo\",\"你好\"]");
    alice.frame(0xc1, &message).await;
    assert_eq!(alice.text().await, "431[[\"你好\"]]");
    let (first, last) = message.split_at(5);
    alice.frame(0x41, first).await;
    alice.frame(0x89, b"").await;
    alice.frame(0x80, last).await;
    assert_eq!(alice.next().await, Frame::Pong(vec![]));
    assert_eq!(alice.text().await, "431[[\"你好\"]]");
    // Not everything has to be.
    assert_eq!(alice.ask("echo", 1).await, json!([1]));
}

#[tokio::test]
async fn compressed_messages_obey_the_limits_of_others() {
    let bomb = compressed(&format!("42[\"echo\",\"{}\"]", "a".repeat(1_000_000)));
    let not_utf8 = [0x00, 0x01, 0x00, 0xfe, 0xff, 0xff, 0x00];
    for (first, message, code) in [
        (0xc1, bomb.as_slice(), 1009),
        (0xc1, &[0xff, 0xff, 0xff], 1002),
        (0xc1, &not_utf8, 1007),
        (0xc9, b"", 1002),
        (0xc0, b"", 1002),
        (0xd1, b"", 1002),
        (0xc2, b"", 1003),
    ] {
        let server = server().await;
        let mut bystander = server.client("bystander").await;
        let mut mallory = offering(&server).await;
        mallory.frame(first, message).await;
        assert_eq!(
            mallory.closed().await,
            Frame::Close(code),
            "{first:x} {message:x?}"
        );
        assert_eq!(bystander.ask("echo", 1).await, json!([1]));
    }
}

#[tokio::test]
async fn without_agreement_nothing_is_compressed() {
    let server = Server::start().await;
    let mut alice = offering(&server).await;
    assert!(
        !alice.head.to_lowercase().contains("extensions"),
        "{}",
        alice.head
    );
    let long = "x".repeat(1_000);
    assert_eq!(alice.ask("echo", long.as_str()).await, json!([long]));
    assert_eq!(alice.compressed, 0);
    alice.frame(0xc1, &compressed("421[\"echo\"]")).await;
    assert_eq!(alice.closed().await, Frame::Close(1002));
}

#[tokio::test]
async fn a_client_that_came_by_polling_gets_compressed_messages_after_the_upgrade() {
    let server = server().await;
    let open = request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await;
    let open: serde_json::Value = serde_json::from_str(&open.body[1..]).unwrap();
    let sid = open["sid"].as_str().unwrap();
    let polling = format!("EIO=4&transport=polling&sid={sid}");
    request(
        server.address,
        "POST",
        &polling,
        &[],
        b"40{\"name\":\"alice\"}",
    )
    .await;
    let connected = request(server.address, "GET", &polling, &[], b"").await;
    assert!(connected.body.starts_with("40"));
    let query = format!("EIO=4&transport=websocket&sid={sid}");
    let mut alice = WebSocket::connect(server.address, &query, &[OFFER])
        .await
        .unwrap();
    alice.frame(0xc1, &compressed("2probe")).await;
    assert_eq!(alice.text().await, "3probe");
    alice.send("5").await;
    let long = "x".repeat(1_000);
    assert_eq!(alice.ask("echo", long.as_str()).await, json!([long]));
    assert_eq!(alice.compressed, 1);
}
