//! Work that must follow a commit, at least once, however often the server is killed in between.

use super::clock::Clock;
use super::db::{Db, Sql, StorageError, args};
use super::jobs::Jobs;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How often the table is looked at where nothing said that there is work.
const LOOK: Duration = Duration::from_secs(5);
/// How many notes are taken at once.
const PAGE: i64 = 100;
/// After this many failures a note is left alone, and reported.
const ATTEMPTS: i16 = 20;

type Handler = Box<dyn Fn(String) -> BoxFuture<'static, Result<(), StorageError>> + Send + Sync>;

#[derive(Deserialize)]
struct Note {
    id: i64,
    topic: String,
    body: String,
    attempts: i16,
}

/// Handlers by topic.
#[derive(Default)]
pub struct Outbox {
    handlers: HashMap<&'static str, Handler>,
    wake: Arc<Notify>,
}

impl Outbox {
    /// Handles every note of `topic`. A note may come twice: handling it again must change nothing.
    pub fn on<F>(
        &mut self,
        topic: &'static str,
        handle: impl Fn(String) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), StorageError>> + Send + 'static,
    {
        self.handlers
            .insert(topic, Box::new(move |body| Box::pin(handle(body))));
    }

    /// Wakes the worker: call it after a commit that wrote a note.
    #[must_use]
    pub fn waker(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Starts the worker.
    pub fn start(self, db: Db, clock: Clock, jobs: &Jobs) {
        let stop = jobs.stopping();
        jobs.spawn(async move {
            while !stop.is_cancelled() {
                match self.work(&db).await {
                    Ok(done) if done == PAGE => continue,
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, at = %clock.now(), "the outbox could not be read");
                    }
                }
                tokio::select! {
                    () = self.wake.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                    () = stop.cancelled() => {}
                }
            }
        });
    }

    async fn work(&self, db: &Db) -> Result<i64, StorageError> {
        let sql =
            "SELECT id, topic, body, attempts FROM outbox WHERE attempts < ? ORDER BY id LIMIT ?";
        let notes: Vec<Note> = db.read().rows(sql, args![ATTEMPTS, PAGE]).await?;
        let count = i64::try_from(notes.len()).unwrap_or(PAGE);
        for note in notes {
            let result = match self.handlers.get(note.topic.as_str()) {
                Some(handle) => handle(note.body).await,
                None => Ok(()),
            };
            match result {
                Ok(()) => {
                    db.write()
                        .run("DELETE FROM outbox WHERE id = ?", args![note.id])
                        .await?
                }
                Err(error) => {
                    tracing::warn!(%error, topic = note.topic, attempts = note.attempts, "a note failed");
                    db.write()
                        .run(
                            "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?",
                            args![note.id],
                        )
                        .await?
                }
            };
        }
        Ok(count)
    }
}
