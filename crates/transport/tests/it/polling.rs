//! HTTP long polling.

use std::time::Duration;

use parlor_transport::Config;
use serde_json::json;

use crate::support::{Reply, Server, beside, request, room, said};

/// A client that polls.
struct Poller {
    server: std::net::SocketAddr,
    query: String,
}

impl Poller {
    async fn open(server: &Server) -> Self {
        let open = request(server.address, "GET", "EIO=4&transport=polling", &[], b"").await;
        assert_eq!(open.status, 200);
        let open: serde_json::Value =
            serde_json::from_str(open.body.strip_prefix('0').unwrap()).unwrap();
        assert_eq!(open["upgrades"], json!(["websocket"]));
        let query = format!(
            "EIO=4&transport=polling&sid={}",
            open["sid"].as_str().unwrap()
        );
        Self {
            server: server.address,
            query,
        }
    }

    async fn connected(server: &Server, name: &str) -> Self {
        let poller = Self::open(server).await;
        assert_eq!(
            poller.post(&format!("40{{\"name\":\"{name}\"}}")).await,
            Reply::new(200, "ok")
        );
        assert!(poller.get().await.body.starts_with("40{"));
        poller
    }

    async fn get(&self) -> Reply {
        request(self.server, "GET", &self.query, &[], b"").await
    }

    async fn post(&self, body: &str) -> Reply {
        self.post_bytes(body.as_bytes()).await
    }

    async fn post_bytes(&self, body: &[u8]) -> Reply {
        request(self.server, "POST", &self.query, &[], body).await
    }
}

#[tokio::test]
async fn alice_polls() {
    let mut server = Server::start().await;
    let alice = Poller::connected(&server, "alice").await;
    let two = "421[\"echo\",\"你好\"]\x1e422[\"join\",1]";
    assert_eq!(alice.post(two).await, Reply::new(200, "ok"));
    assert_eq!(
        alice.get().await,
        Reply::new(200, "431[[\"你好\"]]\x1e432[\"joined\"]")
    );

    // A request that waits is answered by what comes.
    let waiting = beside({
        let alice = Poller {
            server: alice.server,
            query: alice.query.clone(),
        };
        async move { alice.get().await }
    });
    server.hub.broadcast(room(1), &said("hi"));
    server.hub.broadcast(room(1), &said("there"));
    let mut heard = waiting.await.unwrap().body;
    while !heard.contains("there") {
        heard = format!("{heard}\x1e{}", alice.get().await.body);
    }
    assert_eq!(heard, "42[\"said\",\"hi\"]\x1e42[\"said\",\"there\"]");

    assert_eq!(alice.post("1").await.body, "ok");
    for call in [
        "connect alice",
        "echo alice",
        "join alice",
        "disconnected alice: connection closed",
    ] {
        assert_eq!(server.call().await, call);
    }
    let unknown = r#"{"code":1,"message":"Session ID unknown"}"#;
    assert_eq!(alice.get().await, Reply::new(400, unknown));
    assert_eq!(alice.post("3").await, Reply::new(400, unknown));
}

#[tokio::test]
async fn a_body_beyond_the_limit_or_of_too_many_packets_is_refused() {
    let server = Server::start().await;
    for body in [
        "x".repeat(65_537),
        vec!["3"; 50_000].join("\x1e"),
        ["3"; 1_001].join("\x1e"),
    ] {
        let mallory = Poller::connected(&server, "mallory").await;
        assert_eq!(mallory.post(&body).await.status, 413);
        assert!([200, 400].contains(&mallory.get().await.status));
        assert_eq!(mallory.get().await.status, 400);
    }
    let alice = Poller::connected(&server, "alice").await;
    assert_eq!(alice.post(&["3"; 1_000].join("\x1e")).await.status, 200);
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_refused() {
    let server = Server::start().await;
    for body in [
        &b"\xff"[..],
        b"",
        b"bAQID",
        b"9",
        b"3\x1e",
        b"42[\"disconnect\"]",
        b"42[\"a\"",
        b"5",
        b"2probe",
    ] {
        let mut server = Server::start().await;
        let mallory = Poller::connected(&server, "mallory").await;
        assert_eq!(
            mallory.post_bytes(body).await,
            Reply::new(400, r#"{"code":3,"message":"Bad request"}"#)
        );
        assert_eq!(server.call().await, "connect mallory");
        assert_eq!(
            server.call().await,
            "disconnected mallory: protocol violation"
        );
    }
    assert_eq!(server.transport.stats().opened, 0);
}

#[tokio::test]
async fn two_requests_that_wait_at_once_are_refused() {
    let mut server = Server::start().await;
    let mallory = Poller::connected(&server, "mallory").await;
    let (first, second) = tokio::join!(mallory.get(), mallory.get());
    assert!([first.status, second.status].contains(&400));
    assert_eq!(server.call().await, "connect mallory");
    assert_eq!(
        server.call().await,
        "disconnected mallory: protocol violation"
    );
}

#[tokio::test]
async fn who_stops_polling_is_gone_after_the_ping_timeout() {
    let config = Config {
        ping_interval: Duration::from_millis(100),
        ping_timeout: Duration::from_millis(100),
        ..Config::default()
    };
    let mut server = Server::with(config).await;
    let alice = Poller::connected(&server, "alice").await;
    assert_eq!(alice.get().await, Reply::new(200, "2"));
    assert_eq!(alice.post("3").await, Reply::new(200, "ok"));
    assert_eq!(alice.get().await, Reply::new(200, "2"));
    assert_eq!(server.call().await, "connect alice");
    assert_eq!(server.call().await, "disconnected alice: ping timeout");
    assert_eq!(alice.get().await.status, 400);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let config = Config {
        completion_timeout: Duration::from_millis(100),
        ..Config::default()
    };
    let mut server = Server::with(config).await;
    let mallory = Poller::connected(&server, "mallory").await;
    let mut stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let head = format!(
        "POST /socket.io/?{} HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n42",
        mallory.query
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert_eq!(server.call().await, "connect mallory");
    assert_eq!(
        server.call().await,
        "disconnected mallory: protocol violation"
    );
}
