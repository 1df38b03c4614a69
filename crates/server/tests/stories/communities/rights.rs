//! The matrix of communities: what everybody may do with one, and what its admins may do in its rooms.

use super::{act, enter, found, room_in};
use crate::matrix::shape;
use parlor_testkit::{Person, Server, Value, Visitor, json};
use std::collections::{BTreeSet, HashMap};

/// The columns: nobody, a guest, somebody from outside, a member, an admin, the owner, a banned person, an administrator
/// of the server who is not in it.
const ROLES: [&str; 8] = ["anon", "gst", "usr", "mem", "adm", "own", "ban", "sys"];
const PEOPLE: [&str; 7] = ["usr", "mem", "adm", "own", "ban", "victim", "maker"];

struct World {
    server: Server,
    people: HashMap<&'static str, Person>,
    nobody: Visitor,
    count: i64,
}

/// Method, path, body, and a letter per role.
type Row = (&'static str, String, Value, &'static str);

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
            nobody: server.visitor(),
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
        let person = self.people.get(role);
        let visitor: &Visitor = person.map_or(&self.nobody, |person| &**person);
        let mut request = visitor.request(method, path);
        if !body.is_null() {
            request = request.json(body);
        }
        let reply = visitor.send(request).await;
        let code = reply.json["code"].as_str().unwrap_or_default();
        let letter = match (reply.status, code) {
            (200..300, _) => "Y",
            (401, "unauthorized") => "u",
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
    async fn check(&mut self, roles: &[&str], room: usize, rows: &[Row]) {
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

/// What can be done with a community.
fn rows() -> Vec<Row> {
    let (none, some) = (Value::Null, json!({}));
    let get = |rest: &str, letters| {
        (
            "GET",
            format!("/api/communities/{{c}}{rest}"),
            none.clone(),
            letters,
        )
    };
    let in_room = |method, rest: &str, body, letters| {
        (method, format!("/api/rooms/{{c}}{rest}"), body, letters)
    };
    let post = |rest: &str, letters| {
        (
            "POST",
            format!("/api/communities/{{c}}{rest}"),
            some.clone(),
            letters,
        )
    };
    let change = |body| ("PUT", "/api/communities/{c}".to_owned(), body, MODERATORS);
    let appoint = |role: &str, letters| {
        let path = "/api/communities/{c}/members/{victim}/role".to_owned();
        ("POST", path, json!({ "role": role }), letters)
    };
    vec![
        get("", "u g Y Y Y Y b Y"),
        get("/members", "u g Y Y Y Y b Y"),
        get("/bans", MODERATORS),
        (
            "GET",
            "/api/rooms?community_id={c}".to_owned(),
            none.clone(),
            "u o o Y Y Y o Y",
        ),
        in_room("GET", "/messages", none.clone(), "u o o Y Y Y o n"),
        in_room("GET", "/invitations", none.clone(), MODERATORS),
        post("/join", "u g Y Y Y Y b Y"),
        post("/leave", "u h h Y Y c h h"),
        change(json!({ "rules": "Be kind." })),
        change(json!({ "max_members": 50 })),
        // Admins who are in it announce; administrators of the server have announcements of their own.
        in_room(
            "POST",
            "/messages",
            json!({ "content": "hear" }),
            "u o o n Y Y b o",
        ),
        in_room("POST", "/invitations", some.clone(), MODERATORS),
        post("/members/{victim}/kick", MODERATORS),
        post("/members/{victim}/ban", MODERATORS),
        post("/members/{victim}/unban", MODERATORS),
        post("/members/{own}/kick", "u h h n n n h Y"),
        appoint("admin", MODERATORS),
        appoint("owner", "u h h n n Y h Y"),
        (
            "DELETE",
            "/api/communities/{c}".to_owned(),
            none.clone(),
            "u o o n n Y o Y",
        ),
    ]
}

/// For its admins and up.
const MODERATORS: &str = "u o o n Y Y o Y";

/// What the rows ask for.
pub(crate) fn shapes() -> BTreeSet<String> {
    rows()
        .iter()
        .map(|(method, path, ..)| shape(method, path))
        .collect()
}

#[tokio::test]
async fn what_everybody_may_do_with_a_community() {
    let mut world = World::new().await;
    world.check(&ROLES, 0, &rows()).await;
    world.server.stop().await;
}

/// An admin of the community, and the rest of it, none of them in the room.
const OUTSIDE: [&str; 4] = ["adm", "mem", "usr", "ban"];

#[tokio::test]
async fn what_its_admins_may_do_in_its_rooms() {
    let mut world = World::new().await;
    let (none, some) = (Value::Null, json!({}));
    let rows = |[see, read, write, settle]: [&'static str; 4]| -> Vec<Row> {
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
        world.check(&OUTSIDE, room, &rows(letters)).await;
        let whom = "/api/rooms/{r}/members";
        let (owner, never) = (json!({ "role": "owner" }), "n h h h");
        let rows = [
            (
                "GET",
                "/api/rooms/{r}/export".to_owned(),
                none.clone(),
                never,
            ),
            (
                "POST",
                format!("{whom}/{{maker}}/kick"),
                some.clone(),
                never,
            ),
            ("POST", format!("{whom}/{{victim}}/role"), owner, never),
        ];
        world.check(&OUTSIDE, room, &rows).await;
    }
}
