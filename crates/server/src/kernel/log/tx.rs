//! What a unit of work can do inside the writer's transaction.

use super::Stream;
use crate::kernel::bus::Signal;
use crate::kernel::db::sql::rows_of;
use crate::kernel::db::{DatabaseTransaction, Sql, StorageError, args};
use parlor_protocol::{Seq, Timestamp, UserId};
use sea_orm::Value;

/// An entry to append. The writer gives it its place and its time.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The name of the event it becomes.
    pub kind: &'static str,
    /// Who caused it; `None` for the server.
    pub actor: Option<UserId>,
    /// The row it is about: a message, a person; 0 for the stream itself.
    pub about: i64,
    /// What the row does not tell, as JSON; empty for nothing.
    pub body: String,
}

/// A unit of work's view of the transaction. Its statements are undone together if the unit fails.
pub struct Tx<'t> {
    sql: &'t DatabaseTransaction,
    now: Timestamp,
    signals: Vec<Signal>,
}

impl<'t> Tx<'t> {
    pub(super) fn new(sql: &'t DatabaseTransaction, now: Timestamp) -> Self {
        Self {
            sql,
            now,
            signals: Vec::new(),
        }
    }

    /// For the capability's own statements.
    #[must_use]
    pub fn sql(&self) -> &'t DatabaseTransaction {
        self.sql
    }

    /// The moment of this commit, the same for everything in it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Takes the next `count` places of a log and answers the first. Other writers of this log wait until the
    /// transaction ends, which is what keeps the places dense and in the order of commits.
    pub async fn reserve(&mut self, stream: Stream, count: i64) -> Result<Seq, StorageError> {
        let (kind, id) = stream.key();
        let update = "UPDATE log_heads SET seq = seq + ? WHERE kind = ? AND id = ?";
        if self.sql.run(update, args![count, kind, id]).await? == 0 {
            self.sql
                .run(
                    "INSERT INTO log_heads (kind, id, seq) VALUES (?, ?, ?)",
                    args![kind, id, count],
                )
                .await?;
            return Ok(1);
        }
        let head: Option<Seq> = self
            .sql
            .scalar(
                "SELECT seq FROM log_heads WHERE kind = ? AND id = ?",
                args![kind, id],
            )
            .await?;
        Ok(head.unwrap_or(count) - count + 1)
    }

    /// Appends one entry and answers its place.
    pub async fn append(&mut self, stream: Stream, entry: NewEntry) -> Result<Seq, StorageError> {
        let seq = self.reserve(stream, 1).await?;
        self.insert(&[(stream, seq, entry)]).await?;
        Ok(seq)
    }

    /// Writes entries whose places were reserved, in as few statements as possible.
    pub async fn insert(
        &mut self,
        entries: &[(Stream, Seq, NewEntry)],
    ) -> Result<(), StorageError> {
        for chunk in entries.chunks(100) {
            let sql = format!(
                "INSERT INTO log_entries (kind, id, seq, type, actor_id, ref_id, body, at) VALUES {}",
                rows_of(8, chunk.len())
            );
            let now = self.now.0;
            let values = chunk.iter().flat_map(|(stream, seq, entry)| {
                let (kind, id) = stream.key();
                args![
                    kind,
                    id,
                    *seq,
                    entry.kind,
                    entry.actor,
                    entry.about,
                    entry.body.clone(),
                    now
                ]
            });
            self.sql.run(&sql, values.collect::<Vec<Value>>()).await?;
        }
        Ok(())
    }

    /// Notes down work that must follow this commit, at least once: notifications, indexing.
    pub async fn outbox(
        &mut self,
        id: i64,
        topic: &'static str,
        body: String,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO outbox (id, topic, body, at, attempts) VALUES (?, ?, ?, ?, 0)";
        self.sql
            .run(sql, args![id, topic, body, self.now.0])
            .await?;
        Ok(())
    }

    /// Publishes a signal once the transaction holds.
    pub fn publish(&mut self, signal: Signal) {
        self.signals.push(signal);
    }

    pub(super) fn into_signals(self) -> Vec<Signal> {
        self.signals
    }
}
