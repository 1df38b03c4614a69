//! Invitations: to communities and to rooms, for a time and for some.

use super::{enter, found, ids};
use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{Person, Server, Value, json};

async fn invite(by: &Person, room: i64, body: Value) -> Value {
    let path = format!("/api/rooms/{room}/invitations");
    by.post(&path, body).await.expect(201)
}

fn path(invitation: &Value, rest: &str) -> String {
    format!(
        "/api/invitations/{}{rest}",
        invitation["code"].as_str().unwrap()
    )
}

#[tokio::test]
async fn who_has_the_code_sees_what_it_is_to_and_comes_in() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let body = json!({ "name": "Library", "rules": "Be kind.", "is_private": true });
    let id = found(&alice, body).await;
    bob.get(&format!("/api/communities/{id}"))
        .await
        .problem(404, "not_found");
    enter(&bob, id, json!({ "accept_rules": true }))
        .await
        .problem(404, "not_found");
    let invitation = invite(&alice, id, json!({})).await;
    let seen = bob.get(&path(&invitation, "")).await.expect(200);
    assert_eq!(
        (&seen["room"]["name"], &seen["room"]["rules"]),
        (&json!("Library"), &json!("Be kind."))
    );
    let join = path(&invitation, "/join");
    bob.post(&join, json!({}))
        .await
        .problem(400, "rules_not_accepted");
    let joined = bob
        .post(&join, json!({ "accept_rules": true }))
        .await
        .expect(200);
    assert_eq!(
        (&joined["id"], &joined["membership"]["role"]),
        (&json!(id), &json!("member"))
    );
    // Whoever is in already is not counted again.
    bob.post(&join, json!({})).await.expect(200);
    let list = format!("/api/rooms/{id}/invitations");
    let listed = alice.get(&list).await.expect(200)["items"][0].clone();
    assert_eq!(
        (&listed["uses"], &listed["code"]),
        (&json!(1), &Value::Null)
    );
    bob.get(&list).await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_invitation_ends_by_time_by_number_and_by_hand() {
    let clock = Clock::manual(Timestamp(1_800_000_000_000));
    let server = Server::setup().with_clock(clock.clone()).start().await;
    let alice = server.person("alice").await;
    let (bob, carol) = (server.person("bob").await, server.person("carol").await);
    let (room, _) = alice.create_private_room("Board").await;
    let once = invite(&alice, room, json!({ "max_uses": 1 })).await;
    bob.post(&path(&once, "/join"), json!({})).await.expect(200);
    carol
        .post(&path(&once, "/join"), json!({}))
        .await
        .problem(404, "not_found");
    carol.get(&path(&once, "")).await.problem(404, "not_found");

    let by_hand = invite(&alice, room, json!({})).await;
    let place = format!("/api/rooms/{room}/invitations/{}", by_hand["id"]);
    bob.delete(&place).await.problem(403, "forbidden");
    carol.delete(&place).await.problem(404, "not_found");
    alice.delete(&place).await.expect(204);
    alice.delete(&place).await.problem(404, "not_found");
    carol
        .post(&path(&by_hand, "/join"), json!({}))
        .await
        .problem(404, "not_found");

    let week = invite(&alice, room, json!({})).await;
    carol.get(&path(&week, "")).await.expect(200);
    clock.advance(std::time::Duration::from_hours(7 * 24));
    let carol = carol.another_device().await;
    carol
        .post(&path(&week, "/join"), json!({}))
        .await
        .problem(404, "not_found");
    // Those that have ended make room for new ones.
    let alice = alice.another_device().await;
    let newest = invite(&alice, room, json!({})).await;
    let list = format!("/api/rooms/{room}/invitations");
    assert_eq!(ids(&alice, &list).await, [newest["id"].as_i64().unwrap()]);
    let wrong = json!({ "expires_at": "2001-01-01T00:00:00Z" });
    alice.post(&list, wrong).await.problem(400, "invalid_field");
    alice
        .post(&list, json!({ "max_uses": 0 }))
        .await
        .problem(400, "invalid_field");
    carol
        .get("/api/invitations/made-up")
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn for_the_last_place_of_an_invitation_one_comes_in() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (room, _) = alice.create_private_room("Board").await;
    let once = invite(&alice, room, json!({ "max_uses": 1 })).await;
    let mut people = Vec::new();
    for n in 0..6 {
        people.push(server.person(&format!("person{n}")).await);
    }
    let path = path(&once, "/join");
    let joins = people.iter().map(|person| person.post(&path, json!({})));
    let replies = futures_util::future::join_all(joins).await;
    let inside = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(inside, 1);
    assert!(
        replies
            .iter()
            .all(|reply| matches!(reply.status, 200 | 404))
    );
}
