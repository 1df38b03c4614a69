//! What people are told of.

mod law;
mod limits;
mod reminders;

use parlor_testkit::{Person, Server, Socket, Value, json};

/// The list of somebody's notifications.
async fn list(person: &Person) -> Value {
    person.get("/api/notifications?limit=200").await.expect(200)
}

/// Of what type the notifications of somebody are, the newest first, and how many are unread.
async fn told(person: &Person) -> (Vec<String>, usize) {
    let list = list(person).await;
    let items = list["items"].as_array().unwrap().iter();
    let types = items.map(|one| one["notification_type"].as_str().unwrap().to_owned());
    (types.collect(), list["unread"].as_array().unwrap().len())
}

/// The next notification that a device hears of.
async fn next(socket: &Socket) -> Value {
    socket.next("notification").await["notification"].clone()
}

async fn direct(one: &Person, other: &Person) -> i64 {
    let ask = json!({ "user_id": other.id() });
    let room = one.post("/api/rooms/direct", ask).await.expect(200);
    room["id"].as_i64().unwrap()
}

async fn prefer(person: &Person, change: Value) -> Value {
    let path = "/api/notifications/preferences";
    person.put(path, change).await.expect(200)
}

async fn mark(person: &Person, room: i64, seq: &Value) {
    let path = format!("/api/rooms/{room}/read");
    person.put(&path, json!({ "seq": seq })).await.expect(200);
}

/// Alice and Bob in a room of Alice's, and Bob's device.
async fn two() -> (Server, Person, Person, i64, Socket) {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Attic").await;
    bob.join(room).await;
    let at_bob = bob.socket().await;
    (server, alice, bob, room, at_bob)
}

#[tokio::test]
async fn people_are_told_of_what_concerns_them() {
    let (server, alice, bob, room, at_bob) = two().await;
    let carol = server.person("carol").await;
    carol.join(room).await;
    alice.say(room, "nothing that concerns anybody").await;
    let mention = alice.say(room, "@bob, look").await;
    let told_bob = next(&at_bob).await;
    assert_eq!(told_bob["notification_type"], "mention");
    assert_eq!(told_bob["by"]["username"], "alice");
    assert_eq!(told_bob["room_id"], room);
    assert_eq!(told_bob["message"]["id"], mention["id"]);
    assert_eq!(told_bob["message"]["excerpt"], "@bob, look");
    assert_eq!(told_bob["is_read"], false);
    let own = bob.say(room, "looked").await;
    let path = format!("/api/rooms/{room}/messages");
    let reply = json!({ "content": "well?", "reply_to": own["id"] });
    alice.post(&path, reply).await.expect(201);
    assert_eq!(next(&at_bob).await["notification_type"], "reply");
    alice.say(room, "@room tea is ready").await;
    assert_eq!(next(&at_bob).await["notification_type"], "mention");
    let chat = direct(&alice, &bob).await;
    alice.say(chat, "between us").await;
    let message = next(&at_bob).await;
    assert_eq!(message["notification_type"], "message");
    assert_eq!(message["room_id"], chat);

    let ask = json!({ "user_id": bob.id() });
    let asked = alice.post("/api/friends/requests", ask).await.expect(201);
    let friend = next(&at_bob).await;
    assert_eq!(friend["notification_type"], "friend");
    let request = &asked["request"]["id"];
    assert_eq!(
        friend["request"],
        json!({ "id": request, "accepted": false })
    );
    let at_alice = alice.socket().await;
    let path = format!("/api/friends/requests/{request}/accept");
    bob.post(&path, json!({})).await.expect(200);
    let accepted = next(&at_alice).await;
    assert_eq!(
        accepted["request"],
        json!({ "id": request, "accepted": true })
    );
    // What was asked is answered: that is no news any more.
    at_bob.next("notifications_removed").await;

    let path = format!("/api/rooms/{room}/members/{}/role", bob.id());
    let role = json!({ "role": "admin" });
    alice.post(&path, role).await.expect(200);
    let standing = next(&at_bob).await;
    assert_eq!(standing["notification_type"], "system");
    assert_eq!(standing["change"]["role"], "admin");
    let (types, unread) = told(&bob).await;
    assert_eq!(types, ["system", "message", "mention", "reply", "mention"]);
    assert_eq!(unread, 5);
    // Carol was called with everybody, and with nothing else.
    assert_eq!(told(&carol).await.0, ["mention"]);
    let (types, unread) = told(&alice).await;
    assert_eq!((types, unread), (vec!["friend".to_owned()], 1));
}

#[tokio::test]
async fn a_community_tells_its_members_what_it_announces() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let draft = json!({ "name": "Lodge" });
    let lodge = alice.post("/api/communities", draft).await.expect(201)["id"]
        .as_i64()
        .unwrap();
    let path = format!("/api/communities/{lodge}/join");
    bob.post(&path, json!({})).await.expect(200);
    let at_bob = bob.socket().await;
    alice.say(lodge, "The lodge opens on Monday.").await;
    let told_bob = next(&at_bob).await;
    assert_eq!(told_bob["notification_type"], "community");
    assert_eq!(told_bob["message"]["excerpt"], "The lodge opens on Monday.");
    assert_eq!(told(&alice).await.0.len(), 0);
}

#[tokio::test]
async fn a_burst_is_one_and_reading_it_anywhere_is_reading_it_everywhere() {
    let (_server, alice, bob, room, at_bob) = two().await;
    let phone = bob.another_device().await;
    let at_phone = phone.socket().await;
    let chat = direct(&alice, &bob).await;
    let mut said = Vec::new();
    for n in 0..5 {
        said.push(alice.say(chat, &format!("word {n}")).await);
    }
    alice.say(room, "@bob now you").await;
    // Notes are handled together, so either may be told first; what came in between was told by one of them.
    let mut both = [next(&at_bob).await, next(&at_bob).await];
    both.sort_by_key(|told| told["notification_type"] == "mention");
    let [first, call] = both;
    assert!(said.iter().any(|it| it["id"] == first["message"]["id"]));
    assert_eq!(call["notification_type"], "mention");
    let (mut kinds, unread) = told(&bob).await;
    kinds.sort();
    assert_eq!(
        (kinds, unread),
        (vec!["mention".into(), "message".into()], 2)
    );

    // Read in part, it stands for the rest.
    mark(&phone, chat, &said[1]["seq"]).await;
    assert_eq!(told(&bob).await.1, 2);
    mark(&phone, chat, &said[4]["seq"]).await;
    // Lists do not wait for what follows, which devices are told.
    assert_eq!(told(&bob).await.1, 1);
    for socket in [&at_bob, &at_phone] {
        let read = socket.next("notifications_read").await;
        assert_eq!(read["ids"], json!([first["id"]]));
    }
    // What follows is news again.
    alice.say(chat, "one more").await;
    assert_ne!(next(&at_bob).await["id"], first["id"]);

    // And what is marked in the list is marked on all devices, once.
    let newest = list(&bob).await["items"][0]["id"].clone();
    let all = json!({ "up_to": newest });
    for _ in 0..2 {
        let path = "/api/notifications/read";
        phone.post(path, all.clone()).await.expect(204);
    }
    let read = at_bob.next("notifications_read").await;
    assert_eq!(read["ids"].as_array().unwrap().len(), 2);
    assert_eq!(told(&bob).await.1, 0);
    let more = at_bob.settled_events().await;
    assert!(more.iter().all(|(name, _)| name != "notifications_read"));
}

#[tokio::test]
async fn nobody_is_told_what_they_do_not_want_or_have_read() {
    let (server, alice, bob, room, at_bob) = two().await;
    let (carol, noisy) = (
        server.person("carol").await,
        alice.create_room("Noisy").await,
    );
    for place in [room, noisy] {
        carol.join(place).await;
    }
    bob.join(noisy).await;
    let quiet = json!({ "rooms": [{ "room_id": noisy, "level": "nothing" }], "types": { "reply": { "in_app": false } } });
    let now = prefer(&bob, quiet).await;
    assert_eq!(now["rooms"][0]["level"], "nothing");
    assert_eq!(now["types"]["reply"]["in_app"], false);
    assert_eq!(now["types"]["mention"]["in_app"], true);
    let block = format!("/api/blocks/{}", carol.id());
    bob.put(&block, json!({})).await.expect(200);
    alice.say(noisy, "@bob in a room he hears nothing of").await;
    let own = bob.say(room, "mine").await;
    let path = format!("/api/rooms/{room}/messages");
    let reply = json!({ "content": "yours", "reply_to": own["id"] });
    alice.post(&path, reply).await.expect(201);
    carol.say(room, "@room from somebody he has blocked").await;
    bob.say(room, "@bob and @room by himself").await;
    alice.say(room, "@bob at last").await;
    let first = next(&at_bob).await;
    assert_eq!(first["message"]["excerpt"], "@bob at last");
    assert_eq!(told(&bob).await.0, ["mention"]);

    // A room can be followed, and then everything is told of it.
    let all = json!({ "rooms": [{ "room_id": room, "level": "all" }] });
    prefer(&bob, all).await;
    alice.say(room, "plain").await;
    assert_eq!(next(&at_bob).await["notification_type"], "message");
    let usual = json!({ "rooms": [{ "room_id": room, "level": null }] });
    let now = prefer(&bob, usual).await;
    assert_eq!(now["rooms"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_edit_tells_those_whom_it_calls_anew() {
    let (_server, alice, _bob, room, at_bob) = two().await;
    let said = alice.say(room, "look").await;
    let path = format!("/api/messages/{}", said["id"]);
    for content in ["@bob look", "@bob do look"] {
        let edit = json!({ "content": content });
        alice.put(&path, edit).await.expect(200);
    }
    alice.say(room, "@bob and here").await;
    let first = next(&at_bob).await;
    assert_eq!(first["message"]["id"], said["id"]);
    let second = next(&at_bob).await;
    assert_eq!(second["message"]["excerpt"], "@bob and here");
}

#[tokio::test]
async fn what_may_not_be_seen_any_more_is_gone() {
    let (_server, alice, bob, room, at_bob) = two().await;
    let gone = async |what: &str| {
        let event = at_bob.next("notifications_removed").await;
        assert_eq!(event["ids"].as_array().unwrap().len(), 1, "{what}");
        assert_eq!(told(&bob).await.0.len(), 0, "{what}");
    };
    let said = alice.say(room, "@bob deleted").await;
    next(&at_bob).await;
    let path = format!("/api/messages/{}", said["id"]);
    alice.delete(&path).await.expect(200);
    assert_eq!(told(&bob).await.0.len(), 0, "at once");
    gone("the message is deleted").await;
    alice
        .post(&format!("{path}/restore"), json!({}))
        .await
        .expect(200);

    alice.say(room, "@bob kicked").await;
    next(&at_bob).await;
    let kick = format!("/api/rooms/{room}/members/{}/kick", bob.id());
    alice.post(&kick, json!({})).await.expect(204);
    gone("they were sent out").await;
    bob.join(room).await;
    assert_eq!(told(&bob).await.0.len(), 0);

    alice.say(room, "@bob blocked").await;
    next(&at_bob).await;
    let block = format!("/api/blocks/{}", alice.id());
    bob.put(&block, json!({})).await.expect(200);
    gone("they were blocked").await;
    bob.delete(&block).await.expect(204);

    // Of a burst, what is left is told by the same notification.
    let chat = direct(&alice, &bob).await;
    let first = alice.say(chat, "first").await;
    let told_of = next(&at_bob).await;
    alice.say(chat, "second").await;
    alice
        .say(room, "@bob a sign that the second was told")
        .await;
    next(&at_bob).await;
    let path = format!("/api/messages/{}", first["id"]);
    alice.delete(&path).await.expect(200);
    let again = next(&at_bob).await;
    assert_eq!(again["id"], told_of["id"]);
    assert_eq!(again["message"]["excerpt"], "second");

    let delete = format!("/api/rooms/{room}");
    alice.delete(&delete).await.expect(204);
    at_bob.next("notifications_removed").await;
    assert_eq!(told(&bob).await, (vec!["message".to_owned()], 1));
}

/// More people than are told in one transaction.
#[tokio::test]
async fn a_full_room_is_told_page_by_page() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    // Guests are in the rooms that everybody is in.
    let rooms = alice.get("/api/rooms?scope=joined").await.expect(200);
    let room = rooms["items"][0]["id"].as_i64().unwrap();
    let mut crowd = Vec::new();
    for n in 0..105 {
        crowd.push(server.guest(&format!("guest {n}")).await);
    }
    let socket = crowd.last().unwrap().socket().await;
    let said = alice.say(room, "@room everybody").await;
    next(&socket).await;
    for guest in &crowd {
        let list = list(guest).await;
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "once each");
        assert_eq!(items[0]["message"]["id"], said["id"]);
    }
}
