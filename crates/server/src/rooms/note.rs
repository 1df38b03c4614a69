//! What those who run the server do in rooms, for the audit log. What owners and admins do there, the room's own log
//! tells its members.

use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::log::Tx;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::rooms::ChangeRoom;
use parlor_protocol::{RoomId, UserId};

/// Writes down what `by` does, if they run the server.
pub(super) async fn note(tx: &mut Tx<'_>, by: &Actor, act: Act) -> Result<(), StorageError> {
    if by.is_system_admin {
        audit::record(tx, by, act).await?;
    }
    Ok(())
}

/// Something that is done to somebody in a room.
pub(super) fn act_on(action: AuditAction, room: RoomId, user: UserId) -> Act {
    Act::on_user(action, user).within(room)
}

/// The names of the fields that a change has.
pub(super) fn fields_of(change: &ChangeRoom) -> String {
    let given = [
        ("name", change.name.is_some()),
        ("description", change.description.is_some()),
        ("is_private", change.is_private.is_some()),
        ("access_key", change.access_key.is_some()),
        ("max_members", change.max_members.is_some()),
        ("rules", change.rules.is_some()),
    ];
    let given = given.iter().filter(|(_, is_given)| *is_given);
    given.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}
