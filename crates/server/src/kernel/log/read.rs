//! Reading logs.

use super::Stream;
use crate::kernel::db::{Db, FromQueryResult, Sql, StorageError, args};
use parlor_protocol::{Seq, UserId};

/// An entry as stored.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// The name of the event it becomes.
    pub r#type: String,
    /// Who caused it.
    pub actor_id: Option<UserId>,
    /// The row it is about.
    pub ref_id: i64,
    /// What the row does not tell, as JSON; empty for nothing.
    pub body: String,
    /// When, in milliseconds.
    pub at: i64,
}

/// The newest place of a log; 0 before its first entry.
pub async fn head(db: &Db, stream: Stream) -> Result<Seq, StorageError> {
    let (kind, id) = stream.key();
    let head = db
        .read()
        .scalar(
            "SELECT seq FROM log_heads WHERE kind = ? AND id = ?",
            args![kind, id],
        )
        .await?;
    Ok(head.unwrap_or(0))
}

/// Up to `limit` entries after a place, in order.
pub async fn after(
    db: &Db,
    stream: Stream,
    seq: Seq,
    limit: u32,
) -> Result<Vec<Entry>, StorageError> {
    let (kind, id) = stream.key();
    let sql = "SELECT seq, type, actor_id, ref_id, body, at FROM log_entries \
               WHERE kind = ? AND id = ? AND seq > ? ORDER BY seq LIMIT ?";
    db.read()
        .rows(sql, args![kind, id, seq, i64::from(limit)])
        .await
}
