//! A server that demands a second factor.

use super::{TOTP, enrol, first_step, second_step};
use parlor::kernel::clock::Clock;
use parlor::kernel::config::{Config, RequireFactor};
use parlor_protocol::Timestamp;
use parlor_testkit::{Reply, Server, json};

#[tokio::test]
async fn a_server_that_demands_a_factor_lets_one_take_it_up_and_nothing_else() {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    let demanding = Server::setup().with(|config| config.require_factor = RequireFactor::Everyone);
    let server = demanding.with_clock(clock).start().await;
    let guest = server.guest("Visitor").await;
    guest.get("/api/rooms").await.expect(200);
    let alice = server.person("alice").await;
    let me = alice.get("/api/auth/me").await.expect(200);
    assert_eq!(me["must_enrol_factor"], true);
    let no = |reply: Reply| drop(reply.problem(403, "factor_enrolment_required"));
    no(alice.get("/api/rooms").await);
    no(alice.put("/api/auth/profile", json!({ "bio": "x" })).await);
    no(alice.delete("/api/auth/me").await);
    let auth = json!({ "token": alice.token() });
    assert!(alice.try_socket(auth).await.is_err());
    let (app, _) = enrol(&server, &alice).await;
    alice.get("/api/rooms").await.expect(200);
    drop(alice.socket().await);
    let me = alice.get("/api/auth/me").await.expect(200);
    assert_eq!(me["must_enrol_factor"], false);
    let give_up = alice.delete(TOTP).await;
    give_up.problem(409, "invalid_state");
    // A guest who takes an account is no guest any more.
    let inside = guest.socket().await;
    let account = json!({
        "username": "vera",
        "email": "vera@example.org",
        "password": "a stay of some length",
        "privacy_policy_accepted": true,
    });
    let taken = guest.post("/api/auth/guest/upgrade", account).await;
    let taken = taken.expect(200);
    assert_eq!(taken["user"]["must_enrol_factor"], true);
    inside.closed().await;
    guest.set_token(taken["access_token"].as_str().map(str::to_owned));
    no(guest.get("/api/rooms").await);
    // Signing in anew works as ever.
    let visitor = server.visitor();
    let pending = first_step(&visitor, &alice).await;
    let signed = second_step(&visitor, &pending, &app.next_code()).await;
    signed.expect(200);
}

#[tokio::test]
async fn of_administrators_alone_a_factor_may_be_demanded() {
    let set = |config: &mut Config| config.require_factor = RequireFactor::Admins;
    let server = Server::setup().with(set).start().await;
    let (alice, sys) = (
        server.person("alice").await,
        server.administrator("sys").await,
    );
    alice.get("/api/rooms").await.expect(200);
    for path in ["/api/rooms", "/api/admin/users", "/users/me"] {
        let refused = sys.get(path).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
    }
    sys.get("/api/rooms")
        .await
        .problem(403, "factor_enrolment_required");
    enrol(&server, &sys).await;
    // Who becomes one while connected is asked at once, too.
    let socket = alice.socket().await;
    let path = format!("/api/admin/users/{}", alice.id());
    let promoted = sys.put(&path, json!({ "role": "admin" })).await;
    promoted.expect(200);
    socket.closed().await;
    alice
        .get("/api/admin/users")
        .await
        .problem(403, "factor_enrolment_required");
}
