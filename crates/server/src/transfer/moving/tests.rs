use super::*;
use crate::kernel::db::args;
use crate::transfer::tests::{STEPS, open, say};
use std::path::Path;

async fn two(folder: &Path) -> (Db, Db) {
    let (old, new) = (open(folder, "old.db").await, open(folder, "new.db").await);
    migrate::run(&old, STEPS).await.unwrap();
    (old, new)
}

async fn name(db: &Db, person: i64, name: &str) -> Result<u64, StorageError> {
    let sql = db.write();
    let update = "UPDATE people SET name = ? WHERE id = ?";
    match sql.run(update, args![name, person]).await? {
        0 => {
            let insert = "INSERT INTO people (id, name) VALUES (?, ?)";
            sql.run(insert, args![person, name]).await
        }
        count => Ok(count),
    }
}

async fn names(db: &Db) -> Vec<String> {
    let query = "SELECT name FROM people ORDER BY id";
    db.read().column(query, []).await.unwrap()
}

/// Up to where all rows are copied, and what is written from there on is noted.
async fn copied<'a>(old: &'a Db, new: &'a Db, tables: &'a [Table]) -> Carrier<'a> {
    let progress = &Progress::hidden();
    begin(old, new, "there", STEPS, progress).await.unwrap();
    prepare(new, STEPS, tables).await.unwrap();
    capture::start(old, tables).await.unwrap();
    let mut carrier = Carrier::new(old, new, tables);
    carrier.copy_all(progress).await.unwrap();
    carrier
}

#[tokio::test]
async fn whatever_is_written_meanwhile_is_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = two(folder.path()).await;
    for id in 1..=1203 {
        say(&old, id, "before").await;
    }
    for (user, called) in [(1, "alice"), (2, "bob"), (3, "carol")] {
        name(&old, user, called).await.unwrap();
    }
    let tables = tables(STEPS).unwrap();
    let mut carrier = copied(&old, &new, &tables).await;

    say(&old, 2000, "meanwhile").await;
    for statement in [
        "UPDATE messages SET content = 'changed' WHERE id = 7",
        "UPDATE messages SET id = 3000 WHERE id = 8",
        "DELETE FROM messages WHERE id = 9",
        "INSERT INTO reactions (message_id, emoji, user_id) VALUES (7, '👋', 1), (7, '\"', 2)",
    ] {
        old.write().run(statement, []).await.unwrap();
    }
    // Two exchange their names, which are unique.
    for (user, called) in [(1, "nobody"), (2, "alice"), (1, "bob")] {
        name(&old, user, called).await.unwrap();
    }
    let progress = &Progress::hidden();
    carrier.catch_up(progress).await.unwrap();
    assert_eq!(names(&new).await, ["bob", "alice", "carol"]);
    let rows = finish(&mut carrier, STEPS, progress).await.unwrap();
    assert!(rows > 1203);

    let refused = name(&old, 4, "dave").await.unwrap_err().to_string();
    assert!(refused.contains("being moved"), "{refused}");
    let refused = migrate::run(&old, STEPS).await.unwrap_err().to_string();
    assert!(refused.contains("moved to another database"), "{refused}");
    migrate::run(&new, STEPS).await.unwrap();
    name(&new, 4, "dave").await.unwrap();
    // The unique indexes are there again.
    assert!(
        name(&new, 5, "dave")
            .await
            .unwrap_err()
            .is_unique_violation()
    );
}

#[tokio::test]
async fn a_move_goes_on_where_it_ended_and_the_old_database_is_served_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = two(folder.path()).await;
    say(&old, 1, "before").await;
    let tables = tables(STEPS).unwrap();
    copied(&old, &new, &tables).await;
    migrate::run(&old, STEPS).await.unwrap();
    say(&old, 2, "meanwhile").await;
    let refused = migrate::run(&new, STEPS).await.unwrap_err().to_string();
    assert!(
        refused.contains("a move into it has not ended"),
        "{refused}"
    );
    let other = open(folder.path(), "other.db").await;
    let progress = &Progress::hidden();
    let refused = move_all(&old, &other, "elsewhere", STEPS, progress).await;
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.contains("a move to another database is under way"),
        "{refused}"
    );

    move_all(&old, &new, "there", STEPS, progress)
        .await
        .unwrap();
    let count: Option<i64> = new
        .read()
        .scalar("SELECT COUNT(*) FROM messages", [])
        .await
        .unwrap();
    assert_eq!(count, Some(2));
    let again = move_all(&old, &new, "there", STEPS, progress)
        .await
        .unwrap_err();
    assert!(
        again.to_string().contains("everything was moved already"),
        "{again}"
    );
}

#[tokio::test]
async fn what_is_not_the_same_in_both_is_found_and_everybody_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = two(folder.path()).await;
    say(&old, 1, "before").await;
    let tables = tables(STEPS).unwrap();
    copied(&old, &new, &tables).await;
    let spoil = "UPDATE messages SET content = 'other'";
    new.write().run(spoil, []).await.unwrap();
    let progress = &Progress::hidden();
    let differs = move_all(&old, &new, "there", STEPS, progress)
        .await
        .unwrap_err();
    assert!(
        differs
            .to_string()
            .contains("the table messages is not the same in both: 1 rows and 1"),
        "{differs}"
    );
    say(&old, 2, "on we go").await;
    migrate::run(&old, STEPS).await.unwrap();
}

#[tokio::test]
async fn a_move_is_given_up_at_any_time() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = two(folder.path()).await;
    let epoch = epoch::load(&old, "first".to_owned()).await.unwrap();
    say(&old, 1, "before").await;
    let tables = tables(STEPS).unwrap();
    let carrier = copied(&old, &new, &tables).await;
    capture::close(carrier.old).await.unwrap();
    assert!(!abandon(&old, STEPS).await.unwrap());
    say(&old, 2, "on we go").await;
    assert_eq!(epoch::load(&old, String::new()).await.unwrap(), epoch);

    // Begun anew, with the copy that was given up out of the way.
    let progress = &Progress::hidden();
    move_all(&old, &new, "there", STEPS, progress)
        .await
        .unwrap();
    assert_eq!(epoch::load(&new, String::new()).await.unwrap(), epoch);
    // Somebody may have written there since: the past is another one.
    assert!(abandon(&old, STEPS).await.unwrap());
    migrate::run(&old, STEPS).await.unwrap();
    say(&old, 3, "back again").await;
    assert_ne!(epoch::load(&old, String::new()).await.unwrap(), epoch);
    let left = "SELECT name FROM sqlite_master WHERE name LIKE 'parlor_%'";
    let left: Vec<String> = old.read().column(left, []).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn nothing_is_moved_into_a_database_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = two(folder.path()).await;
    migrate::run(&new, STEPS).await.unwrap();
    say(&new, 1, "mine").await;
    let progress = &Progress::hidden();
    let refused = move_all(&old, &new, "there", STEPS, progress)
        .await
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("the new database is not empty"),
        "{refused}"
    );
    say(&old, 1, "nothing has begun").await;
    migrate::run(&old, STEPS).await.unwrap();
}
