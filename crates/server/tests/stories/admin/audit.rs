//! The audit log.

use super::{acts, entries};
use parlor_testkit::{Person, Server, json};

/// What is done to somebody, and the name of that in the log.
async fn moderate(admin: &Person, room: i64, user: i64) {
    let act = async |what: &str, body| {
        let path = format!("/api/rooms/{room}/members/{user}/{what}");
        let reply = admin.post(&path, body).await;
        assert!(reply.status < 300, "{what}: {}", reply.text);
    };
    act("mute", json!({})).await;
    act("unmute", json!({})).await;
    act("role", json!({ "role": "admin" })).await;
    act("role", json!({ "role": "admin" })).await;
    act("kick", json!({})).await;
    act("ban", json!({})).await;
    act("ban", json!({})).await;
    act("unban", json!({})).await;
}

#[tokio::test]
async fn what_administrators_do_is_written_down_once_and_in_order() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (a, b) = (alice.id(), bob.id());
    let room = alice.create_room("Canary perch").await;
    bob.join(room).await;
    let said = alice.say(room, "canary words").await["id"]
        .as_i64()
        .unwrap();

    let account = format!("/api/admin/users/{b}");
    for change in [
        json!({ "role": "admin" }),
        json!({ "role": "user", "status": "inactive" }),
        json!({ "status": "active" }),
        json!({ "status": "active" }),
    ] {
        admin.put(&account, change).await.expect(200);
    }
    admin
        .delete(&format!("{account}/sessions"))
        .await
        .expect(204);
    moderate(&admin, room, b).await;
    let path = format!("/api/messages/{said}");
    admin.delete(&path).await.expect(200);
    let path = format!("/api/rooms/{room}");
    let change = json!({ "name": "Another perch", "description": "" });
    admin.put(&path, change).await.expect(200);
    admin.delete(&path).await.expect(204);

    let log = entries(&admin, "").await;
    assert_eq!(
        acts(&log),
        [
            ("administrator_made", Some(admin.id())),
            ("role_changed", Some(b)),
            ("role_changed", Some(b)),
            ("deactivated", Some(b)),
            ("activated", Some(b)),
            ("signed_out", Some(b)),
            ("muted", Some(b)),
            ("unmuted", Some(b)),
            ("member_role_changed", Some(b)),
            ("kicked", Some(b)),
            ("banned", Some(b)),
            ("unbanned", Some(b)),
            ("message_deleted", Some(said)),
            ("room_changed", Some(room)),
            ("room_deleted", Some(room)),
        ]
    );
    let seqs: Vec<i64> = log.iter().map(|e| e["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=15).collect::<Vec<_>>(), "no gap");
    assert_eq!(log[0]["source"], "console");
    assert_eq!(log[0]["actor"], json!(null));
    let changed = &log[1];
    assert_eq!(changed["actor"]["username"], "root");
    assert_eq!(changed["user"]["username"], "bob");
    assert_eq!(changed["facts"], json!({ "from": "user", "to": "admin" }));
    assert_eq!(
        (&changed["source"], &changed["address"]),
        (&json!("http"), &json!("127.0.0.1"))
    );
    assert_eq!(changed["request_id"].as_str().unwrap().len(), 16);
    assert_eq!(log[6]["room_id"], room);
    assert_eq!(log[13]["facts"], json!({ "fields": "name, description" }));
    assert_eq!(log[14]["facts"], json!({ "name": "Another perch" }));
    let text = admin.get("/api/admin/audit").await.text;
    assert!(!text.contains("canary"), "{text}");
    assert!(!text.contains("@example.org"), "{text}");
    let of_alice = entries(&admin, &format!("actor_id={a}")).await;
    assert!(of_alice.is_empty(), "what owners do, the room's log tells");
}

#[tokio::test]
async fn the_log_is_searched_by_who_what_whom_and_when() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let (account, id) = (format!("/api/admin/users/{}", alice.id()), alice.id());
    for role in ["admin", "user", "admin"] {
        admin
            .put(&account, json!({ "role": role }))
            .await
            .expect(200);
    }
    let room = alice.create_room("Attic").await;
    let path = format!("/api/rooms/{room}");
    alice
        .put(&path, json!({ "name": "Loft" }))
        .await
        .expect(200);
    let all = entries(&admin, "").await;
    let find = async |query: &str| {
        let found = entries(&admin, query).await;
        let seqs = found.iter().map(|e| e["seq"].as_i64().unwrap());
        seqs.collect::<Vec<_>>()
    };
    assert_eq!(find("action=role_changed").await, [2, 3, 4]);
    assert_eq!(find("source=console").await, [1]);
    assert_eq!(find(&format!("actor_id={}", admin.id())).await, [2, 3, 4]);
    assert_eq!(find(&format!("actor_id={id}")).await, [5]);
    assert_eq!(
        find(&format!("subject=user&subject_id={id}")).await,
        [2, 3, 4]
    );
    assert_eq!(find(&format!("room_id={room}")).await, [5]);
    let at = all[4]["at"].as_str().unwrap();
    assert!(find(&format!("since={at}")).await.contains(&5));
    assert!(!find(&format!("until={at}")).await.contains(&5));

    let first = admin.get("/api/admin/audit?limit=2").await.expect(200);
    let next = first["next"].as_str().unwrap();
    let rest = admin.get(&format!("/api/admin/audit?cursor={next}")).await;
    let rest = rest.expect(200)["items"].as_array().unwrap().len();
    assert_eq!(rest, 3);
    let elsewhere = format!("/api/admin/audit?action=set_up&cursor={next}");
    admin.get(&elsewhere).await.problem(400, "invalid_cursor");
    for bad in [
        "action=everything",
        "since=today",
        "actor_id=0",
        "limit=0",
        "colour=red",
    ] {
        let path = format!("/api/admin/audit?{bad}");
        admin.get(&path).await.problem(400, "invalid_param");
    }
}

#[tokio::test]
async fn what_fails_leaves_no_entry_and_no_interface_changes_one() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let own = format!("/api/admin/users/{}", admin.id());
    let last = admin.put(&own, json!({ "role": "user" })).await;
    last.problem(409, "last_administrator");
    admin
        .delete("/api/admin/users/999999/sessions")
        .await
        .expect(404);
    let log = admin.get("/api/admin/audit").await.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        for path in ["/api/admin/audit", "/api/admin/audit/1"] {
            let reply = admin.send(admin.request(method, path)).await;
            assert!(
                matches!(reply.status, 404 | 405),
                "{method} {path}: {}",
                reply.text
            );
        }
    }
    // Somebody who is gone is not named any more; that they acted stays.
    let alice = server.person("alice").await;
    let path = format!("/api/admin/users/{}", alice.id());
    admin
        .put(&path, json!({ "role": "admin" }))
        .await
        .expect(200);
    alice.put(&own, json!({ "role": "user" })).await.expect(200);
    alice
        .put(&own, json!({ "role": "admin" }))
        .await
        .expect(200);
    alice.delete("/api/auth/me").await.expect(204);
    let log = entries(&admin, &format!("actor_id={}", alice.id())).await;
    assert_eq!(log.len(), 2);
    assert!(!log[0].to_string().contains("alice"), "{}", log[0]);
}

#[tokio::test]
async fn setting_up_and_exports_are_written_down() {
    let server = Server::start().await;
    let code = server.app().accounts.open_setup().await.unwrap().unwrap();
    let form = json!({
        "username": "root", "email": "root@example.org", "password": "a long walk by the river",
        "privacy_policy_accepted": true, "setup_code": code,
    });
    let signed_in = server.visitor().post("/api/auth/register", form).await;
    let signed_in = signed_in.expect(201);
    let admin = server.visitor();
    admin.set_token(signed_in["access_token"].as_str().map(str::to_owned));
    let alice = server.person("alice").await;
    let room = alice.create_room("Archive").await;
    alice.say(room, "for the record").await;
    alice
        .get(&format!("/api/rooms/{room}/export"))
        .await
        .expect(200);
    admin
        .get(&format!("/api/rooms/{room}/export"))
        .await
        .expect(403);
    let log = entries(&admin, "").await;
    let founder = signed_in["user"]["id"].as_i64();
    assert_eq!(
        acts(&log),
        [("set_up", founder), ("room_exported", Some(room))]
    );
    assert_eq!(log[0]["actor"]["id"].as_i64(), founder);
    assert_eq!(log[0]["address"], "127.0.0.1");
    assert_eq!(log[1]["actor"]["username"], "alice");
    assert_eq!(
        (&log[1]["subject"], &log[1]["room_id"]),
        (&json!("room"), &json!(room))
    );
}

#[tokio::test]
async fn who_speaks_in_anothers_name_is_written_down_and_does_not_fill_the_disk() {
    let server = Server::setup().with_limits().start().await;
    let admin = server.administrator("root").await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Masks").await;
    bob.join(room).await;
    let path = format!("/api/rooms/{room}/messages");
    let hers = json!({ "content": "hers", "user_id": alice.id() });
    bob.post(&path, hers).await.problem(400, "unknown_field");
    let socket = bob.socket().await;
    for _ in 0..10 {
        let typing = json!({ "room_id": room, "username": "alice" });
        let code = socket.emit("typing_start", typing).await["error"]["code"].clone();
        assert_eq!(code, "unknown_field");
    }
    let harmless = json!({ "room_id": room, "colour": "red" });
    socket.emit("typing_stop", harmless).await;
    let log = entries(&admin, "action=imposture_refused").await;
    assert!((2..=6).contains(&log.len()), "{}", log.len());
    assert_eq!(log[0]["actor"]["username"], "bob");
    assert_eq!(log[0]["facts"], json!({ "field": "user_id" }));
    assert_eq!(
        (&log[0]["source"], &log[1]["source"]),
        (&json!("http"), &json!("socket"))
    );
    assert_eq!(log[1]["address"], "127.0.0.1");
}

#[tokio::test]
async fn what_is_kept_and_held_is_written_down_without_the_reason() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Archive").await;
    let terms = json!({ "public_rooms": 30 });
    admin.put("/api/admin/retention", terms).await.expect(200);
    let path = format!("/api/rooms/{room}/retention");
    admin.put(&path, json!({ "days": 7 })).await.expect(200);
    let hold = json!({ "user_id": alice.id(), "reason": "canary case" });
    let hold = admin.post("/api/admin/holds", hold).await.expect(201);
    let id = hold["id"].as_i64().unwrap();
    let path = format!("/api/admin/holds/{id}");
    admin.delete(&path).await.expect(200);
    admin.delete(&path).await.problem(409, "invalid_state");
    let log = entries(&admin, &format!("actor_id={}", admin.id())).await;
    let done = [
        ("setting_changed", None),
        ("room_changed", Some(room)),
        ("hold_placed", Some(alice.id())),
        ("hold_lifted", Some(alice.id())),
    ];
    assert_eq!(acts(&log), done);
    assert_eq!(log[0]["facts"]["name"], "retention");
    assert!(log[0]["facts"]["to"].as_str().unwrap().contains("30"));
    assert_eq!(log[3]["facts"], json!({ "hold": id.to_string() }));
    assert!(!json!(log).to_string().contains("canary"));
}
