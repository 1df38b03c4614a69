//! The law of the log: what one knew, and what one has heard since, is what one would be told now.

use super::view;
use parlor_testkit::{Person, Server, Socket, Value, json};
use std::collections::BTreeMap;

/// What a member knows of a room: its card, its members' standing, mutes and names.
#[derive(Debug, PartialEq)]
struct Knowledge {
    card: Value,
    members: BTreeMap<i64, (Value, Value, Value)>,
}

const CARD: [&str; 8] = [
    "name",
    "description",
    "is_private",
    "owner_id",
    "max_members",
    "capacity",
    "member_count",
    "last_seq",
];

fn card(room: &Value) -> Value {
    CARD.iter()
        .map(|key| ((*key).to_owned(), room[key].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

impl Knowledge {
    async fn fresh(of: &Person, room: i64) -> Self {
        let members = of
            .get(&format!("/api/rooms/{room}/members?limit=200"))
            .await
            .expect(200);
        let members = members["items"].as_array().unwrap().iter();
        Self {
            card: card(&view(of, room).await),
            members: members
                .map(|m| {
                    (
                        m["id"].as_i64().unwrap(),
                        (
                            m["role"].clone(),
                            m["muted_until"].clone(),
                            m["nickname"].clone(),
                        ),
                    )
                })
                .collect(),
        }
    }

    fn apply(&mut self, kind: &str, event: &Value) {
        let expected = self.card["last_seq"].as_i64().unwrap() + 1;
        assert_eq!(
            event["seq"], expected,
            "no gap and no repetition: {kind} {event}"
        );
        match kind {
            "user_joined" => {
                let id = event["user"]["id"].as_i64().unwrap();
                let name = event["user"]["nickname"].clone();
                self.members
                    .insert(id, (event["role"].clone(), Value::Null, name));
                self.card["member_count"] = event["member_count"].clone();
            }
            "user_left" => {
                self.members.remove(&event["user"]["id"].as_i64().unwrap());
                self.card["member_count"] = event["member_count"].clone();
            }
            "user_updated" => {
                let user = &event["user"];
                if let Some(member) = self.members.get_mut(&user["id"].as_i64().unwrap()) {
                    member.2 = user["nickname"].clone();
                }
            }
            "room_updated" => {
                self.card = card(&event["room"]);
                let change = &event["change"];
                let member = change["user_id"]
                    .as_i64()
                    .and_then(|id| self.members.get_mut(&id));
                match (change["type"].as_str().unwrap(), member) {
                    ("role", Some(member)) => member.0 = change["role"].clone(),
                    ("mute", Some(member)) => member.1 = change["muted_until"].clone(),
                    _ => {}
                }
            }
            _ => {}
        }
        self.card["last_seq"] = event["seq"].clone();
    }

    async fn hear(&mut self, socket: &Socket, room: i64, fresh: &Self) {
        let apply = |known: &mut Self, kind: &str, event: &Value| {
            if event["room_id"] == room && event.get("seq").is_some() {
                known.apply(kind, event);
            }
        };
        let head = &fresh.card["last_seq"];
        socket
            .hear(self, apply, |known| known.card["last_seq"] == *head)
            .await;
        assert_eq!(self, fresh);
    }
}

#[tokio::test]
async fn a_snapshot_and_the_events_since_are_a_fresh_snapshot() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (carol, dave) = (server.person("carol").await, server.person("dave").await);
    let room = alice.create_room("Parliament").await;
    bob.join(room).await;
    let socket = bob.socket().await;
    let mut known = Knowledge::fresh(&bob, room).await;
    let start = known.card["last_seq"].clone();
    let path = format!("/api/rooms/{room}");

    let of = |person: &Person, what: &str| format!("/members/{}/{what}", person.id());
    let steps: [(&Person, &str, String, Value); 13] = [
        (&carol, "POST", "/join".into(), json!({})),
        (&dave, "POST", "/join".into(), json!({})),
        (
            &alice,
            "POST",
            of(&carol, "role"),
            json!({ "role": "admin" }),
        ),
        (&carol, "POST", of(&dave, "mute"), json!({})),
        (
            &alice,
            "PUT",
            String::new(),
            json!({ "name": "Senate", "max_members": 9 }),
        ),
        (&dave, "POST", "/leave".into(), json!({})),
        (&dave, "POST", "/join".into(), json!({})),
        (&carol, "POST", of(&dave, "unmute"), json!({})),
        (&carol, "POST", of(&dave, "kick"), json!({})),
        (&alice, "POST", of(&dave, "ban"), json!({})),
        (&alice, "POST", of(&dave, "unban"), json!({})),
        (
            &alice,
            "POST",
            of(&carol, "role"),
            json!({ "role": "owner" }),
        ),
        (
            &alice,
            "PUT",
            String::new(),
            json!({ "description": "second reading" }),
        ),
    ];
    for (who, method, what, body) in steps {
        let request = who.request(method, &format!("{path}{what}")).json(&body);
        let status = who.send(request).await.status;
        assert!(status < 300, "{method} {what} by {}: {status}", who.name());
        let fresh = Knowledge::fresh(&bob, room).await;
        known.hear(&socket, room, &fresh).await;
    }
    let called = json!({ "nickname": "Caroline" });
    carol.put("/api/auth/profile", called).await.expect(200);
    let fresh = Knowledge::fresh(&bob, room).await;
    known.hear(&socket, room, &fresh).await;
    alice.delete("/api/auth/me").await.expect(204);
    let fresh = Knowledge::fresh(&bob, room).await;
    known.hear(&socket, room, &fresh).await;

    // And the same again from the log alone.
    let late = bob.socket().await;
    let joined = late
        .emit("join_room", json!({ "room_id": room, "after_seq": start }))
        .await;
    let entries = joined["entries"]
        .as_array()
        .unwrap_or_else(|| panic!("{joined}"))
        .clone();
    assert_eq!(joined["seq"], known.card["last_seq"]);
    let mut again = Knowledge {
        card: json!({ "last_seq": start }),
        members: BTreeMap::new(),
    };
    for (id, role, name) in [(alice.id(), "owner", "alice"), (bob.id(), "member", "bob")] {
        let person = (json!(role), Value::Null, json!(name));
        again.members.insert(id, person);
    }
    for entry in entries {
        again.apply(entry["type"].as_str().unwrap(), &entry);
    }
    assert_eq!(again, known);
}
