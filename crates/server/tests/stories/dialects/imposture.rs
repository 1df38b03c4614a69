//! Nobody speaks for somebody else, and nobody sees what is not theirs, in any way of speaking.

use super::together::Signed;
use parlor_testkit::{Frames, Server, json};

#[tokio::test]
async fn a_payload_that_names_somebody_else_is_refused() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    let room = owner.create_room("Stage").await;

    let must = Signed::in_must(&server, "must").await;
    let at_must = must.open(&server, "/chat").await;
    for event in ["join_room", "leave_room"] {
        at_must.emit_only(event, json!({ "room": room, "username": "owner" }));
        let refusal = at_must.next("error").await;
        assert_eq!(refusal["message"], "username: this is not your own name");
    }

    let komunikator = Signed::in_komunikator(&server, "komunikator").await;
    let at_komunikator = komunikator.open(&server, "/").await;
    for event in ["join", "leave", "message", "watchdog"] {
        let payload = json!({ "room_id": room, "user_name": "owner", "message": "I am owner" });
        at_komunikator.emit_only(event, payload);
        let refusal = at_komunikator.next("error").await;
        assert_eq!(refusal["message"], "user_name: this is not your own name");
    }

    let awesome = Signed::in_awesome(&server, "awesome").await;
    let path = format!("/rooms/{room}/join");
    awesome.visitor.post(&path, json!({})).await.expect(200);
    let mut at_awesome = awesome.listen(&server, room).await;
    let user = json!({ "id": owner.id().to_string(), "name": "owner" });
    at_awesome
        .send(json!({ "text": "I am owner", "user": user }))
        .await;
    let refusal = json!({ "detail": "user: this is not you" });
    assert_eq!(at_awesome.next().await, Some(refusal));

    let platform = server.person("platform").await;
    platform.join(room).await;
    let at_platform = platform.socket().await;
    for claim in ["from", "username"] {
        let mut chat = json!({ "group_id": room, "content": "I am owner" });
        chat[claim] = if claim == "from" {
            json!(owner.id())
        } else {
            json!("owner")
        };
        let answer = at_platform.emit("chat", chat).await;
        assert_eq!(answer["error"]["code"], "forbidden", "{claim}");
    }

    let history = owner
        .get(&format!("/api/rooms/{room}/messages"))
        .await
        .expect(200);
    assert_eq!(history["items"], json!([]), "nothing was said");
}

#[tokio::test]
async fn a_private_room_is_invisible_and_its_key_its_owners_alone() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    let (room, key) = owner.create_private_room("Vault").await;
    let hidden = |text: &str| !text.contains("Vault") && !text.contains(&key);

    let awesome = Signed::in_awesome(&server, "awesome").await;
    assert!(hidden(&awesome.visitor.get("/rooms").await.text));
    let path = format!("/rooms/{room}");
    awesome.visitor.get(&path).await.expect(404);
    let address = format!("/ws/rooms/{room}");
    let opened = Frames::open(server.base(), &address, Some(&awesome.token));
    assert_eq!(opened.await.err().expect("a refusal").0, 404);
    let join = json!({ "access_key": key });
    awesome
        .visitor
        .post(&format!("{path}/join"), join)
        .await
        .expect(200);
    let inside = awesome.visitor.get(&path).await;
    assert!(inside.text.contains("Vault") && !inside.text.contains(&key));

    let komunikator = Signed::in_komunikator(&server, "komunikator").await;
    for path in ["/api/rooms", "/api/user_rooms"] {
        assert!(hidden(&komunikator.visitor.get(path).await.text), "{path}");
    }
    for path in ["room/get", "user/list", "chat_history"] {
        let path = format!("/api/{path}?room_id={room}");
        komunikator.visitor.get(&path).await.expect(404);
    }

    let must = Signed::in_must(&server, "must").await;
    let at_must = must.open(&server, "/chat").await;
    for name in [json!("Vault"), json!(room), json!(room.to_string())] {
        at_must.emit_only("join_room", json!({ "room": name, "username": "must" }));
        let refusal = at_must.next("error").await;
        let none = "There is no such thing, or you may not see it.";
        assert_eq!(refusal["message"], none);
    }
}
