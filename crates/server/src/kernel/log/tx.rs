//! What a unit of work can do inside the writer's transaction.

use super::Stream;
use crate::kernel::bus::Signal;
use crate::kernel::db::sql::{OnConflict, rows_of, upsert};
use crate::kernel::db::{Backend, Sql, StorageError, Transaction, Value, args, placeholders};
use crate::kernel::outbox::{self, Tray};
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

/// The most logs that one statement names.
const CHUNK: usize = 500;

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
    sql: &'t Transaction,
    tray: &'t Tray,
    now: Timestamp,
    signals: Vec<Signal>,
    touched: HashSet<Stream>,
    before: HashSet<Stream>,
}

#[derive(Deserialize)]
struct Head {
    id: i64,
    seq: Seq,
}

impl<'t> Tx<'t> {
    /// `before`: the logs that earlier units of the same transaction have written to.
    pub(super) fn new(
        (sql, tray): (&'t Transaction, &'t Tray),
        now: Timestamp,
        before: HashSet<Stream>,
    ) -> Self {
        Self {
            sql,
            tray,
            now,
            signals: Vec::new(),
            touched: HashSet::new(),
            before,
        }
    }

    /// For the capability's own statements.
    #[must_use]
    pub fn sql(&self) -> &'t Transaction {
        self.sql
    }

    /// The moment of this commit, the same for everything in it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// True where an earlier unit of this transaction has written to the log. Reactions on the bus have not heard of it
    /// yet, so what they keep in memory about it may be stale: read the rows instead.
    #[must_use]
    pub fn is_behind(&self, stream: Stream) -> bool {
        self.before.contains(&stream)
    }

    /// Takes the next `count` places of a log and answers the first. Other writers of this log wait until the
    /// transaction ends, which is what keeps the places dense and in the order of commits.
    pub async fn reserve(&mut self, stream: Stream, count: i64) -> Result<Seq, StorageError> {
        self.touched.insert(stream);
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

    /// Reads the heads of rooms' logs, whose other writers wait from now on until the transaction ends. What is read
    /// after this is as it will be when the transaction commits.
    pub async fn lock_rooms(
        &mut self,
        rooms: &[RoomId],
    ) -> Result<BTreeMap<RoomId, Seq>, StorageError> {
        self.lock_heads(Stream::Room(0).key().0, rooms).await
    }

    /// Makes others who would change what is between these people wait until the transaction ends, by holding the heads
    /// of their own logs.
    pub async fn lock_people(&mut self, people: &[UserId]) -> Result<(), StorageError> {
        self.lock_heads(Stream::User(0).key().0, people).await?;
        Ok(())
    }

    /// Says that what is kept in memory about a log is stale for what follows in this transaction, although nothing was
    /// written to it: see [`Tx::is_behind`].
    pub fn touch(&mut self, stream: Stream) {
        self.touched.insert(stream);
    }

    /// Appends the same entry to the logs of several people, in as few statements as possible, and answers its place in
    /// each.
    pub async fn append_to_each(
        &mut self,
        users: &[UserId],
        entry: &NewEntry,
    ) -> Result<BTreeMap<UserId, Seq>, StorageError> {
        let entries = users.iter().map(|user| (*user, entry.clone())).collect();
        self.append_own(entries).await
    }

    /// Appends an entry to the log of each of several people, in as few statements as possible, and answers their places.
    pub async fn append_own(
        &mut self,
        entries: BTreeMap<UserId, NewEntry>,
    ) -> Result<BTreeMap<UserId, Seq>, StorageError> {
        let kind = Stream::User(0).key().0;
        let users: Vec<UserId> = entries.keys().copied().collect();
        let mut places = self.lock_heads(kind, &users).await?;
        for chunk in users.chunks(CHUNK) {
            let sql = format!(
                "UPDATE log_heads SET seq = seq + 1 WHERE kind = ? AND id IN ({})",
                placeholders(chunk.len())
            );
            let ids = chunk.iter().map(|id| Value::from(*id));
            let values: Vec<Value> = args![kind].into_iter().chain(ids).collect();
            self.sql.run(&sql, values).await?;
        }
        for seq in places.values_mut() {
            *seq += 1;
        }
        let with_places = entries.into_iter().filter_map(|(user, entry)| {
            let seq = places.get(&user)?;
            Some((Stream::User(user), *seq, entry))
        });
        let entries: Vec<_> = with_places.collect();
        self.touched.extend(entries.iter().map(|(log, ..)| *log));
        self.insert(&entries).await?;
        Ok(places)
    }

    /// Deletes the oldest entries of a log up to a place, at most `most` of them, and answers up to where they are gone.
    /// The log then begins after that: its head stays, so that no place is given out twice.
    pub async fn cut(
        &mut self,
        stream: Stream,
        up_to: Seq,
        most: i64,
    ) -> Result<Seq, StorageError> {
        let (kind, id) = stream.key();
        let floor = super::read::floor(self.sql, stream).await?;
        let up_to = up_to.min(floor.saturating_add(most));
        let query = "DELETE FROM log_entries WHERE kind = ? AND id = ? AND seq <= ?";
        self.sql.run(query, args![kind, id, up_to]).await?;
        Ok(up_to)
    }

    /// Deletes a log, for what it was of is gone.
    pub async fn forget(&mut self, stream: Stream) -> Result<(), StorageError> {
        let (kind, id) = stream.key();
        for table in ["log_entries", "log_heads"] {
            let sql = format!("DELETE FROM {table} WHERE kind = ? AND id = ?");
            self.sql.run(&sql, args![kind, id]).await?;
        }
        Ok(())
    }

    async fn lock_heads(&self, kind: i16, ids: &[i64]) -> Result<BTreeMap<i64, Seq>, StorageError> {
        let mut heads = self.read_heads(kind, ids).await?;
        let missing = ids.iter().copied().filter(|id| !heads.contains_key(id));
        let missing: Vec<i64> = missing.collect();
        for chunk in missing.chunks(CHUNK) {
            let sql = upsert(
                self.sql.backend(),
                "log_heads",
                &["kind", "id", "seq"],
                chunk.len(),
                &["kind", "id"],
                OnConflict::Ignore,
            );
            let values = chunk.iter().flat_map(|id| args![kind, *id, 0_i64]);
            self.sql.run(&sql, values.collect::<Vec<Value>>()).await?;
        }
        heads.extend(self.read_heads(kind, &missing).await?);
        Ok(heads)
    }

    async fn read_heads(&self, kind: i16, ids: &[i64]) -> Result<BTreeMap<i64, Seq>, StorageError> {
        // In the order of ids, so that two transactions do not wait for each other.
        let lock = match self.sql.backend() {
            Backend::Sqlite => "",
            _ => " FOR UPDATE",
        };
        let mut heads = BTreeMap::new();
        for chunk in ids.chunks(CHUNK) {
            let sql = format!(
                "SELECT id, seq FROM log_heads WHERE kind = ? AND id IN ({}) ORDER BY id{lock}",
                placeholders(chunk.len())
            );
            let values = args![kind].into_iter();
            let values = values.chain(chunk.iter().map(|id| Value::from(*id)));
            let rows: Vec<Head> = self.sql.rows(&sql, values.collect::<Vec<_>>()).await?;
            heads.extend(rows.into_iter().map(|head| (head.id, head.seq)));
        }
        Ok(heads)
    }

    /// Moves the heads of logs that [`Tx::lock_rooms`] has read, in as few statements as possible. The places in
    /// between are the caller's to [insert](Tx::insert).
    pub async fn advance_rooms(
        &mut self,
        heads: &BTreeMap<RoomId, Seq>,
    ) -> Result<(), StorageError> {
        let heads: Vec<(RoomId, Seq)> = heads.iter().map(|(room, seq)| (*room, *seq)).collect();
        for chunk in heads.chunks(100) {
            let sql = format!(
                "UPDATE log_heads SET seq = CASE id {} ELSE seq END WHERE kind = ? AND id IN ({})",
                vec!["WHEN ? THEN ?"; chunk.len()].join(" "),
                placeholders(chunk.len())
            );
            let moves = chunk.iter().flat_map(|(room, seq)| args![*room, *seq]);
            let kind = args![Stream::Room(0).key().0].into_iter();
            let rooms = chunk.iter().map(|(room, _)| Value::from(*room));
            let values: Vec<Value> = moves.chain(kind).chain(rooms).collect();
            self.sql.run(&sql, values).await?;
            self.touched
                .extend(chunk.iter().map(|(room, _)| Stream::Room(*room)));
        }
        Ok(())
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

    /// Notes down work that must follow this commit, at least once: whom to tell, what to index. Each of `bodies` is a
    /// note; whoever handles them is woken after the commit.
    pub async fn note_down(
        &mut self,
        topic: &'static str,
        bodies: Vec<String>,
    ) -> Result<(), StorageError> {
        outbox::put(self.sql, self.tray, topic, bodies, self.now).await
    }

    /// Publishes a signal once the transaction holds.
    pub fn publish(&mut self, signal: Signal) {
        self.signals.push(signal);
    }

    /// What was published, and the logs that this unit and those before it have written to.
    pub(super) fn into_parts(self) -> (Vec<Signal>, HashSet<Stream>) {
        let Self {
            signals,
            mut touched,
            before,
            ..
        } = self;
        touched.extend(before);
        (signals, touched)
    }
}
