//! Guests: a nickname, and no account.

use parlor::kernel::clock::Clock;
use parlor_testkit::{Reply, Server, Value, json};
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

const UPGRADE: &str = "/api/auth/guest/upgrade";

fn account(name: &str) -> Value {
    json!({
        "username": name,
        "email": format!("{name}@example.org"),
        "password": "a stay of some length",
        "privacy_policy_accepted": true,
    })
}

#[tokio::test]
async fn a_guest_who_stays_is_the_same_person_with_an_account() {
    let server = Server::start().await;
    let (alice, guest) = (server.person("alice").await, server.guest("Visitor").await);
    // Guests are in the rooms that everybody joins.
    let rooms = guest.get("/api/rooms?scope=joined").await.expect(200);
    let before = rooms["items"][0].clone();
    let room = before["id"].as_i64().expect("an id");
    let said = guest.say(room, "just looking").await;
    let (at_alice, at_guest) = (alice.socket().await, guest.socket().await);
    let old = (guest.token(), guest.refresh_token());

    let signed = guest.post(UPGRADE, account("vera")).await.expect(200);
    let me = &signed["user"];
    assert_eq!(me["id"], guest.id());
    assert_eq!(
        (&me["username"], &me["nickname"]),
        (&json!("vera"), &json!("Visitor"))
    );
    assert_eq!(
        (&me["is_guest"], &me["email"]),
        (&json!(false), &json!("vera@example.org"))
    );
    assert!(me["privacy_policy_accepted_at"].is_string());

    // Others see it at once, also those who were away, and in what was said before.
    let at_room = |event: &Value| event["room_id"] == room;
    let told = at_alice.next_where("user_updated", at_room).await;
    assert_eq!(told["user"]["username"], "vera");
    assert_eq!(told["user"]["is_guest"], false);
    let seen = json!({ room.to_string(): before["last_seq"] });
    let later = alice.resume(seen).await;
    assert_eq!(later.next_where("user_updated", at_room).await, told);
    let path = format!("/api/rooms/{room}/messages");
    let history = alice.get(&path).await.expect(200);
    assert_eq!(history["items"][0]["id"], said["id"]);
    assert_eq!(history["items"][0]["user"], told["user"]);

    // The session goes on, and may do what guests may not; what it was refreshed with is worth nothing any more.
    guest.get("/api/auth/me").await.expect(200);
    let profile = json!({ "bio": "stays" });
    guest.put("/api/auth/profile", profile).await.expect(200);
    assert!(!at_guest.is_closed());
    let direct = json!({ "user_id": alice.id() });
    guest.post("/api/rooms/direct", direct).await.expect(200);
    let visitor = server.visitor();
    let stale = json!({ "refresh_token": old.1 });
    let reply = visitor.post("/api/auth/refresh", stale).await;
    reply.problem(401, "unauthorized");
    let fresh = json!({ "refresh_token": signed["refresh_token"] });
    visitor.post("/api/auth/refresh", fresh).await.expect(200);
    let login = json!({ "username": "vera", "password": "a stay of some length" });
    visitor.post("/api/auth/login", login).await.expect(200);

    // Signing out is no longer the end of it.
    guest.post("/api/auth/logout", json!({})).await.expect(204);
    let stays = alice.get(&format!("/api/users/{}", guest.id())).await;
    assert_eq!(stays.expect(200)["username"], "vera");
}

#[tokio::test]
async fn a_guests_cookie_changes_with_what_it_opens() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let ask = |path: &str| visitor.request("POST", path).header("x-csrf", "1");
    let cookie = |reply: &Reply| {
        let cookie = reply.header("set-cookie").expect("a cookie");
        cookie.split(';').next().expect("its value").to_owned()
    };
    let entered = visitor.send(ask("/api/auth/guest")).await;
    let old = cookie(&entered);
    let origin = server.base().to_owned();
    let upgrade = ask(UPGRADE).header("cookie", &old).header("origin", origin);
    let upgraded = visitor.send(upgrade.json(&account("vera"))).await;
    assert_eq!(upgraded.status, 200, "{}", upgraded.text);
    let new = cookie(&upgraded);
    assert_ne!(new, old);
    for (cookie, known) in [(old, false), (new, true)] {
        let check = visitor.request("GET", "/api/auth/check");
        let check = visitor.send(check.header("cookie", cookie)).await;
        assert_eq!(check.expect(200)["authenticated"], known);
    }
}

#[tokio::test]
async fn only_a_guest_gets_an_account_that_way_and_only_one() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    alice
        .post(UPGRADE, account("else"))
        .await
        .problem(409, "invalid_state");
    let guest = server.guest("Visitor").await;
    for (field, value, status, code) in [
        ("username", json!("Alice"), 409, "name_taken"),
        ("username", json!("guest-9"), 409, "name_taken"),
        ("username", json!("x"), 400, "invalid_field"),
        ("email", json!("ALICE@example.org"), 409, "email_taken"),
        ("email", json!("nowhere"), 400, "invalid_field"),
        ("password", json!("short"), 400, "weak_password"),
        (
            "privacy_policy_accepted",
            json!(false),
            400,
            "policy_not_accepted",
        ),
        ("role", json!("admin"), 400, "unknown_field"),
    ] {
        let mut form = account("vera");
        form[field] = value;
        guest.post(UPGRADE, form).await.problem(status, code);
    }
    let me = guest.get("/api/auth/me").await.expect(200);
    assert_eq!(me["is_guest"], true, "nothing was changed");

    // Twice at once: one of the two.
    let forms = ["vera", "wera"].map(|name| guest.post(UPGRADE, account(name)));
    let mut statuses = futures_util::future::join_all(forms).await;
    statuses.sort_by_key(|reply| reply.status);
    let [first, second] = statuses.try_into().expect("two answers");
    first.expect(200);
    second.problem(409, "invalid_state");
}

#[tokio::test]
async fn of_guests_who_want_one_name_one_gets_it() {
    let server = Server::start().await;
    let (one, other) = (server.guest("One").await, server.guest("Other").await);
    let mut form = account("vera");
    form["email"] = json!("other@example.org");
    let (first, second) = tokio::join!(
        one.post(UPGRADE, account("vera")),
        other.post(UPGRADE, form)
    );
    let (won, lost) = if first.status == 200 {
        (first, second)
    } else {
        (second, first)
    };
    won.expect(200);
    lost.problem(409, "name_taken");
}

#[tokio::test]
async fn an_upgrade_counts_as_signing_up() {
    let server = Server::setup().with_limits().start().await;
    for n in 0..6 {
        let guest = server.guest("Visitor").await;
        let reply = guest.post(UPGRADE, account(&format!("vera{n}"))).await;
        match n {
            0..5 => drop(reply.expect(200)),
            _ => drop(reply.problem(429, "rate_limited")),
        }
    }
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
