//! Ordered logs, and the one writer of a process that appends to them.
//!
//! Every room has a log of dense sequence numbers, and so have every person and the server itself. A change is a unit of [`work`](Log::commit)
//! that runs in the writer's transaction together with whatever else is waiting, under a savepoint of its own; the
//! transaction commits once for all of them, so the cost of durability is shared. After the commit, in this order:
//! reactions on the bus, answers to the callers, delivery to connections. Nothing is answered or published before.
//!
//! - [`Log`]: the queue into the writer; [`lane`]: many equal units as one
//! - [`tx`]: what a unit of work can do
//! - [`writer`]: the loop
//! - [`read`]: entries after a point; [`epoch`]: which past they tell of

pub mod epoch;
pub mod lane;
pub mod read;
#[cfg(test)]
mod tests;
pub mod tx;
mod writer;

pub use lane::Lane;
pub use read::Entry;
pub use tx::{NewEntry, Tx};

use super::bus::Bus;
use super::clock::Clock;
use super::db::migrate::Migration;
use super::db::{Db, StorageError};
use super::jobs::Jobs;
use super::outbox::Tray;
use futures_util::future::BoxFuture;
use parlor_protocol::{RoomId, UserId};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{mpsc, oneshot};

/// A log: of a room, of what concerns one person alone, or of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// A room's.
    Room(RoomId),
    /// A person's.
    User(UserId),
    /// What the server tells everybody.
    Server,
    /// What was done with rights over others: for the audit log, which counts by it.
    Audit,
}

impl Stream {
    /// Its key in the tables: kind and id.
    #[must_use]
    pub fn key(self) -> (i16, i64) {
        match self {
            Self::Room(id) => (1, id),
            Self::User(id) => (2, id),
            Self::Server => (3, 0),
            Self::Audit => (4, 0),
        }
    }
}

/// The tables of the kernel.
pub const MIGRATION: Migration = Migration {
    name: "0001_kernel",
    sql: include_str!("schema.sql"),
};

/// What happens once it is known whether the transaction holds.
type Settle = Box<dyn FnOnce(Result<(), StorageError>) + Send>;

/// A unit of work in the queue. It answers what settles it, and whether its own changes are to be kept.
type Job = Box<dyn for<'a, 't> FnOnce(&'a mut Tx<'t>) -> BoxFuture<'a, (bool, Settle)> + Send>;

/// The way into the writer. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    queue: mpsc::UnboundedSender<Job>,
    waiting: Arc<AtomicUsize>,
}

impl Log {
    /// Starts the writer. What it is to note down goes into `tray`.
    #[must_use]
    pub fn start(db: Db, clock: Clock, bus: Bus, tray: Arc<Tray>, jobs: &Jobs) -> Self {
        let (queue, jobs_in) = mpsc::unbounded_channel();
        let waiting = Arc::<AtomicUsize>::default();
        let taken_from = (jobs_in, waiting.clone());
        let desk = writer::Desk {
            db,
            clock,
            bus,
            tray,
        };
        jobs.spawn(writer::run(taken_from, desk, jobs.stopping()));
        Self { queue, waiting }
    }

    /// How many units of work wait for the writer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Runs `work` in the writer's transaction and answers when it is durable.
    ///
    /// An error of `work` undoes its own changes and nobody else's. Where the commit itself fails, the answer is a
    /// [`StorageError`]: whether the change was made is unknown.
    pub async fn commit<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        W: for<'a, 't> FnOnce(&'a mut Tx<'t>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                let result = work(tx).await;
                let keep = result.is_ok();
                let settle: Settle = Box::new(move |committed| {
                    // A caller that has gone away no longer wants the answer.
                    let _ = answer.send(match committed {
                        Err(error) if keep => Err(E::from(error)),
                        _ => result,
                    });
                });
                (keep, settle)
            })
        });
        self.enqueue(job)?;
        answered
            .await
            .unwrap_or_else(|_| Err(StorageError::Unanswered.into()))
    }

    /// The queue has no bound of its own: what is in it is bounded by how many events of a connection, and how many
    /// requests of an address, are handled at a time.
    fn enqueue(&self, job: Job) -> Result<(), StorageError> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.send(job).map_err(|_| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            StorageError::Stopped
        })
    }
}
