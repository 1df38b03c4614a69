//! Bad input and its answers: the numbered cases of the reliability plan that concern rooms.

use super::{ids, view};
use parlor_testkit::{Server, Value, json};

#[tokio::test]
async fn h8_an_id_is_a_plain_positive_number() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for id in [
        "0",
        "-1",
        "9223372036854775808",
        "1e3",
        "%EF%BC%91",
        "%00",
        "abc",
        "1.0",
        "+1",
    ] {
        alice
            .get(&format!("/api/rooms/{id}"))
            .await
            .problem(400, "invalid_param");
        let kick = format!("/api/rooms/1/members/{id}/kick");
        alice
            .post(&kick, json!({}))
            .await
            .problem(400, "invalid_param");
    }
    for id in ["999999", "9007199254740991"] {
        alice
            .get(&format!("/api/rooms/{id}"))
            .await
            .problem(404, "not_found");
    }
    for id in [json!(0), json!(-1)] {
        let direct = alice
            .post("/api/rooms/direct", json!({ "user_id": id }))
            .await;
        direct.problem(400, "invalid_field");
    }
}

#[tokio::test]
async fn h9_h10_a_page_has_a_sane_size_and_a_true_cursor() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = ids(&alice.get("/api/rooms").await.expect(200))[0];
    for list in [
        "/api/rooms".to_owned(),
        format!("/api/rooms/{room}/members"),
    ] {
        for limit in ["0", "-1", "NaN", "1e9", "1000000000", "201", ""] {
            alice
                .get(&format!("{list}?limit={limit}"))
                .await
                .problem(400, "invalid_param");
        }
        for cursor in ["1", "AAAA", "bm90IG91cnM", "%00", ""] {
            alice
                .get(&format!("{list}?cursor={cursor}"))
                .await
                .problem(400, "invalid_cursor");
        }
    }
    let page = alice.get("/api/rooms?limit=1").await.expect(200);
    let foreign = page["next"].as_str().unwrap();
    let members = format!("/api/rooms/{room}/members?cursor={foreign}");
    alice.get(&members).await.problem(400, "invalid_cursor");
    let bob = server.person("bob").await;
    let other = format!("/api/rooms?limit=1&cursor={foreign}");
    bob.get(&other).await.problem(400, "invalid_cursor");
    alice
        .get("/api/rooms?colour=red")
        .await
        .problem(400, "invalid_param");
    alice
        .get("/api/rooms?scope=secret")
        .await
        .problem(400, "invalid_param");
    let long = format!("/api/rooms?q={}", "x".repeat(101));
    alice.get(&long).await.problem(400, "invalid_param");
    alice
        .get("/api/rooms?q=%00")
        .await
        .problem(400, "invalid_param");
}

#[tokio::test]
async fn n1_a_capacity_is_a_whole_number_in_bounds() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Measured").await;
    let odd = [
        json!(-1),
        json!(0),
        json!(1),
        json!(1_000_000),
        json!(100.5),
        json!("100"),
    ];
    for max in odd {
        let body = json!({ "name": "Odd", "max_members": max });
        alice
            .post("/api/rooms", body)
            .await
            .problem(400, "invalid_field");
        let body = json!({ "max_members": max });
        alice
            .put(&format!("/api/rooms/{room}"), body)
            .await
            .problem(400, "invalid_field");
    }
    let path = format!("/api/rooms/{room}");
    assert_eq!(
        alice
            .put(&path, json!({ "max_members": 5 }))
            .await
            .expect(200)["capacity"],
        5
    );
    assert_eq!(
        alice
            .put(&path, json!({ "name": "Kept" }))
            .await
            .expect(200)["capacity"],
        5
    );
    let lifted = alice
        .put(&path, json!({ "max_members": null }))
        .await
        .expect(200);
    assert_eq!(lifted["capacity"], Value::Null);
}

#[tokio::test]
async fn m12_m13_a_name_is_one_line_of_visible_text() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Plain").await;
    let bad = [
        "a\r\nX-Injected: 1",
        "a\nb",
        "a\0b",
        "abc\u{202e}cba",
        "a\u{200b}b",
        "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}algo",
    ];
    for name in bad {
        alice
            .post("/api/rooms", json!({ "name": name }))
            .await
            .problem(400, "invalid_text");
        let path = format!("/api/rooms/{room}");
        alice
            .put(&path, json!({ "name": name }))
            .await
            .problem(400, "invalid_text");
    }
    for name in ["", "   ", "\u{3000}"] {
        alice
            .post("/api/rooms", json!({ "name": name }))
            .await
            .problem(400, "invalid_field");
    }
    let long = "名".repeat(101);
    alice
        .post("/api/rooms", json!({ "name": long }))
        .await
        .problem(400, "too_long");
    let body = r#"{"name": "\ud800"}"#;
    let request = alice
        .request("POST", "/api/rooms")
        .header("content-type", "application/json");
    alice
        .send(request.body(body))
        .await
        .problem(400, "invalid_text");
}

#[tokio::test]
async fn m10_what_is_stored_comes_back_the_same() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let name = "👩‍💻 𠮷野家 ' \" % _ \\ <b>";
    let description = "多行\n\t文字 ؟ 👨‍👩‍👧‍👦";
    let body = json!({ "name": name, "description": description });
    let room = alice.post("/api/rooms", body).await.expect(201);
    let room = view(&alice, room["id"].as_i64().unwrap()).await;
    assert_eq!(
        (&room["name"], &room["description"]),
        (&json!(name), &json!(description))
    );
    let found = alice.get("/api/rooms?q=%25%20_%20%5C").await.expect(200);
    assert_eq!(ids(&found), [room["id"].as_i64().unwrap()]);
}

#[tokio::test]
async fn bodies_have_no_fields_but_their_own() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Strict").await;
    for extra in ["owner_id", "is_default", "id", "member_count", "colour"] {
        let body = json!({ "name": "New", extra: 1 });
        alice
            .post("/api/rooms", body.clone())
            .await
            .problem(400, "unknown_field");
        alice
            .put(&format!("/api/rooms/{room}"), body)
            .await
            .problem(400, "unknown_field");
    }
    let keyed = json!({ "name": "Open", "access_key": "some key" });
    alice
        .post("/api/rooms", keyed)
        .await
        .problem(400, "invalid_field");
    let short = json!({ "name": "Shut", "is_private": true, "access_key": "abc" });
    alice
        .post("/api/rooms", short)
        .await
        .problem(400, "invalid_field");
    assert_eq!(view(&alice, room).await["name"], "Strict");
    alice
        .put(&format!("/api/rooms/{room}"), json!({}))
        .await
        .expect(200);
}
