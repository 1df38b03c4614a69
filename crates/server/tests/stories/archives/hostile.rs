//! Files that somebody made to do harm, or that were damaged: each is refused with its reason, and nothing is changed.

use super::bring::try_bring;
use super::{Files, file, packed, taken, text, unpacked};
use aws_lc_rs::digest;
use parlor_testkit::{Server, Value, json};

/// Replaces a file of an archive, and what the manifest says of it.
fn replace(files: &mut Files, name: &str, content: Vec<u8>) {
    let mut manifest = manifest(files);
    let hash = digest::digest(&digest::SHA256, &content);
    let bytes = hash.as_ref().iter();
    let hex = bytes.fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let listed = manifest["files"].as_array_mut().expect("a list");
    listed.retain(|one| one["name"] != name);
    listed.push(json!({ "name": name, "records": 1, "bytes": content.len(), "sha256": hex }));
    files.insert(name.to_owned(), content);
    files.insert(
        "manifest.json".to_owned(),
        manifest.to_string().into_bytes(),
    );
}

fn manifest(files: &Files) -> Value {
    serde_json::from_str(&text(files, "manifest.json")).expect("JSON")
}

/// What is done to an archive.
type Damage = Box<dyn Fn(&mut Files)>;

/// Replaces a message of an archive by one that was changed.
fn line(change: fn(&mut Value)) -> Damage {
    Box::new(move |files| {
        let said = text(files, "data/messages.jsonl");
        let mut said: Value = serde_json::from_str(said.trim()).expect("JSON");
        change(&mut said);
        let content = format!("{said}\n").into_bytes();
        replace(files, "data/messages.jsonl", content);
    })
}

fn insert(name: &'static str) -> Damage {
    Box::new(move |files| {
        files.insert(name.to_owned(), b"root".to_vec());
    })
}

/// Why an archive is refused, and what was done to it.
fn damages() -> Vec<(&'static str, Damage)> {
    let said = |files: &mut Files, change: fn(&mut Vec<u8>)| {
        change(files.get_mut("data/messages.jsonl").expect("a file"));
    };
    let long = || -> Vec<u8> {
        let numbers = (0..200_000_u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        numbers.flat_map(|n| n.to_string().into_bytes()).collect()
    };
    vec![
        (
            "is no name for a file of an archive",
            insert("../../etc/passwd"),
        ),
        ("is no name for a file of an archive", insert("/etc/passwd")),
        ("the manifest does not tell of", insert("extra.txt")),
        (
            "is not what the manifest says",
            Box::new(move |files| said(files, |said| said[20] ^= 1)),
        ),
        (
            "is not as long as the manifest says",
            Box::new(move |files| said(files, |said| said.push(b'\n'))),
        ),
        (
            "it has no manifest",
            Box::new(|files| drop(files.remove("manifest.json"))),
        ),
        (
            "it is of version 2",
            Box::new(|files| {
                let mut manifest = manifest(files);
                manifest["version"] = 2.into();
                files.insert("manifest.json".to_owned(), manifest.to_string().into());
            }),
        ),
        (
            "packed tighter than text can be",
            Box::new(|files| replace(files, "data/logins.jsonl", vec![b' '; 8 * 1024 * 1024])),
        ),
        (
            "has 1 records, and the manifest says 7",
            Box::new(|files| {
                let mut manifest = manifest(files);
                let listed = manifest["files"].as_array_mut().expect("a list");
                let said = listed
                    .iter_mut()
                    .find(|one| one["name"] == "data/messages.jsonl");
                said.expect("a file")["records"] = 7.into();
                files.insert("manifest.json".to_owned(), manifest.to_string().into());
            }),
        ),
        (
            "data/messages.jsonl, line 1: it is longer than 1 MiB",
            Box::new(move |files| replace(files, "data/messages.jsonl", long())),
        ),
        (
            "it is from the future",
            line(|said| said["timestamp"] = json!("2999-01-01T00:00:00.000Z")),
        ),
        (
            "it is from the future",
            line(|said| said["timestamp"] = json!("1900-01-01T00:00:00.000Z")),
        ),
        ("an id is a number", line(|said| said["id"] = json!(-1))),
        (
            "says nothing of its room",
            line(|said| said["room_id"] = json!(4711)),
        ),
        ("unknown field", line(|said| said["role"] = json!("admin"))),
    ]
}

#[tokio::test]
async fn archives_that_do_not_hold_are_refused_and_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Parliament").await;
    alice.say(room, "order").await;
    let whole = taken(&server, &alice).await;
    let new = Server::start().await;
    let refused = async |name: &str, bytes: &[u8], why: &str| {
        let path = file(&folder, name, bytes);
        let error = try_bring(&new, &path, None).await.expect_err(why);
        assert!(error.to_string().contains(why), "{why}: {error}");
    };
    for (why, damage) in damages() {
        let mut files = unpacked(&whole);
        damage(&mut files);
        refused("odd.zip", &packed(&files), why).await;
    }
    for cut in [5, whole.len() / 2, whole.len() - 1] {
        refused("cut.zip", &whole[..cut], "no ZIP file that holds").await;
    }
    refused("room.jsonl", b"{}", "say with --room which room").await;
    let path = file(&folder, "room.jsonl", b"{\"id\":1}\n");
    let error = try_bring(&new, &path, Some("X")).await.expect_err("odd");
    assert!(
        error.to_string().contains("line 1: missing field"),
        "{error}"
    );
    let nobody = new.app().accounts.find_by_name("alice").await;
    assert_eq!(nobody.expect("an answer"), None);
    for name in ["Parliament", "X"] {
        let found = new.app().rooms.named_room(name).await;
        assert_eq!(found.expect("an answer"), None, "{name}");
    }
}
