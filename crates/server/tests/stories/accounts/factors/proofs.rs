//! Proving anew who one is, and being let in by somebody else where everything is lost.

use super::{STEP, TOTP, enrol, first_step, new_password, second_step, started};
use parlor_testkit::{Person, Reply, Value, json};
use std::time::Duration;

/// Access tokens are short-lived; the session goes on.
async fn refresh(person: &Person, token: &mut String) {
    let form = json!({ "refresh_token": token });
    let pair = person.post("/api/auth/refresh", form).await.expect(200);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    person.set_token(Some(text(&pair["access_token"])));
    *token = text(&pair["refresh_token"]);
}

#[tokio::test]
async fn what_cannot_be_undone_wants_a_proof_that_is_recent() {
    let server = started().await;
    let (alice, sys) = (
        server.person("alice").await,
        server.administrator("sys").await,
    );
    let (app, _) = enrol(&server, &alice).await;
    let role = format!("/api/admin/users/{}", alice.id());
    let factors = format!("{role}/factors");
    let no = |reply: Reply| drop(reply.problem(403, "step_up_required"));
    let (mut alices, mut syss) = (alice.refresh_token(), sys.refresh_token());
    app.clock.advance(Duration::from_mins(10) + STEP);
    refresh(&alice, &mut alices).await;
    refresh(&sys, &mut syss).await;
    let email = json!({ "email": "elsewhere@example.org" });
    no(alice.delete("/api/auth/me").await);
    no(alice.put("/api/auth/profile", email.clone()).await);
    no(alice.post(TOTP, json!({})).await);
    no(alice.delete(TOTP).await);
    no(alice
        .post("/api/auth/factors/recovery-codes", json!({}))
        .await);
    no(sys.put(&role, json!({ "role": "admin" })).await);
    no(sys.put(&role, json!({ "status": "inactive" })).await);
    no(sys.delete(&factors).await);
    no(sys
        .post(&format!("{role}/password-reset"), json!(null))
        .await);
    no(sys
        .put("/api/admin/retention", json!({ "public_rooms": 1 }))
        .await);
    no(sys.delete("/api/admin/holds/1").await);
    no(alice
        .put("/api/auth/change-password", new_password(&alice))
        .await);
    // What is no danger goes on, and so does a change that takes the password itself.
    let same = json!({ "email": "alice@example.org", "bio": "hello" });
    alice.put("/api/auth/profile", same).await.expect(200);
    sys.put(&role, json!({ "status": "active" }))
        .await
        .expect(200);

    let proof = "/api/auth/step-up";
    for (form, status, code) in [
        // Who has a factor shows it: a password may be known to whoever holds the device.
        (
            json!({ "password": alice.password() }),
            400,
            "invalid_field",
        ),
        (json!({ "code": "000000" }), 400, "invalid_code"),
        (json!({}), 400, "invalid_field"),
        (
            json!({ "password": "x", "code": "y" }),
            400,
            "invalid_field",
        ),
    ] {
        alice.post(proof, form).await.problem(status, code);
    }
    let code = json!({ "code": app.next_code() });
    alice.post(proof, code.clone()).await.expect(204);
    alice.post(proof, code).await.problem(400, "invalid_code");
    alice.put("/api/auth/profile", email).await.expect(200);
    let password = json!({ "password": "wrong" });
    sys.post(proof, password)
        .await
        .problem(401, "bad_credentials");
    let password = json!({ "password": sys.password() });
    sys.post(proof, password).await.expect(204);
    sys.put(&role, json!({ "role": "admin" })).await.expect(200);
    // A proof is its session's, not the account's.
    app.clock.advance(Duration::from_mins(10) + STEP);
    refresh(&alice, &mut alices).await;
    let pending = first_step(&server.visitor(), &alice).await;
    let visitor = server.visitor();
    second_step(&visitor, &pending, &app.next_code())
        .await
        .expect(200);
    no(alice.delete("/api/auth/me").await);
}

#[tokio::test]
async fn who_lost_everything_is_let_in_by_an_administrator() {
    let server = started().await;
    let (alice, sys) = (
        server.person("alice").await,
        server.administrator("sys").await,
    );
    enrol(&server, &alice).await;
    let socket = alice.socket().await;
    let account = format!("/api/admin/users/{}", alice.id());
    let shown = sys.get(&account).await.expect(200);
    assert_eq!(shown["factors"]["recovery_codes_left"], 10);
    assert!(shown["factors"]["totp_since"].is_string());
    let path = format!("{account}/factors");
    alice.delete(&path).await.problem(403, "forbidden");
    sys.delete(&path).await.expect(204);
    socket.closed().await;
    alice.get("/api/auth/me").await.problem(401, "unauthorized");
    let back = alice.another_device().await;
    let factors = back.get("/api/auth/factors").await.expect(200);
    assert_eq!(factors["recovery_codes_left"], 0);
    sys.delete(&path).await.problem(409, "invalid_state");
    let log = sys.get("/api/admin/audit?action=factors_removed").await;
    let log = log.expect(200);
    let entries = log["items"].as_array().expect("a list");
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["actor"]["username"], "sys");
    assert_eq!(entries[0]["user"]["username"], "alice");
}

#[tokio::test]
async fn clients_of_older_systems_are_not_asked_for_a_proof_that_they_cannot_give() {
    let server = started().await;
    let alice = server.person("alice").await;
    let form = json!({ "username": "alice", "password": alice.password() });
    let old = server.visitor();
    let entry = old.post("/users/login", form).await.expect(200);
    let token = entry["token"].as_str().or(entry["access_token"].as_str());
    old.set_token(Some(token.expect("a token").to_owned()));
    server.clock().advance(Duration::from_hours(1));
    let email = json!({ "email": "elsewhere@example.org" });
    old.put("/users/me", email).await.expect(200);
    let deleted = old.delete("/users/me").await;
    assert!(deleted.status < 300, "{}", deleted.status);
}
