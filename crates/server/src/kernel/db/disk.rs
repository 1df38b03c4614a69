//! What a disk that failed a write means for every later one.

use super::StorageError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the disk has failed a write. Where it did not take what SQLite wrote or synced, nothing is written from there
/// on, whoever it was that wrote: the system forgets such pages, so that a later sync succeeds without them
/// (<https://wiki.postgresql.org/wiki/Fsync_Errors>). A full disk is another matter, and heals.
#[derive(Clone, Debug)]
pub(super) struct Disk(Option<Arc<AtomicBool>>);

impl Disk {
    /// One that is written to.
    pub(super) fn written() -> Self {
        Self(Some(Arc::default()))
    }

    /// Somebody else's business: that of a database's own server, or nothing is written there.
    pub(super) fn elsewhere() -> Self {
        Self(None)
    }

    /// Fails where nothing is written any more.
    pub(super) fn check(&self) -> Result<(), StorageError> {
        match &self.0 {
            Some(failed) if failed.load(Ordering::SeqCst) => Err(StorageError::DiskFailed),
            _ => Ok(()),
        }
    }

    /// Does something on it, unless nothing is written any more, and looks how it ends.
    pub(super) async fn watch<T>(
        &self,
        run: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        self.check()?;
        run.await.inspect_err(|error| self.look_at(error))
    }

    fn look_at(&self, error: &StorageError) {
        let Some(failed) = self.0.as_ref().filter(|_| error.is_disk_failure()) else {
            return;
        };
        if !failed.swap(true, Ordering::SeqCst) {
            tracing::error!("the disk failed a write: nothing is written until a restart");
        }
    }
}
