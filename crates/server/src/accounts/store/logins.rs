//! The table `logins`.

use crate::accounts::model::LoginRow;
use crate::holds;
use crate::kernel::db::{Sql, StorageError, Value, args};
use parlor_protocol::{Timestamp, UserId};

pub(in crate::accounts) async fn insert(
    sql: &impl Sql,
    row: &LoginRow,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO logins (id, user_id, succeeded, user_agent, address, at) VALUES (?, ?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.user_id,
        row.succeeded,
        row.user_agent.clone(),
        row.address.clone(),
        row.at
    ];
    sql.run(statement, values).await?;
    Ok(())
}

/// A place in the list: the time and the id of an attempt.
pub(in crate::accounts) type Place = (i64, i64);

/// Attempts before `before`, the newest first; of one person, or of all.
pub(in crate::accounts) async fn list(
    sql: &impl Sql,
    user: Option<UserId>,
    before: Option<Place>,
    limit: i64,
) -> Result<Vec<LoginRow>, StorageError> {
    let (at, id) = before.unwrap_or((i64::MAX, i64::MAX));
    let mut statement = "SELECT id, user_id, succeeded, user_agent, address, at FROM logins \
                         WHERE (at < ? OR (at = ? AND id < ?))"
        .to_owned();
    let mut values = args![at, at, id].to_vec();
    if let Some(user) = user {
        statement.push_str(" AND user_id = ?");
        values.push(Value::from(user));
    }
    statement.push_str(" ORDER BY at DESC, id DESC LIMIT ?");
    values.push(Value::from(limit));
    sql.rows(&statement, values).await
}

/// Forgets attempts before a moment, but for those to accounts that are held.
pub(in crate::accounts) async fn delete_before(
    sql: &impl Sql,
    before: Timestamp,
) -> Result<(), StorageError> {
    let free = holds::free_person("logins.user_id");
    let statement = format!("DELETE FROM logins WHERE at < ? AND {free}");
    sql.run(&statement, args![before.0]).await?;
    Ok(())
}

/// Forgets the attempts of a person, who is not held.
pub(in crate::accounts) async fn delete_of(
    sql: &impl Sql,
    user: UserId,
) -> Result<(), StorageError> {
    let free = holds::free_person("logins.user_id");
    let statement = format!("DELETE FROM logins WHERE user_id = ? AND {free}");
    sql.run(&statement, args![user]).await?;
    Ok(())
}

/// Forgets the attempts of accounts that were deleted while they were held, and are so no longer.
pub(in crate::accounts) async fn delete_buried(sql: &impl Sql) -> Result<(), StorageError> {
    let statement = format!(
        "DELETE FROM logins WHERE user_id IN (SELECT id FROM accounts WHERE status = 'deleted') AND {}",
        holds::free_person("logins.user_id")
    );
    sql.run(&statement, []).await?;
    Ok(())
}
