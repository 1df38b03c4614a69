//! The matrix of communities: what everybody may do with one, and what its admins may do in its rooms.

use super::{act, enter, found, room_in};
use parlor_testkit::{Person, Server, Value, json};
use std::collections::HashMap;

/// The columns: a guest, somebody from outside, a member, an admin, the owner, a banned person, an administrator of the
/// server who is not in it.
const ROLES: [&str; 7] = ["gst", "usr", "mem", "adm", "own", "ban", "sys"];
const PEOPLE: [&str; 7] = ["usr", "mem", "adm", "own", "ban", "victim", "maker"];

struct World {
    server: Server,
    people: HashMap<&'static str, Person>,
    count: i64,
}

/// A community with everybody in their place, and two rooms of `maker`'s in it.
struct Place {
    id: i64,
    open: i64,
    shut: i64,
    said: [i64; 2],
}

impl World {
    async fn new() -> Self {
        let server = Server::start().await;
        let mut people = HashMap::new();
        for name in PEOPLE {
            people.insert(name, server.person(name).await);
        }
        people.insert("gst", server.guest("passing by").await);
        people.insert("sys", server.administrator("sys").await);
        Self {
            server,
            people,
            count: 0,
        }
    }

    async fn place(&mut self) -> Place {
        self.count += 1;
        let (n, people) = (self.count, &self.people);
        let own = &people["own"];
        let id = found(own, json!({ "name": format!("Community {n}") })).await;
        for role in ["mem", "adm", "ban", "victim", "maker"] {
            enter(&people[role], id, json!({})).await.expect(200);
        }
        for role in ["adm", "maker"] {
            act(own, id, &people[role], "role", json!({ "role": "admin" }))
                .await
                .expect(200);
        }
        act(own, id, &people["ban"], "ban", json!({}))
            .await
            .expect(204);
        let maker = &people["maker"];
        let (open, _) = room_in(maker, id, &format!("Open {n}"), false).await;
        let (shut, key) = room_in(maker, id, &format!("Shut {n}"), true).await;
        let mut said = [0; 2];
        for (room, said) in [open, shut].into_iter().zip(&mut said) {
            let body = json!({ "access_key": key });
            people["victim"]
                .post(&format!("/api/rooms/{room}/join"), body)
                .await
                .expect(200);
            *said = people["victim"].say(room, "hello").await["id"]
                .as_i64()
                .unwrap();
        }
        // From here on the maker of the rooms is no more than a member of the community.
        act(own, id, maker, "role", json!({ "role": "member" }))
            .await
            .expect(200);
        Place {
            id,
            open,
            shut,
            said,
        }
    }

    async fn ask(&self, role: &str, method: &str, path: &str, body: &Value) -> String {
        let person = &self.people[role];
        let mut request = person.request(method, path);
        if !body.is_null() {
            request = request.json(body);
        }
        let reply = person.send(request).await;
        let code = reply.json["code"].as_str().unwrap_or_default();
        let letter = match (reply.status, code) {
            (200..300, _) => "Y",
            (404, "not_found") => "h",
            (403, "not_member") => "o",
            (403, "forbidden") => "n",
            (403, "guest_not_allowed") => "g",
            (403, "banned") => "b",
            (409, "owner_must_stay") => "c",
            (status, code) => return format!("{status} {code}"),
        };
        letter.to_owned()
    }

    fn fill(&self, text: &str, place: &Place, room: usize) -> String {
        text.replace("{c}", &place.id.to_string())
            .replace("{r}", &[place.open, place.shut][room].to_string())
            .replace("{said}", &place.said[room].to_string())
            .replace("{victim}", &self.people["victim"].id().to_string())
            .replace("{maker}", &self.people["maker"].id().to_string())
            .replace("{own}", &self.people["own"].id().to_string())
    }

    /// Tries rows of method, path, body and letters by roles, in a place of its own where somebody may.
    async fn check(&mut self, roles: &[&str], room: usize, rows: &[(&str, &str, Value, &str)]) {
        let mut wrong = Vec::new();
        let shared = self.place().await;
        for (method, path, body, letters) in rows {
            for (role, expected) in roles.iter().zip(letters.split(' ')) {
                let own = if expected == "Y" && *method != "GET" {
                    Some(self.place().await)
                } else {
                    None
                };
                let place = own.as_ref().unwrap_or(&shared);
                let at = self.fill(path, place, room);
                let found = self.ask(role, method, &at, body).await;
                if found != expected {
                    wrong.push(format!(
                        "{method} {path} {body}, {role}: {found}, not {expected}"
                    ));
                }
            }
        }
        assert!(
            wrong.is_empty(),
            "{} cells:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}

#[tokio::test]
async fn what_everybody_may_do_with_a_community() {
    let mut world = World::new().await;
    let (none, some) = (Value::Null, json!({}));
    let about = |what: &str| format!("/api/communities/{{c}}/members/{{victim}}/{what}");
    let (kick, ban, role) = (about("kick"), about("ban"), about("role"));
    let rows = [
        ("GET", "/api/communities/{c}", none.clone(), "g Y Y Y Y b Y"),
        (
            "GET",
            "/api/communities/{c}/members",
            none.clone(),
            "g Y Y Y Y b Y",
        ),
        (
            "GET",
            "/api/communities/{c}/bans",
            none.clone(),
            "o o n Y Y o Y",
        ),
        (
            "GET",
            "/api/rooms?community_id={c}",
            none.clone(),
            "o o Y Y Y o Y",
        ),
        (
            "GET",
            "/api/rooms/{c}/messages",
            none.clone(),
            "o o Y Y Y o n",
        ),
        (
            "GET",
            "/api/rooms/{c}/invitations",
            none.clone(),
            "o o n Y Y o Y",
        ),
        (
            "POST",
            "/api/communities/{c}/join",
            some.clone(),
            "g Y Y Y Y b Y",
        ),
        (
            "POST",
            "/api/communities/{c}/leave",
            some.clone(),
            "h h Y Y c h h",
        ),
        (
            "PUT",
            "/api/communities/{c}",
            json!({ "rules": "Be kind." }),
            "o o n Y Y o Y",
        ),
        (
            "PUT",
            "/api/communities/{c}",
            json!({ "max_members": 50 }),
            "o o n Y Y o Y",
        ),
        (
            "POST",
            "/api/rooms/{c}/messages",
            json!({ "content": "hear" }),
            "o o n Y Y b o",
        ),
        (
            "POST",
            "/api/rooms/{c}/invitations",
            some.clone(),
            "o o n Y Y o Y",
        ),
        ("POST", &kick, some.clone(), "o o n Y Y o Y"),
        ("POST", &ban, some.clone(), "o o n Y Y o Y"),
        ("POST", &role, json!({ "role": "admin" }), "o o n Y Y o Y"),
        ("POST", &role, json!({ "role": "owner" }), "h h n n Y h Y"),
        (
            "POST",
            "/api/communities/{c}/members/{own}/kick",
            some.clone(),
            "h h n n n h Y",
        ),
        ("DELETE", "/api/communities/{c}", none, "o o n n Y o Y"),
    ];
    world.check(&ROLES, 0, &rows).await;
    world.server.stop().await;
}

/// An admin of the community, and the rest of it, none of them in the room.
const OUTSIDE: [&str; 4] = ["adm", "mem", "usr", "ban"];

#[tokio::test]
async fn what_its_admins_may_do_in_its_rooms() {
    let mut world = World::new().await;
    let (none, some) = (Value::Null, json!({}));
    let rows = |[see, read, write, settle]: [&'static str; 4]| {
        let whom = "/api/rooms/{r}/members/{victim}";
        let [kick, ban, role] = ["kick", "ban", "role"].map(|what| format!("{whom}/{what}"));
        vec![
            ("GET", "/api/rooms/{r}".to_owned(), none.clone(), see),
            (
                "GET",
                "/api/rooms/{r}/members".to_owned(),
                none.clone(),
                see,
            ),
            (
                "GET",
                "/api/rooms/{r}/messages".to_owned(),
                none.clone(),
                read,
            ),
            (
                "POST",
                "/api/rooms/{r}/messages".to_owned(),
                json!({ "content": "hi" }),
                write,
            ),
            (
                "DELETE",
                "/api/messages/{said}".to_owned(),
                none.clone(),
                settle,
            ),
            (
                "PUT",
                "/api/messages/{said}/pin".to_owned(),
                some.clone(),
                settle,
            ),
            (
                "PUT",
                "/api/rooms/{r}".to_owned(),
                json!({ "max_members": 50 }),
                settle,
            ),
            ("POST", kick, some.clone(), settle),
            ("POST", ban, some.clone(), settle),
            ("POST", role, json!({ "role": "admin" }), settle),
            ("DELETE", "/api/rooms/{r}".to_owned(), none.clone(), settle),
        ]
    };
    // Of a room that is open to the community, and of one that is not.
    for (room, letters) in [
        (0, ["Y Y h h", "n o h h", "o o h h", "Y o h h"]),
        (1, ["Y h h h", "n h h h", "h h h h", "Y h h h"]),
    ] {
        let rows = rows(letters);
        let rows: Vec<_> = rows
            .iter()
            .map(|(m, p, b, l)| (*m, p.as_str(), b.clone(), *l))
            .collect();
        world.check(&OUTSIDE, room, &rows).await;
        let never = [
            ("GET", "/api/rooms/{r}/export", none.clone(), "n h h h"),
            (
                "POST",
                "/api/rooms/{r}/members/{maker}/kick",
                some.clone(),
                "n h h h",
            ),
            (
                "POST",
                "/api/rooms/{r}/members/{victim}/role",
                json!({ "role": "owner" }),
                "n h h h",
            ),
        ];
        world.check(&OUTSIDE, room, &never).await;
    }
}
