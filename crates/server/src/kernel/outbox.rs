//! Work that must follow a commit, at least once, however often the server is killed in between.
//!
//! A note is written by the transaction that causes the work ([`Tx::note_down`](super::log::Tx::note_down)), and removed
//! by the one that does it ([`settle`]): so what the database holds of the work is done once.

use super::db::sql::rows_of;
use super::db::{Db, Sql, StorageError, Value, args};
use super::faulty::{self, Weakness};
use super::ids::{Ids, Kind};
use super::jobs::Jobs;
use futures_util::future::{BoxFuture, join_all};
use parlor_protocol::Timestamp;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How often the table is looked at where nothing said that there is work.
const LOOK: Duration = Duration::from_secs(5);
/// How many notes are read at once.
const PAGE: i64 = 100;
/// How many are handled at a time.
const TOGETHER: usize = 16;
/// A note that failed is tried again after this time, and after twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// But at least this often.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// Where notes are put, and what wakes whoever handles them.
#[derive(Debug)]
pub struct Tray {
    ids: Ids,
    written: AtomicBool,
    wake: Notify,
}

impl Tray {
    /// A tray whose notes are numbered from here.
    #[must_use]
    pub fn new(ids: Ids) -> Arc<Self> {
        Arc::new(Self {
            ids,
            written: AtomicBool::new(false),
            wake: Notify::new(),
        })
    }

    /// After a commit: wakes the worker where it wrote a note.
    pub(super) fn wake_if_written(&self) {
        if self.written.swap(false, Ordering::AcqRel) {
            self.wake.notify_one();
        }
    }
}

/// Puts notes down.
pub(super) async fn put(
    sql: &impl Sql,
    tray: &Tray,
    topic: &'static str,
    bodies: Vec<String>,
    now: Timestamp,
) -> Result<(), StorageError> {
    if bodies.is_empty() {
        return Ok(());
    }
    let ids = tray.ids.take(sql, Kind::Row, bodies.len()).await?;
    let notes: Vec<(i64, String)> = ids.into_iter().zip(bodies).collect();
    for chunk in notes.chunks(100) {
        let statement = format!(
            "INSERT INTO outbox (id, topic, body, at, attempts) VALUES {}",
            rows_of(5, chunk.len())
        );
        let values = chunk
            .iter()
            .flat_map(|(id, body)| args![*id, topic, body.as_str(), now.0, 0_i16]);
        sql.run(&statement, values.collect::<Vec<Value>>()).await?;
    }
    tray.written.store(true, Ordering::Release);
    Ok(())
}

/// Removes a note, in the transaction that has done what it asks for.
pub async fn settle(sql: &impl Sql, note: i64) -> Result<(), StorageError> {
    sql.run("DELETE FROM outbox WHERE id = ?", args![note])
        .await?;
    Ok(())
}

/// Says what of a note is left to do, in the transaction that has done a part of it. It is handled again at once.
pub async fn go_on(sql: &impl Sql, note: i64, body: &str) -> Result<(), StorageError> {
    let statement = "UPDATE outbox SET body = ?, attempts = 0 WHERE id = ?";
    sql.run(statement, args![body, note]).await?;
    Ok(())
}

/// What has become of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// It is gone.
    Done,
    /// A part of it is done: see [`go_on`].
    InPart,
}

/// Notes that failed, how often, and until when each is left alone. Forgotten with the process: its next start tries all.
#[derive(Debug, Default)]
struct Failed(HashMap<i64, (u32, Instant)>);

impl Failed {
    fn is_due(&self, note: i64, now: Instant) -> bool {
        self.0.get(&note).is_none_or(|(_, until)| *until <= now)
    }

    /// Answers for how long the note is left alone now.
    fn again(&mut self, note: i64, now: Instant) -> Duration {
        let (times, until) = self.0.entry(note).or_insert((0, now));
        let pause = FIRST_PAUSE.saturating_mul(1 << (*times).min(16));
        let pause = pause.min(LONGEST_PAUSE);
        (*times, *until) = (times.saturating_add(1), now + pause);
        pause
    }
}

type Handler =
    Box<dyn Fn(i64, String) -> BoxFuture<'static, Result<Handled, StorageError>> + Send + Sync>;

#[derive(Deserialize)]
struct Note {
    id: i64,
    topic: String,
    body: String,
}

/// Handlers by topic.
pub struct Outbox {
    handlers: HashMap<&'static str, Handler>,
    tray: Arc<Tray>,
}

impl Outbox {
    /// An outbox without handlers.
    #[must_use]
    pub fn new(tray: Arc<Tray>) -> Self {
        Self {
            handlers: HashMap::new(),
            tray,
        }
    }

    /// Handles every note of `topic`: given its number and body, does the work and [settles](settle) the note. After a
    /// stop in between it comes again.
    pub fn on<F>(
        &mut self,
        topic: &'static str,
        handle: impl Fn(i64, String) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<Handled, StorageError>> + Send + 'static,
    {
        let handle: Handler = Box::new(move |id, body| Box::pin(handle(id, body)));
        self.handlers.insert(topic, handle);
    }

    /// Starts the worker.
    pub fn start(self, db: Db, jobs: &Jobs) {
        let stop = jobs.stopping();
        jobs.spawn(async move {
            let mut failed = Failed::default();
            while !stop.is_cancelled() {
                // So that whoever notes something down need not ask the table for a number.
                if let Err(error) = self.tray.ids.top_up(Kind::Row).await {
                    tracing::debug!(%error, "no numbers in reserve");
                }
                match self.work(&db, &mut failed).await {
                    Ok(true) => continue,
                    Ok(false) | Err(StorageError::Stopped) => {}
                    Err(error) => tracing::warn!(%error, "the outbox could not be worked off"),
                }
                tokio::select! {
                    () = self.tray.wake.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                    () = stop.cancelled() => {}
                }
            }
        });
    }

    /// Handles all notes, a few at a time in their order; true where there may be more.
    async fn work(&self, db: &Db, failed: &mut Failed) -> Result<bool, StorageError> {
        let mut after = 0;
        loop {
            let sql = "SELECT id, topic, body FROM outbox WHERE id > ? ORDER BY id LIMIT ?";
            let mut notes: Vec<Note> = db.read().rows(sql, args![after, PAGE]).await?;
            let Some(last) = notes.last() else {
                return Ok(false);
            };
            after = last.id;
            let now = Instant::now();
            notes.retain(|note| failed.is_due(note.id, now));
            for chunk in notes.chunks(TOGETHER) {
                // Their transactions wait for the writer together, and share a commit.
                let handled = join_all(chunk.iter().map(|note| self.handle(db, note))).await;
                let mut is_in_part = false;
                for (note, handled) in chunk.iter().zip(handled) {
                    match handled {
                        Ok(handled) => {
                            failed.0.remove(&note.id);
                            is_in_part |= handled == Handled::InPart;
                        }
                        Err(StorageError::Stopped) => return Err(StorageError::Stopped),
                        Err(error) => {
                            let pause = failed.again(note.id, Instant::now());
                            tracing::error!(%error, topic = note.topic, ?pause, "a note failed");
                        }
                    }
                }
                if is_in_part {
                    // What it says now is to be read again, before what comes after it.
                    return Ok(true);
                }
            }
        }
    }

    async fn handle(&self, db: &Db, note: &Note) -> Result<Handled, StorageError> {
        let Some(handle) = self.handlers.get(note.topic.as_str()) else {
            tracing::warn!(topic = note.topic, "nobody handles this note");
            settle(db.write(), note.id).await?;
            return Ok(Handled::Done);
        };
        if faulty::has(Weakness::Careless) {
            settle(db.write(), note.id).await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        handle(note.id, note.body.clone()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_left_alone_for_longer_and_longer_and_never_given_up() {
        let (mut failed, mut now) = (Failed::default(), Instant::now());
        let pauses = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600].map(Duration::from_secs);
        for pause in pauses {
            assert!(failed.is_due(7, now));
            assert_eq!(failed.again(7, now), pause);
            assert!(!failed.is_due(7, now) && failed.is_due(8, now));
            now += pause;
        }
    }
}
