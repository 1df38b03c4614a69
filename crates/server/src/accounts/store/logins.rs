//! The table `logins`.

use crate::accounts::model::LoginRow;
use crate::holds;
use crate::kernel::db::{Narrowed, Sql, StorageError, args};
use parlor_protocol::{Timestamp, UserId};

pub(in crate::accounts) async fn insert(
    sql: &impl Sql,
    row: &LoginRow,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO logins (id, user_id, succeeded, user_agent, address, at, factor, \
                     provider) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.user_id,
        row.succeeded,
        row.user_agent.clone(),
        row.address.clone(),
        row.at,
        row.factor.clone(),
        row.provider.clone()
    ];
    sql.run(statement, values).await?;
    Ok(())
}

/// A place in the list: the time and the id of an attempt.
pub(in crate::accounts) type Place = (i64, i64);

/// Which attempts a list is about.
#[derive(Clone, Debug, Default)]
pub(in crate::accounts) struct LoginFilter {
    /// To this account.
    pub(in crate::accounts) user: Option<UserId>,
    /// That succeeded, or failed.
    pub(in crate::accounts) succeeded: Option<bool>,
    /// From this address.
    pub(in crate::accounts) address: Option<String>,
    /// Not before.
    pub(in crate::accounts) since: Option<Timestamp>,
    /// Before.
    pub(in crate::accounts) until: Option<Timestamp>,
}

/// Attempts before `before`, the newest first.
pub(in crate::accounts) async fn list(
    sql: &impl Sql,
    filter: &LoginFilter,
    before: Option<Place>,
    limit: i64,
) -> Result<Vec<LoginRow>, StorageError> {
    let (at, id) = before.unwrap_or((i64::MAX, i64::MAX));
    let query = "SELECT id, user_id, succeeded, user_agent, address, at, factor, provider FROM logins \
                 WHERE (at < ? OR (at = ? AND id < ?))";
    let mut query = Narrowed::new(query, args![at, at, id]);
    query.by("user_id = ?", filter.user);
    query.by("succeeded = ?", filter.succeeded);
    query.by("address = ?", filter.address.as_deref());
    query.by("at >= ?", filter.since.map(|at| at.0));
    query.by("at < ?", filter.until.map(|at| at.0));
    query.rows(sql, "at DESC, id DESC", limit).await
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
