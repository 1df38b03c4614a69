use super::backup::{Made, Secret};
use super::*;
use crate::kernel::db::standing::{self, Role};
use crate::kernel::db::{Db, args};
use crate::kernel::log;
use crate::kernel::progress::Progress;
use parlor_protocol::Timestamp;
use std::path::Path;

/// Steps like those of a server.
pub(super) const STEPS: &[Migration] = &[
    log::MIGRATION,
    Migration {
        name: "0002_people",
        sql: "CREATE TABLE IF NOT EXISTS people (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(64) NOT NULL);
CREATE UNIQUE INDEX people_name ON people (name);",
    },
    Migration {
        name: "0003_talk",
        sql: "CREATE TABLE IF NOT EXISTS messages (
    id BIGINT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    is_loud BOOLEAN NOT NULL,
    reply_to BIGINT
);
CREATE TABLE IF NOT EXISTS reactions (
    message_id BIGINT NOT NULL,
    emoji VARCHAR(32) NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
);",
    },
    Migration {
        name: "0004_later",
        sql: "ALTER TABLE messages ADD COLUMN edited_at BIGINT;",
    },
];

pub(super) async fn open(folder: &Path, name: &str) -> Db {
    let url = format!("sqlite:{}", folder.join(name).display());
    Db::connect(&url, true).await.unwrap()
}

pub(super) async fn say(db: &Db, id: i64, text: &str) {
    let insert = "INSERT INTO messages (id, content, is_loud) VALUES (?, ?, ?)";
    let values = args![id, text, id % 2 == 0];
    db.write().run(insert, values).await.unwrap();
    let head = "INSERT INTO log_heads (kind, id, seq) VALUES (1, 1, ?) ON CONFLICT (kind, id) DO UPDATE SET seq = excluded.seq";
    db.write().run(head, args![id]).await.unwrap();
}

async fn back_up(db: &Db, folder: &Path) -> Made {
    let secret = Secret {
        mark: None,
        key: None,
    };
    let (now, progress) = (Timestamp(1_700_000_000_000), Progress::hidden());
    backup::backup(db, STEPS, secret, folder, now, &progress)
        .await
        .unwrap()
}

async fn bring_back(db: &Db, file: &Path) -> Result<(), TransferError> {
    let progress = Progress::hidden();
    let checked = restore::check(file, STEPS, &progress)?;
    restore::restore(db, STEPS, file, &checked, &progress).await
}

async fn said(db: &Db) -> Vec<String> {
    let query = "SELECT content FROM messages ORDER BY id";
    db.read().column(query, []).await.unwrap()
}

#[tokio::test]
async fn a_backup_of_an_older_version_is_brought_back_and_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let old = open(folder.path(), "old.db").await;
    migrate::apply(&old, STEPS[..3].to_vec()).await.unwrap();
    // More than a page, and texts of every kind.
    for id in 1..=1203 {
        say(&old, id, &format!("“{id}”\n你好 👋 'x'")).await;
    }
    let made = back_up(&old, folder.path()).await;
    assert_eq!(
        made.path.file_name().unwrap(),
        "parlor-20231114T221320Z.backup.gz"
    );

    let new = open(folder.path(), "new.db").await;
    bring_back(&new, &made.path).await.unwrap();
    assert_eq!(said(&new).await, said(&old).await);
    assert!(migrate::pending(&new, STEPS).await.unwrap().is_empty());
    migrate::run(&new, STEPS).await.unwrap();
}

#[tokio::test]
async fn a_backup_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), "db").await;
    migrate::run(&db, STEPS).await.unwrap();
    let made = back_up(&db, folder.path()).await;
    let refused = restore::check(&made.path, &STEPS[..3], &Progress::hidden());
    let text = refused.unwrap_err().to_string();
    assert!(
        text.contains("a newer version of Parlor made this backup"),
        "{text}"
    );
}

#[tokio::test]
async fn whichever_byte_changes_the_damage_is_named_and_nothing_the_file_says_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), "db").await;
    migrate::run(&db, STEPS).await.unwrap();
    say(&db, 1, "one").await;
    let made = back_up(&db, folder.path()).await;
    let bytes = std::fs::read(&made.path).unwrap();
    for byte in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[byte] ^= 1 << (byte % 8);
        std::fs::write(&made.path, changed).unwrap();
        let refused = restore::check(&made.path, STEPS, &Progress::hidden());
        let text = refused.unwrap_err().to_string();
        let is_named = ["damaged", "cut off"]
            .iter()
            .any(|word| text.contains(word));
        assert!(is_named, "byte {byte}: {text}");
    }
}

#[tokio::test]
async fn a_database_that_is_half_restored_is_served_by_nobody_and_restored_by_the_same_command() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), "db").await;
    migrate::run(&db, STEPS).await.unwrap();
    say(&db, 1, "whole").await;
    let made = back_up(&db, folder.path()).await;

    let half = open(folder.path(), "half").await;
    standing::take_role(half.write(), Role::Restoring)
        .await
        .unwrap();
    migrate::apply(&half, STEPS.to_vec()).await.unwrap();
    say(&half, 7, "a half").await;
    let text = migrate::run(&half, STEPS).await.unwrap_err().to_string();
    assert!(text.contains("a restore into it has not ended"), "{text}");
    bring_back(&half, &made.path).await.unwrap();
    migrate::run(&half, STEPS).await.unwrap();
    assert_eq!(said(&half).await, ["whole"]);

    let text = bring_back(&half, &made.path).await.unwrap_err().to_string();
    assert!(text.contains("not empty"), "{text}");
}

#[tokio::test]
async fn an_interrupted_restore_goes_on_where_it_was_and_is_compared_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), "db").await;
    migrate::run(&db, STEPS).await.unwrap();
    for id in 1..=3000 {
        say(&db, id, &format!("{id}")).await;
    }
    let made = back_up(&db, folder.path()).await;
    let progress = Progress::hidden();
    let checked = restore::check(&made.path, STEPS, &progress).unwrap();
    let whole = std::fs::read(&made.path).unwrap();
    // The file ends early, as its reading does where the process ends.
    let interrupt = async |db: &Db| {
        std::fs::write(&made.path, &whole[..whole.len() * 2 / 3]).unwrap();
        let cut = restore::restore(db, STEPS, &made.path, &checked, &progress);
        assert!(cut.await.is_err());
        std::fs::write(&made.path, &whole).unwrap();
        said(db).await.len()
    };
    let new = open(folder.path(), "new").await;
    let before = interrupt(&new).await;
    assert!((1..3000).contains(&before), "{before} rows");
    bring_back(&new, &made.path).await.unwrap();
    assert_eq!(said(&new).await, said(&db).await);

    // What is there is not put in again: had it changed, that would be found, and the next attempt begins anew.
    let other = open(folder.path(), "other").await;
    interrupt(&other).await;
    let change = "UPDATE messages SET content = 'changed' WHERE id = 1";
    other.write().run(change, []).await.unwrap();
    let text = bring_back(&other, &made.path)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("messages is not what the backup has"),
        "{text}"
    );
    bring_back(&other, &made.path).await.unwrap();
    assert_eq!(said(&other).await, said(&db).await);
}

#[tokio::test]
async fn a_backup_in_which_a_log_goes_beyond_its_head_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), "db").await;
    migrate::run(&db, STEPS).await.unwrap();
    say(&db, 1, "one").await;
    let entry = "INSERT INTO log_entries (kind, id, seq, type, ref_id, body, at) VALUES (1, 1, 2, 'x', 0, '', 0)";
    db.write().run(entry, []).await.unwrap();
    let made = back_up(&db, folder.path()).await;
    let new = open(folder.path(), "new").await;
    let text = bring_back(&new, &made.path).await.unwrap_err().to_string();
    assert!(text.contains("1 entries are beyond"), "{text}");
    assert!(migrate::run(&new, STEPS).await.is_err());
}

#[tokio::test]
async fn numbers_of_the_copied_past_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), "db").await;
    migrate::run(&db, STEPS).await.unwrap();
    let counter = "INSERT INTO counters (name, next) VALUES ('message', 41)";
    db.write().run(counter, []).await.unwrap();
    let epoch = log::epoch::load(&db, "past".to_owned()).await.unwrap();
    let made = back_up(&db, folder.path()).await;
    let new = open(folder.path(), "new").await;
    bring_back(&new, &made.path).await.unwrap();
    let next: Option<i64> = new
        .read()
        .scalar("SELECT next FROM counters", [])
        .await
        .unwrap();
    assert_eq!(next, Some(1_000_041));
    let renewed = log::epoch::load(&new, String::new()).await.unwrap();
    assert!(!renewed.is_empty() && renewed != epoch);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), "db").await;
    migrate::run(&db, STEPS).await.unwrap();
    let later = "INSERT INTO schema_migrations (version) VALUES ('9999_later')";
    db.write().run(later, []).await.unwrap();
    let text = migrate::run(&db, STEPS).await.unwrap_err().to_string();
    assert!(
        text.contains("by a newer version of Parlor (9999_later)"),
        "{text}"
    );
}
