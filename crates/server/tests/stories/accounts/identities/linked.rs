//! Sign-ins elsewhere that open one's account.

use super::{come, place, settle, started};
use aws_lc_rs::hmac;
use parlor_testkit::{Person, Provider, Server, Value, json};
use std::time::Duration;

const LINK: &str = "/api/auth/oauth/work/link";

/// Links what somebody is at the provider to who they are here; what the browser is answered in the end.
async fn link(
    person: &Person,
    server: &Server,
    provider: &Provider,
    subject: &str,
) -> parlor_testkit::Reply {
    let begun = person.post(LINK, Value::Null).await;
    let cookie = begun.header("set-cookie").expect("a cookie").to_owned();
    let page = begun.expect(200)["url"].as_str().unwrap().to_owned();
    let back = provider.sign_in(&page, json!({ "sub": subject }));
    let pair = cookie.split(';').next().unwrap();
    let visitor = server.visitor();
    visitor
        .send(visitor.request("GET", &back).header("cookie", pair))
        .await
}

#[tokio::test]
async fn who_is_signed_in_links_and_comes_in_that_way_too() {
    let (server, provider) = started().await;
    let alice = server.person("alice").await;
    link(&alice, &server, &provider, "a1").await.expect(204);
    link(&alice, &server, &provider, "a1").await.expect(204);
    let linked = alice.get("/api/auth/identities").await.expect(200);
    assert_eq!(linked["items"].as_array().unwrap().len(), 1);
    assert_eq!(linked["items"][0]["last_used_at"], Value::Null);
    let browser = server.browser();
    assert_eq!(
        come(&browser, &provider, json!({ "sub": "a1" })).await,
        "/app/rooms/7"
    );
    assert_eq!(
        browser.get("/api/auth/me").await.expect(200)["id"],
        alice.id()
    );
    // It opens one account, and that of nobody else.
    let bob = server.person("bob").await;
    link(&bob, &server, &provider, "a1")
        .await
        .problem(409, "identity_taken");
    // Others know nothing of it, and cannot take it away.
    let id = linked["items"][0]["id"].as_i64().unwrap();
    let path = format!("/api/auth/identities/{id}");
    bob.delete(&path).await.problem(404, "not_found");
    alice.delete(&path).await.expect(204);
    let found = come(&server.browser(), &provider, json!({ "sub": "a1" })).await;
    assert!(found.starts_with("/app/newcomer#"), "{found}");
    // What is linked goes into one's archive.
    link(&alice, &server, &provider, "a2").await.expect(204);
    let accounts = &server.app().accounts;
    let sql = server.app().kernel.db.read();
    let records = accounts
        .records(sql, alice.id(), server.clock().now())
        .await
        .unwrap();
    let of = |part: &str| {
        records
            .iter()
            .filter(|(at, _)| *at == part)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("identities")[0].1["subject"], "a2");
    assert!(of("logins").iter().any(|(_, it)| it["provider"] == "work"));
}

#[tokio::test]
async fn linking_takes_a_fresh_proof_and_the_session_that_began() {
    let (server, provider) = started().await;
    let alice = server.person("alice").await;
    let begun = alice.post(LINK, Value::Null).await;
    let cookie = begun
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let page = begun.expect(200)["url"].as_str().unwrap().to_owned();
    let back = provider.sign_in(&page, json!({ "sub": "a1" }));
    alice
        .post("/api/auth/logout", Value::Null)
        .await
        .expect(204);
    let visitor = server.visitor();
    let late = visitor
        .send(visitor.request("GET", &back).header("cookie", cookie))
        .await;
    late.problem(400, "invalid_sign_in");
    let alice = alice.another_device().await;
    server.clock().advance(Duration::from_secs(630));
    alice
        .post(LINK, Value::Null)
        .await
        .problem(403, "step_up_required");
    let visitor = server.visitor();
    visitor
        .post(LINK, Value::Null)
        .await
        .problem(401, "unauthorized");
    let guest = server.guest("gus").await;
    guest
        .post(LINK, Value::Null)
        .await
        .problem(403, "guest_not_allowed");
}

#[tokio::test]
async fn the_last_way_in_stays_until_there_is_a_password() {
    let (server, provider) = started().await;
    let browser = settle(&server, &provider, "alice").await;
    let linked = browser.get("/api/auth/identities").await.expect(200);
    let path = format!("/api/auth/identities/{}", linked["items"][0]["id"]);
    browser.delete(&path).await.problem(409, "last_way_in");
    // A proof is needed again after a while, and without a password the provider gives it.
    server.clock().advance(Duration::from_mins(11));
    browser.delete(&path).await.problem(403, "step_up_required");
    let proof = "/api/auth/oauth/work/proof?return_to=/app/account";
    let page = browser.post(proof, Value::Null).await.expect(200)["url"].clone();
    let page = page.as_str().unwrap();
    assert!(
        page.contains("prompt=login") && page.contains("max_age=0"),
        "{page}"
    );
    // Whoever is signed in there already has proved nothing, nor has somebody else.
    let long_ago = json!({ "sub": "alice", "auth_time": 1_600_000_000 });
    let stale = place(&browser.open(&provider.sign_in(page, long_ago)).await);
    assert_eq!(stale, "/app/account#problem=invalid_id_token");
    let page = browser.post(proof, Value::Null).await.expect(200)["url"].clone();
    let back = provider.sign_in(page.as_str().unwrap(), json!({ "sub": "mallory" }));
    let other = place(&browser.open(&back).await);
    assert_eq!(other, "/app/account#problem=provider_refused");
    let password = json!({ "new_password": "a path through the wood" });
    let refused = browser.post("/api/auth/password", password.clone()).await;
    refused.problem(403, "step_up_required");
    let page = browser.post(proof, Value::Null).await.expect(200)["url"].clone();
    let back = provider.sign_in(page.as_str().unwrap(), json!({ "sub": "alice" }));
    assert_eq!(place(&browser.open(&back).await), "/app/account#proved");
    let weak = browser
        .post("/api/auth/password", json!({ "new_password": "password" }))
        .await;
    weak.problem(400, "weak_password");
    browser
        .post("/api/auth/password", password.clone())
        .await
        .expect(204);
    let twice = browser.post("/api/auth/password", password).await;
    twice.problem(409, "invalid_state");
    browser.delete(&path).await.expect(204);
    let login = json!({ "username": "alice", "password": "a path through the wood" });
    server
        .visitor()
        .post("/api/auth/login", login)
        .await
        .expect(200);
}

/// A code of an authenticator app, at the server's time (RFC 6238).
fn code(server: &Server, secret: &str) -> String {
    let value = |letter| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|b| *b == letter)
    };
    let bits: Vec<usize> = secret
        .bytes()
        .flat_map(|letter| {
            (0..5)
                .rev()
                .map(move |bit| value(letter).unwrap() >> bit & 1)
        })
        .collect();
    let byte = |bits: &[usize]| {
        bits.iter()
            .fold(0_u8, |sum, bit| sum << 1 | u8::from(*bit == 1))
    };
    let key: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &(server.clock().now().0 / 30_000).to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let four: [u8; 4] = tag.as_ref()[at..at + 4].try_into().unwrap();
    format!(
        "{:06}",
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
    )
}

#[tokio::test]
async fn a_second_factor_is_asked_for_by_whomever_one_signs_in() {
    let (server, provider) = started().await;
    let browser = settle(&server, &provider, "alice").await;
    let shown = browser
        .post("/api/auth/factors/totp", json!({}))
        .await
        .expect(200);
    let secret = shown["secret"].as_str().unwrap().to_owned();
    let confirm = json!({ "code": code(&server, &secret) });
    browser
        .post("/api/auth/factors/totp/confirm", confirm)
        .await
        .expect(200);
    let other = server.browser();
    let found = come(&other, &provider, json!({ "sub": "alice" })).await;
    let pending = found.strip_prefix("/app/sign-in#factor=").expect(&found);
    other.get("/api/auth/me").await.problem(401, "unauthorized");
    server.clock().advance(Duration::from_secs(30));
    // Another provider's name on it is a forgery.
    let forged = pending.replace(".work", ".play");
    let form = |token: &str, code: &str| json!({ "pending_token": token, "code": code });
    let right = code(&server, &secret);
    let refused = other
        .post("/api/auth/login/factor", form(&forged, &right))
        .await;
    refused.problem(401, "unauthorized");
    let wrong = other
        .post("/api/auth/login/factor", form(pending, "000000"))
        .await;
    wrong.problem(400, "invalid_code");
    other
        .post("/api/auth/login/factor", form(pending, &right))
        .await
        .expect(200);
    let log = other.get("/api/auth/logins").await.expect(200);
    for (at, succeeded) in [(0, true), (1, false)] {
        let record = &log["items"][at];
        assert_eq!(
            (&record["provider"], &record["factor"]),
            (&json!("work"), &json!("totp"))
        );
        assert_eq!(record["succeeded"], succeeded);
    }
    // And the factor, not the provider, is what proves it anew.
    let proof = other.post("/api/auth/oauth/work/proof", Value::Null).await;
    proof.problem(409, "invalid_state");
}
