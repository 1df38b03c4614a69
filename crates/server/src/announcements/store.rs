//! The tables `announcements` and `announcement_dismissals`.

use crate::kernel::db::{Narrowed, Sql, StorageError, Value, args, placeholders};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::announcements::Announcement;
use parlor_protocol::{Timestamp, UserId};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

const COLUMNS: &str = "id, title, content, created_by, created_at, withdrawn_at";

/// A row of `announcements`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) title: String,
    pub(super) content: String,
    /// `None`: somebody at the server's console.
    pub(super) created_by: Option<UserId>,
    pub(super) created_at: i64,
    pub(super) withdrawn_at: Option<i64>,
}

impl Row {
    pub(super) fn view(&self, people: &HashMap<UserId, UserBrief>) -> Announcement {
        Announcement {
            id: self.id,
            title: self.title.clone(),
            content: self.content.clone(),
            by: self.created_by.and_then(|id| people.get(&id).cloned()),
            created_at: Timestamp(self.created_at),
        }
    }
}

pub(super) async fn insert(sql: &impl Sql, row: &Row) -> Result<(), StorageError> {
    let statement = "INSERT INTO announcements (id, title, content, created_by, created_at) VALUES (?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.title.as_str(),
        row.content.as_str(),
        row.created_by,
        row.created_at
    ];
    sql.run(statement, values).await?;
    Ok(())
}

pub(super) async fn by_ids(sql: &impl Sql, ids: &[i64]) -> Result<Vec<Row>, StorageError> {
    let mut rows = Vec::new();
    for chunk in ids.chunks(200) {
        let marks = placeholders(chunk.len());
        let query = format!("SELECT {COLUMNS} FROM announcements WHERE id IN ({marks})");
        let values = chunk.iter().map(|id| Value::from(*id));
        rows.extend(sql.rows::<Row>(&query, values.collect::<Vec<_>>()).await?);
    }
    Ok(rows)
}

/// Whether an announcement is there and holds.
pub(super) async fn holds(sql: &impl Sql, id: i64) -> Result<bool, StorageError> {
    let query = "SELECT id FROM announcements WHERE id = ? AND withdrawn_at IS NULL";
    Ok(sql.scalar::<i64>(query, args![id]).await?.is_some())
}

/// How many hold.
pub(super) async fn count(sql: &impl Sql) -> Result<i64, StorageError> {
    let query = "SELECT COUNT(*) FROM announcements WHERE withdrawn_at IS NULL";
    Ok(sql.scalar(query, []).await?.unwrap_or(0))
}

/// Those that hold and that a person has not dismissed, the newest first.
pub(super) async fn open_for(sql: &impl Sql, reader: UserId) -> Result<Vec<Row>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS} FROM announcements a WHERE withdrawn_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM announcement_dismissals d WHERE d.announcement_id = a.id AND d.user_id = ?)"
    );
    let query = Narrowed::new(&query, args![reader]);
    query.rows(sql, "id DESC", super::rules::MOST).await
}

/// All that there have been before one, the newest first.
pub(super) async fn list(
    sql: &impl Sql,
    before: i64,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM announcements WHERE id < ?");
    let query = Narrowed::new(&query, args![before]);
    query.rows(sql, "id DESC", limit).await
}

pub(super) async fn set_withdrawn(
    sql: &impl Sql,
    id: i64,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE announcements SET withdrawn_at = ? WHERE id = ?";
    sql.run(statement, args![now.0, id]).await?;
    Ok(())
}

/// Notes that a person has dismissed one.
pub(super) async fn insert_dismissal(
    sql: &impl Sql,
    id: i64,
    user: UserId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO announcement_dismissals (announcement_id, user_id, dismissed_at) VALUES (?, ?, ?)";
    sql.run(statement, args![id, user, now.0]).await?;
    Ok(())
}

/// Which announcements a person has dismissed, of those that hold.
pub(super) async fn dismissed_by(
    sql: &impl Sql,
    user: UserId,
) -> Result<HashSet<i64>, StorageError> {
    let query = "SELECT announcement_id FROM announcement_dismissals WHERE user_id = ?";
    let ids = sql.column::<i64>(query, args![user]).await?;
    Ok(ids.into_iter().collect())
}

#[derive(Deserialize)]
struct Count {
    announcement_id: i64,
    people: i64,
}

/// How many people have dismissed each.
pub(super) async fn count_dismissals(
    sql: &impl Sql,
    ids: &[i64],
) -> Result<HashMap<i64, i64>, StorageError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = format!(
        "SELECT announcement_id, COUNT(*) AS people FROM announcement_dismissals \
         WHERE announcement_id IN ({}) GROUP BY announcement_id",
        placeholders(ids.len())
    );
    let values = ids.iter().map(|id| Value::from(*id));
    let counts: Vec<Count> = sql.rows(&query, values.collect::<Vec<_>>()).await?;
    let pair = |count: Count| (count.announcement_id, count.people);
    Ok(counts.into_iter().map(pair).collect())
}

/// Forgets who has dismissed one that holds no longer.
pub(super) async fn delete_dismissals(sql: &impl Sql, id: i64) -> Result<(), StorageError> {
    let statement = "DELETE FROM announcement_dismissals WHERE announcement_id = ?";
    sql.run(statement, args![id]).await?;
    Ok(())
}

/// Forgets what a person has dismissed.
pub(super) async fn delete_dismissals_of(sql: &impl Sql, user: UserId) -> Result<(), StorageError> {
    let statement = "DELETE FROM announcement_dismissals WHERE user_id = ?";
    sql.run(statement, args![user]).await?;
    Ok(())
}
