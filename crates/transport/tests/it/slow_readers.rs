//! Clients that do not read.

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Frame, Server, WebSocket, room, said};

/// Broadcasts far more than socket buffers and outboxes hold, while `quick` reads.
async fn flood(server: &Server, quick: &mut WebSocket) {
    let text = "x".repeat(10_000);
    for n in 0..2_000 {
        server.hub.broadcast(room(1), &said(json!([n, text])));
        assert_eq!(quick.said().await[0], n);
    }
}

async fn slow_reader(server: Server) {
    let (mut quick, mut slow) = (server.client("quick").await, server.client("slow").await);
    quick.ask("join", 1).await;
    slow.ask("join", 1).await;
    flood(&server, &mut quick).await;
    assert!(server.transport.stats().overflows >= 1);

    // It gets what the buffers hold, then the hint instead of what was dropped, then what came since.
    let mut last = -1;
    let mut gaps = 0;
    server.hub.broadcast(room(1), &said(json!([2_000, ""])));
    while last < 2_000 {
        let text = slow.text().await;
        let event: serde_json::Value =
            serde_json::from_str(text.strip_prefix("42").unwrap()).unwrap();
        if event[0] == "resume" {
            gaps += 1;
            continue;
        }
        let n = event[1][0].as_i64().unwrap();
        assert!(n > last, "{n} after {last}");
        if n > last + 1 {
            assert!(gaps > 0, "a gap without a hint");
        }
        last = n;
    }
    assert_eq!(slow.ask("echo", 1).await, json!([1]));
}

#[tokio::test]
async fn a_slow_reader_is_told_to_resume_and_holds_up_nobody() {
    slow_reader(Server::start().await).await;
}

#[tokio::test]
async fn a_slow_reader_over_another_stream_is_told_to_resume_too() {
    slow_reader(Server::wrapped(Config::default()).await).await;
}

#[tokio::test]
async fn a_slow_reader_that_cannot_resume_is_closed() {
    let mut server = Server::start().await;
    let mut slow = server.websocket().await;
    slow.join_namespace("/chat", "slow").await;
    assert_eq!(server.call().await, "connect slow");
    let hub = server.transport.hub("/chat").unwrap();
    slow.send(r#"42/chat,["join",1]"#).await;
    assert_eq!(server.call().await, "join slow");
    let text = "x".repeat(10_000);
    while server.transport.stats().overflows == 0 {
        hub.broadcast(
            room(1),
            &parlor_transport::Encoded::event("/chat", "said", &text).unwrap(),
        );
        tokio::task::yield_now().await;
    }
    assert_eq!(server.call().await, "disconnected slow: too slow");
    assert_eq!(slow.closed().await, Frame::Close(1008));
}

#[tokio::test]
async fn volatile_events_are_dropped_for_who_is_not_ready() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.ask("join", 1).await;
    let socket = server.hub.socket(server.hub.members(room(1))[0]).unwrap();
    socket.emit_volatile(&said("ready"));
    assert_eq!(alice.said().await, "ready");
    let text = "x".repeat(60_000);
    let mut sent = 0;
    while server.transport.stats().overflows == 0 && sent < 200 {
        socket.emit_volatile(&said(&text));
        sent += 1;
    }
    assert_eq!(server.transport.stats().overflows, 0);
    assert!(
        server.transport.stats().packets < 150,
        "the buffers hold fewer"
    );
    socket.emit(&said("end"));
    while alice.said().await != "end" {}
}

#[tokio::test]
async fn a_replay_may_be_longer_than_the_outbox_if_it_waits_for_the_client() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.ask("join", 1).await;
    let socket = server.hub.socket(server.hub.members(room(1))[0]).unwrap();
    let replay = crate::support::beside(async move {
        let text = "x".repeat(10_000);
        for n in 0..3_000 {
            socket.emit(&said(json!([n, text])));
            if n % 50 == 0 {
                socket.flushed().await;
            }
        }
    });
    for n in 0..3_000 {
        assert_eq!(alice.said().await[0], n);
    }
    replay.await.unwrap();
    assert_eq!(server.transport.stats().overflows, 0);
}
