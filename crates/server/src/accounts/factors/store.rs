//! The tables `account_totp` and `account_recovery_codes`.

use crate::kernel::db::sql::{OnConflict, rows_of, upsert};
use crate::kernel::db::{Sql, StorageError, Value, args};
use parlor_protocol::{Timestamp, UserId};
use serde::Deserialize;

/// A row of `account_totp`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::accounts) struct TotpRow {
    /// The secret whose codes are asked for, sealed.
    pub(in crate::accounts) secret_sealed: Option<String>,
    /// Since when, in milliseconds.
    pub(in crate::accounts) confirmed_at: Option<i64>,
    /// The step of the last code that was taken.
    pub(in crate::accounts) last_step: i64,
    /// A secret that is yet to be confirmed, sealed.
    pub(in crate::accounts) pending_sealed: Option<String>,
}

pub(in crate::accounts) async fn load(
    sql: &impl Sql,
    user: UserId,
) -> Result<TotpRow, StorageError> {
    let query = "SELECT secret_sealed, confirmed_at, last_step, pending_sealed FROM account_totp WHERE user_id = ?";
    Ok(sql.row(query, args![user]).await?.unwrap_or_default())
}

/// Whether somebody has a second factor.
pub(in crate::accounts) async fn is_enrolled(
    sql: &impl Sql,
    user: UserId,
) -> Result<bool, StorageError> {
    Ok(load(sql, user).await?.confirmed_at.is_some())
}

/// Keeps a secret that is yet to be confirmed, in place of one that was not.
pub(in crate::accounts) async fn set_pending(
    sql: &impl Sql,
    user: UserId,
    sealed: &str,
) -> Result<(), StorageError> {
    let query = upsert(
        sql.backend(),
        "account_totp",
        &["user_id", "last_step", "pending_sealed"],
        1,
        &["user_id"],
        OnConflict::Replace(&["pending_sealed"]),
    );
    sql.run(&query, args![user, 0_i64, sealed]).await?;
    Ok(())
}

/// Makes the pending secret the one whose codes are asked for; false where another device was first.
pub(in crate::accounts) async fn confirm(
    sql: &impl Sql,
    user: UserId,
    sealed: &str,
    step: i64,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let query = "UPDATE account_totp SET secret_sealed = ?, confirmed_at = ?, last_step = ?, pending_sealed = NULL \
                 WHERE user_id = ? AND pending_sealed = ?";
    let values = args![sealed, now.0, step, user, sealed];
    Ok(sql.run(query, values).await? > 0)
}

/// Takes the code of a step; false where it or a later one was taken before.
pub(in crate::accounts) async fn use_step(
    sql: &impl Sql,
    user: UserId,
    step: i64,
) -> Result<bool, StorageError> {
    let query = "UPDATE account_totp SET last_step = ? WHERE user_id = ? AND last_step < ?";
    Ok(sql.run(query, args![step, user, step]).await? > 0)
}

/// Forgets somebody's app.
pub(in crate::accounts) async fn delete_totp(
    sql: &impl Sql,
    user: UserId,
) -> Result<(), StorageError> {
    let query = "DELETE FROM account_totp WHERE user_id = ?";
    sql.run(query, args![user]).await?;
    Ok(())
}

/// Forgets somebody's factors.
pub(in crate::accounts) async fn delete(sql: &impl Sql, user: UserId) -> Result<(), StorageError> {
    for table in ["account_totp", "account_recovery_codes"] {
        let query = format!("DELETE FROM {table} WHERE user_id = ?");
        sql.run(&query, args![user]).await?;
    }
    Ok(())
}

/// Gives somebody recovery codes in place of those they had.
pub(in crate::accounts) async fn set_recovery_codes(
    sql: &impl Sql,
    user: UserId,
    digests: &[String],
) -> Result<(), StorageError> {
    let query = "DELETE FROM account_recovery_codes WHERE user_id = ?";
    sql.run(query, args![user]).await?;
    let query = format!(
        "INSERT INTO account_recovery_codes (user_id, digest) VALUES {}",
        rows_of(2, digests.len())
    );
    let values = digests
        .iter()
        .flat_map(|digest| args![user, digest.clone()]);
    sql.run(&query, values.collect::<Vec<Value>>()).await?;
    Ok(())
}

/// Takes a recovery code; false where there is no such one, or it was taken before.
pub(in crate::accounts) async fn use_recovery_code(
    sql: &impl Sql,
    user: UserId,
    digest: &str,
) -> Result<bool, StorageError> {
    let query = "DELETE FROM account_recovery_codes WHERE user_id = ? AND digest = ?";
    Ok(sql.run(query, args![user, digest]).await? > 0)
}

pub(in crate::accounts) async fn count_recovery_codes(
    sql: &impl Sql,
    user: UserId,
) -> Result<i64, StorageError> {
    let query = "SELECT COUNT(*) FROM account_recovery_codes WHERE user_id = ?";
    Ok(sql.scalar(query, args![user]).await?.unwrap_or(0))
}
