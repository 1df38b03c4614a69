//! Friends: asking, being asked, keeping apart, and who sees whom.

mod block;
mod law;
mod privacy;

use parlor_testkit::{Person, Reply, Server, Value, json};

const REQUESTS: &str = "/api/friends/requests";

/// Asks somebody, and answers the request's id.
async fn ask(from: &Person, to: &Person) -> i64 {
    let asked = from.post(REQUESTS, json!({ "user_id": to.id() })).await;
    asked.expect(201)["request"]["id"].as_i64().unwrap()
}

async fn settle(person: &Person, request: i64, how: &str) -> Reply {
    let path = format!("{REQUESTS}/{request}/{how}");
    person.post(&path, json!({})).await
}

async fn befriend(one: &Person, other: &Person) {
    let request = ask(one, other).await;
    settle(other, request, "accept").await.expect(200);
}

async fn block(by: &Person, whom: &Person) -> Value {
    let path = format!("/api/blocks/{}", whom.id());
    by.put(&path, json!({})).await.expect(200)
}

/// The ids in a list.
async fn ids(person: &Person, path: &str) -> Vec<i64> {
    let list = person.get(path).await.expect(200);
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn who_is_asked_and_says_yes_is_a_friend() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (hers, his) = (alice.socket().await, bob.socket().await);
    let request = ask(&alice, &bob).await;
    for socket in [&hers, &his] {
        let told = socket.next("friend_request").await;
        assert_eq!(told["request"]["id"], request);
        assert_eq!(told["request"]["from"]["username"], "alice");
        assert_eq!(told["request"]["to"]["username"], "bob");
    }
    for (person, direction, seen) in [
        (&alice, "?direction=outgoing", vec![request]),
        (&alice, "?direction=incoming", vec![]),
        (&bob, "?direction=incoming", vec![request]),
        (&bob, "?direction=outgoing", vec![]),
        (&bob, "", vec![request]),
    ] {
        assert_eq!(ids(person, &format!("{REQUESTS}{direction}")).await, seen);
    }
    // Asking again changes nothing.
    let again = alice.post(REQUESTS, json!({ "user_id": bob.id() })).await;
    let again = again.expect(200);
    assert_eq!(
        (&again["request"]["id"], &again["accepted"]),
        (&json!(request), &json!(false))
    );

    let friend = settle(&bob, request, "accept").await.expect(200);
    assert_eq!(
        (&friend["username"], &friend["is_online"]),
        (&json!("alice"), &json!(true))
    );
    for (socket, name) in [(&hers, "bob"), (&his, "alice")] {
        let closed = socket.next("friend_request_removed").await;
        assert_eq!(
            (&closed["request_id"], &closed["outcome"]),
            (&json!(request), &json!("accepted"))
        );
        assert_eq!(socket.next("friend_update").await["user"]["username"], name);
    }
    assert_eq!(ids(&alice, "/api/friends").await, [bob.id()]);
    assert_eq!(ids(&bob, "/api/friends").await, [alice.id()]);
    assert!(ids(&bob, REQUESTS).await.is_empty());
    let refused = bob.post(REQUESTS, json!({ "user_id": alice.id() })).await;
    refused.problem(409, "invalid_state");

    bob.delete(&format!("/api/friends/{}", alice.id()))
        .await
        .expect(204);
    for (socket, id) in [(&hers, bob.id()), (&his, alice.id())] {
        assert_eq!(socket.next("friend_removed").await["user_id"], id);
    }
    assert!(ids(&alice, "/api/friends").await.is_empty());
    let gone = bob.delete(&format!("/api/friends/{}", alice.id())).await;
    gone.problem(404, "not_found");
}

#[tokio::test]
async fn a_request_can_be_declined_and_taken_back_by_its_own_people_alone() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    let request = ask(&alice, &bob).await;
    let path = format!("{REQUESTS}/{request}");
    for outsider in [&carol, &alice] {
        settle(outsider, request, "accept")
            .await
            .problem(404, "not_found");
        settle(outsider, request, "decline")
            .await
            .problem(404, "not_found");
    }
    for outsider in [&carol, &bob] {
        outsider.delete(&path).await.problem(404, "not_found");
    }
    let hers = alice.socket().await;
    settle(&bob, request, "decline").await.expect(204);
    assert_eq!(
        hers.next("friend_request_removed").await["outcome"],
        "declined"
    );
    settle(&bob, request, "accept")
        .await
        .problem(404, "not_found");

    let request = ask(&alice, &bob).await;
    let his = bob.socket().await;
    alice
        .delete(&format!("{REQUESTS}/{request}"))
        .await
        .expect(204);
    assert_eq!(
        his.next("friend_request_removed").await["outcome"],
        "withdrawn"
    );
    settle(&bob, request, "accept")
        .await
        .problem(404, "not_found");
    assert!(ids(&bob, "/api/friends").await.is_empty());
}

#[tokio::test]
async fn two_who_ask_each_other_are_friends() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let request = ask(&alice, &bob).await;
    let met = bob
        .post(REQUESTS, json!({ "user_id": alice.id() }))
        .await
        .expect(200);
    assert_eq!(
        (&met["request"]["id"], &met["accepted"]),
        (&json!(request), &json!(true))
    );
    assert_eq!(ids(&alice, "/api/friends").await, [bob.id()]);
    assert!(ids(&alice, REQUESTS).await.is_empty());
}

#[tokio::test]
async fn many_who_ask_each_other_at_once_ask_once() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let asks = (0..10).map(|n| {
        let (from, to) = if n % 2 == 0 {
            (&alice, &bob)
        } else {
            (&bob, &alice)
        };
        from.post(REQUESTS, json!({ "user_id": to.id() }))
    });
    for reply in futures_util::future::join_all(asks).await {
        assert!(matches!(reply.status, 200 | 201 | 409), "{}", reply.text);
    }
    assert_eq!(ids(&alice, "/api/friends").await, [bob.id()]);
    assert_eq!(ids(&bob, "/api/friends").await, [alice.id()]);
    assert!(ids(&alice, REQUESTS).await.is_empty() && ids(&bob, REQUESTS).await.is_empty());
}

#[tokio::test]
async fn a_friend_is_somebody_else_with_an_account() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let guest = server.guest("passing by").await;
    let request = |id: Value| alice.post(REQUESTS, json!({ "user_id": id }));
    request(json!(alice.id()))
        .await
        .problem(400, "invalid_field");
    request(json!(0)).await.problem(400, "invalid_field");
    request(json!("1")).await.problem(400, "invalid_field");
    request(json!(999_999)).await.problem(404, "not_found");
    request(json!(guest.id())).await.problem(403, "forbidden");
    let extra = json!({ "user_id": 1, "status": "accepted" });
    alice
        .post(REQUESTS, extra)
        .await
        .problem(400, "unknown_field");
    alice
        .get("/api/friends?cursor=made-up")
        .await
        .problem(400, "invalid_cursor");
    alice
        .get("/api/friends?limit=0")
        .await
        .problem(400, "invalid_param");
}

#[tokio::test]
async fn who_deletes_their_account_is_nobodys_friend() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (carol, dave) = (server.person("carol").await, server.person("dave").await);
    befriend(&alice, &bob).await;
    ask(&bob, &carol).await;
    block(&dave, &bob).await;
    let (hers, theirs, daves) = (
        alice.socket().await,
        carol.socket().await,
        dave.socket().await,
    );
    bob.delete("/api/auth/me").await.expect(204);
    assert_eq!(hers.next("friend_removed").await["user_id"], bob.id());
    let closed = theirs.next("friend_request_removed").await;
    assert_eq!(closed["outcome"], "withdrawn");
    assert_eq!(daves.next("block_update").await["blocked_at"], Value::Null);
    assert!(ids(&alice, "/api/friends").await.is_empty());
    assert!(ids(&carol, REQUESTS).await.is_empty());
    assert!(ids(&dave, "/api/blocks").await.is_empty());
}

#[tokio::test]
async fn friends_see_each_other_come_and_go_without_a_room_in_common() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    // The default rooms are in common too.
    for room in ids(&bob, "/api/rooms?scope=joined").await {
        bob.post(&format!("/api/rooms/{room}/leave"), json!({}))
            .await
            .expect(204);
    }
    let hers = alice.socket().await;
    let his = bob.socket().await;
    befriend(&alice, &bob).await;
    // Who is here already is shown at once.
    let shown = hers.next("user_status_update").await;
    assert_eq!(
        (&shown["user"]["id"], &shown["is_online"]),
        (&json!(bob.id()), &json!(true))
    );
    drop(his);
    let gone = hers
        .next_where("user_status_update", |e| e["is_online"] == false)
        .await;
    assert_eq!(gone["user"]["id"], bob.id());
    let friend = alice.get("/api/friends").await.expect(200)["items"][0].clone();
    assert_eq!(friend["is_online"], false);
    let _again = bob.socket().await;
    hers.next_where("user_status_update", |e| e["is_online"] == true)
        .await;
}
