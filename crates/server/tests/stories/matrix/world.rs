//! A server with somebody for each role, and rooms that have them all.

use super::{Ask, Emit};
use futures_util::future::join_all;
use parlor_testkit::{Person, Reply, Server, Socket, Value, Visitor, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Who acts, and whom it is done to: a member, an admin, and somebody from outside.
const PEOPLE: [&str; 10] = [
    "usr", "mut", "mem", "adm", "own", "ban", "victim", "deputy", "stranger", "heir",
];

pub(super) struct World {
    _server: Server,
    people: HashMap<&'static str, Person>,
    sockets: HashMap<&'static str, Socket>,
    nobody: Visitor,
    /// Whether everybody says something before they are put in their place.
    talks: bool,
    /// Whether there is an invitation to each room.
    invites: bool,
    count: AtomicU64,
}

/// A room with everybody in their place.
pub(super) struct Place {
    pub(super) room: i64,
    pub(super) is_private: bool,
    /// Its key; some text for a public room.
    pub(super) key: String,
    ids: HashMap<&'static str, i64>,
    /// What each has said, where they could; anybody else's place takes what the victim has said.
    said: HashMap<&'static str, i64>,
    /// An invitation's id and its code.
    invitation: (i64, String),
}

impl Place {
    /// No room at all, for what is asked of one.
    pub(super) fn nowhere() -> Self {
        Self {
            room: 1,
            is_private: false,
            key: String::new(),
            ids: HashMap::new(),
            said: HashMap::from([("victim", 1)]),
            invitation: (1, "{code}".to_owned()),
        }
    }

    pub(super) fn id(&self, role: &str) -> i64 {
        self.ids.get(role).copied().unwrap_or(i64::from(i32::MAX))
    }

    pub(super) fn said(&self, role: &str) -> i64 {
        self.said.get(role).copied().unwrap_or(self.said["victim"])
    }

    /// The path of the room, and what follows it.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/api/rooms/{}{rest}", self.room)
    }

    /// Reading something of the room.
    pub(super) fn get(&self, rest: &str) -> Ask {
        Ask("GET", self.path(rest), Value::Null)
    }

    /// The path of the invitation, for whoever has its code.
    pub(super) fn invited(&self, rest: &str) -> String {
        format!("/api/invitations/{}{rest}", self.invitation.1)
    }

    /// The path of the invitation, for whoever moderates.
    pub(super) fn invitation(&self) -> String {
        self.path(&format!("/invitations/{}", self.invitation.0))
    }

    /// The path of something done to a member.
    pub(super) fn on(&self, whom: &str, what: &str) -> String {
        self.path(&format!("/members/{}/{what}", self.id(whom)))
    }
}

impl World {
    /// Rooms in which nothing is said.
    pub(super) async fn quiet() -> Self {
        Self::arrive(false).await
    }

    /// Quiet rooms with an invitation to each.
    pub(super) async fn inviting() -> Self {
        Self {
            invites: true,
            ..Self::arrive(false).await
        }
    }

    /// Rooms in which everybody has said something.
    pub(super) async fn talking() -> Self {
        Self::arrive(true).await
    }

    async fn arrive(talks: bool) -> Self {
        let server = Server::start().await;
        let mut people = HashMap::new();
        for (name, person) in PEOPLE
            .iter()
            .zip(join_all(PEOPLE.map(|n| server.person(n))).await)
        {
            people.insert(*name, person);
        }
        people.insert("sys", server.administrator("sys").await);
        people.insert("gst", server.guest("passing by").await);
        let mut sockets = HashMap::new();
        for (name, person) in &people {
            sockets.insert(*name, person.socket().await);
        }
        Self {
            nobody: server.visitor(),
            _server: server,
            people,
            sockets,
            talks,
            invites: false,
            count: AtomicU64::new(0),
        }
    }

    /// A new room of `own`'s. `usr` and `sys` have been in it and left; `ban` is banned, `mut` muted.
    pub(super) async fn place(&self, is_private: bool) -> Place {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let own = &self.people["own"];
        let body = json!({ "name": format!("Room {count}"), "is_private": is_private });
        let room = own.post("/api/rooms", body).await.expect(201);
        let key = room["access_key"]
            .as_str()
            .unwrap_or("no key at all")
            .to_owned();
        let room = room["id"].as_i64().unwrap();
        let ids = self
            .people
            .iter()
            .map(|(name, person)| (*name, person.id()));
        let mut place = Place {
            room,
            is_private,
            key,
            ids: ids.collect(),
            said: HashMap::new(),
            invitation: (i64::from(i32::MAX), String::new()),
        };
        if self.invites {
            let made = own.post(&place.path("/invitations"), json!({})).await;
            let made = made.expect(201);
            place.invitation = (
                made["id"].as_i64().unwrap(),
                made["code"].as_str().unwrap().to_owned(),
            );
        }
        let members = [
            "usr", "sys", "mut", "mem", "adm", "ban", "victim", "deputy", "heir",
        ];
        let (path, join) = (place.path("/join"), json!({ "access_key": place.key }));
        let joins = members.map(|role| self.people[role].post(&path, join.clone()));
        for reply in join_all(joins).await {
            reply.expect(200);
        }
        if self.talks {
            for role in members.into_iter().chain(["own"]) {
                let said = self.people[role].say(place.room, role).await;
                place.said.insert(role, said["id"].as_i64().unwrap());
            }
        }
        for role in ["usr", "sys"] {
            self.people[role]
                .post(&place.path("/leave"), json!({}))
                .await
                .expect(204);
        }
        for role in ["adm", "deputy"] {
            let body = json!({ "role": "admin" });
            own.post(&place.on(role, "role"), body).await.expect(200);
        }
        own.post(&place.on("mut", "mute"), json!({}))
            .await
            .expect(200);
        own.post(&place.on("ban", "ban"), json!({}))
            .await
            .expect(204);
        place
    }

    pub(super) async fn place_if(&self, wanted: bool, is_private: bool) -> Option<Place> {
        if wanted {
            return Some(self.place(is_private).await);
        }
        None
    }

    fn visitor(&self, role: &str) -> &Visitor {
        self.people
            .get(role)
            .map_or(&self.nobody, |person| &**person)
    }

    pub(super) async fn ask(&self, role: &str, ask: Ask) -> Reply {
        let Ask(method, path, body) = ask;
        let visitor = self.visitor(role);
        let request = visitor.request(method, &path);
        visitor
            .send(match body {
                Value::Null => request,
                // The lines of an export.
                Value::String(lines) => request
                    .header("content-type", "application/jsonl")
                    .body(lines),
                body => request.json(&body),
            })
            .await
    }

    pub(super) async fn emit(&self, role: &str, emit: Emit) -> Value {
        let Emit(event, payload) = emit;
        self.sockets[role].emit(event, payload).await
    }
}
