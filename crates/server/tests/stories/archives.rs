//! What is stored of somebody, to take along and to bring in.

mod bring;
mod hostile;
mod received;

use parlor::archives::ArchivesError;
use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{Person, Server, Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const DAY: Duration = Duration::from_hours(24);
const MINE: &str = "/api/users/me/archive";

/// The files of an archive, by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

fn clocked() -> parlor_testkit::Setup {
    Server::setup().with_clock(Clock::manual(Timestamp(1_800_000_000_000)))
}

/// Has somebody's archive written, and answers its bytes.
pub(crate) async fn taken(server: &Server, person: &Person) -> Vec<u8> {
    let asked = person.send(person.request("POST", MINE)).await.expect(202);
    assert_eq!(asked["bytes"], Value::Null, "{asked}");
    work(server).await.expect("written");
    let ready = person.get(MINE).await.expect(200);
    assert_eq!(ready["status"], "ready", "{ready}");
    let request = person.request("GET", &format!("{MINE}/download"));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let bytes = answer.bytes().await.expect("the whole").to_vec();
    assert_eq!(ready["bytes"], bytes.len());
    bytes
}

async fn work(server: &Server) -> Result<(), ArchivesError> {
    server.app().archives.work().await
}

pub(crate) fn unpacked(bytes: &[u8]) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a ZIP file");
    let names = zip.file_names();
    let names: Vec<String> = names
        .map(|name| name.expect("a name").into_owned())
        .collect();
    let read = |name: String| {
        let mut content = Vec::new();
        let mut file = zip.by_name(&name).expect("a file");
        file.read_to_end(&mut content).expect("its content");
        (name, content)
    };
    names.into_iter().map(read).collect()
}

fn packed(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .expect("a file");
        zip.write_all(content).expect("its content");
    }
    zip.finish().expect("a ZIP file").into_inner()
}

fn lines(files: &Files, part: &str) -> Vec<Value> {
    let text = text(files, &format!("data/{part}.jsonl"));
    let line = |line: &str| serde_json::from_str(line).expect("JSON");
    text.lines().map(line).collect()
}

fn text(files: &Files, name: &str) -> String {
    let content = files.get(name).unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(content.clone()).expect("UTF-8")
}

/// A file for an import to read.
fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

fn id(value: &Value) -> i64 {
    value["id"].as_i64().expect("an id")
}

fn messages_of(room: i64) -> String {
    format!("/api/rooms/{room}/messages")
}

#[tokio::test]
async fn an_archive_has_everything_that_is_stored_of_oneself_and_nothing_of_others() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.create_room("Reading <circle>").await;
    bob.join(room).await;
    let change = json!({ "language": "zh-CN", "bio": "I read." });
    alice.put("/api/auth/profile", change).await.expect(200);
    let privacy = json!({ "presence": "friends" });
    alice.put("/api/auth/privacy", privacy).await.expect(200);
    let shelf = json!({ "folder": "Evenings", "is_favourite": true });
    alice
        .put(&format!("/api/rooms/{room}/shelf"), shelf)
        .await
        .expect(200);
    let theirs = bob.say(room, "a stranger's words").await;
    let answer = json!({ "content": "<script>alert(1)</script>", "reply_to": id(&theirs) });
    alice.post(&messages_of(room), answer).await.expect(201);
    let gone = alice.say(room, "the canary regrets").await;
    alice
        .delete(&format!("/api/messages/{}", id(&gone)))
        .await
        .expect(200);
    alice
        .put(
            &format!("/api/messages/{}/reactions/👍", id(&theirs)),
            json!({}),
        )
        .await
        .expect(200);
    let direct = json!({ "user_id": bob.id() });
    let direct = alice.post("/api/rooms/direct", direct).await.expect(200);
    alice.say(id(&direct), "between us").await;
    bob.say(id(&direct), "a stranger's secret").await;
    alice
        .post("/api/friends/requests", json!({ "user_id": bob.id() }))
        .await
        .expect(201);

    let bytes = taken(&server, &alice).await;
    let files = unpacked(&bytes);
    let whole: String = files.keys().map(|name| text(&files, name)).collect();
    for others in ["a stranger's", "canary", alice.password(), "argon2"] {
        assert!(!whole.contains(others), "{others}");
    }
    let profile = &lines(&files, "profile")[0];
    assert_eq!(
        (&profile["username"], &profile["email"], &profile["bio"]),
        (
            &json!("alice"),
            &json!("alice@example.org"),
            &json!("I read.")
        )
    );
    let settings = &lines(&files, "settings")[0];
    assert_eq!(settings["privacy"]["presence"], "friends");
    assert_eq!(settings["second_factor"]["totp_since"], Value::Null);
    let said = lines(&files, "messages");
    let contents: Vec<&Value> = said.iter().map(|m| &m["content"]).collect();
    assert_eq!(contents, ["<script>alert(1)</script>", "between us"]);
    assert_eq!(said[0]["reply_to"], theirs["id"]);
    let reactions = lines(&files, "reactions");
    assert_eq!(reactions[0]["message_id"], theirs["id"]);
    let memberships = lines(&files, "memberships");
    let own = memberships.iter().find(|m| m["room_id"] == room).unwrap();
    assert_eq!(
        (&own["folder"], &own["is_favourite"]),
        (&json!("Evenings"), &json!(true))
    );
    let peers = memberships
        .iter()
        .filter(|m| m["peer"]["username"] == "bob");
    assert_eq!(peers.count(), 1);
    assert_eq!(lines(&files, "read_marks").len(), memberships.len());
    for part in ["sessions", "logins", "friend_requests", "rooms"] {
        assert!(!lines(&files, part).is_empty(), "{part}");
    }

    // For people: in their language, without a script.
    let index = text(&files, "index.html");
    assert!(
        index.contains("lang=\"zh-CN\"") && index.contains("发言记录"),
        "{index}"
    );
    assert!(
        index.contains("Reading &lt;circle&gt;") && index.contains("私聊： @bob"),
        "{index}"
    );
    let pages = files.keys().filter(|name| name.contains(".html"));
    let pages: Vec<String> = pages.map(|name| text(&files, name)).collect();
    assert_eq!(pages.len(), 3);
    assert!(
        pages
            .iter()
            .all(|page| !page.to_lowercase().contains("<script"))
    );
    assert!(
        pages
            .concat()
            .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
    );

    check_manifest(&files);
}

/// The manifest counts every file.
fn check_manifest(files: &Files) {
    let manifest: Value = serde_json::from_str(&text(files, "manifest.json")).expect("JSON");
    assert_eq!(manifest["format"], "parlor-archive");
    let listed = manifest["files"].as_array().expect("a list");
    assert_eq!(listed.len() + 1, files.len());
    for one in listed {
        let content = &files[one["name"].as_str().expect("a name")];
        assert_eq!(one["bytes"], content.len(), "{one}");
    }
}

#[tokio::test]
async fn an_archive_is_its_owners_alone_and_goes_after_a_week() {
    let server = clocked().start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    assert_eq!(alice.get(MINE).await.expect(200)["status"], "none");
    taken(&server, &alice).await;
    let download = format!("{MINE}/download");
    bob.get(&download).await.problem(404, "not_found");
    server
        .visitor()
        .get(&download)
        .await
        .problem(401, "unauthorized");
    let kept = || files_in(&server);
    assert_eq!(kept(), 1);
    // Asked for again, the new one takes the place of the old one.
    taken(&server, &alice).await;
    work(&server).await.expect("cleared away");
    assert_eq!(kept(), 1);
    server.clock().advance(DAY * 7);
    let alice = alice.another_device().await;
    alice.get(&download).await.problem(404, "not_found");
    work(&server).await.expect("cleared away");
    assert_eq!(kept(), 0);
    taken(&server, &alice).await;
    alice.delete("/api/auth/me").await.expect(204);
    work(&server).await.expect("cleared away");
    assert_eq!(kept(), 0);
    taken(&server, &bob.another_device().await).await;
    bob.another_device().await.delete(MINE).await.expect(204);
    work(&server).await.expect("cleared away");
    assert_eq!(kept(), 0);
}

/// The files in the folder of archives, which nobody but the server's own user may read.
fn files_in(server: &Server) -> usize {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = server.app().kernel.config.data_dir.join("archives");
    let files = std::fs::read_dir(folder).expect("the folder");
    files
        .map(|file| {
            let facts = file.expect("a file").metadata().expect("its facts");
            assert_eq!(facts.permissions().mode() & 0o077, 0);
        })
        .count()
}

#[tokio::test]
async fn an_archive_that_a_stop_interrupted_is_written_after_the_next_start() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    alice.send(alice.request("POST", MINE)).await.expect(202);
    let query = "UPDATE archives SET status = 'running', bytes = NULL, expires_at = NULL";
    let db = server.app().kernel.db.clone();
    work(&server).await.expect("written");
    parlor::kernel::db::Sql::run(db.write(), query, parlor::args![])
        .await
        .expect("interrupted");
    let server = server.restart().await;
    let device = server.visitor();
    device.set_token(alice.token());
    work(&server).await.expect("written");
    assert_eq!(device.get(MINE).await.expect(200)["status"], "ready");
}
