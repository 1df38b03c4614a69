//! Many equal units of work as one: while the writer commits, what arrives waits together and then goes through in
//! a few statements.

use super::{Log, Settle, Tx};
use crate::kernel::db::StorageError;
use crate::kernel::faulty::{self, Weakness};
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Applies a batch: an answer per item, in order. An error undoes the whole batch.
type Apply<I, T, E> = dyn for<'a, 't> Fn(&'a mut Tx<'t>, Vec<I>) -> BoxFuture<'a, Result<Vec<Result<T, E>>, StorageError>>
    + Send
    + Sync;

struct Waiting<I, T, E> {
    item: I,
    answer: oneshot::Sender<Result<T, E>>,
}

struct Shared<I, T, E> {
    waiting: Mutex<Vec<Waiting<I, T, E>>>,
    apply: Box<Apply<I, T, E>>,
}

/// A lane into the writer for items of one kind. Cheap to clone.
pub struct Lane<I, T, E> {
    log: Log,
    shared: Arc<Shared<I, T, E>>,
}

impl<I, T, E> Clone for Lane<I, T, E> {
    fn clone(&self) -> Self {
        Self {
            log: self.log.clone(),
            shared: self.shared.clone(),
        }
    }
}

impl<I, T, E> Lane<I, T, E>
where
    I: Send + 'static,
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    /// A lane whose batches are applied by `apply`.
    pub fn new<F>(log: Log, apply: F) -> Self
    where
        F: for<'a, 't> Fn(
                &'a mut Tx<'t>,
                Vec<I>,
            ) -> BoxFuture<'a, Result<Vec<Result<T, E>>, StorageError>>
            + Send
            + Sync
            + 'static,
    {
        Self {
            log,
            shared: Arc::new(Shared {
                waiting: Mutex::default(),
                apply: Box::new(apply),
            }),
        }
    }

    /// Puts `item` into the lane, at once and in the order of calls; the future answers when it is durable.
    pub fn push(&self, item: I) -> impl Future<Output = Result<T, E>> + Send + use<I, T, E> {
        let (answer, answered) = oneshot::channel();
        let first = {
            let mut waiting = self
                .shared
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            waiting.push(Waiting { item, answer });
            waiting.len() == 1
        };
        // Whoever finds the lane empty sends it through, with all that has joined it by then.
        if first {
            let batch = Batch {
                shared: self.shared.clone(),
                has_run: false,
            };
            // Refused, it is dropped, and with it whatever waits.
            let _ = self
                .log
                .enqueue(Box::new(move |tx| Box::pin(run_batch(batch, tx))));
        }
        async move {
            answered
                .await
                .unwrap_or_else(|_| Err(StorageError::Unanswered.into()))
        }
    }
}

/// What waits in a lane, on its way through the writer. Dropped without having run, because the writer ends or the
/// database does not answer, it leaves nobody waiting: the next item finds the lane empty.
struct Batch<I, T, E> {
    shared: Arc<Shared<I, T, E>>,
    has_run: bool,
}

impl<I, T, E> Batch<I, T, E> {
    fn take(&self) -> Vec<Waiting<I, T, E>> {
        std::mem::take(
            &mut *self
                .shared
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

impl<I, T, E> Drop for Batch<I, T, E> {
    fn drop(&mut self) {
        if !self.has_run {
            drop(self.take());
        }
    }
}

async fn run_batch<I, T, E>(mut batch: Batch<I, T, E>, tx: &mut Tx<'_>) -> (bool, Settle)
where
    I: Send + 'static,
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    let waiting = batch.take();
    // Whoever comes from here on sends a batch of its own.
    batch.has_run = true;
    let (items, answers): (Vec<I>, Vec<_>) =
        waiting.into_iter().map(|w| (w.item, w.answer)).unzip();
    let applied = (batch.shared.apply)(tx, items).await;
    let keep = applied.is_ok();
    let settle: Settle = Box::new(move |committed| {
        let (results, failure) = match (applied, committed) {
            (Ok(results), Ok(())) => (results, None),
            (Err(error), _) | (Ok(_), Err(error)) => (Vec::new(), Some(error.to_string())),
        };
        let mut results = results.into_iter();
        for answer in answers {
            let result = match &failure {
                Some(text) => Err(StorageError::Undone(text.clone()).into()),
                None => results
                    .next()
                    .unwrap_or_else(|| Err(StorageError::Unanswered.into())),
            };
            let _ = answer.send(result);
        }
    });
    if faulty::has(Weakness::EarlyAnswer) {
        settle(Ok(()));
        tokio::time::sleep(Duration::from_millis(50)).await;
        return (keep, Box::new(|_| ()));
    }
    (keep, settle)
}
