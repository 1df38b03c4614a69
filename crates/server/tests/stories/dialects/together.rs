//! One room, and somebody of each older system in it.

use parlor_testkit::{Frames, Person, Server, Setup, Socket, Value, Visitor, json};
use std::time::Duration;

const PASSWORD: &str = "a long walk by the river";

/// Somebody who signed up and in the way an older system does.
pub(super) struct Signed {
    pub(super) visitor: Visitor,
    pub(super) token: String,
}

impl Signed {
    fn new(visitor: Visitor, answer: &Value) -> Self {
        let token = answer["access_token"].as_str().expect("a token").to_owned();
        visitor.set_token(Some(token.clone()));
        Self { visitor, token }
    }

    pub(super) async fn in_must(server: &Server, name: &str) -> Self {
        let visitor = server.visitor();
        let form = json!({ "username": name, "password": PASSWORD });
        visitor
            .post("/auth/register", form.clone())
            .await
            .expect(201);
        let answer = visitor.post("/auth/login", form).await.expect(200);
        Self::new(visitor, &answer)
    }

    pub(super) async fn in_awesome(server: &Server, name: &str) -> Self {
        let visitor = server.visitor();
        let email = format!("{name}@example.org");
        let form = json!({ "username": name, "email": email, "password": PASSWORD });
        visitor
            .post("/users/register", form.clone())
            .await
            .expect(201);
        let answer = visitor.post("/users/login", form).await.expect(200);
        Self::new(visitor, &answer)
    }

    pub(super) async fn in_komunikator(server: &Server, name: &str) -> Self {
        let visitor = server.visitor();
        let form = json!({ "user_name": name, "password": PASSWORD });
        let answer = visitor.post("/api/register", form).await.expect(200);
        Self::new(visitor, &answer)
    }

    pub(super) async fn open(&self, server: &Server, namespace: &str) -> Socket {
        let auth = json!({ "token": self.token });
        let socket = Socket::connect(server.base(), namespace, auth).await;
        socket.unwrap_or_else(|refusal| panic!("refused: {refusal}"))
    }

    pub(super) async fn listen(&self, server: &Server, room: i64) -> Frames {
        let path = format!("/ws/rooms/{room}");
        let frames = Frames::open(server.base(), &path, Some(&self.token)).await;
        frames.unwrap_or_else(|refusal| panic!("refused: {refusal:?}"))
    }
}

/// The texts that an event brings, until the last of `expected`.
async fn texts(socket: &Socket, event: &str, field: &[&str], expected: &[String]) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.last() != expected.last() {
        let mut value = &socket.next(event).await;
        for name in field {
            value = &value[*name];
        }
        texts.push(value.as_str().expect("a text").to_owned());
    }
    texts
}

#[tokio::test]
async fn what_each_says_reaches_all_the_others_in_one_order() {
    let server = Server::start().await;
    let chatroom = server.person("chatroom").await;
    let platform = server.person("platform").await;
    let must = Signed::in_must(&server, "must").await;
    let awesome = Signed::in_awesome(&server, "awesome").await;
    let komunikator = Signed::in_komunikator(&server, "komunikator").await;
    let room = chatroom.create_room("Everybody").await;
    platform.join(room).await;
    let path = format!("/rooms/{room}/join");
    awesome.visitor.post(&path, json!({})).await.expect(200);

    let at_chatroom = chatroom.socket().await;
    let auth = json!({ "token": platform.token(), "dialect": "platform" });
    let at_platform = platform.try_socket(auth).await.expect("a connection");
    let at_must = must.open(&server, "/chat").await;
    at_must.emit_only("join_room", json!({ "room": room, "username": "must" }));
    at_must.next("room_announcement").await;
    let mut at_awesome = awesome.listen(&server, room).await;
    let at_komunikator = komunikator.open(&server, "/").await;
    let door = json!({ "user_name": "komunikator", "room_id": room });
    at_komunikator.emit_only("join", door);
    at_komunikator.next("user_joined").await;

    // All at once, five each: whatever the order is, it is everybody's.
    for n in 1..=5 {
        let said = |who: &str| format!("{who} {n}");
        let message = json!({ "room_id": room, "content": said("chatroom") });
        at_chatroom.emit_only("send_message", message);
        let message = json!({ "group_id": room, "content": said("platform") });
        at_platform.emit_only("chat", message);
        let message = json!({ "room": room, "message": said("must") });
        at_must.emit_only("chat_message", message);
        at_awesome
            .send(json!({ "id": n, "text": said("awesome") }))
            .await;
        let message =
            json!({ "room_id": room, "user_name": "komunikator", "message": said("komunikator") });
        at_komunikator.emit_only("message", message);
    }
    let order = await_history(&chatroom, room).await;
    // What one of them says stands in the order in which they say it.
    for who in ["chatroom", "platform", "must", "awesome", "komunikator"] {
        let own = order.iter().filter(|text| text.starts_with(who));
        let said: Vec<String> = (1..=5).map(|n| format!("{who} {n}")).collect();
        assert_eq!(own.cloned().collect::<Vec<_>>(), said);
    }
    let of_others = |own: &str| {
        let others = order.iter().filter(|text| !text.starts_with(own));
        others.cloned().collect::<Vec<_>>()
    };
    let natively = ["message", "content"];
    assert_eq!(
        texts(&at_chatroom, "new_message", &natively, &order).await,
        order
    );
    assert_eq!(
        texts(&at_platform, "new_message", &natively, &order).await,
        order
    );
    let others = of_others("platform");
    assert_eq!(
        texts(&at_platform, "chat", &["content"], &others).await,
        others
    );
    assert_eq!(
        texts(&at_must, "receive_message", &["message"], &order).await,
        order
    );
    for name in ["new", "new_message"] {
        assert_eq!(
            texts(&at_komunikator, name, &["message"], &order).await,
            order
        );
    }
    let mut frames = Vec::new();
    while frames.last() != order.last() {
        let frame = at_awesome.next().await.expect("a frame");
        frames.push(frame["text"].as_str().expect("a text").to_owned());
    }
    assert_eq!(frames, order);
}

/// All texts of the room in their order, once the five times five are stored.
async fn await_history(reader: &Person, room: i64) -> Vec<String> {
    let at_reader = reader.socket().await;
    loop {
        let path = format!("/api/rooms/{room}/messages?limit=200");
        let history = reader.get(&path).await.expect(200);
        let items = history["items"].as_array().expect("messages");
        if items.len() == 25 {
            let texts = items.iter().map(|item| item["content"].as_str());
            return texts.map(|text| text.expect("a text").to_owned()).collect();
        }
        at_reader.next("new_message").await;
    }
}

#[tokio::test]
async fn who_is_sent_out_hears_nothing_more_in_any_of_them() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    let room = owner.create_room("Tavern").await;
    let must = Signed::in_must(&server, "must").await;
    let awesome = Signed::in_awesome(&server, "awesome").await;
    let komunikator = Signed::in_komunikator(&server, "komunikator").await;
    let path = format!("/rooms/{room}/join");
    awesome.visitor.post(&path, json!({})).await.expect(200);
    let at_must = must.open(&server, "/chat").await;
    at_must.emit_only("join_room", json!({ "room": room, "username": "must" }));
    at_must.next("room_announcement").await;
    let mut at_awesome = awesome.listen(&server, room).await;
    let at_komunikator = komunikator.open(&server, "/").await;
    let door = json!({ "user_name": "komunikator", "room_id": room });
    at_komunikator.emit_only("join", door);
    at_komunikator.next("user_joined").await;

    let members = format!("/api/rooms/{room}/members");
    let listed = owner.get(&members).await.expect(200);
    for member in listed["items"].as_array().expect("members") {
        if member["role"] == "member" {
            let path = format!("{members}/{}/kick", member["id"]);
            owner.post(&path, json!({})).await.expect(204);
        }
    }
    owner.say(room, "They are gone").await;
    assert_eq!(at_awesome.next().await, None);
    at_must
        .next_where("room_announcement", |it| {
            it["message"] == "must has left the room."
        })
        .await;
    at_komunikator
        .next_where("user_left", |it| it["user_name"] == "komunikator")
        .await;
    // Answered after whatever was delivered before.
    for socket in [&at_must, &at_komunikator] {
        socket.emit("nothing", json!({})).await;
        let events = socket.take_events();
        let heard = |name: &str| events.iter().any(|(event, _)| event == name);
        assert!(!heard("receive_message") && !heard("new"), "{events:?}");
    }
}

#[tokio::test]
async fn who_finds_no_place_hears_nothing_while_they_knock() {
    let server = Server::start().await;
    let (owner, bob) = (server.person("owner").await, server.person("bob").await);
    let full = json!({ "name": "Full", "max_members": 2 });
    let full = owner.post("/api/rooms", full).await.expect(201);
    let room = full["id"].as_i64().expect("an id");
    bob.join(room).await;
    let eve = Signed::in_must(&server, "eve").await;
    let (at_eve, at_owner) = (eve.open(&server, "/chat").await, owner.socket().await);
    for _ in 0..10 {
        at_eve.emit_only("join_room", json!({ "room": room }));
        for _ in 0..5 {
            let message = json!({ "room_id": room, "content": "between us" });
            at_owner.emit_only("send_message", message);
        }
        at_eve.next("error").await;
    }
    // Answered after whatever was delivered before.
    at_eve.emit("nothing", json!({})).await;
    let events = at_eve.take_events();
    let heard = |(event, _): &(String, Value)| event != "error";
    assert!(!events.iter().any(heard), "{events:?}");
}

#[tokio::test]
async fn a_session_that_ends_closes_its_connections_in_all_of_them() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    let room = owner.create_room("Tavern").await;

    let must = Signed::in_must(&server, "must").await;
    let at_must = must.open(&server, "/chat").await;
    must.visitor
        .post("/auth/logout", json!({}))
        .await
        .expect(200);
    at_must.closed().await;

    let awesome = Signed::in_awesome(&server, "awesome").await;
    let path = format!("/rooms/{room}/join");
    awesome.visitor.post(&path, json!({})).await.expect(200);
    let mut at_awesome = awesome.listen(&server, room).await;
    awesome
        .visitor
        .post("/users/logout", json!({}))
        .await
        .expect(200);
    assert_eq!(at_awesome.next().await, None);

    let komunikator = Signed::in_komunikator(&server, "komunikator").await;
    let at_komunikator = komunikator.open(&server, "/").await;
    let path = "/api/auth/logout";
    komunikator.visitor.post(path, json!({})).await.expect(204);
    at_komunikator.closed().await;
}

/// A client that does not know how to catch up comes back as if it were new.
#[tokio::test]
async fn a_slow_reader_of_an_older_system_is_closed_and_reads_again() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    let room = owner.create_room("Tavern").await;
    let old = Signed::in_komunikator(&server, "old").await;
    let must = Signed::in_must(&server, "must").await;
    let door = json!({ "user_name": "old", "room_id": room });
    let at_old = old.open(&server, "/").await;
    at_old.emit_only("join", door.clone());
    at_old.next("user_joined").await;
    let at_must = must.open(&server, "/chat").await;
    at_must.emit_only("join_room", json!({ "room": room, "username": "must" }));
    at_must.next("room_announcement").await;
    at_old.stop_reading();
    at_must.stop_reading();
    // More than the network's own buffers and the outboxes hold, while others go on.
    let at_owner = owner.socket().await;
    let content = "字".repeat(4_000);
    for _ in 0..10 {
        let message = json!({ "room_id": room, "content": content });
        let sends: Vec<_> = (0..50)
            .map(|_| at_owner.emit_later("send_message", message.clone()))
            .collect();
        for send in sends {
            assert_eq!(send.await["ok"], true);
        }
    }
    at_old.read_on();
    at_old.closed().await;
    let events = at_old.take_events();
    assert!(events.iter().all(|(name, _)| name != "resync"));
    at_must.read_on();
    at_must.closed().await;

    let back = old.open(&server, "/").await;
    back.emit_only("join", door);
    back.next("user_joined").await;
    owner.say(room, "and then").await;
    assert_eq!(back.next("new").await["message"], "and then");
    let path = format!("/api/chat_history?room_id={room}");
    let history = old.visitor.get(&path).await.expect(200);
    assert_eq!(history.as_array().expect("messages").len(), 501);
}

#[tokio::test]
async fn komunikator_tells_of_comings_and_goings_room_by_room() {
    let soon = Duration::from_millis(1);
    let setup = Setup::default().with(move |config| config.komunikator_timeout = soon);
    let server = setup.start().await;
    let alice = Signed::in_komunikator(&server, "alice").await;
    let bob = Signed::in_komunikator(&server, "bob").await;
    let room = json!({ "room_name": "Garden" });
    let made = alice
        .visitor
        .post("/api/room/create", room)
        .await
        .expect(200);
    let room = made["room_id"].clone();
    let body = json!({ "room_id": room });
    bob.visitor
        .post("/api/room/join_public", body)
        .await
        .expect(200);
    let at_alice = alice.open(&server, "/").await;
    let door = json!({ "user_name": "alice", "room_id": room });
    at_alice.emit_only("join", door);
    at_alice.next("user_joined").await;

    let at_bob = bob.open(&server, "/").await;
    let expected = json!({ "user_name": "bob", "room_id": room });
    at_alice
        .next_where("user_online", |it| *it == expected)
        .await;
    at_bob.close();
    at_alice
        .next_where("user_offline", |it| *it == expected)
        .await;

    // Whoever is outside does not even hear that a private room was made.
    for room in [
        json!({ "room_name": "Vault", "is_private": true, "access_key": "open sesame" }),
        json!({ "room_name": "Shed" }),
    ] {
        bob.visitor.post("/api/room/create", room).await.expect(200);
    }
    assert_eq!(at_alice.next("room_list_updated").await, json!({}));
    at_alice.emit("nothing", json!({})).await;
    let events = at_alice.take_events();
    let told = events.iter().filter(|it| it.0 == "room_list_updated");
    assert_eq!(told.count(), 0, "{events:?}");
}

#[tokio::test]
async fn the_cookies_of_older_sign_ins_open_what_they_did() {
    let server = Server::start().await;
    let must = Signed::in_must(&server, "must").await;
    let form = json!({ "username": "must", "password": PASSWORD });
    let reply = must.visitor.post("/auth/login", form).await;
    let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
    let pair = cookie.split(';').next().expect("a pair");
    must.visitor.set_token(None);
    let ask = || must.visitor.request("GET", "/user/search/must");
    let reply = must.visitor.send(ask().header("cookie", pair)).await;
    assert_eq!(reply.expect(200)[0]["username"], "must");
    // A program signs out by its cookie alone; a foreign page cannot.
    let leave = || {
        must.visitor
            .request("POST", "/auth/logout")
            .header("cookie", pair)
    };
    let foreign = leave().header("origin", "https://elsewhere.example");
    must.visitor.send(foreign).await.expect(200);
    must.visitor
        .send(ask().header("cookie", pair))
        .await
        .expect(200);
    must.visitor.send(leave()).await.expect(200);
    must.visitor
        .send(ask().header("cookie", pair))
        .await
        .expect(401);
}
