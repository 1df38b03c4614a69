//! What people say about themselves, how others find them, and how they leave.

use parlor_testkit::{Server, Value, json};

#[tokio::test]
async fn alice_changes_what_she_says_about_herself() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let path = format!("/api/users/{}", alice.id());
    bob.get(&path).await.expect(200);
    let change = json!({
        "nickname": "爱丽丝", "birthday": "2000-02-29", "bio": "Hello\n🙂", "language": "zh-CN",
        "email": "Alice@New.example",
    });
    let me = alice.put("/api/auth/profile", change).await.expect(200);
    for (field, value) in [
        ("nickname", "爱丽丝"),
        ("birthday", "2000-02-29"),
        ("bio", "Hello\n🙂"),
        ("language", "zh-CN"),
        ("email", "Alice@New.example"),
    ] {
        assert_eq!(me[field], value);
    }
    assert_eq!(alice.get("/api/auth/me").await.expect(200), me);
    let seen = bob.get(&path).await.expect(200);
    assert_eq!(seen["nickname"], "爱丽丝");
    for private in ["email", "birthday", "language"] {
        assert_eq!(seen.get(private), None, "{private}");
    }

    let clear = json!({ "nickname": null, "birthday": null, "bio": null, "language": null });
    let me = alice.put("/api/auth/profile", clear).await.expect(200);
    assert_eq!(me["nickname"], "alice");
    assert_eq!(me["birthday"], Value::Null);
    assert_eq!(me["email"], "Alice@New.example");
    assert_eq!(bob.get(&path).await.expect(200)["nickname"], "alice");
}

#[tokio::test]
async fn a_profile_that_does_not_hold_changes_nothing() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    server.person("bob").await;
    for (change, status, code) in [
        (json!({ "birthday": "2999-01-01" }), 400, "invalid_field"),
        (json!({ "birthday": "2001-02-29" }), 400, "invalid_field"),
        (json!({ "birthday": 7 }), 400, "invalid_field"),
        (json!({ "language": "../etc" }), 400, "invalid_field"),
        (json!({ "nickname": "a\r\nb" }), 400, "invalid_field"),
        (json!({ "nickname": { "$gt": "" } }), 400, "invalid_field"),
        (json!({ "bio": "x".repeat(501) }), 400, "too_long"),
        (json!({ "bio": "a\u{0}b" }), 400, "invalid_text"),
        (json!({ "email": "" }), 400, "invalid_field"),
        (json!({ "email": "nowhere" }), 400, "invalid_field"),
        (json!({ "email": "BOB@example.org" }), 409, "email_taken"),
        (json!({ "role": "admin" }), 400, "unknown_field"),
        (json!({ "is_admin": true }), 400, "unknown_field"),
        (json!({ "id": 1 }), 400, "unknown_field"),
        (json!({ "username": "root" }), 400, "unknown_field"),
        (json!({ "status": "inactive" }), 400, "unknown_field"),
    ] {
        let mut form = json!({ "bio": "changed" });
        for (name, value) in change.as_object().unwrap() {
            form[name] = value.clone();
        }
        let reply = alice.put("/api/auth/profile", form).await;
        reply.problem(status, code);
    }
    let me = alice.get("/api/auth/me").await.expect(200);
    assert_eq!((&me["bio"], &me["role"]), (&json!(""), &json!("user")));
    // One's own address in another case is no conflict.
    let own = json!({ "email": "ALICE@example.org" });
    alice.put("/api/auth/profile", own).await.expect(200);
}

#[tokio::test]
async fn people_find_each_other() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for name in ["alina", "Malik", "李明", "100_percent"] {
        server.person(name).await;
    }
    server.guest("Alfred").await;
    alice
        .put("/api/auth/profile", json!({ "nickname": "Wonderland" }))
        .await
        .expect(200);
    for (q, found) in [
        ("al", vec!["alice", "alina", "Malik"]),
        ("AL", vec!["alice", "alina", "Malik"]),
        ("wonder", vec!["alice"]),
        ("李", vec!["李明"]),
        ("0_p", vec!["100_percent"]),
        ("__", vec![]),
        ("%25%25", vec![]),
        ("%22NEAR(%22", vec![]),
    ] {
        let page = alice.get(&format!("/api/users/search?q={q}")).await;
        let page = page.expect(200);
        let names: Vec<_> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["username"].as_str().unwrap())
            .collect();
        assert_eq!(names, found, "{q}");
    }
    let page = alice
        .get("/api/users/search?q=al&limit=2")
        .await
        .expect(200);
    let next = page["next"].as_str().unwrap();
    let after = |q: &str| format!("/api/users/search?q={q}&cursor={next}");
    let rest = alice.get(&after("al")).await.expect(200);
    assert_eq!(rest["items"][0]["username"], "Malik");
    alice
        .get(&after("ali"))
        .await
        .problem(400, "invalid_cursor");
    for bad in [
        "q=a",
        "q=",
        "q=%C3%A9",
        "",
        "q=al&limit=0",
        "q=al&what=ever",
    ] {
        let reply = alice.get(&format!("/api/users/search?{bad}")).await;
        reply.problem(400, "invalid_param");
    }
    let nobody = server.visitor().get("/api/users/search?q=al").await;
    nobody.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_profile_is_found_by_a_plain_number() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    alice
        .get("/api/users/999999")
        .await
        .problem(404, "not_found");
    for bad in ["0", "-1", "9223372036854775808", "1e3", "１", "%00", "me"] {
        let reply = alice.get(&format!("/api/users/{bad}")).await;
        reply.problem(400, "invalid_param");
    }
}

#[tokio::test]
async fn a_picture_is_drawn_for_everybody() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let change = json!({ "nickname": "<script>alert(1)</script>" });
    alice.put("/api/auth/profile", change).await.expect(200);
    let path = format!("/api/users/{}/avatar", alice.id());
    let reply = server.visitor().get(&path).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("image/svg+xml"));
    assert!(reply.text.starts_with("<svg"), "{}", reply.text);
    assert!(!reply.text.contains("<script"), "{}", reply.text);
    let nobody = server.visitor().get("/api/users/999999/avatar").await;
    nobody.problem(404, "not_found");
}

#[tokio::test]
async fn a_new_account_has_done_nothing_yet() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let stats = alice.get("/api/users/me/stats").await.expect(200);
    assert_eq!(stats["messages_sent"], 0);
    assert_eq!(stats["private_rooms_owned"], 0);
}

#[tokio::test]
async fn who_leaves_is_forgotten() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let laptop = alice.another_device().await;
    let bob = server.person("bob").await;
    alice.delete("/api/auth/me").await.expect(204);
    for device in [&alice, &laptop] {
        device
            .get("/api/auth/me")
            .await
            .problem(401, "unauthorized");
    }
    let login = json!({ "username": "alice", "password": alice.password() });
    let reply = server.visitor().post("/api/auth/login", login).await;
    reply.problem(401, "bad_credentials");
    bob.get(&format!("/api/users/{}", alice.id()))
        .await
        .problem(404, "not_found");
    let found = bob.get("/api/users/search?q=alice").await.expect(200);
    assert_eq!(found["items"], json!([]));
    let briefs = server.app().accounts.briefs(&[alice.id()]).await.unwrap();
    let tombstone = &briefs[&alice.id()];
    assert_eq!(tombstone.username, format!("deleted-{}", alice.id()));
    assert_eq!(tombstone.nickname, tombstone.username);

    // The name and the address are free again, for a new person.
    let namesake = server.person("alice").await;
    assert_ne!(namesake.id(), alice.id());
}

#[tokio::test]
async fn a_new_name_is_told_where_people_see_it_and_no_old_one_is_kept() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Names").await;
    let joined = bob.join(room).await;
    let socket = alice.socket().await;
    for name in ["Robert", "Bobby"] {
        let change = json!({ "nickname": name });
        bob.put("/api/auth/profile", change).await.expect(200);
        let told = socket
            .next_where("user_updated", |event| event["room_id"] == room)
            .await;
        assert_eq!(told["user"]["nickname"], name);
    }
    // What others do not see makes no noise. Both are in other rooms too, which have heard of the names.
    socket.settled_events().await;
    let change = json!({ "bio": "hello", "nickname": "Bobby" });
    bob.put("/api/auth/profile", change).await.expect(200);
    let heard = socket.settled_events().await;
    assert!(heard.iter().all(|(name, _)| name != "user_updated"));
    // Told again, it is as it is now.
    let seen = json!({ room.to_string(): joined["last_seq"] });
    let later = alice.resume(seen).await;
    for _ in 0..2 {
        let told = later.next("user_updated").await;
        assert_eq!(told["user"]["nickname"], "Bobby");
    }
}
