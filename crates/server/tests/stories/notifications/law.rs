//! A snapshot of one's notifications and the events since are a fresh snapshot.

use super::{direct, mark, two};
use parlor_testkit::{Person, Socket, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What somebody knows of their notifications.
#[derive(Clone, Debug)]
struct Knowledge {
    all: BTreeMap<i64, Value>,
    unread: BTreeSet<i64>,
    user_seq: i64,
}

impl PartialEq for Knowledge {
    /// What they are told of may be told a moment later than it can be read.
    fn eq(&self, other: &Self) -> bool {
        (&self.all, &self.unread) == (&other.all, &other.unread)
    }
}

impl Knowledge {
    async fn fresh(person: &Person) -> Self {
        let me = person.get("/api/auth/me").await.expect(200);
        let list = super::list(person).await;
        let items = list["items"].as_array().unwrap().iter();
        let unread = list["unread"].as_array().unwrap().iter();
        Self {
            all: items
                .map(|one| (one["id"].as_i64().unwrap(), one.clone()))
                .collect(),
            unread: unread.filter_map(Value::as_i64).collect(),
            user_seq: me["user_seq"].as_i64().unwrap(),
        }
    }

    fn apply(&mut self, name: &str, event: &Value) {
        if name == "message_updated" {
            return self.follow(&event["message"]);
        }
        let Some(seq) = event["user_seq"].as_i64().filter(|s| *s > self.user_seq) else {
            return;
        };
        self.user_seq = seq;
        let ids = event["ids"].as_array().into_iter().flatten();
        let ids: Vec<i64> = ids.filter_map(Value::as_i64).collect();
        match name {
            "notification" => {
                let one = &event["notification"];
                let id = one["id"].as_i64().unwrap();
                self.all.insert(id, one.clone());
                if one["is_read"] == false {
                    self.unread.insert(id);
                }
            }
            "notifications_read" => {
                for id in ids {
                    self.unread.remove(&id);
                    if let Some(one) = self.all.get_mut(&id) {
                        one["is_read"] = json!(true);
                    }
                }
            }
            "notifications_removed" => {
                for id in ids {
                    self.unread.remove(&id);
                    self.all.remove(&id);
                }
            }
            _ => {}
        }
    }

    /// How a message begins may change.
    fn follow(&mut self, message: &Value) {
        for one in self.all.values_mut() {
            if one["message"]["id"] == message["id"] {
                one["message"]["excerpt"] = message["content"].clone();
            }
        }
    }
}

/// Hears until the two agree: what is read or gone can be seen a moment before it is told.
async fn hear(known: &mut Knowledge, socket: &Socket, person: &Person, step: &str) -> Knowledge {
    let deadline = async {
        loop {
            for (name, event) in socket.settled_events().await {
                known.apply(&name, &event);
            }
            let fresh = Knowledge::fresh(person).await;
            if *known == fresh {
                return fresh;
            }
        }
    };
    let agreed = tokio::time::timeout(parlor_testkit::PATIENCE, deadline).await;
    agreed.unwrap_or_else(|_| panic!("they do not agree after {step}"))
}

#[tokio::test]
async fn a_snapshot_and_the_events_since_are_a_fresh_snapshot() {
    let (server, alice, bob, room, at_bob) = two().await;
    let carol = server.person("carol").await;
    carol.join(room).await;
    let chat = direct(&alice, &bob).await;
    let start = Knowledge::fresh(&bob).await;
    let mut known = start.clone();
    let mut said = Vec::new();
    let steps = [
        "a mention",
        "words in private",
        "more of them",
        "an edit",
        "a request",
        "reading",
        "a deletion",
        "a call to all",
        "a block",
        "marking",
        "being sent out",
    ];
    for step in steps {
        match step {
            "a mention" => said.push(alice.say(room, "@bob one").await),
            "words in private" | "more of them" => said.push(alice.say(chat, step).await),
            "an edit" => {
                let path = format!("/api/messages/{}", said[0]["id"]);
                let edit = json!({ "content": "@bob two" });
                alice.put(&path, edit).await.expect(200);
            }
            "a request" => {
                let ask = json!({ "user_id": bob.id() });
                carol.post("/api/friends/requests", ask).await.expect(201);
            }
            "reading" => mark(&bob, chat, &said[2]["seq"]).await,
            "a deletion" => {
                let path = format!("/api/messages/{}", said[0]["id"]);
                alice.delete(&path).await.expect(200);
            }
            "a call to all" => drop(carol.say(room, "@room three").await),
            "a block" => {
                let block = format!("/api/blocks/{}", carol.id());
                bob.put(&block, json!({})).await.expect(200);
            }
            "marking" => {
                alice.say(room, "@bob four").await;
                at_bob.next("notification").await;
                known = Knowledge::fresh(&bob).await;
                let ids: Vec<i64> = known.unread.iter().copied().collect();
                let path = "/api/notifications/read";
                bob.post(path, json!({ "ids": ids })).await.expect(204);
            }
            _ => {
                let kick = format!("/api/rooms/{room}/members/{}/kick", bob.id());
                alice.post(&kick, json!({})).await.expect(204);
            }
        }
        hear(&mut known, &at_bob, &bob, step).await;
    }
    assert_eq!(known.all.len(), 1, "what was said in private is left");

    // And the same again from the log alone, on another device.
    let device = bob.another_device().await;
    let resumed = device.resume(json!({ "me": start.user_seq })).await;
    let mut again = start;
    let fresh = hear(&mut again, &resumed, &bob, "coming back").await;
    let resumed = device.resume(json!({ "me": fresh.user_seq })).await;
    let more = resumed.settled_events().await;
    let more = more.iter().filter(|(name, _)| name.starts_with("notif"));
    assert_eq!(more.count(), 0, "nothing is told twice");
}
