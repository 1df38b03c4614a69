//! Signing in, and the tokens one gets for it.

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use parlor::kernel::db::Sql as _;
use parlor_testkit::{Server, Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn alice_signs_in_by_name_or_by_address() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for name in ["alice", "ALICE", "ａｌｉｃｅ", "Alice@Example.org"] {
        let form = json!({ "username": name, "password": alice.password() });
        let signed_in = server.visitor().post("/api/auth/login", form).await;
        assert_eq!(signed_in.expect(200)["user"]["id"], alice.id(), "{name}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_name_that_nobody_has_look_the_same() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let mut answers = Vec::new();
    for (name, password) in [
        ("alice", "not her password"),
        ("nobody", "not her password"),
        ("alice@example.org", "not her password"),
        ("nobody@example.org", "not her password"),
        ("alice", ""),
        ("", ""),
        ("' OR 1=1 --", "x"),
        ("al\u{0}ice", "x"),
    ] {
        let form = json!({ "username": name, "password": password });
        let reply = server.visitor().post("/api/auth/login", form).await;
        let mut problem = reply.problem(401, "bad_credentials");
        problem["request_id"] = Value::Null;
        answers.push(problem);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let long = json!({ "username": "alice", "password": "x".repeat(60_000) });
    let reply = server.visitor().post("/api/auth/login", long).await;
    reply.problem(401, "bad_credentials");
    let form = json!({ "username": "alice", "password": alice.password(), "admin": true });
    let reply = server.visitor().post("/api/auth/login", form).await;
    reply.problem(400, "unknown_field");
}

#[tokio::test]
async fn a_name_that_nobody_has_takes_as_long_as_a_wrong_password() {
    let server = Server::start().await;
    server.person("alice").await;
    let visitor = server.visitor();
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..9 {
        for (name, times) in ["alice", "nobody"].iter().zip(&mut times) {
            let form = json!({ "username": name, "password": "not her password" });
            let begin = Instant::now();
            visitor.post("/api/auth/login", form).await;
            times.push(begin.elapsed());
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    assert!(
        unknown > known / 2 && unknown < known * 2,
        "a known name takes {known:?}, an unknown one {unknown:?}"
    );
}

#[tokio::test]
async fn a_password_that_was_hashed_with_less_is_hashed_anew() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let params = Params::new(8 * 1024, 1, 1, None).unwrap();
    let weaker = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let weaker = weaker.hash_password(alice.password().as_bytes()).unwrap();
    let db = &server.app().kernel.db;
    let statement = "UPDATE accounts SET password_hash = ? WHERE id = ?";
    let values = parlor::args![weaker.to_string(), alice.id()];
    db.write().run(statement, values).await.unwrap();

    alice.another_device().await;
    let statement = "SELECT password_hash FROM accounts WHERE id = ?";
    let stored = db.read().scalar(statement, parlor::args![alice.id()]);
    let stored: String = stored.await.unwrap().unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    alice.another_device().await;
}

#[tokio::test]
async fn the_eleventh_guess_of_a_password_has_to_wait() {
    let server = Server::setup().with_limits().start().await;
    let alice = server.person("alice").await;
    let visitor = server.visitor();
    let guess = |name: &str| {
        visitor.post(
            "/api/auth/login",
            json!({ "username": name, "password": "guessed" }),
        )
    };
    for n in 0..10 {
        // By any of its names it is the same account.
        let name = ["alice", "ALICE", "alice@example.org"][n % 3];
        guess(name).await.problem(401, "bad_credentials");
    }
    guess("alice").await.problem(429, "rate_limited");
    let right = json!({ "username": "alice", "password": alice.password() });
    let reply = visitor.post("/api/auth/login", right).await;
    reply.problem(429, "rate_limited");
    guess("bob").await.problem(401, "bad_credentials");
    // Who is signed in already is not disturbed.
    alice.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn only_a_token_of_this_server_and_kind_signs_in() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let token = alice.token().unwrap();
    let (text, signature) = token.rsplit_once('.').unwrap();
    let (_, claims) = text.split_once('.').unwrap();
    // {"alg":"none","typ":"at+jwt"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{claims}.");
    let other = format!("{text}.{}", signature.replace(&signature[..4], "AAAA"));
    for forged in [
        unsigned,
        other,
        alice.refresh_token(),
        String::from("x"),
        String::new(),
        "a.b.c".to_owned(),
        "é".repeat(3000),
    ] {
        let visitor = server.visitor();
        let request = visitor
            .request("GET", "/api/auth/me")
            .header("authorization", format!("Bearer {forged}"));
        let reply = visitor.send(request).await;
        reply.problem(401, "unauthorized");
    }
    server
        .visitor()
        .get("/api/auth/me")
        .await
        .problem(401, "unauthorized");
    let check = server.visitor().get("/api/auth/check").await.expect(200);
    assert_eq!(check, json!({ "authenticated": false }));
    let check = alice.get("/api/auth/check").await.expect(200);
    assert_eq!(check["authenticated"], true);
    assert_eq!(check["user"]["username"], "alice");
}

#[tokio::test]
async fn every_attempt_is_in_the_login_log() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let visitor = server.visitor();
    for password in ["wrong one", "wrong two"] {
        let form = json!({ "username": "alice", "password": password });
        let request = visitor
            .request("POST", "/api/auth/login")
            .header("user-agent", "Browser\t of Mallory");
        visitor.send(request.json(&form)).await.expect(401);
    }
    alice.another_device().await;
    let log = alice.get("/api/auth/logins?limit=3").await.expect(200);
    let succeeded: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["succeeded"].as_bool().unwrap())
        .collect();
    assert_eq!(succeeded, [true, false, false]);
    assert_eq!(log["items"][1]["user_agent"], "Browser of Mallory");
    assert_eq!(log["items"][1]["address"], "127.0.0.1");

    let next = log["next"].as_str().unwrap();
    let path = format!("/api/auth/logins?cursor={next}");
    let rest = alice.get(&path).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next"], Value::Null);

    let bob = server.person("bob").await;
    bob.get(&path).await.problem(400, "invalid_cursor");
    for bad in ["cursor=forged", "cursor="] {
        let reply = alice.get(&format!("/api/auth/logins?{bad}")).await;
        reply.problem(400, "invalid_cursor");
    }
    for bad in [
        "limit=0",
        "limit=-1",
        "limit=NaN",
        "limit=1e9",
        "limit=201",
        "user_id=1",
    ] {
        let reply = alice.get(&format!("/api/auth/logins?{bad}")).await;
        reply.problem(400, "invalid_param");
    }
}
