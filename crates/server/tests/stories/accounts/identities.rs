//! Signing in by others.

mod dialects;
mod linked;
mod wrong;

use parlor::kernel::clock::Clock;
use parlor::kernel::config::ProviderKind;
use parlor_protocol::Timestamp;
use parlor_testkit::{Browser, Provider, Reply, Server, Value, json};

const BEGIN: &str = "/api/auth/oauth/work?return_to=/app/rooms/7&remember=true";

/// A server, and a provider of OpenID Connect called `work`.
async fn started() -> (Server, Provider) {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    let provider = Provider::start(clock.clone()).await;
    let settings = provider.settings("work", ProviderKind::Oidc);
    let setup = Server::setup().with_clock(clock);
    let server = setup.with_providers(vec![settings]).start().await;
    (server, provider)
}

fn place(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.header("location").expect("a place").to_owned()
}

/// Somebody goes to the provider, signs in there, and is sent back: where they end.
async fn come(browser: &Browser, provider: &Provider, claims: Value) -> String {
    let page = place(&browser.open(BEGIN).await);
    place(&browser.open(&provider.sign_in(&page, claims)).await)
}

/// The form of a newcomer, with what they were led to.
fn form(place: &str, username: &str) -> Value {
    let token = place.strip_prefix("/app/newcomer#").expect(place);
    json!({ "pending_token": token, "username": username, "privacy_policy_accepted": true })
}

/// Somebody who has signed up that way.
async fn settle(server: &Server, provider: &Provider, name: &str) -> Browser {
    let browser = server.browser();
    let place = come(&browser, provider, json!({ "sub": name })).await;
    let made = browser.post("/api/auth/oauth/register", form(&place, name));
    made.await.expect(201);
    browser
}

#[tokio::test]
async fn a_newcomer_accepts_the_policy_once_and_comes_in_directly_from_then_on() {
    let (server, provider) = started().await;
    let browser = server.browser();
    let offered = browser.get("/api/auth/oauth").await.expect(200);
    assert_eq!(
        offered["items"],
        json!([{ "name": "work", "label": "work" }])
    );
    let begun = browser.open(BEGIN).await;
    let cookie = begun.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    let page = place(&begun);
    for part in [
        "code_challenge_method=S256",
        "nonce=",
        "scope=openid+profile+email",
    ] {
        assert!(page.contains(part), "{page}");
    }
    let alice = json!({
        "sub": "248289", "preferred_username": "Alice Liddell", "name": "Alice",
        "email": "alice@example.org", "email_verified": true,
    });
    let back = provider.sign_in(&page, alice.clone());
    let place_found = place(&browser.open(&back).await);
    let form = form(&place_found, "alice");
    // Nothing is there yet, and nobody else can go on.
    let token = json!({ "pending_token": form["pending_token"] });
    let elsewhere = server.browser();
    let elsewhere = elsewhere.post("/api/auth/oauth/newcomer", token.clone());
    elsewhere.await.problem(400, "invalid_sign_in");
    let newcomer = browser
        .post("/api/auth/oauth/newcomer", token)
        .await
        .expect(200);
    assert_eq!(
        newcomer,
        json!({
            "provider": "work", "label": "work", "username": "Alice_Liddell", "nickname": "Alice",
            "email": "alice@example.org",
        })
    );
    let mut refusing = form.clone();
    refusing["privacy_policy_accepted"] = json!(false);
    let refused = browser.post("/api/auth/oauth/register", refusing).await;
    refused.problem(400, "policy_not_accepted");
    let mut keeping = form.clone();
    keeping["keep_email"] = json!(true);
    let made = browser.post("/api/auth/oauth/register", keeping).await;
    assert!(
        made.header("set-cookie")
            .is_some_and(|it| it.contains("Max-Age=7776000"))
    );
    let me = made.expect(201)["user"].clone();
    assert_eq!(me["username"], "alice");
    assert_eq!(me["email"], "alice@example.org");
    assert_eq!(
        (&me["provider"], &me["provider_id"]),
        (&json!("work"), &json!("248289"))
    );
    assert_eq!(me["has_password"], false);
    assert!(me["privacy_policy_accepted_at"].is_string());
    // The same form makes no second account.
    let again = browser.post("/api/auth/oauth/register", form).await;
    again.problem(409, "identity_taken");

    let other = server.browser();
    let page = place(&other.open(BEGIN).await);
    let entered = other.open(&provider.sign_in(&page, alice)).await;
    let cookie = entered.header("set-cookie").expect("a cookie");
    assert!(
        cookie.contains("parlor_session=") && cookie.contains("Max-Age="),
        "{cookie}"
    );
    assert_eq!(place(&entered), "/app/rooms/7");
    assert_eq!(other.get("/api/auth/me").await.expect(200)["id"], me["id"]);
    let log = other.get("/api/auth/logins").await.expect(200);
    let providers: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["provider"])
        .collect();
    assert_eq!(providers, ["work", "work"]);
    // There is no password to guess.
    for password in ["", "null", "a long walk by the river"] {
        let login = json!({ "username": "alice", "password": password });
        let refused = server.visitor().post("/api/auth/login", login).await;
        refused.problem(401, "bad_credentials");
    }
}

#[tokio::test]
async fn programs_are_answered_where_browsers_are_led() {
    let (server, provider) = started().await;
    settle(&server, &provider, "alice").await;
    let browser = server.browser();
    let page = place(&browser.get("/api/auth/oauth/work").await);
    let back = provider.sign_in(&page, json!({ "sub": "alice" }));
    let signed = browser.get(&back).await.expect(200);
    assert!(signed["access_token"].is_string());
    assert_eq!(signed["user"]["username"], "alice");
    browser.get(&back).await.problem(400, "invalid_sign_in");
    browser
        .get("/api/auth/oauth/none")
        .await
        .problem(404, "not_found");
    let evil = "/api/auth/oauth/work?return_to=//evil.example";
    browser.get(evil).await.problem(400, "invalid_param");
    let page = place(&browser.get("/api/auth/oauth/work").await);
    let back = provider.sign_in(&page, json!({ "sub": "bob" }));
    let first = browser.get(&back).await.problem(403, "first_sign_in");
    assert!(first["pending_token"].is_string());
}

#[tokio::test]
async fn who_may_not_sign_in_with_a_password_may_not_by_others_either() {
    let (server, provider) = started().await;
    let browser = settle(&server, &provider, "alice").await;
    let id = browser.get("/api/auth/me").await.expect(200)["id"].clone();
    let sys = server.administrator("sys").await;
    let path = format!("/api/admin/users/{id}");
    sys.put(&path, json!({ "status": "inactive" }))
        .await
        .expect(200);
    let alice = json!({ "sub": "alice" });
    let refused = come(&server.browser(), &provider, alice.clone()).await;
    assert_eq!(refused, "/app/sign-in#problem=account_inactive");
    let log = sys
        .get("/api/admin/logins?succeeded=false")
        .await
        .expect(200);
    assert_eq!(log["items"][0]["provider"], "work");
    sys.put(&path, json!({ "status": "active" }))
        .await
        .expect(200);
    let browser = server.browser();
    assert_eq!(
        come(&browser, &provider, alice.clone()).await,
        "/app/rooms/7"
    );
    // With the account its links go: the same person would be a new one.
    browser.delete("/api/auth/me").await.expect(204);
    let place = come(&server.browser(), &provider, alice).await;
    assert!(place.starts_with("/app/newcomer#"), "{place}");
}
