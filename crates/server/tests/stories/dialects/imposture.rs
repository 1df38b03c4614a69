//! Nobody speaks for somebody else, and nobody sees what is not theirs, in any way of speaking.

use super::together::Signed;
use parlor_testkit::{Frames, Server, Value, json};

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

    let form = json!({ "room_name": "Hers", "room_owner": "owner" });
    let reply = komunikator.visitor.post("/api/room/create", form).await;
    let refusal = "room_owner: this is not your own name";
    assert_eq!(reply.expect(403)["message"], refusal);
    let form = json!({ "room_name": "Mine", "room_owner": "Komunikator" });
    let reply = komunikator.visitor.post("/api/room/create", form).await;
    reply.expect(200);

    let awesome = Signed::in_awesome(&server, "awesome").await;
    let form = json!({ "name": "Hers too", "creator_id": owner.id() });
    let reply = awesome.visitor.post("/rooms", form).await;
    assert_eq!(reply.expect(403)["detail"], "creator_id: this is not you");
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

/// What can be asked about the room `ID`: by whom, and with which body.
const ABOUT_A_ROOM: &[(&str, &str, &str, &str)] = &[
    ("awesome", "GET", "/rooms/ID", ""),
    ("awesome", "PUT", "/rooms/ID", r#"{"name":"Mine"}"#),
    ("awesome", "DELETE", "/rooms/ID", ""),
    ("awesome", "POST", "/rooms/ID/join", ""),
    (
        "awesome",
        "POST",
        "/rooms/ID/join",
        r#"{"access_key":"guess it"}"#,
    ),
    ("awesome", "POST", "/rooms/ID/leave", ""),
    ("awesome", "POST", "/rooms/ID/members/1/kick", ""),
    ("awesome", "POST", "/rooms/ID/members/1/mute", ""),
    ("awesome", "GET", "/communities/ID", ""),
    ("awesome", "POST", "/communities/ID/join", ""),
    ("awesome", "POST", "/communities/ID/leave", ""),
    (
        "awesome",
        "POST",
        "/communities/ID/members/1/role",
        r#"{"role":"admin"}"#,
    ),
    ("komunikator", "GET", "/api/room/get?room_id=ID", ""),
    ("komunikator", "GET", "/api/user/list?room_id=ID", ""),
    ("komunikator", "GET", "/api/chat_history?room_id=ID", ""),
    (
        "komunikator",
        "POST",
        "/api/room/join_public",
        r#"{"room_id":ID}"#,
    ),
    (
        "komunikator",
        "POST",
        "/api/room/leave",
        r#"{"room_id":ID}"#,
    ),
    (
        "komunikator",
        "POST",
        "/api/room/edit",
        r#"{"room_id":ID,"new_name":"Mine"}"#,
    ),
    (
        "komunikator",
        "POST",
        "/api/room/delete",
        r#"{"room_id":ID}"#,
    ),
    (
        "komunikator",
        "POST",
        "/api/user_kick",
        r#"{"room_id":ID,"user_to_kick":"owner"}"#,
    ),
    (
        "komunikator",
        "POST",
        "/api/user_kick",
        r#"{"room_id":ID,"user_to_kick":"nobody"}"#,
    ),
];

/// Somebody outside is answered the same about a private room as about one that was never there.
#[tokio::test]
async fn no_answer_tells_a_private_room_from_none() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    let (vault, _) = owner.create_private_room("Vault").await;
    let none = vault + 1_000;
    let awesome = Signed::in_awesome(&server, "awesome").await;
    let komunikator = Signed::in_komunikator(&server, "komunikator").await;
    for (whose, method, path, body) in ABOUT_A_ROOM {
        let visitor = match *whose {
            "awesome" => &awesome.visitor,
            _ => &komunikator.visitor,
        };
        let ask = async |id: i64| {
            let fill = |text: &str| text.replace("ID", &id.to_string());
            let mut request = visitor.request(method, &fill(path));
            if !body.is_empty() {
                let body: Value = fill(body).parse().expect("JSON");
                request = request.json(&body);
            }
            let reply = visitor.send(request).await;
            (reply.status, reply.text)
        };
        let (about_vault, about_none) = (ask(vault).await, ask(none).await);
        assert_eq!(about_vault, about_none, "{method} {path} {body}");
        assert_eq!(about_vault.0, 404, "{method} {path}: {}", about_vault.1);
    }
    let knock = async |id: i64| {
        let path = format!("/ws/rooms/{id}");
        let opened = Frames::open(server.base(), &path, Some(&awesome.token)).await;
        opened.err().expect("a refusal")
    };
    assert_eq!(knock(vault).await, knock(none).await);
}

#[tokio::test]
async fn no_event_tells_a_private_room_from_none() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    let (vault, _) = owner.create_private_room("Vault").await;
    let none = vault + 1_000;
    let must = Signed::in_must(&server, "must").await;
    let komunikator = Signed::in_komunikator(&server, "komunikator").await;
    let at_must = must.open(&server, "/chat").await;
    let at_komunikator = komunikator.open(&server, "/").await;
    for (socket, event, field) in [
        (&at_must, "join_room", "room"),
        (&at_must, "leave_room", "room"),
        (&at_must, "chat_message", "room"),
        (&at_komunikator, "join", "room_id"),
        (&at_komunikator, "leave", "room_id"),
        (&at_komunikator, "message", "room_id"),
    ] {
        let ask = async |room: Value| {
            let mut payload = json!({ "message": "let me in", "user_name": "komunikator" });
            payload[field] = room;
            socket.emit_only(event, payload);
            socket.next("error").await
        };
        assert_eq!(ask(json!(vault)).await, ask(json!(none)).await, "{event}");
    }
    let ask = async |room: &str| {
        at_must.emit_only("join_room", json!({ "room": room }));
        at_must.next("error").await
    };
    assert_eq!(ask("Vault").await, ask("No such room").await);

    let at_platform = server.person("platform").await.socket().await;
    let ask = async |room: i64| {
        let chat = json!({ "group_id": room, "content": "let me in" });
        at_platform.emit("chat", chat).await
    };
    assert_eq!(ask(vault).await, ask(none).await);
}
