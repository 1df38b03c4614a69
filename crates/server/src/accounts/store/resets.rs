//! The table `password_resets`: at most one for each account.

use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::{Timestamp, UserId};

/// Puts a code in the place of the last.
pub(in crate::accounts) async fn replace(
    sql: &impl Sql,
    user: UserId,
    digest: &str,
    (created_at, expires_at): (Timestamp, Timestamp),
) -> Result<(), StorageError> {
    delete(sql, user).await?;
    let statement =
        "INSERT INTO password_resets (user_id, digest, created_at, expires_at) VALUES (?, ?, ?, ?)";
    let values = args![user, digest, created_at.0, expires_at.0];
    sql.run(statement, values).await?;
    Ok(())
}

/// Whose code this is, while it holds.
pub(in crate::accounts) async fn holder(
    sql: &impl Sql,
    digest: &str,
    now: Timestamp,
) -> Result<Option<UserId>, StorageError> {
    let statement = "SELECT user_id FROM password_resets WHERE digest = ? AND expires_at > ?";
    sql.scalar(statement, args![digest, now.0]).await
}

/// When an account's code ends, while it holds.
pub(in crate::accounts) async fn end_of(
    sql: &impl Sql,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StorageError> {
    let statement = "SELECT expires_at FROM password_resets WHERE user_id = ? AND expires_at > ?";
    let end: Option<i64> = sql.scalar(statement, args![user, now.0]).await?;
    Ok(end.map(Timestamp))
}

/// Takes back an account's code, if it has one.
pub(in crate::accounts) async fn delete(sql: &impl Sql, user: UserId) -> Result<(), StorageError> {
    let statement = "DELETE FROM password_resets WHERE user_id = ?";
    sql.run(statement, args![user]).await?;
    Ok(())
}

/// Forgets codes that have ended.
pub(in crate::accounts) async fn delete_ended(
    sql: &impl Sql,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "DELETE FROM password_resets WHERE expires_at <= ?";
    sql.run(statement, args![now.0]).await?;
    Ok(())
}
