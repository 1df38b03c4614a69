//! Holding live events back until a replay is done.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::{Server, beside, room, said};

#[tokio::test]
async fn a_client_that_resumes_gets_the_replay_and_then_what_came_meanwhile_once() {
    let server = Server::start().await;
    let mut alice = server.websocket().await;
    alice
        .connect_with("/", json!({"name": "alice", "hold": true, "rooms": [1]}))
        .await;
    assert!(alice.text().await.starts_with("40{"));
    let numbered = |seq: u64| said(seq).tagged(room(1), seq);
    for seq in 4..8 {
        server.hub.broadcast(room(1), &numbered(seq));
    }
    // The application replays what is in its database, 6 included.
    let member = server.hub.members(room(1))[0];
    for seq in 1..7 {
        server.hub.emit(member, &numbered(seq));
    }
    for seq in 1..7 {
        assert_eq!(alice.said().await, seq);
    }
    server.hub.broadcast(room(1), &said("untagged"));
    alice.emit("release", 7).await;
    assert_eq!(alice.said().await, 7);
    assert_eq!(alice.said().await, "untagged");
    // From here on everything is live.
    server.hub.broadcast(room(1), &numbered(8));
    assert_eq!(alice.said().await, 8);
}

#[tokio::test]
async fn what_was_broadcast_before_holding_goes_out() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.ask("join", 1).await;
    let socket = server.hub.socket(server.hub.members(room(1))[0]).unwrap();
    for text in ["one", "two", "three"] {
        server.hub.broadcast(room(1), &said(text));
    }
    socket.hold();
    server.hub.broadcast(room(1), &said("held"));
    socket.emit(&said("direct"));
    for text in ["one", "two", "three", "direct"] {
        assert_eq!(alice.said().await, text);
    }
    socket.release(|_| true);
    assert_eq!(alice.said().await, "held");
}

#[tokio::test]
async fn when_too_much_is_held_the_client_is_told_to_resume() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.ask("join", 1).await;
    let socket = server.hub.socket(server.hub.members(room(1))[0]).unwrap();
    socket.hold();
    for seq in 0..300 {
        server.hub.broadcast(room(1), &said(seq));
    }
    socket.release(|_| true);
    assert_eq!(alice.text().await, r#"42["resume",{}]"#);
    server.hub.broadcast(room(1), &said("live"));
    assert_eq!(alice.said().await, "live");
    assert_eq!(server.transport.stats().overflows, 1);
}

/// Broadcasts go on while one holds and releases: whatever the moment, nothing is lost, doubled or
/// out of order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn releasing_leaves_no_gap() {
    const COUNT: usize = 3_000;
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.ask("join", 1).await;
    let socket = server.hub.socket(server.hub.members(room(1))[0]).unwrap();
    let hub = server.hub.clone();
    // So far, the speaker may be ahead of the listener.
    let ahead = Arc::new(Semaphore::new(100));
    let speaker = beside({
        let ahead = ahead.clone();
        async move {
            for seq in 0..COUNT {
                ahead.acquire().await.unwrap().forget();
                hub.broadcast(room(1), &said(seq));
            }
        }
    });
    let holder = beside(async move {
        while !speaker.is_finished() {
            socket.hold();
            tokio::task::yield_now().await;
            socket.release(|_| true);
            tokio::task::yield_now().await;
        }
    });
    for expected in 0..COUNT {
        assert_eq!(alice.said().await, expected);
        ahead.add_permits(1);
    }
    holder.await.unwrap();
    assert_eq!(server.transport.stats().overflows, 0);
}
