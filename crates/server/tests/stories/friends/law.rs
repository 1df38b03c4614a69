//! The law: what one knew, and what one has heard since, is what one would be told now; live, and told again.

use super::{REQUESTS, ask, befriend, block, settle};
use parlor_testkit::{Person, Server, Socket, Value, json};
use std::collections::BTreeMap;

/// What a person knows of their friends, of the requests of theirs, and whom they have blocked.
#[derive(Clone, Debug)]
struct Knowledge {
    friends: BTreeMap<i64, Value>,
    requests: BTreeMap<i64, Value>,
    blocked: BTreeMap<i64, Value>,
    user_seq: i64,
}

impl PartialEq for Knowledge {
    /// What they are told of friends follows in the same log, at a time of its own.
    fn eq(&self, other: &Self) -> bool {
        let all = |known: &Self| {
            (
                known.friends.clone(),
                known.requests.clone(),
                known.blocked.clone(),
            )
        };
        all(self) == all(other)
    }
}

async fn list(person: &Person, path: &str, facts: &[&str]) -> BTreeMap<i64, Value> {
    let list = person.get(&format!("{path}?limit=200")).await.expect(200);
    let item = |item: &Value| {
        let fact = |name: &&str| ((*name).to_owned(), item[*name].clone());
        let facts = facts.iter().map(fact).collect::<serde_json::Map<_, _>>();
        (item["id"].as_i64().unwrap(), facts.into())
    };
    list["items"].as_array().unwrap().iter().map(item).collect()
}

impl Knowledge {
    async fn fresh(person: &Person) -> Self {
        let me = person.get("/api/auth/me").await.expect(200);
        Self {
            friends: list(person, "/api/friends", &["username", "since"]).await,
            requests: list(person, REQUESTS, &["from", "to", "created_at"]).await,
            blocked: list(person, "/api/blocks", &["username", "blocked_at"]).await,
            user_seq: me["user_seq"].as_i64().unwrap(),
        }
    }

    fn apply(&mut self, name: &str, event: &Value) {
        let Some(place) = event["user_seq"].as_i64() else {
            return;
        };
        // Of what is told again, what is over may be left out.
        assert!(place > self.user_seq, "no repetition: {name} {event}");
        self.user_seq = place;
        let id = |value: &Value| value.as_i64().unwrap();
        let user = &event["user"];
        match name {
            "friend_request" => {
                let request = &event["request"];
                let facts = json!({
                    "from": request["from"], "to": request["to"], "created_at": request["created_at"],
                });
                self.requests.insert(id(&request["id"]), facts);
            }
            "friend_request_removed" => drop(self.requests.remove(&id(&event["request_id"]))),
            "friend_update" => {
                let facts = json!({ "username": user["username"], "since": event["since"] });
                self.friends.insert(id(&user["id"]), facts);
            }
            "friend_removed" => drop(self.friends.remove(&id(&event["user_id"]))),
            "block_update" if event["blocked_at"].is_null() => {
                self.blocked.remove(&id(&user["id"]));
            }
            "block_update" => {
                let facts =
                    json!({ "username": user["username"], "blocked_at": event["blocked_at"] });
                self.blocked.insert(id(&user["id"]), facts);
            }
            _ => {}
        }
    }

    /// Hears a connection up to a place.
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
    let (carol, dave) = (server.person("carol").await, server.person("dave").await);
    let socket = alice.socket().await;
    let start = Knowledge::fresh(&alice).await;
    let mut known = start.clone();
    for step in 0..9 {
        match step {
            0 => drop(ask(&alice, &bob).await),
            1 => befriend(&alice, &carol).await,
            2 => drop(ask(&dave, &alice).await),
            3 => drop(block(&alice, &carol).await),
            4 => drop(block(&alice, &dave).await),
            5 => {
                let met = bob.post(REQUESTS, json!({ "user_id": alice.id() })).await;
                met.expect(200);
            }
            6 => {
                let path = format!("/api/blocks/{}", dave.id());
                alice.delete(&path).await.expect(204);
            }
            7 => {
                let request = ask(&dave, &alice).await;
                settle(&alice, request, "decline").await.expect(204);
            }
            _ => drop(
                bob.delete(&format!("/api/friends/{}", alice.id()))
                    .await
                    .expect(204),
            ),
        }
        let fresh = Knowledge::fresh(&alice).await;
        known.hear(&socket, fresh.user_seq).await;
        assert_eq!(known, fresh, "after step {step}");
    }
    dave.delete("/api/auth/me").await.expect(204);
    carol.delete("/api/auth/me").await.expect(204);
    let fresh = Knowledge::fresh(&alice).await;
    known.hear(&socket, fresh.user_seq).await;
    assert_eq!(known, fresh);

    // And the same again from the log alone, on another device.
    let mut again = start.clone();
    let resumed = alice.another_device().await;
    let resumed = resumed.resume(json!({ "me": start.user_seq })).await;
    again.hear(&resumed, fresh.user_seq).await;
    assert_eq!(again, known);
}
