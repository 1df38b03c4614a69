//! Keeping order.

use super::{act, appoint, company, ids, kick, view};
use parlor_testkit::{Server, json};

#[tokio::test]
async fn kicking_and_coming_again_in_quick_turns_leaves_no_doubt() {
    let server = Server::start().await;
    let (room, alice, bob, _) = company(&server, "Revolving door").await;
    for _ in 0..30 {
        kick(&alice, room, &bob).await;
        bob.get(&format!("/api/rooms/{room}/members?limit=1"))
            .await
            .expect(200);
        bob.post(&format!("/api/rooms/{room}/leave"), json!({}))
            .await
            .problem(404, "not_found");
        assert_eq!(bob.join(room).await["membership"]["role"], "member");
    }
    let storm = (0..20).map(|n| {
        let (alice, bob) = (&alice, &bob);
        async move {
            match n % 2 {
                0 => act(alice, room, bob, "kick", json!({})).await.status,
                _ => {
                    bob.post(&format!("/api/rooms/{room}/join"), json!({}))
                        .await
                        .status
                }
            }
        }
    });
    let statuses = futures_util::future::join_all(storm).await;
    assert!(
        statuses.iter().all(|s| [200, 204, 404].contains(s)),
        "{statuses:?}"
    );
    let list = alice
        .get(&format!("/api/rooms/{room}/members"))
        .await
        .expect(200);
    let inside = ids(&list).contains(&bob.id());
    let seen = view(&bob, room).await;
    assert_eq!(
        seen["membership"].is_object(),
        inside,
        "memory and rows agree"
    );
    assert_eq!(seen["member_count"], ids(&list).len());
}

#[tokio::test]
async fn a_ban_lasts_until_it_is_lifted() {
    let server = Server::start().await;
    let (room, alice, bob, carol) = company(&server, "Bar").await;
    let (his, theirs) = (bob.socket().await, carol.socket().await);
    act(&alice, room, &bob, "ban", json!({})).await.expect(204);
    let change = theirs.next("room_updated").await["change"].clone();
    assert_eq!(
        change,
        json!({ "type": "ban", "user_id": bob.id(), "banned": true })
    );
    assert_eq!(theirs.next("user_left").await["reason"], "banned");
    assert_eq!(his.next("room_removed").await["reason"], "banned");
    let path = format!("/api/rooms/{room}");
    bob.post(&format!("{path}/join"), json!({}))
        .await
        .problem(403, "banned");
    bob.get(&path).await.problem(403, "banned");
    assert!(!ids(&bob.get("/api/rooms").await.expect(200)).contains(&room));
    act(&alice, room, &bob, "ban", json!({})).await.expect(204);
    let bans = alice.get(&format!("{path}/bans")).await.expect(200);
    assert_eq!(ids(&bans), [bob.id()]);
    assert_eq!(bans["items"][0]["banned_by"], alice.id());
    carol
        .get(&format!("{path}/bans"))
        .await
        .problem(403, "forbidden");

    act(&alice, room, &bob, "unban", json!({}))
        .await
        .expect(204);
    let change = theirs.next("room_updated").await["change"].clone();
    assert_eq!(
        change,
        json!({ "type": "ban", "user_id": bob.id(), "banned": false })
    );
    bob.join(room).await;
    let dave = server.person("dave").await;
    act(&alice, room, &dave, "ban", json!({})).await.expect(204);
    dave.post(&format!("{path}/join"), json!({}))
        .await
        .problem(403, "banned");
}

#[tokio::test]
async fn a_banned_person_finds_a_private_room_closed_and_hidden() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (room, key) = alice.create_private_room("Club").await;
    bob.post("/api/rooms/join", json!({ "access_key": key }))
        .await
        .expect(200);
    act(&alice, room, &bob, "ban", json!({})).await.expect(204);
    bob.get(&format!("/api/rooms/{room}"))
        .await
        .problem(404, "not_found");
    let join = format!("/api/rooms/{room}/join");
    bob.post(&join, json!({})).await.problem(404, "not_found");
    bob.post(&join, json!({ "access_key": key }))
        .await
        .problem(403, "banned");
}

#[tokio::test]
async fn admins_moderate_members_and_the_owner_moderates_admins() {
    let server = Server::start().await;
    let (room, alice, bob, carol) = company(&server, "Hall of order").await;
    let dave = server.person("dave").await;
    dave.join(room).await;
    for admin in [&bob, &carol] {
        appoint(&alice, room, admin, "admin").await;
    }
    for what in ["kick", "mute", "ban"] {
        act(&bob, room, &carol, what, json!({}))
            .await
            .problem(403, "forbidden");
        act(&bob, room, &alice, what, json!({}))
            .await
            .problem(403, "forbidden");
        act(&bob, room, &bob, what, json!({}))
            .await
            .problem(403, "forbidden");
    }
    act(&bob, room, &dave, "role", json!({ "role": "admin" }))
        .await
        .problem(403, "forbidden");
    act(&bob, room, &bob, "role", json!({ "role": "owner" }))
        .await
        .problem(403, "forbidden");
    kick(&bob, room, &dave).await;
    appoint(&alice, room, &carol, "member").await;
    act(&carol, room, &bob, "kick", json!({}))
        .await
        .problem(403, "forbidden");
    kick(&bob, room, &carol).await;
}

#[tokio::test]
async fn whoever_runs_the_server_can_unseat_an_owner() {
    let server = Server::start().await;
    let (room, alice, bob, carol) = company(&server, "Fiefdom").await;
    let sys = server.administrator("root").await;
    appoint(&alice, room, &carol, "admin").await;
    appoint(&sys, room, &alice, "member").await;
    assert_eq!(view(&bob, room).await["owner_id"], carol.id());
    appoint(&sys, room, &bob, "owner").await;
    assert_eq!(view(&carol, room).await["membership"]["role"], "admin");
    kick(&sys, room, &bob).await;
    assert_eq!(view(&carol, room).await["membership"]["role"], "owner");
    kick(&sys, room, &alice).await;
    act(&sys, room, &carol, "role", json!({ "role": "member" }))
        .await
        .problem(409, "invalid_state");
    kick(&sys, room, &carol).await;
    let empty = view(&sys, room).await;
    assert_eq!(
        (&empty["owner_id"], &empty["member_count"]),
        (&json!(null), &json!(0))
    );
    sys.delete(&format!("/api/rooms/{room}")).await.expect(204);
}
