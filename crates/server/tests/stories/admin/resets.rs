//! Another password, by a link that an administrator hands over.

use super::{acts, entries};
use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{Person, Reply, Server, Value, json};
use std::time::Duration;

const NEW: &str = "another walk, uphill";

async fn offer(admin: &Person, user: i64) -> Reply {
    let path = format!("/api/admin/users/{user}/password-reset");
    admin.post(&path, json!(null)).await
}

async fn choose(server: &Server, code: &Value, password: &str) -> Reply {
    let form = json!({ "code": code, "new_password": password });
    server
        .visitor()
        .post("/api/auth/reset-password", form)
        .await
}

#[tokio::test]
async fn whoever_has_the_link_chooses_a_password_once() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let reply = offer(&admin, alice.id()).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let reset = reply.expect(201);
    let code = &reset["code"];
    assert_eq!(
        reset["link"],
        format!("/app/reset#{}", code.as_str().unwrap())
    );
    let detail = format!("/api/admin/users/{}", alice.id());
    let account = admin.get(&detail).await.expect(200);
    assert_eq!(account["reset_expires_at"], reset["expires_at"]);
    assert!(!account.to_string().contains(code.as_str().unwrap()));
    assert_eq!(account["sessions"], 1);

    // Until it is used, nothing has changed, and a password that does not hold leaves it alone.
    alice.get("/api/auth/me").await.expect(200);
    choose(&server, code, "short")
        .await
        .problem(400, "weak_password");
    choose(&server, &json!("made up"), NEW)
        .await
        .problem(400, "invalid_reset_code");
    let socket = alice.socket().await;
    let both = tokio::join!(choose(&server, code, NEW), choose(&server, code, NEW));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 400], "once");
    socket.closed().await;
    alice.get("/api/auth/me").await.problem(401, "unauthorized");
    let sign_in = async |password: &str| {
        let form = json!({ "username": "alice", "password": password });
        server.visitor().post("/api/auth/login", form).await
    };
    sign_in(alice.password())
        .await
        .problem(401, "bad_credentials");
    sign_in(NEW).await.expect(200);

    let log = entries(&admin, &format!("subject=user&subject_id={}", alice.id())).await;
    let id = Some(alice.id());
    assert_eq!(
        acts(&log),
        [("password_reset_offered", id), ("password_reset", id)]
    );
    assert_eq!(log[1]["actor"]["username"], "alice");
    assert!(!json!(log).to_string().contains(code.as_str().unwrap()));
}

#[tokio::test]
async fn a_link_ends_with_its_hour_with_the_next_and_with_the_account() {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    let server = Server::setup().with_clock(clock).start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let first = offer(&admin, alice.id()).await.expect(201);
    let second = offer(&admin, alice.id()).await.expect(201);
    let refused = async |reset: &Value| {
        let reply = choose(&server, &reset["code"], NEW).await;
        reply.problem(400, "invalid_reset_code");
    };
    refused(&first).await;
    server.clock().advance(Duration::from_hours(1));
    refused(&second).await;
    let admin = admin.another_device().await;
    let third = offer(&admin, alice.id()).await.expect(201);
    let path = format!("/api/admin/users/{}", alice.id());
    let off = json!({ "status": "inactive" });
    admin.put(&path, off).await.expect(200);
    refused(&third).await;
    offer(&admin, alice.id())
        .await
        .problem(409, "invalid_state");
    let on = json!({ "status": "active" });
    admin.put(&path, on).await.expect(200);
    refused(&third).await;
    let guest = server.guest("passing by").await;
    offer(&admin, guest.id())
        .await
        .problem(409, "invalid_state");
    offer(&admin, 999_999).await.problem(404, "not_found");
    let fourth = offer(&admin, alice.id()).await.expect(201);
    let alice = alice.another_device().await;
    let change = json!({ "old_password": alice.password(), "new_password": NEW });
    alice
        .put("/api/auth/change-password", change)
        .await
        .expect(204);
    refused(&fourth).await;
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let server = Server::setup().with_limits().start().await;
    for _ in 0..10 {
        choose(&server, &json!("a guess"), NEW)
            .await
            .problem(400, "invalid_reset_code");
    }
    choose(&server, &json!("a guess"), NEW)
        .await
        .problem(429, "rate_limited");
}

#[tokio::test]
async fn accounts_and_sign_ins_are_found_by_what_they_are() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let guest = server.guest("passing by").await;
    let ids = async |path: &str| {
        let page = admin.get(path).await.expect(200);
        let ids = page["items"].as_array().unwrap().iter();
        ids.map(|a| a["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("/api/admin/users?is_guest=true").await, [guest.id()]);
    let people = [admin.id(), alice.id()];
    assert_eq!(ids("/api/admin/users?is_guest=false").await, people);
    assert_eq!(ids("/api/admin/users?username=ALICE").await, [alice.id()]);
    assert_eq!(ids("/api/admin/users?username=ali").await, [0; 0]);

    let wrong = json!({ "username": "alice", "password": "guessed" });
    server
        .visitor()
        .post("/api/auth/login", wrong)
        .await
        .expect(401);
    let count = async |query: &str| {
        let path = format!("/api/admin/logins?{query}");
        let page = admin.get(&path).await.expect(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count("succeeded=false").await, 1);
    assert_eq!(count("address=127.0.0.1").await, count("").await);
    assert_eq!(count("address=198.51.100.7").await, 0);
    assert_eq!(count("since=2100-01-01T00:00:00Z").await, 0);
    assert_eq!(count("until=2100-01-01T00:00:00Z&succeeded=false").await, 1);
    for bad in [
        "/api/admin/users?username=%00",
        "/api/admin/users?is_guest=maybe",
        "/api/admin/logins?address=%00",
        "/api/admin/logins?since=yesterday",
    ] {
        admin.get(bad).await.problem(400, "invalid_param");
    }
}
