//! Favourites and folders: one's own, and the same on all devices.

use super::view;
use parlor_testkit::{Person, Server, Socket, Value, json};
use std::collections::BTreeMap;

fn path(room: i64) -> String {
    format!("/api/rooms/{room}/shelf")
}

async fn shelve(person: &Person, room: i64, change: Value) -> Value {
    person.put(&path(room), change).await.expect(200)
}

/// Favourite, and folder.
type Place = (bool, Option<String>);

fn place(fields: &Value) -> Place {
    let folder = fields["folder"].as_str().map(str::to_owned);
    (fields["is_favourite"].as_bool().expect("a flag"), folder)
}

/// Where a person keeps their rooms, as one device knows it.
#[derive(Clone, Debug, PartialEq)]
struct Knowledge {
    places: BTreeMap<i64, Place>,
    user_seq: i64,
}

impl Knowledge {
    async fn fresh(person: &Person) -> Self {
        let me = person.get("/api/auth/me").await.expect(200);
        let path = "/api/rooms?scope=joined&limit=200";
        let rooms = person.get(path).await.expect(200);
        let rooms = rooms["items"].as_array().expect("a list").iter();
        let id = |room: &Value| room["id"].as_i64().expect("an id");
        Self {
            places: rooms
                .map(|room| (id(room), place(&room["membership"])))
                .collect(),
            user_seq: me["user_seq"].as_i64().expect("a place"),
        }
    }

    fn apply(&mut self, name: &str, event: &Value) {
        let Some(seq) = event["user_seq"].as_i64().filter(|s| *s > self.user_seq) else {
            return;
        };
        self.user_seq = seq;
        let room = event["room_id"].as_i64().expect("an id");
        match name {
            "room_joined" => drop(
                self.places
                    .insert(room, place(&event["room"]["membership"])),
            ),
            "room_removed" => drop(self.places.remove(&room)),
            "shelf_update" => drop(self.places.insert(room, place(event))),
            _ => {}
        }
    }

    async fn hear(&mut self, socket: &Socket, upto: i64) {
        socket
            .hear(self, Self::apply, |known| known.user_seq >= upto)
            .await;
    }
}

#[tokio::test]
async fn a_snapshot_and_the_events_since_are_a_fresh_snapshot() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (attic, cellar) = (
        alice.create_room("Attic").await,
        alice.create_room("Cellar").await,
    );
    bob.join(attic).await;
    let socket = bob.socket().await;
    let start = Knowledge::fresh(&bob).await;
    let mut known = start.clone();
    let elsewhere = bob.another_device().await;
    for step in 0..7 {
        match step {
            0 => drop(shelve(&bob, attic, json!({ "is_favourite": true })).await),
            1 => drop(shelve(&elsewhere, attic, json!({ "folder": " House " })).await),
            2 => drop(bob.join(cellar).await),
            3 => {
                let change = json!({ "folder": "地下", "is_favourite": false });
                shelve(&bob, cellar, change).await;
            }
            4 => drop(shelve(&bob, cellar, json!({ "folder": null })).await),
            5 => {
                // What one keeps of a room ends with being in it.
                let leave = format!("/api/rooms/{attic}/leave");
                bob.post(&leave, json!({})).await.expect(204);
            }
            _ => drop(bob.join(attic).await),
        }
        let fresh = Knowledge::fresh(&bob).await;
        known.hear(&socket, fresh.user_seq).await;
        assert_eq!(known, fresh, "after step {step}");
    }
    assert_eq!(known.places[&attic], (false, None));
    shelve(&elsewhere, attic, json!({ "folder": "House" })).await;
    let fresh = Knowledge::fresh(&bob).await;
    known.hear(&socket, fresh.user_seq).await;
    assert_eq!(known, fresh);

    // And the same from the log alone.
    let mut again = start.clone();
    let resumed = elsewhere.resume(json!({ "me": start.user_seq })).await;
    again.hear(&resumed, fresh.user_seq).await;
    assert_eq!(again, fresh);
}

#[tokio::test]
async fn two_devices_at_once_each_change_their_part() {
    let server = Server::start().await;
    let bob = server.person("bob").await;
    let room = bob.create_room("Attic").await;
    let elsewhere = bob.another_device().await;
    tokio::join!(
        shelve(&bob, room, json!({ "is_favourite": true })),
        shelve(&elsewhere, room, json!({ "folder": "House" })),
    );
    let own = view(&bob, room).await;
    assert_eq!(place(&own["membership"]), (true, Some("House".to_owned())));
    // What changes nothing is no news.
    let before = Knowledge::fresh(&bob).await.user_seq;
    shelve(&bob, room, json!({ "folder": "House" })).await;
    shelve(&bob, room, json!({})).await;
    assert_eq!(Knowledge::fresh(&bob).await.user_seq, before);
}

#[tokio::test]
async fn nobody_else_learns_of_it_and_nonsense_is_refused() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Attic").await;
    bob.join(room).await;
    let at_alice = alice.socket().await;
    let change = json!({ "is_favourite": true, "folder": "Dull people" });
    shelve(&bob, room, change).await;
    let heard = at_alice.settled_events().await;
    assert!(heard.iter().all(|(name, _)| name != "shelf_update"));
    for path in [
        format!("/api/rooms/{room}"),
        format!("/api/rooms/{room}/members"),
    ] {
        assert!(!alice.get(&path).await.text.contains("Dull"), "{path}");
    }
    for (folder, code) in [
        (json!("x".repeat(41)), "too_long"),
        (json!("a\nb"), "invalid_text"),
        (json!("a\u{202e}b"), "invalid_text"),
        (json!(7), "invalid_field"),
    ] {
        let reply = bob.put(&path(room), json!({ "folder": folder })).await;
        reply.problem(400, code);
    }
    let blank = shelve(&bob, room, json!({ "folder": "  " })).await;
    assert_eq!(place(&blank["membership"]), (true, None));
}
