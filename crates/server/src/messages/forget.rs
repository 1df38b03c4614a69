//! What goes by itself: contents that can no longer be restored, and the messages of rooms that are gone.

use super::store::{self, beside};
use super::{Desk, rules};
use crate::kernel::db::StorageError;
use parlor_protocol::RoomId;
use std::sync::Arc;
use std::time::Duration;

/// How often contents whose time is up are looked for.
const LOOK: Duration = Duration::from_mins(10);
/// Messages deleted at a time: bounds how long a send may have to wait.
const STRETCH: i64 = 500;

/// Starts forgetting.
pub(super) fn start(desk: &Arc<Desk>) {
    let (db, clock) = (desk.kernel.db.clone(), desk.kernel.clock.clone());
    desk.kernel.jobs.every(LOOK, move || {
        let (db, clock) = (db.clone(), clock.clone());
        async move {
            let before = clock.now().plus_millis(-rules::RESTORE_WINDOW);
            if let Err(error) = beside::forget_kept(db.write(), before).await {
                tracing::warn!(%error, "deleted contents are kept a while longer");
            }
        }
    });
    let db = desk.kernel.db.clone();
    desk.rooms.purge_with(Box::new(move |room| {
        let db = db.clone();
        Box::pin(async move { forget_room(&db, room).await })
    }));
}

/// Deletes the messages of a room that is gone, a stretch at a time.
async fn forget_room(db: &crate::kernel::db::Db, room: RoomId) -> Result<(), StorageError> {
    while !store::delete_stretch(db.write(), room, STRETCH).await? {}
    Ok(())
}
