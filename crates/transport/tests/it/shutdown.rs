//! Stopping.

use std::time::Duration;

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Frame, PATIENCE, Reply, Server, WebSocket, beside, request, said, soon};

#[tokio::test]
async fn what_is_accepted_is_finished_and_clients_are_sent_elsewhere() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    let mut elsewhere = server.websocket().await;
    elsewhere.join_namespace("/chat", "elsewhere").await;
    alice.send(r#"421["wait"]"#).await;
    for call in ["connect alice", "connect elsewhere", "wait alice"] {
        assert_eq!(server.call().await, call);
    }
    let stopping = beside({
        let transport = server.transport.clone();
        async move {
            transport
                .shutdown(|_| Some(said("restarting")), PATIENCE)
                .await;
        }
    });
    assert_eq!(alice.said().await, "restarting");
    assert_eq!(elsewhere.next().await, Frame::Close(1001));

    let refused = Reply::new(503, r#"{"code":4,"message":"Forbidden"}"#);
    assert_eq!(
        request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await,
        refused
    );
    let answer = WebSocket::connect(server.address, "EIO=4&transport=websocket", &[]).await;
    assert_eq!(answer.err(), Some(refused));

    server.gate.open(1);
    assert_eq!(alice.text().await, r#"431["waited"]"#);
    assert_eq!(alice.next().await, Frame::Close(1001));
    drop((alice, elsewhere));
    soon(stopping).await.unwrap();
    assert_eq!(server.transport.stats().connections, 0);
    let mut ends = [server.call().await, server.call().await];
    ends.sort();
    assert_eq!(
        ends,
        [
            "disconnected alice: shutdown",
            "disconnected elsewhere: shutdown"
        ]
    );
}

#[tokio::test]
async fn clients_that_poll_are_told_to_go_too() {
    let server = Server::start().await;
    let open = request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await;
    let open: serde_json::Value = serde_json::from_str(&open.body[1..]).unwrap();
    let query = format!(
        "EIO=4&transport=polling&sid={}",
        open["sid"].as_str().unwrap()
    );
    request(
        server.address,
        "POST",
        &query,
        &[],
        br#"40{"name":"alice"}"#,
    )
    .await;
    let address = server.address;
    assert!(
        request(address, "GET", &query, &[], b"")
            .await
            .body
            .starts_with("40")
    );
    let (heard, ()) = tokio::join!(
        async {
            let mut heard = String::new();
            while !heard.ends_with('1') {
                heard.push_str(&request(address, "GET", &query, &[], b"").await.body);
            }
            heard
        },
        server
            .transport
            .shutdown(|_| Some(said("restarting")), PATIENCE),
    );
    assert_eq!(heard.replace('\x1e', ""), r#"42["said","restarting"]1"#);
}

#[tokio::test]
async fn what_is_not_done_in_time_is_cut_off() {
    let mut server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.emit("wait", json!(null)).await;
    assert_eq!(server.call().await, "connect alice");
    assert_eq!(server.call().await, "wait alice");
    soon(
        server
            .transport
            .shutdown(|_| None, Duration::from_millis(50)),
    )
    .await;
    assert!(matches!(
        alice.closed().await,
        Frame::Close(1001) | Frame::End
    ));
}

#[tokio::test]
async fn who_polls_and_says_goodbye_instead_is_not_waited_for() {
    let server = Server::with(Config {
        completion_timeout: Duration::from_hours(1),
        ..Config::default()
    })
    .await;
    let open = request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await;
    let open: serde_json::Value = serde_json::from_str(&open.body[1..]).unwrap();
    let sid = open["sid"].as_str().unwrap();
    let query = format!("EIO=4&transport=polling&sid={sid}");
    request(server.address, "POST", &query, &[], b"40{\"name\":\"a\"}").await;
    let stopping = beside({
        let transport = server.transport.clone();
        async move { transport.shutdown(|_| None, PATIENCE * 10).await }
    });
    while request(server.address, "GET", "EIO=4&transport=polling", &[], b"")
        .await
        .status
        != 503
    {}
    let goodbye = request(server.address, "POST", &query, &[], b"1").await;
    assert_eq!(goodbye, Reply::new(200, "ok"));
    soon(stopping).await.unwrap();
}
