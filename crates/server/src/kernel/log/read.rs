//! Reading logs.

use super::Stream;
use crate::kernel::db::{Db, Sql, StorageError, args};
use parlor_protocol::{Seq, UserId};
use serde::Deserialize;
use std::collections::HashMap;

/// An entry as stored.
#[derive(Clone, Debug, Deserialize)]
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

/// The newest places of several logs, in the order in which they were asked for.
pub async fn heads(db: &Db, streams: &[Stream]) -> Result<Vec<Seq>, StorageError> {
    #[derive(Deserialize)]
    struct Head {
        kind: i16,
        id: i64,
        seq: Seq,
    }
    let mut found = HashMap::new();
    for chunk in streams.chunks(200) {
        let any = vec!["(kind = ? AND id = ?)"; chunk.len()].join(" OR ");
        let sql = format!("SELECT kind, id, seq FROM log_heads WHERE {any}");
        let keys = chunk.iter().flat_map(|stream| {
            let (kind, id) = stream.key();
            args![kind, id]
        });
        let heads: Vec<Head> = db.read().rows(&sql, keys.collect::<Vec<_>>()).await?;
        found.extend(
            heads
                .into_iter()
                .map(|head| ((head.kind, head.id), head.seq)),
        );
    }
    let of = |stream: &Stream| found.get(&stream.key()).copied().unwrap_or(0);
    Ok(streams.iter().map(of).collect())
}

/// The newest place of a log that is no longer there; 0 where it is whole. The log begins after it.
pub async fn floor(sql: &impl Sql, stream: Stream) -> Result<Seq, StorageError> {
    let (kind, id) = stream.key();
    let query = "SELECT seq FROM log_entries WHERE kind = ? AND id = ? ORDER BY seq LIMIT 1";
    let first: Option<Seq> = sql.scalar(query, args![kind, id]).await?;
    Ok(first.map_or(0, |first| first - 1))
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
