//! Signing up and in, sessions, profiles.

use parlor_testkit::{Server, json};

#[tokio::test]
async fn alice_signs_up_and_in_by_name_and_by_address() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let me = alice.get("/api/auth/me").await.expect(200);
    assert_eq!(me["id"], alice.id());
    assert_eq!(me["nickname"], "alice");
    assert_eq!(
        me["avatar_url"],
        format!("/api/users/{}/avatar", alice.id())
    );
    assert_eq!(me["email"], "alice@example.org");
    assert!(me["privacy_policy_accepted_at"].is_string());

    for name in ["alice", "ALICE", "ａｌｉｃｅ", "Alice@Example.org"] {
        let form = json!({ "username": name, "password": alice.password() });
        let signed_in = server.visitor().post("/api/auth/login", form).await;
        let signed_in = signed_in.expect(200);
        assert_eq!(signed_in["user"]["id"], alice.id(), "{name}");
        assert_eq!(signed_in["expires_in"], 600);
    }
}
