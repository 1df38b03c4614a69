//! From polling to WebSocket.

use std::time::Duration;

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Frame, Reply, Server, WebSocket, beside, request, room, said};

/// Opens a polling connection in room 1: its sid.
async fn poll(server: &Server) -> String {
    let open = request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await;
    let open: serde_json::Value =
        serde_json::from_str(open.body.strip_prefix('0').unwrap()).unwrap();
    let sid = open["sid"].as_str().unwrap().to_owned();
    let connect = br#"40{"name":"alice","rooms":[1]}"#;
    assert_eq!(
        request(server.address, "POST", &polling(&sid), &[], connect)
            .await
            .status,
        200
    );
    assert!(
        request(server.address, "GET", &polling(&sid), &[], b"")
            .await
            .body
            .starts_with("40")
    );
    sid
}

fn polling(sid: &str) -> String {
    format!("EIO=4&transport=polling&sid={sid}")
}

async fn websocket(server: &Server, sid: &str) -> Result<WebSocket, Reply> {
    WebSocket::connect(
        server.address,
        &format!("EIO=4&transport=websocket&sid={sid}"),
        &[],
    )
    .await
}

async fn upgrade(server: &Server) {
    let sid = poll(server).await;
    let address = server.address;
    let waiting = beside({
        let query = polling(&sid);
        async move { request(address, "GET", &query, &[], b"").await }
    });
    let mut alice = websocket(server, &sid).await.unwrap();
    alice.send("2probe").await;
    assert_eq!(alice.text().await, "3probe");
    // The waiting request is let go, and later ones do not wait.
    assert_eq!(waiting.await.unwrap(), Reply::new(200, "6"));
    assert_eq!(
        request(address, "GET", &polling(&sid), &[], b"").await,
        Reply::new(200, "6")
    );
    // What comes meanwhile is not lost, and follows over the WebSocket.
    server.hub.broadcast(room(1), &said("meanwhile"));
    alice.send("5").await;
    assert_eq!(alice.said().await, "meanwhile");
    assert_eq!(alice.ask("echo", 1).await, json!([1]));
    server.hub.broadcast(room(1), &said("after"));
    assert_eq!(alice.said().await, "after");
    // The sid is of no more use.
    assert_eq!(
        request(address, "GET", &polling(&sid), &[], b"")
            .await
            .status,
        400
    );
    assert_eq!(websocket(server, &sid).await.err().unwrap().status, 400);
}

#[tokio::test]
async fn alice_moves_to_a_websocket_and_misses_nothing() {
    upgrade(&Server::start().await).await;
}

#[tokio::test]
async fn alice_moves_to_a_websocket_that_is_no_bare_tcp_stream() {
    upgrade(&Server::wrapped(Config::default()).await).await;
}

#[tokio::test]
async fn packets_sent_right_behind_the_upgrade_are_read() {
    let server = Server::start().await;
    let sid = poll(&server).await;
    let mut alice = websocket(&server, &sid).await.unwrap();
    let mut burst = Vec::new();
    for text in ["2probe", "5", r#"421["echo",7]"#] {
        burst.extend([0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0]);
        burst.extend(text.as_bytes());
    }
    alice.raw(&burst).await;
    assert_eq!(alice.text().await, "3probe");
    assert_eq!(alice.text().await, "431[[7]]");
}

#[tokio::test]
async fn an_upgrade_that_is_never_finished_ends_and_polling_goes_on() {
    let config = Config {
        upgrade_timeout: Duration::from_millis(100),
        ..Config::default()
    };
    let server = Server::with(config).await;
    let sid = poll(&server).await;
    for begin in ["", "2probe"] {
        let mut alice = websocket(&server, &sid).await.unwrap();
        if !begin.is_empty() {
            alice.send(begin).await;
            assert_eq!(alice.text().await, "3probe");
        }
        assert_eq!(alice.next().await, Frame::End);
    }
    server.hub.broadcast(room(1), &said("still here"));
    let heard = request(server.address, "GET", &polling(&sid), &[], b"").await;
    assert_eq!(heard, Reply::new(200, r#"42["said","still here"]"#));
    assert_eq!(server.transport.stats().connections, 1);
}

#[tokio::test]
async fn a_websocket_that_does_not_probe_is_dropped_and_only_one_may_try_at_once() {
    let server = Server::start().await;
    let sid = poll(&server).await;
    let mut mallory = websocket(&server, &sid).await.unwrap();
    assert_eq!(websocket(&server, &sid).await.err().unwrap().status, 400);
    mallory.send("42[\"echo\"]").await;
    assert_eq!(mallory.next().await, Frame::End);
    let mut alice = websocket(&server, &sid).await.unwrap();
    alice.send("2probe").await;
    assert_eq!(alice.text().await, "3probe");
}
