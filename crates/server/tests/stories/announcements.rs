//! What everybody is told.

use parlor_testkit::{Person, Server, Socket, Value, json};
use std::collections::BTreeMap;

async fn announce(admin: &Person, title: &str) -> i64 {
    let draft = json!({ "title": title, "content": "From *eight* to nine." });
    let made = admin.post("/api/admin/announcements", draft).await;
    made.expect(201)["id"].as_i64().unwrap()
}

async fn dismiss(person: &Person, id: i64) {
    let path = format!("/api/announcements/{id}/dismissal");
    person.put(&path, json!(null)).await.expect(204);
}

async fn withdraw(admin: &Person, id: i64) {
    let path = format!("/api/admin/announcements/{id}");
    admin.delete(&path).await.expect(204);
}

async fn titles(person: &Person) -> Vec<String> {
    let open = person.get("/api/announcements").await.expect(200);
    let items = open["items"].as_array().unwrap().iter();
    items
        .map(|a| a["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn everybody_is_told_now_or_later_until_they_dismiss_it() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let guest = server.guest("passing by").await;
    let phone = alice.another_device().await;
    let (at_alice, at_phone, at_guest) = (
        alice.socket().await,
        phone.socket().await,
        guest.socket().await,
    );
    let id = announce(&admin, "Maintenance").await;
    for socket in [&at_alice, &at_phone, &at_guest] {
        let told = socket.next("announcement").await;
        assert_eq!(told["server_seq"], 1);
        let announcement = &told["announcement"];
        assert_eq!(
            (&announcement["id"], &announcement["title"]),
            (&json!(id), &json!("Maintenance"))
        );
        assert_eq!(announcement["by"]["username"], "root");
    }
    let late = server.person("late").await;
    for person in [&alice, &guest, &late, &admin] {
        assert_eq!(titles(person).await, ["Maintenance"]);
    }
    dismiss(&alice, id).await;
    dismiss(&alice, id).await;
    for socket in [&at_alice, &at_phone] {
        let told = socket.next("announcement_dismissed").await;
        assert_eq!(told["announcement_id"], id);
    }
    let again = at_alice.settled_events().await;
    let again = again
        .iter()
        .filter(|(name, _)| name == "announcement_dismissed");
    assert_eq!(again.count(), 0, "once");
    assert!(titles(&phone).await.is_empty());
    assert_eq!(titles(&late).await, ["Maintenance"]);

    let all = admin.get("/api/admin/announcements").await.expect(200);
    assert_eq!(all["items"][0]["dismissed_by"], 1);
    withdraw(&admin, id).await;
    let told = at_guest.next("announcement_withdrawn").await;
    assert_eq!(
        (&told["announcement_id"], &told["server_seq"]),
        (&json!(id), &json!(2))
    );
    assert!(titles(&late).await.is_empty());
    let all = admin.get("/api/admin/announcements").await.expect(200);
    assert!(all["items"][0]["withdrawn_at"].is_string());
    let path = format!("/api/admin/announcements/{id}");
    admin.delete(&path).await.problem(404, "not_found");
    let path = format!("/api/announcements/{id}/dismissal");
    alice
        .put(&path, json!(null))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn an_announcement_is_a_line_and_a_text_and_there_are_not_many() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let path = "/api/announcements";
    for (title, content, code) in [
        ("", "text", "invalid_field"),
        ("two\nlines", "text", "invalid_text"),
        (&*"x".repeat(101), "text", "too_long"),
        ("title", "", "empty_message"),
        ("title", &*"x".repeat(4_001), "too_long"),
    ] {
        let draft = json!({ "title": title, "content": content });
        admin.post(path, draft).await.problem(400, code);
    }
    let more = json!({ "title": "a", "content": "b", "user_id": 1 });
    admin.post(path, more).await.problem(400, "unknown_field");
    for n in 0..20 {
        let draft = json!({ "title": format!("Number {n}"), "content": "<b>b</b>" });
        admin.post(path, draft).await.expect(201);
    }
    let draft = json!({ "title": "Too many", "content": "b" });
    admin.post(path, draft).await.problem(409, "invalid_state");
    let first = admin
        .get("/api/admin/announcements?limit=15")
        .await
        .expect(200);
    let next = first["next"].as_str().unwrap();
    let rest = format!("/api/admin/announcements?cursor={next}");
    let rest = admin.get(&rest).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 5);
    assert_eq!(rest["items"][0]["content"], "<b>b</b>");
}

/// What a person knows of what is announced.
#[derive(Clone, Debug, PartialEq)]
struct Knowledge {
    open: BTreeMap<i64, Value>,
    server_seq: i64,
    user_seq: i64,
}

impl Knowledge {
    async fn fresh(person: &Person) -> Self {
        let me = person.get("/api/auth/me").await.expect(200);
        let open = person.get("/api/announcements").await.expect(200);
        let items = open["items"].as_array().unwrap().iter();
        Self {
            open: items
                .map(|a| (a["id"].as_i64().unwrap(), a.clone()))
                .collect(),
            server_seq: open["server_seq"].as_i64().unwrap(),
            user_seq: me["user_seq"].as_i64().unwrap(),
        }
    }

    fn apply(&mut self, name: &str, event: &Value) {
        if let Some(seq) = event["server_seq"].as_i64() {
            // What is told again may leave out what holds no longer, and is never told twice.
            assert!(seq > self.server_seq, "{name} {event}");
            self.server_seq = seq;
        }
        if let Some(seq) = event["user_seq"].as_i64() {
            self.user_seq = self.user_seq.max(seq);
        }
        match name {
            "announcement" => {
                let announcement = event["announcement"].clone();
                let id = announcement["id"].as_i64().unwrap();
                self.open.insert(id, announcement);
            }
            "announcement_withdrawn" | "announcement_dismissed" => {
                self.open
                    .remove(&event["announcement_id"].as_i64().unwrap());
            }
            _ => {}
        }
    }

    async fn hear(&mut self, socket: &Socket, fresh: &Self) {
        socket.hear(self, Self::apply, |known| known == fresh).await;
    }

    fn seen(&self) -> Value {
        json!({ "me": self.user_seq, "server": self.server_seq })
    }
}

#[tokio::test]
async fn a_snapshot_and_the_events_since_are_a_fresh_snapshot() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let sockets = [alice.socket().await, bob.socket().await];
    let start = [Knowledge::fresh(&alice).await, Knowledge::fresh(&bob).await];
    let mut known = start.clone();
    let mut made = Vec::new();
    for step in 0..7 {
        match step {
            0 | 1 | 3 | 6 => made.push(announce(&admin, &format!("Step {step}")).await),
            2 => dismiss(&alice, made[0]).await,
            4 => withdraw(&admin, made[0]).await,
            _ => dismiss(&bob, made[1]).await,
        }
        for (person, (known, socket)) in [&alice, &bob]
            .into_iter()
            .zip(known.iter_mut().zip(&sockets))
        {
            let fresh = Knowledge::fresh(person).await;
            known.hear(socket, &fresh).await;
            assert_eq!(*known, fresh, "after step {step}");
        }
    }
    // And the same again from the logs alone, on another device.
    for (person, (start, known)) in [&alice, &bob].into_iter().zip(start.iter().zip(&known)) {
        let mut again = start.clone();
        let device = person.another_device().await;
        let resumed = device.resume(start.seen()).await;
        again.hear(&resumed, known).await;
        let resumed = device.resume(known.seen()).await;
        let more = resumed.settled_events().await;
        let more = more
            .iter()
            .filter(|(name, _)| name.starts_with("announcement"));
        assert_eq!(more.count(), 0, "nothing is told twice");
    }
}

#[tokio::test]
async fn who_saw_more_than_there_is_reads_everything_again() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let socket = alice.resume(json!({ "server": 7 })).await;
    assert_eq!(socket.next("resync").await["reason"], "reset");
    let odd = json!({ "token": alice.token(), "resume": { "servers": 1 } });
    let refused = alice.try_socket(odd).await.err().expect("a refusal");
    assert_eq!(refused["message"], "invalid_field");
}

#[tokio::test]
async fn who_is_gone_has_dismissed_nothing() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let id = announce(&admin, "Maintenance").await;
    dismiss(&alice, id).await;
    alice.delete("/api/auth/me").await.expect(204);
    let all = admin.get("/api/admin/announcements").await.expect(200);
    assert_eq!(all["items"][0]["dismissed_by"], 0);
}
