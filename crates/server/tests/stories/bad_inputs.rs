//! Cases of bad input that belong to no one capability; `docs/bad-inputs.md` lists them all.

use crate::http::{ask, send};
use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{Server, json};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[tokio::test]
async fn h3_a_body_that_is_too_large_ends_the_connection() {
    let server = Server::start().await;
    for length in ["70000", "9223372036854775807"] {
        let request = format!(
            "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{{"
        );
        // It is not said to be the last request: the server ends the connection of its own accord.
        let answer = send(&server, request.as_bytes()).await;
        let found = (answer.status, answer.code());
        assert_eq!(found, (413, "payload_too_large".to_owned()), "{length}");
    }
}

#[tokio::test]
async fn h15_nobody_passes_for_another_address() {
    let server = Server::setup().with_limits().start().await;
    let visitor = server.visitor();
    let visit = async |n: u8| {
        let request = visitor
            .request("POST", "/api/auth/guest")
            .header("x-forwarded-for", format!("198.51.100.{n}"))
            .header("forwarded", format!("for=198.51.100.{n}"))
            .header("x-real-ip", format!("198.51.100.{n}"));
        visitor.send(request.json(&json!({}))).await
    };
    for n in 0..20 {
        visit(n).await.expect(201);
    }
    visit(20).await.problem(429, "rate_limited");
}

#[tokio::test]
async fn h20_ranges_of_what_has_none_are_passed_over() {
    let server = Server::start().await;
    let many: Vec<String> = (0..1_000).map(|n| format!("{n}-{n}")).collect();
    for range in [many.join(","), "9-1".to_owned(), "-".to_owned()] {
        let headers = format!("Range: bytes={range}\r\n");
        let answer = ask(&server, "GET /healthz", &headers).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-range"), None);
    }
}

#[tokio::test]
async fn h21_what_takes_no_body_takes_none() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Bare").await;
    bob.join(room).await;
    let leave = format!("/api/rooms/{room}/leave");
    for body in [
        json!({ "reason": "tired" }),
        json!([]),
        json!("bye"),
        json!(0),
    ] {
        let reply = bob.post(&leave, body).await;
        reply.problem(400, "unexpected_body");
    }
    let text = bob.request("POST", &leave).body("good bye");
    bob.send(text).await.problem(400, "unexpected_body");
    let large = bob.request("POST", &leave).body("x".repeat(70_000));
    bob.send(large).await.problem(413, "payload_too_large");
    let delete = alice.request("DELETE", &format!("/api/rooms/{room}"));
    let delete = alice.send(delete.json(&json!({ "force": true }))).await;
    delete.problem(400, "unexpected_body");
    let get = alice.request("GET", "/api/auth/me").body("me");
    alice.send(get).await.problem(400, "unexpected_body");
    let members = alice.get(&format!("/api/rooms/{room}/members")).await;
    let members = members.expect(200)["items"].clone();
    assert_eq!(
        members.as_array().map(Vec::len),
        Some(2),
        "nothing was done"
    );

    // What clients send who send something with every request.
    for nothing in ["", "{}", " { }\r\n", "null"] {
        let reply = bob.send(bob.request("POST", &leave).body(nothing)).await;
        reply.expect(204);
        bob.join(room).await;
    }
    bob.post(&leave, json!({})).await.expect(204);
    // A body that is not for anything is no reason to look for what is not there.
    let nowhere = bob.post("/api/nowhere", json!({ "a": 1 })).await;
    nowhere.problem(404, "not_found");
}

#[tokio::test]
async fn s2_an_expired_token_opens_no_connection() {
    let clock = Clock::manual(Timestamp(1_790_000_000_000));
    let server = Server::setup().with_clock(clock).start().await;
    let alice = server.person("alice").await;
    drop(alice.socket().await);
    server.clock().advance(Duration::from_mins(12));
    let auth = json!({ "token": alice.token() });
    let refused = alice.try_socket(auth).await.err();
    assert_eq!(refused, Some(json!({ "message": "unauthorized" })));
}

#[tokio::test]
async fn s19_nobody_acts_in_anothers_name() {
    let log = Log::read_along();
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Masks").await;
    bob.join(room).await;
    let said = alice.say(room, "mine").await["id"].clone();
    let (at_alice, socket) = (alice.socket().await, bob.socket().await);
    let fields = [
        ("user_id", json!(alice.id())),
        ("sender_id", json!(alice.id())),
        ("username", json!("alice")),
        ("user_name", json!("alice")),
        ("role", json!("owner")),
    ];
    for (event, payload) in [
        ("join_room", json!({ "room_id": room })),
        ("leave_room", json!({ "room_id": room })),
        (
            "send_message",
            json!({ "room_id": room, "content": "hers" }),
        ),
        (
            "edit_message",
            json!({ "message_id": said, "content": "no" }),
        ),
        ("delete_message", json!({ "message_id": said })),
        ("read", json!({ "room_id": room, "seq": 1 })),
        ("typing_start", json!({ "room_id": room })),
        ("typing_stop", json!({ "room_id": room })),
        ("get_online_users", json!({ "room_id": room })),
    ] {
        for (field, value) in &fields {
            let mut payload = payload.clone();
            payload[*field] = value.clone();
            let code = socket.emit(event, payload).await["error"]["code"].clone();
            assert_eq!(code, "unknown_field", "{event} {field}");
        }
    }
    let body = json!({ "content": "hers", "user_id": alice.id() });
    let path = format!("/api/rooms/{room}/messages");
    bob.post(&path, body).await.problem(400, "unknown_field");
    let lines = log.lines();
    let noted = |line: &&String| {
        line.contains("parlor::audit") && line.contains(&format!("user={}", bob.id()))
    };
    // Each attempt, on the socket and over HTTP, and none of what it said.
    assert_eq!(lines.iter().filter(noted).count(), 9 * 5 + 1, "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("hers")));
    let heard = at_alice.settled_events().await;
    let told = |(name, _): &&(String, _)| name != "user_status_update";
    assert_eq!(heard.iter().find(told), None, "nothing was done");
}

/// What this test's server writes to the log, as long as it runs in the test's own thread.
struct Log {
    text: Arc<Mutex<Vec<u8>>>,
    _reading: tracing::subscriber::DefaultGuard,
}

#[derive(Clone)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn read_along() -> Self {
        let text = Arc::<Mutex<Vec<u8>>>::default();
        let page = Page(text.clone());
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || page.clone())
            .finish();
        let reading = tracing::subscriber::set_default(subscriber);
        Self {
            text,
            _reading: reading,
        }
    }

    fn lines(&self) -> Vec<String> {
        let text = self.text.lock().unwrap();
        let text = String::from_utf8_lossy(&text);
        text.lines().map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn n3_a_time_is_a_moment_to_come() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Hours").await;
    bob.join(room).await;
    let path = format!("/api/rooms/{room}/members/{}/mute", bob.id());
    for until in [
        json!("2020-01-01T00:00:00Z"),
        json!("2999-02-30T00:00:00Z"),
        json!("2999-01-01T00:00:00"),
        json!("2999-01-01"),
        json!("10000-01-01T00:00:00Z"),
        json!("-2999-01-01T00:00:00Z"),
        json!("soon"),
        json!(""),
        json!(4_000_000_000_i64),
        json!(1e300),
    ] {
        let reply = alice.post(&path, json!({ "until": until })).await;
        let problem = reply.problem(400, "invalid_field");
        assert_eq!(problem["errors"][0]["field"], "until", "{until}");
    }
    let far = json!({ "until": "2999-01-01T01:00:00+01:00" });
    let muted = alice.post(&path, far).await.expect(200);
    assert_eq!(muted["muted_until"], "2999-01-01T00:00:00.000Z");
}

/// What JavaScript makes of 2^53 + 1 is 2^53.
#[tokio::test]
async fn n5_an_id_is_exact_or_none() {
    const BEYOND: i64 = (1 << 53) + 1;
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Exact").await;
    let socket = alice.socket().await;
    for id in [1 << 53, BEYOND, i64::MAX] {
        let room = alice.get(&format!("/api/rooms/{id}")).await;
        room.problem(400, "invalid_param");
        let chat = json!({ "user_id": id });
        let chat = alice.post("/api/rooms/direct", chat).await;
        chat.problem(400, "invalid_field");
        let edit = json!({ "message_id": id, "content": "x" });
        let refused = socket.emit("edit_message", edit).await;
        assert_eq!(refused["error"]["code"], "not_found");
        let joined = socket.emit("join_room", json!({ "room_id": id })).await;
        assert_eq!(joined["error"]["code"], "not_found");
    }
    for id in [json!(room.to_string()), json!(1.5), json!(1e3), json!(null)] {
        let joined = socket.emit("join_room", json!({ "room_id": id })).await;
        assert_eq!(joined["error"]["code"], "invalid_field", "{id}");
    }
    let counts = format!("/api/rooms/{room}/messages?before={BEYOND}");
    alice.get(&counts).await.expect(200);
}
