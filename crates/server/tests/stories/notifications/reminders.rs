//! Reminders.

use super::{list, next, told, two};
use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{Server, json};
use std::time::Duration;

const PATH: &str = "/api/notifications/reminders";

#[tokio::test]
async fn people_are_reminded_when_the_time_has_come() {
    let start = Timestamp(1_800_000_000_000);
    let clock = Clock::manual(start);
    let server = Server::setup().with_clock(clock.clone()).start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Attic").await;
    bob.join(room).await;
    let said = alice.say(room, "water the plants").await;
    let deleted = alice.say(room, "or not").await;
    let at = |minutes: i64| start.plus_millis(minutes * 60_000).to_string();
    let remind = async |message: &serde_json::Value, minutes| {
        let draft = json!({ "message_id": message["id"], "remind_at": at(minutes) });
        bob.post(PATH, draft).await.expect(201)
    };
    let withdrawn = remind(&said, 5).await;
    remind(&said, 10).await;
    remind(&deleted, 10).await;
    assert_eq!(withdrawn["message"]["excerpt"], "water the plants");
    let path = format!("{PATH}/{}", withdrawn["id"]);
    // Somebody else's is none.
    alice.delete(&path).await.problem(404, "not_found");
    bob.delete(&path).await.expect(204);
    bob.delete(&path).await.problem(404, "not_found");
    let path = format!("/api/messages/{}", deleted["id"]);
    alice.delete(&path).await.expect(200);
    let waiting = bob.get(PATH).await.expect(200);
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);

    let socket = bob.socket().await;
    clock.advance(Duration::from_secs(9 * 60 + 59));
    assert_eq!(told(&bob).await.0.len(), 0);
    clock.advance(Duration::from_secs(1));
    let reminder = next(&socket).await;
    assert_eq!(reminder["notification_type"], "reminder");
    assert_eq!(reminder["message"]["id"], said["id"]);
    assert_eq!(reminder["by"]["username"], "alice");
    let waiting = bob.get(PATH).await.expect(200);
    assert_eq!(waiting["items"], json!([]));
    // Having read the room long ago is not having been reminded.
    super::mark(&bob, room, &said["seq"]).await;
    assert_eq!(list(&bob).await["unread"], json!([reminder["id"]]));
}

#[tokio::test]
async fn only_what_one_may_read_at_a_time_to_come() {
    let (_server, alice, bob, room, _) = two().await;
    let said = alice.say(room, "hello").await;
    let (hidden, _) = alice.create_private_room("Safe").await;
    let secret = alice.say(hidden, "secret").await;
    let soon = "2099-01-01T00:00:00.000Z";
    let (id, secret) = (&said["id"], &secret["id"]);
    for (draft, status, code) in [
        (
            json!({ "message_id": id, "remind_at": "2001-01-01T00:00:00.000Z" }),
            400,
            "invalid_field",
        ),
        (
            json!({ "message_id": id, "remind_at": soon }),
            400,
            "invalid_field",
        ),
        (
            json!({ "message_id": id, "remind_at": "tomorrow" }),
            400,
            "invalid_field",
        ),
        (json!({ "message_id": id }), 400, "invalid_field"),
        (
            json!({ "message_id": id, "remind_at": soon, "user_id": 1 }),
            400,
            "unknown_field",
        ),
    ] {
        bob.post(PATH, draft).await.problem(status, code);
    }
    let tomorrow = Timestamp(Clock::system().now().0 + 86_400_000).to_string();
    let draft = json!({ "message_id": secret, "remind_at": tomorrow });
    bob.post(PATH, draft).await.problem(404, "not_found");
}
