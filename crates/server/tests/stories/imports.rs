//! What older systems have stored comes over, whole and once, however often it is interrupted.

mod old;

use old::{AWESOME, CHATROOM, KOMUNIKATOR, MUST, Old, PLATFORM};
use parlor::kernel::db::{Db, Sql};
use parlor_testkit::{Server, Value, Visitor, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// How many rows a page has: one transaction.
const PAGE: usize = 200;

/// An older system's database, and a server that was never started.
struct Move {
    folder: TempDir,
    old: &'static Old,
    source: String,
    target: String,
}

/// What the program said in the end.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Move {
    async fn new(old: &'static Old, messages: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = old::home(folder.path(), old).await;
        old::fill(&source, old, messages).await;
        let target = parlor_testkit::fresh_database(&folder.path().join("data")).await;
        std::fs::create_dir(folder.path().join("data")).unwrap();
        Self {
            folder,
            old,
            source,
            target,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Changes the older database.
    async fn change(&self, statements: &[&str]) {
        let db = Db::connect(&self.source, true).await.unwrap();
        for statement in statements {
            db.write().run(statement, []).await.unwrap();
        }
    }

    fn start(&self, flags: &[&str]) -> Child {
        let data = self.data().display().to_string();
        let common = ["import", "--from", self.old.system, &self.source];
        let place = ["--data-dir", &data, "--database-url", &self.target];
        Command::new(env!("CARGO_BIN_EXE_parlor"))
            .args(common)
            .args(place)
            .arg("--allow-weak-durability")
            .args(flags)
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, flags: &[&str]) -> Said {
        let output = self.start(flags).wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Ends an import at once, as the kernel would, after so many pages.
    fn interrupt(&self, pages: usize) {
        let mut import = self.start(&[]);
        let lines = BufReader::new(import.stderr.take().unwrap()).lines();
        assert_eq!(lines.take(pages).count(), pages, "it ended before");
        import.kill().unwrap();
        assert_eq!(import.wait().unwrap().code(), None);
    }

    /// What an operator does for those whose passwords did not come along.
    fn give_password(&self, name: &str, password: &str) {
        let data = self.data().display().to_string();
        let mut given = Command::new(env!("CARGO_BIN_EXE_parlor"))
            .args(["admin", "password", "--username", name, "--password-stdin"])
            .args(["--data-dir", &data, "--database-url", &self.target])
            .arg("--allow-weak-durability")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = given.stdin.take().unwrap();
        input.write_all(password.as_bytes()).unwrap();
        drop(input);
        assert!(given.wait().unwrap().success());
    }

    /// A server over what was brought over.
    async fn serve(&self) -> Server {
        let (data, target) = (self.data(), self.target.clone());
        let setup = Server::setup().with(move |config| {
            config.data_dir = data;
            config.database_url = target;
        });
        setup.start().await
    }
}

async fn sign_in(server: &Server, name: &str, password: &str) -> Visitor {
    let visitor = server.visitor();
    let form = json!({ "username": name, "password": password });
    let answer = visitor.post("/api/auth/login", form).await.expect(200);
    visitor.set_token(answer["access_token"].as_str().map(str::to_owned));
    visitor
}

/// All messages of a room: who said what, and when.
async fn history(reader: &Visitor, room: &Value) -> Vec<(String, String, String)> {
    let mut after = 0;
    let mut said = Vec::new();
    loop {
        let path = format!("/api/rooms/{room}/messages?after={after}&limit=200");
        let page = reader.get(&path).await.expect(200);
        let items = page["items"].as_array().unwrap();
        let Some(last) = items.last() else {
            return said;
        };
        after = last["seq"].as_i64().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let one = |item: &Value| {
            let user = text(&item["user"]["username"]);
            (user, text(&item["content"]), text(&item["timestamp"]))
        };
        said.extend(items.iter().map(one));
    }
}

async fn rooms_of(reader: &Visitor) -> Vec<Value> {
    let path = "/api/rooms?scope=joined&limit=200";
    let rooms = reader.get(path).await.expect(200);
    rooms["items"].as_array().unwrap().clone()
}

/// 3,000 messages, or as many as the environment says.
fn messages() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are configured by the environment"
    )]
    let given = std::env::var("PARLOR_IMPORT_MESSAGES").ok();
    given.map_or(3_000, |text| text.parse().expect("a number"))
}

/// Brings a system over with several interruptions, and compares everything that was said there with what is here.
async fn comes_over_whole_and_once(old: &'static Old) {
    let messages = messages();
    let it = Move::new(old, messages).await;
    for _ in 0..4 {
        it.interrupt(1 + messages / PAGE / 7);
    }
    let said = it.run(&[]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let counted = format!(": {messages} of {messages} rows are here\n");
    assert!(said.out.contains(&counted), "{}", said.out);
    // Again: nothing is left to do.
    let again = it.run(&[]);
    assert_eq!(
        (again.code, &again.out),
        (Some(0), &said.out),
        "{}",
        again.err
    );

    let server = it.serve().await;
    let reader = sign_in(&server, &old::name(0), old::PASSWORD).await;
    // Both kinds of hashes let in, and so does what has taken their place.
    for name in [old::name(0), old::name(1), old::name(1)] {
        sign_in(&server, &name, old::PASSWORD).await;
    }
    let wrong = json!({ "username": old::name(2), "password": "not this one" });
    server
        .visitor()
        .post("/api/auth/login", wrong)
        .await
        .expect(401);
    let mut found = 0;
    for room in rooms_of(&reader).await {
        let Some(number) = (0..old::ROOMS).find(|n| room["name"] == old::room_name(*n)) else {
            continue;
        };
        let expected = (0..messages).filter(|message| old::place(*message) == number);
        let expected: Vec<_> = expected
            .map(|n| (old::name(old::author(n)), old::text(n), old::told_time(n)))
            .collect();
        found += expected.len();
        assert_eq!(room["membership"]["unread_count"], 0, "{room}");
        let here = history(&reader, &room["id"]).await;
        assert!(
            here == expected,
            "{}: {} messages",
            room["name"],
            here.len()
        );
    }
    assert_eq!(found, messages);
}

#[tokio::test]
async fn must_comes_over_whole_and_once() {
    comes_over_whole_and_once(&MUST).await;
}

#[tokio::test]
async fn chatroom_comes_over_whole_and_once() {
    comes_over_whole_and_once(&CHATROOM).await;
}

#[tokio::test]
async fn awesome_comes_over_whole_and_once() {
    comes_over_whole_and_once(&AWESOME).await;
}

#[tokio::test]
async fn platform_comes_over_whole_and_once() {
    comes_over_whole_and_once(&PLATFORM).await;
}

#[tokio::test]
async fn komunikator_comes_over_whole_and_once() {
    comes_over_whole_and_once(&KOMUNIKATOR).await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_come_of_it_and_writes_nothing() {
    let it = Move::new(&MUST, 700).await;
    let dry = it.run(&["--dry-run"]);
    assert_eq!(dry.code, Some(0), "{}", dry.err);
    assert!(
        dry.out
            .contains("messages: 700 of 700 rows would be here\n"),
        "{}",
        dry.out
    );
    assert!(dry.out.ends_with("Nothing was written.\n"), "{}", dry.out);
    assert!(
        dry.out.contains("meetings: 1 rows stay behind"),
        "{}",
        dry.out
    );
    // A server that has started is left as it is, too.
    let server = it.serve().await;
    let before = server.person("person0").await;
    server.stop().await;
    let dry = it.run(&["--dry-run"]);
    assert!(
        dry.out.contains(r#""person0" was here already"#),
        "{}{}",
        dry.out,
        dry.err
    );
    let server = it.serve().await;
    let found = sign_in(&server, before.name(), before.password()).await;
    let found = found.get("/api/users/search?q=person").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    server.stop().await;
    // And the real run comes to the same.
    let real = it.run(&[]);
    let expected = dry.out.replace("would be", "are");
    let expected = expected.replace("Nothing was written.\n", "");
    assert_eq!(real.out, expected, "{}", real.err);
}

#[tokio::test]
async fn what_cannot_stay_as_it_was_is_put_right_and_told() {
    let it = Move::new(&CHATROOM, 10).await;
    let server = it.serve().await;
    let alice = server.person("person1").await;
    server.person("person2").await;
    alice.create_room("Room 1").await;
    server.stop().await;
    it.change(&[
        "UPDATE user SET email = 'person1@example.org' WHERE id = 2",
        "UPDATE user SET email = 'other@example.org' WHERE id = 3",
        "UPDATE user SET username = 'Anna Maria', email = 'nowhere', password_hash = '$2b$12$abcdef' WHERE id = 4",
        "UPDATE room SET name = '大厅', is_private = 0 WHERE id = 3",
        "UPDATE message SET edited_at = '2024-02-01 00:00:00' WHERE id = 1",
        "UPDATE message SET is_deleted = 1 WHERE id = 2",
        "UPDATE message SET room_id = 999 WHERE id = 3",
        "UPDATE message SET user_id = 998 WHERE id = 4",
    ])
    .await;
    let said = it.run(&[]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    for line in [
        r#""person1" was here already"#,
        r#""person2" is "person2-2" here"#,
        r#""nowhere" of "Anna Maria" is no address, and left out"#,
        r#""Anna Maria" is "Anna_Maria" here"#,
        r#""Anna Maria" needs a new password"#,
        r#"the room "Room 1" is "Room 1 (2)" here"#,
        r#""大厅" is the room of that name here"#,
        "1 of message stayed: the room is not there",
        r#""998" is in no table of people; what they left is "user-998"'s here"#,
        "message: 9 of 10 rows are here",
    ] {
        assert!(said.out.contains(line), "{line}:\n{}", said.out);
    }
    it.give_password("anna_maria", "a walk in the hills");
    let server = it.serve().await;
    sign_in(&server, "Anna_Maria", "a walk in the hills").await;
    let reader = sign_in(&server, "person0", old::PASSWORD).await;
    let mut all = Vec::new();
    for room in rooms_of(&reader).await {
        let path = format!("/api/rooms/{}/messages", room["id"]);
        let page = reader.get(&path).await.expect(200);
        all.extend(page["items"].as_array().unwrap().clone());
    }
    let said_at = |n: usize| {
        let found = all.iter().find(|it| it["timestamp"] == old::told_time(n));
        found.unwrap_or_else(|| panic!("message {n}")).clone()
    };
    assert_eq!(said_at(0)["edited_at"], "2024-02-01T00:00:00.000Z");
    let deleted = said_at(1);
    assert_eq!(
        (&deleted["is_deleted"], &deleted["content"]),
        (&json!(true), &json!(""))
    );
    assert_eq!(said_at(3)["user"]["username"], "user-998");
}

#[tokio::test]
async fn roles_keys_friends_and_communities_come_along() {
    let it = Move::new(&AWESOME, 5).await;
    assert_eq!(it.run(&[]).code, Some(0));
    let server = it.serve().await;
    let owner = sign_in(&server, "person0", old::PASSWORD).await;
    let me = owner.get("/api/auth/me").await.expect(200);
    let communities = format!("/api/users/{}/communities", me["id"]);
    let community = owner.get(&communities).await.expect(200)["items"][0].clone();
    assert_eq!(
        (&community["name"], &community["rules"]),
        (&json!("Gardeners"), &json!("Be kind."))
    );
    assert_eq!(community["membership"]["role"], "admin");
    let rooms = rooms_of(&owner).await;
    let room = rooms.iter().find(|it| it["name"] == "Room 3").unwrap();
    let room = owner.get(&format!("/api/rooms/{}", room["id"])).await;
    let room = room.expect(200);
    assert!(
        room["access_key"].is_string(),
        "a private room has a key: {room}"
    );
    let path = format!("/api/rooms/{}/members?limit=200", room["id"]);
    let members = owner.get(&path).await.expect(200);
    let members = members["items"].as_array().unwrap();
    let role = |name: &str| {
        let found = members.iter().find(|it| it["username"] == name);
        found.map(|it| it["role"].clone())
    };
    assert_eq!(role("person0"), Some(json!("owner")));
    assert_eq!(role("person1"), Some(json!("admin")));
    server.stop().await;

    let it = Move::new(&KOMUNIKATOR, 5).await;
    assert_eq!(it.run(&[]).code, Some(0));
    let server = it.serve().await;
    let stranger = sign_in(&server, "person2", old::PASSWORD).await;
    let key = json!({ "access_key": "key of 3" });
    let joined = stranger.post("/api/rooms/join", key).await.expect(200);
    assert_eq!(joined["name"], "Room 3");
    server.stop().await;

    let it = Move::new(&PLATFORM, 5).await;
    it.change(&["UPDATE messages SET receiver_id = 1, group_id = NULL WHERE id = 2"])
        .await;
    assert_eq!(it.run(&[]).code, Some(0));
    let server = it.serve().await;
    let first = sign_in(&server, "person0", old::PASSWORD).await;
    let me = first.get("/api/auth/me").await.expect(200);
    assert_eq!(
        (&me["nickname"], &me["bio"]),
        (&json!("The first"), &json!("Hello"))
    );
    let friends = first.get("/api/friends").await.expect(200);
    assert_eq!(friends["items"].as_array().unwrap().len(), 1, "{friends}");
    let requests = first.get("/api/friends/requests").await.expect(200);
    assert_eq!(requests["items"].as_array().unwrap().len(), 1, "{requests}");
    let direct = rooms_of(&first).await;
    let direct = direct
        .iter()
        .find(|it| it["kind"] == "direct")
        .expect("a chat of two");
    assert_eq!(history(&first, &direct["id"]).await[0].1, old::text(1));
}

#[tokio::test]
async fn what_is_not_as_documented_is_named() {
    let it = Move::new(&MUST, 5).await;
    it.change(&["ALTER TABLE messages RENAME COLUMN sent_time TO said_at"])
        .await;
    let said = it.run(&[]);
    assert_eq!(said.code, Some(1));
    let why =
        "messages.sent_time: there is no such column, but id, content, said_at, user_id, room_id";
    assert!(said.err.contains(why), "{}", said.err);
    it.change(&[
        "ALTER TABLE messages RENAME COLUMN said_at TO sent_time",
        "UPDATE messages SET sent_time = 'tea time' WHERE id = 3",
    ])
    .await;
    let said = it.run(&[]);
    let why = r#"messages.sent_time: "tea time" of the row "3" is not understood"#;
    assert!(
        said.code == Some(1) && said.err.contains(why),
        "{}",
        said.err
    );
    it.change(&["DROP TABLE friendships"]).await;
    let said = it.run(&[]);
    let why = "friendships: there is no such table";
    assert!(
        said.code == Some(1) && said.err.contains(why),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn another_database_needs_a_label_and_a_running_server_its_end() {
    let it = Move::new(&MUST, 5).await;
    assert_eq!(it.run(&[]).code, Some(0));
    it.change(&["UPDATE users SET username = 'somebody else' WHERE id = 1"])
        .await;
    let said = it.run(&[]);
    assert!(
        said.code == Some(1) && said.err.contains("--label"),
        "{}",
        said.err
    );
    let said = it.run(&["--label", "second"]);
    assert_eq!(said.code, Some(0), "{}", said.err);

    let server = it.serve().await;
    let said = it.run(&["--label", "second"]);
    let why = "another server is using the data directory";
    assert!(
        said.code == Some(1) && said.err.contains(why),
        "{}",
        said.err
    );
    drop(server);
    assert!(Path::new(&it.data()).exists());
}
