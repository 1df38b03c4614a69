//! A person's own log: what rooms are theirs is known on all their devices, wherever they were meanwhile.

use parlor::kernel::db::StorageError;
use parlor::kernel::log::NewEntry;
use parlor_testkit::{Person, Server, Socket, Value, json};
use std::collections::BTreeMap;

/// What a client knows: its rooms, and how far it has read in its person's log.
#[derive(Clone, Debug, PartialEq)]
struct Knowledge {
    rooms: BTreeMap<i64, Value>,
    user_seq: i64,
}

impl Knowledge {
    /// The place first: what changes before the list is read is only told again.
    async fn fresh(person: &Person) -> Self {
        let me = person.get("/api/auth/me").await.expect(200);
        let path = "/api/rooms?scope=joined&limit=200";
        let list = person.get(path).await.expect(200);
        let rooms = list["items"].as_array().expect("a list").iter();
        Self {
            rooms: rooms
                .map(|room| (room["id"].as_i64().expect("an id"), room.clone()))
                .collect(),
            user_seq: me["user_seq"].as_i64().expect("a place"),
        }
    }

    /// What is known already is dropped: an entry that is committed while one connects may be replayed before it is
    /// told live.
    fn apply(&mut self, name: &str, event: &Value) {
        let place = event["user_seq"].as_i64().expect("a place");
        if place <= self.user_seq {
            return;
        }
        self.user_seq = place;
        let room = event["room_id"].as_i64().expect("an id");
        match name {
            "room_joined" => self.rooms.insert(room, event["room"].clone()),
            _ => self.rooms.remove(&room),
        };
    }
}

/// What a connection hears of its person's log, up to a place.
async fn heard_up_to(socket: &Socket, place: i64) -> Vec<(String, Value)> {
    let take = |heard: &mut Vec<(String, Value)>, name: &str, event: &Value| {
        if name == "room_joined" || name == "room_removed" {
            heard.push((name.to_owned(), event.clone()));
        }
    };
    let mut heard = Vec::new();
    let is_there = |heard: &Vec<(String, Value)>| {
        let last = heard.last();
        last.is_some_and(|(_, event)| event["user_seq"] == place)
    };
    socket.hear(&mut heard, take, is_there).await;
    heard
}

async fn leave(person: &Person, room: i64) {
    let path = format!("/api/rooms/{room}/leave");
    person.post(&path, json!({})).await.expect(204);
}

async fn kick(owner: &Person, room: i64, person: &Person) {
    let path = format!("/api/rooms/{room}/members/{}/kick", person.id());
    owner.post(&path, json!({})).await.expect(204);
}

/// Event, room and reason of each.
fn outline(events: &[(String, Value)]) -> Vec<(&str, i64, &str)> {
    events
        .iter()
        .map(|(name, event)| {
            let room = event["room_id"].as_i64().expect("an id");
            (name.as_str(), room, event["reason"].as_str().unwrap_or(""))
        })
        .collect()
}

#[tokio::test]
async fn who_was_away_hears_once_and_in_order_which_rooms_came_and_went() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let mut rooms = Vec::new();
    for name in ["Kicked", "Deleted", "Joined", "Tried", "Left and back"] {
        rooms.push(alice.create_room(name).await);
    }
    let [kicked, deleted, joined, tried, back] = rooms[..] else {
        unreachable!()
    };
    for room in [kicked, deleted, back] {
        bob.join(room).await;
    }
    let known = Knowledge::fresh(&bob).await;

    let elsewhere = bob.another_device().await;
    elsewhere.join(joined).await;
    kick(&alice, kicked, &bob).await;
    let path = format!("/api/rooms/{deleted}");
    alice.delete(&path).await.expect(204);
    elsewhere.join(tried).await;
    leave(&elsewhere, tried).await;
    let chat = json!({ "user_id": bob.id() });
    let chat = alice.post("/api/rooms/direct", chat).await;
    assert!(chat.status < 300);
    let chat = chat.json["id"].as_i64().expect("an id");
    leave(&elsewhere, back).await;
    elsewhere.join(back).await;

    let fresh = Knowledge::fresh(&bob).await;
    let resume = json!({ "me": known.user_seq });
    let devices = [
        bob.resume(resume.clone()).await,
        elsewhere.resume(resume).await,
    ];
    for device in &devices {
        let heard = heard_up_to(device, fresh.user_seq).await;
        assert_eq!(
            outline(&heard),
            [
                ("room_joined", joined, ""),
                ("room_removed", kicked, "kicked"),
                ("room_removed", deleted, "deleted"),
                ("room_removed", tried, "left"),
                ("room_joined", chat, ""),
                ("room_joined", back, ""),
            ]
        );
        let mut folded = known.clone();
        for (name, event) in &heard {
            folded.apply(name, event);
        }
        assert_eq!(folded, fresh);
    }
    // From here on both hear it live, and nothing comes again.
    bob.join(tried).await;
    for device in &devices {
        let live = heard_up_to(device, fresh.user_seq + 1).await;
        assert_eq!(outline(&live), [("room_joined", tried, "")]);
        alice.say(tried, "welcome").await;
        device.next("new_message").await;
    }
}

#[tokio::test]
async fn ones_own_log_comes_before_the_rooms() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let stays = alice.create_room("Stays").await;
    let goes = alice.create_room("Goes").await;
    let comes = alice.create_room("Comes").await;
    let seq = async |room: i64| bob.join(room).await["last_seq"].clone();
    let (at_stays, at_goes) = (seq(stays).await, seq(goes).await);
    let known = Knowledge::fresh(&bob).await;
    alice.say(stays, "missed").await;
    alice.say(goes, "missed").await;
    kick(&alice, goes, &bob).await;
    alice.say(goes, "canary").await;
    bob.join(comes).await;
    let seen = json!({
        "me": known.user_seq,
        stays.to_string(): at_stays,
        goes.to_string(): at_goes,
    });
    let socket = bob.resume(seen).await;
    let mut heard = Vec::new();
    while !heard.iter().any(|(name, _)| name == "new_message") {
        heard.extend(socket.settled_events().await);
    }
    assert_eq!(
        outline(&heard),
        [
            ("room_removed", goes, "kicked"),
            ("room_joined", comes, ""),
            ("new_message", stays, ""),
        ]
    );
}

#[tokio::test]
async fn devices_that_come_back_while_rooms_come_and_go_agree_in_the_end() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let mut rooms = Vec::new();
    for n in 0..4 {
        rooms.push(alice.create_room(&format!("Room {n}")).await);
    }
    let known = Knowledge::fresh(&bob).await;
    let mut devices = Vec::new();
    for round in 0..24 {
        let room = rooms[round % 4];
        let change = async {
            match round / 4 % 2 {
                0 => drop(bob.join(room).await),
                _ => leave(&bob, room).await,
            }
        };
        let resume = bob.resume(json!({ "me": known.user_seq }));
        let ((), device) = tokio::join!(change, resume);
        devices.push(device);
    }
    bob.join(rooms[2]).await;
    let fresh = Knowledge::fresh(&bob).await;
    assert_eq!(fresh.user_seq, known.user_seq + 25);
    for device in &devices {
        let mut folded = known.clone();
        for (name, event) in heard_up_to(device, fresh.user_seq).await {
            folded.apply(&name, &event);
        }
        let rooms = |k: &Knowledge| k.rooms.keys().copied().collect::<Vec<_>>();
        assert_eq!(rooms(&folded), rooms(&fresh));
    }
}

#[tokio::test]
async fn who_missed_too_much_or_knows_another_log_reads_everything_again() {
    let server = Server::start().await;
    let bob = server.person("bob").await;
    let head = Knowledge::fresh(&bob).await.user_seq;
    let ahead = bob.resume(json!({ "me": head + 1 })).await;
    let everything = |reason: &str| json!({ "rooms": [], "reason": reason });
    assert_eq!(ahead.next("resync").await, everything("reset"));

    let id = bob.id();
    let fill = server.app().kernel.log.commit(move |tx| {
        Box::pin(async move {
            for room in 0..1_001 {
                let entry = NewEntry {
                    kind: "room_joined",
                    actor: None,
                    about: 1_000_000 + room,
                    body: String::new(),
                };
                tx.append_to_each(&[id], &entry).await?;
            }
            Ok::<_, StorageError>(())
        })
    });
    fill.await.expect("stored");
    let behind = bob.resume(json!({ "me": head })).await;
    assert_eq!(behind.next("resync").await, everything("too_many"));
    // No more than that: these are replayed, though nothing of them holds; and the room, if it is there by then.
    let close = bob.resume(json!({ "me": head + 2 })).await;
    let room = bob.create_room("Mine").await;
    let told = close.next("room_joined").await;
    assert_eq!(
        (&told["room_id"], told["user_seq"].as_i64()),
        (&json!(room), Some(head + 1_002))
    );
    assert!(close.take_events().iter().all(|(name, _)| name != "resync"));
}

#[tokio::test]
async fn joining_where_one_is_inside_is_no_entry() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Here").await;
    let socket = alice.socket().await;
    socket.emit("join_room", json!({ "room_id": room })).await;
    assert!(socket.next("room_joined").await.get("user_seq").is_none());
}
