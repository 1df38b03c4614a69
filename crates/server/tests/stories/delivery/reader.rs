//! What a client makes of a snapshot and events: the reference for those who write one.

use parlor_testkit::{Person, Socket, Value};
use std::collections::BTreeMap;

/// The longest excerpt of a message above an answer, in characters.
const EXCERPT: usize = 140;

/// One person's view of a room's messages.
#[derive(Debug, PartialEq)]
pub(crate) struct Reader {
    room: i64,
    seq: i64,
    messages: BTreeMap<i64, Value>,
}

impl Reader {
    /// From a fresh page of history.
    pub(crate) async fn snapshot(person: &Person, room: i64) -> Self {
        let path = format!("/api/rooms/{room}/messages?limit=200");
        let page = person.get(&path).await.expect(200);
        assert!(page["next"].is_null(), "the story fits one page");
        let items = page["items"].as_array().expect("a list").iter().cloned();
        Self {
            room,
            seq: page["last_seq"].as_i64().expect("a seq"),
            messages: items
                .map(|m| (m["seq"].as_i64().expect("a seq"), comparable(m)))
                .collect(),
        }
    }

    /// Before anything was said.
    pub(crate) fn empty(room: i64) -> Self {
        Self {
            room,
            seq: 0,
            messages: BTreeMap::new(),
        }
    }

    /// What is known begins after this entry.
    pub(crate) fn start_at(&mut self, seq: i64) {
        self.seq = seq;
    }

    /// The newest entry that is known.
    pub(crate) fn seq(&self) -> i64 {
        self.seq
    }

    /// Applies what a connection heard: each entry once, in order, and without a hole.
    pub(crate) fn apply(&mut self, events: &[(String, Value)]) {
        for (name, event) in events {
            let logged = !matches!(
                name.as_str(),
                "read_update" | "typing_update" | "room_joined" | "room_removed"
            );
            let Some(seq) = event["seq"]
                .as_i64()
                .filter(|_| logged && event["room_id"] == self.room)
            else {
                continue;
            };
            if seq <= self.seq {
                continue;
            }
            assert_eq!(seq, self.seq + 1, "a hole before {name} {event}");
            self.seq = seq;
            self.apply_one(name, event);
        }
    }

    fn apply_one(&mut self, name: &str, event: &Value) {
        match name {
            "new_message" | "message_updated" | "message_deleted" => {
                self.put(comparable(event["message"].clone()));
            }
            "messages_removed" => self.remove(event["up_to"].as_i64().expect("a seq")),
            "reaction_update" => {
                let id = &event["message_id"];
                let message = self.messages.values_mut().find(|m| m["id"] == *id);
                let message = message.expect("a message that is known");
                let reactions = event["reactions"].clone();
                if reactions == Value::Array(Vec::new()) {
                    message
                        .as_object_mut()
                        .expect("an object")
                        .remove("reactions");
                } else {
                    message["reactions"] = reactions;
                }
            }
            _ => {}
        }
    }

    /// Everything up to a place is gone, also where it was quoted.
    fn remove(&mut self, up_to: i64) {
        self.messages.retain(|seq, _| *seq > up_to);
        for message in self.messages.values_mut() {
            let quoted = message["reply_to"]["seq"].as_i64();
            if quoted.is_some_and(|seq| seq <= up_to) {
                let message = message.as_object_mut().expect("an object");
                message.remove("reply_to");
            }
        }
    }

    /// A message as it is now, also where others answer it.
    fn put(&mut self, message: Value) {
        let content = message["content"].as_str().expect("a text");
        let excerpt: String = content.chars().take(EXCERPT).collect();
        for other in self.messages.values_mut() {
            if other["reply_to"]["id"] == message["id"] {
                other["reply_to"]["excerpt"] = excerpt.clone().into();
                other["reply_to"]["is_deleted"] = message["is_deleted"].clone();
            }
        }
        let seq = message["seq"].as_i64().expect("a seq");
        self.messages.insert(seq, message);
    }
}

/// What a connection hears up to an entry of a room's log: what it missed comes while it already answers.
pub(crate) async fn heard_up_to(socket: &Socket, room: i64, seq: i64) -> Vec<(String, Value)> {
    let mut heard = Vec::new();
    let take = |heard: &mut Vec<_>, name: &str, event: &Value| {
        heard.push((name.to_owned(), event.clone()));
    };
    let is_there = |heard: &Vec<(String, Value)>| {
        let mut events = heard.iter().map(|(_, event)| event);
        events.any(|event| event["room_id"] == room && event["seq"] == seq)
    };
    socket.hear(&mut heard, take, is_there).await;
    heard
}

/// Without what follows from presence and the read marks of others rather than from the log.
fn comparable(mut message: Value) -> Value {
    message.as_object_mut().expect("an object").remove("status");
    message
}
