//! What an operator does with the database as a whole: backups, and moves to another one. The faults on the way are in
//! `e2e/js/faults`.

use parlor::app::MIGRATIONS;
use parlor::kernel::db::{Db, Sql, args, migrate};
use parlor::transfer::tables::tables;
use parlor_testkit::{Person, Server, Socket, fresh_database, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A command of the program's over a database, and how it ended.
async fn parlor(data_dir: &Path, url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor"));
    command
        .args(arguments)
        .args(["--data-dir", &data_dir.display().to_string()])
        .args(["--database-url", url, "--allow-weak-durability"])
        .current_dir(data_dir)
        .env_clear()
        .stdin(Stdio::null());
    let run = tokio::task::spawn_blocking(move || command.output());
    let Output {
        status,
        stdout,
        stderr,
    } = run.await.unwrap().unwrap();
    let text = String::from_utf8([stdout, stderr].concat()).unwrap();
    (status.code(), text)
}

async fn succeed(data_dir: &Path, url: &str, arguments: &[&str]) -> String {
    let (code, text) = parlor(data_dir, url, arguments).await;
    assert_eq!(code, Some(0), "{arguments:?}: {text}");
    text
}

async fn new_place() -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let url = fresh_database(dir.path()).await;
    (dir, url)
}

async fn epoch_at(socket: &Socket) -> String {
    socket.next("welcome").await["epoch"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn texts(person: &Person, room: i64) -> Vec<String> {
    let page = person
        .get(&format!("/api/rooms/{room}/messages"))
        .await
        .expect(200);
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["content"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Somebody whom another server knows, at this one.
fn again(server: &Server, person: &Person) -> parlor_testkit::Visitor {
    let visitor = server.visitor();
    visitor.set_token(person.token());
    visitor
}

#[tokio::test]
async fn a_backup_is_made_while_people_talk_and_brought_back_elsewhere() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (vault, key) = alice.create_private_room("Vault").await;
    let room = alice.create_room("Annals").await;
    alice.say(room, "“before” 你好 👋").await;
    let first = epoch_at(&alice.socket().await).await;

    let file = server.data_dir().join("all.gz").display().to_string();
    let (dir, url) = (server.data_dir(), server.database_url());
    let said = succeed(dir, url, &["backup", "--with-secrets", &file]).await;
    assert!(said.contains("The server's secret is in it"), "{said}");
    alice.say(room, "after").await;
    let refused = parlor(dir, url, &["backup", &file]).await;
    assert!(
        refused.0 == Some(1) && refused.1.contains("is there already"),
        "{refused:?}"
    );
    let refused = parlor(dir, url, &["restore", &file]).await;
    assert!(refused.1.contains("another server is using"), "{refused:?}");

    let (new_dir, new_url) = new_place().await;
    let said = succeed(new_dir.path(), &new_url, &["restore", &file]).await;
    assert!(
        said.contains("The server's secret came with the backup"),
        "{said}"
    );
    let refused = parlor(new_dir.path(), &new_url, &["restore", &file]).await;
    assert!(
        refused.0 == Some(1) && refused.1.contains("not empty"),
        "{refused:?}"
    );

    let new = Server::setup().over(new_dir, new_url).start().await;
    let back = again(&new, &alice);
    let page = back
        .get(&format!("/api/rooms/{room}/messages"))
        .await
        .expect(200);
    let items: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["content"])
        .collect();
    assert!(
        items.contains(&&json!("“before” 你好 👋")) && !items.contains(&&json!("after")),
        "{items:?}"
    );
    // The keys of the room can be read, for the secret came along.
    let read = back.get(&format!("/api/rooms/{vault}")).await.expect(200);
    assert_eq!(read["access_key"], key);
    let auth = json!({ "token": back.token(), "resume": { room.to_string(): 3 }, "epoch": first });
    let socket = back.try_socket(auth).await.expect("let in");
    assert_ne!(epoch_at(&socket).await, first);
    assert_eq!(socket.next("resync").await["reason"], "reset");
}

#[tokio::test]
async fn a_backup_without_the_secret_says_so_and_signing_in_works_all_the_same() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let (dir, url) = (server.data_dir(), server.database_url());
    let said = succeed(dir, url, &["backup", &dir.display().to_string()]).await;
    assert!(said.contains("The server's secret is not in it"), "{said}");
    let file = said
        .lines()
        .find_map(|line| line.split_once(".gz: "))
        .unwrap()
        .0
        .to_owned()
        + ".gz";
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (new_dir, new_url) = new_place().await;
    let said = succeed(new_dir.path(), &new_url, &["restore", &file]).await;
    assert!(
        said.contains("secret is not the one of the backup"),
        "{said}"
    );
    let new = Server::setup().over(new_dir, new_url).start().await;
    let form = json!({ "username": "alice", "password": alice.password() });
    new.visitor()
        .post("/api/auth/login", form)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_backup_that_is_damaged_is_named_and_leaves_the_database_empty() {
    let server = Server::start().await;
    server.person("alice").await;
    let (dir, url) = (server.data_dir(), server.database_url());
    let file = dir.join("all.gz");
    succeed(dir, url, &["backup", &file.display().to_string()]).await;
    let bytes = std::fs::read(&file).unwrap();
    let mut turned = bytes.clone();
    turned[bytes.len() / 2] ^= 1;
    let (new_dir, new_url) = new_place().await;
    for damaged in [&bytes[..bytes.len() / 2], &turned, b"", b"PK and so on"] {
        std::fs::write(&file, damaged).unwrap();
        let (code, text) = parlor(
            new_dir.path(),
            &new_url,
            &["restore", &file.display().to_string()],
        )
        .await;
        assert_eq!(code, Some(1), "{text}");
        assert!(
            text.contains("the backup is") || text.contains("no backup"),
            "{text}"
        );
    }
    let db = Db::connect(&new_url, true).await.unwrap();
    assert!(
        db.read()
            .run("SELECT COUNT(*) FROM accounts", [])
            .await
            .is_err()
    );
}

#[tokio::test]
async fn what_people_say_while_everything_is_moved_is_in_the_new_database() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Annals").await;
    let epoch = epoch_at(&alice.socket().await).await;
    for n in 0..30 {
        alice.say(room, &format!("line {n}")).await;
    }
    let (new_dir, new_url) = new_place().await;
    let (dir, url) = (server.data_dir(), server.database_url());
    let command = ["migrate", "--to", &new_url];
    let moving = succeed(dir, url, &command);
    let talking = async {
        let mut acknowledged = Vec::new();
        for n in 0.. {
            let text = format!("meanwhile-{n}");
            let draft = json!({ "content": text, "client_id": text });
            let path = format!("/api/rooms/{room}/messages");
            let said = alice.post(&path, draft).await;
            if said.status >= 300 {
                said.problem(503, "storage_unavailable");
                return acknowledged;
            }
            acknowledged.push(text);
        }
        acknowledged
    };
    let (said, acknowledged) = tokio::join!(moving, talking);
    assert!(said.contains("equal in number and sum"), "{said}");
    assert!(
        texts(&alice, room)
            .await
            .contains(&acknowledged.last().unwrap().clone())
    );
    let (code, text) = parlor(dir, url, &["migrate"]).await;
    assert!(
        code == Some(1) && text.contains("using the data directory"),
        "{text}"
    );

    std::fs::copy(
        dir.join("secrets.json"),
        new_dir.path().join("secrets.json"),
    )
    .unwrap();
    let new = Server::setup().over(new_dir, new_url).start().await;
    let back = again(&new, &alice);
    let path = format!("/api/rooms/{room}/messages");
    for text in &acknowledged {
        let again = back
            .post(&path, json!({ "content": text, "client_id": text }))
            .await
            .expect(200);
        assert_eq!(again["duplicate"], true, "{text}");
    }
    let auth = json!({ "token": back.token(), "epoch": epoch });
    let socket = back.try_socket(auth).await.expect("let in");
    assert_eq!(epoch_at(&socket).await, epoch);
    // The old server reads on, and says why it does not start again.
    let (dir, url) = (
        server.data_dir().to_owned(),
        server.database_url().to_owned(),
    );
    let (code, text) = parlor(&dir, &url, &["migrate", "--abandon"]).await;
    assert!(
        code == Some(1) && text.contains("using the data directory"),
        "{text}"
    );
}

#[tokio::test]
async fn a_move_that_is_given_up_leaves_the_old_database_as_it_was() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Annals").await;
    let (dir, url) = (server.data_dir(), server.database_url());
    let said = succeed(dir, url, &["migrate", "--abandon"]).await;
    assert!(said.contains("No move is under way"), "{said}");
    let (_new_dir, new_url) = new_place().await;
    let taken = Db::connect(&new_url, true).await.unwrap();
    taken
        .write()
        .run("CREATE TABLE accounts (id BIGINT PRIMARY KEY)", [])
        .await
        .unwrap();
    taken
        .write()
        .run("INSERT INTO accounts (id) VALUES (1)", [])
        .await
        .unwrap();
    let (code, text) = parlor(dir, url, &["migrate", "--to", &new_url]).await;
    assert!(
        code == Some(1) && text.contains("the new database is not empty"),
        "{text}"
    );
    alice.say(room, "nothing has happened").await;
}

/// A table that is made in another way than by a step, or read wrongly, would be missing from backups and moves.
#[tokio::test]
async fn every_table_and_column_of_the_database_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("parlor.db").display());
    let db = Db::connect(&url, true).await.unwrap();
    migrate::run(&db, MIGRATIONS).await.unwrap();
    let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migrations' ORDER BY name";
    let there: Vec<String> = db.read().column(query, []).await.unwrap();
    let mut known = tables(MIGRATIONS).unwrap();
    known.sort_by(|a, b| a.name.cmp(&b.name));
    let names: Vec<_> = known.iter().map(|table| table.name.clone()).collect();
    assert_eq!(names, there);
    for table in known {
        let query = "SELECT name || ' ' || pk FROM pragma_table_info(?) ORDER BY cid";
        let there: Vec<String> = db
            .read()
            .column(query, args![table.name.clone()])
            .await
            .unwrap();
        let place = |at| {
            table
                .key
                .iter()
                .position(|key| *key == at)
                .map_or(0, |place| place + 1)
        };
        let columns = table.columns.iter().enumerate();
        let columns: Vec<_> = columns
            .map(|(at, column)| format!("{} {}", column.name, place(at)))
            .collect();
        assert_eq!(columns, there, "{}", table.name);
        let query = "SELECT name FROM pragma_index_list(?) WHERE \"unique\" = 1 AND origin = 'c' ORDER BY name";
        let there: Vec<String> = db
            .read()
            .column(query, args![table.name.clone()])
            .await
            .unwrap();
        let mut indexes: Vec<_> = table
            .unique
            .iter()
            .map(|index| index.name.clone())
            .collect();
        indexes.sort();
        assert_eq!(indexes, there, "{}", table.name);
    }
}
