//! Rooms: making and finding them, who is in them, and what keeps them in order.

mod direct;
mod faults;
mod keys;
mod law;
mod life;
mod moderation;
mod shelf;
mod talk;

use parlor_testkit::{Person, Server, Value, json};

/// The ids of a list's items.
fn ids(page: &Value) -> Vec<i64> {
    let items = page["items"].as_array().expect("a list");
    items
        .iter()
        .map(|item| item["id"].as_i64().unwrap())
        .collect()
}

/// The names of a list's items.
fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a list");
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect()
}

/// Does something to somebody in a room.
async fn act(
    by: &Person,
    room: i64,
    on: &Person,
    what: &str,
    body: Value,
) -> parlor_testkit::Reply {
    by.post(
        &format!("/api/rooms/{room}/members/{}/{what}", on.id()),
        body,
    )
    .await
}

async fn kick(by: &Person, room: i64, whom: &Person) {
    act(by, room, whom, "kick", json!({})).await.expect(204);
}

async fn appoint(by: &Person, room: i64, whom: &Person, role: &str) {
    let member = act(by, room, whom, "role", json!({ "role": role })).await;
    assert_eq!(member.expect(200)["role"], role);
}

async fn view(by: &Person, room: i64) -> Value {
    by.get(&format!("/api/rooms/{room}")).await.expect(200)
}

/// A room of alice's with bob and carol in it.
async fn company(server: &Server, room_name: &str) -> (i64, Person, Person, Person) {
    let alice = server.person("alice").await;
    let (bob, carol) = (server.person("bob").await, server.person("carol").await);
    let room = alice.create_room(room_name).await;
    bob.join(room).await;
    carol.join(room).await;
    (room, alice, bob, carol)
}
