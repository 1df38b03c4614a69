//! Providers that speak ways of their own, and the older system's way to sign in by them.

use super::{form, place};
use parlor::kernel::clock::Clock;
use parlor::kernel::config::ProviderKind;
use parlor_protocol::Timestamp;
use parlor_testkit::{Browser, Provider, Says, Server, Value, json};

async fn started(name: &str, kind: ProviderKind) -> (Server, Provider) {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    let provider = Provider::start(clock.clone()).await;
    let settings = provider.settings(name, kind);
    let setup = Server::setup().with_clock(clock);
    (setup.with_providers(vec![settings]).start().await, provider)
}

fn says(provider: &Provider, answers: &[(&str, Value)]) {
    for (path, said) in answers {
        let text = said
            .as_str()
            .map_or_else(|| said.to_string(), str::to_owned);
        provider.answer(path, Says::Text(200, text));
    }
}

/// Goes out and comes back with a code; where one ends.
async fn come(browser: &Browser, provider: &Provider, name: &str) -> String {
    let page = place(&browser.open(&format!("/api/auth/oauth/{name}")).await);
    place(&browser.open(&provider.sign_in(&page, json!({}))).await)
}

/// What is proposed to a newcomer, whom the form then makes known.
async fn welcome(browser: &Browser, found: &str, name: &str) -> (Value, Value) {
    let form = form(found, name);
    let token = json!({ "pending_token": form["pending_token"] });
    let newcomer = browser
        .post("/api/auth/oauth/newcomer", token)
        .await
        .expect(200);
    let made = browser
        .post("/api/auth/oauth/register", form)
        .await
        .expect(201);
    (newcomer, made["user"].clone())
}

#[tokio::test]
async fn github_and_facebook_say_who_somebody_is_on_a_page() {
    for (name, kind, id, path_query) in [
        ("github", ProviderKind::GitHub, json!(583_231), None),
        (
            "facebook",
            ProviderKind::Facebook,
            json!("583231"),
            Some("id,name"),
        ),
    ] {
        let (server, provider) = started(name, kind).await;
        let (token, profile) = (format!("/{name}/token"), format!("/{name}/profile"));
        let who = json!({ "id": id, "login": "octocat", "name": "The Octocat", "email": "o@example.org" });
        says(
            &provider,
            &[(&token, json!({ "access_token": "t" })), (&profile, who)],
        );
        let browser = server.browser();
        let found = come(&browser, &provider, name).await;
        let (newcomer, me) = welcome(&browser, &found, "octo").await;
        assert_eq!(newcomer["nickname"], "The Octocat");
        assert_eq!(
            newcomer["email"],
            Value::Null,
            "nobody says that it is confirmed"
        );
        assert_eq!(me["provider_id"], "583231");
        let exchanged = &provider.asked(&token)[0];
        for field in ["code", "code_verifier", "client_secret", "redirect_uri"] {
            assert!(exchanged.contains_key(field), "{name}: {field}");
        }
        let fields = provider.asked(&profile)[0].get("fields").cloned();
        assert_eq!(fields.as_deref(), path_query);
        assert_eq!(come(&server.browser(), &provider, name).await, "/app");
        // What they say of a code that was used before.
        for refusal in [
            json!({ "error": "bad_verification_code" }),
            json!({ "error": { "code": 100 } }),
        ] {
            says(&provider, &[(&token, refusal)]);
            let refused = come(&server.browser(), &provider, name).await;
            assert_eq!(refused, "/app/sign-in#problem=provider_refused");
        }
        says(
            &provider,
            &[(&token, json!({ "error": "incorrect_client_credentials" }))],
        );
        let failed = come(&server.browser(), &provider, name).await;
        assert_eq!(failed, "/app/sign-in#problem=provider_failed");
    }
}

#[tokio::test]
async fn wechat_is_spoken_with_as_its_people_expect() {
    let (server, provider) = started("wechat", ProviderKind::WeChat).await;
    let browser = server.browser();
    let page = place(&browser.open("/api/auth/oauth/wechat").await);
    assert!(
        page.ends_with("#wechat_redirect") && page.contains("?appid=us&"),
        "{page}"
    );
    let (token, profile) = ("/wechat/token", "/wechat/profile");
    let known = json!({ "access_token": "t", "openid": "o1" });
    says(
        &provider,
        &[(token, known), (profile, json!({ "nickname": "小明" }))],
    );
    let found = come(&browser, &provider, "wechat").await;
    let (newcomer, me) = welcome(&browser, &found, "xiaoming").await;
    assert_eq!(
        (&newcomer["username"], &newcomer["nickname"]),
        (&json!("小明"), &json!("小明"))
    );
    assert_eq!(me["provider_id"], "o1");
    let exchanged = &provider.asked(token)[0];
    assert_eq!(
        (exchanged["appid"].as_str(), exchanged["secret"].as_str()),
        ("us", "hush")
    );
    // Once the application is told who somebody is to all of its owner's, they are the same person still.
    says(
        &provider,
        &[(
            token,
            json!({ "access_token": "t", "openid": "o1", "unionid": "u1" }),
        )],
    );
    let other = server.browser();
    assert_eq!(come(&other, &provider, "wechat").await, "/app");
    assert_eq!(
        other.get("/api/auth/me").await.expect(200)["provider_id"],
        "u1"
    );
    says(
        &provider,
        &[(
            token,
            json!({ "errcode": 40163, "errmsg": "code been used" }),
        )],
    );
    let refused = come(&server.browser(), &provider, "wechat").await;
    assert_eq!(refused, "/app/sign-in#problem=provider_refused");
    says(
        &provider,
        &[(
            token,
            json!({ "errcode": 40125, "errmsg": "invalid appsecret" }),
        )],
    );
    let failed = come(&server.browser(), &provider, "wechat").await;
    assert_eq!(failed, "/app/sign-in#problem=provider_failed");
}

#[tokio::test]
async fn qq_is_spoken_with_as_its_people_expect() {
    let (server, provider) = started("qq", ProviderKind::Qq).await;
    let (token, openid, profile) = ("/qq/token", "/qq/openid", "/qq/profile");
    let known = json!("callback( {\"client_id\":\"us\",\"openid\":\"FE04\"} );");
    says(
        &provider,
        &[
            (token, json!("access_token=t&expires_in=7776000")),
            (openid, known),
            (profile, json!({ "ret": 0, "nickname": "小红" })),
        ],
    );
    let browser = server.browser();
    let found = come(&browser, &provider, "qq").await;
    let (newcomer, me) = welcome(&browser, &found, "xiaohong").await;
    assert_eq!(
        (&newcomer["nickname"], &me["provider_id"]),
        (&json!("小红"), &json!("FE04"))
    );
    assert_eq!(provider.asked(profile)[0]["oauth_consumer_key"], "us");
    // A token that was given to another application.
    says(
        &provider,
        &[(openid, json!({ "client_id": "them", "openid": "FE04" }))],
    );
    let refused = come(&server.browser(), &provider, "qq").await;
    assert_eq!(refused, "/app/sign-in#problem=invalid_id_token");
    says(
        &provider,
        &[(token, json!("callback( {\"error\":100020} );"))],
    );
    let refused = come(&server.browser(), &provider, "qq").await;
    assert_eq!(refused, "/app/sign-in#problem=provider_refused");
}

#[tokio::test]
async fn the_older_paths_lead_to_the_same_accounts() {
    let (server, provider) = started("work", ProviderKind::Oidc).await;
    let browser = server.browser();
    let begun = async |query: &str| place(&browser.get(&format!("/users/oauth/work{query}")).await);
    let alice = || json!({ "sub": "a1", "preferred_username": "alice" });
    // Who has accepted nothing is no person here; a browser is led to where one can.
    let back = provider.sign_in(&begun("").await, alice());
    assert!(back.starts_with("/users/oauth/callback?"), "{back}");
    let refused = browser.get(&back).await.expect(422);
    assert_eq!(
        refused["detail"][0]["loc"],
        json!(["body", "privacy_policy_accepted"])
    );
    let back = provider.sign_in(&begun("").await, alice());
    assert!(place(&browser.open(&back).await).starts_with("/app/newcomer#"));
    let back = provider.sign_in(&begun("?privacy_policy_accepted=true").await, alice());
    let signed = browser.get(&back).await.expect(200);
    assert_eq!(signed["token_type"], "bearer");
    let user = &signed["user"];
    assert_eq!(
        (&user["provider"], &user["provider_id"]),
        (&json!("work"), &json!("a1"))
    );
    assert!(user["privacy_policy_accepted_at"].is_string());
    let back = provider.sign_in(&begun("").await, alice());
    // What is begun one way does not end the other.
    let native = back.replace("/users/oauth/", "/api/auth/oauth/");
    browser.get(&native).await.problem(400, "invalid_sign_in");
    let again = browser.get(&back).await.expect(422);
    assert!(again["detail"].is_array(), "{again}");
    let back = provider.sign_in(&begun("").await, alice());
    let again = browser.get(&back).await.expect(200);
    assert_eq!(again["user"]["id"], user["id"]);
    browser.get("/users/oauth/none").await.expect(404);
}
