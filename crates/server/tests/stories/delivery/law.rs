//! The law that everything hangs on: a snapshot and the events after it make what a fresh snapshot shows, for whoever
//! is in the room, whatever people do; and who is not hears nothing.

use super::reader::{Reader, heard_up_to};
use parlor_testkit::{Person, Reply, Server, Socket, Value, json};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// What somebody tries to do. Much of it they may not, which must change nothing.
#[derive(Clone, Copy, Debug)]
enum Act {
    Send,
    Reply(usize),
    Again(usize),
    Edit(usize),
    Delete(usize),
    Restore(usize),
    React(usize, usize),
    Unreact(usize, usize),
    Pin(usize),
    Unpin(usize),
    Read,
    Join,
    Leave,
    Kick(usize),
    Mute(usize),
    Unmute(usize),
}

/// Alice owns the room, Bob and Carol come and go, Dave stays outside.
const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
const EMOJI: [&str; 3] = ["👍", "❤️", "🎉"];

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    use Act::*;
    let act = prop_oneof![
        6 => Just(Send),
        2 => any::<usize>().prop_map(Reply),
        1 => any::<usize>().prop_map(Again),
        3 => any::<usize>().prop_map(Edit),
        2 => any::<usize>().prop_map(Delete),
        2 => any::<usize>().prop_map(Restore),
        3 => (any::<usize>(), 0..EMOJI.len()).prop_map(|(m, e)| React(m, e)),
        2 => (any::<usize>(), 0..EMOJI.len()).prop_map(|(m, e)| Unreact(m, e)),
        2 => any::<usize>().prop_map(Pin),
        1 => any::<usize>().prop_map(Unpin),
        1 => Just(Read),
        2 => Just(Join),
        1 => Just(Leave),
        1 => (0..NAMES.len()).prop_map(Kick),
        1 => (0..NAMES.len()).prop_map(Mute),
        1 => (0..NAMES.len()).prop_map(Unmute),
    ];
    // Dave acts as well; he never joins.
    vec((0..NAMES.len(), act), 20..60)
}

#[test]
fn a_snapshot_and_the_events_after_it_make_a_fresh_snapshot() {
    let config = Config {
        cases: 12,
        max_shrink_iters: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let law = TestRunner::new(config).run(&acts(), |acts| {
        runtime.block_on(async {
            let mut world = World::new().await;
            for (who, act) in acts {
                world.act(who, act).await?;
            }
            world.check().await
        })
    });
    law.unwrap_or_else(|broken| panic!("{broken}"));
}

struct World {
    _server: Server,
    people: Vec<Person>,
    sockets: Vec<Socket>,
    /// The view of each who is a member.
    readers: Vec<Option<Reader>>,
    room: i64,
    /// Messages and how they were sent.
    said: Vec<(i64, usize, Value)>,
}

impl World {
    async fn new() -> Self {
        let server = Server::start().await;
        let mut people = Vec::new();
        for name in NAMES {
            people.push(server.person(name).await);
        }
        let room = people[0].create_room("Reading circle").await;
        let mut sockets = Vec::new();
        for person in &people {
            sockets.push(person.socket().await);
        }
        let reader = Reader::snapshot(&people[0], room).await;
        Self {
            _server: server,
            people,
            sockets,
            readers: vec![Some(reader), None, None, None],
            room,
            said: Vec::new(),
        }
    }

    async fn act(&mut self, who: usize, act: Act) -> Result<(), TestCaseError> {
        let reply = match act {
            Act::Send => self.send(who, None).await,
            Act::Reply(n) => {
                let to = self.message(n);
                self.send(who, Some(to)).await
            }
            Act::Again(n) => self.send_again(n).await?,
            Act::Join if who == 3 => return Ok(()),
            _ => self.request(who, act).await,
        };
        prop_assert!(reply.status < 500, "{act:?}: {}", reply.text);
        self.follow(who, act, reply.status).await;
        Ok(())
    }

    /// Some message that exists, or one that does not.
    fn message(&self, n: usize) -> i64 {
        let some = self.said.get(n % self.said.len().max(1));
        some.map_or(1_000_000, |(id, ..)| *id)
    }

    async fn send(&mut self, who: usize, reply_to: Option<i64>) -> Reply {
        let n = self.said.len();
        let mut draft =
            json!({ "content": format!("{n} says {who}, @bob"), "client_id": format!("c{n}") });
        if let Some(id) = reply_to {
            draft["reply_to"] = id.into();
        }
        let path = format!("/api/rooms/{}/messages", self.room);
        let reply = self.people[who].post(&path, draft.clone()).await;
        if let Some(id) = reply.json["message"]["id"].as_i64() {
            self.said.push((id, who, draft));
        }
        reply
    }

    /// The same draft by the same person: the same message, as long as they are there.
    async fn send_again(&mut self, n: usize) -> Result<Reply, TestCaseError> {
        let Some((id, who, draft)) = self.said.get(n % self.said.len().max(1)) else {
            return Ok(self.send(0, None).await);
        };
        let path = format!("/api/rooms/{}/messages", self.room);
        let reply = self.people[*who].post(&path, draft.clone()).await;
        if self.readers[*who].is_some() {
            prop_assert_eq!(
                (reply.status, &reply.json["message"]["id"]),
                (200, &json!(id))
            );
        } else {
            prop_assert_eq!(reply.status, 403);
        }
        Ok(reply)
    }

    async fn request(&self, who: usize, act: Act) -> Reply {
        let (person, room) = (&self.people[who], self.room);
        let message = |n: usize| format!("/api/messages/{}", self.message(n));
        let member = |n: usize, what: &str| {
            format!("/api/rooms/{room}/members/{}/{what}", self.people[n].id())
        };
        let nothing = json!({});
        match act {
            Act::Edit(n) => {
                person
                    .put(&message(n), json!({ "content": format!("@carol {n}") }))
                    .await
            }
            Act::Delete(n) => person.delete(&message(n)).await,
            Act::Restore(n) => person.post(&(message(n) + "/restore"), nothing).await,
            Act::React(n, e) => {
                person
                    .put(&format!("{}/reactions/{}", message(n), EMOJI[e]), nothing)
                    .await
            }
            Act::Unreact(n, e) => {
                person
                    .delete(&format!("{}/reactions/{}", message(n), EMOJI[e]))
                    .await
            }
            Act::Pin(n) => person.put(&(message(n) + "/pin"), nothing).await,
            Act::Unpin(n) => person.delete(&(message(n) + "/pin")).await,
            Act::Join => {
                person
                    .post(&format!("/api/rooms/{room}/join"), nothing)
                    .await
            }
            Act::Leave => {
                person
                    .post(&format!("/api/rooms/{room}/leave"), nothing)
                    .await
            }
            Act::Kick(n) => person.post(&member(n, "kick"), nothing).await,
            Act::Mute(n) => person.post(&member(n, "mute"), nothing).await,
            Act::Unmute(n) => person.post(&member(n, "unmute"), nothing).await,
            _ => {
                person
                    .put(&format!("/api/rooms/{room}/read"), json!({ "seq": 1 }))
                    .await
            }
        }
    }

    /// Who joins takes a snapshot; who goes gives theirs up.
    async fn follow(&mut self, who: usize, act: Act, status: u16) {
        let gone = match act {
            Act::Join if status == 200 && self.readers[who].is_none() => {
                let reader = Reader::snapshot(&self.people[who], self.room).await;
                self.readers[who] = Some(reader);
                return;
            }
            Act::Leave => who,
            Act::Kick(n) => n,
            _ => return,
        };
        if status == 204 {
            self.readers[gone] = None;
            // What was heard as a member; from here on there must be nothing.
            let removed = |event: &Value| event["room_id"] == self.room;
            self.sockets[gone].next_where("room_removed", removed).await;
            drop(self.sockets[gone].take_events());
        }
    }

    async fn check(mut self) -> Result<(), TestCaseError> {
        for (who, reader) in self.readers.iter_mut().enumerate() {
            let Some(reader) = reader else { continue };
            let person = &self.people[who];
            let fresh = Reader::snapshot(person, self.room).await;
            if reader.seq() < fresh.seq() {
                reader.apply(&heard_up_to(&self.sockets[who], self.room, fresh.seq()).await);
            }
            prop_assert_eq!(&*reader, &fresh, "for {}", person.name());
            // And so does everything from the beginning, told again.
            let mut replayed = Reader::empty(self.room);
            let again = person.resume(json!({ self.room.to_string(): 0 })).await;
            replayed.apply(&heard_up_to(&again, self.room, fresh.seq()).await);
            prop_assert_eq!(&replayed, &fresh, "told again for {}", person.name());
        }
        // By now everybody has been told everything.
        for (who, person) in self.people.iter().enumerate() {
            if self.readers[who].is_some() {
                continue;
            }
            let events = self.sockets[who].settled_events().await;
            let heard = events.iter().find(|(_, e)| e["room_id"] == self.room);
            prop_assert!(heard.is_none(), "{} heard {heard:?}", person.name());
            let path = format!("/api/rooms/{}/messages", self.room);
            prop_assert_eq!(person.get(&path).await.status, 403);
        }
        Ok(())
    }
}
