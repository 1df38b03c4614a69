//! What goes by itself: contents that can no longer be restored, and the messages of rooms that are gone. Of what is held
//! nothing goes.

use super::store::{self, beside};
use super::{Desk, Messages};
use crate::holds;
use crate::kernel::db::StorageError;
use parlor_protocol::RoomId;
use std::sync::Arc;

/// Messages deleted at a time: bounds how long a send may have to wait.
const STRETCH: i64 = 500;

impl Messages {
    /// Erases what was deleted so long ago that nobody can restore it, with the reactions and mentions beside it. Says of
    /// how many messages.
    pub async fn forget_deleted(&self) -> Result<u64, StorageError> {
        let kernel = &self.desk.kernel;
        let before = kernel.clock.now().plus_millis(-self.desk.restore_window());
        let mut forgotten = 0;
        loop {
            let tx = kernel.db.begin().await?;
            let ids = beside::kept_before(&tx, before, STRETCH).await?;
            if ids.is_empty() {
                return Ok(forgotten);
            }
            store::delete_beside(&tx, &ids).await?;
            tx.commit().await?;
            forgotten += u64::try_from(ids.len()).unwrap_or_default();
        }
    }
}

/// Lets rooms that are gone take along what was said in them.
pub(super) fn start(desk: &Arc<Desk>) {
    let db = desk.kernel.db.clone();
    desk.rooms.purge_with(Box::new(move |room| {
        let db = db.clone();
        Box::pin(async move { forget_room(&db, room).await })
    }));
}

/// Deletes the messages of a room that is gone, a stretch at a time. False where something of it is held.
async fn forget_room(db: &crate::kernel::db::Db, room: RoomId) -> Result<bool, StorageError> {
    let held = holds::held_people(db.read()).await?;
    if holds::holds_room(db.read(), room).await? || store::has_said(db.read(), room, &held).await? {
        return Ok(false);
    }
    while !store::delete_stretch(db.write(), room, STRETCH).await? {}
    store::forget_removed(db.write(), room).await?;
    Ok(true)
}
