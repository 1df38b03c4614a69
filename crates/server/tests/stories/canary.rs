//! What one may no longer see is nowhere to be seen: every operation of the document that reads is asked, by somebody who
//! was sent out, banned and blocked, and by an administrator, for whom what people say is none of their business.

use crate::archives::{taken, unpacked};
use futures_util::future::join_all;
use parlor_testkit::{Person, Reply, Server, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// In the names of what is hidden from Eve: rooms, a community, somebody who has gone.
const NAME: &str = "canaryname";
/// In what is said where she is not.
const SONG: &str = "canarysong";
/// In what was said where she is, answered, pinned and reacted to, and then deleted: for nobody.
const GHOST: &str = "canaryghost";
/// In why she is held.
const REASON: &str = "canaryreason";
/// In an announcement that was withdrawn.
const NOTICE: &str = "canarynotice";

struct World {
    server: Server,
    eve: Person,
    olga: Person,
    root: Person,
    /// What stands for the places in a path.
    ids: BTreeMap<&'static str, Vec<String>>,
    /// A community, a room of it, and a private room: in none of them is Eve any more.
    hidden: [i64; 3],
    /// A room in which she is.
    hall: i64,
    /// What is going to be deleted in the hall.
    ghost: i64,
    /// Somebody who is going to leave.
    finch: Person,
}

fn id(value: &Value) -> i64 {
    value["id"].as_i64().expect("an id")
}

impl World {
    /// Eve is in everything, and then in nothing but the hall.
    async fn new() -> Self {
        let world = Self::whole().await;
        world.part().await;
        world
    }

    /// Eve is in everything.
    async fn whole() -> Self {
        let server = Server::start().await;
        let root = server.administrator("root").await;
        let (olga, eve) = (server.person("olga").await, server.person("eve").await);
        let finch = server.person(&format!("{NAME}-finch")).await;
        let hall = olga.create_room("Hall").await;
        for person in [&eve, &finch] {
            person.join(hall).await;
        }
        let lodge = json!({ "name": format!("{NAME} lodge"), "is_private": true, "rules": NAME });
        let lodge = id(&olga.post("/api/communities", lodge).await.expect(201));
        let invitations = format!("/api/rooms/{lodge}/invitations");
        let invited = olga.post(&invitations, json!({})).await.expect(201);
        let code = invited["code"].as_str().expect("a code").to_owned();
        let join = format!("/api/invitations/{code}/join");
        let accept = json!({ "accept_rules": true });
        eve.post(&join, accept).await.expect(200);
        let perch = json!({ "name": format!("{NAME} perch"), "community_id": lodge });
        let perch = id(&olga.post("/api/rooms", perch).await.expect(201));
        eve.join(perch).await;
        let (cage, key) = olga.create_private_room(&format!("{NAME} cage")).await;
        let key = json!({ "access_key": key });
        eve.post("/api/rooms/join", key).await.expect(200);
        let direct = json!({ "user_id": eve.id() });
        let direct = id(&olga.post("/api/rooms/direct", direct).await.expect(200));
        let ask = json!({ "user_id": eve.id() });
        finch.post("/api/friends/requests", ask).await.expect(201);
        eve.say(cage, "my own words").await;
        let heard = eve.socket().await;
        let mut messages = Vec::new();
        for room in [lodge, perch, cage] {
            messages.push(id(&olga.say(room, &format!("@eve {SONG}")).await));
            heard.next("notification").await;
        }
        let ghost = id(&olga.say(hall, &format!("@eve {GHOST}")).await);
        heard.next("notification").await;
        messages.push(ghost);
        let answer = json!({ "content": "to that", "reply_to": ghost });
        let answers = format!("/api/rooms/{hall}/messages");
        olga.post(&answers, answer).await.expect(201);
        let (pin, react) = ("pin", "reactions/👻");
        for mark in [pin, react] {
            let path = format!("/api/messages/{ghost}/{mark}");
            olga.put(&path, json!({})).await.expect(200);
        }
        let rooms = [lodge, perch, cage, hall, direct].map(|room| room.to_string());
        let people = [&olga, &eve, &finch, &root].map(|person| person.id().to_string());
        let ids = BTreeMap::from([
            ("room_id", rooms.to_vec()),
            ("community_id", rooms.to_vec()),
            ("message_id", messages.iter().map(i64::to_string).collect()),
            ("user_id", people.to_vec()),
            ("id", people.to_vec()),
            ("code", vec![code]),
            ("provider", vec!["work".to_owned()]),
        ]);
        Self {
            server,
            eve,
            olga,
            root,
            ids,
            hidden: [lodge, perch, cage],
            hall,
            ghost,
            finch,
        }
    }

    /// Everything ends that Eve was let see.
    async fn part(&self) {
        let (olga, eve, root) = (&self.olga, &self.eve, &self.root);
        let [lodge, _, cage] = self.hidden;
        let about = |what: &str| format!("{what}/members/{}", eve.id());
        let kick = format!("{}/kick", about(&format!("/api/rooms/{cage}")));
        olga.post(&kick, json!({})).await.expect(204);
        let ban = format!("{}/ban", about(&format!("/api/communities/{lodge}")));
        olga.post(&ban, json!({})).await.expect(204);
        let block = format!("/api/blocks/{}", eve.id());
        olga.put(&block, json!({})).await.expect(200);
        let message = format!("/api/messages/{}", self.ghost);
        olga.delete(&message).await.expect(200);
        self.finch.delete("/api/auth/me").await.expect(204);
        let hold = json!({ "user_id": eve.id(), "reason": REASON });
        root.post("/api/admin/holds", hold).await.expect(201);
        let notice = json!({ "title": NOTICE, "content": NOTICE });
        let notice = root.post("/api/announcements", notice).await.expect(201);
        let notice = format!("/api/admin/announcements/{}", notice["id"]);
        root.delete(&notice).await.expect(204);
    }

    /// Every way to ask for something: each operation that reads, with everything that can stand in its path, and for a
    /// bird where it searches.
    fn questions(&self) -> Vec<String> {
        let document = include_str!("../../../../docs/openapi.json");
        let document: Value = serde_json::from_str(document).expect("JSON");
        let mut questions = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            if item.get("get").is_none() {
                continue;
            }
            let parameters = item["get"]["parameters"].as_array();
            let parameters = parameters.into_iter().flatten();
            let queries = parameters.filter(|p| p["in"] == "query");
            let names: Vec<&str> = queries.filter_map(|p| p["name"].as_str()).collect();
            for path in self.filled(path) {
                questions.push(path.clone());
                for name in &names {
                    questions.extend(
                        self.asked(name)
                            .map(|value| format!("{path}?{name}={value}")),
                    );
                }
            }
        }
        questions
    }

    /// A path with each of the things that its place can stand for.
    fn filled(&self, path: &str) -> Vec<String> {
        let Some((before, rest)) = path.split_once('{') else {
            return vec![path.to_owned()];
        };
        let (name, after) = rest.split_once('}').expect("an end");
        let values = self.ids.get(name);
        let values = values.unwrap_or_else(|| panic!("nothing stands for {name}"));
        let fill = |value: &String| format!("{before}{value}{after}");
        values.iter().map(fill).collect()
    }

    /// What a parameter is tried with.
    fn asked(&self, name: &str) -> impl Iterator<Item = String> {
        let values = match name {
            "q" => vec!["canary".to_owned()],
            "with_lifted" => vec!["true".to_owned()],
            "after" => vec!["0".to_owned()],
            name => self.ids.get(name).cloned().unwrap_or_default(),
        };
        values.into_iter()
    }
}

/// The birds in an answer.
fn birds(text: &str) -> impl Iterator<Item = &'static str> {
    let birds = [NAME, SONG, GHOST, REASON, NOTICE].into_iter();
    birds.filter(move |bird| text.contains(bird))
}

/// Whether an answer says of somebody that they are here, or when they were.
fn tells_of_presence(answer: &Value, user: i64) -> bool {
    match answer {
        Value::Array(items) => items.iter().any(|item| tells_of_presence(item, user)),
        Value::Object(fields) => {
            let is_about = [&answer["id"], &answer["user_id"], &answer["user"]["id"]];
            let is_about = is_about.iter().any(|id| **id == user);
            let times = ["last_seen", "online_since"];
            let told = answer["is_online"] == true
                || times
                    .iter()
                    .any(|time| fields.get(*time).is_some_and(|t| !t.is_null()));
            (is_about && told) || fields.values().any(|field| tells_of_presence(field, user))
        }
        _ => false,
    }
}

#[tokio::test]
async fn no_operation_shows_what_is_over() {
    let world = World::new().await;
    // Whom she is blocked by is here.
    let _here = world.olga.socket().await;
    let (mut shown, mut seen) = (Vec::new(), BTreeSet::new());
    for path in world.questions() {
        let answers = [&world.eve, &world.root, &world.olga].map(|person| person.get(&path));
        let answers: [Reply; 3] = join_all(answers).await.try_into().expect("three answers");
        let [eve, root, olga] = answers;
        for answer in [&eve, &root, &olga] {
            assert!(answer.status < 500, "{path}: {}", answer.text);
        }
        shown.extend(birds(&eve.text).map(|bird| format!("{path}: {bird} to eve")));
        if tells_of_presence(&eve.json, world.olga.id()) {
            shown.push(format!("{path}: that olga is here, to eve"));
        }
        let ghosts = [&root, &olga].map(|answer| answer.text.contains(GHOST));
        if ghosts.contains(&true) {
            shown.push(format!("{path}: {GHOST}"));
        }
        // Administrators know of every room and of nothing that is said in it.
        let sung = birds(&root.text).filter(|bird| *bird == SONG);
        shown.extend(sung.map(|bird| format!("{path}: {bird} to root")));
        seen.extend(birds(&root.text).chain(birds(&olga.text)));
    }
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    // Whoever may see them does: the questions are the right ones.
    assert_eq!(seen, BTreeSet::from([NAME, SONG, REASON, NOTICE]));
}

#[tokio::test]
async fn who_is_connected_while_it_ends_hears_no_more_of_it() {
    let world = World::whole().await;
    let live = world.eve.socket().await;
    for room in world.hidden {
        let joined = live.emit("join_room", json!({ "room_id": room })).await;
        assert_eq!(joined["ok"], true, "{joined}");
    }
    live.settled_events().await;
    world.part().await;
    for room in world.hidden {
        world.olga.say(room, SONG).await;
    }
    let heard = json!(live.settled_events().await).to_string();
    assert!(heard.contains("message_deleted"), "{heard}");
    // Names were hers to see until it ended.
    for bird in [SONG, GHOST] {
        assert!(!heard.contains(bird), "{bird}: {heard}");
    }
}

#[tokio::test]
async fn no_event_and_no_archive_tells_of_it() {
    let world = World::new().await;
    let (eve, olga) = (&world.eve, &world.olga);
    let [lodge, perch, cage] = world.hidden;
    let live = eve.socket().await;
    for room in world.hidden {
        let said = olga.say(room, SONG).await;
        let path = format!("/api/messages/{}", id(&said));
        let edit = json!({ "content": format!("{SONG} again") });
        olga.put(&path, edit).await.expect(200);
        olga.put(&format!("{path}/pin"), json!({}))
            .await
            .expect(200);
    }
    let name = json!({ "name": format!("{NAME} hall") });
    olga.put(&format!("/api/rooms/{perch}"), name)
        .await
        .expect(200);
    let again = [(lodge, 0), (perch, 0), (cage, 0), (world.hall, 0)];
    let mut seen: serde_json::Map<String, Value> = again
        .iter()
        .map(|(room, seq)| (room.to_string(), json!(seq)))
        .collect();
    seen.insert("me".to_owned(), json!(0));
    seen.insert("server".to_owned(), json!(0));
    let resumed = eve.resume(seen.into()).await;
    for socket in [&live, &resumed] {
        for room in world.hidden {
            let ask = json!({ "room_id": room, "after_seq": 0 });
            let answer = socket.emit("join_room", ask).await;
            assert_eq!(answer["ok"], false, "{answer}");
        }
    }
    let ask = json!({ "room_id": world.hall, "after_seq": 0 });
    let joined = resumed.emit("join_room", ask).await;
    let heard = json!([
        joined,
        live.settled_events().await,
        resumed.settled_events().await
    ])
    .to_string();
    let files = unpacked(&taken(&world.server, eve).await);
    let archive: String = files
        .values()
        .map(|file| String::from_utf8_lossy(file))
        .collect();
    assert!(archive.contains("my own words"));
    assert!(heard.contains("notifications_removed"), "{heard}");
    for bird in [NAME, SONG, GHOST, REASON, NOTICE] {
        for (where_to, text) in [("heard", &heard), ("archived", &archive)] {
            let at = text.find(bird);
            assert!(
                at.is_none(),
                "{bird} is {where_to}: {}",
                &text[at.unwrap_or(0).saturating_sub(300)..]
            );
        }
    }
}
