//! The loop that commits.

use super::{Job, Settle, Stream, Tx};
use crate::kernel::bus::{Bus, Signal};
use crate::kernel::clock::Clock;
use crate::kernel::db::{Db, StorageError, Transaction};
use crate::kernel::outbox::Tray;
use futures_util::FutureExt as _;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The most units of one transaction: bounds how long the first of them waits.
const GROUP: usize = 256;

/// What the writer works with.
pub(super) struct Desk {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) bus: Bus,
    pub(super) tray: Arc<Tray>,
}

/// Takes what is waiting, commits it, tells the world; until told to stop and nothing is left.
pub(super) async fn run(
    (mut queue, waiting): (mpsc::UnboundedReceiver<Job>, Arc<AtomicUsize>),
    desk: Desk,
    stop: CancellationToken,
) {
    let mut group = Vec::with_capacity(GROUP);
    loop {
        let taken = tokio::select! {
            biased;
            taken = queue.recv_many(&mut group, GROUP) => taken,
            () = stop.cancelled() => {
                // What was accepted is still committed; what comes later is refused.
                queue.close();
                queue.recv_many(&mut group, GROUP).await
            }
        };
        if taken == 0 {
            return;
        }
        waiting.fetch_sub(taken, Ordering::Relaxed);
        metrics::histogram!("parlor_commit_units")
            .record(f64::from(u32::try_from(taken).unwrap_or(u32::MAX)));
        commit(&desk, group.drain(..)).await;
    }
}

async fn commit(desk: &Desk, jobs: impl ExactSizeIterator<Item = Job>) {
    let bus = &desk.bus;
    let mut settles = Vec::new();
    let result = run_all(desk, jobs, &mut settles).await;
    match result {
        Ok(signals) => {
            desk.tray.wake_if_written();
            bus.react(&signals);
            for settle in settles {
                settle(Ok(()));
            }
            bus.deliver(signals).await;
        }
        Err(error) => {
            tracing::error!(%error, "a commit failed");
            let text = error.to_string();
            for settle in settles {
                settle(Err(StorageError::Undone(text.clone())));
            }
        }
    }
}

async fn run_all(
    desk: &Desk,
    mut jobs: impl ExactSizeIterator<Item = Job>,
    settles: &mut Vec<Settle>,
) -> Result<Vec<Signal>, StorageError> {
    let transaction = desk.db.begin().await?;
    let mut signals = Vec::new();
    let mut touched = HashSet::new();
    if jobs.len() == 1
        && let Some(job) = jobs.next()
    {
        // Alone, it needs no savepoint.
        let outcome = run_one(desk, &transaction, &mut touched, job).await;
        settles.extend(outcome.settle);
        if let Some(published) = outcome.kept {
            signals = published;
        } else {
            transaction.rollback().await?;
            return Ok(signals);
        }
    }
    for job in jobs {
        transaction.begin_part().await?;
        let outcome = run_one(desk, &transaction, &mut touched, job).await;
        settles.extend(outcome.settle);
        match outcome.kept {
            Some(published) => {
                transaction.keep_part().await?;
                signals.extend(published);
            }
            None => transaction.undo_part().await?,
        }
    }
    transaction.commit().await?;
    Ok(signals)
}

/// What a unit of work came to.
struct Outcome {
    /// What it published, if its changes are to be kept.
    kept: Option<Vec<Signal>>,
    /// Answers its caller; `None` after a panic, which its caller sees as no answer.
    settle: Option<Settle>,
}

/// Runs a unit in a transaction. One that panics is as good as one that failed: the writer goes on.
async fn run_one(
    desk: &Desk,
    transaction: &Transaction,
    touched: &mut HashSet<Stream>,
    job: Job,
) -> Outcome {
    let now = desk.clock.now();
    let mut tx = Tx::new((transaction, &desk.tray), now, std::mem::take(touched));
    let ran = AssertUnwindSafe(async { job(&mut tx).await }).catch_unwind();
    let (keep, settle) = ran
        .await
        .map_or((false, None), |(keep, settle)| (keep, Some(settle)));
    let (published, written) = tx.into_parts();
    *touched = written;
    Outcome {
        kept: keep.then_some(published),
        settle,
    }
}
