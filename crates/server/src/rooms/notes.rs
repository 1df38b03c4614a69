//! What rooms leave for those above to do: notes of what somebody may have to be told of their standing.

use crate::kernel::db::StorageError;
use crate::kernel::log::Tx;
use parlor_protocol::events::RoomChange;
use parlor_protocol::{RoomId, Seq, UserId};
use serde::{Deserialize, Serialize};

/// The topic of the notes.
pub const TOPIC: &str = "standing";

/// Somebody has changed what somebody else is in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingNote {
    /// Where.
    pub room_id: RoomId,
    /// The place of the change in the room's log.
    pub seq: Seq,
    /// Whose standing it is.
    pub user_id: UserId,
    /// Who changed it.
    pub by: UserId,
    /// What they are now.
    pub change: RoomChange,
}

/// Notes a change down where it is one that somebody else has made to a member.
pub(super) async fn note_change(
    tx: &mut Tx<'_>,
    (room_id, seq): (RoomId, Seq),
    by: Option<UserId>,
    change: &RoomChange,
) -> Result<(), StorageError> {
    let (RoomChange::Role { user_id, .. } | RoomChange::Mute { user_id, .. }) = *change else {
        return Ok(());
    };
    let Some(by) = by.filter(|by| *by != user_id) else {
        return Ok(());
    };
    let note = StandingNote {
        room_id,
        seq,
        user_id,
        by,
        change: change.clone(),
    };
    // A plain struct: writing it cannot fail.
    let body = serde_json::to_string(&note).unwrap_or_default();
    tx.note_down(TOPIC, vec![body]).await
}
