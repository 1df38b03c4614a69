//! The job that writes archives, one after the other, and clears away those whose time is up.

use super::error::ArchivesError;
use super::store::{self, Row};
use super::{Archives, gather};
use crate::kernel::db::StorageError;
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How often the job looks where nobody has asked for anything.
const LOOK: Duration = Duration::from_mins(10);
/// An archive stays for this time, in milliseconds.
const KEPT: i64 = 7 * 24 * 60 * 60 * 1000;

impl Archives {
    /// Starts the job, for a process that serves. What a stop interrupted begins anew.
    pub fn start(self: &Arc<Self>) {
        self.forget_received();
        let (archives, stop) = (Arc::downgrade(self), self.kernel.jobs.stopping());
        self.kernel.jobs.spawn(async move {
            while let Some(archives) = archives.upgrade() {
                if let Some(Err(error)) = stop.run_until_cancelled(archives.work()).await {
                    tracing::warn!(%error, "archives wait a while longer");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = archives.wake.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
    }

    /// Writes all archives that somebody waits for, and clears away what nobody wants any more.
    pub async fn work(&self) -> Result<(), ArchivesError> {
        let _turn = self.turn.lock().await;
        self.clear_away().await?;
        while let Some(row) = store::next(self.kernel.db.read()).await? {
            let written = self.write_one(&row).await;
            self.forget_progress(&row);
            if let Err(error) = written {
                tracing::error!(%error, user = row.user_id, "an archive failed");
                store::set_status(self.kernel.db.write(), row.id, "failed").await?;
            }
        }
        Ok(())
    }

    async fn write_one(&self, row: &Row) -> Result<(), ArchivesError> {
        let write = self.kernel.db.write();
        if !store::set_status(write, row.id, "running").await? {
            return Ok(());
        }
        let folder = self.folder();
        tokio::fs::create_dir_all(&folder).await?;
        let path = folder.join(&row.file);
        let note = |done, total| {
            let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.insert(row.user_id, (done, total));
        };
        let written = gather::write(self, row.user_id, &path, &note).await?;
        let expires_at = self.kernel.clock.now().plus_millis(KEPT);
        let bytes = i64::try_from(written.bytes).unwrap_or(i64::MAX);
        if !store::set_ready(write, row.id, bytes, expires_at).await? {
            remove(&path).await?;
        }
        Ok(())
    }

    fn forget_progress(&self, row: &Row) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.remove(&row.user_id);
    }

    /// Removes what has expired, and files that belong to nobody: the row goes first, so that a stop in between leaves a
    /// file too many and never one too few.
    async fn clear_away(&self) -> Result<(), ArchivesError> {
        let now = self.kernel.clock.now();
        store::delete_expired(self.kernel.db.write(), now).await?;
        let mut folder = match tokio::fs::read_dir(self.folder()).await {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let wanted = self.wanted().await?;
        while let Some(entry) = folder.next_entry().await? {
            let name = entry.file_name();
            if !name.to_str().is_some_and(|name| wanted.contains(name)) {
                remove(&entry.path()).await?;
            }
        }
        Ok(())
    }

    async fn wanted(&self) -> Result<HashSet<String>, StorageError> {
        let files = store::files(self.kernel.db.read()).await?;
        Ok(files.into_iter().collect())
    }
}

async fn remove(path: &std::path::Path) -> Result<(), io::Error> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
