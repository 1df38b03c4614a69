//! Rooms and communities from outside.

use parlor_testkit::{Person, Server, Value, json};

async fn list(admin: &Person, what: &str, query: &str) -> Vec<Value> {
    let path = format!("/api/admin/{what}?{query}");
    let page = admin.get(&path).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

fn names(rooms: &[Value]) -> Vec<&str> {
    rooms.iter().map(|r| r["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn administrators_see_how_big_rooms_are_and_nothing_that_is_said_in_them() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let open = alice.create_room("Open house").await;
    let (vault, key) = bob.create_private_room("Vault").await;
    bob.join(open).await;
    alice.say(open, "canary words").await;
    bob.say(vault, "canary secrets").await;
    let direct = json!({ "user_id": bob.id() });
    let direct = alice.post("/api/rooms/direct", direct).await;
    let direct = direct.json["id"].as_i64().unwrap();
    alice.say(direct, "canary whispers").await;
    server.app().admin.roll_up().await.unwrap();

    let rooms = admin.get("/api/admin/rooms?limit=200").await;
    for hidden in ["canary", &key, "access_key", "@example.org"] {
        assert!(!rooms.text.contains(hidden), "{hidden}: {}", rooms.text);
    }
    let rooms = rooms.expect(200)["items"].as_array().unwrap().clone();
    assert!(
        rooms.iter().all(|room| room["id"] != direct),
        "a chat of two"
    );
    let room = rooms.iter().find(|room| room["id"] == vault).unwrap();
    assert_eq!(
        (&room["name"], &room["is_private"]),
        (&json!("Vault"), &json!(true))
    );
    assert_eq!(room["owner"]["username"], "bob");
    assert_eq!(
        (&room["member_count"], &room["message_count"]),
        (&json!(1), &json!(1))
    );
    assert!(room["last_message_at"].is_string());
    let room = rooms.iter().find(|room| room["id"] == open).unwrap();
    assert_eq!(room["member_count"], 2);
    for path in ["/api/admin/rooms", "/api/admin/communities"] {
        alice.get(path).await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn rooms_are_searched_sorted_and_paged() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    for name in ["Hall one", "Hall two", "Hall three"] {
        alice.create_room(name).await;
    }
    let (vault, _) = bob.create_private_room("Vault hall").await;
    let halls = list(&admin, "rooms", "q=HALL").await;
    let all = ["Hall one", "Hall two", "Hall three", "Vault hall"];
    assert_eq!(names(&halls), all);
    let two = halls[1]["id"].as_i64().unwrap();
    bob.join(two).await;
    let by_members = list(&admin, "rooms", "q=hall&sort=members").await;
    assert_eq!(names(&by_members)[0], "Hall two");
    let private = list(&admin, "rooms", "is_private=true").await;
    assert_eq!(names(&private), ["Vault hall"]);
    let own = format!("owner_id={}", bob.id());
    let own = list(&admin, "rooms", &own).await;
    assert_eq!(own[0]["id"], vault);

    for sort in ["id", "members", "messages", "activity"] {
        let path = format!("/api/admin/rooms?q=hall&sort={sort}");
        let whole = admin.get(&path).await.expect(200)["items"].clone();
        let mut pages = Vec::new();
        let mut next = String::new();
        loop {
            let page = admin.get(&format!("{path}&limit=1{next}")).await;
            let page = page.expect(200);
            pages.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(json!(pages), whole, "{sort}");
    }
    for bad in [
        "sort=name",
        "q=%00",
        "cursor=x",
        "is_private=7",
        "owner_id=-1",
    ] {
        let reply = admin.get(&format!("/api/admin/rooms?{bad}")).await;
        assert_eq!(reply.status, 400, "{bad}: {}", reply.text);
    }
}

#[tokio::test]
async fn communities_are_listed_with_their_rooms_and_taken_over_where_need_be() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let founded = json!({ "name": "Library", "is_private": false });
    let library = alice.post("/api/communities", founded).await.expect(201);
    let library = library["id"].as_i64().unwrap();
    let room = json!({ "name": "Reading room", "community_id": library });
    let room = alice.post("/api/rooms", room).await.expect(201)["id"].clone();
    let path = format!("/api/communities/{library}");
    bob.post(&format!("{path}/join"), json!({}))
        .await
        .expect(200);
    let found = list(&admin, "communities", "").await;
    assert_eq!(names(&found), ["Library"]);
    assert_eq!(
        (&found[0]["room_count"], &found[0]["member_count"]),
        (&json!(1), &json!(2))
    );
    let inside = list(&admin, "rooms", &format!("community_id={library}")).await;
    assert_eq!((inside.len(), &inside[0]["id"]), (1, &room));

    let role = format!("{path}/members/{}/role", bob.id());
    admin
        .post(&role, json!({ "role": "owner" }))
        .await
        .expect(200);
    let found = list(&admin, "communities", "").await;
    assert_eq!(found[0]["owner"]["username"], "bob");
    admin.delete(&path).await.expect(204);
    assert!(list(&admin, "communities", "").await.is_empty());
    let log = super::entries(&admin, &format!("room_id={library}")).await;
    assert_eq!(
        super::acts(&log),
        [
            ("handed_over", Some(bob.id())),
            ("room_deleted", Some(library))
        ]
    );
    assert_eq!(log[0]["facts"], json!({ "from": alice.id().to_string() }));
    assert_eq!(log[1]["subject"], "community");
}
