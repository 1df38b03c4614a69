//! What goes wrong, by accident or on purpose.

use super::{BEGIN, come, form, place, settle, started};
use parlor::kernel::clock::Clock;
use parlor::kernel::config::ProviderKind;
use parlor_protocol::Timestamp;
use parlor_testkit::{Provider, Says, Server, Value, json};
use std::time::Duration;

#[tokio::test]
async fn what_was_not_begun_in_this_browser_comes_to_nothing() {
    let (server, provider) = started().await;
    settle(&server, &provider, "alice").await;
    let alice = json!({ "sub": "alice" });
    let refused = "/app/sign-in#problem=invalid_sign_in";
    let browser = server.browser();
    let page = place(&browser.open(BEGIN).await);
    let back = provider.sign_in(&page, alice.clone());
    // Somebody else's browser, with a cookie of its own or none.
    let other = server.browser();
    assert_eq!(place(&other.open(&back).await), refused);
    other.open(BEGIN).await;
    assert_eq!(place(&other.open(&back).await), refused);
    // A state that is made up, missing, or there twice.
    let (path, _) = back.split_once('?').unwrap();
    for query in [
        "code=code-1&state=forged",
        "code=code-1",
        "",
        "state=&code=",
    ] {
        assert_eq!(
            place(&browser.open(&format!("{path}?{query}")).await),
            refused
        );
    }
    assert_eq!(
        place(&browser.open(&format!("{back}&state=other")).await),
        refused
    );
    // In its own it counts once.
    assert_eq!(place(&browser.open(&back).await), "/app/rooms/7");
    assert_eq!(place(&browser.open(&back).await), refused);
    // A code that was used goes with no other state.
    let (_, query) = back.split_once('?').unwrap();
    let code = query.split('&').find(|it| it.starts_with("code=")).unwrap();
    let page = place(&browser.open(BEGIN).await);
    let fresh = provider.sign_in(&page, alice.clone());
    let state = fresh
        .split('&')
        .find(|it| it.starts_with("state="))
        .unwrap();
    let again = format!("{path}?{code}&{state}");
    let used = place(&browser.open(&again).await);
    assert_eq!(used, "/app/sign-in#problem=provider_refused");
    // A code of another browser's beginning: it lacks the verifier.
    let page = place(&other.open(BEGIN).await);
    let injected = provider.sign_in(&page, alice.clone());
    let code = injected
        .split(['?', '&'])
        .find(|it| it.starts_with("code="))
        .unwrap();
    let page = place(&browser.open(BEGIN).await);
    let fresh = provider.sign_in(&page, alice.clone());
    let state = fresh
        .split('&')
        .find(|it| it.starts_with("state="))
        .unwrap();
    let place_found = place(&browser.open(&format!("{path}?{code}&{state}")).await);
    assert_eq!(place_found, "/app/sign-in#problem=provider_refused");
    // Who said no there, and who took too long.
    let page = place(&browser.open(BEGIN).await);
    let back = provider.sign_in(&page, alice.clone());
    let denied = back.replace("code=", "error=access_denied&x=");
    let denied = place(&browser.open(&denied).await);
    assert_eq!(denied, "/app/sign-in#problem=provider_refused");
    let page = place(&browser.open(BEGIN).await);
    let back = provider.sign_in(&page, alice);
    server.clock().advance(Duration::from_mins(10));
    assert_eq!(place(&browser.open(&back).await), refused);
}

#[tokio::test]
async fn what_a_provider_says_wrongly_is_not_believed() {
    let (server, provider) = started().await;
    settle(&server, &provider, "alice").await;
    let now = server.clock().now().0 / 1000;
    for (name, value) in [
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("exp", json!(now - 60)),
        ("iat", json!(now + 3600)),
        ("aud", json!("them")),
        ("aud", json!(["us", "them"])),
        ("azp", json!("them")),
        ("iss", json!("https://accounts.google.com")),
    ] {
        provider.claim(name, value.clone());
        let found = come(&server.browser(), &provider, json!({ "sub": "alice" })).await;
        assert_eq!(
            found, "/app/sign-in#problem=invalid_id_token",
            "{name}: {value}"
        );
        provider.behave();
    }
    for (name, value) in [
        ("alg", "none"),
        ("alg", "HS256"),
        ("alg", "RS256"),
        ("kid", "none"),
    ] {
        provider.head(name, json!(value));
        let found = come(&server.browser(), &provider, json!({ "sub": "alice" })).await;
        assert_eq!(
            found, "/app/sign-in#problem=invalid_id_token",
            "{name}: {value}"
        );
        provider.behave();
    }
    for subject in [
        json!(""),
        json!(" alice"),
        json!("a\nb"),
        json!("x".repeat(256)),
    ] {
        let found = come(&server.browser(), &provider, json!({ "sub": subject })).await;
        assert_eq!(found, "/app/sign-in#problem=provider_failed", "{subject}");
    }
    let found = come(&server.browser(), &provider, json!({ "sub": "alice" })).await;
    assert_eq!(found, "/app/rooms/7");
}

#[tokio::test]
async fn a_provider_that_misbehaves_keeps_nobody_waiting_and_tells_nothing() {
    let (server, provider) = started().await;
    settle(&server, &provider, "alice").await;
    let failed = "/app/sign-in#problem=provider_failed";
    let ways = [
        Says::Nothing,
        Says::Moved("http://169.254.169.254/latest/meta-data".to_owned()),
        Says::Text(200, "<html>".to_owned()),
        Says::Text(200, "[".repeat(100_000)),
        Says::Text(200, format!("{{\"x\":\"{}\"}}", "x".repeat(300 * 1024))),
        Says::Text(200, "{}".to_owned()),
        Says::Text(400, json!({ "error": "invalid_client" }).to_string()),
        Says::Text(500, "oops".to_owned()),
    ];
    for says in ways {
        provider.answer("/token", says.clone());
        let found = come(&server.browser(), &provider, json!({ "sub": "alice" })).await;
        assert_eq!(found, failed, "{says:?}");
    }
    provider.behave();
    // The same of what it says of itself, an hour later.
    for path in ["/.well-known/openid-configuration", "/keys"] {
        server.clock().advance(Duration::from_hours(2));
        provider.answer(path, Says::Text(200, "{}".to_owned()));
        let browser = server.browser();
        let begun = place(&browser.open(BEGIN).await);
        if path == "/keys" {
            let back = provider.sign_in(&begun, json!({ "sub": "alice" }));
            assert_eq!(place(&browser.open(&back).await), failed);
        } else {
            assert_eq!(begun, failed);
        }
        let asked = provider.asked(path).len();
        server.browser().open(BEGIN).await;
        assert_eq!(provider.asked(path).len(), asked, "left alone for a moment");
        server.clock().advance(Duration::from_secs(5));
        provider.behave();
    }
    let found = come(&server.browser(), &provider, json!({ "sub": "alice" })).await;
    assert_eq!(found, "/app/rooms/7");
}

#[tokio::test]
async fn a_provider_inside_is_not_asked_unless_its_network_is_named() {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    let provider = Provider::start(clock.clone()).await;
    let settings = provider.settings("work", ProviderKind::Oidc);
    let setup = Server::setup().with_clock(clock);
    let setup = setup.with_providers(vec![settings]);
    let server = setup
        .with(|config| config.outgoing_networks.clear())
        .start()
        .await;
    let refused = server.browser().get("/api/auth/oauth/work").await;
    refused.problem(502, "provider_failed");
    assert!(
        provider
            .asked("/.well-known/openid-configuration")
            .is_empty()
    );
}

#[tokio::test]
async fn a_provider_may_change_its_keys_but_made_up_ones_are_not_looked_for() {
    let (server, provider) = started().await;
    settle(&server, &provider, "alice").await;
    let alice = || json!({ "sub": "alice" });
    provider.rotate();
    assert_eq!(
        come(&server.browser(), &provider, alice()).await,
        "/app/rooms/7"
    );
    assert_eq!(provider.asked("/keys").len(), 2);
    provider.head("kid", json!("made up"));
    for _ in 0..3 {
        let found = come(&server.browser(), &provider, alice()).await;
        assert_eq!(found, "/app/sign-in#problem=invalid_id_token");
    }
    assert_eq!(provider.asked("/keys").len(), 2);
    provider.behave();
    provider.rotate();
    server.clock().advance(Duration::from_mins(1));
    assert_eq!(
        come(&server.browser(), &provider, alice()).await,
        "/app/rooms/7"
    );
}

#[tokio::test]
async fn signing_in_by_others_is_counted_by_address() {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    let provider = Provider::start(clock.clone()).await;
    let settings = provider.settings("work", ProviderKind::Oidc);
    let setup = Server::setup().with_clock(clock).with_limits();
    let server = setup.with_providers(vec![settings]).start().await;
    let browser = server.browser();
    for _ in 0..60 {
        place(&browser.open("/api/auth/oauth/work").await);
    }
    let refused = browser.get("/api/auth/oauth/work").await;
    refused.problem(429, "rate_limited");
    let found = place(&browser.open("/api/auth/oauth/work").await);
    assert_eq!(found, "/app/sign-in#problem=rate_limited");
}

#[tokio::test]
async fn a_newcomers_form_holds_for_ten_minutes_and_a_name_that_is_free() {
    let (server, provider) = started().await;
    server.person("bob").await;
    let browser = server.browser();
    let bob = json!({ "sub": "1", "email": "bob@example.org", "email_verified": true });
    let found = come(&browser, &provider, bob).await;
    let token = json!({ "pending_token": form(&found, "bob")["pending_token"] });
    let newcomer = browser
        .post("/api/auth/oauth/newcomer", token.clone())
        .await;
    assert_eq!(newcomer.expect(200)["username"], "bob-2");
    for (name, status, code) in [
        ("bob", 409, "name_taken"),
        ("guest-7", 409, "name_taken"),
        ("b", 400, "invalid_field"),
    ] {
        let refused = browser
            .post("/api/auth/oauth/register", form(&found, name))
            .await;
        refused.problem(status, code);
    }
    // An address in common links nobody to anybody.
    let mut keeping = form(&found, "robert");
    keeping["keep_email"] = json!(true);
    let refused = browser.post("/api/auth/oauth/register", keeping).await;
    refused.problem(409, "email_taken");
    for forged in ["", "AAAA", "x.y.z"] {
        let forged = json!({ "pending_token": forged });
        let refused = browser.post("/api/auth/oauth/newcomer", forged).await;
        refused.problem(400, "invalid_sign_in");
    }
    server.clock().advance(Duration::from_mins(10));
    let late = browser
        .post("/api/auth/oauth/register", form(&found, "robert"))
        .await;
    late.problem(400, "invalid_sign_in");
    // An address that is not confirmed is nobody's.
    let claims = json!({ "sub": "2", "email": "eve@example.org", "email_verified": false });
    let browser = server.browser();
    let found = come(&browser, &provider, claims).await;
    let token = json!({ "pending_token": form(&found, "eve")["pending_token"] });
    let newcomer = browser
        .post("/api/auth/oauth/newcomer", token)
        .await
        .expect(200);
    assert_eq!(newcomer["email"], Value::Null);
}
