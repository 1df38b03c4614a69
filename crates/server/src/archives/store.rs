//! The table `archives`: one row for everybody who has asked for theirs.

use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::archives::ArchiveStatus;
use parlor_protocol::{Timestamp, UserId};
use serde::Deserialize;

const COLUMNS: &str = "id, user_id, status, file, created_at, bytes, expires_at";

/// An archive as stored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) user_id: UserId,
    pub(super) status: String,
    /// Its name in the folder of archives.
    pub(super) file: String,
    pub(super) created_at: i64,
    pub(super) bytes: Option<i64>,
    pub(super) expires_at: Option<i64>,
}

impl Row {
    pub(super) fn status(&self) -> ArchiveStatus {
        match self.status.as_str() {
            "waiting" => ArchiveStatus::Waiting,
            "running" => ArchiveStatus::Running,
            "ready" => ArchiveStatus::Ready,
            _ => ArchiveStatus::Failed,
        }
    }
}

pub(super) async fn of(sql: &impl Sql, user: UserId) -> Result<Option<Row>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM archives WHERE user_id = ?");
    sql.row(&query, args![user]).await
}

pub(super) async fn insert(sql: &impl Sql, row: &Row) -> Result<(), StorageError> {
    let query =
        "INSERT INTO archives (id, user_id, status, file, created_at) VALUES (?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.user_id,
        row.status.clone(),
        row.file.clone(),
        row.created_at
    ];
    sql.run(query, values).await?;
    Ok(())
}

pub(super) async fn delete_of(sql: &impl Sql, user: UserId) -> Result<(), StorageError> {
    sql.run("DELETE FROM archives WHERE user_id = ?", args![user])
        .await?;
    Ok(())
}

/// The one that has waited longest; one that a stop interrupted waits again.
pub(super) async fn next(sql: &impl Sql) -> Result<Option<Row>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS} FROM archives WHERE status IN ('waiting', 'running') ORDER BY id LIMIT 1"
    );
    sql.row(&query, []).await
}

/// Notes how far it has come; false where it is not wanted any more.
pub(super) async fn set_status(
    sql: &impl Sql,
    id: i64,
    status: &str,
) -> Result<bool, StorageError> {
    let query = "UPDATE archives SET status = ? WHERE id = ?";
    Ok(sql.run(query, args![status, id]).await? > 0)
}

/// Notes that it is ready; false where it is not wanted any more.
pub(super) async fn set_ready(
    sql: &impl Sql,
    id: i64,
    bytes: i64,
    expires_at: Timestamp,
) -> Result<bool, StorageError> {
    let query = "UPDATE archives SET status = 'ready', bytes = ?, expires_at = ? WHERE id = ?";
    Ok(sql.run(query, args![bytes, expires_at.0, id]).await? > 0)
}

/// Forgets those whose time is up.
pub(super) async fn delete_expired(sql: &impl Sql, now: Timestamp) -> Result<(), StorageError> {
    sql.run("DELETE FROM archives WHERE expires_at <= ?", args![now.0])
        .await?;
    Ok(())
}

/// The files that are still wanted.
pub(super) async fn files(sql: &impl Sql) -> Result<Vec<String>, StorageError> {
    sql.column("SELECT file FROM archives", []).await
}
