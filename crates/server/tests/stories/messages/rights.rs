//! Who may do what with messages: every action by every kind of person, in a public and in a private room.

use super::id;
use parlor_testkit::{Person, Reply, Server, json};

/// The people of one room.
struct Cast {
    owner: Person,
    admin: Person,
    member: Person,
    muted: Person,
    outsider: Person,
    kicked: Person,
    banned: Person,
    operator: Person,
    room: i64,
}

impl Cast {
    async fn gather(server: &Server, private: bool) -> Self {
        let name = |role: &str| format!("{role}{}", if private { "2" } else { "1" });
        let owner = server.person(&name("owner")).await;
        let (room, key) = if private {
            owner.create_private_room("Attic").await
        } else {
            (owner.create_room("Garden").await, String::new())
        };
        let mut people = Vec::new();
        for role in ["admin", "member", "muted", "kicked", "banned"] {
            let person = server.person(&name(role)).await;
            let join = format!("/api/rooms/{room}/join");
            let body = if private {
                json!({ "access_key": key })
            } else {
                json!({})
            };
            person.post(&join, body).await.expect(200);
            people.push(person);
        }
        let [admin, member, muted, kicked, banned] = people.try_into().ok().expect("five people");
        let act = async |person: &Person, what: &str, body| {
            let path = format!("/api/rooms/{room}/members/{}/{what}", person.id());
            let done = owner.post(&path, body).await;
            assert!(done.status < 300, "{what}: {}", done.text);
        };
        act(&admin, "role", json!({ "role": "admin" })).await;
        // What each has said before they were silenced.
        for person in [&muted, &kicked, &banned] {
            person.say(room, "before").await;
        }
        act(&muted, "mute", json!({})).await;
        act(&kicked, "kick", json!({})).await;
        act(&banned, "ban", json!({})).await;
        Self {
            outsider: server.person(&name("outsider")).await,
            operator: server.administrator(&name("operator")).await,
            owner,
            admin,
            member,
            muted,
            kicked,
            banned,
            room,
        }
    }

    /// Owner, admin, member, muted, outsider, kicked, banned, system administrator.
    fn people(&self) -> [&Person; 8] {
        [
            &self.owner,
            &self.admin,
            &self.member,
            &self.muted,
            &self.outsider,
            &self.kicked,
            &self.banned,
            &self.operator,
        ]
    }
}

/// `Y` allowed, `n` forbidden, `m` muted, `b` banned, `x` not found, `h` hidden: not found, or in a public room not a
/// member.
fn check(reply: &Reply, expected: char, private: bool, what: &str) {
    let code = match expected {
        'Y' => {
            assert!(reply.status < 300, "{what}: {}", reply.text);
            return;
        }
        'n' => (403, "forbidden"),
        'm' => (403, "muted"),
        'b' => (403, "banned"),
        'x' => (404, "not_found"),
        _ if private => (404, "not_found"),
        _ => (403, "not_member"),
    };
    assert_eq!(
        (reply.status, reply.json["code"].as_str()),
        (code.0, Some(code.1)),
        "{what}: {}",
        reply.text
    );
}

async fn each_right_holds(private: bool) {
    let server = Server::start().await;
    let cast = Cast::gather(&server, private).await;
    let room = cast.room;
    //                      owner admin member muted outsider kicked banned operator
    let cells = [
        ("send", "YYYmhhbh"),
        ("history", "YYYYhhhn"),
        ("message", "YYYYhhhn"),
        ("pins", "YYYYhhhn"),
        ("receipts", "YYYYhhhn"),
        ("read", "YYYYhhbh"),
        ("react", "YYYmhhbh"),
        ("pin", "YYnnhhhY"),
        ("edit another's", "nnnnhhhn"),
        ("restore another's", "nnnnhhhn"),
        ("delete another's", "YYnnhhhY"),
        ("export", "Ynnnxxxn"),
    ];
    for (action, row) in cells {
        for (person, expected) in cast.people().into_iter().zip(row.chars()) {
            // Somebody else's message: the owner's, or for the owner the admin's.
            let author = if person.id() == cast.owner.id() {
                &cast.admin
            } else {
                &cast.owner
            };
            let message = id(&author.say(room, "said").await);
            let (rooms, messages) = (
                format!("/api/rooms/{room}"),
                format!("/api/messages/{message}"),
            );
            let reply = match action {
                "send" => {
                    person
                        .post(&format!("{rooms}/messages"), json!({ "content": "hi" }))
                        .await
                }
                "history" => person.get(&format!("{rooms}/messages")).await,
                "message" => person.get(&messages).await,
                "pins" => person.get(&format!("{rooms}/pins")).await,
                "receipts" => person.get(&format!("{messages}/receipts")).await,
                "read" => {
                    person
                        .put(&format!("{rooms}/read"), json!({ "seq": 1 }))
                        .await
                }
                "react" => {
                    person
                        .put(&format!("{messages}/reactions/👍"), json!({}))
                        .await
                }
                "pin" => person.put(&format!("{messages}/pin"), json!({})).await,
                "edit another's" => person.put(&messages, json!({ "content": "x" })).await,
                "restore another's" => person.post(&format!("{messages}/restore"), json!({})).await,
                "delete another's" => person.delete(&messages).await,
                _ => person.get(&format!("{rooms}/export")).await,
            };
            check(
                &reply,
                expected,
                private,
                &format!("{action} by {}", person.name()),
            );
        }
    }
    own_messages(&cast, private).await;
}

/// What people may do with what they said themselves before they were muted, kicked or banned.
async fn own_messages(cast: &Cast, private: bool) {
    let said = cast
        .owner
        .get(&format!(
            "/api/rooms/{}/messages?after=0&limit=10",
            cast.room
        ))
        .await;
    let said = said.expect(200);
    for (person, edits, deletes) in [
        (&cast.muted, 'm', 'Y'),
        (&cast.kicked, 'h', 'h'),
        (&cast.banned, 'b', 'b'),
    ] {
        let items = said["items"].as_array().expect("a list");
        let own = items
            .iter()
            .find(|m| m["user_id"] == person.id())
            .expect("their message");
        let path = format!("/api/messages/{}", id(own));
        let what = format!("own message of {}", person.name());
        check(
            &person.put(&path, json!({ "content": "y" })).await,
            edits,
            private,
            &what,
        );
        check(&person.delete(&path).await, deletes, private, &what);
    }
}

#[tokio::test]
async fn in_a_public_room() {
    each_right_holds(false).await;
}

#[tokio::test]
async fn in_a_private_room() {
    each_right_holds(true).await;
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_reads_or_writes() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Garden").await;
    let said = id(&alice.say(room, "hello").await);
    let visitor = server.visitor();
    for path in [
        format!("/api/rooms/{room}/messages"),
        format!("/api/rooms/{room}/pins"),
        format!("/api/rooms/{room}/export"),
        format!("/api/messages/{said}"),
        format!("/api/messages/{said}/receipts"),
    ] {
        visitor.get(&path).await.problem(401, "unauthorized");
    }
    let draft = json!({ "content": "hi" });
    let path = format!("/api/rooms/{room}/messages");
    visitor
        .post(&path, draft)
        .await
        .problem(401, "unauthorized");
}

#[tokio::test]
async fn the_socket_holds_to_the_same_rights() {
    let server = Server::start().await;
    let cast = Cast::gather(&server, true).await;
    let said = id(&cast.owner.say(cast.room, "said").await);
    for (person, sends, deletes, reads) in [
        (&cast.member, "", "forbidden", ""),
        (&cast.muted, "muted", "forbidden", ""),
        (&cast.outsider, "not_found", "not_found", "not_found"),
        (&cast.kicked, "not_found", "not_found", "not_found"),
        (&cast.banned, "banned", "not_found", "banned"),
    ] {
        let socket = person.socket().await;
        let room = cast.room;
        for (event, payload, expected) in [
            (
                "send_message",
                json!({ "room_id": room, "content": "hi" }),
                sends,
            ),
            ("delete_message", json!({ "message_id": said }), deletes),
            ("read", json!({ "room_id": room, "seq": 1 }), reads),
        ] {
            let ack = socket.emit(event, payload).await;
            let code = ack["error"]["code"].as_str().unwrap_or_default();
            assert_eq!(code, expected, "{event} by {}: {ack}", person.name());
        }
    }
}
