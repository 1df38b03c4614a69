//! Guests: a nickname, and no account.

use parlor::kernel::clock::Clock;
use parlor_testkit::{Server, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_guest_comes_in_under_a_nickname_or_none() {
    let server = Server::start().await;
    let guest = server.guest("Visitor").await;
    let me = guest.get("/api/auth/me").await.expect(200);
    assert_eq!(me["nickname"], "Visitor");
    assert_eq!(me["is_guest"], true);
    assert_eq!(me["username"], format!("guest-{}", guest.id()));

    let visitor = server.visitor();
    let reply = visitor
        .send(visitor.request("POST", "/api/auth/guest"))
        .await;
    let nameless = reply.expect(201);
    assert_eq!(nameless["user"]["nickname"], nameless["user"]["username"]);
    let deceiving = json!({ "nickname": "a\u{202e}b" });
    let reply = visitor.post("/api/auth/guest", deceiving).await;
    reply.problem(400, "invalid_field");
}

#[tokio::test]
async fn a_guest_owns_nothing() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let guest = server.guest("Visitor").await;
    for path in [
        "/api/auth/check",
        "/api/users/me/stats",
        "/api/auth/sessions",
        "/api/auth/logins",
    ] {
        guest.get(path).await.expect(200);
    }
    let profile = guest.put("/api/auth/profile", json!({ "bio": "x" })).await;
    profile.problem(403, "guest_not_allowed");
    let passwords = json!({ "old_password": "x", "new_password": "a long walk" });
    let password = guest.put("/api/auth/change-password", passwords).await;
    password.problem(403, "guest_not_allowed");
    let deletion = guest.delete("/api/auth/me").await;
    deletion.problem(403, "guest_not_allowed");
    for path in [
        "/api/users/search?q=al".to_owned(),
        format!("/api/users/{}", alice.id()),
    ] {
        guest.get(&path).await.problem(403, "guest_not_allowed");
    }
    let admin = guest.get("/api/admin/users").await;
    admin.problem(403, "forbidden");
}

#[tokio::test]
async fn a_visit_ends_when_the_guest_signs_out() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let guest = server.guest("Visitor").await;
    guest.post("/api/auth/logout", json!({})).await.expect(204);
    guest.get("/api/auth/me").await.problem(401, "unauthorized");
    let gone = alice.get(&format!("/api/users/{}", guest.id())).await;
    gone.problem(404, "not_found");
}

#[tokio::test]
async fn a_visit_ends_a_day_after_the_last_sign_of_life() {
    let clock = Clock::manual(parlor_protocol::Timestamp(1_795_219_200_000));
    let server = Server::setup().with_clock(clock).start().await;
    let busy = server.guest("Busy").await;
    let idle = server.guest("Idle").await;
    let mut token = busy.refresh_token();
    for _ in 0..3 {
        server.clock().advance(HOUR * 10);
        let form = json!({ "refresh_token": token });
        let renewed = busy.post("/api/auth/refresh", form).await.expect(200);
        token = renewed["refresh_token"].as_str().unwrap().to_owned();
        server.app().accounts.sweep().await.unwrap();
    }
    let form = json!({ "refresh_token": idle.refresh_token() });
    let reply = server.visitor().post("/api/auth/refresh", form).await;
    reply.problem(401, "unauthorized");
    let name = |id: i64| {
        let accounts = server.app().accounts.clone();
        async move { accounts.briefs(&[id]).await.unwrap()[&id].username.clone() }
    };
    assert_eq!(name(idle.id()).await, format!("deleted-{}", idle.id()));
    assert_eq!(name(busy.id()).await, format!("guest-{}", busy.id()));
}

#[tokio::test]
async fn an_address_brings_twenty_guests_an_hour() {
    let server = Server::setup().with_limits().start().await;
    let visitor = server.visitor();
    for _ in 0..20 {
        visitor.post("/api/auth/guest", json!({})).await.expect(201);
    }
    let reply = visitor.post("/api/auth/guest", json!({})).await;
    reply.problem(429, "rate_limited");
}
