//! The table `sessions`.

use crate::accounts::model::SessionRow;
use crate::kernel::db::{Sql, StorageError, Value, args, placeholders};
use parlor_protocol::{SessionId, Timestamp, UserId};

const SELECT: &str = "SELECT s.id, s.user_id, s.cookie_digest, s.refresh_nonce, s.generation, s.refreshed_at, \
                      s.user_agent, s.address, s.created_at, s.last_used_at, s.ends_at, a.username, a.system_role, \
                      a.status, a.is_guest, s.dialect, \
                      (SELECT COUNT(*) FROM account_totp t WHERE t.user_id = s.user_id AND t.confirmed_at IS NOT NULL) \
                      AS factors \
                      FROM sessions s JOIN accounts a ON a.id = s.user_id";

pub(in crate::accounts) async fn insert(
    sql: &impl Sql,
    row: &SessionRow,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO sessions (id, user_id, cookie_digest, refresh_nonce, generation, refreshed_at, \
                     user_agent, address, created_at, last_used_at, ends_at, dialect, proved_at) \
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.user_id,
        row.cookie_digest.clone(),
        row.refresh_nonce.clone(),
        row.generation,
        row.refreshed_at,
        row.user_agent.clone(),
        row.address.clone(),
        row.created_at,
        row.last_used_at,
        row.ends_at,
        row.dialect.clone(),
        // Signing in is a proof.
        row.created_at
    ];
    sql.run(statement, values).await?;
    Ok(())
}

pub(in crate::accounts) async fn by_id(
    sql: &impl Sql,
    id: SessionId,
) -> Result<Option<SessionRow>, StorageError> {
    sql.row(&format!("{SELECT} WHERE s.id = ?"), args![id])
        .await
}

pub(in crate::accounts) async fn by_ids(
    sql: &impl Sql,
    ids: &[SessionId],
) -> Result<Vec<SessionRow>, StorageError> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(200) {
        let statement = format!("{SELECT} WHERE s.id IN ({})", placeholders(chunk.len()));
        let values: Vec<Value> = chunk.iter().map(|id| (*id).into()).collect();
        rows.append(&mut sql.rows(&statement, values).await?);
    }
    Ok(rows)
}

pub(in crate::accounts) async fn by_cookie(
    sql: &impl Sql,
    digest: &str,
) -> Result<Option<SessionRow>, StorageError> {
    sql.row(
        &format!("{SELECT} WHERE s.cookie_digest = ?"),
        args![digest],
    )
    .await
}

/// A person's sessions that have not expired, the newest first.
pub(in crate::accounts) async fn of_user(
    sql: &impl Sql,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<SessionRow>, StorageError> {
    let statement = format!("{SELECT} WHERE s.user_id = ? ORDER BY s.id DESC");
    let mut rows: Vec<SessionRow> = sql.rows(&statement, args![user]).await?;
    rows.retain(|row| row.is_live(now));
    Ok(rows)
}

/// Moves a session from one generation of refresh tokens to the next. False where it is not at that generation.
pub(in crate::accounts) async fn advance(
    sql: &impl Sql,
    id: SessionId,
    generation: i64,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let statement = "UPDATE sessions SET generation = generation + 1, refreshed_at = ?, last_used_at = ? \
                     WHERE id = ? AND generation = ?";
    let changed = sql
        .run(statement, args![now.0, now.0, id, generation])
        .await?;
    Ok(changed == 1)
}

/// Gives a session new tokens: what it was opened with, and what it was refreshed to, holds no longer.
pub(in crate::accounts) async fn renew(
    sql: &impl Sql,
    id: SessionId,
    (nonce, cookie_digest): (&str, Option<String>),
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE sessions SET refresh_nonce = ?, cookie_digest = ?, generation = 0, refreshed_at = ?, \
                     last_used_at = ?, proved_at = ? WHERE id = ?";
    let values = args![nonce, cookie_digest, now.0, now.0, now.0, id];
    sql.run(statement, values).await?;
    Ok(())
}

/// Notes that whoever acts through a session has proved anew who they are.
pub(in crate::accounts) async fn set_proved(
    sql: &impl Sql,
    id: SessionId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE sessions SET proved_at = ? WHERE id = ?";
    sql.run(statement, args![now.0, id]).await?;
    Ok(())
}

/// When they last did, in milliseconds; `None` where the session has ended.
pub(in crate::accounts) async fn proved_at(
    sql: &impl Sql,
    id: SessionId,
) -> Result<Option<i64>, StorageError> {
    sql.scalar("SELECT proved_at FROM sessions WHERE id = ?", args![id])
        .await
}

/// Ends one session of a person. False where they have no such session.
pub(in crate::accounts) async fn delete(
    sql: &impl Sql,
    id: SessionId,
    user: UserId,
) -> Result<bool, StorageError> {
    let statement = "DELETE FROM sessions WHERE id = ? AND user_id = ?";
    Ok(sql.run(statement, args![id, user]).await? > 0)
}

/// Ends all sessions of a person, but for one, and says how many those were.
pub(in crate::accounts) async fn delete_all(
    sql: &impl Sql,
    user: UserId,
    except: Option<SessionId>,
) -> Result<u64, StorageError> {
    let statement = "DELETE FROM sessions WHERE user_id = ? AND id <> ?";
    sql.run(statement, args![user, except.unwrap_or(0)]).await
}

/// Sessions that ended, or were last used before `idle_since`, with whose they are.
pub(in crate::accounts) async fn expired(
    sql: &impl Sql,
    now: Timestamp,
    idle_since: Timestamp,
    limit: i64,
) -> Result<Vec<SessionRow>, StorageError> {
    let statement =
        format!("{SELECT} WHERE s.ends_at <= ? OR s.last_used_at < ? ORDER BY s.id LIMIT ?");
    sql.rows(&statement, args![now.0, idle_since.0, limit])
        .await
}

/// Notes that all sessions of a person are in use.
pub(in crate::accounts) async fn set_all_used(
    sql: &impl Sql,
    user: UserId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE sessions SET last_used_at = ? WHERE user_id = ?";
    sql.run(statement, args![now.0, user]).await?;
    Ok(())
}

/// Writes down when sessions were last used.
pub(in crate::accounts) async fn set_used(
    sql: &impl Sql,
    used: &[(SessionId, Timestamp)],
) -> Result<(), StorageError> {
    let statement = "UPDATE sessions SET last_used_at = ? WHERE id = ? AND last_used_at < ?";
    for (id, at) in used {
        sql.run(statement, args![at.0, *id, at.0]).await?;
    }
    Ok(())
}
