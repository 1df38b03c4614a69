//! What is refused, and what ends with those whom it is about.

use super::{direct, prefer, told, two};
use crate::archives::{taken, unpacked};
use parlor_testkit::json;

#[tokio::test]
async fn only_ones_own_are_read_and_nonsense_is_refused() {
    let (_server, alice, bob, room, at_bob) = two().await;
    alice.say(room, "@bob here").await;
    let id = super::next(&at_bob).await["id"].clone();
    let path = "/api/notifications/read";
    // Somebody else's are passed over, without a word of whether there are such.
    alice.post(path, json!({ "ids": [id] })).await.expect(204);
    assert_eq!(told(&bob).await.1, 1);
    let many: Vec<i64> = (1..=201).collect();
    for (body, code) in [
        (json!({ "ids": many }), "invalid_field"),
        (json!({ "ids": "all" }), "invalid_field"),
        (json!({ "all": true }), "unknown_field"),
    ] {
        bob.post(path, body).await.problem(400, code);
    }
    bob.post(path, json!({})).await.expect(204);
    assert_eq!(told(&bob).await.1, 1);
    let odd = bob.get("/api/notifications?cursor=nonsense").await;
    odd.problem(400, "invalid_cursor");

    let path = "/api/notifications/preferences";
    let (hidden, _) = alice.create_private_room("Safe").await;
    let elsewhere = json!({ "rooms": [{ "room_id": hidden, "level": "all" }] });
    bob.put(path, elsewhere).await.problem(404, "not_found");
    for (body, code) in [
        (json!({ "types": { "gossip": {} } }), "unknown_field"),
        (
            json!({ "types": { "mention": { "in_app": "yes" } } }),
            "invalid_field",
        ),
        (
            json!({ "rooms": [{ "room_id": room, "level": "loud" }] }),
            "invalid_field",
        ),
    ] {
        bob.put(path, body).await.problem(400, code);
    }
}

#[tokio::test]
async fn an_archive_has_them_and_they_end_with_the_account() {
    let (server, alice, bob, room, at_bob) = two().await;
    alice.say(room, "@bob a bird").await;
    super::next(&at_bob).await;
    prefer(&bob, json!({ "types": { "reply": { "in_app": false } } })).await;
    let files = unpacked(&taken(&server, &bob).await);
    let text = |part: &str| {
        let file = &files[&format!("data/{part}.jsonl")];
        String::from_utf8_lossy(file).into_owned()
    };
    assert!(text("notifications").contains("\"mention\""));
    assert!(
        !text("notifications").contains("a bird"),
        "what others say is theirs"
    );
    assert!(text("notification_settings").contains("\"reply\""));

    let chat = direct(&bob, &alice).await;
    bob.say(chat, "farewell").await;
    bob.delete("/api/auth/me").await.expect(204);
    // What he caused stays, by nobody who is still there.
    let list = super::list(&alice).await;
    for one in list["items"].as_array().unwrap() {
        assert_ne!(one["by"]["username"], "bob");
    }
}
