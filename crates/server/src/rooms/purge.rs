//! Clearing away the logs of deleted rooms, a stretch at a time, so that deleting a big room keeps nobody waiting.

use super::{Purge, Rooms, store};
use crate::kernel::db::{Db, StorageError};
use std::sync::Arc;

/// Entries deleted by one statement.
const STRETCH: i64 = 2000;

impl Rooms {
    /// Starts clearing away the logs of all rooms that are gone. What a stop interrupts, the next start finds.
    pub fn purge_in_background(&self) {
        let (db, stop) = (self.kernel.db.clone(), self.kernel.jobs.stopping());
        let others = self.purge.get().cloned();
        self.kernel.jobs.spawn(async move {
            if let Some(Err(error)) = stop.run_until_cancelled(purge(&db, others)).await {
                tracing::warn!(%error, "logs of deleted rooms remain");
            }
        });
    }
}

/// The head of a log goes last: it is by this that the next start knows of the room.
async fn purge(db: &Db, others: Option<Arc<Purge>>) -> Result<(), StorageError> {
    let mut after = 0;
    loop {
        let rooms = store::find_orphaned_logs(db.read(), after, 100).await?;
        let Some(last) = rooms.last() else {
            return Ok(());
        };
        after = *last;
        for room in rooms {
            if let Some(others) = &others
                && !others(room).await?
            {
                continue;
            }
            while !store::delete_log(db.write(), room, STRETCH).await? {}
        }
    }
}
