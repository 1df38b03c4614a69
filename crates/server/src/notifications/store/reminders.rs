//! What people want to be reminded of.

use crate::kernel::db::{Narrowed, Sql, StorageError, args};
use crate::notifications::model::ReminderRow;
use parlor_protocol::{Timestamp, UserId};

const COLUMNS: &str = "id, user_id, room_id, message_id, remind_at, created_at";

pub(in crate::notifications) async fn insert(
    sql: &impl Sql,
    row: &ReminderRow,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO notification_reminders (id, user_id, room_id, message_id, remind_at, created_at) \
         VALUES (?, ?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.user_id,
        row.room_id,
        row.message_id,
        row.remind_at,
        row.created_at
    ];
    sql.run(statement, values).await?;
    Ok(())
}

pub(in crate::notifications) async fn count(
    sql: &impl Sql,
    user: UserId,
) -> Result<i64, StorageError> {
    let query = "SELECT COUNT(*) FROM notification_reminders WHERE user_id = ?";
    Ok(sql.scalar(query, args![user]).await?.unwrap_or(0))
}

/// Those of somebody after one of them, in the order in which they were made.
pub(in crate::notifications) async fn list(
    sql: &impl Sql,
    user: UserId,
    after: i64,
    limit: i64,
) -> Result<Vec<ReminderRow>, StorageError> {
    let query =
        format!("SELECT {COLUMNS} FROM notification_reminders WHERE user_id = ? AND id > ?");
    let query = Narrowed::new(&query, args![user, after]);
    query.rows(sql, "id", limit).await
}

/// Takes one away; false where it is not there, or is somebody else's.
pub(in crate::notifications) async fn delete(
    sql: &impl Sql,
    id: i64,
    user: UserId,
) -> Result<bool, StorageError> {
    let statement = "DELETE FROM notification_reminders WHERE id = ? AND user_id = ?";
    Ok(sql.run(statement, args![id, user]).await? > 0)
}

/// Some of those that are due, the earliest first.
pub(in crate::notifications) async fn due(
    sql: &impl Sql,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ReminderRow>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM notification_reminders WHERE remind_at <= ?");
    let query = Narrowed::new(&query, args![now.0]);
    query.rows(sql, "remind_at, id", limit).await
}

/// When the next one is due.
pub(in crate::notifications) async fn next_due(
    sql: &impl Sql,
) -> Result<Option<i64>, StorageError> {
    let query = "SELECT remind_at FROM notification_reminders ORDER BY remind_at LIMIT 1";
    sql.scalar(query, []).await
}
