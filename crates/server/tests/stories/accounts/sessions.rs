//! Sessions: renewed, listed, ended.

use parlor::kernel::clock::Clock;
use parlor_testkit::{Person, Server, Value, json};
use std::time::Duration;

/// 2026-11-21.
const START: i64 = 1_795_219_200_000;
const HOUR: Duration = Duration::from_hours(1);

async fn server_with_clock() -> Server {
    let clock = Clock::manual(parlor_protocol::Timestamp(START));
    Server::setup().with_clock(clock).start().await
}

async fn refresh(server: &Server, token: &str) -> parlor_testkit::Reply {
    let form = json!({ "refresh_token": token });
    server.visitor().post("/api/auth/refresh", form).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_access_token_ends_and_is_renewed() {
    let server = server_with_clock().await;
    let alice = server.person("alice").await;
    server.clock().advance(Duration::from_secs(659));
    alice.get("/api/auth/me").await.expect(200);
    server.clock().advance(Duration::from_secs(1));
    let problem = alice.get("/api/auth/me").await.problem(401, "unauthorized");
    assert_eq!(problem["detail"], "the access token has expired");

    // A client that sends its old token along all the same is not refused for it.
    let form = json!({ "refresh_token": alice.refresh_token() });
    let renewed = alice.post("/api/auth/refresh", form).await.expect(200);
    alice.set_token(Some(text(&renewed["access_token"])));
    alice.get("/api/auth/me").await.expect(200);
    for (token, code) in [("", "unauthorized"), ("1.0.AAAA", "unauthorized")] {
        refresh(&server, token).await.problem(401, code);
    }
    let access = alice.token().unwrap();
    refresh(&server, &access).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_get_the_same_pair() {
    let server = server_with_clock().await;
    let alice = server.person("alice").await;
    let old = alice.refresh_token();
    let (first, second) = tokio::join!(refresh(&server, &old), refresh(&server, &old));
    let (first, second) = (first.expect(200), second.expect(200));
    server.clock().advance(Duration::from_secs(9));
    let third = refresh(&server, &old).await.expect(200);
    for name in ["access_token", "refresh_token"] {
        assert_eq!(first[name], second[name]);
        assert_eq!(first[name], third[name]);
    }
    assert_ne!(text(&first["refresh_token"]), old);
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_ends_its_session() {
    let server = server_with_clock().await;
    let alice = server.person("alice").await;
    let laptop = alice.another_device().await;
    let old = alice.refresh_token();
    let thief = refresh(&server, &old).await.expect(200);
    server.clock().advance(Duration::from_secs(10));
    refresh(&server, &old).await.problem(401, "token_reused");

    alice.set_token(Some(text(&thief["access_token"])));
    alice.get("/api/auth/me").await.problem(401, "unauthorized");
    let newest = text(&thief["refresh_token"]);
    refresh(&server, &newest).await.problem(401, "unauthorized");
    laptop.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn an_older_generation_is_reuse_even_within_the_grace() {
    let server = server_with_clock().await;
    let alice = server.person("alice").await;
    let first = alice.refresh_token();
    let second = refresh(&server, &first).await.expect(200);
    refresh(&server, &text(&second["refresh_token"]))
        .await
        .expect(200);
    refresh(&server, &first).await.problem(401, "token_reused");
}

#[tokio::test]
async fn a_session_that_is_not_used_for_two_weeks_ends() {
    let server = server_with_clock().await;
    let alice = server.person("alice").await;
    server.clock().advance(HOUR * 24 * 14);
    let token = alice.refresh_token();
    refresh(&server, &token).await.problem(401, "unauthorized");
    server.app().accounts.sweep().await.unwrap();
    alice
        .another_device()
        .await
        .get("/api/auth/me")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_device_that_is_connected_keeps_its_own_session_and_no_other() {
    let server = server_with_clock().await;
    let forgotten = server.person("alice").await;
    let phone = forgotten.another_device().await;
    let _connected = phone.socket().await;
    for _ in 0..2 {
        server.clock().advance(HOUR * 24 * 8);
        server.app().accounts.sweep().await.unwrap();
    }
    refresh(&server, &phone.refresh_token()).await.expect(200);
    let token = forgotten.refresh_token();
    refresh(&server, &token).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_session_that_is_used_ends_after_ninety_days() {
    let server = server_with_clock().await;
    let alice = server.person("alice").await;
    let mut token = alice.refresh_token();
    for _ in 0..8 {
        server.clock().advance(HOUR * 24 * 10);
        let next = refresh(&server, &token).await.expect(200);
        token = text(&next["refresh_token"]);
        server.app().accounts.sweep().await.unwrap();
    }
    server.clock().advance(HOUR * 24 * 10);
    refresh(&server, &token).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn alice_sees_her_devices_and_signs_one_out() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let laptop = alice.another_device().await;
    let mallory = server.person("mallory").await;
    let devices = sessions(&alice).await;
    assert_eq!(devices.len(), 2);
    let here: Vec<bool> = devices
        .iter()
        .map(|device| device["is_current"].as_bool().unwrap())
        .collect();
    assert_eq!(here, [false, true], "the newest first");
    let path = format!("/api/auth/sessions/{}", devices[0]["id"]);

    mallory.delete(&path).await.problem(404, "not_found");
    laptop.get("/api/auth/me").await.expect(200);
    alice.delete(&path).await.expect(204);
    laptop
        .get("/api/auth/me")
        .await
        .problem(401, "unauthorized");
    let token = laptop.refresh_token();
    refresh(&server, &token).await.problem(401, "unauthorized");
    alice.delete(&path).await.problem(404, "not_found");
    assert_eq!(sessions(&alice).await.len(), 1);
    for bad in ["0", "-1", "9223372036854775808", "1e3", "１", "%00"] {
        let reply = alice.delete(&format!("/api/auth/sessions/{bad}")).await;
        reply.problem(400, "invalid_param");
    }
}

async fn sessions(person: &Person) -> Vec<Value> {
    let page = person.get("/api/auth/sessions").await.expect(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn who_signs_out_is_out_at_once() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let laptop = alice.another_device().await;
    alice.post("/api/auth/logout", json!({})).await.expect(204);
    alice.get("/api/auth/me").await.problem(401, "unauthorized");
    let again = alice.post("/api/auth/logout", json!({})).await;
    again.problem(401, "unauthorized");
    let token = alice.refresh_token();
    refresh(&server, &token).await.problem(401, "unauthorized");
    laptop.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let laptop = alice.another_device().await;
    let change = |old: &str, new: &str| {
        let form = json!({ "old_password": old, "new_password": new });
        alice.put("/api/auth/change-password", form)
    };
    let (old, new) = (alice.password(), "another walk, uphill");
    change("not the old one", new)
        .await
        .problem(401, "bad_credentials");
    for weak in ["short", "12345678", "my name is Alice"] {
        let problem = change(old, weak).await.problem(400, "weak_password");
        assert_eq!(problem["errors"][0]["field"], "new_password");
    }
    laptop.get("/api/auth/me").await.expect(200);

    change(old, new).await.expect(204);
    laptop
        .get("/api/auth/me")
        .await
        .problem(401, "unauthorized");
    alice.get("/api/auth/me").await.expect(200);
    let token = alice.refresh_token();
    refresh(&server, &token).await.expect(200);
    let login = |password: &str| {
        let form = json!({ "username": "alice", "password": password });
        let visitor = server.visitor();
        async move { visitor.post("/api/auth/login", form).await }
    };
    login(old).await.problem(401, "bad_credentials");
    login(new).await.expect(200);
}

#[tokio::test]
async fn of_two_who_change_a_password_at_once_one_does() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let mut devices = vec![alice.another_device().await, alice.another_device().await];
    devices.push(alice);
    let changes = devices.iter().enumerate().map(|(n, device)| {
        let new = format!("walk number {n} in the rain");
        let form = json!({ "old_password": device.password(), "new_password": new });
        async move {
            (
                new,
                device.put("/api/auth/change-password", form).await.status,
            )
        }
    });
    let answers = futures_util::future::join_all(changes).await;
    let mut done = answers.iter().filter(|(_, status)| *status == 204);
    let (Some((new, _)), None) = (done.next(), done.next()) else {
        panic!("{answers:?}")
    };
    let form = json!({ "username": "alice", "password": new });
    let visitor = server.visitor();
    visitor.post("/api/auth/login", form).await.expect(200);
}

#[tokio::test]
async fn connections_end_with_their_session() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (phone, laptop) = (alice.another_device().await, alice.another_device().await);
    let (here, on_phone) = (alice.socket().await, phone.socket().await);
    let on_laptop = laptop.socket().await;

    phone.post("/api/auth/logout", json!({})).await.expect(204);
    on_phone.closed().await;
    assert!(!here.is_closed() && !on_laptop.is_closed());
    let refused = phone.try_socket(json!({ "token": phone.token() })).await;
    assert_eq!(refused.err().unwrap()["message"], "unauthorized");

    let form = json!({ "old_password": alice.password(), "new_password": "another walk, uphill" });
    alice
        .put("/api/auth/change-password", form)
        .await
        .expect(204);
    on_laptop.closed().await;
    assert!(!here.is_closed());

    alice.delete("/api/auth/me").await.expect(204);
    here.closed().await;
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_connection_too() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let socket = alice.socket().await;
    let first = alice.refresh_token();
    let second = refresh(&server, &first).await.expect(200);
    refresh(&server, &text(&second["refresh_token"]))
        .await
        .expect(200);
    assert!(!socket.is_closed());
    refresh(&server, &first).await.problem(401, "token_reused");
    socket.closed().await;
}

#[tokio::test]
async fn sessions_outlive_a_restart() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (token, refresh_token) = (alice.token(), alice.refresh_token());
    let server = server.restart().await;
    let visitor = server.visitor();
    visitor.set_token(token);
    visitor.get("/api/auth/me").await.expect(200);
    refresh(&server, &refresh_token).await.expect(200);
}
