//! The SQL of friends. A friendship is two rows, one for each of the two.

use super::model::{Beside, Relation, RequestRow};
use crate::kernel::db::{Sql, StorageError, Value, args, placeholders};
use parlor_protocol::friends::RequestDirection;
use parlor_protocol::{Timestamp, UserId};
use std::collections::HashSet;

const REQUEST: &str = "SELECT id, from_id, to_id, created_at FROM friend_requests";

/// What `other` is to `one`.
pub(super) async fn load_relation(
    sql: &impl Sql,
    one: UserId,
    other: UserId,
) -> Result<Relation, StorageError> {
    Ok(Relation {
        are_friends: are_friends(sql, one, other).await?,
        is_blocked: is_blocked(sql, one, other).await?,
        outgoing: find_request(sql, one, other).await?,
        incoming: find_request(sql, other, one).await?,
    })
}

pub(super) async fn are_friends(
    sql: &impl Sql,
    one: UserId,
    other: UserId,
) -> Result<bool, StorageError> {
    Ok(load_friend(sql, one, other).await?.is_some())
}

pub(super) async fn load_friend(
    sql: &impl Sql,
    of: UserId,
    user: UserId,
) -> Result<Option<Beside>, StorageError> {
    let query =
        "SELECT friend_id AS user_id, since FROM friendships WHERE user_id = ? AND friend_id = ?";
    sql.row(query, args![of, user]).await
}

pub(super) async fn insert_friendship(
    sql: &impl Sql,
    (one, other): (UserId, UserId),
    since: Timestamp,
) -> Result<(), StorageError> {
    let query = "INSERT INTO friendships (user_id, friend_id, since) VALUES (?, ?, ?), (?, ?, ?)";
    let values = args![one, other, since.0, other, one, since.0];
    sql.run(query, values).await?;
    Ok(())
}

pub(super) async fn delete_friendship(
    sql: &impl Sql,
    (one, other): (UserId, UserId),
) -> Result<(), StorageError> {
    let query = "DELETE FROM friendships WHERE (user_id = ? AND friend_id = ?) OR (user_id = ? AND friend_id = ?)";
    sql.run(query, args![one, other, other, one]).await?;
    Ok(())
}

pub(super) async fn load_friend_ids(
    sql: &impl Sql,
    of: UserId,
) -> Result<Vec<UserId>, StorageError> {
    let query = "SELECT friend_id FROM friendships WHERE user_id = ? ORDER BY friend_id";
    sql.column(query, args![of]).await
}

/// Those of some people who are somebody's friends.
pub(super) async fn friends_among(
    sql: &impl Sql,
    of: UserId,
    people: &[UserId],
) -> Result<HashSet<UserId>, StorageError> {
    let query = "SELECT friend_id FROM friendships WHERE user_id = ? AND friend_id IN";
    among(sql, query, of, people).await
}

pub(super) async fn list_friends(
    sql: &impl Sql,
    of: UserId,
    after: UserId,
    limit: i64,
) -> Result<Vec<Beside>, StorageError> {
    let query = "SELECT friend_id AS user_id, since FROM friendships \
         WHERE user_id = ? AND friend_id > ? ORDER BY friend_id LIMIT ?";
    sql.rows(query, args![of, after, limit]).await
}

pub(super) async fn load_request(
    sql: &impl Sql,
    id: i64,
) -> Result<Option<RequestRow>, StorageError> {
    sql.row(&format!("{REQUEST} WHERE id = ?"), args![id]).await
}

async fn find_request(
    sql: &impl Sql,
    from: UserId,
    to: UserId,
) -> Result<Option<RequestRow>, StorageError> {
    let query = format!("{REQUEST} WHERE from_id = ? AND to_id = ?");
    sql.row(&query, args![from, to]).await
}

/// All requests that somebody has made or been made.
pub(super) async fn load_requests_of(
    sql: &impl Sql,
    user: UserId,
) -> Result<Vec<RequestRow>, StorageError> {
    let query = format!("{REQUEST} WHERE from_id = ? OR to_id = ? ORDER BY id");
    sql.rows(&query, args![user, user]).await
}

pub(super) async fn list_requests(
    sql: &impl Sql,
    of: UserId,
    direction: Option<RequestDirection>,
    after: i64,
    limit: i64,
) -> Result<Vec<RequestRow>, StorageError> {
    let (whose, ids): (_, &[UserId]) = match direction {
        Some(RequestDirection::Incoming) => ("to_id = ?", &[of]),
        Some(RequestDirection::Outgoing) => ("from_id = ?", &[of]),
        None => ("(from_id = ? OR to_id = ?)", &[of, of]),
    };
    let query = format!("{REQUEST} WHERE {whose} AND id > ? ORDER BY id LIMIT ?");
    let ids = ids.iter().map(|id| Value::from(*id));
    let values: Vec<Value> = ids.chain(args![after, limit]).collect();
    sql.rows(&query, values).await
}

/// How many requests of somebody are open.
pub(super) async fn count_requests(sql: &impl Sql, from: UserId) -> Result<i64, StorageError> {
    let query = "SELECT COUNT(*) FROM friend_requests WHERE from_id = ?";
    Ok(sql.scalar(query, args![from]).await?.unwrap_or(0))
}

pub(super) async fn insert_request(sql: &impl Sql, row: &RequestRow) -> Result<(), StorageError> {
    let query = "INSERT INTO friend_requests (id, from_id, to_id, created_at) VALUES (?, ?, ?, ?)";
    let values = args![row.id, row.from_id, row.to_id, row.created_at];
    sql.run(query, values).await?;
    Ok(())
}

pub(super) async fn delete_request(sql: &impl Sql, id: i64) -> Result<(), StorageError> {
    sql.run("DELETE FROM friend_requests WHERE id = ?", args![id])
        .await?;
    Ok(())
}

/// Whether one of two people has blocked the other.
pub(super) async fn is_blocked(
    sql: &impl Sql,
    one: UserId,
    other: UserId,
) -> Result<bool, StorageError> {
    let query = "SELECT blocked_at FROM blocks \
         WHERE (user_id = ? AND blocked_id = ?) OR (user_id = ? AND blocked_id = ?)";
    let at: Option<i64> = sql.scalar(query, args![one, other, other, one]).await?;
    Ok(at.is_some())
}

pub(super) async fn load_block(
    sql: &impl Sql,
    blocker: UserId,
    user: UserId,
) -> Result<Option<Timestamp>, StorageError> {
    let query = "SELECT blocked_at FROM blocks WHERE user_id = ? AND blocked_id = ?";
    Ok(sql
        .scalar(query, args![blocker, user])
        .await?
        .map(Timestamp))
}

pub(super) async fn count_blocked(sql: &impl Sql, blocker: UserId) -> Result<i64, StorageError> {
    let query = "SELECT COUNT(*) FROM blocks WHERE user_id = ?";
    Ok(sql.scalar(query, args![blocker]).await?.unwrap_or(0))
}

pub(super) async fn insert_block(
    sql: &impl Sql,
    blocker: UserId,
    user: UserId,
    at: Timestamp,
) -> Result<(), StorageError> {
    let query = "INSERT INTO blocks (user_id, blocked_id, blocked_at) VALUES (?, ?, ?)";
    sql.run(query, args![blocker, user, at.0]).await?;
    Ok(())
}

/// Unblocks; false where they were not blocked.
pub(super) async fn delete_block(
    sql: &impl Sql,
    blocker: UserId,
    user: UserId,
) -> Result<bool, StorageError> {
    let query = "DELETE FROM blocks WHERE user_id = ? AND blocked_id = ?";
    Ok(sql.run(query, args![blocker, user]).await? > 0)
}

pub(super) async fn delete_blocks_by(sql: &impl Sql, blocker: UserId) -> Result<(), StorageError> {
    sql.run("DELETE FROM blocks WHERE user_id = ?", args![blocker])
        .await?;
    Ok(())
}

pub(super) async fn list_blocks(
    sql: &impl Sql,
    blocker: UserId,
    after: UserId,
    limit: i64,
) -> Result<Vec<Beside>, StorageError> {
    let query = "SELECT blocked_id AS user_id, blocked_at AS since FROM blocks \
         WHERE user_id = ? AND blocked_id > ? ORDER BY blocked_id LIMIT ?";
    sql.rows(query, args![blocker, after, limit]).await
}

pub(super) async fn blocked_by(
    sql: &impl Sql,
    blocker: UserId,
) -> Result<Vec<UserId>, StorageError> {
    let query = "SELECT blocked_id FROM blocks WHERE user_id = ? ORDER BY blocked_id";
    sql.column(query, args![blocker]).await
}

/// Everybody who has blocked somebody.
pub(super) async fn load_blockers(
    sql: &impl Sql,
    user: UserId,
) -> Result<Vec<UserId>, StorageError> {
    let query = "SELECT user_id FROM blocks WHERE blocked_id = ? ORDER BY user_id";
    sql.column(query, args![user]).await
}

/// Those of some people who have blocked somebody.
pub(super) async fn blockers_of(
    sql: &impl Sql,
    user: UserId,
    people: &[UserId],
) -> Result<HashSet<UserId>, StorageError> {
    let query = "SELECT user_id FROM blocks WHERE blocked_id = ? AND user_id IN";
    among(sql, query, user, people).await
}

/// The ids that `query`, which ends with `IN`, finds beside `one` among some people.
async fn among(
    sql: &impl Sql,
    query: &str,
    one: UserId,
    people: &[UserId],
) -> Result<HashSet<UserId>, StorageError> {
    let mut found = HashSet::new();
    for chunk in people.chunks(500) {
        let query = format!("{query} ({})", placeholders(chunk.len()));
        let ids = chunk.iter().map(|id| Value::from(*id));
        let values: Vec<Value> = args![one].into_iter().chain(ids).collect();
        found.extend(sql.column::<UserId>(&query, values).await?);
    }
    Ok(found)
}
