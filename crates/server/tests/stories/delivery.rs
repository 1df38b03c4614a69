//! The promises of delivery: one order for everybody, nothing twice, nothing missing, nothing to outsiders.

mod law;
pub(crate) mod reader;

use parlor_testkit::{Person, Server, Socket, Value, json};
use reader::{Reader, heard_up_to};
use std::collections::BTreeSet;

async fn room_of(server: &Server, names: &[&str]) -> (Vec<Person>, i64) {
    let mut people = Vec::new();
    for name in names {
        people.push(server.person(name).await);
    }
    let room = people[0].create_room("Reading circle").await;
    for person in &people[1..] {
        person.join(room).await;
    }
    (people, room)
}

fn draft(room: i64, text: &str, client_id: &str) -> Value {
    json!({ "room_id": room, "content": text, "client_id": client_id })
}

/// What was said in a room up to an entry, as one connection heard it: seq and content.
async fn heard(socket: &Socket, room: i64, seq: i64) -> Vec<(i64, String)> {
    let events = heard_up_to(socket, room, seq).await.into_iter();
    let said = events.filter(|(name, event)| name == "new_message" && event["room_id"] == room);
    said.map(|(_, event)| {
        let content = event["message"]["content"].as_str().expect("a text");
        (event["seq"].as_i64().expect("a seq"), content.to_owned())
    })
    .collect()
}

#[tokio::test]
async fn what_one_connection_sends_keeps_its_order() {
    let server = Server::start().await;
    let (people, room) = room_of(&server, &["alice", "bob"]).await;
    let (hers, his) = (people[0].socket().await, people[1].socket().await);
    let acks: Vec<_> = (0..300)
        .map(|n| hers.emit_later("send_message", draft(room, &n.to_string(), &n.to_string())))
        .collect();
    let mut seqs = Vec::new();
    for ack in acks {
        let ack = ack.await;
        seqs.push(ack["message"]["seq"].as_i64().expect("stored"));
    }
    let dense: Vec<i64> = (seqs[0]..seqs[0] + 300).collect();
    assert_eq!(
        seqs, dense,
        "answered in the order of sending, without gaps"
    );
    let heard = heard(&his, room, seqs[299]).await;
    let texts: Vec<String> = heard.iter().map(|(_, text)| text.clone()).collect();
    assert_eq!(texts, (0..300).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn eight_people_at_once_share_one_dense_order() {
    let server = Server::start().await;
    let names: Vec<String> = (0..8).map(|n| format!("person{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (people, room) = room_of(&server, &names).await;
    let mut sockets = Vec::new();
    for person in &people {
        sockets.push(person.socket().await);
    }
    let mut acks = Vec::new();
    for n in 0..40 {
        for (who, socket) in sockets.iter().enumerate() {
            let text = format!("{who}:{n}");
            acks.push((
                text.clone(),
                socket.emit_later("send_message", draft(room, &text, &text)),
            ));
        }
    }
    let mut acked = BTreeSet::new();
    for (text, ack) in acks {
        let ack = ack.await;
        acked.insert((ack["message"]["seq"].as_i64().expect("stored"), text));
    }
    let acked = Vec::from_iter(acked);
    let last = acked[acked.len() - 1].0;
    for socket in &sockets {
        let heard = heard(socket, room, last).await;
        assert_eq!(heard, acked, "everybody heard the same");
    }
    let first = acked[0].0;
    let seqs: Vec<i64> = acked.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(seqs, (first..first + 320).collect::<Vec<_>>());
    for who in 0..8 {
        let own = acked
            .iter()
            .filter_map(|(_, text)| text.strip_prefix(&format!("{who}:")));
        let own: Vec<usize> = own.map(|n| n.parse().expect("a number")).collect();
        assert_eq!(own, (0..40).collect::<Vec<_>>(), "in the order of each");
    }
}

#[tokio::test]
async fn the_same_message_sent_by_all_devices_at_once_is_stored_once() {
    let server = Server::start().await;
    let (people, room) = room_of(&server, &["alice", "bob"]).await;
    let his = people[1].socket().await;
    let phone = people[0].another_device().await;
    let devices = [people[0].socket().await, phone.socket().await];
    let mut acks = Vec::new();
    for n in 0..20 {
        for device in &devices {
            for _ in 0..3 {
                let draft = draft(room, &n.to_string(), &format!("id-{n}"));
                acks.push((n, device.emit_later("send_message", draft)));
            }
        }
        // The same id with something else to say.
        let other = draft(room, "something else", &format!("id-{n}"));
        let refused = devices[0].emit_later("send_message", other);
        acks.push((1000, refused));
    }
    let mut stored: Vec<BTreeSet<i64>> = vec![BTreeSet::new(); 20];
    let mut first = 0;
    for (n, ack) in acks {
        let ack = ack.await;
        if n == 1000 {
            assert_eq!(ack["error"]["code"], "idempotency_conflict", "{ack}");
            continue;
        }
        assert_eq!(ack["message"]["content"], n.to_string());
        stored[n].insert(ack["message"]["id"].as_i64().expect("an id"));
        first += usize::from(ack["duplicate"] == false);
    }
    assert!(stored.iter().all(|ids| ids.len() == 1), "{stored:?}");
    assert_eq!(
        first, 20,
        "one of the answers to each says that it was stored now"
    );
    let last = people[0].say(room, "last").await;
    let last = last["seq"].as_i64().expect("a seq");
    assert_eq!(heard(&his, room, last).await.len(), 21);
}

#[tokio::test]
async fn nobody_speaks_after_they_were_sent_out() {
    let server = Server::start().await;
    let (people, room) = room_of(&server, &["alice", "bob", "carol"]).await;
    let (bobs, carols) = (people[1].socket().await, people[2].socket().await);
    let talk: Vec<_> = (0..100)
        .map(|n| bobs.emit_later("send_message", draft(room, &n.to_string(), &n.to_string())))
        .collect();
    let kick = format!("/api/rooms/{room}/members/{}/kick", people[1].id());
    people[0].post(&kick, json!({})).await.expect(204);
    let mut stored = 0;
    for ack in talk {
        let ack = ack.await;
        if ack["ok"] == true {
            stored += 1;
        } else {
            assert_eq!(ack["error"]["code"], "not_member", "{ack}");
        }
    }
    let late = bobs.emit("send_message", draft(room, "late", "late")).await;
    assert_eq!(late["error"]["code"], "not_member");
    let last = people[0].say(room, "quiet now").await;
    let last = last["seq"].as_i64().expect("a seq");
    let events = heard_up_to(&carols, room, last).await;
    let place = |wanted: &dyn Fn(&str, &Value) -> bool| {
        let fits = events.iter().filter(|(name, event)| wanted(name, event));
        fits.map(|(_, event)| event["seq"].as_i64().expect("a seq"))
            .collect::<Vec<_>>()
    };
    let left = place(&|name, event| name == "user_left" && event["room_id"] == room);
    let said = place(&|name, event| {
        name == "new_message" && event["message"]["user_id"] == people[1].id()
    });
    assert_eq!((left.len(), said.len()), (1, stored));
    assert!(said.iter().all(|seq| *seq < left[0]), "{said:?} {left:?}");
    // And they hear nothing more either.
    let heard = bobs.settled_events().await;
    let after = heard
        .iter()
        .filter(|(name, event)| name == "new_message" && event["seq"].as_i64() > Some(left[0]));
    assert_eq!(after.count(), 0);
}

#[tokio::test]
async fn who_comes_back_has_what_they_missed_and_nothing_twice() {
    let server = Server::start().await;
    let (people, room) = room_of(&server, &["alice", "bob"]).await;
    let (alice, bob) = (&people[0], &people[1]);
    let mut reader = Reader::snapshot(bob, room).await;
    let said = alice.say(room, "one").await;
    let path = format!("/api/messages/{}", said["id"]);
    alice
        .put(&path, json!({ "content": "one, edited" }))
        .await
        .expect(200);
    bob.put(&format!("{path}/reactions/👍"), json!({}))
        .await
        .expect(200);
    let gone = alice.say(room, "canary").await;
    alice
        .delete(&format!("/api/messages/{}", gone["id"]))
        .await
        .expect(200);
    let socket = bob.resume(json!({ room.to_string(): reader.seq() })).await;
    alice.say(room, "live").await;
    socket
        .next_where("new_message", |e| e["message"]["content"] == "live")
        .await;
    let again = bob.resume(json!({ room.to_string(): reader.seq() })).await;
    let fresh = Reader::snapshot(bob, room).await;
    let events = heard_up_to(&again, room, fresh.seq()).await;
    assert!(
        !json!(events.iter().map(|(_, e)| e).collect::<Vec<_>>())
            .to_string()
            .contains("canary")
    );
    reader.apply(&events);
    reader.apply(&events);
    assert_eq!(reader, fresh);
}
