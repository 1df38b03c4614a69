//! Signing up.

use super::{form, with};
use parlor_testkit::{Server, json};

#[tokio::test]
async fn alice_signs_up_and_is_signed_in() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let form = with(form("alice"), "nickname", json!(" Alice L. "));
    let signed_up = visitor.post("/api/auth/register", form).await;
    assert_eq!(signed_up.header("cache-control"), Some("no-store"));
    let signed_up = signed_up.expect(201);
    assert_eq!(signed_up["expires_in"], 600);
    assert_eq!(signed_up["user"]["nickname"], "Alice L.");
    assert_eq!(signed_up["user"]["role"], "user");
    assert!(signed_up["user"]["privacy_policy_accepted_at"].is_string());

    let token = signed_up["access_token"].as_str().unwrap().to_owned();
    visitor.set_token(Some(token));
    let me = visitor.get("/api/auth/me").await.expect(200);
    assert_eq!(me, signed_up["user"]);
    assert!(
        !me.to_string().contains("a long walk") && me["has_password"] == true,
        "{me}"
    );
}

#[tokio::test]
async fn what_does_not_hold_is_refused_with_its_reason() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let long = "x".repeat(1025);
    for (field, value, code) in [
        ("username", json!("a"), "invalid_field"),
        ("username", json!("a".repeat(49)), "invalid_field"),
        ("username", json!("ab\u{202e}cd"), "invalid_field"),
        ("username", json!("z\u{337}a\u{337}lgo"), "invalid_field"),
        ("username", json!("admin."), "invalid_field"),
        ("username", json!("аdmin"), "invalid_field"),
        ("username", json!("guest-7"), "name_taken"),
        ("username", json!({ "$ne": null }), "invalid_field"),
        ("username", json!(["bob"]), "invalid_field"),
        ("username", json!(null), "invalid_field"),
        ("email", json!("not an address"), "invalid_field"),
        ("email", json!("bob@localhost"), "invalid_field"),
        ("password", json!("short"), "weak_password"),
        ("password", json!("password123"), "weak_password"),
        ("password", json!("I am BOB, really"), "weak_password"),
        ("password", json!(long), "weak_password"),
        (
            "privacy_policy_accepted",
            json!(false),
            "policy_not_accepted",
        ),
        ("privacy_policy_accepted", json!("true"), "invalid_field"),
        ("nickname", json!("a\u{2066}b"), "invalid_field"),
        ("nickname", json!("x".repeat(65)), "invalid_field"),
        ("setup_code", json!("guessed"), "invalid_setup_code"),
        ("is_admin", json!(true), "unknown_field"),
        ("role", json!("admin"), "unknown_field"),
        ("id", json!(1), "unknown_field"),
    ] {
        let reply = visitor
            .post("/api/auth/register", with(form("bob"), field, value))
            .await;
        let status = if code == "name_taken" { 409 } else { 400 };
        let problem = reply.problem(status, code);
        if code == "invalid_field" || code == "unknown_field" {
            assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        }
    }
    let missing = json!({ "username": "bob" });
    let reply = visitor.post("/api/auth/register", missing).await;
    reply.problem(400, "invalid_field");
    // Nothing of all this made an account.
    visitor
        .post("/api/auth/register", form("bob"))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_body_says_everything_once_and_as_json() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let twice = r#"{"username":"bob","username":"eve","email":"b@example.org","password":"a long walk","privacy_policy_accepted":true}"#;
    let send = |kind: &'static str, body: &'static str| {
        let request = visitor.request("POST", "/api/auth/register");
        visitor.send(request.header("content-type", kind).body(body))
    };
    let json = "application/json";
    send(json, twice).await.problem(400, "duplicate_key");
    send(json, "{").await.problem(400, "invalid_json");
    send(json, r#"{"username":"\ud800"}"#)
        .await
        .problem(400, "invalid_text");
    send("text/plain", twice)
        .await
        .problem(415, "unsupported_media_type");
    send("application/x-www-form-urlencoded", "username=bob")
        .await
        .problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_name_belongs_to_one_person_however_it_is_written() {
    let server = Server::start().await;
    server.person("admin").await;
    let visitor = server.visitor();
    let register = |username: &str| {
        let form = with(form("bob"), "username", json!(username));
        visitor.post("/api/auth/register", form)
    };
    for name in ["admin", "ADMIN", "ＡＤＭＩＮ", "αdmιn"] {
        let reply = register(name).await;
        assert!(matches!(reply.status, 400 | 409), "{name}: {}", reply.text);
    }
    register("ADMIN").await.problem(409, "name_taken");
    // All of Cyrillic, and still the same to the eye.
    register("соре").await.expect(201);
    let other = with(form("cope"), "email", json!("cope@example.org"));
    visitor
        .post("/api/auth/register", other)
        .await
        .problem(409, "name_taken");
}

#[tokio::test]
async fn an_address_belongs_to_one_account_whatever_its_case() {
    let server = Server::start().await;
    server.person("alice").await;
    let form = with(form("bob"), "email", json!("ALICE@Example.ORG"));
    let reply = server.visitor().post("/api/auth/register", form).await;
    reply.problem(409, "email_taken");
}

#[tokio::test]
async fn names_of_many_scripts_are_names() {
    let server = Server::start().await;
    for (n, name) in ["李明", "さくら", "Алиса", "Nguyễn", "한글", "x_y-z.1"]
        .iter()
        .enumerate()
    {
        let form = with(form(&format!("person{n}")), "username", json!(name));
        let signed_up = server.visitor().post("/api/auth/register", form).await;
        assert_eq!(signed_up.expect(201)["user"]["username"], *name);
    }
}

#[tokio::test]
async fn of_two_who_want_a_name_at_once_one_gets_it() {
    let server = Server::start().await;
    let tries = (0..6).map(|n| {
        let visitor = server.visitor();
        let form = with(form("alice"), "email", json!(format!("a{n}@example.org")));
        async move { visitor.post("/api/auth/register", form).await.status }
    });
    let mut statuses = futures_util::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn an_address_signs_up_five_people_an_hour() {
    let server = Server::setup().with_limits().start().await;
    let visitor = server.visitor();
    // What does not hold does not count.
    for _ in 0..8 {
        let form = with(form("bob"), "password", json!("short"));
        let reply = visitor.post("/api/auth/register", form).await;
        reply.problem(400, "weak_password");
    }
    for n in 0..5 {
        let form = form(&format!("bob{n}"));
        visitor.post("/api/auth/register", form).await.expect(201);
    }
    let reply = visitor.post("/api/auth/register", form("bob5")).await;
    assert!(reply.header("retry-after").is_some());
    let problem = reply.problem(429, "rate_limited");
    assert!(problem["retry_after_ms"].as_u64().unwrap() > 0);
}
