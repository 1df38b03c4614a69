//! What can be said, and what cannot.

use super::{history, room_of_two};
use parlor_testkit::json;

#[tokio::test]
async fn text_comes_back_byte_for_byte() {
    let (_server, alice, bob, room) = room_of_two().await;
    let texts = [
        "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 𝕳𝖊𝖑𝖑𝖔 𠜎𠜱",
        "e\u{301} é ﬁ İ ß",
        "עברית \u{202e}txt.exe\u{202c} العربية",
        "<script>alert(1)</script> <img src=x onerror=alert(1)>",
        "'; DROP TABLE messages; -- % _ \\ \" ` ${x}",
        "  lead and trail \n\ttabs ",
        "\u{1}\u{7f} controls",
    ];
    for text in texts {
        assert_eq!(alice.say(room, text).await["content"], text);
    }
    let found = history(&bob, room).await;
    let found: Vec<_> = found
        .iter()
        .map(|m| m["content"].as_str().unwrap())
        .collect();
    assert_eq!(found, texts);
}

#[tokio::test]
async fn what_shows_nothing_or_too_much_is_refused_everywhere() {
    let (_server, alice, _bob, room) = room_of_two().await;
    let socket = alice.socket().await;
    let path = format!("/api/rooms/{room}/messages");
    let said = alice.say(room, "x").await;
    let message = format!("/api/messages/{}", said["id"]);
    for (text, code) in [
        (String::new(), "empty_message"),
        (" \n\t\u{3000}".to_owned(), "empty_message"),
        (
            "\u{200b}\u{200d}\u{2060}\u{feff}".to_owned(),
            "empty_message",
        ),
        ("字".repeat(4001), "too_long"),
        ("a\0b".to_owned(), "invalid_text"),
    ] {
        let refused = alice.post(&path, json!({ "content": text })).await;
        let problem = refused.problem(400, code);
        assert_eq!(problem["errors"][0]["field"], "content");
        alice
            .put(&message, json!({ "content": text }))
            .await
            .problem(400, code);
        let draft = json!({ "room_id": room, "content": text });
        let ack = socket.emit("send_message", draft).await;
        assert_eq!(ack["error"]["code"], code, "{ack}");
        let change = json!({ "message_id": said["id"], "content": text });
        let ack = socket.emit("edit_message", change).await;
        assert_eq!(ack["error"]["code"], code, "{ack}");
    }
    alice.say(room, &"字".repeat(4000)).await;
    assert_eq!(history(&alice, room).await.len(), 2);
}

#[tokio::test]
async fn a_lone_surrogate_is_no_text() {
    let (_server, alice, _bob, room) = room_of_two().await;
    let request = alice.request("POST", &format!("/api/rooms/{room}/messages"));
    let request = request
        .header("content-type", "application/json")
        .body(r#"{"content":"\ud800"}"#);
    alice.send(request).await.problem(400, "invalid_text");
    let socket = alice.socket().await;
    socket.send_raw(&format!(
        r#"42["send_message",{{"room_id":{room},"content":"\ud800"}}]"#
    ));
    assert_eq!(socket.next("error").await["code"], "invalid_text");
}

#[tokio::test]
async fn a_payload_that_is_not_as_it_should_be_is_an_invalid_field() {
    let (_server, alice, bob, room) = room_of_two().await;
    let socket = alice.socket().await;
    for (payload, code) in [
        (json!("hello"), "invalid_field"),
        (json!([1]), "invalid_field"),
        (json!(null), "invalid_field"),
        (json!({ "room_id": room }), "invalid_field"),
        (json!({ "content": "x" }), "invalid_field"),
        (json!({ "room_id": "1", "content": "x" }), "invalid_field"),
        (
            json!({ "room_id": room, "content": { "$ne": null } }),
            "invalid_field",
        ),
        (
            json!({ "room_id": room, "content": "x", "message_type": "system" }),
            "invalid_field",
        ),
        (
            json!({ "room_id": room, "content": "x", "message_type": "shout" }),
            "invalid_field",
        ),
        (
            json!({ "room_id": room, "content": "x", "client_id": "a b" }),
            "invalid_field",
        ),
        (
            json!({ "room_id": room, "content": "x", "file_id": 1 }),
            "invalid_field",
        ),
        // Nobody speaks for somebody else.
        (
            json!({ "room_id": room, "content": "x", "user_id": bob.id() }),
            "unknown_field",
        ),
        (
            json!({ "room_id": room, "content": "x", "username": "bob" }),
            "unknown_field",
        ),
        (json!({ "room_id": 0, "content": "x" }), "not_found"),
        (json!({ "room_id": -1, "content": "x" }), "not_found"),
    ] {
        let ack = socket.emit("send_message", payload.clone()).await;
        assert_eq!(ack["error"]["code"], code, "{payload} {ack}");
    }
    assert!(history(&alice, room).await.is_empty());
    let ack = socket
        .emit(
            "send_message",
            json!({ "room_id": room, "content": "still here" }),
        )
        .await;
    assert_eq!(ack["ok"], true);
}
